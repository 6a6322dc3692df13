"""Verifying a whole protocol: one verdict, capabilities, vacuity, limits, interruption."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from launchproof import Protocol, settles
from launchproof.project import load_project
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits, Progress
from launchproof.search.memory import free, free_of_group, parsed, spelled, used
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify import exit_status, verify, verify_matrix
from launchproof.verify.answer import Vacuous, overall
from launchproof.verify.budget import Budget
from launchproof.verify.matrix import EVERYTHING
from tests.launchproof.test_toys import Count, counter
from tests.toy.toy_broken import asked_again, never_speaks

if TYPE_CHECKING:
    from launchproof.project import Project
    from launchproof.verify import Verification

TOY = Path(__file__).parent.parent / "toy"


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give the toy project."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return load_project(TOY)


def verdicts(answer: Verification) -> dict[str, str]:
    """Give the verdicts by property."""
    return {j.property.name: j.verdict.value for j in answer.properties}


def test_default_is_proved(toy: Project) -> None:
    """The default protocol is proved, with the main search's counts, and nothing vacuous."""
    answer = verify(toy.protocol, toy.properties)
    assert answer.verdict is Verdict.PROVED
    assert (answer.states, answer.steps, answer.depth) == (8, 12, 4)
    assert set(verdicts(answer).values()) == {"proved"}
    assert answer.vacuous == ()
    assert all(t.fired for t in answer.transitions)


def test_builtin_properties(toy: Project) -> None:
    """The built-in properties are judged too, after the project's own."""
    assert [j.property.name for j in verify(toy.protocol, ()).properties] == ["no-deadlock", "bounded-queues"]
    assert verify(toy.protocol, toy.properties[:1], builtin=BUILTIN[:1]).properties[1].property.name == "no-deadlock"


def test_under(toy: Project) -> None:
    """A property claimed without a capability is judged without it, and says so."""
    judged = next(j for j in verify(toy.protocol, toy.properties).properties if j.property.name == "asked-once")
    assert (judged.verdict, judged.under) == (Verdict.PROVED, ("network",))


def test_under_what_is_off_already(toy: Project) -> None:
    """A capability that is off already is not switched off once more."""
    answer = verify(toy.protocol.without_capabilities("network"), toy.properties, reference=toy.protocol)
    assert all(j.under == () for j in answer.properties)


def test_refuted(toy: Project) -> None:
    """A refuted property makes the whole refuted, with a shortest counterexample."""
    answer = verify(toy.protocol.assuming(retrying="no"), toy.properties, reference=toy.protocol)
    assert answer.verdict is Verdict.REFUTED
    judged = next(j for j in answer.properties if j.property.name == "no-deadlock")
    trace = judged.counterexample()
    assert trace is not None
    assert len(trace.steps) == 3


def test_witness_is_no_counterexample(toy: Project) -> None:
    """A property that asks for a witness has no counterexample where there is one."""
    judged = verify(toy.protocol, toy.properties).properties[0]
    assert judged.trace is not None
    assert judged.counterexample() is None


def test_explained_vacuity(toy: Project) -> None:
    """What does not happen because a capability is off is listed, and no obstacle."""
    answer = verify(toy.protocol.without_capabilities("network"), toy.properties, reference=toy.protocol)
    assert answer.vacuous == (
        Vacuous("retry", "transition", explained=True),
        Vacuous("give_up", "transition", explained=True),
        Vacuous("loss-is-noticed", "property", explained=True),
    )
    assert verdicts(answer)["loss-is-noticed"] == "vacuous"
    assert answer.verdict is Verdict.PROVED


def test_unexpected_vacuity(toy: Project) -> None:
    """What does not happen in the reference either is unexpected, and no pass."""
    mute = toy.protocol.without("give")
    answer = verify(mute.without_capabilities("network"), (), reference=mute, builtin=())
    assert answer.verdict is Verdict.VACUOUS
    assert {v.what: v.explained for v in answer.vacuous} == {
        "take": False,
        "throw_away": False,
        "client.Holding": False,
        "Ask": False,
        "retry": True,
        "give_up": True,
    }


