"""One search for all sets of guards at once: which states, and which breaches, need which losses.

For every set *L* of guards, up to a size, the states are found that the lossy protocol
(`launchproof.cuts.lossy`) reaches with labels within *L*, but not with labels within any smaller set: a
state that was reached with less is not looked at again. So all sets share the states that they have in
common, as in the analysis of product lines (A. Classen et al., "Featured Transition Systems", IEEE TSE 2013).

What is found is complete: if the protocol without the guards *S* breaks a claim about states or steps, it does so
by a run of the lossy protocol whose labels lie within *S*; so *S* or a subset of it is among the
*candidates*. It is not always real: the lossy protocol can do a little more.

A set with which a channel comes to hold far more than it ever does without losses may let it grow without
end. Whether it does is asked of the protocol without those guards, as far as a part of its states shows. If so,
the search of that set ends there, and sets that hold it are not searched: `grows` has them.

States are folded over machines of few phases (`launchproof.cuts.folded`), which many guards have to do with nothing else but.
What is found of the largest sets is of no use to others, so they are shared among processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from attrs import define, field, frozen

from launchproof.cuts.folded import Fold, Folded, States
from launchproof.cuts.labelled import EntryLabels, Fitting, LabelledSteps
from launchproof.cuts.lossy import RUNS, Lossy
from launchproof.cuts.sets import NONE, Loss, Minimal, ordered, proper_subsets
from launchproof.declare.properties import Property
from launchproof.search.builtin import BOUNDED_QUEUES, NO_DEADLOCK
from launchproof.search.garbage import uncollected
from launchproof.search.judges import PlaceJudges, StateJudges, StepJudges
from launchproof.search.shared import share
from launchproof.search.vector.judging import StateAnswers
from launchproof.search.vector.keys import Array, Column
from launchproof.search.vector.layout import RegrownError, Words
from launchproof.search.vector.level import Flags, Tables
from launchproof.search.vector.resting import Resting

CHUNK: Final = 4096
ENOUGH: Final = 20_000
"""What grows without end is nearly always seen to within so many states."""

MORE: Final = 8
"""Where it is asked once more, so many times as many states are looked at."""

SLACK: Final = 1
"""A channel with more than so many more messages than ever before makes one ask whether it grows."""

Report = Callable[[Loss, int, float], None]
"""Takes the set that is searched, and how many states were found in how many seconds, in all."""

Grows = Callable[[Loss, int], bool]
"""Tells whether a channel grows without end in the protocol without some guards, as far as so many of its states show."""


Wanted = Callable[[Property, Loss], bool]
"""Tells whether it is of interest that a property breaks with a label."""


@define(eq=False)
class Suspicion:
    """How long channels may become before it is asked whether one grows without end, and how many states to look at then."""

    limits: Array
    states: int = 0

    def exceeded_by(self, longest: Array) -> bool:
        """Tell whether it is time to ask; the next time is when channels are twice as long."""
        if not bool((longest > self.limits).any()):
            return False
        self.limits = np.maximum(self.limits, 2 * longest)
        self.states = MORE * self.states or ENOUGH
        return True


@frozen
class Closed:
    """What the search of one set found: how many states, and what breaks with it or with more, by name.

    `grows` says that a channel grows without end, `fails` with which losses a transition fails.
    """

    loss: Loss
    states: int
    breaches: frozenset[tuple[str, Loss]]
    grows: bool
    fails: frozenset[Loss]


@define(eq=False)
class Lifted:
    """The search of a lossy protocol, set by set.

    `candidates` are, property by property, the least sets that may break it, and `grows` the least that let a
    channel grow without end, as `asks` says. `fails` are the least with which a transition may fail. States are not folded over
    machines that are to stay `apart`.
    """

    semantics: Lossy
    properties: Sequence[Property]
    size: int
    asks: Grows
    report: Report | None = None
    candidates: dict[str, Minimal] = field(factory=dict)
    grows: Minimal = field(factory=Minimal)
    fails: Minimal = field(factory=Minimal)
    apart: frozenset[str] = frozenset()
    states: int = 0
    sets: int = 0
    tables: Tables = field(init=False)
    _fold: Fold = field(init=False)
    _known: dict[Loss, States] = field(factory=dict)
    _breaches: set[tuple[str, Loss]] = field(factory=set)
    _failing: set[Loss] = field(factory=set)
    _wanted: Wanted = field(init=False)
    _asked: Sequence[Property] = ()
    _fitting: Fitting = field(init=False)
    _pending: dict[Loss, list[States]] = field(factory=dict)
    _led: dict[Loss, list[States]] = field(factory=dict)
    _closing: States = field(factory=States)
    _frontier: States = field(factory=States)
    _found: list[States] = field(factory=list)
    _lengths: list[Column] = field(init=False)
    _longest: dict[Loss, Array] = field(factory=dict)
    _suspicions: dict[Loss, Suspicion] = field(factory=dict)
    _resting: Resting = field(init=False)
    _labels: EntryLabels = field(init=False)
    _labelled: LabelledSteps = field(init=False)
    _of_keys: StateAnswers = field(init=False)
    _of_states: StateAnswers = field(init=False)
    _started: float = 0.0
    _met: int = 0

    def __attrs_post_init__(self) -> None:
        """Begin with nothing found."""
        self.tables = Tables(self.semantics, aside=self.semantics.ledger)
        self._labels = EntryLabels(self.tables, self.semantics)
        claims = [p for p in self.properties if p.kind != "builtin"]
        places = PlaceJudges(self.semantics, claims)
        self._labelled = LabelledSteps(self.tables, self.semantics, StepJudges(self.semantics, claims, places))
        self._fold = Fold.over(self.tables, claims, self.apart)
        judged = StateAnswers.of(self.tables.space, StateJudges(self.semantics, claims), places)
        self._of_keys, self._of_states = judged.parted(self._fold.slots)
        self._lengths = [Column() for _ in self.semantics.slots]
        self._resting = Resting(self.tables.space)
        self.candidates = {p.name: Minimal() for p in self.properties}

    def begin(self) -> None:
        """Search the protocol as it is, with every guard in place."""
        self._started = time.perf_counter()
        space = self.tables.space
        initial = self.semantics.initial()
        for slot, value in enumerate(initial):
            space.number(slot, value)
        self.tables.regrow()
        self._pending[NONE] = [self._states(space.values.packed([initial]))]
        self._take_in(self._close(NONE))

    def search(self, size: int, workers: int = 1) -> None:
        """Search all sets of one size; those of the sizes before must have been.

        Of the largest sets nothing is of use to others: these are shared among so many processes.
        """
        losses = [loss for loss in ordered(self._pending) if len(loss) == size and self._open(loss)]
        with uncollected():
            if size < self.size:
                for loss in losses:
                    self._take_in(self._close(loss))
            else:
                begun = {loss: sum(len(some.keys) for some in self._pending[loss]) for loss in losses}
                losses.sort(key=lambda loss: -begun[loss])  # so that nobody is left with a large one in the end
                for closed in share([partial(self._close, loss) for loss in losses], workers):
                    self._take_in(closed)
        self._pending = {loss: begun for loss, begun in self._pending.items() if len(loss) > size}

    def _take_in(self, closed: Closed) -> None:
        """Write down what the search of a set found."""
        self.sets += 1
        self.states += closed.states
        for name, loss in closed.breaches:
            self.candidates[name].put(loss)
        for loss in closed.fails:
            self.fails.put(loss)
        if closed.grows:
            self.grows.put(closed.loss)

    @property
    def labels(self) -> frozenset[Loss]:
        """What had to be lost for some step that was met so far."""
        return frozenset(self.semantics.planner.labels.values())

    # --- one set -----------------------------------------------------------------------------------------

    def _open(self, loss: Loss) -> bool:
        """Whether it is worth while to lose so much: nothing ends a run sooner, and some property is not broken with less."""
        if self.grows.covers(loss) or self.fails.covers(loss):
            return False
        return not all(found.covers(loss) for found in self.candidates.values())

    def _close(self, loss: Loss) -> Closed:
        """Find all states that need exactly these losses."""
        grows = False
        self._closing, self._found, self._breaches, self._failing = States(), self._pending.pop(loss), set(), set()
        self._wanted = partial(self._news, loss)
        self._asked = [prop for prop in self.properties if self._wanted(prop, NONE)]
        self._fitting = Fitting(self._labels, lambda label: len(loss | label) <= self.size)
        while self._found:
            self._frontier, self._found = self._unknown(loss, States.all_of(self._found)), []
            if self._grown(loss):
                grows = True
                self._breaks(BOUNDED_QUEUES, loss)
                break
            self._closing = States.all_of([self._closing, self._frontier])
            self._met += len(self._frontier)
            self._judge_states(loss, self._of_keys, self.tables.space.words(self._frontier.keys))
            for at in range(0, len(self._frontier.keys), CHUNK):
                self._take(loss, self._taken(at))
            self._tell(loss)
        states, self._closing = self._closing, States()
        if len(loss) < self.size:
            self._known[loss] = states
        for together, led in self._led.items():
            self._pending.setdefault(together, []).append(States.all_of(led))
        self._led = {}
        return Closed(loss, len(states), frozenset(self._breaches), grows, frozenset(self._failing))

    def _unknown(self, loss: Loss, states: States) -> States:
        """Leave out of some states what was reached before with these losses, or with less."""
        smaller = (self._known[some] for some in proper_subsets(loss) if some in self._known)
        for known in (*smaller, self._closing):
            states = states.less(known)
        return states

    def _taken(self, at: int) -> Folded:
        """Take the steps of some states of the frontier; where a field grows, pack everything anew and begin again."""
        while True:
            try:
                return self._fold.take(self._frontier.part(at, at + CHUNK), self._fitting.entries)
            except RegrownError:
                self._regrow()

    def _regrow(self) -> None:
        if not self.tables.space.values.overflown:
            self.tables.regrow()
            return
        self._led = {loss: [States.all_of(led)] for loss, led in self._led.items()}
        waiting = [*self._pending.values(), *self._led.values()]
        sets = [
            self._frontier,
            self._closing,
            *self._known.values(),
            *(some for found in waiting for some in found),
            *self._found,
        ]
        keys = self.tables.regrow(*(some.keys for some in sets))
        self._frontier = States(keys[0], self._frontier.bits)  # in the order that it is gone through in
        packed = iter([States.of(anew, some.bits) for anew, some in zip(keys[1:], sets[1:], strict=True)])
        self._closing = next(packed)
        self._known = {loss: next(packed) for loss in self._known}
        for found in waiting:
            found[:] = [next(packed) for _ in found]
        self._found = list(packed)
        self._of_keys.forget()
        self._of_states.forget()
        self._labelled.forget()

    def _states(self, words: Words) -> States:
        """Fold states."""
        bare, number = self._fold.folded(words)
        return States.of(self.tables.space.keys(bare), np.int64(1) << number)

    def _take(self, loss: Loss, taken: Folded) -> None:
        """Judge steps, and put what they lead to where it belongs by their labels."""
        for prop, label in self._labelled.tell(taken.steps, self._wanted):
            self._breaks(prop, loss | label)
        after, labels = self.tables.space.keys(taken.bare), self._labels.of(taken.steps.entry)
        within = np.array([label <= loss for label in self._labels.met], bool).take(labels)
        self._found.append(States.of(after.compress(within), taken.bits.compress(within)))
        for number in np.flatnonzero(np.bincount(labels.compress(~within))).tolist():
            mine = np.flatnonzero(labels == number)
            led = States.of(after.take(mine), taken.bits.take(mine))
            self._led.setdefault(loss | self._labels.met[number], []).append(self._unknown(loss, led))
        self._judge_states(loss, self._of_states, taken.steps.states)
        if NO_DEADLOCK in self._asked:
            self._judge_deadlocks(loss, taken, within)

    # --- judging -----------------------------------------------------------------------------------------

    def _news(self, loss: Loss, prop: Property, label: Loss) -> bool:
        """Tell whether it would be news that a property breaks by what is lost, and a label besides."""
        together = loss | label
        known = self.fails if prop is RUNS else self.candidates.get(prop.name)
        return len(together) <= self.size and known is not None and not known.covers(together)

    def _breaks(self, prop: Property, loss: Loss) -> None:
        """Write down that a property breaks, or that a transition fails; with nothing lost, that is an error of the model."""
        if prop is RUNS and loss == NONE:
            raise next(iter(self.semantics.planner.failures.values()))
        if len(loss) <= self.size and prop is RUNS:
            self._failing.add(loss)
        elif len(loss) <= self.size and prop.name in self.candidates:
            self._breaches.add((prop.name, loss))

    def _judge_states(self, loss: Loss, answers: StateAnswers, states: Words) -> None:
        for broken, _ in answers.tell(states, self._asked):
            for prop in broken:
                self._breaks(prop, loss)

    def _judge_deadlocks(self, loss: Loss, taken: Folded, within: Flags) -> None:
        """Look for states in which some machine may not rest, and none can change anything of itself."""
        steps = zip(taken.steps.states, taken.steps.reached, strict=True)
        moving = within & np.any([before.take(taken.steps.row) != after for before, after in steps], axis=0)
        moving &= self.tables.bundles.own.at(taken.steps.entry) > 0
        acting = np.zeros(len(taken.owner), bool)
        acting[taken.steps.row.compress(moving)] = True
        with_all = np.zeros(len(taken.owner), bool)
        with_all[taken.owner.take(taken.steps.row.compress(moving & taken.every))] = True
        if bool((~acting & ~with_all.take(taken.owner) & self._resting.owing(taken.steps.states)).any()):
            self._breaks(NO_DEADLOCK, loss)

    def _lengths_in(self, keys: Array) -> Array:
        """Give for each channel how many messages it holds at most, in some states."""
        words, fields, semantics = self.tables.space.words(keys), self.tables.space.values.fields, self.semantics
        longest = np.zeros(len(semantics.slots), np.int64)
        for slot in range(semantics.machines, semantics.ledger):
            lengths = self._lengths[slot]
            contents = self.tables.space.values.values[slot][lengths.size :]
            lengths.extend([len(semantics.interner.values[content]) for content in contents])  # type: ignore[arg-type]
            longest[slot] = lengths.at(fields.get(words, slot)).max(initial=0)
        return longest

    def _grown(self, loss: Loss) -> bool:
        """Look whether a channel grows without end: where one is longer than with less lost, and again at twice that length."""
        longest = np.maximum(self._lengths_in(self._frontier.keys), self._longest.get(loss, 0))
        self._longest[loss] = longest
        if loss == NONE:
            return False
        if loss not in self._suspicions:
            before = [self._longest[some] for some in proper_subsets(loss) if some in self._longest]
            self._suspicions[loss] = Suspicion(np.max(before, axis=0) + SLACK)
        return self._suspicions[loss].exceeded_by(longest) and self.asks(loss, self._suspicions[loss].states)

    def _tell(self, loss: Loss) -> None:
        if self.report is not None:
            self.report(loss, self._met, time.perf_counter() - self._started)
