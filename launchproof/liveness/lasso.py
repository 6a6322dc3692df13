"""The shortest way into a fair part and once around in it, so that going around for ever is fair.

The way around is searched among nodes together with what is still owed on it: weak groups that were
enabled in every node so far and never taken, strong groups that were enabled somewhere and never
taken, and (where one is wanted) a wanted node or edge. Of several that are equally short the first
is given. Beyond `EFFORT` the best one so far is: as fair, but maybe not the shortest.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from attrs import define, field, frozen

from launchproof.liveness.fair import FairParts
from launchproof.liveness.graph import Graph, Ints, Marks, distinct, from_bits, spans
from launchproof.liveness.paths import UNREACHED

EFFORT: Final = 400_000
"""So many edges are looked at for the shortest lasso."""

BULK: Final = 50
"""Edges that are looked at together count less by this factor."""


@frozen
class Lasso:
    """Where a run enters its loop, and the edges of the loop (none: it stays there)."""

    node: int
    loop: tuple[int, ...]


class Place(NamedTuple):
    """A node, and in bits what a loop owes when it gets there.

    `unmet` is what has to be met still, `seen` the strong groups that were enabled, `taken` those of
    them that were taken.
    """

    node: int
    unmet: int
    seen: int
    taken: int

    @property
    def pending(self) -> int:
        """What is owed: nothing where the loop may close."""
        return self.unmet | self.seen & ~self.taken


CLOSED: Final = -1
"""The node of the place at which a loop is closed."""


@define(eq=False)
class Loops:
    """Searches fair parts for loops."""

    graph: Graph
    parts: FairParts
    wanted: Marks | None = None
    effort: int = EFFORT
    _first: Ints = field(init=False)
    _edges: Ints = field(init=False)
    _back_first: Ints = field(init=False)
    _back_edges: Ints = field(init=False)
    _enabled: dict[int, tuple[int, int]] = field(factory=dict)
    _belongs: list[tuple[int, int]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Sort the edges inside of parts by their source, and by their target."""
        graph = self.graph
        self._edges = np.flatnonzero(self.parts.edges)
        self._first = np.searchsorted(graph.source[self._edges], np.arange(graph.size + 1))
        self._back_edges = self._edges[np.argsort(graph.target[self._edges], kind="stable")]
        self._back_first = np.searchsorted(graph.target[self._back_edges], np.arange(graph.size + 1))
        self._belongs = [self._bits(graph.belongs[:, label]) for label in range(len(graph.groups))]

    def shortest(self, distance: Ints) -> Lasso | None:
        """Find the shortest lasso, where each node can be entered after a distance."""
        inside = np.flatnonzero(self.parts.nodes & (distance < UNREACHED))
        if not len(inside):
            return None
        inside = inside[np.argsort(distance[inside], kind="stable")]
        best = self._resting(inside)
        length = int(distance[best.node]) if best else UNREACHED
        if best is None:
            node = int(inside[0])
            best = Lasso(node, tuple(self._greedy(node)))
            length = int(distance[node]) + len(best.loop)
        for node in inside.tolist():
            room = length - int(distance[node]) - 1
            if room < 1 or self.effort <= 0:
                break
            loop = self._around(node, room)
            if loop is not None:
                best, length = Lasso(node, tuple(loop)), int(distance[node]) + len(loop)
        return best

    def _resting(self, inside: Ints) -> Lasso | None:
        """Find the first node in which a run may stay for ever."""
        rests = self.graph.rests[inside]
        if self.wanted is not None:
            rests &= self.wanted.nodes[inside]
        found = np.flatnonzero(rests)
        return Lasso(int(inside[found[0]]), ()) if len(found) else None

    # -- what is owed --------------------------------------------------------------------------------

    def _bits(self, words: Ints) -> tuple[int, int]:
        """Part the bits of weak groups from those of strong ones."""
        bits, weakly = from_bits(words), (1 << len(self.graph.weak)) - 1
        return bits & weakly, bits & ~weakly

    @property
    def _want(self) -> int:
        """The bit of what is wanted."""
        return 1 << len(self.graph.fair)

    def _enabled_in(self, node: int) -> tuple[int, int]:
        found = self._enabled.get(node)
        if found is None:
            found = self._enabled[node] = self._bits(self.graph.enabled[:, node])
        return found

    def _at(self, node: int) -> Place:
        """Tell what a loop that begins at a node owes there."""
        weak, strong = self._enabled_in(node)
        wants = self.wanted is not None and not self.wanted.nodes[node]
        return Place(node, weak | (self._want if wants else 0), strong, 0)

    def _after(self, here: Place, edge: int, node: int) -> Place:
        """Tell what is owed after an edge, at the node it leads to."""
        weak_taken, strong_taken = self._belongs[int(self.graph.label[edge])]
        weak, strong = self._enabled_in(node)
        unmet = here.unmet & (weak | self._want) & ~weak_taken
        if unmet & self._want and self.wanted is not None and (self.wanted.nodes[node] or self.wanted.edges[edge]):
            unmet &= ~self._want
        return Place(node, unmet, here.seen | strong, here.taken | strong_taken)

    # -- going around --------------------------------------------------------------------------------

    def _edges_of(self, node: int) -> Iterator[tuple[int, int]]:
        """Give a node's edges inside of its part, each with the node it leads to."""
        edges = self._edges[self._first[node] : self._first[node + 1]]
        self.effort -= len(edges)
        return zip(edges.tolist(), self.graph.target[edges].tolist(), strict=True)

    def _around(self, start: int, room: int) -> list[int] | None:
        """Find a shortest loop of at most `room` edges, or None (also when the effort is spent)."""
        back = self._back(start, room)
        tie = count()
        came: dict[Place, Arrival | None] = {}
        queue: list[tuple[int, int, int, Place, Arrival | None]] = [(0, 0, next(tie), self._at(start), None)]
        while queue and self.effort > 0:
            _, minus, _, here, arrival = heapq.heappop(queue)
            if here.node == CLOSED:
                return unwound(came, arrival)
            if here in came:
                continue
            came[here] = arrival
            for edge, node in self._edges_of(here.node):
                if node not in back or 1 - minus + back[node] > room:
                    continue
                there = self._after(here, edge, node)
                if node == start and not there.pending:
                    there = there._replace(node=CLOSED)
                if there not in came:
                    heapq.heappush(queue, (1 - minus + back[node], minus - 1, next(tie), there, (here, edge)))
        return None

    def _back(self, start: int, room: int) -> dict[int, int]:
        """Tell how far it is back to a node, from where it is less than `room` edges."""
        found = {start: 0}
        seen = np.zeros(self.graph.size, dtype=np.bool_)
        seen[start] = True
        frontier = np.array([start], dtype=np.int64)
        for depth in range(1, room):
            edges = self._back_edges[spans(self._back_first[frontier], self._back_first[frontier + 1])]
            frontier = distinct(self.graph.source[edges])
            frontier = frontier[~seen[frontier]]
            self.effort -= (len(edges) + len(frontier)) // BULK + 1
            if not len(frontier):
                break
            seen[frontier] = True
            found.update(dict.fromkeys(frontier.tolist(), depth))
        return found

    def _greedy(self, start: int) -> list[int]:
        """Find some loop: to the nearest thing owed, again and again, and back."""
        loop: list[int] = []
        here = self._at(start)
        while here.pending or here.node != start:
            for edge in self._to_nearest(here, start):
                loop.append(edge)
                here = self._after(here, edge, int(self.graph.target[edge]))
        return loop

    def _to_nearest(self, here: Place, start: int) -> list[int]:
        """Find a shortest way to something that is owed, or back where nothing is."""
        came: dict[int, int] = {}
        frontier = [here.node]
        while frontier:
            reached = []
            for node in frontier:
                for edge, target in self._edges_of(node):
                    if self._meets(here, edge, target) if here.pending else target == start:
                        return [*traced(self.graph, came, here.node, node), edge]
                    if target != here.node and target not in came:
                        came[target] = edge
                        reached.append(target)
            frontier = reached
        raise AssertionError("a fair part has no edge by which something owed in it is met")

    def _meets(self, here: Place, edge: int, node: int) -> bool:
        """Whether an edge, or the node it leads to, meets something that is owed."""
        there = self._after(here, edge, node)
        return there.unmet != here.unmet or bool(here.pending & there.taken & ~here.taken)


