"""What a project says beside its protocol: the statements it cites, the additions it makes, the mutants it lives with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from launchproof.declare.protocol import Protocol
from launchproof.errors import DeclarationError

EQUIVALENT: Final = "equivalent"
SECOND_LINE: Final = "second line"
BEYOND: Final = "beyond the model"
LEFT_OPEN: Final = "left open"
MEANINGS: Final = {
    EQUIVALENT: "what it does otherwise makes no difference to anyone",
    SECOND_LINE: "something else protects as well; `killed_in` gives the protocol without that",
    BEYOND: "to tell it takes a capability of the environment, or a distinction, that the model does not have",
    LEFT_OPEN: "the specification leaves it open; nothing that holds of all answers can tell",
}
"""What it can mean that a mutant survives, where no property is missing."""


@frozen
class Statement:
    """A sentence of the specification, told in the project's own words, and where it stands."""

    id: str
    says: str
    page: str


@frozen
class Addition:
    """What a careful implementer adds beyond the specification, and why.

    `removed` gives a protocol without it; `breaks` names the property that this protocol violates,
    by a counterexample of `steps` steps.
    """

    id: str
    says: str
    removed: Callable[[Protocol], Protocol] = field(repr=False)
    breaks: str
    steps: int


@frozen
class Survivor:
    """Mutants that no property kills, by name; what that means (one of `MEANINGS`), and the argument for it.

    Where `killed_in` gives another protocol, the mutants are killed in that one: it is tried.
    """

    names: tuple[str, ...]
    means: str
    argument: str
    killed_in: Callable[[Protocol], Protocol] | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what argues for nothing, or without an argument."""
        if not self.names:
            raise DeclarationError("survivor", "it names no mutant", "name those that `launchproof mutate` says survive")
        if self.means not in MEANINGS:
            raise DeclarationError(f"survivor {self.names[0]}", f"it means {self.means!r}", f"use one of {', '.join(MEANINGS)}")
        if not self.argument.strip():
            raise DeclarationError(f"survivor {self.names[0]}", "it has no argument", "say why nothing need notice")
        if (self.killed_in is None) is (self.means == SECOND_LINE):
            wrong = "it does not say where it is killed" if self.killed_in is None else f"what is {self.means} is killed nowhere"
            raise DeclarationError(f"survivor {self.names[0]}", wrong, f"killed_in= goes with {SECOND_LINE!r}")
