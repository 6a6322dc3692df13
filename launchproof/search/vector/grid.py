"""Numbers by row and column: every place has its own while there are few, and only the taken ones have once there are many."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import define, field

from launchproof.search.vector.keys import HALF, Array, Table, read
from launchproof.search.vector.reading import learns

MOST: Final = 1 << 22
"""With more places than this, those that are taken are scattered over a table: most never will be."""


@define(eq=False)
class Grid:
    """A number for each pair of a row and a column; -1 where there is none."""

    most: int = MOST
    _places: Array | None = field(factory=lambda: np.full((8, 8), -1, np.int64))
    _taken: Table = field(factory=Table)

    def room(self, rows: int, columns: int) -> None:
        """Have so many rows and columns at least."""
        if self._places is None:
            return
        high, wide = self._places.shape
        if rows > high or columns > wide:
            learns()
            high, wide = max(high, 2 * rows), max(wide, 2 * columns)
            if high * wide > self.most:
                self._scatter(self._places)
            else:
                grown = np.full((high, wide), -1, np.int64)
                grown[: self._places.shape[0], : self._places.shape[1]] = self._places
                self._places = grown

    def _scatter(self, places: Array) -> None:
        pairs = np.argwhere(places >= 0)
        self._places = None
        self.add(pairs, places[pairs[:, 0], pairs[:, 1]])

    def find(self, rows: Array, columns: Array) -> Array:
        """Give the numbers of pairs for which there is room."""
        if self._places is None:
            return self._taken.find((rows << HALF) | columns)
        return read(self._places, rows, columns)

    def add(self, pairs: Array, numbers: Array) -> None:
        """Enter distinct pairs that have no number yet."""
        if self._places is None:
            self._taken.add((pairs[:, 0] << HALF) | pairs[:, 1], numbers)
        else:
            self._places[pairs[:, 0], pairs[:, 1]] = numbers