Arrival = tuple[Place, int]
"""The place before, and the edge that leads from there."""


def unwound(came: Mapping[Place, Arrival | None], arrival: Arrival | None) -> list[int]:
    """Give the edges by which a place was come to."""
    found = []
    while arrival is not None:
        found.append(arrival[1])
        arrival = came[arrival[0]]
    return found[::-1]


def traced(graph: Graph, came: Mapping[int, int], start: int, node: int) -> list[int]:
    """Give the edges by which a node was come to from another."""
    found = []
    while node != start:
        found.append(came[node])
        node = int(graph.source[found[-1]])
    return found[::-1]


def is_fair(graph: Graph, node: int, loop: Sequence[int]) -> bool:
    """Whether it is fair to go around for ever: checked edge by edge, as the definition says it."""
    here, visited, taken = node, {node}, set[int]()
    for edge in loop:
        if int(graph.source[edge]) != here:
            return False
        here = int(graph.target[edge])
        visited.add(here)
        taken.update(graph.groups[int(graph.label[edge])])
    if here != node:
        return False
    enabled = [enabled_groups(graph, n) for n in visited]
    weak = all(g in taken or any(g not in found for found in enabled) for g in graph.weak)
    return weak and all(g in taken or all(g not in found for found in enabled) for g in graph.strong)


def enabled_groups(graph: Graph, node: int) -> set[int]:
    """Give the groups that are enabled in a node."""
    edges = range(int(graph.first[node]), int(graph.first[node + 1]))
    return {group for edge in edges for group in graph.groups[int(graph.label[edge])]}
