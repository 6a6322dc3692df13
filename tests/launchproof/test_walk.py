"""Random walks: reproducible, judged at every step, and no proof."""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from launchproof import Protocol
from launchproof.cli.main import main
from launchproof.cli.walk import load
from launchproof.concrete import Concretion
from launchproof.concrete.run import Hop
from launchproof.errors import TraceError
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.traces import SavedTrace, read, replay
from launchproof.verify import verify
from launchproof.walk import Check, Walker, Walks, walk
from launchproof.walk.check import REFINEMENT, Trouble
from launchproof.walk.crew import Plan
from launchproof.walk.gap import gap
from launchproof.walk.real import replay_really
from launchproof.walk.walker import without_loops
from tests.launchproof.test_concrete import (
    CLOCK,
    FAULTS,
    Link,
    at_most_twice,
    hotel,
    leasing,
    mailing,
    never_holding,
    spell_oddly,
    take,
)
from tests.launchproof.test_toys import calling

TOY = Path(__file__).parent.parent / "toy"


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def run(*arguments: str, project: Path = TOY) -> Result:
    """Walk over the toy, or over another project."""
    return CliRunner().invoke(main, ["walk", "--project", str(project), *arguments])


def toy(embeds: int = 1) -> Check:
    """Load the toy."""
    return load(TOY, (), (), (), embeds)


def refuted_assumption() -> str:
    """Find the toy's assumption under which it is refuted."""
    check = toy()
    protocol = check.semantics.protocol
    for question in protocol.assumptions:
        for choice in question.choices:
            other = protocol.assuming(**{question.name: choice})
            if verify(other, check.properties, reference=protocol).verdict is Verdict.REFUTED:
                return f"{question.name}={choice}"
    raise LookupError("the toy is never refuted")


def test_the_same_seed_takes_the_same_runs_in_any_number_of_processes() -> None:
    """The answer is the same for one worker and for two."""
    one, two = (run("--runs", "25", "--steps", "40", "--json", "--workers", str(n)) for n in (1, 2))
    assert one.exit_code == two.exit_code == 0
    assert one.stdout == two.stdout


def test_another_seed_takes_other_runs() -> None:
    """Seeds tell runs apart."""
    first, second = (json.loads(run("--runs", "5", "--json", "--seed", str(n)).stdout) for n in (0, 1))
    assert first["transitions"] != second["transitions"]


def test_a_walk_never_proves() -> None:
    """Runs in which nothing broke are undecided, and the text says what would prove it."""
    assert json.loads(run("--runs", "1", "--json").stdout)["verdict"] == "undecided"
    told = run("--runs", "1")
    assert told.exit_code == 0
    assert "prove nothing" in told.stdout


def test_coverage_tells_how_often_each_transition_fired() -> None:
    """Every transition has a line, the rarest first; what the runs did not reach is told as the proof's business."""
    told = run("--runs", "1", "--steps", "1", "--coverage").stdout.splitlines()
    active = toy().semantics.protocol.active
    table = told[1 : 1 + len(active)]
    assert {line.split()[0] for line in table} == {t.name for t in active}
    assert [line.split()[1] for line in table] == ["never"] * (len(active) - 1) + ["10000.0"]
    assert told[2 + len(active)] == "pairs of phases: 2 of 3 were met; 2 in these runs"
    assert told[3 + len(active)] == "only the proof covers the transitions take, retry, give_up, throw_away, give"
    assert told[4 + len(active)] == "only the proof covers client Holding with server Serving"


def test_coverage_tells_what_nothing_reaches() -> None:
    """A transition that the search does not meet either is told apart from those that only the proof covers."""
    told = run("--runs", "1", "--steps", "1", "--coverage", "--without-capability", "network").stdout
    assert "nothing reaches the transitions retry, give_up\n" in told
    assert "only the proof covers the transitions take, throw_away, give\n" in told


def test_coverage_of_long_runs_leaves_nothing_to_the_proof() -> None:
    """Where the runs met all that the search meets, nothing is left, in text and in JSON."""
    told = run("--runs", "20", "--steps", "60", "--coverage", "--workers", "1")
    assert "pairs of phases: 3 of 3 were met; 3 in these runs\n" in told.stdout
    assert "only the proof" not in told.stdout
    found = json.loads(run("--runs", "20", "--steps", "60", "--coverage", "--workers", "1", "--json").stdout)
    assert found["only_proved"] == {"transitions": [], "phase_pairs": [], "closed": True}
    assert "only_proved" not in json.loads(run("--runs", "1", "--json").stdout)


