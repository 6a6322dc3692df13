"""What steps change, and how it is applied to many packed states at once.

An effect gives some slots new values, and puts messages behind what some channels hold.
"""

from __future__ import annotations

import numpy as np
from attrs import define, field

from launchproof.search.vector.keys import Array, Column
from launchproof.search.vector.layout import Words
from launchproof.search.vector.space import Space
from launchproof.search.vector.symbolic import Changes, Symbol, Symbolic


@define(eq=False)
class Masks:
    """For each effect and word: the bits that stay, and those that are set."""

    keep: list[Column]
    put: list[Column]

    @classmethod
    def of(cls, words: int) -> Masks:
        """Begin with no effects."""
        return cls([Column() for _ in range(words)], [Column() for _ in range(words)])

    def apply(self, words: Words, effects: Array) -> Words:
        """Give changed words."""
        return [(w & k.view[effects]) | p.view[effects] for w, k, p in zip(words, self.keep, self.put, strict=True)]


@define(eq=False)
class Effects:
    """All effects met so far, by number."""

    space: Space
    symbolic: Symbolic
    changes: list[Changes] = field(factory=list)
    values: Masks = field(init=False)
    marks: Masks = field(init=False)
    pushes: list[Column] = field(factory=list)
    _ids: dict[Changes, int] = field(factory=dict)
    _symbols: dict[int, int] = field(factory=dict)
    _pushed: list[Symbol] = field(factory=list)
    _results: Array = field(factory=lambda: np.full((8, 8), -1, np.int64))

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self.forget()

    def forget(self) -> None:
        """Pack anew what was packed, after fields became wider."""
        self.values = Masks.of(self.space.values.fields.words)
        self.marks = Masks.of(self.space.marks.fields.words)
        self.pushes = []
        for number, changes in enumerate(self.changes):
            self._pack(number, changes)

    def number(self, changes: Changes) -> int:
        """Give an effect's number."""
        if changes not in self._ids:
            self._ids[changes] = len(self.changes)
            self.changes.append(changes)
            for slot, value in changes:
                if value >= 0:
                    self.space.number(slot, value)
            self._pack(self._ids[changes], changes)
        return self._ids[changes]

    def _pack(self, number: int, changes: Changes) -> None:
        fixed = [(slot, self.space.values.numbers[slot][value]) for slot, value in changes if value >= 0]
        marked = [(slot, int(self.space.mark_of[slot].view[value])) for slot, value in fixed]
        for masks, numbering, pairs in ((self.values, self.space.values, fixed), (self.marks, self.space.marks, marked)):
            fields = numbering.fields
            keep, put = [-1] * fields.words, [0] * fields.words
            for slot, value in pairs:
                keep[fields.word[slot]] &= ~(fields.mask[slot] << fields.shift[slot])
                put[fields.word[slot]] |= (value & fields.mask[slot]) << fields.shift[slot]
            for w in range(fields.words):
                masks.keep[w].append(keep[w])
                masks.put[w].append(put[w])
        self._pack_pushes(number, [value for _, value in changes if value < 0])

    def _pack_pushes(self, number: int, symbols: list[int]) -> None:
        for symbol in symbols:
            if symbol not in self._symbols:
                self._symbols[symbol] = len(self._pushed)
                self._pushed.append(self.symbolic.spelled(symbol))
        while len(self.pushes) < len(symbols):
            self.pushes.append(Column())
            self.pushes[-1].extend([-1] * number)
        for k, pushes in enumerate(self.pushes):
            pushes.extend([self._symbols[symbols[k]] if k < len(symbols) else -1])

    def apply(self, starts: Words, marks: Words, effects: Array) -> tuple[Words, Words]:
        """Give states and marks after effects."""
        after, marked = self.values.apply(starts, effects), self.marks.apply(marks, effects)
        for pushes in self.pushes:
            chosen = pushes.view[effects]
            rows = np.flatnonzero(chosen >= 0)
            if len(rows):
                self._push(after, marked, rows, chosen[rows])
        return after, marked

    def _push(self, after: Words, marked: Words, rows: Array, pushes: Array) -> None:
        """Put messages behind what channels hold."""
        slots = np.array([symbol.slot for symbol in self._pushed])[pushes]
        for slot in np.unique(slots).tolist():
            mine = slots == slot
            at = rows[mine]
            fields = self.space.values.fields
            old = (after[fields.word[slot]][at] >> fields.shift[slot]) & fields.mask[slot]
            new = self._result(slot, pushes[mine], old)
            fields.put(after, slot, at, new)
            self.space.marks.fields.put(marked, slot, at, self.space.mark_of[slot].view[new])

    def _result(self, slot: int, pushes: Array, old: Array) -> Array:
        self._room(len(self._pushed), len(self.space.values.values[slot]))
        new = self._results[pushes, old]
        if len(new) and int(new.min()) < 0:
            unknown = np.flatnonzero(new < 0)
            for push, number in set(zip(pushes[unknown].tolist(), old[unknown].tolist(), strict=True)):
                content = self.symbolic.pushed(self._pushed[push], self.space.values.values[slot][number])
                self._results[push, number] = self.space.number(slot, content)
            self.space.check()
            new = self._results[pushes, old]
        return new

    def _room(self, pushes: int, contents: int) -> None:
        high, wide = self._results.shape
        if pushes > high or contents > wide:
            grown = np.full((max(high, 2 * pushes), max(wide, 2 * contents)), -1, np.int64)
            grown[:high, :wide] = self._results
            self._results = grown
