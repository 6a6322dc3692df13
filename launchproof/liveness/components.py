"""The strongly connected components of a graph, by arrays.

Every node takes the highest number among those from which there is a way to it, and then, among
nodes of one such number, the highest to which there is a way from it. Where the two agree, the node
lies on a loop with that highest one; so these are a component. Nodes that differ in either are in
different components, so the edges between them go, and the rest is asked again.

Numbers spread by edges, and by leaps: whoever has a way to the highest node known so far has a way on
from there, and so has some node before, twice as far in each round. So long ways take few rounds,
where the nodes are numbered as a search finds them. Where few nodes changed in a round, most of the next ones
go by the edges of these alone.
"""

from __future__ import annotations

from itertools import count
from typing import Final

import numpy as np

from launchproof.liveness.graph import Ints

FEW: Final = 8
"""Where less than one in so many nodes changed in a round, the next round goes by their edges alone."""

OFTEN: Final = 16
"""One in so many rounds goes by all edges all the same, and leaps."""


def components(size: int, source: Ints, target: Ints) -> Ints:
    """Give each node the number of its component, from zero; the edges come in the order of their sources."""
    highest = np.arange(size)
    source, target = between(source, target)
    while len(source):
        order = np.argsort(target.astype(np.min_scalar_type(size)), kind="stable")
        before = spread_highest(size, source.take(order), target.take(order))
        together = before.take(source) == before.take(target)
        source, target = source.compress(together), target.compress(together)
        after = spread_highest(size, target, source)
        whole = after == before
        ends = whole.take(source), whole.take(target)
        found = source.compress(ends[0] & ends[1])
        highest[found] = before.take(found)
        left = ~(ends[0] | ends[1]) & (after.take(source) == after.take(target))
        source, target = source.compress(left), target.compress(left)
    return (np.cumsum(highest == np.arange(size)) - 1).take(highest)


def between(source: Ints, target: Ints) -> tuple[Ints, Ints]:
    """Leave out loops of one edge, and edges that repeat the one before them."""
    new = source != target
    new[1:] &= (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    return source.compress(new), target.compress(new)


def spread_highest(size: int, source: Ints, target: Ints) -> Ints:
    """Give each node the highest number of a node with a way to it, or its own; the edges come in the order of their targets."""
    highest, before = np.arange(size), np.arange(size)
    if not len(target):
        return highest
    first = np.flatnonzero(np.concatenate(([True], target[1:] != target[:-1])))
    nodes = changed = target.take(first)
    before[nodes] = source.take(first)
    for rounds in count():
        if not len(changed):
            break
        if FEW * len(changed) < len(nodes) and rounds % OFTEN:
            changed = along(highest, changed, source, target)
            continue
        known = highest.take(nodes)
        found = np.maximum(known, np.maximum.reduceat(highest.take(source), first))
        found = np.maximum(found, highest.take(before.take(nodes)))
        highest[nodes] = found = highest.take(found)
        changed = nodes.compress(found != known)
        before = before.take(before)
    return highest


def along(highest: Ints, changed: Ints, source: Ints, target: Ints) -> Ints:
    """Spread the numbers of some nodes by their edges; give the nodes that take a higher one."""
    mine = np.zeros(len(highest), dtype=np.bool_)
    mine[changed] = True
    edges = np.flatnonzero(mine.take(source))
    nodes, found = target.take(edges), highest.take(source.take(edges))
    higher = found > highest.take(nodes)
    nodes, found = nodes.compress(higher), highest.take(found.compress(higher))
    np.maximum.at(highest, nodes, found)
    return nodes