def test_the_first_state_counts_as_met() -> None:
    """What a protocol begins with is met by every run, also where no run comes back to it."""
    check = Check(Semantics(calling()), ())
    left = gap(check.semantics, Walker(check).run(0, 0, 10))
    assert left.closed
    assert (left.transitions, left.never, left.pairs) == ((), (), ())
    assert left.pairs_in_all == 2


def test_a_failure_is_told_step_by_step() -> None:
    """A run that breaks a property ends the walk with status 1, and is a run of the protocol's."""
    told = run("--assume", refuted_assumption())
    assert told.exit_code == 1
    assert "refuted: " in told.stdout
    again = json.loads(run("--assume", refuted_assumption(), "--json").stdout)
    assert again["verdict"] == "refuted"
    assert again["failure"]["counterexample"]


def test_the_first_failing_run_is_told_whoever_takes_it() -> None:
    """With two workers the failure of the lowest run is told, as with one."""
    assumption = refuted_assumption()
    one, two = (run("--assume", assumption, "--json", "--workers", str(n)) for n in (1, 2))
    assert one.stdout == two.stdout


def test_cutting_loops_leaves_a_run() -> None:
    """What is left of a run without its loops leads from state to state, and to the same end."""
    semantics = toy().semantics
    state = semantics.initial()
    hops = []
    for turn in range(60):
        successors = semantics.successors(state)
        hops.append(Hop(0, state, turn % len(successors), 1.0, float(turn)))
        state = successors[turn % len(successors)][0]
    kept = without_loops(hops)
    assert len({hop.state for hop in kept}) == len(kept) < len(hops)
    assert set(kept) <= set(hops)
    for here, there in pairwise(kept):
        assert semantics.successors(here.state)[here.position][0] == there.state
    assert semantics.successors(kept[-1].state)[kept[-1].position][0] == state
    assert without_loops([]) == []


def test_runs_are_reported_as_they_come() -> None:
    """The report hears of the runs so far, chunk by chunk."""
    heard: list[Walks] = []
    done = walk(partial(load, TOY, (), (), (), 1), Plan(runs=25, steps=5), heard.append)
    assert [w.runs for w in heard] == [10, 20, 25]
    assert heard[-1] == done


def test_a_run_ends_with_the_protocol() -> None:
    """A protocol that comes to its end does not fail, and counts no step after it."""
    done = Walker(Check(Semantics(calling()), ())).run(0, 0, 500)
    assert (done.runs, done.steps, done.failure) == (1, 1, None)
    assert dict(done.fired) == {"call": 1, "respond": 1, "receive": 1}


def test_bad_input_is_one_line() -> None:
    """An unknown capability ends the walk with status 2."""
    told = run("--capability", "nobody")
    assert told.exit_code == 2
    assert told.stderr.startswith("launchproof: ")


# -- side by side ------------------------------------------------------------------------------------


def test_lifecycles_run_side_by_side() -> None:
    """With --embeds a run has as many lifecycles, and is as reproducible."""
    one, two = (run("--embeds", "3", "--runs", "12", "--steps", "40", "--json", "--workers", str(n)) for n in (1, 2))
    assert one.exit_code == 0
    assert one.stdout == two.stdout
    assert one.stdout != run("--runs", "12", "--steps", "40", "--json").stdout
    assert len(toy(3).start({}).worlds) == 3


def test_a_failure_side_by_side_is_told_for_its_lifecycle_alone() -> None:
    """The run that is told is that of the one lifecycle in which something broke."""
    check = Check(Semantics(mailing()), [never_holding], embeds=3)
    failure = Walker(check).run(0, 0, 200).failure
    assert failure is not None
    assert len({hop.world for hop in failure.hops}) == 1
    assert [step.acts[0].name for step in failure.trace.steps][-1] == "keep"


# -- what broke --------------------------------------------------------------------------------------

