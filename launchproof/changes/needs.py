"""Which guards a property rests on: without the guard, everywhere it stands, some property breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits, Progress, Search
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify.whole import NO_LIMITS, grouped


@frozen
class Need:
    """A guard, and the first property that breaks without it (None: nothing does; `decided` if that is sure)."""

    guard: str
    breaks: str | None
    decided: bool = True


@frozen
class NewNeed:
    """How the need for a guard differs: `critical` tells whether it is now, and `of` which property breaks without it."""

    guard: str
    critical: bool
    of: str


def needs(
    protocol: Protocol,
    properties: Sequence[Property],
    broken: Sequence[str] = (),
    limits: Limits = NO_LIMITS,
    report: Callable[[str, Progress], None] | None = None,
) -> tuple[Need, ...]:
    """Take each guard away in turn; properties that are `broken` with all guards in place say nothing."""
    guards = list(dict.fromkeys(g.name for t in protocol.active for g in t.guards))
    judged = [p for p in (*properties, *BUILTIN) if p.name not in broken]
    return tuple(
        need(guard, protocol, judged, limits, telling(report, f"guard {number} of {len(guards)}, {guard}"))
        for number, guard in enumerate(guards, 1)
    )


def telling(report: Callable[[str, Progress], None] | None, what: str) -> Callable[[Progress], None] | None:
    """Give a report that says what is being searched."""
    return None if report is None else lambda progress: report(what, progress)


def need(
    guard: str,
    protocol: Protocol,
    properties: Sequence[Property],
    limits: Limits,
    report: Callable[[Progress], None] | None,
) -> Need:
    """Search the protocol without a guard, until something breaks."""
    decided = True
    for under, claimed in grouped(protocol, properties).items():
        if not claimed:
            continue
        there = protocol.without_guard(guard).without_capabilities(*under)
        found = Search(Semantics(there), tuple(claimed), limits, report, until_broken=True).run()
        if found.stopped == "interrupted":
            raise KeyboardInterrupt
        for result in found.properties:
            if result.verdict is Verdict.REFUTED and result.property.kind != "sometimes":
                return Need(guard, result.property.name)
        decided = decided and found.closed
    return Need(guard, None, decided)


def new_needs(before: Sequence[Need], after: Sequence[Need]) -> Iterator[NewNeed]:
    """Yield the guards that are needed now and were not, and those that were and are not."""
    was = {n.guard: n for n in before}
    for now in after:
        old = was.get(now.guard)
        if now.breaks is not None and old is not None and old.breaks is None and old.decided:
            yield NewNeed(now.guard, critical=True, of=now.breaks)
        if now.breaks is None and now.decided and old is not None and old.breaks is not None:
            yield NewNeed(now.guard, critical=False, of=old.breaks)


__all__ = ["Need", "NewNeed", "needs", "new_needs"]
