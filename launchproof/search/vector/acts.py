"""What can begin a step in a state: a machine of itself, a message that is heard, or one that is lost.

In the order of the semantics: every machine, then every channel's deliveries, and its losses.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import define, field, frozen

from launchproof.search.vector.keys import Array, Column, spread
from launchproof.search.vector.layout import Words
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.semantics.plans import NOTHING

Beginning = tuple[int, int, int, int]
"""A machine, what it hears, from which slot, and (of a loss, which is no machine's) what the slot holds; or `NOTHING`."""

UNMET: Final = -1
"""Stands for the number of offers of a content that was in no state yet."""


@frozen(eq=False)
class Acts:
    """Beginnings of steps in some states: of which state, what kind, from what start (a heard message is gone).

    They are in order; `first` tells where each state's begin.
    """

    row: Array
    kind: Array
    start: Words
    marks: Words
    first: Array


@define(eq=False)
class Offers:
    """What one channel offers, content by content."""

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

    def __attrs_post_init__(self) -> None:
        """Give the machines' own acts the first numbers."""
        semantics = self.space.semantics
        self.kinds = []
        for machine in range(semantics.machines):
            self.kind((machine, NOTHING, NOTHING, NOTHING))
        self.offers = [Offers() for _ in semantics.queues]

    def kind(self, beginning: Beginning) -> int:
        """Give the number of a kind."""
        if beginning not in self._ids:
            self._ids[beginning] = len(self.kinds)
            self.kinds.append(beginning)
        return self._ids[beginning]

    def of(self, states: Words, marks: Words) -> Acts:
        """Give all beginnings of some states, state by state, in the order of the semantics."""
        space, fields = self.space, self.space.values.fields
        machines, queues = space.semantics.machines, len(self.offers)
        size = len(states[0])
        contents = [fields.get(states, machines + q) for q in range(queues)]
        self._learn(contents)
        counts = np.empty((size, 1 + queues), np.int64)
        counts[:, 0] = machines
        for q, content in enumerate(contents):
            counts[:, 1 + q] = self.offers[q].count.view[content]
        ends = np.cumsum(counts.ravel()).reshape(counts.shape)
        begins = ends - counts
        total = int(ends[-1, -1])
        row = np.repeat(np.arange(size), counts.sum(axis=1))
        kind = np.empty(total, np.int64)
        for machine in range(machines):
            kind[begins[:, 0] + machine] = machine
        start, marked = [word[row] for word in states], [word[row] for word in marks]
        for q, content in enumerate(contents):
            owner, part = spread(counts[:, 1 + q])
            if len(owner):
                offer = self.offers[q].begin.view[content[owner]] + part
                at = begins[owner, 1 + q] + part
                kind[at] = self.offers[q].kind.view[offer]
                rest = self.offers[q].rest.view[offer]
                fields.put(start, machines + q, at, rest)
                space.marks.fields.put(marked, machines + q, at, space.mark_of[machines + q].view[rest])
        return Acts(row, kind, start, marked, begins[:, 0])

    def _learn(self, contents: list[Array]) -> None:
        """Meet contents that were not met before; what is left of them may be new, too."""
        for q, content in enumerate(contents):
            offers = self.offers[q]
            values = self.space.values.values[self.space.semantics.machines + q]
            missing = len(values) - offers.count.size
            if missing:
                learns()
                offers.count.extend([UNMET] * missing)
                offers.begin.extend([0] * missing)
            unmet = content[offers.count.view[content] == UNMET]
            if len(unmet):
                learns()
            for number in sorted(set(unmet.tolist())):
                self._meet(q, number, values[number])
        self.space.check()

    def _meet(self, q: int, number: int, content: int) -> None:
        semantics, offers = self.space.semantics, self.offers[q]
        slot = semantics.machines + q
        made: list[tuple[int, int]] = []
        if content != semantics.empty:
            for delivery in semantics.deliveries(q, content):
                kind = self.kind((delivery.machine, delivery.item, slot, NOTHING))
                made.append((kind, self.space.number(slot, delivery.rest)))
            if semantics.losses(q, content).moving:
                made.append((self.kind((NOTHING, NOTHING, slot, content)), self.space.number(slot, content)))
        offers.begin.view[number] = offers.kind.size
        offers.count.view[number] = len(made)
        offers.kind.extend([kind for kind, _ in made])
        offers.rest.extend([rest for _, rest in made])
