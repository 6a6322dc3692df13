"""The Hypothesis machine finds every mistake that a run can show, by runs of a hundred steps over real strings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from launchproof.declare import Property
from launchproof.semantics.steps import Semantics
from launchproof.testing import Broken as BrokenRun
from launchproof.testing import lifecycle_machine
from launchproof.traces import read, replay
from launchproof.walk.check import Check
from launchproof.walk.real import replay_really
from model import PROTOCOL
from properties.reality import REALITY
from tests.model.broken import BROKEN, Broken

CANNOT_BE_FOUND: Final = {
    "no-deadlock": "it speaks of all ways to go on from a state: each state and step of the run is as it should be",
    "bounded-queues": "it speaks of a channel that can grow for ever: each state and step of the run is as it should be",
}
"""Properties that no run breaks, since nothing breaks in a single state or step."""

RARE: Final = {"no origin check": ("navigated-frame",), "any session's token": ("other-customer",)}
"""Mistakes that show where somebody does three rare things in a row; they are looked for where nobody else does any."""

STEPS: Final = 100
RUNS: Final = 600
SLACK: Final = 3
"""Shrunk runs may be longer than the shortest by so many steps."""

FOUND: Final = tuple(b for b in BROKEN if b.refuted_by not in CANNOT_BE_FOUND)


def effort(runs: int, *phases: Phase) -> settings:
    """Take the same runs every time."""
    return settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        phases=phases,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.thorough
@pytest.mark.parametrize("broken", FOUND, ids=lambda b: f"{b.name}-{b.refuted_by}")
def test_hypothesis_finds_the_mistake(broken: Broken, by_name: dict[str, Property]) -> None:
    """Some run breaks the property that refutes the protocol, and the failure names it."""
    protocol = broken.breaks(PROTOCOL)
    if broken.name in RARE:
        protocol = protocol.with_capabilities(*RARE[broken.name])
    machine = lifecycle_machine(protocol, [by_name[broken.refuted_by]], REALITY, (), save_to=None)
    with pytest.raises(BrokenRun, match=f"{broken.refuted_by} does not hold"):
        run_state_machine_as_test(machine, settings=effort(RUNS, Phase.generate))


@pytest.mark.thorough
@pytest.mark.parametrize("broken", [b for b in BROKEN if b.refuted_by in CANNOT_BE_FOUND], ids=lambda b: b.name)
def test_what_no_run_breaks_is_not_found(broken: Broken, by_name: dict[str, Property]) -> None:
    """What only all runs together refute breaks in no run, and none of its steps parts from the model."""
    machine = lifecycle_machine(broken.breaks(PROTOCOL), [by_name[broken.refuted_by]], REALITY, (), save_to=None)
    run_state_machine_as_test(machine, settings=effort(20, Phase.generate))
    assert machine.steps > 20


def test_a_shrunk_run_is_short_and_replays(by_name: dict[str, Property], tmp_path: Path) -> None:
    """A shrunk run is hardly longer than the shortest; what is saved of it breaks the same again, over real strings too."""
    broken = next(b for b in BROKEN if b.name == "token in the URL")
    protocol, claim = broken.breaks(PROTOCOL).with_capabilities(), by_name[broken.refuted_by]
    machine = lifecycle_machine(protocol, [claim], REALITY, (), save_to=tmp_path)
    with pytest.raises(BrokenRun, match=claim.name):
        run_state_machine_as_test(machine, settings=effort(RUNS, Phase.generate, Phase.shrink))
    file = tmp_path / f"{claim.name}.trace.json"
    saved = read(file)
    assert broken.steps <= len(saved.steps) <= broken.steps + SLACK
    assert saved.setup is not None
    replayed = replay(saved, protocol, [claim], file)
    assert replayed.as_expected
    assert replayed.at == len(saved.steps)
    trouble = replay_really(saved, replayed, Check(Semantics(protocol), [claim], REALITY), file)
    assert trouble is not None
    assert trouble.breaks == claim.name


def test_what_cannot_be_found_is_known(by_name: dict[str, Property]) -> None:
    """The table names properties that there are, each with a broken protocol that it refutes."""
    assert set(CANNOT_BE_FOUND) <= set(by_name)
    assert {b.refuted_by for b in BROKEN} >= set(CANNOT_BE_FOUND)
    assert {b.name for b in FOUND} >= set(RARE)
