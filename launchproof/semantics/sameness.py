"""Which values are the same: equal, and of the same classes throughout.

``Flag(1)`` and ``Flag(True)`` are equal in Python, and two values here. A value is known by its class
and the numbers of its parts, so that what it shares with a value that was met before is not gone
through again. Fields may be left out: then values that differ in nothing else are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from operator import attrgetter
from typing import Any, Final

import attrs

from launchproof.declare.names import Name
from launchproof.semantics.unread import NO_FIELDS, Fields, Unread

Split = Callable[[Any], Iterable[object]]


class Splits(dict[type, "Split | None"]):
    """How the values of each class come apart, without some fields; None of those that are compared as a whole."""

    def __init__(self, without: Fields = NO_FIELDS) -> None:
        """Start with no class looked up."""
        super().__init__()
        self.without = without

    def __missing__(self, kind: type) -> Split | None:
        """Look a class up."""
        found = self[kind] = split_of(kind, self.without)
        return found


def split_of(kind: type, without: Fields = NO_FIELDS) -> Split | None:
    """Tell how values of a class come apart: tuples and sets into items, attrs classes that compare all fields into these."""
    if issubclass(kind, Unread):
        return Unread.read
    if issubclass(kind, tuple | frozenset):
        return iter
    if issubclass(kind, Name | Enum) or not attrs.has(kind) or not compares_fields(kind):
        return None
    names = [field.name for field in attrs.fields(kind) if (kind, field.name) not in without]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


def compares_fields(kind: type) -> bool:
    """Whether attrs made the comparison and the hash of a class, and leaves no field out."""
    made = all(
        getattr(getattr(kind, name), "__code__", split_of.__code__).co_filename.startswith("<attrs generated")
        for name in ("__eq__", "__hash__")
    )
    return made and all(field.eq is True and field.eq_key is None for field in attrs.fields(kind))


SPLITS: Final = Splits()


class Sameness:
    """Numbers values from zero: the same number for the same values, whatever some fields hold."""

    def __init__(self, without: Fields = NO_FIELDS) -> None:
        """Start with none."""
        self._splits = Splits(without) if without else SPLITS
        self._numbers: dict[tuple[object, ...], int] = {}
        self._kept: list[object] = []
        self._by_identity: dict[int, int] = {}

    def number(self, value: object) -> int:
        """Give a value's number; one that cannot be hashed is a `TypeError`."""
        found = self._by_identity.get(id(value))
        if found is not None:
            return found
        kind = type(value)
        split = self._splits[kind]
        if split is None:
            key: tuple[object, ...] = (kind, value)
        elif split is iter and isinstance(value, frozenset):
            key = (kind, frozenset([self.number(part) for part in value]))
        else:
            known = self._by_identity
            key = (kind, *[self.number(part) if (n := known.get(id(part))) is None else n for part in split(value)])
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._numbers)
            self._kept.append(value)  # it stays, so that nothing else comes to have its identity
            self._by_identity[id(value)] = found
        return found

    def keep(self, value: object) -> int:
        """Give a value's number, and let it stay: none of its parts is gone through again, wherever else it stands."""
        self._kept.append(value)
        return self._note(value)

    def _note(self, value: object) -> int:
        split = self._splits[type(value)]
        for part in split(value) if split is not None else ():
            if id(part) not in self._by_identity:
                self._note(part)
        found = self._by_identity[id(value)] = self.number(value)
        return found
