"""The state spaces that engines are measured on, by name, in families that grow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import frozen

from benchmarks.lifecycles import lifecycles
from launchproof import Protocol
from model import PROTOCOL


@frozen
class Space:
    """A protocol, and how many states it is known to have (the engines are held to each other, not to this)."""

    name: str
    family: str
    states: int
    make: Callable[[], Protocol]


EMBED: Final = "the embed's lifecycle"
FRESH: Final = "clients with fresh tokens"
CONSTANT: Final = "clients with one token"

SPACES: Final = (
    Space("embed", EMBED, 41_632, lambda: PROTOCOL),
    *(Space(f"fresh-{n}", FRESH, 11**n, partial(lifecycles, n)) for n in range(4, 7)),
    *(Space(f"constant-{n}", CONSTANT, 10**n, partial(lifecycles, n, fresh=False)) for n in range(4, 9)),
)


def space(name: str) -> Space:
    """Find a space by name."""
    return next(space for space in SPACES if space.name == name)
