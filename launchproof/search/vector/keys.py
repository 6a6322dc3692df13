"""Arrays of integers as keys: looked up, numbered, and joined, always by exact comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import define, field

from launchproof.liveness.graph import distinct
from launchproof.search.vector.reading import learns

Array = npt.NDArray[np.int64]

BITS: Final = 62
"""A key is a non-negative 64-bit integer; one bit is left in reserve."""

HALF: Final = 31
"""Two dense numbers make one key."""


def empty() -> Array:
    """Give an array of nothing."""
    return np.empty(0, np.int64)


@define(eq=False)
class Column:
    """An array that grows at its end."""

    buffer: Array = field(factory=lambda: np.zeros(64, np.int64))
    size: int = 0

    def append(self, item: int) -> None:
        """Put an item at the end."""
        if self.size == len(self.buffer):
            self._room(self.size + 1)
        self.buffer[self.size] = item
        self.size += 1

    def extend(self, items: Sequence[int] | Array) -> None:
        """Put some items at the end."""
        wanted = self.size + len(items)
        self._room(wanted)
        self.buffer[self.size : wanted] = items
        self.size = wanted

    def _room(self, wanted: int) -> None:
        if wanted > len(self.buffer):
            grown = np.zeros(max(wanted, 2 * len(self.buffer)), np.int64)
            grown[: self.size] = self.buffer[: self.size]
            self.buffer = grown

    @property
    def view(self) -> Array:
        """The items."""
        return self.buffer[: self.size]

    def at(self, places: Array) -> Array:
        """Give the items at some places; to take them is done sooner than to index by an array."""
        return self.view.take(places)


@define(eq=False)
class Known:
    """A table from keys to numbers, sorted by the keys."""

    keys: Array = field(factory=empty)
    numbers: Array = field(factory=empty)

    def find(self, keys: Array) -> Array:
        """Give the number of each key, -1 where there is none."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self.keys, keys)
        np.minimum(at, len(self.keys) - 1, out=at)
        return np.where(self.keys.take(at) == keys, self.numbers.take(at), -1)

    def add(self, keys: Array, numbers: Array) -> None:
        """Add keys that are not there yet, sorted, with their numbers."""
        at = np.searchsorted(self.keys, keys)
        self.keys = np.insert(self.keys, at, keys)
        self.numbers = np.insert(self.numbers, at, numbers)


MIXER: Final = np.uint64(0x9E3779B97F4A7C15)
"""Scatters keys over a table: 2 ** 64 divided by the golden ratio."""

FREE: Final = -1


@define(eq=False)
class Table:
    """A table from keys to numbers, scattered; a key that is found was compared whole."""

    size: int = 0
    bits: int = 6
    keys: Array = field(factory=lambda: np.full(64, FREE, np.int64))
    numbers: Array = field(factory=lambda: np.full(64, -1, np.int64))

    def find(self, keys: Array) -> Array:
        """Give the number of each key, -1 where there is none."""
        at = self._home(keys)
        found = self.numbers.take(at)
        left = np.flatnonzero(self.keys.take(at) != keys)
        at = at.take(left)
        while len(left):
            taken = self.keys.take(at) != FREE
            found[left.compress(~taken)] = -1
            left, at = left.compress(taken), (at.compress(taken) + 1) & (len(self.keys) - 1)
            found[left] = self.numbers.take(at)
            other = self.keys.take(at) != keys.take(left)
            left, at = left.compress(other), at.compress(other)
        return found

    def add(self, keys: Array, numbers: Array) -> None:
        """Add distinct keys that are not there yet, with their numbers."""
        if 4 * (self.size + len(keys)) > len(self.keys):
            taken = self.keys != FREE
            keys = np.concatenate([self.keys[taken], keys])
            numbers = np.concatenate([self.numbers[taken], numbers])
            self.bits, self.size = (8 * len(keys)).bit_length(), 0
            self.keys, self.numbers = np.full(1 << self.bits, FREE, np.int64), np.full(1 << self.bits, -1, np.int64)
        self.size += len(keys)
        at = self._home(keys)
        while len(keys):
            free = self.keys[at] == FREE
            self.keys[at[free]] = keys[free]
            mine = self.keys[at] == keys  # where two wanted the same place, one of them got it
            self.numbers[at[mine]] = numbers[mine]
            keys, numbers, at = keys[~mine], numbers[~mine], (at[~mine] + 1) & (len(self.keys) - 1)

    def _home(self, keys: Array) -> Array:
        return ((keys.view(np.uint64) * MIXER) >> np.uint64(64 - self.bits)).view(np.int64)

    def rekeyed(self, anew: Callable[[Array], Array]) -> Table:
        """Give the same numbers under other keys."""
        taken = self.keys != FREE
        found = Table()
        found.add(anew(self.keys[taken]), self.numbers[taken])
        return found


