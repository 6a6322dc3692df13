"""What is inside of values: their parts in a fixed order, the names that they hold, and how they read under a renaming."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import attrs
from attrs import frozen

from launchproof.declare.names import ALONE, KIND, MEMORY, REGISTRY, Name
from launchproof.semantics.unread import FieldReadError

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


def in_order(items: Collection[Any], key: Callable[[Any], tuple[Any, ...]] = place) -> Iterable[Any]:
    """Sort items."""
    return sorted(items, key=key) if len(items) > 1 else items


def order(value: object) -> tuple[Any, ...]:
    """Sort anything that a protocol may hold, the same way whatever the hash seed."""
    return ORDERS[type(value)](value)


class Orders(dict[type, Callable[[Any], tuple[Any, ...]]]):
    """How the values of each class are sorted."""

    def __missing__(self, kind: type) -> Callable[[Any], tuple[Any, ...]]:
        """Look a class up."""
        found = self[kind] = order_of(kind)
        return found


ORDERS: Final = Orders()


def order_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """Tell how values of a class are sorted: names by number, what has parts by these, all else by how it reads."""
    label = kind.__name__
    if issubclass(kind, Name):
        return lambda name: ("n", label, name.number)
    if issubclass(kind, Enum):
        return lambda member: ("e", label, member.name)
    if issubclass(kind, frozenset):
        return lambda items: ("t", len(items), *sorted([order(item) for item in items]))
    if issubclass(kind, tuple):
        return lambda items: ("t", len(items), *[order(item) for item in items])
    if attrs.has(kind):
        fields = [name for name, _, _ in SHAPES[kind]]
        return lambda value: ("a", label, *[order(getattr(value, name)) for name in fields])
    return lambda value: ("v", label, repr(value))


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


class Items:
    """Looks at the items of registries and memories, at each anew."""

    def place(self, item: Any) -> tuple[Any, ...]:
        """Tell how an item is sorted."""
        return place(item)

    def in_order(self, items: Collection[Any]) -> Iterable[Any]:
        """Sort items."""
        return in_order(items, self.place)

    def row(self, item: Any, attribute: attrs.Attribute[Any]) -> Row:
        """Dissect an item of a registry, which is declared so."""
        mentions = (n for inner, _, _ in weak_fields(item) for i, _, _ in parts(inner) for n in held_names(i))
        return Row(self.holds(item), tuple(dict.fromkeys(mentions)), bool(attribute.metadata[ALONE](item)))

    def holds(self, item: Any) -> tuple[Name, ...]:
        """Give the names that an item holds."""
        return tuple(dict.fromkeys(held_names(item)))

    def renamed(self, item: Any, names: Renaming) -> Any | None:
        """Give an item under a renaming; None if it is not alive any more.

        It is alive when all its names are: a registry's row that has one live name keeps the others alive
        (`launchproof.semantics.forgetting`).
        """
        return renamed(item, names) if all(name in names for name in self.holds(item)) else None


ANEW: Final = Items()


def anatomy_of(value: object, known: Items = ANEW) -> Anatomy:
    """Dissect a value into what it holds and what it only mentions."""
    rows: list[Row] = []
    remembers: list[tuple[Name, ...]] = []
    for items, kind, attribute in weak_fields(value):
        for item in known.in_order(items):
            if kind == MEMORY:
                remembers.append(known.holds(item))
            else:
                rows.append(known.row(item, attribute))
    return Anatomy(tuple(dict.fromkeys(held_names(value))), tuple(rows), tuple(remembers))


def renamed(value: Any, names: Renaming, known: Items = ANEW) -> Any:
    """Give the value under a renaming; items of registries and memories that are not alive any more are gone.

    A name that the renaming does not map is dead: it may stand only in such an item.
    """
    if isinstance(value, Name):
        return value if value.rigid else names[value]
    if isinstance(value, tuple | frozenset):
        return type(value)([renamed(item, names, known) for item in value])
    shape = SHAPES[type(value)]
    if not shape:
        return value
    changed = {}
    for name, kind, attribute in shape:
        part = getattr(value, name)
        changed[attribute.alias or name] = renamed(part, names, known) if kind is None else kept(part, names, known)
    return type(value)(**changed)


def kept(items: Iterable[Any], names: Renaming, known: Items) -> Any:
    """Rename the items of a registry or memory that are alive, and drop the others."""
    alive = [found for item in items if (found := known.renamed(item, names)) is not None]
    return tuple(alive) if isinstance(items, tuple) else frozenset(alive)


__all__ = [
    "MEMORY",
    "REGISTRY",
    "Anatomy",
    "Renaming",
    "Row",
    "all_names",
    "anatomy_of",
    "held_names",
    "order",
    "renamed",
]
