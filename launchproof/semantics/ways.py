"""The ways in which a transition can fire: what it picks, the fresh names that it gets, and what its guards say to that."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, Final

from launchproof.declare.machine import Guard, Transition
from launchproof.declare.names import Name
from launchproof.declare.signature import Parameter
from launchproof.semantics.values import ANEW, Items, name_of, parts

FRESH: Final = 1_000_000
"""Fresh names are born outside the numbering; canonical numbering takes them in."""

Candidates = Callable[[Parameter, object], Sequence[object]]
"""Gives what a `Pick` parameter can be in a phase."""


def candidates(parameter: Parameter, phase: object, known: Items = ANEW) -> Sequence[object]:
    """List what a `Pick` parameter can be: an enum's members, or the items that the phase holds."""
    kind = parameter.types[0]
    if issubclass(kind, Enum):
        return list(kind)
    found: list[object] = []
    for part, _, _ in parts(phase):
        if isinstance(part, tuple | frozenset):
            found += [item for item in known.in_order(part) if isinstance(item, kind)]
    return found


def arguments(
    transition: Transition, number: int, phase: object, envelope: object, picks: Candidates = candidates
) -> Iterator[dict[str, Any]]:
    """Yield the arguments for each way in which the transition's guards all hold."""
    possible = ways(transition, number, phase, envelope, picks)
    return (named for named in possible if all(holds(g, phase, named) for g in transition.guards))


def judged_ways(
    transition: Transition, number: int, phase: object, envelope: object, picks: Candidates = candidates
) -> Iterator[tuple[dict[str, Any], tuple[Guard, ...]]]:
    """Yield the arguments for each way in which a transition could fire, with the guards that do not hold then."""
    for named in ways(transition, number, phase, envelope, picks):
        yield named, tuple([guard for guard in transition.guards if not holds(guard, phase, named)])


def ways(
    transition: Transition, number: int, phase: object, envelope: object, picks: Candidates = candidates
) -> Iterator[dict[str, Any]]:
    """Yield the arguments for each way in which a transition could fire, whatever its guards say."""
    fixed: dict[str, Any] = {}
    picked: list[tuple[str, Sequence[object]]] = []
    for offset, parameter in enumerate(transition.signature.parameters):
        if parameter.kind == "heard":
            fixed[parameter.name] = envelope
        elif parameter.kind == "new":
            sort: type[Name] = parameter.types[0]
            fixed[parameter.name] = name_of(sort, FRESH + number * 16 + offset)
        else:
            picked.append((parameter.name, picks(parameter, phase)))
    for chosen in product(*(options for _, options in picked)):
        yield fixed | dict(zip((name for name, _ in picked), chosen, strict=True))


def holds(guard: Guard, phase: object, named: dict[str, Any]) -> bool:
    """Evaluate a guard with the parameters that it names."""
    wanted = parameters_of(guard.function)
    return bool(guard.function(phase, **{name: named[name] for name in wanted}))


@cache
def parameters_of(function: Callable[..., bool]) -> tuple[str, ...]:
    """Give the names of the parameters of a guard's function, but for the phase."""
    return tuple(inspect.signature(function).parameters)[1:]
