"""One walker: takes steps at random, judges each, and counts what fired.

A run begins in the initial state. In each state one of the transitions that can fire is chosen
first, and then one of its steps, so that a transition with many ways to fire (a forged message of
each kind) does not starve the others. Every run weighs the transitions anew, some much and some
hardly (swarm testing: Groce et al., "Swarm Testing", ISSTA 2012), since deep behaviour often needs
that something does *not* happen for a while. A step that changes nothing counts for less, and how
much the environment meddles is drawn for each run: there is always somebody who could reload the
page, and where all do, no page ever gets anywhere.

A run is decided by its seed and its number alone, so it is the same in whichever process it runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from attrs import define, field, frozen

from launchproof.declare.properties import Property
from launchproof.search.judges import PlaceJudges, StateJudges, StepJudges
from launchproof.search.trace import Trace, tell
from launchproof.semantics.steps import Semantics, State, Step

WEIGHTS: Final = (0.1, 1.0, 1.0, 5.0)
"""What a run may weigh a transition with."""

MEDDLING: Final = (0.01, 0.03, 0.1, 0.3)
"""How likely the environment acts, where a machine could act of itself."""

IDLE: Final = 0.2
"""How much less a transition counts where it would change nothing."""


@frozen
class Failure:
    """Which property a run broke, by its name, and the run."""

    run: int
    breaks: str
    trace: Trace


@frozen
class Walks:
    """What a number of runs did: transitions fired, distinct states met, and the first failure."""

    runs: int = 0
    steps: int = 0
    fired: Counter[str] = field(factory=Counter)
    phases: frozenset[tuple[str, ...]] = frozenset()
    failure: Failure | None = None

    def and_then(self, later: Walks) -> Walks:
        """Give these runs and the ones after them as one."""
        return Walks(
            self.runs + later.runs,
            self.steps + later.steps,
            self.fired + later.fired,
            self.phases | later.phases,
            self.failure or later.failure,
        )


@define(eq=False)
class Walker:
    """Walks over one protocol; what it learns of the protocol serves all its runs."""

    semantics: Semantics
    properties: tuple[Property, ...]
    _states: StateJudges = field(init=False)
    _places: PlaceJudges = field(init=False)
    _steps: StepJudges = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Resolve what the properties read."""
        claims = [p for p in self.properties if p.kind not in ("sometimes", "builtin")]
        self._states = StateJudges(self.semantics, claims)
        self._places = PlaceJudges(self.semantics, claims)
        self._steps = StepJudges(self.semantics, claims, self._places)

    def run(self, seed: int, number: int, steps: int) -> Walks:
        """Walk once, until so many steps are taken, nothing can happen, or a property breaks."""
        random = Random(f"{seed}/{number}")  # noqa: S311 - a reproducible walk, no secret
        chooser = Chooser(random, random.choice(MEDDLING))
        fired: Counter[str] = Counter()
        state = self.semantics.initial()
        phases = {self._phases(state)}
        hops: list[tuple[State, int]] = []
        for taken in range(steps):
            choices = self.semantics.successors(state)
            if not choices:
                return Walks(1, taken, fired, frozenset(phases))
            position = chooser.choose(state, choices)
            after, step = choices[position]
            hops.append((state, position))
            fired.update(plan.name for plan in step.micros)
            broken = self._broken(state, step, after)
            if broken is not None:
                trace = tell(self.semantics, without_loops(hops))
                return Walks(1, taken + 1, fired, frozenset(phases), Failure(number, broken.name, trace))
            state = after
            phases.add(self._phases(state))
        return Walks(1, steps, fired, frozenset(phases))

    def _broken(self, state: State, step: Step, after: State) -> Property | None:
        for judge in self._steps.broken_by_step(state, step):
            return judge.property
        for judge in self._places.broken_by_state(after):
            return judge.property
        for judge in self._states.judges:
            if self._states.verdict(judge, after) is False:
                return judge.property
        return None

    def _phases(self, state: State) -> tuple[str, ...]:
        values = self.semantics.interner.values
        return tuple(type(values[v]).__name__ for v in state[: self.semantics.machines])


@define(eq=False)
class Chooser:
    """Chooses the steps of one run."""

    random: Random
    meddling: float
    weights: dict[str, float] = field(factory=dict)

    def choose(self, state: State, choices: Sequence[tuple[State, Step]]) -> int:
        """Choose who acts, then a transition by its weight in this run, then one of its steps; give its position."""
        ways: dict[bool, dict[str, list[int]]] = {True: {}, False: {}}
        moves: set[str] = set()
        for position, (after, step) in enumerate(choices):
            name = step.micros[0].name
            ways[step.own].setdefault(name, []).append(position)
            if after != state:
                moves.add(name)
        own = bool(ways[True]) and (not ways[False] or self.random.random() >= self.meddling)
        if own and moves.isdisjoint(ways[True]) and ways[False]:
            own = False
        found = ways[own]
        weighed = [self.weight(name) * (1.0 if name in moves else IDLE) for name in found]
        return self.random.choice(found[self.random.choices(list(found), weighed)[0]])

    def weight(self, name: str) -> float:
        """Give what this run weighs a transition with."""
        if name not in self.weights:
            self.weights[name] = self.random.choice(WEIGHTS)
        return self.weights[name]


def without_loops(hops: Sequence[tuple[State, int]]) -> list[tuple[State, int]]:
    """Cut everything out between two visits of the same state: what is left is a run, too."""
    kept: list[tuple[State, int]] = []
    visited: dict[State, int] = {}
    for state, position in hops:
        if state in visited:
            for gone, _ in kept[visited[state] + 1 :]:
                del visited[gone]
            del kept[visited[state] :]
        visited[state] = len(kept)
        kept.append((state, position))
    return kept
