"""Random walks over the embed lifecycle and its real strings find mistakes, and raise no false alarm."""

from __future__ import annotations

from typing import Final

import pytest

from launchproof.declare import Property
from launchproof.semantics.steps import Semantics
from launchproof.walk.check import Check
from launchproof.walk.walker import Walker
from model import PROTOCOL
from properties import PROPERTIES
from properties.reality import REALITY
from properties.strings import WATCHERS
from tests.model.broken import BROKEN, Broken

SEED: Final = 1
STEPS: Final = 200
FIRST_RUNS: Final = 60
MANY_RUNS: Final = 1000
CLEAN_RUNS: Final = 5

NO_SINGLE_STATE: Final = ("no-deadlock", "bounded-queues")
"""Properties of all ways to go on: nothing breaks in a single state or step, so no walk can find anything."""

RARE: Final = (
    "no origin check",
    "any session's token",
    "revoked launch",
    "revoked refresh",
    "revoked call",
    "refresh on a timer",
    "early token",
    "token in the location",
    "readers served",
    "stale refusals count",
    "refresh on reload",
)
"""Mistakes that only show where several rare things happen in one run, or that others stand for in a quick suite."""

EARLIER: Final = {"token-heard-by-embed-only": "token-addressed-to-embed-only"}
"""Properties of messages that a watcher of their texts finds broken a step earlier, where they are sent."""


def walks_of(broken: Broken) -> object:
    """Take the rare ones for a longer suite."""
    marks = [pytest.mark.thorough] if broken.name in RARE else []
    return pytest.param(broken, id=f"{broken.name}-{broken.refuted_by}", marks=marks)


@pytest.mark.parametrize("broken", [walks_of(b) for b in BROKEN if b.refuted_by not in NO_SINGLE_STATE])
def test_a_walk_finds_the_mistake(broken: Broken, by_name: dict[str, Property]) -> None:
    """The mistake breaks its property in one of the first runs, none of which is shorter than the shortest."""
    walker = Walker(Check(Semantics(broken.breaks(PROTOCOL)), (by_name[broken.refuted_by],), REALITY, WATCHERS))
    runs = (walker.run(SEED, number, STEPS) for number in range(MANY_RUNS if broken.name in RARE else FIRST_RUNS))
    expected = EARLIER.get(broken.refuted_by, broken.refuted_by)
    failure = next((r.failure for r in runs if r.failure is not None and r.failure.breaks == expected), None)
    assert failure is not None
    assert len(failure.trace.steps) >= broken.steps - (expected != broken.refuted_by)


def test_clean_runs_raise_no_alarm() -> None:
    """Nothing breaks in the default protocol, in its states or its strings, and most transitions fire."""
    walker = Walker(Check(Semantics(PROTOCOL), tuple(p for p in PROPERTIES if not p.under), REALITY, WATCHERS))
    runs = [walker.run(SEED, number, 2 * STEPS) for number in range(CLEAN_RUNS)]
    assert [r.failure for r in runs] == [None] * len(runs)
    fired = {name for r in runs for name in r.fired}
    assert len([t for t in PROTOCOL.active if t.name in fired]) > len(PROTOCOL.active) // 2
