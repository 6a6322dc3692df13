"""The limits and the report that the searches of one verification share, and what ends them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from attrs import define, evolve, field

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.engines import AUTO, engine_of
from launchproof.search.exhaustive import Limits, Progress, Search
from launchproof.search.shared import INTERRUPTED
from launchproof.search.symmetry import Symmetry
from launchproof.search.verdicts import Coverage, PropertyResult, SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import NO_FIELDS, Fields

Report = Callable[[str, Progress], None]
"""Takes what is being searched, in words, and how far it is."""


@define(eq=False)
class Budget:
    """Runs searches within limits; after an interruption it runs none.

    The limit of states is each search's, the limit of seconds is that of all together. Fields that are `unread` are left out;
    a search of something that reads one ends with a `FieldReadError`.
    """

    limits: Limits = field(factory=Limits)
    report: Report | None = None
    engine: str = AUTO
    workers: int = 1
    symmetry: Symmetry | None = None
    unread: Fields = NO_FIELDS
    stopped: str = ""
    started: float = field(factory=time.perf_counter)
    process: int = field(factory=os.getpid)

    @property
    def seconds(self) -> float:
        """How long it has been."""
        return time.perf_counter() - self.started

    @property
    def left(self) -> Limits:
        """What is left of the limits."""
        if self.limits.seconds is None:
            return self.limits
        return evolve(self.limits, seconds=max(0.0, self.limits.seconds - self.seconds))

    def tells(self, what: str) -> Callable[[Progress], None] | None:
        """Give a report that says what is being searched; only the process that began reports."""
        report = self.report
        return None if report is None or os.getpid() != self.process else lambda progress: report(what, progress)

    def search(
        self,
        what: str,
        protocol: Protocol,
        properties: Sequence[Property],
        *,
        refute_only: bool = False,
        workers: int = 1,
    ) -> SearchResult:
        """Search a protocol; interrupted or out of time, it gives what was found as undecided."""
        if self.stopped:
            return nothing_done(properties, self.stopped)
        running = self._search(
            Semantics(protocol, without=self.unread), tuple(properties), what, workers, refute_only=refute_only
        )
        try:
            found = running.run()
        except KeyboardInterrupt:
            found = evolve(
                nothing_done(properties, INTERRUPTED),
                states=len(running.states),
                steps=running.steps,
                depth=max(running.depths, default=0),
                seconds=self.seconds,
            )
        if self.limits.seconds is not None and found.stopped.endswith(" seconds"):
            found = evolve(found, stopped=f"more than {self.limits.seconds:g} seconds")
        if found.stopped == INTERRUPTED:
            self.stopped = INTERRUPTED
        elif self.limits.seconds is not None and self.seconds > self.limits.seconds:
            self.stopped = f"more than {self.limits.seconds:g} seconds"
        return found

    def _search(
        self, semantics: Semantics, properties: tuple[Property, ...], what: str, workers: int, *, refute_only: bool
    ) -> Search:
        """Prepare a search, of orbits if there is a symmetry."""
        asked = (semantics, properties, self.left, self.tells(what), refute_only, workers)
        if self.symmetry is None:
            return engine_of(self.engine)(*asked)
        from launchproof.search.vector.orbits import OrbitSearch

        return OrbitSearch(*asked, symmetry=self.symmetry)


def nothing_done(properties: Sequence[Property], why: str) -> SearchResult:
    """Give the result of a search that was not made, or whose result was not worked out."""
    return SearchResult(
        states=0,
        steps=0,
        depth=0,
        seconds=0.0,
        closed=False,
        stopped=why,
        coverage=Coverage(),
        properties=tuple(PropertyResult(p, Verdict.UNDECIDED) for p in properties),
    )
