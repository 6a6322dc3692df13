"""Values in short: how phases, messages and names read in a report, and what changed between two.

``Auth(access-token-1)``, ``Minting``, ``Launching(session=session-id-1, …)``: a message reads by
its values, a phase by its fields; what is empty or unchanged is left out. The order never depends
on a hash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import attrs

from launchproof.declare.channels import Posted, Sent
from launchproof.declare.names import Name
from launchproof.semantics.values import order

REST: Final = "…"
MANY: Final = 3
"""A collection with more items than this is counted in short forms, not listed."""

LONG: Final = 64
"""A structured value within another that takes more characters than this is not spelled out."""

TARGET: Final = "target"
"""The field of a posted message that names its target origin."""


def fields(value: Any) -> dict[str, object]:
    """Give an attrs value's fields by name."""
    return {a.name: getattr(value, a.name) for a in attrs.fields(type(value))}


def empty(value: object) -> bool:
    """Whether a value says nothing: None, False, or an empty collection."""
    return value is None or value is False or (isinstance(value, tuple | frozenset) and not value)


def plain(value: object) -> bool:
    """Whether a value reads badly without the name of its field."""
    return isinstance(value, bool | int | float)


def sorted_items(value: Collection[object]) -> list[object]:
    """Give a collection's items in a fixed order."""
    return sorted(value, key=order) if isinstance(value, frozenset) else list(value)


def short(value: object) -> str:  # noqa: PLR0911 - one answer per kind of value
    """Give a value as it reads within a sentence."""
    if isinstance(value, Name):
        return repr(value)
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower().replace("_", "-")
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | frozenset):
        return collection(value)
    if isinstance(value, Posted | Sent):
        return short(value.message)
    if attrs.has(type(value)):
        return call(value, [labelled(name, part) for name, part in fields(value).items() if not empty(part)])
    return repr(value)


def labelled(name: str, value: object) -> str:
    """Give a field of a message: by its value alone, where that reads well."""
    if value is True:
        return name
    return f"{name}={inner(value)}" if plain(value) or isinstance(value, frozenset | tuple) else inner(value)


def inner(value: object) -> str:
    """Give a value within another: a long one by its class alone."""
    text = short(value)
    return f"{type(value).__name__}({REST})" if len(text) > LONG and attrs.has(type(value)) else text


def call(value: object, parts: list[str]) -> str:
    """Give ``Class(parts)``, or ``Class`` alone."""
    name = type(value).__name__
    return f"{name}({', '.join(parts)})" if parts else name


def collection(items: tuple[object, ...] | frozenset[object]) -> str:
    """Give a collection, or its size where it is long."""
    if len(items) > MANY:
        return f"{len(items)} items"
    return "{" + ", ".join(short(i) for i in sorted_items(items)) + "}"


def phase(value: object, known: Mapping[str, object] | None = None) -> str:
    """Give a phase by its named fields; those with a value that is `known` already are ``…``."""
    if isinstance(value, Name | Posted | Sent) or not attrs.has(type(value)):
        return short(value)
    parts: list[str] = []
    left_out = False
    for name, part in fields(value).items():
        if known is not None and name in known and known[name] == part:
            left_out = left_out or not empty(part)
        elif not empty(part) or (known is not None and name in known):
            parts.append(name if part is True else f"{name}={absent(part)}")
    return call(value, [*parts, REST] if left_out else parts)


def absent(value: object) -> str:
    """Give a value, with a word for an empty one."""
    if value is None:
        return "none"
    if value is False or value is True:
        return "no" if value is False else "yes"
    return "nothing" if empty(value) else inner(value)


def differences(where: str, before: object, after: object) -> Iterator[str]:
    """Yield a line for each thing that changed between two values of a slot or field."""
    if before == after and type(before) is type(after):
        return
    if isinstance(before, tuple | frozenset) and isinstance(after, tuple | frozenset):
        yield from collection_differences(where, before, after)
    elif type(before) is type(after) and attrs.has(type(before)):
        old, new = fields(before), fields(after)
        for name, part in new.items():
            yield from differences(f"{where}.{name}", old[name], part)
    elif attrs.has(type(before)) and attrs.has(type(after)) and not isinstance(before, Name):
        yield f"{where}: {type(before).__name__} → {phase(after, fields(before))}"
    else:
        yield f"{where}: {absent(before)} → {absent(after)}"


def collection_differences(
    where: str,
    before: tuple[object, ...] | frozenset[object],
    after: tuple[object, ...] | frozenset[object],
) -> Iterator[str]:
    """Yield what was taken out, what was put in, and what changed within a row that stayed."""
    gone = without(before, after)
    new = without(after, before)
    for item in list(new):
        row = next((g for g in gone if same_row(g, item)), None)
        if row is not None:
            gone.remove(row)
            new.remove(item)
            yield from differences(f"{where}[{short(next(iter(fields(item).values())))}]", row, item)
    yield from (f"{where}: − {phase(item)}" for item in gone)
    yield from (f"{where}: + {phase(item)}" for item in new)
    if not without(before, after) and not without(after, before):
        yield f"{where}: in another order"


def without(items: Collection[object], others: Collection[object]) -> list[object]:
    """Give the items that are not among the others, each as often as it is more often there."""
    left = list(others)
    found = []
    for item in sorted_items(items):
        if item in left:
            left.remove(item)
        else:
            found.append(item)
    return found


def same_row(one: object, other: object) -> bool:
    """Whether two items are the same row at different times: same class, same first name."""
    if type(one) is not type(other) or isinstance(one, Name | Posted | Sent) or not attrs.has(type(one)):
        return False
    first, second = next(iter(fields(one).values()), None), next(iter(fields(other).values()), None)
    return isinstance(first, Name) and first == second
