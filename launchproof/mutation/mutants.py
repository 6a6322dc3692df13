"""All mutants of a protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from attrs import evolve

from launchproof.declare.environment import Choice
from launchproof.declare.protocol import Protocol
from launchproof.mutation.effects import (
    messages_dropped,
    messages_repeated,
    phases_swapped,
    targets_widened,
    transitions_dropped,
)
from launchproof.mutation.guards import guards_dropped, guards_negated
from launchproof.mutation.mutant import Mutant
from launchproof.mutation.names import names_swapped

MAKERS: tuple[Callable[[Protocol], Iterator[Mutant]], ...] = (
    guards_dropped,
    guards_negated,
    transitions_dropped,
    messages_dropped,
    messages_repeated,
    targets_widened,
    phases_swapped,
    names_swapped,
)


def mutants_of(protocol: Protocol) -> tuple[Mutant, ...]:
    """Make every mutant: of the protocol as it is, then of what each other answer to an open question adds to it."""
    found = {m.name: m for m in made(protocol)}
    for choice in other_answers(protocol):
        for m in made(assuming(protocol, choice)):
            found.setdefault(m.name, evolve(m, assumed=choice))
    return tuple(found.values())


def made(protocol: Protocol) -> Iterator[Mutant]:
    """Yield the mutants of a protocol under one set of assumptions."""
    return chain.from_iterable(make(protocol) for make in MAKERS)


def other_answers(protocol: Protocol) -> Iterator[Choice]:
    """Yield the answers to open questions that are not assumed."""
    for question in protocol.assumptions:
        for value in question.choices:
            if question(value) not in protocol.assumed:
                yield question(value)


def assuming(protocol: Protocol, choice: Choice | None) -> Protocol:
    """Give the protocol under an answer to an open question."""
    return protocol if choice is None else protocol.assuming(**{choice.assumption: choice.value})
