"""Slot values as small integers, with the names that each of them holds.

Every value that a slot ever takes is interned once. What the search needs to know of it (which
names it holds, how it reads after a renaming) is then a table look-up by its integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import attrs
from attrs import frozen

from launchproof.declare.names import ALONE, KIND, MEMORY, REGISTRY, Name
from launchproof.semantics.sameness import Sameness
from launchproof.semantics.unread import NO_FIELDS, FieldReadError, Fields, veiled

Renaming = Mapping[Name, Name]


@frozen
class Row:
    """A registry's item: the names it holds, those it only mentions, and whether an orphan is of use."""

    holds: tuple[Name, ...]
    mentions: tuple[Name, ...]
    alone: bool


@frozen
class Anatomy:
    """Where the names of a value are: held, in rows of a registry, or in a memory."""

    holds: tuple[Name, ...]
    rows: tuple[Row, ...]
    remembers: tuple[tuple[Name, ...], ...]

    @property
    def all_names(self) -> tuple[Name, ...]:
        """Every name anywhere in the value, each once, in a fixed order."""
        rows = (n for row in self.rows for n in (*row.holds, *row.mentions))
        memories = (n for item in self.remembers for n in item)
        return tuple(dict.fromkeys((*self.holds, *rows, *memories)))


Shape = tuple[tuple[str, str | None, Any], ...]
"""The fields of a class: their names, their kinds, their declarations."""

COLLECTIONS: Final = (tuple, list, frozenset)


class Shapes(dict[type, Shape]):
    """The fields of each class, looked up once."""

    def __missing__(self, kind: type) -> Shape:
        """Look a class up; what is no attrs class has no fields, and an enum's members have no parts."""
        fields = attrs.fields(kind) if attrs.has(kind) and not issubclass(kind, Enum) else ()
        found = self[kind] = tuple((field.name, field.metadata.get(KIND), field) for field in fields)
        return found


SHAPES: Final = Shapes()

NAMES: Final[dict[tuple[type[Name], int], Name]] = {}


def name_of(sort: type[Name], number: int) -> Name:
    """Give the name of a number, the same object every time: that makes comparing cheap."""
    found = NAMES.get((sort, number))
    if found is None:
        found = NAMES[sort, number] = sort(number)
    return found


def parts(value: object) -> Iterable[tuple[object, str | None, Any]]:
    """Give a structured value's parts with the kind of field they stand in (None: an ordinary one)."""
    if isinstance(value, COLLECTIONS):
        return [(item, None, None) for item in (in_order(value) if isinstance(value, frozenset) else value)]
    return [(getattr(value, name), kind, field) for name, kind, field in SHAPES[type(value)]]


def in_order(items: frozenset[Any]) -> Iterable[Any]:
    """Sort a set."""
    return sorted(items, key=place) if len(items) > 1 else items


def place(item: object) -> tuple[Any, ...]:
    """Tell how an item is sorted; what would have to be compared for that where a field is left out is worked out again."""
    try:
        return PLACES[item]
    except FieldReadError:
        return order(item)


class Places(dict[object, "tuple[Any, ...]"]):
    """How the items of collections are sorted, each worked out once."""

    def __missing__(self, item: object) -> tuple[Any, ...]:
        """Work it out."""
        found = self[item] = order(item)
        return found


PLACES: Final = Places()


def order(value: object) -> tuple[Any, ...]:
    """Sort anything that a protocol may hold, the same way whatever the hash seed."""
    kind = type(value)
    if isinstance(value, Name):
        return ("n", kind.__name__, value.number)
    if isinstance(value, Enum):
        return ("e", kind.__name__, value.name)
    if isinstance(value, tuple | frozenset):
        items = [order(item) for item in value]
        if isinstance(value, frozenset):
            items.sort()
        return ("t", len(items), *items)
    if shape := SHAPES[kind]:
        return ("a", kind.__name__, *[order(getattr(value, name)) for name, _, _ in shape])
    if attrs.has(kind):
        return ("a", kind.__name__)
    return ("v", kind.__name__, repr(value))


