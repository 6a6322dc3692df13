"""Judges the steps of a protocol that may lose guards: what breaks, and with which label.

What bundles of steps decide alone is judged once; the rest, by the slots that it reads
(`launchproof.search.vector.judging`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from attrs import define, field

from launchproof.cuts.lossy import RUNS, Lossy
from launchproof.cuts.sets import NONE, Loss
from launchproof.declare.properties import Property
from launchproof.liveness.graph import distinct
from launchproof.search.judges import StepJudges
from launchproof.search.vector.judging import Answers, AsksState, Open, Told
from launchproof.search.vector.keys import Column, spread
from launchproof.search.vector.level import Tables, Taken
from launchproof.search.vector.symbolic import Part
from launchproof.semantics.plans import Plan
from launchproof.semantics.steps import Micros, State

T = TypeVar("T")

Asked = tuple[Loss, Told, Open]
"""A label, what steps with it break for sure, and what is to be asked of the state besides."""


@define(eq=False)
class LabelledSteps(AsksState):
    """Tells which properties break by steps of some states, with which labels."""

    tables: Tables
    semantics: Lossy
    judges: StepJudges
    entries: list[Asked] = field(factory=list)
    _ids: dict[Asked, int] = field(factory=dict)
    _begin: Column = field(factory=Column)
    _count: Column = field(factory=Column)
    _entry: Column = field(factory=Column)
    _plans: dict[int, tuple[Told, Open]] = field(factory=dict)
    _parts: dict[int, tuple[Asked, ...]] = field(factory=dict)
    _answers: Answers = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing answered."""
        self._answers = Answers(self.tables.space, ())

    def forget(self) -> None:
        """Drop what was packed."""
        self._answers.forget()

    def tell(self, taken: Taken) -> Iterator[tuple[Property, Loss]]:
        """Yield what steps of some states break, and their labels; the same more than once, perhaps."""
        self._learn()
        owner, part = spread(self._count.view[taken.bundles])
        entry = self._entry.view[self._begin.view[taken.bundles][owner] + part]
        for number in distinct(entry).tolist():
            label, told, open_ = self.entries[number]
            yield from ((prop, label) for prop in told)
            if open_:
                rows = distinct(taken.acts.row[owner[entry == number]])
                states = [word[rows] for word in taken.states]
                slots = sorted({slot for judge, _ in open_ for slot in judge.slots})
                bits = [np.asarray(mine) for mine in self.tables.space.values.fields.over(slots)]
                found = self._answers.to(np.full(len(rows), number), bits, states, self)
                for answer in distinct(found).tolist():
                    yield from ((prop, label) for prop in self._answers.told[answer])

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that an entry's open plans break in a state."""
        _, _, open_ = self.entries[question]
        found = [judge.property for judge, plan in open_ if self.judges.with_slots(judge, plan, state) is False]
        return tuple(dict.fromkeys(found))

    def label(self, step: Micros) -> Loss:
        """Give all that has to be lost for a step."""
        return NONE.union(*(self.semantics.planner.labels.get(plan.index, NONE) for plan in step))

    def _learn(self) -> None:
        """Enter the bundles that were not met before."""
        for bundle in self.tables.bundles.made[self._begin.size :]:
            asked = merged(entry for part in bundle for entry in self._of_part(part))
            self._begin.append(self._entry.size)
            self._count.append(len(asked))
            self._entry.extend([self._number(entry) for entry in asked])

    def _number(self, entry: Asked) -> int:
        if entry not in self._ids:
            self._ids[entry] = len(self.entries)
            self.entries.append(entry)
        return self._ids[entry]

    def _of_part(self, part: Part) -> tuple[Asked, ...]:
        found = self._parts.get(part.number)
        if found is None:
            steps = [self.tables.effects.symbolic.steps[step] for step in part.steps]
            asked = merged((self.label(step), *self._of_plan(plan)) for step in steps for plan in step)
            found = self._parts[part.number] = tuple(asked)
        return found

    def _of_plan(self, plan: Plan) -> tuple[Told, Open]:
        if plan.index in self.semantics.planner.failures:
            return (RUNS,), ()
        if plan.index not in self._plans:
            broken, open_ = self.judges.of_plan(plan)
            self._plans[plan.index] = (tuple(judge.property for judge in broken), tuple((judge, plan) for judge in open_))
        return self._plans[plan.index]


def merged(entries: Iterable[Asked]) -> Sequence[Asked]:
    """Put together what has the same label; leave out what says nothing."""
    by_label: dict[Loss, tuple[Told, Open]] = {}
    for label, told, open_ in entries:
        if told or open_:
            before = by_label.get(label)
            by_label[label] = (told, open_) if before is None else (joined(before[0], told), joined(before[1], open_))
    return [(label, told, open_) for label, (told, open_) in by_label.items()]


def joined(some: tuple[T, ...], more: tuple[T, ...]) -> tuple[T, ...]:
    """Put together what two hold, each once."""
    return tuple(dict.fromkeys((*some, *more))) if some and more else some or more
