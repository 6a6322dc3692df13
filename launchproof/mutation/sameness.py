"""Whether a mutant makes any difference at all.

Transitions are pure functions of a phase and what is heard. Where a mutant does, with each phase and
message that meet in some run, what the protocol does, it has the same runs, step by step: from the
first state on, it can get nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from launchproof.declare.protocol import Protocol
from launchproof.search.exhaustive import Search
from launchproof.semantics.plans import Plan, Planner
from launchproof.semantics.steps import Semantics


def does_the_same(changed: Protocol, semantics: Semantics) -> bool:
    """Whether a changed protocol does the same in every state of a search that was made to the end."""
    planner = Planner(changed, semantics.interner)
    return all(
        deeds(planner.plans(*asked)) == deeds(answer)
        for number, machine in enumerate(changed.machines)
        if transitions(changed, machine.name) != transitions(semantics.protocol, machine.name)
        for asked, answer in semantics.planner.known(number)
    )


def transitions(protocol: Protocol, machine: str) -> list[object]:
    """List what a machine can do."""
    return [t for t in protocol.active if t.machine == machine]


def deeds(plans: Sequence[Plan]) -> list[tuple[object, ...]]:
    """Give what is done, as far as anybody could see it."""
    return [(p.name, p.silent, p.after, p.said, p.operations, p.given) for p in plans]


def reaches_the_same(search: Search, original: Search) -> bool:
    """Whether two searches that were made to the end found the same states."""
    if len(search.states) != len(original.states):
        return False
    mine, other = search.semantics.interner.values, original.semantics.interner
    number: dict[int, int] = {}
    for state in search.states:
        for value in state:
            if value not in number:
                number[value] = other.id(mine[value])
    return {tuple(number[v] for v in state) for state in search.states} == set(original.states)
