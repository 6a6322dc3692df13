"""What steps change, and how it is applied to many packed states at once.

An effect gives some slots new values, and puts messages behind what some channels hold.
"""

from __future__ import annotations

import numpy as np
from attrs import define, field

from launchproof.liveness.graph import distinct
from launchproof.search.vector.keys import HALF, Array, Column, read
from launchproof.search.vector.layout import Words
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.search.vector.symbolic import Changes, Symbol, Symbolic
from launchproof.semantics.plans import NOTHING


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
        return [(w & k.at(effects)) | p.at(effects) for w, k, p in zip(words, self.keep, self.put, strict=True)]


@define(eq=False)
class Effects:
    """All effects met so far, by number; what one does to a slot that is left `aside` is told by `met`, and not applied."""

    space: Space
    symbolic: Symbolic
    aside: int = NOTHING
    values: Masks = field(init=False)
    marks: Masks = field(init=False)
    pushes: list[Column] = field(factory=list)
    _ids: dict[Changes, int] = field(factory=dict)
    _symbols: dict[int, int] = field(factory=dict)
    _pushed: list[Symbol] = field(factory=list)
    _pushed_to: Column = field(factory=Column)
    _owner: Column = field(factory=Column)
    _slot: Column = field(factory=Column)
    _value: Column = field(factory=Column)
    _packed: int = 0
    _entries: int = 0
    _results: Array = field(factory=lambda: np.full((8, 8), -1, np.int64))

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self.forget()

    def forget(self) -> None:
        """Pack anew what was packed, after fields became wider."""
        self.values = Masks.of(self.space.values.fields.words)
        self.marks = Masks.of(self.space.marks.fields.words)
        self._packed = self._entries = 0

    def number(self, changes: Changes) -> int:
        """Give an effect's number."""
        found = self._ids.get(changes)
        if found is None:
            found = self._ids[changes] = len(self._ids)
            applied = [(slot, value) for slot, value in changes if slot != self.aside]
            for slot, value in applied:
                if value >= 0:
                    self._owner.append(found)
                    self._slot.append(slot)
                    self._value.append(self.space.number(slot, value))
            self._pack_pushes(found, [value for _, value in applied if value < 0])
        return found

    def met(self, start: int = 0) -> list[Changes]:
        """Give every effect from a number on, by number."""
        return list(self._ids)[start:] if start < len(self._ids) else []

    def _pack(self) -> None:
        """Pack the effects that were not packed yet."""
        count = len(self._ids) - self._packed
        if not count:
            return
        learns()
        owner = self._owner.view[self._entries :] - self._packed
        slots, values = self._slot.view[self._entries :], self._value.view[self._entries :]
        for masks, fields in ((self.values, self.space.values.fields), (self.marks, self.space.marks.fields)):
            keep = [np.full(count, -1, np.int64) for _ in range(fields.words)]
            put = [np.zeros(count, np.int64) for _ in range(fields.words)]
            for slot in distinct(slots).tolist():
                mine = slots == slot
                numbers = values[mine] if masks is self.values else self.space.mark_of[slot].at(values[mine])
                word, shift = fields.word[slot], fields.shift[slot]
                keep[word][owner[mine]] &= ~(fields.mask[slot] << shift)
                put[word][owner[mine]] |= numbers << shift
            for w in range(fields.words):
                masks.keep[w].extend(keep[w])
                masks.put[w].extend(put[w])
        self._packed, self._entries = len(self._ids), self._owner.size

    def _pack_pushes(self, number: int, symbols: list[int]) -> None:
        for symbol in symbols:
            if symbol not in self._symbols:
                self._symbols[symbol] = len(self._pushed)
                self._pushed.append(self.symbolic.spelled(symbol))
                self._pushed_to.append(self._pushed[-1].slot)
        while len(self.pushes) < len(symbols):
            self.pushes.append(Column())
            self.pushes[-1].extend([-1] * number)
        for k, pushes in enumerate(self.pushes):
            pushes.append(self._symbols[symbols[k]] if k < len(symbols) else -1)

    def apply(self, starts: Words, marks: Words, effects: Array) -> tuple[Words, Words]:
        """Give states and marks after effects."""
        self._pack()
        after, marked = self.values.apply(starts, effects), self.marks.apply(marks, effects)
        for pushes in self.pushes:
            chosen = pushes.at(effects)
            rows = np.flatnonzero(chosen >= 0)
            if len(rows):
                self._push(after, marked, rows, chosen.take(rows))
        return after, marked

    def _push(self, after: Words, marked: Words, rows: Array, pushes: Array) -> None:
        """Put messages behind what channels hold."""
        slots = self._pushed_to.at(pushes)
        for slot in distinct(slots).tolist():
            mine = slots == slot
            at = rows[mine]
            fields = self.space.values.fields
            old = (after[fields.word[slot]].take(at) >> fields.shift[slot]) & fields.mask[slot]
            new = self._result(slot, pushes[mine], old)
            fields.put(after, slot, at, new)
            self.space.marks.fields.put(marked, slot, at, self.space.mark_of[slot].at(new))

    def _result(self, slot: int, pushes: Array, old: Array) -> Array:
        self._room(len(self._pushed), len(self.space.values.values[slot]))
        new = read(self._results, pushes, old)
        if len(new) and int(new.min()) < 0:
            learns()
            unknown = np.flatnonzero(new < 0)
            for pair in distinct((pushes[unknown] << HALF) | old[unknown]).tolist():
                push, number = divmod(pair, 1 << HALF)
                content = self.symbolic.pushed(self._pushed[push], self.space.values.values[slot][number])
                self._results[push, number] = self.space.number(slot, content)
            self.space.check()
            new = read(self._results, pushes, old)
        return new

    def _room(self, pushes: int, contents: int) -> None:
        high, wide = self._results.shape
        if pushes > high or contents > wide:
            learns()
            grown = np.full((max(high, 2 * pushes), max(wide, 2 * contents)), -1, np.int64)
            grown[:high, :wide] = self._results
            self._results = grown
