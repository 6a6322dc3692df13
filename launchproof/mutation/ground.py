"""What a mutant is compared with: the same protocol without the mistake, searched to the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from launchproof.search.engines import VECTOR, engine_of
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.shared import INTERRUPTED
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify.vacuity import Item
from launchproof.verify.whole import MAIN, Group, Under, grouped, vacuity


@frozen(eq=False)
class Ground:
    """A protocol without a mistake: what holds of it, what never happens in it all the same, and its main search."""

    protocol: Protocol
    claims: Mapping[Under, Sequence[Property]]
    missing: frozenset[Item]
    search: Search
    stopped: str = ""

    @classmethod
    def of(cls, protocol: Protocol, properties: Sequence[Property], limits: Limits) -> Ground:
        """Search a protocol."""
        claims: dict[Under, Sequence[Property]] = {}
        missing: list[Item] = []
        stopped, searches = "", {}
        for under, claimed in grouped(protocol, properties, BUILTIN).items():
            group, searches[under] = searched(protocol, under, claimed, limits)
            claims[under] = [r.property for r in group.result.properties if r.verdict is Verdict.PROVED]
            missing += vacuity(group)
            stopped = stopped or group.result.stopped
        return cls(protocol, claims, frozenset(missing), searches[MAIN], stopped)


def searched(
    protocol: Protocol, under: Under, claimed: Sequence[Property], limits: Limits, *, until_broken: bool = False
) -> tuple[Group, Search]:
    """Search a protocol without some capabilities, and judge what is claimed of it there."""
    there = protocol.without_capabilities(*under)
    search = engine_of(VECTOR)(Semantics(there), tuple(claimed), limits, until_broken=until_broken)
    result = search.run()
    if result.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    return Group(under, there, result), search
