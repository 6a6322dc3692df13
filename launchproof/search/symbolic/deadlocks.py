"""States in which a machine still owes something, and no machine can change anything of itself.

A machine's step changes the state for sure if a phase after it is of another class, or a channel holds more
or fewer messages: no renaming of names makes up for that. States from which only other steps lead are looked at
one by one.
"""

from __future__ import annotations

from typing import Final

from launchproof.declare.channels import Exchange
from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.judging import Judging
from launchproof.search.symbolic.steps import Beginning, Row, Way
from launchproof.semantics.plans import NOTHING
from launchproof.semantics.steps import Semantics, State

MANY: Final = 50_000
"""Of more states than this, none is looked at alone."""


def deadlocks(judging: Judging) -> Diagram | None:
    """Give the deadlocks among some states; None where it cannot be told."""
    reach = judging.reach
    owing = judging.states & owing_states(judging)
    sure, perhaps = [], []
    for beginning, row, states in judging.rows():
        own = [way for way in row.steps if way.micros[0].own and way.changes is not None]
        if any(changes_for_sure(reach.placed, beginning, row, way) for way in own):
            sure.append(states)
        elif own:
            perhaps.append(states)
    left = owing & ~reach.diagrams.union(sure)
    doubtful = left & reach.diagrams.union(perhaps)
    if reach.about(doubtful) > MANY:
        return None
    stuck = [state for state in reach.rows(doubtful) if not acts(reach.placed, state)]
    return (left & ~doubtful) | reach.diagrams.union(reach.fields.cubes(enumerate(state)) for state in stuck)


def owing_states(judging: Judging) -> Diagram:
    """Say that some machine is in none of the phases in which it may rest."""
    reach = judging.reach
    values = reach.placed.interner.values
    return reach.diagrams.union(
        reach.fields.cube(slot, value)
        for slot, machine in enumerate(reach.semantics.protocol.machines)
        if machine.resting
        for (value,) in reach.fields.rows(judging.states, (slot,))
        if not isinstance(values[value], machine.resting)
    )


def acts(semantics: Semantics, state: State) -> bool:
    """Whether a machine can change a state of itself."""
    return any(step.own and successor != state for successor, step in semantics.expand(state)[0])


def changes_for_sure(semantics: Semantics, beginning: Beginning, row: Row, way: Way) -> bool:
    """Whether a step changes a state, however its names are numbered."""
    before, after = dict(row.spelled), dict(way.changes or ())
    values = semantics.interner.values
    heard = beginning.queue != NOTHING
    phases = ((before[slot], value) for slot, value in after.items() if slot < semantics.machines)
    if any(type(values[one]) is not type(values[other]) for one, other in phases):
        return True
    if heard and beginning.queue not in after:
        return True
    return any(
        value < 0 and slot != beginning.queue and not coalesces(semantics, slot)
        for slot, value in after.items()
        if slot >= semantics.machines
    )


def coalesces(semantics: Semantics, slot: int) -> bool:
    """Whether a channel holds at most one of each item."""
    queue = semantics.queues[slot - semantics.machines]
    return isinstance(queue, Exchange) and queue.coalesced