def test_default_has_no_excuse(toy: Project) -> None:
    """Without a transition that leads there, phases are never reached, messages are never heard."""
    without = toy.protocol.without("take")
    answer = verify(without, (), builtin=())
    assert [(v.what, v.kind) for v in answer.vacuous] == [
        ("throw_away", "transition"),
        ("client.Holding", "phase"),
        ("Give", "message"),
    ]
    assert answer.verdict is Verdict.VACUOUS


def test_phase_of_another_answer(toy: Project) -> None:
    """A phase that only switched-off transitions reach is switched off like them."""
    answer = verify(toy.protocol.without("ask").assuming(retrying="no"), (), builtin=())
    assert "client.Waiting" not in {v.what for v in answer.vacuous}


def test_unwitnessed(toy: Project) -> None:
    """What should sometimes be and never is: refuted; explained, vacuous."""
    once = toy.protocol.without("retry")
    unexplained = verify(once, (asked_again,))
    assert unexplained.verdict is Verdict.REFUTED
    assert Vacuous("asked-again", "property", explained=False) in unexplained.vacuous
    off = toy.protocol.without_capabilities("network")
    explained = verify(off, (asked_again,), reference=toy.protocol)
    assert (explained.verdict, verdicts(explained)["asked-again"]) == (Verdict.PROVED, "vacuous")


def test_explained_by_capabilities_under_the_same_answers(toy: Project) -> None:
    """What another answer needs and a switched-off capability prevents is explained by the capability."""
    other = toy.protocol.assuming(retrying="no")
    answer = verify(toy.protocol.without_capabilities("network"), (), reference=other)
    assert {v.what: v.explained for v in answer.vacuous} == {"retry": True, "give_up": True}


def test_property_of_a_group_without_premise(toy: Project) -> None:
    """A property that never speaks where it is claimed is unexpected, even if it speaks elsewhere."""
    answer = verify(toy.protocol, (never_speaks,))
    assert answer.vacuous == (Vacuous("never-speaks", "property", explained=False),)
    assert answer.verdict is Verdict.VACUOUS


def test_out_of_time(toy: Project) -> None:
    """What could not be searched in time is undecided, never a pass, and says by the user's own number."""
    answer = verify(toy.protocol, toy.properties, limits=Limits(seconds=1e-9))
    assert answer.verdict is Verdict.UNDECIDED
    assert answer.stopped == "more than 1e-09 seconds"
    assert verdicts(answer)["asked-once"] == "undecided"


