"""Random walks over the embed lifecycle find mistakes, and raise no false alarm."""

from __future__ import annotations

import pytest

from launchproof.declare import Property
from launchproof.semantics.steps import Semantics
from launchproof.walk.walker import Walker
from model import PROTOCOL
from properties import PROPERTIES
from tests.model.broken import BROKEN, Broken

RUNS = 60
STEPS = 500


@pytest.mark.parametrize(
    "broken",
    [b for b in BROKEN if b.refuted_by not in ("no-deadlock", "bounded-queues")],
    ids=lambda b: f"{b.name}-{b.refuted_by}",
)
def test_a_walk_finds_the_mistake(broken: Broken, by_name: dict[str, Property]) -> None:
    """The mistake is found in the first runs, by a run that is no shorter than the shortest."""
    walker = Walker(Semantics(broken.breaks(PROTOCOL)), (by_name[broken.refuted_by],))
    runs = (walker.run(0, number, STEPS) for number in range(RUNS))
    failure = next((r.failure for r in runs if r.failure is not None), None)
    assert failure is not None
    assert failure.breaks == broken.refuted_by
    assert len(failure.trace.steps) >= broken.steps


def test_clean_runs_raise_no_alarm() -> None:
    """Nothing breaks in the default protocol, and most transitions fire."""
    walker = Walker(Semantics(PROTOCOL), tuple(p for p in PROPERTIES if not p.under))
    runs = [walker.run(0, number, STEPS) for number in range(20)]
    assert [r.failure for r in runs] == [None] * len(runs)
    fired = {name for r in runs for name in r.fired}
    assert len([t for t in PROTOCOL.active if t.name in fired]) > len(PROTOCOL.active) // 2
