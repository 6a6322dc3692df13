"""Strongly connected components by arrays, against networkx."""

from __future__ import annotations

from random import Random

import networkx as nx
import numpy as np
import pytest

from launchproof.liveness.components import components


def parts(size: int, edges: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Give the components as sets of nodes, once it is sure that they are numbered from zero without a gap."""
    source, target = np.array(sorted(edges), dtype=np.int64).reshape(len(edges), 2).T.copy()
    found = components(size, source, target)
    assert sorted(set(found.tolist())) == list(range(int(found.max(initial=-1)) + 1))
    return {frozenset(np.flatnonzero(found == number).tolist()) for number in set(found.tolist())}


def expected(size: int, edges: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Give what networkx finds."""
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(size))
    return {frozenset(some) for some in nx.strongly_connected_components(graph)}


@pytest.mark.parametrize("seed", range(200))
def test_components_are_those_that_networkx_finds(seed: int) -> None:
    """Of random graphs, sparse and dense, with loops of one edge, and edges that come more than once."""
    random = Random(seed)
    size = random.randint(1, 60)
    edges = [(random.randrange(size), random.randrange(size)) for _ in range(random.randint(0, random.choice((1, 2, 4)) * size))]
    edges += random.choices(edges, k=len(edges) // 3)
    assert parts(size, edges) == expected(size, edges)


@pytest.mark.parametrize("size", [2, 300, 70_000])
def test_a_ring_is_one_component_and_a_path_is_none(size: int) -> None:
    """However long, and whichever way its numbers run."""
    here, there = np.arange(size - 1), np.arange(1, size)
    assert len(set(components(size, here, there).tolist())) == size
    assert len(set(components(size, there, here).tolist())) == size
    assert set(components(size, np.arange(size), np.append(there, 0)).tolist()) == {0}
    assert set(components(size, np.append(0, there), np.append(size - 1, here)).tolist()) == {0}


def test_rings_in_a_row_are_told_apart() -> None:
    """Where there is a way from each to the next one only."""
    rings = [[(3 * n, 3 * n + 1), (3 * n + 1, 3 * n + 2), (3 * n + 2, 3 * n)] for n in range(40)]
    bridges = [(3 * n, 3 * n + 3) for n in range(39)]
    backwards = [(b, a) for a, b in bridges]
    for between in (bridges, backwards):
        edges = [*(edge for ring in rings for edge in ring), *between]
        assert parts(120, edges) == {frozenset(range(3 * n, 3 * n + 3)) for n in range(40)}


def test_a_long_ring_is_found_beside_many_short_ones() -> None:
    """Where hardly any node changes from one round to the next, and those that do for a long time."""
    random, size, pairs = Random(1), 1_000, 20_000
    ring = random.sample(range(size), size)
    edges = [*zip(ring, [*ring[1:], ring[0]], strict=True)]
    edges += [edge for a in range(size, size + 2 * pairs, 2) for edge in ((a, a + 1), (a + 1, a))]
    found = parts(size + 2 * pairs, edges)
    assert frozenset(range(size)) in found
    assert len(found) == 1 + pairs
