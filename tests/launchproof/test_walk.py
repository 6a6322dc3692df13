"""Random walks: reproducible, judged at every step, and no proof."""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from launchproof.cli.main import main
from launchproof.cli.walk import load
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify import verify
from launchproof.walk import Walker, Walks, walk
from launchproof.walk.crew import Plan
from launchproof.walk.walker import without_loops

TOY = Path(__file__).parent.parent / "toy"


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def run(*arguments: str) -> Result:
    """Walk over the toy."""
    return CliRunner().invoke(main, ["walk", "--project", str(TOY), *arguments])


def refuted_assumption() -> str:
    """Find the toy's assumption under which it is refuted."""
    protocol, properties = load(TOY, (), (), ())
    for question in protocol.assumptions:
        for choice in question.choices:
            other = protocol.assuming(**{question.name: choice})
            if verify(other, properties, reference=protocol).verdict is Verdict.REFUTED:
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
    """Every transition has a line, and one that did not fire is told as the proof's business."""
    protocol, _ = load(TOY, (), (), ())
    told = run("--runs", "1", "--steps", "1", "--coverage").stdout
    assert all(f"\n{t.name} " in told for t in protocol.active)
    assert "never: only the proof covers it" in told


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
    protocol, properties = load(TOY, (), (), ())
    semantics = Semantics(protocol)
    walker = Walker(semantics, properties)
    walker.run(0, 0, 10)
    state = semantics.initial()
    hops = []
    for turn in range(60):
        successors = semantics.successors(state)
        hops.append((state, turn % len(successors)))
        state = successors[turn % len(successors)][0]
    kept = without_loops(hops)
    assert len({s for s, _ in kept}) == len(kept) < len(hops)
    for (here, position), (there, _) in pairwise(kept):
        assert semantics.successors(here)[position][0] == there
    assert semantics.successors(kept[-1][0])[kept[-1][1]][0] == state


def test_runs_are_reported_as_they_come() -> None:
    """The report hears of the runs so far, chunk by chunk."""
    heard: list[Walks] = []
    done = walk(partial(load, TOY, (), (), ()), Plan(runs=25, steps=5), heard.append)
    assert [w.runs for w in heard] == [10, 20, 25]
    assert heard[-1] == done


def test_bad_input_is_one_line() -> None:
    """An unknown capability ends the walk with status 2."""
    told = run("--capability", "nobody")
    assert told.exit_code == 2
    assert told.stderr.startswith("launchproof: ")
