"""Reads the steps of a protocol that may lose guards: which label each leaves, and what breaks with it.

What bundles of steps decide alone is judged once; the rest, by the slots that it reads
(`launchproof.search.vector.judging`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from attrs import define, field

from launchproof.cuts.lossy import RUNS, Lossy
from launchproof.cuts.sets import NONE, Loss
from launchproof.declare.properties import Property
from launchproof.liveness.graph import distinct
from launchproof.search.judges import SILENT, Open, StepJudges, Told
from launchproof.search.vector.judging import Answers, AsksState
from launchproof.search.vector.keys import Array, Column, places
from launchproof.search.vector.level import Tables, Taken
from launchproof.search.vector.symbolic import Changes, Part
from launchproof.semantics.plans import Plan
from launchproof.semantics.steps import Micros, State

T = TypeVar("T")

Asked = tuple[Loss, Told, Open]
"""A label, what steps with it break for sure, and what is to be asked of the state besides."""


@define(eq=False)
class EntryLabels:
    """The labels that steps leave in the ledger, numbered: of each effect, and so of each entry of the bundles' tables."""

    tables: Tables
    semantics: Lossy
    met: list[Loss] = field(factory=list)
    _numbers: dict[Loss, int] = field(factory=dict)
    _of_effect: Column = field(factory=Column)

    def of(self, entries: Array) -> Array:
        """Give the number of each entry's label, which is an entry of `met`."""
        effects = self.tables.effects
        self._of_effect.extend([self._number(self._left_by(changes)) for changes in effects.met(self._of_effect.size)])
        return self._of_effect.at(self.tables.bundles.effect.at(entries))

    def _left_by(self, changes: Changes) -> Loss:
        """Give what an effect puts into the ledger, all together."""
        values, spelled = self.semantics.interner.values, self.tables.effects.symbolic.spelled
        pushed = [spelled(symbol).behind for slot, symbol in changes if slot == self.semantics.ledger]
        labels: list[Loss] = [values[item] for behind in pushed for item in behind]  # type: ignore[misc]
        return NONE.union(*labels)

    def _number(self, label: Loss) -> int:
        if label not in self._numbers:
            self._numbers[label] = len(self.met)
            self.met.append(label)
        return self._numbers[label]


@define(eq=False)
class Fitting:
    """The entries of bundles with a label that fits."""

    labels: EntryLabels
    fits: Callable[[Loss], bool]
    _begin: Column = field(factory=Column)
    _count: Column = field(factory=Column)
    _entry: Column = field(factory=Column)
    _met: int = 0

    def entries(self, bundles: Array) -> tuple[Array, Array]:
        """Give those of some bundles: which of the bundles each is of, and its number."""
        self._learn()
        owner, at = places(self._begin, self._count, bundles)
        return owner, self._entry.at(at)

    def _learn(self) -> None:
        """Choose among the entries of bundles that were not met before."""
        bundles, met = self.labels.tables.bundles, self._count.size
        if met == bundles.count.size:
            return
        new = np.arange(self._met, bundles.effect.size)
        labels = self.labels.of(new)
        fitting = np.array([self.fits(label) for label in self.labels.met], bool).take(labels)
        before = np.concatenate(([0], np.cumsum(fitting)))
        begin = bundles.begin.view[met:] - self._met
        self._count.extend(before.take(begin + bundles.count.view[met:]) - before.take(begin))
        self._begin.extend(self._entry.size + before.take(begin))
        self._entry.extend(new.compress(fitting))
        self._met = bundles.effect.size


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
    _parts: dict[int, tuple[Asked, ...]] = field(factory=dict)
    _wanted: Callable[[Property, Loss], bool] | None = None
    _asked: Column = field(factory=Column)
    _answers: Answers = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing answered."""
        self._answers = Answers(self.tables.space, ())

    def forget(self) -> None:
        """Drop what was packed."""
        self._answers.forget()

    def tell(self, taken: Taken, wanted: Callable[[Property, Loss], bool]) -> Iterator[tuple[Property, Loss]]:
        """Yield what steps of some states break, and their labels, as far as that is wanted; the same more than once, perhaps."""
        self._learn()
        self._judge_by(wanted)
        owner, at = places(self._begin, self._count, taken.bundles)
        entry = self._entry.at(at)
        asked = np.flatnonzero(self._asked.at(entry))
        entry, owner = entry.take(asked), owner.take(asked)
        for number in distinct(entry).tolist():
            label, told, open_ = self.entries[number]
            yield from ((prop, label) for prop in told)
            if open_:
                rows = distinct(taken.acts.row.take(owner.compress(entry == number)))
                states = [word.take(rows) for word in taken.states]
                slots = sorted({slot for judge, _ in open_ for slot in judge.slots})
                bits = [np.asarray(mine) for mine in self.tables.space.values.fields.over(slots)]
                found = self._answers.to(np.full(len(rows), number), bits, states, self)
                for answer in distinct(found).tolist():
                    yield from ((prop, label) for prop in self._answers.told[answer])

    def _judge_by(self, wanted: Callable[[Property, Loss], bool]) -> None:
        """Note which entries can tell something that is wanted."""
        if wanted is not self._wanted:
            self._wanted, self._asked = wanted, Column()
        new = self.entries[self._asked.size :]
        self._asked.extend([any(wanted(prop, label) for prop in (*told, *of_open(open_))) for label, told, open_ in new])

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that an entry's open plans break in a state."""
        return self.judges.told_in(self.entries[question][2], state)

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
            telling = [(step, told) for step in steps for plan in step if (told := self._of_plan(plan)) is not SILENT]
            found = self._parts[part.number] = tuple(merged((self.label(step), *told) for step, told in telling))
        return found

    def _of_plan(self, plan: Plan) -> tuple[Told, Open]:
        return ((RUNS,), ()) if plan.index in self.semantics.planner.failures else self.judges.told_of(plan)


def of_open(open_: Open) -> Iterator[Property]:
    """Yield the properties that plans are to be judged by."""
    return (judge.property for judge, _ in open_)


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
