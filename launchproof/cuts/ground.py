"""What was learned of a protocol's steps with nothing lost, for searches of it without some parts to go on from.

A part that is taken away changes few of the steps that the protocol has. So the protocol is searched once as it is, and
every other search goes on from that one (`VectorSearch.onwards`), in a process forked for it: what it learns besides, ends
with that process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attrs import define, field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import FORKS, INTERRUPTED, apart
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import Fields
from launchproof.verify.whole import Under, grouped


@define(eq=False)
class Ground:
    """Searches of one protocol, by the capabilities that were switched off for some of its properties, to go on from.

    There are none where no process can be forked, and none of a protocol that fails with nothing lost.
    """

    unread: Fields
    searches: dict[Under, VectorSearch] = field(factory=dict)

    @classmethod
    def of(cls, protocol: Protocol, properties: Sequence[Property], unread: Fields) -> Ground:
        """Search a protocol as it is; one that reads a field that was to be left out ends with a `FieldReadError`."""
        ground = cls(unread)
        try:
            for under, claimed in grouped(protocol, properties).items() if FORKS else ():
                if claimed:
                    there = protocol.without_capabilities(*under)
                    search = VectorSearch(Semantics(there, without=unread), tuple(claimed), briefly=True)
                    whole(search)
                    ground.searches[under] = search.onwards(there, claimed)  # which holds none of the states
        except Exception:  # noqa: BLE001 - whatever a transition was not written for
            ground.searches = {}
        return ground

    def goes_on(
        self, under: Under, there: Protocol, claimed: Sequence[Property], limits: Limits, *, soon: bool
    ) -> list[Broken] | None:
        """Give what breaks without some parts; None where nothing is known to go on from, or the search fails."""
        if under not in self.searches:
            return None
        return apart(partial(self._broken, under, there, claimed, limits, soon=soon))

    def _broken(self, under: Under, there: Protocol, claimed: Sequence[Property], limits: Limits, *, soon: bool) -> list[Broken]:
        return broken_of(self.searches[under].onwards(there, claimed, limits, refute_only=soon).run())


def whole(search: VectorSearch) -> SearchResult:
    """Make a search; `KeyboardInterrupt` goes through."""
    result = search.run()
    if result.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    return result


@frozen
class Broken:
    """A property that is broken, and by how many steps (None: what should sometimes be never is)."""

    property: str
    steps: int | None


def broken_of(result: SearchResult) -> list[Broken]:
    """Give the properties that a search refuted."""
    return [Broken(found.property.name, found.length) for found in result.properties if found.verdict is Verdict.REFUTED]
