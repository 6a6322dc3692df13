"""Fresh names, and the two kinds of collection that do not keep a name alive.

A *name* is a value that the protocol only mints, passes on and compares: a token, a session id.
Which number it carries means nothing, so states that differ by a renaming are one state.

A name is live while a machine's phase or a message in flight holds it. Two kinds of field only
*mention* names:

``registry()``
    rows that somebody else's knowledge keeps: a row stays while one of its names is live
    elsewhere, and then holds all its names (a server's table of sessions).
``memory()``
    what is known but cannot be acted on once nobody else refers to it (what an adversary read). A
    name held by a memory alone is an *orphan*; see ``launchproof.semantics.forgetting``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, TypeVar
from zlib import crc32

import attrs
from attrs import frozen

T = TypeVar("T")

KIND: Final = "launchproof.kind"
ALONE: Final = "launchproof.alone"
REGISTRY: Final = "registry"
MEMORY: Final = "memory"

CONSTANTS: Final = {-1: "of-theirs", -2: "of-long-ago"}
"""How rigid names read: somebody else's, and one that nobody can use any more."""


@frozen(order=True, repr=False)
class Name:
    """A value that is only minted, passed on and compared. Subclass it once per sort.

    A negative number marks a *rigid* name: a constant that is never renamed or forgotten.
    """

    number: int
    salt: ClassVar[int] = 0
    """A number for each sort, the same in every process."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the salt of the sort's name."""
        super().__init_subclass__(**kwargs)
        cls.salt = crc32(cls.__qualname__.encode())

    def __hash__(self) -> int:
        """Part names of different sorts: those with the same number stand together in sets all the time."""
        return self.salt ^ self.number

    @property
    def rigid(self) -> bool:
        """Whether this name is a constant of the protocol, not a minted one."""
        return self.number < 0

    def __repr__(self) -> str:
        """Read like the protocol: ``access-token-2``; a constant reads ``access-token-of-theirs``."""
        if self.rigid:
            return f"{sort_label(type(self))}-{CONSTANTS.get(self.number, self.number)}"
        return f"{sort_label(type(self))}-{self.number + 1}"


def sort_label(sort: type[Name]) -> str:
    """Spell a sort's class name in lower case with hyphens: ``AccessToken`` is ``access-token``."""
    spelled = "".join(f"-{c.lower()}" if c.isupper() else c for c in sort.__name__)
    return spelled.lstrip("-")


class FreshMark:
    """Marks a transition's parameter that receives a fresh name."""


class PickMark:
    """Marks a transition's parameter that the environment chooses."""


New = Annotated[T, FreshMark()]
"""``session: New[SessionId]`` gives the transition a name that nothing else holds."""

Pick = Annotated[T, PickMark()]
"""``row: Pick[Session]`` tries every such item of the phase's collections; of an enum, every member."""


def always_alone(_row: object) -> bool:
    """Every orphan row may still be used by whoever remembers it."""
    return True


def registry(*, alone: Callable[[Any], bool] = always_alone) -> Any:
    """Declare a frozenset or tuple field of rows (or names) that are kept only while referred to.

    ``alone`` tells whether a row that only a memory refers to can still be used by it; a row that
    cannot is forgotten like any other.
    """
    return attrs.field(default=frozenset(), metadata={KIND: REGISTRY, ALONE: alone})


def memory() -> Any:
    """Declare a frozenset field of what somebody remembers; it keeps nothing alive."""
    return attrs.field(default=frozenset(), metadata={KIND: MEMORY})
