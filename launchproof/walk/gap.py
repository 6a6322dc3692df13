"""What an exhaustive search reaches and the random runs did not: only the proof speaks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import Limits, Progress, Search
from launchproof.semantics.steps import Semantics
from launchproof.walk.walker import Pair, Walks, pairs_of

PATIENCE: Final = 120.0
"""The search is stopped after so many seconds; what it met by then is told."""


@frozen
class Gap:
    """The transitions and the pairs of phases that a search met and the runs did not.

    `never` are transitions that the search did not meet either. `closed` tells whether it met all
    there is, and `pairs_in_all` how many pairs it met.
    """

    transitions: tuple[str, ...]
    never: tuple[str, ...]
    pairs: tuple[Pair, ...]
    pairs_in_all: int
    closed: bool


def gap(semantics: Semantics, done: Walks, report: Callable[[Progress], None] | None = None) -> Gap:
    """Search the protocol that was walked over, and compare."""
    search = Search(semantics, (), Limits(seconds=PATIENCE), report)
    result = search.run()
    there = pairs_of(semantics, search.states)
    fired = coverage_of(semantics).fired
    unfired = [t.name for t in semantics.protocol.active if t.name not in done.fired]
    return Gap(
        tuple(name for name in unfired if name in fired),
        tuple(name for name in unfired if name not in fired),
        tuple(sorted(there - done.pairs)),
        len(there),
        result.closed,
    )
