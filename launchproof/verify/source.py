"""Where to look for what never happens among copies: in the protocol that they are copies of."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.verify.vacuity import Item


@frozen(eq=False)
class Source:
    """What the copies of a composition are copies of.

    What never happens there is explained if, with one copy of everything, it does happen with more switched on.
    """

    protocol: Protocol
    properties: Mapping[str, Property]
    transitions: Mapping[str, str]

    def of(self, item: Item) -> Item | None:
        """Give what to look for where there is one copy; None of what takes two."""
        if isinstance(item.sought, Property):
            declared = self.properties.get(item.what, item.sought if item.sought.kind == "builtin" else None)
            return None if declared is None else Item(item.kind, declared.name, declared)
        if item.kind == "transition":
            name = self.transitions.get(item.what, item.what)
            return Item(item.kind, name, name)
        return item
