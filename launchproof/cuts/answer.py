"""What is known of a protocol's cut sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol

LIFTED: Final = ("always", "each-step", "wherever", "builtin")
"""The kinds of claims about states and steps, of which sets of any size are found."""


@frozen
class Cut:
    """A minimal cut set of a property, `claim`: without all of it the property breaks, without any part of it alone it holds.

    `lost` are guards, or one answer to an open question (``question=answer``) in place of the assumed one.
    `steps` is how long the shortest run is that breaks the property (None: what should sometimes be never is).
    """

    claim: str
    lost: tuple[str, ...]
    steps: int | None

    @property
    def single(self) -> bool:
        """Whether it is a single point of failure."""
        return len(self.lost) == 1


@frozen
class CutSets:
    """The minimal cut sets of some properties.

    `sizes` says for each property up to which size all of them are known. `grows` are the sets with which a
    channel grows without end, and `fails` those without which a transition fails: no larger ones with them were
    searched. `broken` are properties that break with nothing lost. `silent` are the guards that never hold
    anything back by themselves. `unread` are the fields that were left out, as nothing reads them. `stopped` says
    what ended the search too soon.
    """

    protocol: Protocol = field(repr=False)
    properties: tuple[Property, ...] = field(repr=False)
    cuts: tuple[Cut, ...]
    sizes: dict[str, int]
    grows: tuple[tuple[str, ...], ...] = ()
    fails: tuple[tuple[str, ...], ...] = ()
    silent: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    sets: int = 0
    states: int = 0
    seconds: float = 0.0
    stopped: str = ""

    @property
    def complete(self) -> int:
        """Up to which size all cut sets of all claims about states and steps are known."""
        return min((self.sizes.get(prop.name, 0) for prop in self.properties if prop.kind in LIFTED), default=0)

    def of(self, prop: Property | str) -> tuple[Cut, ...]:
        """Give a property's cut sets, the small ones first."""
        name = prop if isinstance(prop, str) else prop.name
        return tuple(cut for cut in self.cuts if cut.claim == name)

    def holding(self, part: str) -> tuple[Cut, ...]:
        """Give the cut sets in which a guard, or an answer, stands."""
        return tuple(cut for cut in self.cuts if part in cut.lost)


def in_order(cuts: Sequence[Cut], properties: Sequence[Property]) -> tuple[Cut, ...]:
    """Sort cut sets by property, and the single points of failure first."""
    place = {prop.name: number for number, prop in enumerate(properties)}
    return tuple(sorted(cuts, key=lambda cut: (place[cut.claim], len(cut.lost), cut.lost)))
