"""Mutants that mistake an old name for a new one of its sort, or a new one for an old.

The old name is in the phase that a transition leaves; the new one is heard or freshly made. Where a
phase keeps rows, the old name is in the row of which the message speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import partial
from typing import Any, Final, get_args, get_origin

import attrs

from launchproof.declare.altered import Result, with_effect
from launchproof.declare.channels import Posted, Sent
from launchproof.declare.machine import To, Transition
from launchproof.declare.names import Name, sort_label
from launchproof.declare.protocol import Protocol
from launchproof.declare.signature import union_members
from launchproof.mutation.effects import fields_of
from launchproof.mutation.mutant import SWAP_NAME, Mutant, acted, replaced
from launchproof.semantics.values import in_order, parts

OLD: Final = "old"
NEW: Final = "new"


def names_swapped(protocol: Protocol) -> Iterator[Mutant]:
    """Swap, in each phase and each message that a transition gives, each sort of which it has an old and a new name."""
    for transition in acted(protocol):
        for sort in sorts_to_swap(transition):
            for place in (*transition.signature.reaches, *transition.signature.says):
                if sort in sorts_in(place, rows=True):
                    yield from (swapped(transition, sort, place, wrong) for wrong in (OLD, NEW))


def swapped(transition: Transition, sort: type[Name], place: type, wrong: str) -> Mutant:
    """Put the old name, or the new one, where the other should stand."""
    label = f"{wrong}-{sort_label(sort)}"
    return replaced(
        SWAP_NAME,
        transition.name,
        place.__name__,
        label,
        meaning=f"{transition.name} gives {place.__name__} the {wrong} {sort_label(sort)}",
        by=partial(mistaking, sort=sort, place=place, wrong=wrong),
    )


def mistaking(transition: Transition, sort: type[Name], place: type, wrong: str) -> Transition:
    """Give the transition with one name in place of the other."""

    def alter(result: Result, phase: object, given: dict[str, Any]) -> Result:
        old, new = old_name(phase, sort, given), new_name(sort, given)
        if old is None or new is None:
            return result
        names = {new: old} if wrong == OLD else {old: new}
        return To(*(exchanged(v, names) if isinstance(v, place) else v for v in (result.phase, *result.said)))

    return with_effect(transition, alter)


# -- which names there are ---------------------------------------------------------------------------


def sorts_to_swap(transition: Transition) -> list[type[Name]]:
    """List the sorts of which a transition has an old name and a new one, as its annotations tell."""
    signature = transition.signature
    heard = [sort for m in (signature.heard.messages if signature.heard else ()) for sort in sorts_in(m)]
    fresh = [parameter.types[0] for parameter in signature.parameters if parameter.kind == "new"]
    held = {sort for phase in signature.leaves for sort in sorts_in(phase)}
    kept = {sort for phase in signature.leaves for sort in sorts_in(phase, rows=True)} if heard else set()
    return [s for s in dict.fromkeys((*heard, *fresh)) if s in held or (s in fresh and s in kept)]


def sorts_in(annotation: Any, *, rows: bool = False) -> list[type[Name]]:
    """List the sorts of the names in a value of a class; with `rows`, of those in its collections, too."""
    found: list[type[Name]] = []
    for member in union_members(annotation):
        if get_origin(member) in (tuple, frozenset):
            found += [s for item in get_args(member) if rows and item is not ... for s in sorts_in(item, rows=True)]
        elif isinstance(member, type) and issubclass(member, Name):
            found.append(member)
        elif isinstance(member, type) and not issubclass(member, Enum):
            found += [s for kind in fields_of(member).values() for s in sorts_in(kind, rows=rows)]
    return found


def old_name(phase: object, sort: type[Name], given: dict[str, Any]) -> Name | None:
    """Find the old name: the phase's own, or that of the row of which the message speaks."""
    own = next(names_in(phase, sort), None)
    if own is not None:
        return own
    heard = {name for value in given.values() if isinstance(value, Posted | Sent) for name in names_in(value.message, Name)}
    for row in rows_of(phase):
        if heard.intersection(names_in(row, Name)):
            return next(names_in(row, sort), None)
    return None


def new_name(sort: type[Name], given: dict[str, Any]) -> Name | None:
    """Find the new name: the fresh one, or the one that is heard."""
    messages = [value.message if isinstance(value, Posted | Sent) else value for value in given.values()]
    fresh = [value for value in messages if isinstance(value, sort)]
    return next(iter(fresh), None) or next((n for m in messages for n in names_in(m, sort)), None)


def names_in(value: object, sort: type[Name]) -> Iterator[Name]:
    """Yield the names of a sort in a value, but not those in its collections."""
    if isinstance(value, sort):
        yield value
    elif not isinstance(value, Name | tuple | frozenset):
        for part, _, _ in parts(value):
            yield from names_in(part, sort)


def rows_of(phase: object) -> Iterator[object]:
    """Yield the rows that a phase keeps."""
    for part, _, _ in parts(phase):
        if isinstance(part, tuple | frozenset):
            yield from in_order(frozenset(part))


def exchanged(value: Any, names: dict[Name, Name]) -> Any:
    """Give a value with some names in place of others, wherever they stand."""
    if isinstance(value, Name):
        return names.get(value, value)
    if isinstance(value, tuple | frozenset):
        return type(value)(exchanged(item, names) for item in value)
    if isinstance(value, Enum) or not attrs.has(type(value)):
        return value
    return attrs.evolve(value, **{a.alias or a.name: exchanged(getattr(value, a.name), names) for a in attrs.fields(type(value))})
