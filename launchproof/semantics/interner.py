"""Slot values as small integers, with the names that each of them holds.

Every value that a slot ever takes is interned once. What the search needs to know of it (which
names it holds, how it reads after a renaming) is then a table look-up by its integer. Much is known by the
items of its registries, which stand in many values.
"""

from __future__ import annotations

from typing import Any

import attrs

from launchproof.declare.names import ALONE, Name
from launchproof.semantics.sameness import Sameness
from launchproof.semantics.unread import NO_FIELDS, Fields, Veil
from launchproof.semantics.values import Anatomy, Items, Renaming, Row, all_names, anatomy_of, order, renamed


class KnownItems(Items):
    """The items of registries and memories, each looked at once, and made once under a renaming."""

    def __init__(self, sameness: Sameness) -> None:
        """Start with none; what is made stays, so that it is known wherever it stands."""
        self._sameness = sameness
        self._places: dict[int, tuple[Any, ...]] = {}
        self._rows: dict[tuple[int, object], Row] = {}
        self._holds: dict[int, tuple[Name, ...]] = {}
        self._names: dict[int, tuple[Name, ...]] = {}
        self._renamed: dict[tuple[int, tuple[Name | None, ...]], Any] = {}

    def place(self, item: Any) -> tuple[Any, ...]:
        """Tell how an item is sorted."""
        number = self._sameness.number(item)
        found = self._places.get(number)
        if found is None:
            found = self._places[number] = order(item)
        return found

    def row(self, item: Any, attribute: attrs.Attribute[Any]) -> Row:
        """Dissect an item of a registry, which is declared so."""
        key = (self._sameness.number(item), attribute.metadata[ALONE])
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = super().row(item, attribute)
        return found

    def holds(self, item: Any) -> tuple[Name, ...]:
        """Give the names that an item holds."""
        number = self._sameness.number(item)
        found = self._holds.get(number)
        if found is None:
            found = self._holds[number] = super().holds(item)
        return found

    def renamed(self, item: Any, names: Renaming) -> Any | None:
        """Give an item under a renaming; None if it is not alive any more."""
        number = self._sameness.number(item)
        mine = self._names.get(number)
        if mine is None:
            mine = self._names[number] = tuple(dict.fromkeys(all_names(item)))
        key = (number, tuple([names.get(name) for name in mine]))
        if key not in self._renamed:
            found = self._renamed[key] = super().renamed(item, names)
            self._sameness.keep(found)
        return self._renamed[key]


class Interner:
    """Gives each distinct value a small integer, and remembers its anatomy and its renamings.

    Values that differ only in the fields that it goes `without` are one (`launchproof.semantics.unread`).
    """

    def __init__(self, without: Fields = NO_FIELDS) -> None:
        """Start empty."""
        self.without = without
        self._veil = Veil(without)
        self.values: list[object] = []
        self.anatomy: list[Anatomy] = []
        self.signature: list[int] = []
        self._names: list[tuple[Name, ...]] = []
        self.sameness = Sameness(without)
        self._ids: dict[int, int] = {}
        self._signatures: dict[Anatomy, int] = {}
        self._renamed: dict[tuple[int, tuple[Name | None, ...]], int] = {}
        self.items = KnownItems(self.sameness)

    def id(self, value: object) -> int:
        """Give the integer of a value, a new one at first sight."""
        key = self.sameness.number(value)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.values)
            value = self._veil.over(value) if self.without else value
            self.sameness.keep(value)
            anatomy = anatomy_of(value, self.items)
            self.values.append(value)
            self.anatomy.append(anatomy)
            self._names.append(anatomy.all_names)
            self.signature.append(self._signatures.setdefault(anatomy, len(self._signatures)))
        return found

    def rename(self, value: int, names: Renaming) -> int:
        """Give the integer of a value under a renaming that may leave dead names out."""
        mine = self._names[value]
        if not mine:
            return value
        theirs = tuple([names.get(name) for name in mine])
        if theirs == mine:
            return value
        key = (value, theirs)
        found = self._renamed.get(key)
        if found is None:
            found = self._renamed[key] = self.id(renamed(self.values[value], names, self.items))
        return found


class RenamedValues(dict[int, int]):
    """A table from the integers of values to those of the values under one renaming."""

    def __init__(self, interner: Interner, names: Renaming) -> None:
        """Start empty; an entry is made when it is first asked for."""
        super().__init__()
        self.interner = interner
        self.names = names

    def __missing__(self, value: int) -> int:
        """Rename a value that was not asked for before."""
        found = self[value] = self.interner.rename(value, self.names)
        return found
