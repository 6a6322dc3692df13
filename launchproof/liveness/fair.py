"""The parts of a graph in which a fair run can stay for ever.

What a run visits infinitely often is strongly connected. Whatever is strongly connected fails

- as a whole, if some weak group is enabled in all of its nodes and no edge inside belongs to it;
- in the nodes in which some strong group is enabled to which no edge inside belongs.

So those nodes go, and what is left is taken apart anew, until nothing goes (after Emerson and Lei,
"Modalities for model checking", 1987). In what remains, a run that takes every edge for ever is fair;
and what a fair run visits infinitely often is never taken away.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from launchproof.liveness.components import components
from launchproof.liveness.graph import Flags, Graph, Ints, Marks

NOWHERE = -1

MANY = 4
"""Where more than one in so many nodes lives, all edges are looked at, and not those of each."""


@frozen(eq=False)
class FairParts:
    """For each node the number of the part that it is in (or `NOWHERE`), and the edges inside of parts."""

    part: Ints
    edges: Flags

    @property
    def nodes(self) -> Flags:
        """The nodes in which a fair run can be again and again."""
        return np.not_equal(self.part, NOWHERE)


def fair_parts(graph: Graph, nodes: Flags, edges: Flags) -> FairParts:
    """Find the parts in which a fair run can stay, on some nodes and edges only.

    What fails where several parts are taken for one fails in each of them: so nothing is taken apart before it must be.
    """
    alive = np.flatnonzero(nodes)
    inside = edges_among(graph, alive, nodes, edges)
    number = np.full(graph.size, NOWHERE, dtype=np.int64)
    number[alive] = 0
    apart = False
    while len(alive):
        failing = fails(graph, alive, number, inside)
        if failing.any():
            number[alive.compress(failing)] = NOWHERE
            left = number != NOWHERE
            inside = inside.compress(left.take(graph.source.take(inside)) & left.take(graph.target.take(inside)))
            alive = alive.compress(~failing)
            apart = False
        elif apart:
            break
        else:
            number[alive] = np.arange(len(alive))
            number[alive] = components(len(alive), number.take(graph.source.take(inside)), number.take(graph.target.take(inside)))
            inside = inside.compress(number.take(graph.source.take(inside)) == number.take(graph.target.take(inside)))
            apart = True
    kept = np.zeros(len(graph.source), dtype=np.bool_)
    kept[inside] = True
    return FairParts(number, kept)


def edges_among(graph: Graph, alive: Ints, nodes: Flags, edges: Flags) -> Ints:
    """Give those of some edges that lead from one living node to another."""
    if len(alive) > graph.size // MANY:
        return np.flatnonzero(edges & nodes.take(graph.source) & nodes.take(graph.target))
    inside = graph.edges_of(alive)
    return inside.compress(edges.take(inside) & nodes.take(graph.target.take(inside)))


def fails(graph: Graph, alive: Ints, number: Ints, inside: Ints) -> Flags:
    """Tell of each living node whether no fair run can visit it for ever and stay in its part, by the edges inside of parts."""
    parts, labels = number.take(alive), max(len(graph.groups), 1)
    count = int(parts.max()) + 1
    met = np.zeros(count * labels, dtype=np.bool_)
    inner = number.take(graph.source.take(inside)) * labels if count > 1 else 0
    met[inner + graph.label.take(inside)] = True
    part, label = np.divmod(np.flatnonzero(met), labels)
    failing = np.zeros(len(alive), dtype=np.bool_)
    for weakly, belongs, enabled in zip(graph.weakly, graph.belongs, graph.enabled, strict=True):
        here = enabled.take(alive)
        taken, always = np.zeros(count, dtype=np.int64), np.full(count, -1)
        np.bitwise_or.at(taken, part, belongs.take(label))
        np.bitwise_and.at(always, parts, here)
        failing |= (((always & weakly).take(parts) | (here & ~weakly)) & ~taken.take(parts)) != 0
    return failing


def parts_with(graph: Graph, found: FairParts, wanted: Marks) -> FairParts:
    """Keep the parts that have a wanted node, or a wanted edge inside."""
    having = np.zeros(int(found.part.max(initial=NOWHERE)) + 2, dtype=np.bool_)
    having[found.part[wanted.nodes]] = True
    having[found.part[graph.source[wanted.edges & found.edges]]] = True
    having[NOWHERE] = False
    part = np.where(having[found.part], found.part, NOWHERE)
    return FairParts(part, found.edges & (part[graph.source] != NOWHERE))
