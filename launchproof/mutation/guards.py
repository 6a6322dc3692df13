"""Mutants of guards: one that is not checked, or checked the wrong way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import wraps
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
                transition,
                guard.name,
                meaning=f"{transition.name} does not check {guard.name}",
                by=transition.without_guard(guard.name),
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
                transition,
                guard.name,
                meaning=f"{transition.name} happens only where {guard.name} does not hold",
                by=negated(transition, guard),
            )


def negated(transition: Transition, guard: Guard) -> Transition:
    """Give the transition with one guard turned round."""
    function = guard.function

    @wraps(function)
    def otherwise(*values: Any, **named: Any) -> bool:
        return not function(*values, **named)

    turned = evolve(guard, function=otherwise)
    return evolve(transition, guards=tuple(turned if g is guard else g for g in transition.guards))
