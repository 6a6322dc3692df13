"""A mutant: the protocol with one small mistake in it, which some property should notice.

Mistakes are made in what the parties do, not in what the environment may do: that a capability's
transition happens, and when, is nobody's work (`launchproof verify --matrix` tells what it is needed for). What
a party says and becomes when it happens is; but for what a capability says on a channel of its own
(``via=``): that is the environment's own speech.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from launchproof.declare.environment import Choice
from launchproof.declare.machine import Transition
from launchproof.declare.protocol import Protocol

DROP_GUARD: Final = "drop-guard"
NEGATE_GUARD: Final = "negate-guard"
DROP_TRANSITION: Final = "drop-transition"
DROP_MESSAGE: Final = "drop-message"
REPEAT_MESSAGE: Final = "repeat-message"
WIDEN_TARGET: Final = "widen-target"
SWAP_PHASE: Final = "swap-phase"
SWAP_NAME: Final = "swap-name"

KINDS: Final = {
    DROP_GUARD: "a condition is not checked, in one transition or wherever it stands",
    NEGATE_GUARD: "a condition is checked the wrong way round",
    DROP_TRANSITION: "a machine does not do what it would do of itself, or on hearing a message",
    DROP_MESSAGE: "a message is not said",
    REPEAT_MESSAGE: "a message is said twice",
    WIDEN_TARGET: "a message is posted to whatever origin is there",
    SWAP_PHASE: "another phase is reached, that has the same fields",
    SWAP_NAME: "the old name stands where the new one should, or the new where the old should",
}
"""The kinds of mutants, in the order in which they are made."""


@frozen
class Mutant:
    """One mistake: its name ``kind:where:what``, what it is in words, and the protocol that makes it.

    `assumed` is the answer to an open question under which it is made, where the default has no place for it.
    """

    name: str
    meaning: str
    change: Callable[[Protocol], Protocol] = field(repr=False)
    assumed: Choice | None = None

    @property
    def kind(self) -> str:
        """Which kind of mistake it is."""
        return self.name.partition(":")[0]

    def named(self, name: str) -> bool:
        """Whether a user who says this name means it: its own, or that of a part that it is about."""
        return name == self.name or name in self.name.split(":")[1:]


def mutant(kind: str, *where: str, meaning: str, change: Callable[[Protocol], Protocol]) -> Mutant:
    """Make a mutant, and its name."""
    return Mutant(":".join((kind, *where)), meaning, change)


def replaced(kind: str, transition: str, *what: str, meaning: str, by: Callable[[Transition], Transition]) -> Mutant:
    """Make a mutant in which one transition is another, made from what it is in the protocol that is mutated."""
    return mutant(
        kind, transition, *what, meaning=meaning, change=lambda p: p.replacing(transition, by(p.transition(transition)))
    )


def acted(protocol: Protocol) -> list[Transition]:
    """List the transitions in whose effects there can be a mistake."""
    return [t for t in protocol.active if t.capability is None or t.via is None]
