"""Mutants: which mistakes are made, what kills each, and what is said of those that survive."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from launchproof import Protocol, Survivor, each_step
from launchproof.cli.main import main
from launchproof.errors import DeclarationError, ProjectError
from launchproof.mutation import Answer, Subject, crew, mutate, wrong_arguments
from launchproof.mutation.judging import Outcome
from launchproof.mutation.text import score
from launchproof.search.exhaustive import Limits
from tests.toy.toy_mistakes import CLAIMS, PROTOCOL, SURVIVORS, Serving

ROOT = Path(__file__).parents[2]
SUBJECT = Subject(PROTOCOL, CLAIMS)


def judged(*names: str, subject: Subject = SUBJECT) -> Answer:
    """Judge some mutants, or all."""
    chosen = [m for m in subject.mutants.values() if not names or m.name in names]
    return mutate(lambda: subject, chosen)


def outcome(name: str, subject: Subject = SUBJECT) -> Outcome:
    """Judge one mutant."""
    (told,) = judged(name, subject=subject).told
    return told.outcome


def test_every_kind_of_mistake_is_made_where_the_signature_has_room_for_it() -> None:
    """Guards, transitions, messages, targets, phases with the same fields, and names of which there is an old and a new one."""
    assert list(SUBJECT.mutants) == [
        "drop-guard:take:from_the_server",
        "drop-guard:give:not_yet_three",
        "negate-guard:take:from_the_server",
        "negate-guard:give:not_yet_three",
        "drop-transition:ask",
        "drop-transition:take",
        "drop-transition:give",
        "drop-transition:give_uncounted",
        "drop-message:ask:Ask",
        "drop-message:give:Give",
        "drop-message:give_uncounted:Give",
        "repeat-message:ask:Ask",
        "repeat-message:give:Give",
        "repeat-message:give_uncounted:Give",
        "widen-target:give:Give",
        "widen-target:give_uncounted:Give",
        "swap-phase:ask:Waiting:Idle",
        "swap-phase:ask:Waiting:Done",
        "swap-phase:take:Done:Idle",
        "swap-phase:take:Done:Waiting",
        "swap-phase:want_another:Idle:Waiting",
        "swap-phase:want_another:Idle:Done",
        "swap-name:take:Done:old-key",
        "swap-name:take:Done:new-key",
        "drop-transition:give_up",
        "swap-phase:give_up:Idle:Waiting",
        "swap-phase:give_up:Idle:Done",
    ]


def test_what_only_another_answer_allows_is_mutated_under_that_answer() -> None:
    """A transition that the default leaves out is judged where it can happen, and nothing else is judged there."""
    assumed = {name: str(m.assumed) for name, m in SUBJECT.mutants.items() if m.assumed is not None}
    assert set(assumed) == {name for name in SUBJECT.mutants if ":give_up" in name}
    assert set(assumed.values()) == {"patience = no"}
    assert outcome("swap-phase:give_up:Idle:Waiting").by == "no-deadlock"


def test_a_guard_in_several_places_is_dropped_in_each_and_everywhere() -> None:
    """Where it stands in one place only, dropping it everywhere would be the same mutant again."""
    take = PROTOCOL.transition("take")
    twice = Subject(PROTOCOL.adding(evolve(take, name="take_again", given=None)), CLAIMS)
    assert [n for n in twice.mutants if n.startswith("drop-guard") and "server" in n] == [
        "drop-guard:take:from_the_server",
        "drop-guard:take_again:from_the_server",
        "drop-guard:from_the_server",
    ]
    assert twice.mutants["drop-guard:from_the_server"].change(twice.protocol).guards_named("from_the_server") == []


@pytest.mark.parametrize(
    ("name", "how", "by", "steps"),
    [
        ("drop-guard:give:not_yet_three", "cannot run", "IndexError: tuple index out of range", None),
        ("negate-guard:take:from_the_server", "refuted", "keys-are-taken", 3),
        ("negate-guard:give:not_yet_three", "vacuous", "give", None),
        ("drop-transition:ask", "no witness", "the-client-gets-a-key", None),
        ("drop-message:ask:Ask", "refuted", "no-deadlock", 1),
        ("repeat-message:give:Give", "refuted", "keys-are-taken", 4),
        ("widen-target:give:Give", "refuted", "keys-are-for-the-client", 2),
        ("swap-phase:take:Done:Waiting", "refuted", "no-deadlock", 3),
        ("swap-phase:take:Done:Idle", "no witness", "the-client-gets-a-key", None),
        ("swap-name:take:Done:old-key", "refuted", "the-new-key-is-kept", 3),
    ],
)
def test_what_kills_a_mutant_is_told(name: str, how: str, by: str, steps: int | None) -> None:
    """A property with the length of its shortest run, an error, a witness that is gone, or what never happens any more."""
    found = outcome(name)
    assert (found.verdict, found.how, found.by, found.steps) == ("killed", how, by, steps)


def test_a_transition_that_was_taken_away_is_not_missed_for_itself() -> None:
    """Dropping a transition is noticed by what no longer follows, not by its own absence."""
    assert (outcome("drop-transition:give").verdict, outcome("drop-transition:give").same) == ("survives", "")


def test_a_guard_that_never_speaks_survives() -> None:
    """Where a check makes no difference in any reachable state, that is found, and somebody has to say why it is there."""
    found = outcome("drop-guard:take:from_the_server")
    assert (found.verdict, found.same) == ("survives", "the same steps")


def test_a_swap_that_swaps_nothing_does_not_count() -> None:
    """It is no mutant: the old key stands nowhere in the result, so there is nothing to put the new one for."""
    answer = judged("swap-name:take:Done:new-key", "swap-name:take:Done:old-key")
    assert [t.outcome.verdict for t in answer.told] == ["killed", "needless"]
    assert score(answer) == "1 of 1 mutants killed (100.0 %), 0 argued equivalent, 0 unargued; 1 more would change nothing"


def test_what_does_not_hold_without_the_mistake_kills_nothing() -> None:
    """A property that is refuted anyway, or never speaks anyway, notices no mistake."""

    @each_step("toy.give")
    def nothing_is_given(before: Serving, after: Serving) -> bool:
        """Nothing is ever given."""
        return False

    found = outcome("widen-target:give:Give", Subject(PROTOCOL, (nothing_is_given, *CLAIMS)))
    assert found.by == "keys-are-for-the-client"


def test_a_mutant_is_made_of_whatever_protocol_it_is_given() -> None:
    """What else was changed stays changed: two mistakes can be made together."""
    unguarded = PROTOCOL.without_guard("from_the_server")
    assert SUBJECT.mutants["swap-phase:take:Done:Idle"].change(unguarded).guards_named("from_the_server") == []


def test_guards_of_the_environment_are_left_alone() -> None:
    """They say what is assumed to happen; what a party says and becomes then is mutated all the same."""
    assert {n for n in SUBJECT.mutants if ":want_another" in n} == {
        "swap-phase:want_another:Idle:Waiting",
        "swap-phase:want_another:Idle:Done",
    }


def test_too_many_states_are_undecided() -> None:
    """A mutant that is given up is no survivor and not killed, and the status is 3."""
    answer = judged("drop-transition:give_uncounted", subject=evolve(SUBJECT, limits=Limits(3)))
    assert [t.outcome.verdict for t in answer.told] == ["undecided"]
    assert answer.exit_status == 3


# -- arguments ---------------------------------------------------------------------------------------


def without_counting(protocol: Protocol) -> Protocol:
    """Have the server never count."""
    return protocol.without("give")


def arguing(*survivors: Survivor) -> Subject:
    """Argue for some survivors."""
    return Subject(PROTOCOL, CLAIMS, survivors)


def test_an_argument_makes_a_survivor_count_as_argued() -> None:
    """Who survives with an argument is no failure."""
    answer = judged("drop-guard:take:from_the_server", subject=arguing(*SURVIVORS))
    assert [t.argued for t in answer.told] == [True]
    assert answer.exit_status == 0
    assert list(wrong_arguments(answer)) == []


def test_a_second_line_of_defence_is_tried() -> None:
    """Where something else is said to protect, the mutant has to be killed without that."""
    second = Survivor(
        ("drop-transition:give",), "second line", "The other one gives, too.", lambda p: p.without("give_uncounted")
    )
    answer = judged("drop-transition:give", subject=arguing(second))
    assert [t.elsewhere and t.elsewhere.by for t in answer.told] == ["the-client-gets-a-key"]
    assert list(wrong_arguments(answer)) == []


@pytest.mark.parametrize(
    ("survivor", "says"),
    [
        (Survivor(("widen-target:give:Give",), "equivalent", "x"), "widen-target:give:Give is killed (keys-are-for-the-client)"),
        (Survivor(("swap-name:take:Done:new-key",), "equivalent", "x"), "swap-name:take:Done:new-key is needless"),
        (
            Survivor(("drop-guard:take:from_the_server",), "second line", "x", without_counting),
            "drop-guard:take:from_the_server is not killed where killed_in says so either: it survives",
        ),
    ],
)
def test_a_wrong_argument_is_found(survivor: Survivor, says: str) -> None:
    """An argument for what is killed, or is no mutant, or a second line that is none, is told with what to do."""
    (line,) = wrong_arguments(judged(*survivor.names, subject=arguing(survivor)))
    assert line.startswith(f"survivors: {says}")


@pytest.mark.parametrize(
    ("survivors", "says"),
    [
        ((Survivor(("drop-guard:nobody",), "equivalent", "x"),), "there is no mutant 'drop-guard:nobody'"),
        ((*SURVIVORS, *SURVIVORS), "there are two arguments for 'drop-guard:take:from_the_server'"),
    ],
)
def test_an_argument_for_nothing_is_refused(survivors: tuple[Survivor, ...], says: str) -> None:
    """A name that no mutant has, and a second argument, are refused before anything is judged."""
    with pytest.raises(ProjectError, match=says):
        judged("drop-message:ask:Ask", subject=arguing(*survivors))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Survivor((), "equivalent", "x"), "it names no mutant"),
        (lambda: Survivor(("a",), "harmless", "x"), "it means 'harmless'; use one of equivalent, second line"),
        (lambda: Survivor(("a",), "equivalent", " "), "it has no argument"),
        (lambda: Survivor(("a",), "second line", "x"), "it does not say where it is killed"),
        (lambda: Survivor(("a",), "equivalent", "x", without_counting), "what is equivalent is killed nowhere"),
    ],
)
def test_a_badly_written_argument_is_refused(make: Callable[[], Survivor], says: str) -> None:
    """It is refused where it is written, with the fix."""
    with pytest.raises(DeclarationError, match=says):
        make()


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of the toy."""
    keys = {"protocol": "PROTOCOL", "properties": "CLAIMS", "survivors": "SURVIVORS"}
    lines = [f'{key} = "tests.toy.toy_mistakes:{name}"\n' for key, name in keys.items()]
    (tmp_path / "pyproject.toml").write_text("".join(["[tool.launchproof]\n", *lines]), encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    """Run the command in one process, unless it says otherwise."""
    return CliRunner().invoke(main, ["mutate", "--workers", "1", *arguments, "--project", str(project)])


def test_the_command_tells_killers_survivors_and_the_score(project: Path) -> None:
    """The killed come first, then those that survive with what is said for them, then the score."""
    result = run(project, "from_the_server")
    assert result.exit_code == 0, result.output
    assert [" ".join(line.split()) for line in result.stdout.splitlines()] == [
        "Mutant Killed by Steps",
        "negate-guard:take:from_the_server keys-are-taken 3",
        "",
        "drop-guard:take:from_the_server: take does not check from_the_server (the same steps)",
        "beyond the model: Nobody else is there to give keys.",
        "",
        "1 of 2 mutants killed (50.0 %), 1 argued equivalent, 0 unargued",
    ]


def test_a_survivor_without_an_argument_fails(project: Path) -> None:
    """It says what is missing, and the status is 1."""
    result = run(project, "drop-transition:give", "give_up")
    assert result.exit_code == 1
    assert "drop-transition:give: give never happens: survives unargued: a property is missing, or an argument" in result.stdout
    assert "swap-phase:give_up:Idle:Done: give_up leads to Done in place of Idle, assuming patience = no:" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("0 argued equivalent, 3 unargued")


def test_a_wrong_argument_is_bad_input(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outcomes are told, the wrong argument is one line, and the status is 2."""
    wrong = Survivor(("widen-target:give:Give",), "equivalent", "Nobody listens.")
    monkeypatch.setattr("tests.toy.toy_mistakes.SURVIVORS", (wrong,))
    result = run(project, "--kind", "widen-target")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1] == "2 of 2 mutants killed (100.0 %), 0 argued equivalent, 0 unargued"
    assert "launchproof: survivors: widen-target:give:Give is killed" in result.stderr


def test_the_command_lists(project: Path) -> None:
    """--list judges nothing: it says which mistakes there are, kind by kind, in words."""
    result = run(project, "--list", "--kind", "widen-target", "--kind", "swap-name")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [
        "widen-target (2): a message is posted to whatever origin is there",
        "  widen-target:give:Give: give posts Give to any origin",
    ]
    assert [m["kind"] for m in json.loads(run(project, "--list", "--json", "give_up").stdout)] == [
        "drop-transition",
        "swap-phase",
        "swap-phase",
    ]


def test_the_command_gives_json(project: Path) -> None:
    """--json has the counts, and each mutant with its verdict, its killer and the argument for it."""
    told = json.loads(run(project, "--json", "from_the_server").stdout)
    assert (told["mutants"], told["killed"], told["argued"], told["unargued"]) == (2, 1, 1, 0)
    argued, killed = told["outcomes"]
    assert (argued["verdict"], argued["means"], argued["same"]) == ("survives", "beyond the model", "the same steps")
    assert (killed["verdict"], killed["by"], killed["how"], killed["steps"]) == ("killed", "keys-are-taken", "refuted", 3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("gve",), "there is no mutant, or part that one is about, 'gve'; did you mean Give"),
        (("--kind", "drop-gard"), "there is no kind of mutant 'drop-gard'; did you mean drop-guard"),
    ],
)
def test_bad_input_is_one_line(project: Path, arguments: tuple[str, ...], says: str) -> None:
    """What is wrong, and what may have been meant; exit status 2."""
    result = run(project, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_answer_is_the_same_for_any_number_of_workers(project: Path) -> None:
    """Two processes give, letter by letter, what one gives."""
    assert run(project, "--workers", "2").stdout == run(project).stdout


def test_an_interruption_tells_what_was_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it with the mutants that were judged before, and status 3."""
    work = crew.work

    def interrupted(*arguments: object) -> Iterator[crew.Done]:
        yield next(work(*arguments))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.mutation.answer.work", interrupted)
    result = run(project, "ask", "give_up")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == "undecided: interrupted"
    assert "swap-phase:give_up:Idle:Waiting" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("; interrupted: 3 of 8 were judged")
