"""What can begin a step in a state: a machine of itself, a message that is heard, or one that is lost.

In the order of the semantics: every machine, then every channel's deliveries, and its losses. What a machine can do of itself
begins as often as it turns to other machines: each of these beginnings reads few phases, all together would read many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from attrs import define, field, frozen

from launchproof.search.vector.keys import Array, Column, spread
from launchproof.search.vector.layout import Words
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.semantics.plans import NOTHING, Affected, Plan, Tell

Beginning = tuple[int, int, int, int]
"""A machine, what it hears, from which slot, and (of a loss, which is no machine's) what the slot holds; or `NOTHING`.

Of what a machine does of itself, the last tells which of its turns (`turns`).
"""

UNMET: Final = -1
"""Stands for the number of offers of a value that was in no state yet."""


@frozen(eq=False)
class Acts:
    """Beginnings of steps in some states: of which state, what kind, from what start (a heard message is gone)."""

    row: Array
    kind: Array
    start: Words
    marks: Words

    def at(self, numbers: Array, rows: Array) -> Acts:
        """Give some of them, as of other states."""
        return Acts(
            rows,
            self.kind.take(numbers),
            [word.take(numbers) for word in self.start],
            [word.take(numbers) for word in self.marks],
        )

    @classmethod
    def all_of(cls, some: Sequence[Acts]) -> Acts:
        """Put several together."""
        starts, marks = zip(*[acts.start for acts in some], strict=True), zip(*[acts.marks for acts in some], strict=True)
        return cls(
            np.concatenate([acts.row for acts in some]),
            np.concatenate([acts.kind for acts in some]),
            [np.concatenate(words) for words in starts],
            [np.concatenate(words) for words in marks],
        )


@define(eq=False)
class Offers:
    """What one slot offers, value by value: kinds of beginnings, and of a channel what is left of it then."""

    count: Column = field(factory=Column)
    begin: Column = field(factory=Column)
    kind: Column = field(factory=Column)
    rest: Column = field(factory=Column)


@define(eq=False)
class Beginnings:
    """Numbers the kinds of beginnings, and finds those of many states."""

    space: Space
    kinds: list[Beginning] = field(init=False)
    offers: list[Offers] = field(init=False)
    _ids: dict[Beginning, int] = field(factory=dict)
    _turns: dict[tuple[int, int], list[tuple[Plan, ...]]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing met."""
        self.kinds = []
        self.offers = [Offers() for _ in self.space.semantics.slots]

    def kind(self, beginning: Beginning) -> int:
        """Give the number of a kind."""
        if beginning not in self._ids:
            self._ids[beginning] = len(self.kinds)
            self.kinds.append(beginning)
        return self._ids[beginning]

    def of(self, states: Words, marks: Words, slots: Sequence[int] | None = None) -> Acts:
        """Give all beginnings of some states, or what some slots offer, state by state, in the order of the semantics."""
        space, fields = self.space, self.space.values.fields
        offering = range(len(self.offers)) if slots is None else slots
        values = {slot: fields.get(states, slot) for slot in offering}
        self._learn(values)
        counts = np.zeros((len(states[0]), len(values)), np.int64)
        for place, (slot, value) in enumerate(values.items()):
            counts[:, place] = self.offers[slot].count.at(value)
        ends = np.cumsum(counts.ravel()).reshape(counts.shape)
        begins = ends - counts
        row = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
        kind = np.empty(len(row), np.int64)
        start, marked = [word.take(row) for word in states], [word.take(row) for word in marks]
        for place, (slot, value) in enumerate(values.items()):
            offers = self.offers[slot]
            owner, part = spread(counts[:, place])
            if len(owner):
                offer = offers.begin.at(value.take(owner)) + part
                at = begins[:, place].take(owner) + part
                kind[at] = offers.kind.at(offer)
                if slot >= space.semantics.machines:
                    rest = offers.rest.at(offer)
                    fields.put(start, slot, at, rest)
                    space.marks.fields.put(marked, slot, at, space.mark_of[slot].at(rest))
        return Acts(row, kind, start, marked)

    def renew(self, affected: Affected) -> None:
        """Forget what a change affects of what machines do of themselves."""
        self._turns = {key: turns for key, turns in self._turns.items() if not affected(*key, NOTHING)}
        for machine in range(self.space.semantics.machines):
            met = self.offers[machine].count.view
            for number, phase in enumerate(self.space.values.values[machine][: len(met)]):
                if affected(machine, phase, NOTHING):
                    met[number] = UNMET

    def _learn(self, values: Mapping[int, Array]) -> None:
        """Meet values that were not met before; what is left of a channel's may be new, too."""
        for slot, value in values.items():
            offers = self.offers[slot]
            known = self.space.values.values[slot]
            missing = len(known) - offers.count.size
            if missing:
                learns()
                offers.count.extend([UNMET] * missing)
                offers.begin.extend([0] * missing)
            unmet = value.compress(offers.count.at(value) == UNMET)
            if len(unmet):
                learns()
            for number in sorted(set(unmet.tolist())):
                self._meet(slot, number, known[number])
        self.space.check()

    def _meet(self, slot: int, number: int, value: int) -> None:
        offers = self.offers[slot]
        made = self._of_phase(slot, value) if slot < self.space.semantics.machines else self._of_content(slot, value)
        offers.begin.view[number] = offers.kind.size
        offers.count.view[number] = len(made)
        offers.kind.extend([kind for kind, _ in made])
        offers.rest.extend([rest for _, rest in made])

    def _of_phase(self, machine: int, phase: int) -> list[tuple[int, int]]:
        """Give what a machine begins of itself."""
        return [(self.kind((machine, NOTHING, NOTHING, turn)), NOTHING) for turn in range(len(self.turns(machine, phase)))]

    def turns(self, machine: int, phase: int) -> list[tuple[Plan, ...]]:
        """Give what a machine can do of itself, in runs of plans that tell the same machines something."""
        found = self._turns.get((machine, phase))
        if found is None:
            plans = self.space.semantics.planner.plans(machine, phase, NOTHING)
            found = self._turns[machine, phase] = [tuple(some) for _, some in groupby(plans, key=told)]
        return found

    def _of_content(self, slot: int, content: int) -> list[tuple[int, int]]:
        """Give what is heard or lost of what a channel holds."""
        semantics = self.space.semantics
        made: list[tuple[int, int]] = []
        if content != semantics.empty:
            queue = slot - semantics.machines
            for delivery in semantics.deliveries(queue, content):
                kind = self.kind((delivery.machine, delivery.item, slot, NOTHING))
                made.append((kind, self.space.number(slot, delivery.rest)))
            if semantics.losses(queue, content).moving:
                made.append((self.kind((NOTHING, NOTHING, slot, content)), self.space.number(slot, content)))
        return made


def told(plan: Plan) -> frozenset[int]:
    """Give the machines that a plan tells something."""
    return frozenset([operation.machine for operation in plan.operations if isinstance(operation, Tell)])
