"""Finds out whether a channel can grow without end.

A run that comes back to the same phases and channels, but for one channel that holds more, can do
so again and again in two cases:

- nothing was taken from that channel on the way, and it holds the same messages as before with
  further ones behind them: what is in front makes no difference to a run that does not look;
- all that it held, all the way, was one message many times over: whichever of them a run hears, it
  hears the same.

States are compared with the grown channel emptied, in canonical numbering. The two cases are
sufficient, not necessary: a channel that grows in another way ends the search undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from launchproof.declare.channels import Exchange
from launchproof.semantics.plans import NOTHING, End
from launchproof.semantics.steps import Semantics, State, Step
from launchproof.semantics.values import held_names, renamed

SUSPICIOUS: Final = 3
"""From this many messages in a channel on, states are checked."""

TRIES: Final = 200
"""How many states are checked for each length: those that are reached first."""

LONG: Final = 64
"""A channel this long, without a loop that explains it, ends the search undecided."""


def grows(semantics: Semantics, states: Sequence[State], parents: Sequence[int], position: int) -> int | None:
    """Give an earlier state on the way to this one from which a channel grows for ever, if any."""
    grown = states[position]
    for number, queue in enumerate(semantics.queues):
        slot = semantics.machines + number
        content = items(semantics, grown, slot)
        if len(content) < SUSPICIOUS or (isinstance(queue, Exchange) and queue.coalesced):
            continue
        without = emptied(semantics, grown, slot)
        phases = classes(semantics, grown)
        path = [position]
        while parents[path[-1]] >= 0:
            path.append(parents[path[-1]])
            here = states[path[-1]]
            if classes(semantics, here) != phases:
                continue
            mine = items(semantics, here, slot)
            longer = len(mine) < len(content) and shapes(mine) == shapes(content[: len(mine)])
            if longer and emptied(semantics, here, slot) == without and repeatable(semantics, [states[i] for i in path], slot):
                return path[-1]
    return None


def repeatable(semantics: Semantics, backwards: Sequence[State], slot: int) -> bool:
    """Whether a run, given from its end to its start, can be repeated with more in the channel."""
    hops = list(zip(backwards[1:], backwards, strict=False))
    if all(any(not touches(semantics, s, here, slot) for s in between(semantics, here, there)) for here, there in hops):
        return True
    contents = [items(semantics, state, slot) for state in backwards]
    alike = all(uniform(content) and shapes(content[:1]) == shapes(contents[0][:1]) for content in contents)
    return alike and not any(empties(s, slot) for here, there in hops for s in between(semantics, here, there))


def between(semantics: Semantics, here: State, there: State) -> list[Step]:
    """Give the steps from one state to another."""
    return [step for state, step in semantics.successors(here) if state == there]


def touches(semantics: Semantics, step: Step, state: State, slot: int) -> bool:
    """Whether a step takes anything out of a channel: it may hear an item of it, or empty it."""
    heard = step.micros[0].heard
    took = heard != NOTHING and semantics.interner.values[heard] in items(semantics, state, slot)
    return took or empties(step, slot)


def empties(step: Step, slot: int) -> bool:
    """Whether a step ends all that is in flight on a channel."""
    return any(isinstance(o, End) and slot in o.slots for plan in step.micros for o in plan.operations)


def uniform(content: Sequence[object]) -> bool:
    """Whether a channel holds one and the same message, once or more."""
    return len(content) > 0 and all(item == content[0] for item in content)


def items(semantics: Semantics, state: State, slot: int) -> tuple[object, ...]:
    """Give what a channel holds in a state."""
    return cast("tuple[object, ...]", semantics.interner.values[state[slot]])


def emptied(semantics: Semantics, state: State, slot: int) -> State:
    """Give the canonical form of a state with one channel emptied."""
    return semantics.canonical((*state[:slot], semantics.empty, *state[slot + 1 :]))


def classes(semantics: Semantics, state: State) -> list[type]:
    """Give the classes of all phases, which no numbering of names changes."""
    return [type(semantics.interner.values[v]) for v in state[: semantics.machines]]


def shapes(content: Sequence[object]) -> tuple[object, ...]:
    """Give messages with all names of a sort made equal."""
    return tuple(renamed(item, {n: type(n)(0) for n in held_names(item)}) for item in content)
