"""How a state is packed: each slot's value as a number of its own, in a field of a word.

A field is as wide as the values seen so far need. When one more does not fit, `Regrown` is raised:
whoever was at work packs anew what was packed, and begins again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import define, field

from launchproof.search.vector.keys import BITS, Array, Table
from launchproof.semantics.steps import State

Words = list[Array]
"""Packed states: for each word of a state, an array of that word in every state."""

SPARE: Final = 4
"""A field is at most so many bits wider than it must be."""


AHEAD: Final = 2
"""A field that grows where there is no room to spare in one word gets so many bits more than it must have, if no word more."""


class RegrownError(Exception):
    """A field became wider."""


@define(eq=False)
class Fields:
    """Where each slot's number stands."""

    widths: tuple[int, ...]
    word: list[int] = field(init=False)
    shift: list[int] = field(init=False)
    mask: list[int] = field(init=False)
    words: int = field(init=False)
    used: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Put one field beside the other."""
        self.word, self.shift, self.used = [], [], [0]
        for width in self.widths:
            if self.used[-1] + width > BITS:
                self.used.append(0)
            self.word.append(len(self.used) - 1)
            self.shift.append(self.used[-1])
            self.used[-1] += width
        self.mask = [(1 << width) - 1 for width in self.widths]
        self.words = len(self.used)

    def get(self, words: Words, slot: int) -> Array:
        """Read a field."""
        return (words[self.word[slot]] >> self.shift[slot]) & self.mask[slot]

    def put(self, words: Words, slot: int, at: Array, numbers: Array) -> None:
        """Write a field of some states."""
        word, shift = words[self.word[slot]], self.shift[slot]
        word[at] = (word[at] & ~(self.mask[slot] << shift)) | (numbers << shift)

    def pack(self, columns: Sequence[Array]) -> Words:
        """Pack numbers, one array per slot."""
        words = [np.zeros(len(columns[0]), np.int64) for _ in range(self.words)]
        for slot, column in enumerate(columns):
            words[self.word[slot]] |= column << self.shift[slot]
        return words

    def columns(self, words: Words) -> list[Array]:
        """Give all numbers, one array per slot."""
        return [self.get(words, slot) for slot in range(len(self.widths))]

    def over(self, slots: Sequence[int]) -> list[int]:
        """Give, for each word, the bits of some slots."""
        bits = [0] * self.words
        for slot in slots:
            bits[self.word[slot]] |= self.mask[slot] << self.shift[slot]
        return bits


@define(eq=False)
class Numbering:
    """Numbers what stands in each slot, from zero, in the order in which it is met."""

    slots: int
    numbers: list[dict[int, int]] = field(init=False)
    values: list[list[int]] = field(init=False)
    fields: Fields = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing numbered."""
        self.numbers = [{} for _ in range(self.slots)]
        self.values = [[] for _ in range(self.slots)]
        self.fields = Fields((0,) * self.slots)

    def number(self, slot: int, value: int) -> int:
        """Give a value's number in a slot, a new one at first sight."""
        found = self.numbers[slot].get(value)
        if found is None:
            found = self.numbers[slot][value] = len(self.values[slot])
            self.values[slot].append(value)
        return found

    @property
    def overflown(self) -> bool:
        """Whether some slot has more values than its field has room for."""
        return any(len(v) - 1 > m for v, m in zip(self.values, self.fields.mask, strict=True))

    def regrow(self) -> None:
        """Make the fields as wide as they must be, with room for some more; where a word has none, those that grow get some."""
        needed = [max(0, len(v) - 1).bit_length() for v in self.values]
        spare = max(0, BITS - sum(needed)) // max(1, sum(n > 0 for n in needed))
        if spare:
            self.fields = Fields(tuple(n + min(n, spare, SPARE) for n in needed))
        else:
            least = Fields(tuple(needed)).words
            self.fields = next(wide for ahead in range(AHEAD, -1, -1) if (wide := self._wider(needed, ahead)).words <= least)

    def _wider(self, needed: Sequence[int], ahead: int) -> Fields:
        """Give fields that are as wide as they were; one that must grow becomes so many bits wider than that."""
        old = self.fields.widths if ahead else needed
        return Fields(tuple(n + min(n, ahead) if n > width else width for n, width in zip(needed, old, strict=True)))

    def packed(self, states: Sequence[State]) -> Words:
        """Pack some states; a value that was never met makes a field grow."""
        rows = [[self.number(slot, value) for slot, value in enumerate(state)] for state in states]
        if self.overflown:
            raise RegrownError
        return self.fields.pack(list(np.array(rows, np.int64).reshape(len(rows), self.slots).T))

    def states(self, words: Words) -> list[State]:
        """Give packed states as the semantics has them."""
        columns = [[self.values[s][n] for n in column.tolist()] for s, column in enumerate(self.fields.columns(words))]
        return list(zip(*columns, strict=True))


def repacked(words: Words, old: Fields, new: Fields) -> Words:
    """Pack states anew, after fields became wider."""
    return new.pack(old.columns(words))


def rekeyed(known: Table, old: Fields, new: Fields) -> Table:
    """Keep a table whose keys are fields of states of one word; another is begun anew."""
    if old.words > 1 or new.words > 1:
        return Table()
    return known.rekeyed(lambda keys: repacked([keys], old, new)[0])