def held_names(value: object) -> Iterator[Name]:
    """Yield the names that a value holds (not those in registries or memories inside it)."""
    if isinstance(value, Name):
        if not value.rigid:
            yield value
        return
    for part, kind, _ in parts(value):
        if isinstance(part, Name):
            if kind is None and not part.rigid:
                yield part
        elif kind is None and (isinstance(part, COLLECTIONS) or SHAPES[type(part)]):
            yield from held_names(part)


def weak_fields(value: object) -> Iterator[tuple[Any, str, attrs.Attribute[Any]]]:
    """Yield every registry and memory inside a value: its items, its kind, its declaration."""
    if isinstance(value, Name):
        return
    for part, kind, attribute in parts(value):
        if kind is not None and attribute is not None:
            yield part, kind, attribute
        else:
            yield from weak_fields(part)


def all_names(value: object) -> list[Name]:
    """List every name in a value, those in registries and memories included."""
    found = list(held_names(value))
    for items, _, _ in weak_fields(value):
        for item in in_order(items):
            found += all_names(item)
    return found


def anatomy_of(value: object) -> Anatomy:
    """Dissect a value into what it holds and what it only mentions."""
    rows: list[Row] = []
    remembers: list[tuple[Name, ...]] = []
    for items, kind, attribute in weak_fields(value):
        for item in in_order(items):
            holds = tuple(dict.fromkeys(held_names(item)))
            if kind == MEMORY:
                remembers.append(holds)
            else:
                mentions = (n for inner, _, _ in weak_fields(item) for i in inner for n in held_names(i))
                rows.append(Row(holds, tuple(dict.fromkeys(mentions)), bool(attribute.metadata[ALONE](item))))
    return Anatomy(tuple(dict.fromkeys(held_names(value))), tuple(rows), tuple(remembers))


def renamed(value: Any, names: Renaming) -> Any:
    """Give the value under a renaming; items of registries and memories without a live name are gone.

    A name that the renaming does not map is dead: it may stand only in such an item.
    """
    if isinstance(value, Name):
        return value if value.rigid else names[value]
    if isinstance(value, tuple | frozenset):
        return type(value)(renamed(item, names) for item in value)
    shape = SHAPES[type(value)]
    if not shape:
        return value
    changed = {
        attribute.alias or name: renamed(getattr(value, name), names) if kind is None else kept(getattr(value, name), names)
        for name, kind, attribute in shape
    }
    return type(value)(**changed)


def kept(items: Iterable[Any], names: Renaming) -> Any:
    """Rename the items of a registry or memory that are still alive, and drop the others.

    An item is alive when all its names are: a registry's row that has one live name keeps the
    others alive (`launchproof.semantics.forgetting`).
    """
    alive = [renamed(item, names) for item in items if all(name in names for name in held_names(item))]
    return tuple(alive) if isinstance(items, tuple) else frozenset(alive)


class Interner:
    """Gives each distinct value a small integer, and remembers its anatomy and its renamings.

    Values that differ only in the fields that it goes `without` are one (`launchproof.semantics.unread`).
    """

    def __init__(self, without: Fields = NO_FIELDS) -> None:
        """Start empty."""
        self.without = without
        self.values: list[object] = []
        self.anatomy: list[Anatomy] = []
        self.signature: list[int] = []
        self._names: list[tuple[Name, ...]] = []
        self.sameness = Sameness(without)
        self._ids: dict[int, int] = {}
        self._signatures: dict[Anatomy, int] = {}
        self._renamed: dict[tuple[int, tuple[Name | None, ...]], int] = {}

    def id(self, value: object) -> int:
        """Give the integer of a value, a new one at first sight."""
        key = self.sameness.number(value)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.values)
            value = veiled(value, self.without) if self.without else value
            anatomy = anatomy_of(value)
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
            found = self._renamed[key] = self.id(renamed(self.values[value], names))
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


__all__ = [
    "MEMORY",
    "REGISTRY",
    "Anatomy",
    "Interner",
    "RenamedValues",
    "Renaming",
    "Row",
    "all_names",
    "anatomy_of",
    "held_names",
    "order",
    "renamed",
]