PROJECT = """
from tests.launchproof.test_concrete import CLOCK, at_most_twice, hotel, leaves_early, leasing, mailing, never_holding
from launchproof.concrete import Concretion, Form
from tests.launchproof.test_concrete import FAULTS, Link, spell_oddly
LOWER = Concretion({"size": (1, 2)}, spell_oddly, {Link: FAULTS["a writer that changes case"][0]})
HOTEL, MAILING, LEASING = hotel(), mailing(), leasing()
NONE, HOLDING = (), (never_holding,)
TWICE, EARLY = (at_most_twice,), (leaves_early,)
"""


def write_project(where: Path, protocol: str, **keys: str) -> Path:
    """Write a project with one of the protocols."""
    name = f"walked_{where.name}".replace("-", "_")
    (where / f"{name}.py").write_text(PROJECT, encoding="utf-8")
    table = {"protocol": protocol, "properties": "NONE", **keys}
    lines = [f'{key} = "{name}:{value}"\n' for key, value in table.items()]
    (where / "pyproject.toml").write_text(f"[tool.launchproof]\n{''.join(lines)}", encoding="utf-8")
    return where


def again(project: Path, *files: Path) -> Result:
    """Replay saved runs."""
    return CliRunner().invoke(main, ["replay", "--project", str(project), *map(str, files)])


def test_a_broken_property_is_saved(tmp_path: Path) -> None:
    """With --save the run is a file that breaks the same property when it is replayed."""
    project = write_project(tmp_path, "MAILING", properties="HOLDING")
    told = run("--save", str(tmp_path / "runs"), project=project)
    file = tmp_path / "runs" / "never-holding.trace.json"
    assert told.exit_code == 1
    assert told.stdout.endswith(f"saved {file}\n")
    saved = read(file)
    assert (saved.breaks, saved.setup and list(saved.setup)) == ("never-holding", ["salt"])
    replayed = again(project, file)
    assert replayed.exit_code == 1
    assert "it breaks never-holding at step" in replayed.stdout


def test_a_finding_of_a_watcher_is_told_and_saved(tmp_path: Path) -> None:
    """A watcher's name, its claim, and what it said of the act; replayed over real strings it says so again."""
    project = write_project(tmp_path, "HOTEL", watchers="TWICE")
    told = run("--save", str(tmp_path), project=project)
    assert told.exit_code == 1
    lines = told.stdout.splitlines()
    assert "breaks at-most-twice: Nobody knocks three times." in lines
    assert "     knocked 3 times" in lines
    assert any(line.startswith("     with salt=") for line in lines)
    assert any(line.startswith("refuted: at-most-twice, in run ") for line in lines)
    replayed = again(project, tmp_path / "at-most-twice.trace.json")
    assert replayed.exit_code == 1
    assert "breaks at-most-twice: knocked 3 times" in replayed.stdout
    assert replayed.stdout.endswith("it breaks at-most-twice over real strings\n")


def test_a_mismatch_is_told_and_saved(tmp_path: Path) -> None:
    """A concretion that is at fault is refuted as `refinement`, with its setup; and so is its replay."""
    project = write_project(tmp_path, "MAILING", concretion="LOWER")
    told = run("--save", str(tmp_path), "--json", project=project)
    assert told.exit_code == 1
    assert told.stderr.endswith(f"saved {tmp_path}/refinement.trace.json\n")
    failure = json.loads(told.stdout)["failure"]
    assert failure["breaks"] == REFINEMENT
    assert failure["detail"].startswith("keep: what is heard differs; the model has ")
    assert set(failure["setup"]) == {"size", "salt"}
    assert [act["transition"] for step in failure["counterexample"] for act in step["acts"]][-1] == "keep"
    replayed = again(project, tmp_path / "refinement.trace.json")
    assert replayed.exit_code == 1
    assert "it breaks refinement over real strings" in replayed.stdout


def test_a_run_with_a_clock_is_replayed_with_it(tmp_path: Path) -> None:
    """Pauses are saved, and a replay comes to the same moment."""
    project = write_project(tmp_path, "LEASING", concretion="CLOCK", watchers="EARLY")
    told = run("--save", str(tmp_path), "--seed", "3", project=project)
    assert told.exit_code == 1
    saved = read(tmp_path / "leaves-early.trace.json")
    moment = sum(step.pause for step in saved.steps)
    assert moment >= 5.0
    replayed = again(project, tmp_path / "leaves-early.trace.json")
    assert f"breaks leaves-early: left at {moment:g} s\n" in replayed.stdout


