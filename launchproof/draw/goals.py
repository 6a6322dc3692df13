"""Goals: what happens in a run, in order; the rest of the run is the shortest way from one to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from attrs import frozen

from launchproof.declare.channels import Exchange
from launchproof.errors import DrawError
from launchproof.search.trace import Hop
from launchproof.semantics.steps import Semantics, State, Step

NEAR: Final = 3
"""How many names that are spelled alike are told."""


@frozen
class Goal:
    """A run by what happens in it: these transitions, in this order.

    From each to the next it goes the shortest way, and otherwise takes only steps that machines take
    of themselves: whatever the environment does is named. What the network loses is named as the
    trace names it, ``lose_answer_on_calls``.
    """

    name: str
    meaning: str
    steps: tuple[str, ...]


def shortest_run(semantics: Semantics, goal: Goal) -> list[Hop]:
    """Find the run of a goal; a `DrawError` says which of its transitions cannot happen."""
    possible = set(names(semantics))
    for number, wanted in enumerate(goal.steps, 1):
        if wanted not in possible:
            near = get_close_matches(wanted, sorted(possible), NEAR)
            hint = f"did you mean {' or '.join(near)}?" if near else "`launchproof show` lists the transitions"
            raise DrawError(f"goal {goal.name}: step {number}: nothing is called {wanted!r} in this setting; {hint}")
    state = semantics.initial()
    hops: list[Hop] = []
    for number, wanted in enumerate(goal.steps, 1):
        found = way(semantics, state, wanted)
        if found is None:
            after = f"after {goal.steps[number - 2]}" if number > 1 else "from the initial state"
            raise DrawError(
                f"goal {goal.name}: step {number}: {wanted} cannot be reached {after}, by what machines do of themselves; "
                "name what the environment must do in between"
            )
        further, state = found
        hops += further
    return hops


def names(semantics: Semantics) -> Iterator[str]:
    """Yield what can be named: active transitions, losses, and messages that fall on the floor."""
    protocol = semantics.protocol
    yield from (t.name for t in protocol.active)
    for queue in protocol.queues:
        if isinstance(queue, Exchange) and queue.lost is not None and queue.unreliable in protocol.enabled:
            yield f"lose_request_on_{queue.name}"
            yield f"lose_answer_on_{queue.name}"
    yield from (f"{m.name} drops it" for m in protocol.machines)


def way(semantics: Semantics, start: State, name: str) -> tuple[list[Hop], State] | None:
    """Find the shortest way to a step in which something happens, and the state after it; None: there is no way."""
    came: dict[State, Hop | None] = {start: None}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for position, (after, step) in enumerate(semantics.successors(state)):
            if happens(step, name):
                return [*hops_to(state, came), (state, position)], after
            if step.own and after not in came:
                came[after] = (state, position)
                waiting.append(after)
    return None


def hops_to(state: State, came: dict[State, Hop | None]) -> list[Hop]:
    """List the hops that led to a state, first to last."""
    hops: list[Hop] = []
    hop = came[state]
    while hop is not None:
        hops.append(hop)
        hop = came[hop[0]]
    return hops[::-1]


def happens(step: Step, name: str) -> bool:
    """Whether something of this name is done in a step."""
    return any(plan.name == name for plan in step.micros)
