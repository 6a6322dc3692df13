"""The state spaces that engines are measured on, by name, in families that grow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import frozen

from benchmarks.lifecycles import lifecycles
from launchproof import Protocol
from launchproof.declare.copies import composed
from model import PROTOCOL
from model.scopes import EMBEDS


@frozen
class Space:
    """A protocol, and how many states it is known to have (the engines are held to each other, not to this)."""

    name: str
    family: str
    states: int
    make: Callable[[], Protocol]


EMBED: Final = "the embed's lifecycle"
PAGE: Final = "embeds on one page, no capability"
FRESH: Final = "clients with fresh tokens"
CONSTANT: Final = "clients with one token"


def on_one_page(count: int) -> Protocol:
    """Give so many embeds on one page, which share its window and the server, in an environment that does nothing."""
    bare = PROTOCOL.with_capabilities()
    return composed(bare, [(EMBEDS, count)]).protocol if count > 1 else bare


SPACES: Final = (
    Space("embed", EMBED, 27_560, lambda: PROTOCOL),
    Space("page-2", PAGE, 3_699, partial(on_one_page, 2)),
    Space("page-3", PAGE, 159_015, partial(on_one_page, 3)),
    *(Space(f"fresh-{n}", FRESH, 11**n, partial(lifecycles, n)) for n in range(4, 7)),
    *(Space(f"constant-{n}", CONSTANT, 10**n, partial(lifecycles, n, fresh=False)) for n in range(4, 9)),
)


def space(name: str) -> Space:
    """Find a space by name."""
    return next(space for space in SPACES if space.name == name)
