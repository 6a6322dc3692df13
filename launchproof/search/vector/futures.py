"""Claims about the rest of a run, judged on the graph of a search by arrays: the same graph as the plain search's.

What matters of a step (its *label*, see `launchproof.search.recorded`) is known once it is known
what each machine did and where the message was taken from, whatever the rest of the state. Only for
claims about steps that read other slots as well, the values of these are looked at. Labels get numbers
as they are met; in the end those that the plain search gives, so that the same lasso is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property, reduce
from itertools import accumulate
from operator import or_
from typing import Final, NamedTuple

import numpy as np
from attrs import define, evolve, field, frozen

from launchproof.declare.properties import Property
from launchproof.liveness.graph import Flags, Graph, distinct
from launchproof.search.futures import Futures
from launchproof.search.judges import Judge, Open, Told
from launchproof.search.recorded import Recorder
from launchproof.search.vector.judging import Answers, AsksState, OfStates
from launchproof.search.vector.keys import HALF, Array, Column, empty, firsts, places
from launchproof.search.vector.level import Expanded, Tables
from launchproof.search.vector.store import Small, Store
from launchproof.search.vector.symbolic import Part
from launchproof.semantics.fairness import Group, groups_of
from launchproof.semantics.plans import Plan
from launchproof.semantics.steps import Micros, State

SEVERAL: Final = -1
"""The label of a step with several is this less its number among such steps."""


class VectorFutures(Futures):
    """The claims about the rest of a run that one search by arrays judges."""

    def __init__(self, tables: Tables, store: Store, states: Sequence[State], properties: Sequence[Property]) -> None:
        """Prepare to record what they need."""
        super().__init__(tables.semantics, properties)
        self.properties = tuple(properties)
        self.tables, self.store, self.states = tables, store, states
        self.labels = Labels(tables, store, self.recorder)

    def onwards(self, store: Store, states: Sequence[State]) -> VectorFutures:
        """Judge the same claims in another search, and keep what is known of steps."""
        made = copy(self)
        vars(made).pop("graph", None)
        made.store, made.states, made.labels = store, states, self.labels.onwards(store)
        return made

    @property
    def edges(self) -> int:
        """How many edges are recorded so far."""
        return self.labels.edges

    @cached_property
    def graph(self) -> Graph:
        """What was recorded, once the search is over."""
        return self.labels.graph(self.states)

    def breaking(self, judge: Judge, states: Sequence[State]) -> Flags:
        """Tell which states break a claim about states, by the distinct values that it reads."""
        del states
        space = self.tables.space
        answers = Answers(space, tuple(sorted(set(judge.slots))))
        found = answers.of(space.words(self.store.found()), OfStates(self.state_judges, [judge]))
        return np.array([bool(told) for told in answers.told], dtype=np.bool_).take(found)


class Sort(NamedTuple):
    """Steps that look alike: their groups and bits, and the plans that claims judge with slots of the state besides."""

    groups: int
    bits: int
    open: Open


@frozen(eq=False)
class Labelled:
    """Edges of some states, in the order of their sources and targets."""

    sources: Small
    targets: Small
    labels: Small


@define(eq=False)
class Labels(AsksState):
    """Takes the edges of each chunk down; steps with the same source, target and label are one."""

    tables: Tables
    store: Store
    recorder: Recorder
    met: dict[tuple[int, int], int] = field(factory=dict)
    answers: Answers = field(init=False)
    _groups: dict[tuple[Group, ...], int] = field(factory=dict)
    _begun: dict[tuple[int, int], int] = field(factory=dict)
    _several: list[Sort] = field(factory=list)
    _sorts: dict[tuple[int, int], int] = field(factory=dict)
    _plans: dict[int, tuple[int, Open]] = field(factory=dict)
    _parts: dict[tuple[int, int], tuple[tuple[int, int], ...]] = field(factory=dict)
    edges: int = 0
    _chunks: list[Labelled] = field(factory=list)
    _made: int = 0
    _begin: Column = field(factory=Column)
    _count: Column = field(factory=Column)
    _labels: Column = field(factory=Column)
    _idle_begin: Column = field(factory=Column)
    _idle_count: Column = field(factory=Column)
    _idle_labels: Column = field(factory=Column)

    def __attrs_post_init__(self) -> None:
        """Read every slot that some claim about steps reads."""
        slots = {slot for judge in self.recorder.judges.judges for slot in judge.slots}
        self.answers = Answers(self.tables.space, tuple(sorted(slots)))

    def forget(self) -> None:
        """Drop what was packed."""
        self.answers.forget()

    def onwards(self, store: Store) -> Labels:
        """Give what takes down the edges of another search, and keeps what is known of steps."""
        return evolve(self, store=store, edges=0, chunks=[])

    def record(self, at: int, expanded: Expanded) -> None:
        """Take down the edges of a chunk's states."""
        self._learn()
        owner, moving_at = places(self._begin, self._count, expanded.entry)
        idle, idle_at = places(self._idle_begin, self._idle_count, expanded.bundles)
        stays = expanded.acts.row.take(idle)
        rows = np.concatenate([expanded.row.take(owner), stays])
        targets = np.concatenate([self.store.number(expanded.after).take(owner), at + stays])
        labels = np.concatenate([self._labels.at(moving_at), self._idle_labels.at(idle_at)])
        self._decide(expanded, rows, labels)
        size, many = self.store.size, len(self.met)
        rest, found = np.divmod(firsts((rows * size + targets) * many + labels)[0], many)
        rows, targets = np.divmod(rest, size)
        self._chunks.append(Labelled(*(some.astype(np.int32) for some in (at + rows, targets, found))))
        self.edges += len(found)

    def _decide(self, expanded: Expanded, rows: Array, labels: Array) -> None:
        """Give steps that have several labels the one that they have in their states."""
        at = np.flatnonzero(labels <= SEVERAL)
        if len(at):
            sorts = SEVERAL - labels.take(at)
            bits = [np.asarray(mine) for mine in self.tables.space.values.fields.over(self.answers.slots)]
            told = self.answers.to(sorts, bits, [word.take(rows.take(at)) for word in expanded.states], self)
            pairs, which = np.unique(sorts << HALF | told, return_inverse=True)
            chosen = [(self._several[pair >> HALF], self.answers.told[pair & ((1 << HALF) - 1)]) for pair in pairs.tolist()]
            found = [self._label(sort.groups, sort.bits | self.recorder.bits_of(broken)) for sort, broken in chosen]
            labels[at] = np.array(found).take(which)

    def __call__(self, question: int, state: State) -> Told:
        """Give the claims that a step breaks in a state, of those that read its slots."""
        return self.recorder.judges.told_in(self._several[question].open, state)

    def _learn(self) -> None:
        """Tabulate the labels of bundles that were made since."""
        bundles = self.tables.bundles
        moving: list[Iterable[int]] = []
        idle: list[Iterable[int]] = []
        for parts, queue in zip(bundles.made[self._made :], bundles.queues[self._made :], strict=True):
            labels: dict[int, dict[int, None]] = {}
            for part in parts:
                for effect, label in self._of_part(part, queue):
                    labels.setdefault(effect, {})[label] = None
            idle.append(labels.pop(-1, ()))
            moving += labels.values()
        tabulate(self._begin, self._count, self._labels, moving)
        tabulate(self._idle_begin, self._idle_count, self._idle_labels, idle)
        self._made = len(bundles.made)

    def _of_part(self, part: Part, queue: int) -> Iterable[tuple[int, int]]:
        """Give the effects and labels of a part's steps, each pair once."""
        found = self._parts.get((part.number, queue))
        if found is None:
            labels = [self._label_of(step, queue) for step in part.steps]
            found = self._parts[part.number, queue] = tuple(dict.fromkeys(zip(part.effects, labels, strict=True)))
        return found

    def _label_of(self, number: int, queue: int) -> int:
        """Give the label of a step, or tell that it has several."""
        found = self._sorts.get((number, queue))
        if found is None:
            sort = self._sort(self.tables.effects.symbolic.steps[number], queue)
            if sort.open:
                found = SEVERAL - len(self._several)
                self._several.append(sort)
            else:
                found = self._label(sort.groups, sort.bits)
            self._sorts[number, queue] = found
        return found

    def _sort(self, micros: Micros, queue: int) -> Sort:
        told = [self._of_plan(plan) for plan in micros]
        bits = reduce(or_, [mine for mine, _ in told])
        return Sort(self._groups_of(micros[0], queue), bits, tuple([asked for _, more in told for asked in more]))

    def _of_plan(self, plan: Plan) -> tuple[int, Open]:
        """Give the bits that a plan has in all states, and what is to be asked of the state besides."""
        found = self._plans.get(plan.index)
        if found is None:
            told, more = self.recorder.judges.told_of(plan)
            found = self._plans[plan.index] = self.recorder.borne(plan) | self.recorder.bits_of(told), more
        return found

    def _groups_of(self, first: Plan, queue: int) -> int:
        """Give the number of the groups of a step, which are those of all that begin alike."""
        found = self._begun.get((first.index, queue))
        if found is None:
            groups = tuple(groups_of(self.tables.semantics, first, queue))
            found = self._begun[first.index, queue] = self._groups.setdefault(groups, len(self._groups))
        return found

    def _label(self, groups: int, bits: int) -> int:
        return self.met.setdefault((groups, bits), len(self.met))

    def graph(self, states: Sequence[State]) -> Graph:
        """Give what was recorded as a graph, with the numbers that the plain search gives to labels and groups."""
        source = np.concatenate([empty(), *(some.sources for some in self._chunks)])
        target = np.concatenate([empty(), *(some.targets for some in self._chunks)])
        label = np.concatenate([empty(), *(some.labels for some in self._chunks)])
        self._chunks = []
        first = np.zeros(len(self.met), np.int64)
        first[label[::-1]] = source[::-1]  # of several, the first is written last
        for number in distinct(first).tolist():
            for _, step in self.tables.semantics.successors(states[number]):
                self.recorder.label(states[number], step)
        groups, met = list(self._groups), list(self.met)
        numbers = np.zeros(len(met), np.int64)
        for number in distinct(label).tolist():
            mine, bits = met[number]
            numbers[number] = self._plainly(groups[mine], bits)
        return self.recorder.graph_of(len(states), source, target, in_order(source, target, numbers.take(label)))

    def _plainly(self, groups: Sequence[Group], bits: int) -> int:
        """Give the number that the plain search gives to a label."""
        met = self.recorder.groups.met
        return self.recorder.labels[tuple(sorted(met[group] for group in groups)), bits]


def tabulate(begin: Column, count: Column, items: Column, rows: Sequence[Iterable[int]]) -> None:
    """Write more rows of a table down."""
    lists = [list(row) for row in rows]
    counts = [len(row) for row in lists]
    begin.extend([items.size + before for before in accumulate(counts, initial=0)][:-1])
    count.extend(counts)
    items.extend([item for row in lists for item in row])


def in_order(source: Array, target: Array, label: Array) -> Array:
    """Give the labels with those of edges that have both ends in common sorted; such edges stand side by side."""
    if not len(label):
        return label
    new = np.concatenate(([False], (source[1:] != source[:-1]) | (target[1:] != target[:-1])))
    base: Array = np.cumsum(new) * (int(label.max()) + 1)
    return np.sort(base + label, kind="stable") - base  # which is quick where nearly all of them are
