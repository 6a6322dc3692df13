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
    """Find the parts in which a fair run can stay, on some nodes and edges only."""
    alive = np.flatnonzero(nodes)
    inside = np.flatnonzero(edges & nodes[graph.source] & nodes[graph.target])
    number = np.full(graph.size, NOWHERE, dtype=np.int64)
    while len(alive):
        number[:] = NOWHERE
        number[alive] = np.arange(len(alive))
        parts = components(len(alive), number[graph.source[inside]], number[graph.target[inside]])
        number[alive] = parts
        inside = inside[number[graph.source[inside]] == number[graph.target[inside]]]
        failing = fails(graph, alive, parts, number[graph.source[inside]], graph.label[inside])
        if not failing.any():
            break
        number[alive[failing]] = NOWHERE
        inside = inside[(number[graph.source[inside]] != NOWHERE) & (number[graph.target[inside]] != NOWHERE)]
        alive = alive[~failing]
    part = np.full(graph.size, NOWHERE, dtype=np.int64)
    part[alive] = number[alive]
    kept = np.zeros(len(graph.source), dtype=np.bool_)
    kept[inside] = True
    return FairParts(part, kept)


def fails(graph: Graph, alive: Ints, parts: Ints, part_of_edge: Ints, label: Ints) -> Flags:
    """Tell of each living node whether no fair run can visit it for ever and stay in its part."""
    count = int(parts.max()) + 1
    met = np.zeros(count * len(graph.groups), dtype=np.bool_)
    met[part_of_edge * len(graph.groups) + label] = True
    pairs = np.flatnonzero(met)
    at, labels = pairs // max(len(graph.groups), 1), pairs % max(len(graph.groups), 1)
    sizes = np.bincount(parts, minlength=count)
    failing = np.zeros(len(alive), dtype=np.bool_)
    for row in range(len(graph.fair)):
        enabled = graph.enabled[row, alive]
        if not enabled.any():
            continue
        taken = np.zeros(count, dtype=np.bool_)
        taken[at[graph.belongs[row, labels]]] = True
        if row < len(graph.weak):
            always = np.bincount(parts[enabled], minlength=count) == sizes
            failing |= (always & ~taken)[parts]
        else:
            failing |= enabled & ~taken[parts]
    return failing


def parts_with(graph: Graph, found: FairParts, wanted: Marks) -> FairParts:
    """Keep the parts that have a wanted node, or a wanted edge inside."""
    having = np.zeros(int(found.part.max(initial=NOWHERE)) + 2, dtype=np.bool_)
    having[found.part[wanted.nodes]] = True
    having[found.part[graph.source[wanted.edges & found.edges]]] = True
    having[NOWHERE] = False
    part = np.where(having[found.part], found.part, NOWHERE)
    return FairParts(part, found.edges & (part[graph.source] != NOWHERE))
