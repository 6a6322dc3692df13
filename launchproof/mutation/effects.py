"""Mutants of what a transition does: it does nothing, reaches another phase, or says more, less, or to anyone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import attrs
from attrs import evolve

from launchproof.declare.altered import Result, with_effect, with_message
from launchproof.declare.channels import Post
from launchproof.declare.machine import Guard, To, Transition
from launchproof.declare.protocol import Protocol
from launchproof.mutation.mutant import (
    DROP_MESSAGE,
    DROP_TRANSITION,
    REPEAT_MESSAGE,
    SWAP_PHASE,
    WIDEN_TARGET,
    Mutant,
    acted,
    replaced,
)

TARGET: Final = "target"
"""The field of a posted message that names the origin it is for; None is any."""


def transitions_dropped(protocol: Protocol) -> Iterator[Mutant]:
    """Take each transition away that is a machine's own."""
    return (dropped(transition) for transition in protocol.active if transition.capability is None)


def dropped(transition: Transition) -> Mutant:
    """Have a transition happen never: claims may name it, so it stays where it is."""
    return replaced(DROP_TRANSITION, transition.name, meaning=f"{transition.name} never happens", by=never)


def never(transition: Transition) -> Transition:
    """Give the transition with a guard that never holds."""
    return evolve(transition, guards=(Guard(never_happens.__name__, never_happens, ""), *transition.guards))


def never_happens(_phase: object) -> bool:
    """Hold nowhere."""
    return False


def messages_dropped(protocol: Protocol) -> Iterator[Mutant]:
    """Leave each message out that a transition says."""
    for transition in acted(protocol):
        for message in transition.signature.says:
            meaning = f"{transition.name} does not say {message.__name__}"
            yield replaced(
                DROP_MESSAGE, transition.name, message.__name__, meaning=meaning, by=partial(saying, message=message, times=0)
            )


def messages_repeated(protocol: Protocol) -> Iterator[Mutant]:
    """Say each message twice that a transition says."""
    for transition in acted(protocol):
        for message in transition.signature.says:
            meaning = f"{transition.name} says {message.__name__} twice"
            yield replaced(
                REPEAT_MESSAGE, transition.name, message.__name__, meaning=meaning, by=partial(saying, message=message, times=2)
            )


def saying(transition: Transition, message: type, times: int) -> Transition:
    """Give the transition with a message said so many times."""

    def alter(result: Result, _phase: object, _given: dict[str, Any]) -> Result:
        return To(result.phase, *(said for said in result.said for _ in range(times if isinstance(said, message) else 1)))

    return with_effect(transition, alter)


def targets_widened(protocol: Protocol) -> Iterator[Mutant]:
    """Post each message that names the origin it is for to any."""
    posted = {message for channel in protocol.channels if isinstance(channel, Post) for message in channel.carries}
    for transition in acted(protocol):
        for message in transition.signature.says:
            if message in posted and TARGET in fields_of(message):
                meaning = f"{transition.name} posts {message.__name__} to any origin"
                yield replaced(
                    WIDEN_TARGET, transition.name, message.__name__, meaning=meaning, by=partial(to_anyone, message=message)
                )


def to_anyone(transition: Transition, message: Any) -> Transition:
    """Give the transition with a message for any origin."""
    return with_message(transition, message, lambda said: evolve(said, **{TARGET: None}))


def phases_swapped(protocol: Protocol) -> Iterator[Mutant]:
    """Reach, in place of each phase, each other one of the machine that has the same fields."""
    for transition in acted(protocol):
        for phase in transition.signature.reaches:
            for other in protocol.machine(transition.machine).phases:
                if other is not phase and fields_of(other) == fields_of(phase):
                    yield replaced(
                        SWAP_PHASE,
                        transition.name,
                        phase.__name__,
                        other.__name__,
                        meaning=f"{transition.name} leads to {other.__name__} in place of {phase.__name__}",
                        by=partial(reaching, phase=phase, other=other),
                    )


def reaching(transition: Transition, phase: type, other: type) -> Transition:
    """Give the transition with another phase reached."""

    def alter(result: Result, _phase: object, _given: dict[str, Any]) -> Result:
        return To(built(other, result.phase), *result.said) if type(result.phase) is phase else result

    signature = evolve(transition.signature, reaches=(*transition.signature.reaches, other))
    return evolve(with_effect(transition, alter), signature=signature)


def built(kind: type, value: object) -> object:
    """Make a value of a class from the fields of another."""
    return kind(**{a.alias or a.name: getattr(value, a.name) for a in attrs.fields(kind)})


def fields_of(kind: type) -> dict[str, Any]:
    """Give the fields of a class, and their types."""
    return {a.name: a.type for a in attrs.fields(attrs.resolve_types(kind))} if attrs.has(kind) else {}
