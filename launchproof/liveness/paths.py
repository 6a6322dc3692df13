"""Shortest ways: level by level, and the first edge in order where there are several."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from launchproof.liveness.graph import Flags, Graph, Ints, Marks

UNREACHED: Final = int(np.iinfo(np.int64).max)
NO_EDGE: Final = -1
START: Final = "from the start"


@frozen(eq=False)
class Ways:
    """A shortest way to each node: its length, and the edge that comes last (`NO_EDGE`: it begins there)."""

    length: Ints
    last: Ints


@frozen(eq=False)
class Promises:
    """A shortest way to each node on which something was promised and not kept yet.

    `ways` go on from where the promise was made: at a node where they begin, by its edge of
    `made_by`, or (`NO_EDGE`) by the node itself. `before` are the ways to there.
    """

    ways: Ways
    made_by: Ints
    before: Ways

    @property
    def open(self) -> Flags:
        """The nodes at which something promised may be outstanding."""
        return self.ways.length < UNREACHED


def from_start(graph: Graph) -> Ways:
    """Find a shortest way from the start to each node; of one graph it is found once."""
    if START in graph.remembered:
        found: Ways = graph.remembered[START]
        return found
    begin = np.full(graph.size, UNREACHED, dtype=np.int64)
    begin[0] = 0
    every = Marks(np.ones(graph.size, dtype=np.bool_), np.ones(len(graph.source), dtype=np.bool_))
    graph.remembered[START] = found = spread(graph, begin, every.edges, every.nodes)
    return found


def spread(graph: Graph, begin: Ints, edges: Flags, nodes: Flags) -> Ways:
    """Find shortest ways by some edges and nodes only; a way may begin at any node, at the length given for it."""
    length = np.full(graph.size, UNREACHED, dtype=np.int64)
    last = np.full(graph.size, NO_EDGE, dtype=np.int64)
    waiting = np.flatnonzero(nodes & (begin < UNREACHED))
    waiting = waiting.take(np.argsort(begin.take(waiting), kind="stable"))
    due = begin.take(waiting)
    frontier = waiting[:0]
    position, depth = 0, 0
    while position < len(waiting) or len(frontier):
        if not len(frontier):
            depth = int(due[position])
        end = int(np.searchsorted(due, depth, side="right"))
        fresh = waiting[position:end]
        fresh = fresh.compress(length.take(fresh) == UNREACHED)
        length[fresh] = depth
        position = end
        if len(fresh):
            frontier = np.sort(np.concatenate((frontier, fresh)))
        frontier = grow(graph, frontier, edges, nodes, Ways(length, last), depth + 1)
        depth += 1
    return Ways(length, last)


def grow(graph: Graph, frontier: Ints, edges: Flags, nodes: Flags, ways: Ways, depth: int) -> Ints:  # noqa: PLR0913, PLR0917 - one level
    """Reach what one more edge leads to; give the nodes that were not reached before."""
    taken = graph.edges_of(frontier)
    taken = taken.compress(edges.take(taken))
    reached = graph.target.take(taken)
    new = nodes.take(reached) & (ways.length.take(reached) == UNREACHED)
    reached, taken = reached.compress(new), taken.compress(new)
    ways.length[reached] = depth
    ways.last[reached[::-1]] = taken[::-1]  # of several, the first is written last
    return np.sort(reached.compress(ways.last.take(reached) == taken))


def follow(graph: Graph, ways: Ways, node: int) -> list[int]:
    """Give the edges of the way to a node."""
    found = []
    while ways.last[node] != NO_EDGE:
        found.append(int(ways.last[node]))
        node = int(graph.source[found[-1]])
    return found[::-1]


def promises(graph: Graph, made: Marks, kept: Marks) -> Promises:
    """Find where a promise that is `made` may be outstanding: until a node or an edge by which it is `kept`."""
    before = from_start(graph)
    begin = np.where(made.nodes, before.length, UNREACHED)
    made_by = np.full(graph.size, NO_EDGE, dtype=np.int64)
    edges = np.flatnonzero(made.edges & ~kept.edges & (before.length < UNREACHED).take(graph.source))
    edges = edges.take(np.argsort(before.length.take(graph.source.take(edges)), kind="stable"))
    nodes, where = np.unique(graph.target.take(edges), return_index=True)
    lengths = before.length.take(graph.source.take(edges.take(where))) + 1
    sooner = lengths < begin[nodes]
    begin[nodes[sooner]] = lengths[sooner]
    made_by[nodes[sooner]] = edges[where[sooner]]
    return Promises(spread(graph, begin, ~kept.edges, ~kept.nodes), made_by, before)


def way_under(graph: Graph, found: Promises, node: int) -> tuple[list[int], int]:
    """Give the edges of the way to a node, and how many of them come before the promise is outstanding."""
    after = follow(graph, found.ways, node)
    begun = int(graph.source[after[0]]) if after else node
    edge = int(found.made_by[begun])
    before = (
        follow(graph, found.before, begun) if edge == NO_EDGE else [*follow(graph, found.before, int(graph.source[edge])), edge]
    )
    return [*before, *after], len(before)