def test_interrupted(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption leaves an undecided answer, and no further search is begun."""
    made: list[Semantics] = []

    def interrupted(self: Semantics, _state: object) -> Any:
        made.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Semantics, "expand", interrupted)
    answer = verify(toy.protocol, toy.properties)
    assert (answer.verdict, answer.stopped) == (Verdict.UNDECIDED, "interrupted")
    assert len(made) == 1


def test_interrupted_at_the_end(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption while a counterexample is worked out leaves an undecided answer with the counts."""

    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.search.exhaustive.tell", interrupted)
    answer = verify(toy.protocol, toy.properties)
    assert (answer.verdict, answer.stopped, answer.states) == (Verdict.UNDECIDED, "interrupted", 8)


def test_explanation_cut_short(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vacuity that could not be explained in time leaves the whole undecided."""

    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.verify.explanation.Watch._explore", interrupted)
    answer = verify(toy.protocol.without_capabilities("network"), toy.properties, reference=toy.protocol)
    assert answer.verdict is Verdict.UNDECIDED
    assert {v.explained for v in answer.vacuous} == {None}


def test_reports_say_what(toy: Project) -> None:
    """A report says which search it is about."""
    told: list[str] = []
    tells = Budget(report=lambda what, _: told.append(what)).tells("without network")
    assert tells is not None
    tells(Progress(1, 1, 1, 1, 1.0))
    assert told == ["without network"]
    assert toy.protocol.name == "toy"


@pytest.mark.parametrize(("verdict", "status"), [("proved", 0), ("refuted", 1), ("undecided", 3), ("vacuous", 3)])
def test_exit_status(verdict: str, status: int) -> None:
    """Only what is proved is a success."""
    assert exit_status(Verdict(verdict)) == status


def test_order_of_verdicts() -> None:
    """Refuted comes before undecided, undecided before vacuous."""
    assert overall((), (), "") is Verdict.PROVED
    assert overall((), (Vacuous("x", "phase", explained=False),), "") is Verdict.VACUOUS
    assert overall((), (Vacuous("x", "phase", explained=False),), "interrupted") is Verdict.UNDECIDED


def test_matrix(toy: Project) -> None:
    """The matrix has a column for everything on and one without each capability; shared searches agree with verify."""
    matrix = verify_matrix(toy.protocol, toy.properties)
    assert matrix.columns == (EVERYTHING, "without network", "without greed")
    rows = {p.name: [v.value for v in matrix.row(p)] for p in matrix.properties}
    assert rows["loss-is-noticed"] == ["proved", "vacuous", "proved"]
    assert rows["asked-once"] == ["proved", "proved", "proved"]
    assert matrix.verdict is Verdict.PROVED
    assert dict(matrix.states) == {EVERYTHING: 8, "without network": 4, "without greed": 8}


def test_matrix_refuted(toy: Project) -> None:
    """A refuted cell makes the matrix refuted; a witness that never is, is refuted with everything on."""
    assert verify_matrix(toy.protocol.assuming(retrying="no"), toy.properties).verdict is Verdict.REFUTED
    matrix = verify_matrix(toy.protocol.without("take"), toy.properties[:1], builtin=())
    assert [v.value for v in matrix.row(toy.properties[0])] == ["refuted", "vacuous", "vacuous"]


def test_matrix_out_of_time(toy: Project) -> None:
    """A matrix that could not be filled is undecided."""
    assert verify_matrix(toy.protocol, toy.properties, limits=Limits(seconds=1e-9)).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("engine", ["plain", "vector"])
def test_out_of_memory(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """A search that would need more memory than it may have is undecided, and says how far it came."""
    protocol = Protocol("grid", (counter("a", 60), counter("b", 60)), ())
    monkeypatch.setattr("launchproof.search.exhaustive.used", iter(range(1 << 20, 1 << 30, 1 << 20)).__next__)
    answer = verify(protocol, (), engine=engine, limits=Limits(memory=8 << 20))
    assert (answer.verdict, answer.stopped) == (Verdict.UNDECIDED, "more than 8M of memory")
    assert 0 < answer.states < 3600
    assert answer.memory >= 7 << 20


@pytest.mark.parametrize("engine", ["plain", "vector"])
def test_what_judging_will_take_counts(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """Recorded edges stop a search whose states alone would not."""

    @settles("toy")
    def never_far(a: Count) -> bool:
        """Its count is small."""
        return a.at < 60

    protocol = Protocol("grid", (counter("a", 60), counter("b", 60)), ())
    monkeypatch.setattr("launchproof.search.exhaustive.used", lambda: 1 << 20)
    limits = Limits(memory=(1 << 20) + 64 * 2000)
    assert verify(protocol, (), engine=engine, limits=limits).verdict is Verdict.PROVED
    answer = verify(protocol, (never_far,), engine=engine, limits=limits)
    assert answer.stopped == "more than 1.12M of memory"
    assert answer.states < 3600


def test_sizes_are_read_and_written() -> None:
    """As people write them."""
    assert [parsed(text) for text in ("2G", "1.5m", "300")] == [2 << 30, 3 << 19, 300]
    assert [spelled(size) for size in (2 << 30, 3 << 19, 300)] == ["2G", "1.5M", "300 bytes"]
    for text in ("", "G", "-1G", "nanG", "0", "two"):
        with pytest.raises(ValueError, match=r".*"):
            parsed(text)


def test_memory_is_measured() -> None:
    """A process has some, and the machine has some left, if it tells."""
    assert used() > 1 << 20
    left = free()
    assert left is None or left > 0


def test_a_group_without_a_limit_leaves_it_to_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit counts less what is in use already."""
    monkeypatch.setattr("launchproof.search.memory.GROUP", tmp_path)
    assert free_of_group() is None
    (tmp_path / "memory.current").write_text("100\n")
    for most, left in (("max", None), ("150", 50), ("50", 0)):
        (tmp_path / "memory.max").write_text(f"{most}\n")
        assert free_of_group() == left
