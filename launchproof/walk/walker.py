"""One walker: takes steps at random over real strings, judges each, and counts what fired.

In each state one of the transitions that can fire is chosen first, and then one of its steps, so
that a transition with many ways to fire (a forged message of each kind) does not starve the others.
Every run weighs the transitions anew, some much and some hardly (swarm testing: Groce et al.,
"Swarm Testing", ISSTA 2012), since deep behaviour often needs that something does *not* happen for a
while. A step that changes nothing counts for less, and how much the environment meddles is drawn for
each run: there is always somebody who could reload the page, and where all do, no page ever gets
anywhere.

A run is decided by its seed and its number alone, so it is the same in whichever process it runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations
from random import Random
from typing import Final

from attrs import define, field, frozen

from launchproof.concrete.choices import Options
from launchproof.concrete.concretion import Setup
from launchproof.concrete.run import Hop, Run
from launchproof.search.trace import Trace, tell
from launchproof.semantics.steps import Semantics, State
from launchproof.walk.check import Check, Trouble

WEIGHTS: Final = (0.1, 1.0, 1.0, 5.0)
"""What a run may weigh a transition with."""

MEDDLING: Final = (0.01, 0.03, 0.1, 0.3)
"""How likely the environment acts, where a machine could act of itself."""

IDLE: Final = 0.2
"""How much less a transition counts where it would change nothing."""

WAITING: Final = 0.1
"""How much less a transition counts that has to wait for its timer."""

Pair = tuple[str, str, str, str]
"""Two machines, each with its phase, that were met together."""


@frozen
class Failure:
    """What a run broke, by its name, and the run: as the model tells it, and as it was set up."""

    run: int
    breaks: str
    detail: str
    trace: Trace
    setup: Setup
    hops: tuple[Hop, ...]


@frozen
class Walks:
    """What a number of runs did: transitions fired, pairs of phases met, and the first failure."""

    runs: int = 0
    steps: int = 0
    fired: Counter[str] = field(factory=Counter)
    pairs: frozenset[Pair] = frozenset()
    failure: Failure | None = None

    def and_then(self, later: Walks) -> Walks:
        """Give these runs and the ones after them as one."""
        return Walks(
            self.runs + later.runs,
            self.steps + later.steps,
            self.fired + later.fired,
            self.pairs | later.pairs,
            self.failure or later.failure,
        )


@define(eq=False)
class Walker:
    """Walks over one protocol."""

    check: Check

    def run(self, seed: int, number: int, steps: int) -> Walks:
        """Walk once, until so many steps are taken, nothing can happen, or something breaks."""
        random = Random(f"{seed}/{number}")  # noqa: S311 - a reproducible walk, no secret
        run = self.check.start(self.check.concretion.setup(random))
        chooser = Chooser(random, random.choice(MEDDLING))
        fired: Counter[str] = Counter()
        met: set[State] = {world.state for world in run.worlds}
        trouble = self.check.at_start(run)
        if trouble is not None:
            return Walks(1, 0, fired, pairs_of(self.check.semantics, met), self._failure(number, run, trouble))
        for taken in range(steps):
            world = random.randrange(len(run.worlds)) if len(run.worlds) > 1 else 0
            options = run.worlds[world].options
            if not options.steps:
                return Walks(1, taken, fired, pairs_of(self.check.semantics, met))
            pause = random.choice(self.check.concretion.pauses)
            done, trouble = self.check.take(run, world, chooser.choose(options, partial(waits, run, world)), pause)
            if done is not None:
                fired.update(act.name for act in done.acts)
                met.update(w.state for w in run.worlds)
            if trouble is not None:
                return Walks(1, taken + 1, fired, pairs_of(self.check.semantics, met), self._failure(number, run, trouble))
        return Walks(1, steps, fired, pairs_of(self.check.semantics, met))

    def _failure(self, number: int, run: Run, trouble: Trouble) -> Failure:
        hops = self._shortened(run, trouble)
        trace = tell(self.check.semantics, [(hop.state, hop.position) for hop in hops])
        return Failure(number, trouble.breaks, trouble.detail, trace, run.setup, tuple(hops))

    def _shortened(self, run: Run, trouble: Trouble) -> list[Hop]:
        """Cut out of a run what it does between two visits of a state, if it still breaks the same then."""
        whole = run.path(trouble.world)
        cut = without_loops(whole)
        if len(run.worlds) > 1:
            return whole
        again = self.check.start(run.setup)
        for hop in cut:
            if again.worlds[0].state != hop.state:
                return whole
            _, broken = self.check.take_at(again, 0, hop.position, max(again.due(0, hop.position), again.now + hop.pause))
            if broken is not None:
                return again.path(0) if broken.breaks == trouble.breaks else whole
        return whole


def waits(run: Run, world: int, position: int) -> bool:
    """Whether a step has to wait for a timer."""
    return run.due(world, position) > run.now


def pairs_of(semantics: Semantics, states: Iterable[State]) -> frozenset[Pair]:
    """Give every pair of machines with their phases in any of the states."""
    machines, values = semantics.machines, semantics.interner.values
    met = {state[:machines] for state in states}
    phases = {tuple(type(values[v]).__name__ for v in state) for state in met}
    slots = semantics.slots[:machines]
    return frozenset(
        (one, phase, other, its)
        for names in phases
        for (one, phase), (other, its) in combinations(zip(slots, names, strict=True), 2)
    )


@define(eq=False)
class Chooser:
    """Chooses the steps of one run."""

    random: Random
    meddling: float
    weights: dict[str, float] = field(factory=dict)

    def choose(self, options: Options, waits: Callable[[int], bool]) -> int:
        """Choose who acts, then a transition by its weight in this run, then one of its steps; give its position.

        `waits` tells whether the step at a position has to wait for a timer.
        """
        own = bool(options.own) and (not options.others or self.random.random() >= self.meddling)
        if own and options.others and options.moves.isdisjoint(options.own):
            own = False
        names = options.own if own else options.others
        weighed = [self.weight(name) * (1.0 if name in options.moves else IDLE) for name in names]
        if own:
            weighed = [w * WAITING if waits(options.named[n][0]) else w for n, w in zip(names, weighed, strict=True)]
        return self.random.choice(options.named[self.random.choices(names, weighed)[0]])

    def weight(self, name: str) -> float:
        """Give what this run weighs a transition with."""
        if name not in self.weights:
            self.weights[name] = self.random.choice(WEIGHTS)
        return self.weights[name]


def without_loops(hops: Sequence[Hop]) -> list[Hop]:
    """Cut everything out between two visits of the same state: what is left is a run of the model, too."""
    kept: list[Hop] = []
    visited: dict[object, int] = {}
    for hop in hops:
        if hop.state in visited:
            for gone in kept[visited[hop.state] + 1 :]:
                del visited[gone.state]
            del kept[visited[hop.state] :]
        visited[hop.state] = len(kept)
        kept.append(hop)
    return kept
