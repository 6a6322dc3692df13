"""The steps that the model allows in a state, sorted for whoever chooses among them."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof.declare.channels import Posted, Sent
from launchproof.declare.machine import Transition
from launchproof.semantics.plans import Plan, hears
from launchproof.semantics.steps import Detailed, Semantics, State

MANY: Final = 50_000
"""Options are remembered for so many states, and then forgotten all at once."""


@frozen(eq=False)
class Options:
    """A state's steps; by the name of their first act, the positions of those that begin with it.

    `own` and `others` part the names by who acts, a machine or the environment; `moves` are those
    of which some step leads to another state.
    """

    steps: tuple[Detailed, ...]
    named: dict[str, list[int]]
    own: tuple[str, ...]
    others: tuple[str, ...]
    moves: frozenset[str]


class Choices:
    """The options in the states of one semantics, remembered."""

    def __init__(self, semantics: Semantics) -> None:
        """Start empty."""
        self.semantics = semantics
        self._known: dict[State, Options] = {}
        self._hearing: dict[tuple[int, type, type], tuple[Transition, ...]] = {}
        self._names: dict[tuple[int, int, int, int], frozenset[str]] = {}

    def of(self, state: State) -> Options:
        """Give a state's options."""
        found = self._known.get(state)
        if found is None:
            if len(self._known) > MANY:
                self._known.clear()
            found = self._known[state] = options(state, tuple(self.semantics.detailed_successors(state)))
        return found

    def allowed(self, plan: Plan, turn: int) -> frozenset[str]:
        """Give the names of all that the model allows where it chose this plan."""
        key = (plan.machine, plan.before, plan.heard, turn)
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = frozenset(p.name for p in self.semantics.planner.plans(*key))
        return found

    def hearing(self, machine: int, phase: object, envelope: Posted[object] | Sent[object]) -> tuple[Transition, ...]:
        """Give the transitions that leave a phase of this class on a message of this class."""
        key = (machine, type(phase), type(envelope.message))
        found = self._hearing.get(key)
        if found is None:
            name = self.semantics.protocol.machines[machine].name
            active = (t for t in self.semantics.protocol.active if t.machine == name)
            found = self._hearing[key] = tuple(t for t in active if hears(t, phase, envelope))
        return found


def options(state: State, steps: tuple[Detailed, ...]) -> Options:
    """Sort a state's steps."""
    named: dict[str, list[int]] = {}
    own: dict[str, bool] = {}
    for position, detailed in enumerate(steps):
        first = detailed.step.micros[0]
        named.setdefault(first.name, []).append(position)
        own[first.name] = first.own
    moves = frozenset(d.step.micros[0].name for d in steps if d.after != state)
    return Options(steps, named, tuple(n for n in named if own[n]), tuple(n for n in named if not own[n]), moves)
