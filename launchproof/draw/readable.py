"""How much a graph may hold before nobody can read it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof.errors import DrawError


@frozen
class Size:
    """How many boxes and arrows a graph has, or may have."""

    nodes: int
    edges: int


READABLE: Final = Size(60, 160)
"""A graph of more than that is refused."""


def refuse_unreadable(name: str, size: Size, ways: tuple[str, ...]) -> None:
    """Refuse a graph that is too large to read, and name the ways out of it."""
    if size.nodes > READABLE.nodes or size.edges > READABLE.edges:
        raise DrawError(
            f"{name}: {size.nodes:,} boxes and {size.edges:,} arrows are more than can be read"
            f" ({READABLE.nodes} and {READABLE.edges}); {', or '.join(ways)}"
        )