# -- replaying over real strings ---------------------------------------------------------------------


def taken(check: Check, *steps: tuple[str, float]) -> SavedTrace:
    """Take steps after pauses, and record them."""
    begun = check.start({"salt": 1})
    for name, pause in steps:
        take(check, begun, name, pause=pause)
    semantics = check.semantics
    from launchproof.traces import record

    hops = [(hop.state, hop.position) for hop in begun.hops]
    return record(semantics, hops, setup=begun.setup, pauses=[hop.pause for hop in begun.hops])


def really(saved: SavedTrace, protocol: Protocol, check: Check) -> Trouble | None:
    """Replay a saved run over real strings."""
    return replay_really(saved, replay(saved, protocol, ()), check, "run.trace.json")


def test_a_good_run_is_replayed_to_its_end() -> None:
    """Nothing comes of a run in which nothing broke, with a clock or without."""
    protocol = hotel()
    saved = taken(Check(Semantics(protocol), ()), *((name, 0.0) for name in ("book", "let", "move_in", "knock", "leave")))
    done = replay(saved, protocol, ())
    assert replay_really(saved, done, Check(done.semantics, (), watchers=[at_most_twice]), "file") is None
    protocol = leasing()
    saved = taken(Check(Semantics(protocol), (), CLOCK), ("apply", 1.0), ("rest", 30.0), ("leave", 0.0))
    assert [step.acts[0].does for step in saved.steps] == ["apply", "lapse", "leave"]
    assert [step.pause for step in saved.steps] == [1.0, 10.0, 0.0]
    done = replay(saved, protocol, ())
    assert replay_really(saved, done, Check(done.semantics, (), CLOCK), "file") is None


def test_a_fault_that_came_later_is_found_in_a_saved_run() -> None:
    """A run that was good breaks the refinement over a concretion that is at fault now."""
    protocol = mailing()
    saved = taken(Check(Semantics(protocol), ()), ("mail", 0.0), ("keep", 0.0))
    done = replay(saved, protocol, ())
    faulty = Concretion(spell=spell_oddly, forms={Link: FAULTS["a reader that truncates"][0]})
    found = replay_really(saved, done, Check(done.semantics, (), faulty), "file")
    assert found is not None
    assert found.breaks == REFINEMENT


def test_time_that_forces_something_else_is_bad_input() -> None:
    """Where a pause is too long now, the step that time forces instead is named, with its place in the file."""
    protocol = leasing()
    saved = taken(Check(Semantics(protocol), (), CLOCK), ("apply", 0.0), ("rest", 1.0), ("rest", 2.0))
    late = evolve(saved, steps=(*saved.steps[:1], evolve(saved.steps[1], pause=10.5), saved.steps[2]))
    done = replay(late, protocol, ())
    with pytest.raises(TraceError) as caught:
        replay_really(late, done, Check(done.semantics, (), CLOCK), "run.trace.json")
    assert str(caught.value) == (
        "run.trace.json: $.steps[2]: time forces another step before it: lapse; save the run again, or correct the pauses"
    )


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        ({"salt": 1}, "$.setup: the option 'size' is missing; add it, as 'small' for example"),
        ({"size": "tiny"}, "$.setup['size']: 'tiny' is no choice; use one of 'small', 'big'"),
        ({"size": "big", "colour": 1}, "$.setup['colour']: there is no such option; use size, salt"),
    ],
)
def test_a_setup_that_does_not_fit_is_bad_input(setup: dict[str, str | int | float | bool | None], says: str) -> None:
    """An option that is missing, unknown, or has an unknown value is told with its place in the file."""
    protocol = mailing()
    saved = evolve(taken(Check(Semantics(protocol), ()), ("mail", 0.0)), setup=setup)
    done = replay(saved, protocol, ())
    sized = Concretion(options={"size": ("small", "big")})
    with pytest.raises(TraceError) as caught:
        replay_really(saved, done, Check(done.semantics, (), sized), "run.trace.json")
    assert str(caught.value) == f"run.trace.json: {says}"
    fitting = evolve(saved, setup={"size": "big", "salt": 3})
    assert replay_really(fitting, done, Check(done.semantics, (), sized), "run.trace.json") is None
