"""Several numbers as one key: the same one only for the same numbers, and no table of all that there are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from launchproof.search.vector.keys import Joint


@pytest.mark.parametrize("columns", [1, 2, 3, 5])
def test_keys_are_distinct_and_come_apart_again(columns: int) -> None:
    """Rows have the same key if and only if they are the same, whatever was joined before, and keys give the rows back."""
    rows = np.array(list(product((0, 7, 1 << 61), repeat=columns)), np.int64)
    joint = Joint()
    first = joint.join(list(rows[::2].T))
    keys = joint.join(list(rows.T))
    assert len(set(keys.tolist())) == len(rows)
    assert keys[::2].tolist() == first.tolist()
    assert int(keys.min()) >= 0
    assert np.stack(joint.split(keys, columns), 1).tolist() == rows.tolist()


def test_a_table_has_the_pairs_of_all_columns_but_the_first_at_most() -> None:
    """Of a million rows with few numbers in each column but the first, tables have what stands in columns, and a few pairs."""
    count = 1 << 20
    first, second, third = np.arange(count) >> 5, np.arange(count) >> 2 & 3, np.arange(count) & 3
    joint = Joint()
    joint.join([first, second, third])
    sizes = [dense.values.size for dense in joint._dense]
    assert sizes == [4, 4, count >> 5, 16]