@define(eq=False)
class Direct:
    """A table from small keys to numbers, in which each key has a place of its own."""

    _numbers: Column = field(factory=Column)

    def find(self, keys: Array) -> Array:
        """Give the number of each key, -1 where there is none."""
        missing = int(keys.max(initial=-1)) + 1 - self._numbers.size
        if missing > 0:
            self._numbers.extend([-1] * missing)
        return self._numbers.at(keys)

    def add(self, keys: Array, numbers: Array) -> None:
        """Add keys that were looked up before, with their numbers."""
        self._numbers.view[keys] = numbers


@define(eq=False)
class Dense:
    """Numbers keys from zero in the order in which they come."""

    known: Table = field(factory=Table)
    values: Column = field(factory=Column)

    def numbers(self, keys: Array) -> Array:
        """Give each key's number, a new one at first sight."""
        found = self.known.find(keys)
        unknown = found < 0
        if unknown.any():
            learns()
            new = distinct(keys.compress(unknown))
            self.known.add(new, np.arange(self.values.size, self.values.size + len(new)))
            self.values.extend(new)
            found = self.known.find(keys)
        return found


@define(eq=False)
class Joint:
    """Makes one key of several, so that two are equal only where all of them are.

    A single key is its own; of more, each is numbered, and so are the pairs of all but the first: that one and what
    comes of the others make the key, so that whole keys are in no table.
    """

    _dense: list[Dense] = field(factory=list)

    def join(self, columns: Sequence[Array]) -> Array:
        """Make the keys."""
        joined = columns[-1]
        for i, column in enumerate(reversed(columns[:-1])):
            if len(self._dense) < 2 * i + 2:
                self._dense += [Dense(), Dense()]
            joined = (self._dense[2 * i].numbers(column) << HALF) | self._dense[2 * i + 1].numbers(joined)
        return joined

    def split(self, keys: Array, count: int) -> list[Array]:
        """Give the keys that were joined."""
        found: list[Array] = []
        for i in reversed(range(count - 1)):
            found.append(self._dense[2 * i].values.at(keys >> HALF))
            keys = self._dense[2 * i + 1].values.at(keys & ((1 << HALF) - 1))
        return [*found, keys]


def read(table: Array, rows: Array, columns: Array) -> Array:
    """Read a table of two dimensions at pairs of a row and a column, which is done sooner than to index it by them."""
    found: Array = table.ravel().take(rows * table.shape[1] + columns)
    return found


def firsts(keys: Array) -> tuple[Array, Array]:
    """Give the distinct keys, sorted, and where each stands first."""
    if not len(keys):
        return keys, keys
    order = np.argsort(keys)
    ordered = keys.take(order)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered.take(starts), np.minimum.reduceat(order, starts)


def spread(counts: Array) -> tuple[Array, Array]:
    """Take items with several parts each apart: whose part each is, and which part of it."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - (np.cumsum(counts) - counts).take(owner)


def places(begin: Column, count: Column, rows: Array) -> tuple[Array, Array]:
    """Give the place of every item of some rows, whose items stand side by side: which of the rows it is of, and its place."""
    owner, part = spread(count.at(rows))
    return owner, begin.at(rows).take(owner) + part
