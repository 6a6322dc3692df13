"""Scopes: parts of a protocol of which there may be several, and what several of them share.

A protocol is declared for one of everything. A `Scope` says which machines there may be more of; all
that is not named is shared. What follows from that is worked out in `launchproof.declare.copies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from launchproof.declare.properties import Property
from launchproof.errors import DeclarationError

OTHER: Final = "other_"
"""Before the name of a slot: that of another copy, in a property that speaks of two."""


@frozen
class Scope:
    """Machines of which there may be several copies.

    A channel is copied with who begins on it; `first` names those on which shared machines begin, and
    that reach the first copy only. Messages posted on the channels of `heard_by_all` go to one window
    at which every copy listens, where `reads` tells what a window of one copy is to another.

    `together` names transitions that concern all copies at once, each with what the others do in the
    same step, whichever copy begins: a transition that hears nothing.

    `between` are properties of any two copies: they say ``other_client`` for the other one's ``client``.
    """

    name: str
    meaning: str
    machines: tuple[str, ...]
    suffix: str = "_"
    first: tuple[str, ...] = ()
    heard_by_all: tuple[str, ...] = ()
    reads: Mapping[Any, Enum] = field(factory=dict, hash=False)
    together: Mapping[str, str] = field(factory=dict, hash=False)
    between: tuple[Property, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a scope of nothing, and one that nobody could understand from its description."""
        if not self.machines:
            raise DeclarationError(f"scope {self.name}", "it has no machines", "name those of which there may be several")
        if not self.meaning.strip():
            raise DeclarationError(f"scope {self.name}", "it has no meaning", "say what there are several of in a sentence")

    def called(self, name: str, number: int) -> str:
        """Name a copy's part; the first copy's keeps its name."""
        return name if number == 1 else f"{name}{self.suffix}{number}"

    def follower(self, name: str, number: int) -> str:
        """Name what a copy does because another one leads."""
        return self.called(f"{name}_too", number)
