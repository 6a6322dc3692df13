"""The engines of an exhaustive search, by name.

=============  ====================================================================================
`plain`        takes one state after the other
`vector`       takes whole levels of states as arrays; the same answers to the letter, sooner
`symbolic`     takes sets of states as decision diagrams, however many they are; the same verdicts and
               counterexamples, but it counts neither steps nor levels, and leaves claims about the rest of a
               run undecided
=============  ====================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from launchproof.search.exhaustive import Search

AUTO: Final = "auto"
PLAIN: Final = "plain"
VECTOR: Final = "vector"
SYMBOLIC: Final = "symbolic"
ENGINES: Final = (AUTO, PLAIN, VECTOR, SYMBOLIC)

UNTOLD: Final = -1
"""Stands for a count that an engine does not take."""


def chosen(engine: str) -> str:
    """Give the engine that a name stands for."""
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    return VECTOR if engine == AUTO else engine


def choice_of(engine: str) -> str:
    """Say which engine a name stands for, and why."""
    why = "asked for" if engine != AUTO else "it answers every kind of property"
    return f"{chosen(engine)} ({why})"


def engine_of(engine: str) -> type[Search]:
    """Give the search that an engine makes."""
    if chosen(engine) == SYMBOLIC:
        from launchproof.search.symbolic.engine import SymbolicSearch

        return SymbolicSearch
    if chosen(engine) == VECTOR:
        from launchproof.search.vector.engine import VectorSearch

        return VectorSearch
    from launchproof.search.exhaustive import Search

    return Search
