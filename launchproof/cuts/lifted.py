"""One search for all sets of guards at once: which states, and which breaches, need which losses.

For every set *L* of guards, up to a size, the states are found that the lossy protocol
(`launchproof.cuts.lossy`) reaches with labels within *L*, but not with labels within any smaller set: a
state that was reached with less is not looked at again. So all sets share the states that they have in
common, as in the analysis of product lines (A. Classen et al., "Featured Transition Systems", IEEE TSE 2013).

What is found is complete: if the protocol without the guards *S* breaks a claim about states or steps, it does so
by a run of the lossy protocol whose labels lie within *S*; so *S* or a subset of it is among the
*candidates*. It is not always real: the lossy protocol can do a little more.

A set with which a channel comes to hold far more than it ever does without losses may let it grow without
end. Whether it does is asked of the protocol without those guards. If so, the search of that set ends there, and
sets that hold it are not searched: `grows` has them.

What is found of the largest sets is of no use to others, so they are shared among processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from launchproof.cuts.labelled import LabelledSteps
from launchproof.cuts.lossy import RUNS, Lossy
from launchproof.cuts.sets import NONE, Loss, Minimal, ordered, proper_subsets
from launchproof.declare.properties import Property
from launchproof.liveness.graph import distinct
from launchproof.search.builtin import BOUNDED_QUEUES, NO_DEADLOCK
from launchproof.search.judges import PlaceJudges, StateJudges, StepJudges
from launchproof.search.shared import share
from launchproof.search.vector.judging import StateAnswers
from launchproof.search.vector.keys import Array, Column, empty
from launchproof.search.vector.layout import RegrownError
from launchproof.search.vector.level import Expanded, Tables
from launchproof.search.vector.resting import Resting

CHUNK: Final = 4096
SLACK: Final = 1
"""A channel with more than so many more messages than ever before makes one ask whether it grows."""

Report = Callable[[Loss, int, float], None]
"""Takes the set that is searched, and how many states were found in how many seconds, in all."""

Grows = Callable[[Loss], bool]
"""Tells whether a channel grows without end in the protocol without some guards."""


@frozen
class Closed:
    """What the search of one set found: how many states and steps, and what breaks with it or with more, by name.

    `grows` says that a channel grows without end, `fails` with which losses a transition fails.
    """

    loss: Loss
    states: int
    steps: int
    breaches: frozenset[tuple[str, Loss]]
    grows: bool
    fails: frozenset[Loss]


@define(eq=False)
class Lifted:
    """The search of a lossy protocol, set by set.

    `candidates` are, property by property, the least sets that may break it, and `grows` the least that let a
    channel grow without end, as `asks` says. `fails` are the least with which a transition may fail.
    """

    semantics: Lossy
    properties: Sequence[Property]
    size: int
    asks: Grows
    report: Report | None = None
    candidates: dict[str, Minimal] = field(factory=dict)
    grows: Minimal = field(factory=Minimal)
    fails: Minimal = field(factory=Minimal)
    states: int = 0
    steps: int = 0
    sets: int = 0
    tables: Tables = field(init=False)
    _known: dict[Loss, Array] = field(factory=dict)
    _breaches: set[tuple[str, Loss]] = field(factory=set)
    _failing: set[Loss] = field(factory=set)
    _pending: dict[Loss, list[Array]] = field(factory=dict)
    _led: dict[Loss, list[Array]] = field(factory=dict)
    _closing: Array = field(factory=empty)
    _frontier: Array = field(factory=empty)
    _found: list[Array] = field(factory=list)
    _empty: int = 0
    _lengths: list[Column] = field(init=False)
    _longest: dict[Loss, Array] = field(factory=dict)
    _resting: Resting = field(init=False)
    _labelled: LabelledSteps = field(init=False)
    _judged: StateAnswers = field(init=False)
    _started: float = 0.0
    _taken: int = 0
    _met: int = 0

    def __attrs_post_init__(self) -> None:
        """Begin with nothing found."""
        self.tables = Tables(self.semantics)
        claims = [p for p in self.properties if p.kind != "builtin"]
        places = PlaceJudges(self.semantics, claims)
        self._judged = StateAnswers.of(self.tables.space, StateJudges(self.semantics, claims), places)
        self._labelled = LabelledSteps(self.tables, self.semantics, StepJudges(self.semantics, claims, places))
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
        self._empty = space.values.numbers[self.semantics.ledger][self.semantics.empty]
        self._pending[NONE] = [space.keys(space.values.packed([initial]))]
        self._take_in(self._close(NONE))

    def search(self, size: int, workers: int = 1) -> None:
        """Search all sets of one size; those of the sizes before must have been.

        Of the largest sets nothing is of use to others: these are shared among so many processes.
        """
        losses = [loss for loss in ordered(self._pending) if len(loss) == size and self._open(loss)]
        if size < self.size:
            for loss in losses:
                self._take_in(self._close(loss))
        else:
            for closed in share([partial(self._close, loss) for loss in losses], workers):
                self._take_in(closed)
        self._pending = {loss: begun for loss, begun in self._pending.items() if len(loss) > size}

    def _take_in(self, closed: Closed) -> None:
        """Write down what the search of a set found."""
        self.sets += 1
        self.states += closed.states
        self.steps += closed.steps
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
        steps, grows = self._taken, False
        self._closing, self._found, self._breaches, self._failing = empty(), self._pending.pop(loss), set(), set()
        while self._found:
            self._frontier, self._found = self._unknown(loss, distinct(np.concatenate(self._found))), []
            if self._grown(loss):
                grows = True
                self._breaks(BOUNDED_QUEUES, loss)
                break
            self._closing = np.sort(np.concatenate([self._closing, self._frontier]), kind="stable")
            self._met += len(self._frontier)
            self._judge_states(loss)
            for at in range(0, len(self._frontier), CHUNK):
                self._take(loss, self._expanded(at))
            self._tell(loss)
        states, self._closing = self._closing, empty()
        if len(loss) < self.size:
            self._known[loss] = states
        for together, led in self._led.items():
            self._pending.setdefault(together, []).append(distinct(np.concatenate(led)))
        self._led = {}
        return Closed(loss, len(states), self._taken - steps, frozenset(self._breaches), grows, frozenset(self._failing))

    def _unknown(self, loss: Loss, keys: Array) -> Array:
        """Leave out of some sorted keys what was reached before with these losses, or with less."""
        smaller = (self._known[some] for some in proper_subsets(loss) if some in self._known)
        for known in (*smaller, self._closing):
            if len(known) and len(keys):
                at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
                keys = keys[known[at] != keys]
        return keys

    def _expanded(self, at: int) -> Expanded:
        """Take the steps of some states of the frontier; where a field grows, pack everything anew and begin again."""
        while True:
            try:
                return self.tables.expand(self._frontier[at : at + CHUNK])
            except RegrownError:
                self._regrow()

    def _regrow(self) -> None:
        self._led = {loss: [distinct(np.concatenate(led))] for loss, led in self._led.items()}
        waiting = [*self._pending.values(), *self._led.values()]
        arrays = [*self._known.values(), *(some for found in waiting for some in found), *self._found]
        packed = iter(self.tables.regrow(self._frontier, self._closing, *arrays))
        self._frontier, self._closing = next(packed), np.sort(next(packed))
        self._known = {loss: np.sort(next(packed)) for loss in self._known}
        for found in waiting:
            found[:] = [next(packed) for _ in found]
        self._found = list(packed)
        self._judged.forget()
        self._labelled.forget()

    def _take(self, loss: Loss, expanded: Expanded) -> None:
        """Judge steps, and put what they lead to where it belongs by their labels."""
        self._taken += int(expanded.steps.sum())
        for prop, label in self._labelled.tell(expanded):
            self._breaks(prop, loss | label)
        fields = self.tables.space.values.fields
        words = self.tables.space.words(expanded.after)
        contents = fields.get(words, self.semantics.ledger)
        fields.put(words, self.semantics.ledger, np.arange(len(contents)), np.full(len(contents), self._empty))
        after = self.tables.space.keys(words)
        within = np.zeros(len(after), bool)
        for content in distinct(contents).tolist():
            together = loss | self._label(content)
            if len(together) <= self.size:
                mine = contents == content
                within |= mine & (together == loss)
                self._queue(loss, together, distinct(after[mine]))
        if NO_DEADLOCK in self.properties:
            self._judge_deadlocks(loss, expanded, within & (after != expanded.keys[expanded.row]))

    def _label(self, content: int) -> Loss:
        return self.semantics.label(self.tables.space.values.values[self.semantics.ledger][content])

    def _queue(self, loss: Loss, together: Loss, keys: Array) -> None:
        if together == loss:
            self._found.append(keys)
        else:
            self._led.setdefault(together, []).append(self._unknown(loss, keys))

    # --- judging -----------------------------------------------------------------------------------------

    def _breaks(self, prop: Property, loss: Loss) -> None:
        if len(loss) <= self.size and prop is RUNS:
            self._failing.add(loss)
        elif len(loss) <= self.size and prop.name in self.candidates:
            self._breaches.add((prop.name, loss))

    def _judge_states(self, loss: Loss) -> None:
        for told, _ in self._judged.tell(self.tables.space.words(self._frontier), self.properties):
            for prop in told:
                self._breaks(prop, loss)

    def _judge_deadlocks(self, loss: Loss, expanded: Expanded, moving: npt.NDArray[np.bool_]) -> None:
        """Look for states in which some machine may not rest, and none can change anything of itself."""
        acting = np.zeros(len(expanded.keys), bool)
        acting[expanded.row[moving & (self.tables.bundles.own.view[expanded.entry] > 0)]] = True
        if bool((~acting & self._resting.owing(expanded.states)).any()):
            self._breaks(NO_DEADLOCK, loss)

    def _lengths_in(self, keys: Array) -> Array:
        """Give for each channel how many messages it holds at most, in some states."""
        words, fields, semantics = self.tables.space.words(keys), self.tables.space.values.fields, self.semantics
        longest = np.zeros(len(semantics.slots), np.int64)
        for slot in range(semantics.machines, semantics.ledger):
            lengths = self._lengths[slot]
            contents = self.tables.space.values.values[slot][lengths.size :]
            lengths.extend([len(semantics.interner.values[content]) for content in contents])  # type: ignore[arg-type]
            longest[slot] = lengths.view[fields.get(words, slot)].max(initial=0)
        return longest

    def _grown(self, loss: Loss) -> bool:
        """Look whether a channel grows without end, which is asked once of each set."""
        longest = self._lengths_in(self._frontier)
        known = [self._longest[some] for some in (*proper_subsets(loss), loss) if some in self._longest]
        before = np.max([np.zeros_like(longest), *known], axis=0)
        answered = loss == NONE or loss in self._longest
        if not answered and not bool((longest > before + SLACK).any()):
            return False
        self._longest[loss] = np.maximum(before, longest)
        return not answered and self.asks(loss)

    def _tell(self, loss: Loss) -> None:
        if self.report is not None:
            self.report(loss, self._met, time.perf_counter() - self._started)
