"""The states found so far: one key each, sorted, with the number in which they were found.

Keys are compared whole. A state takes a key of 8 bytes, its number, and the number of the state it
was first reached from, of 4 each.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import define, field

from launchproof.search.vector.keys import Array, Known, empty

Small = npt.NDArray[np.int32]


@define(eq=False)
class Store:
    """Knows every state, level by level; those of the level in the making are kept apart, for speed."""

    size: int = 0
    levels: list[int] = field(factory=list)
    keys: Array = field(factory=empty)
    numbers: Small = field(factory=lambda: np.empty(0, np.int32))
    parents: Small = field(factory=lambda: np.empty(0, np.int32))
    recent: Known = field(factory=Known)
    _latest: list[Small] = field(factory=list)
    _found: Array | None = None
    _latest_level: Array | None = None

    def old(self, keys: Array) -> npt.NDArray[np.bool_]:
        """Tell which of some sorted keys are of states of levels that were ended."""
        if not len(self.keys):
            return np.zeros(len(keys), bool)
        at = np.searchsorted(self.keys, keys)
        np.minimum(at, len(self.keys) - 1, out=at)
        found: npt.NDArray[np.bool_] = self.keys.take(at) == keys
        return found

    def unknown(self, keys: Array, old: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.bool_]:
        """Tell which of some sorted keys are of states not found before; `old` is what is known of them already."""
        found: npt.NDArray[np.bool_] = ~(self.old(keys) if old is None else old) & (self.recent.find(keys) < 0)
        return found

    def add(self, keys: Array, parents: Array) -> None:
        """Add states, in the order in which they were found."""
        order = np.argsort(keys)
        self.recent.add(keys.take(order), self.size + order)
        self._latest.append(parents.astype(np.int32))
        self.size += len(keys)
        self._found = None

    def close(self) -> None:
        """End a level."""
        at = np.searchsorted(self.keys, self.recent.keys)
        keys = np.insert(self.keys, at, self.recent.keys)
        numbers = np.insert(self.numbers, at, self.recent.numbers.astype(np.int32))
        parents = np.concatenate([self.parents, *self._latest])
        self.keys, self.numbers, self.parents, self.recent, self._latest = keys, numbers, parents, Known(), []
        self._latest_level = None
        self.levels.append(self.size)

    def cut(self, size: int) -> None:
        """Forget the states that were found last."""
        kept = self.recent.numbers < size
        self.recent = Known(self.recent.keys[kept], self.recent.numbers[kept])
        parents = np.concatenate([np.empty(0, np.int32), *self._latest])
        self._latest = [parents[: size - len(self.parents)]]
        self.size = size
        self._found = None

    def rekey(self, keys: Array, recent: Array) -> None:
        """Give every state another key."""
        order, later = np.argsort(keys), np.argsort(recent)
        known = Known(recent.take(later), self.recent.numbers.take(later))
        self.keys, self.numbers, self.recent = keys.take(order), self.numbers.take(order), known
        self._found = self._latest_level = None

    def found(self) -> Array:
        """Give the keys in the order in which the states were found."""
        if self._found is None or len(self._found) != self.size:
            self._found = np.empty(self.size, np.int64)
            self._found[self.numbers] = self.keys
            self._found[self.recent.numbers] = self.recent.keys
        return self._found

    def between(self, start: int, end: int) -> Array:
        """Give the keys of some states in the order in which they were found: at once, of the last level that was ended."""
        first = self.levels[-2] if len(self.levels) > 1 else 0
        if start < first or end > len(self.keys):
            return self.found()[start:end]
        if self._latest_level is None:
            mine = np.flatnonzero(self.numbers >= first)
            self._latest_level = np.empty(len(mine), np.int64)
            self._latest_level[self.numbers.take(mine) - first] = self.keys.take(mine)
        return self._latest_level[start - first : end - first]

    def number(self, keys: Array) -> Array:
        """Give the numbers of states that are known."""
        if not len(self.keys):
            return self.recent.find(keys)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys.take(at) == keys, self.numbers.take(at), self.recent.find(keys))

    def parent(self, number: int) -> int:
        """Give the number of the state that one was first reached from; -1 for the first."""
        if number < len(self.parents):
            return int(self.parents[number])
        number -= len(self.parents)
        for some in self._latest:
            if number < len(some):
                return int(some[number])
            number -= len(some)
        raise IndexError(number)

    @property
    def bytes(self) -> int:
        """How much memory the states take."""
        return self.keys.nbytes + self.numbers.nbytes + self.parents.nbytes
