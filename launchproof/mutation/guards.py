"""Mutants of guards: one that is not checked, or checked the wrong way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial, wraps
from operator import methodcaller
from typing import Any

from attrs import evolve

from launchproof.declare.machine import Guard, Transition
from launchproof.declare.protocol import Protocol
from launchproof.mutation.mutant import DROP_GUARD, NEGATE_GUARD, Mutant, mutant, replaced


def guards_dropped(protocol: Protocol) -> Iterator[Mutant]:
    """Take each guard away from each transition; and everywhere, where it stands in several."""
    for transition in checked(protocol):
        for guard in transition.guards:
            yield replaced(
                DROP_GUARD,
                transition.name,
                guard.name,
                meaning=f"{transition.name} does not check {guard.name}",
                by=methodcaller("without_guard", guard.name),
            )
    places = Counter(g.name for t in checked(protocol) for g in t.guards)
    for name, count in places.items():
        if count > 1:
            yield everywhere(name)


def checked(protocol: Protocol) -> list[Transition]:
    """List the transitions whose guards somebody has to check; those of a capability's say what may happen."""
    return [t for t in protocol.active if t.capability is None]


def everywhere(guard: str) -> Mutant:
    """Take a guard away wherever it stands."""
    return mutant(DROP_GUARD, guard, meaning=f"nothing checks {guard}", change=lambda p: p.without_guard(guard))


def guards_negated(protocol: Protocol) -> Iterator[Mutant]:
    """Turn each guard of each transition round."""
    for transition in checked(protocol):
        for guard in transition.guards:
            yield replaced(
                NEGATE_GUARD,
                transition.name,
                guard.name,
                meaning=f"{transition.name} happens only where {guard.name} does not hold",
                by=partial(negated, name=guard.name),
            )


def negated(transition: Transition, name: str) -> Transition:
    """Give the transition with one guard turned round."""
    return evolve(transition, guards=tuple(turned(g) if g.name == name else g for g in transition.guards))


def turned(guard: Guard) -> Guard:
    """Give a guard that holds where this one does not."""
    function = guard.function

    @wraps(function)
    def otherwise(*values: Any, **named: Any) -> bool:
        return not function(*values, **named)

    return evolve(guard, function=otherwise)
