"""Numbers by row and column: the same ones, whether every place has its own or only those that are taken."""

from __future__ import annotations

import random

import numpy as np
import pytest

from launchproof.search.vector.grid import Grid
from launchproof.search.vector.reading import UnlearnedError, reading


@pytest.mark.parametrize("most", [0, 64, 300, 1 << 22])
@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_found_as_in_a_dictionary(most: int, seed: int) -> None:
    """A grid that grows answers as a dictionary of pairs does, also when it is scattered on the way."""
    dice = random.Random(seed)
    grid, known = Grid(most), dict[tuple[int, int], int]()
    rows = columns = 1
    for _ in range(60):
        rows, columns = rows + dice.randrange(4), columns + dice.randrange(6)
        grid.room(rows, columns)
        asked = [(dice.randrange(rows), dice.randrange(columns)) for _ in range(20)]
        found = grid.find(*(np.array(side, np.int64) for side in zip(*asked, strict=True)))
        assert found.tolist() == [known.get(pair, -1) for pair in asked]
        new = sorted({pair for pair in asked if pair not in known})
        known |= {pair: dice.randrange(1000) for pair in new}
        grid.add(np.array(new, np.int64).reshape(len(new), 2), np.array([known[pair] for pair in new], np.int64))


def test_a_scattered_grid_takes_the_room_of_what_is_taken() -> None:
    """Of a million rows and columns, a few numbers need little memory, and nothing grows when more room is asked for."""
    grid = Grid()
    grid.add(np.array([[1, 2]]), np.array([7]))
    grid.room(1 << 20, 1 << 20)
    grid.add(np.array([[(1 << 20) - 1, 5]]), np.array([8]))
    grid.room(1 << 30, 1 << 30)
    pairs = np.array([1, (1 << 20) - 1, 3]), np.array([2, 5, 3])
    assert grid.find(*pairs).tolist() == [7, 8, -1]


def test_who_only_reads_makes_no_room() -> None:
    """In a thread that only reads, a grid does not grow."""
    with reading(), pytest.raises(UnlearnedError):
        Grid().room(100, 100)
