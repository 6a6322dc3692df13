"""Whether a concrete value is what the abstract one stands for, under a reading of its names.

The abstract state forgets rows that nobody can refer to any more; the concrete one keeps them. So a
registry or memory agrees where every abstract item has its concrete one, and every concrete item
that is left over is of names that the abstract state has forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

import attrs

from launchproof.declare.names import KIND, Name
from launchproof.semantics.values import held_names


class Reading(dict[Name, Name]):
    """Which concrete name each abstract one stands for."""

    _alive: set[Name] | None = None

    def __setitem__(self, abstract: Name, concrete: Name) -> None:
        """Read one more name."""
        super().__setitem__(abstract, concrete)
        self._alive = None

    @property
    def alive(self) -> set[Name]:
        """The concrete names that some abstract one stands for."""
        if self._alive is None:
            self._alive = set(self.values())
        return self._alive

    def renumbered(self, names: Iterable[tuple[Name, Name]]) -> Reading:
        """Give the reading after names were renumbered, each from an old one to a new one."""
        return Reading({new: self[old] for old, new in names if old in self})


Compare = Callable[[Any, Any, Reading], bool]


def agrees(abstract: Any, concrete: Any, reading: Reading) -> bool:
    """Whether the two are the same value under the reading."""
    kind = type(abstract)
    if kind is not type(concrete):
        return False
    compare = _COMPARE.get(kind)
    if compare is None:
        compare = _COMPARE[kind] = comparison(kind)
    return compare(abstract, concrete, reading)


_COMPARE: dict[type, Compare] = {}


def comparison(kind: type) -> Compare:
    """Choose how values of a class are compared; looked up once per class."""
    if issubclass(kind, Name):
        return names_agree
    if issubclass(kind, tuple):
        return items_agree
    if issubclass(kind, frozenset):
        return sets_agree
    if issubclass(kind, Enum) or not attrs.has(kind):
        return equal
    fields = [(a.name, rows_agree if KIND in a.metadata else agrees) for a in attrs.fields(kind)]

    def fields_agree(abstract: Any, concrete: Any, reading: Reading) -> bool:
        return all(compare(getattr(abstract, name), getattr(concrete, name), reading) for name, compare in fields)

    return fields_agree if fields else equal


def equal(abstract: Any, concrete: Any, _reading: Reading) -> bool:
    """Compare values in which there are no names."""
    return bool(abstract == concrete)


def names_agree(abstract: Name, concrete: Name, reading: Reading) -> bool:
    """Compare names by the reading; a constant stands for itself."""
    return concrete.number == abstract.number if abstract.number < 0 else reading.get(abstract) == concrete


def items_agree(abstract: tuple[Any, ...], concrete: tuple[Any, ...], reading: Reading) -> bool:
    """Compare item by item."""
    return len(abstract) == len(concrete) and all(agrees(a, c, reading) for a, c in zip(abstract, concrete, strict=True))


def sets_agree(abstract: frozenset[Any], concrete: frozenset[Any], reading: Reading) -> bool:
    """Compare sets of which nothing is forgotten."""
    return len(abstract) == len(concrete) and rows_agree(abstract, concrete, reading)


def rows_agree(abstract: Iterable[Any], concrete: Iterable[Any], reading: Reading) -> bool:
    """Whether each abstract row has its concrete one, and no other concrete row is alive."""
    wanted: dict[object, list[Any]] = {}
    for row in abstract:
        first = first_name(row)
        known = reading.get(first) if isinstance(first, Name) and not first.rigid else first
        wanted.setdefault(known, []).append(row)
    for row in concrete:
        first = first_name(row)
        if matched(row, wanted.get(first, []), reading):
            continue
        if forgotten(first, row, reading):
            continue
        if not any(matched(row, rows, reading) for rows in wanted.values()):
            return False
    return not any(wanted.values())


def matched(row: Any, candidates: list[Any], reading: Reading) -> bool:
    """Take the abstract row that agrees with a concrete one out of the candidates, if there is one."""
    found = next((i for i, candidate in enumerate(candidates) if agrees(candidate, row, reading)), None)
    if found is None:
        return False
    del candidates[found]
    return True


def forgotten(first: object, row: Any, reading: Reading) -> bool:
    """Whether the model has forgotten a row: some name that it holds is not alive."""
    if isinstance(first, Name) and not first.rigid and first not in reading.alive:
        return True
    return any(name not in reading.alive for name in held_names(row))


_FIRST: dict[type, str | None] = {}


def first_name(row: object) -> object:
    """Give the name that tells a row from the others: itself, or the first that it holds."""
    if isinstance(row, Name):
        return row
    kind = type(row)
    if kind not in _FIRST:
        names = [a.name for a in attrs.fields(kind) if KIND not in a.metadata] if attrs.has(kind) else []
        _FIRST[kind] = next((name for name in names if isinstance(getattr(row, name), Name)), None)
    name = _FIRST[kind]
    return next(held_names(row), row) if name is None else getattr(row, name)
