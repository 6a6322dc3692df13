"""The engines of an exhaustive search, by name. They give the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from launchproof.search.exhaustive import Search

AUTO: Final = "auto"
PLAIN: Final = "plain"
VECTOR: Final = "vector"
ENGINES: Final = (AUTO, PLAIN, VECTOR)


def chosen(engine: str) -> str:
    """Give the engine that a name stands for."""
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    return VECTOR if engine == AUTO else engine


def engine_of(engine: str) -> type[Search]:
    """Give the search that an engine makes."""
    if chosen(engine) == VECTOR:
        from launchproof.search.vector.engine import VectorSearch

        return VectorSearch
    from launchproof.search.exhaustive import Search

    return Search
