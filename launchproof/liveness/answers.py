"""The two questions, each answered with a run where the answer is no.

*Does one thing lead to another?* No, if something forbidden is met while the promise is outstanding;
or if a fair run can stay for ever where it is: nodes and edges that keep the promise are left out,
and a fair part is looked for in the rest.

*Does something settle?* No, if a fair part of the whole graph has a node or an edge that breaks it.

Edges that are *quiet* are taken finitely often: on the way into a loop, not in it.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from launchproof.liveness.fair import fair_parts, parts_with
from launchproof.liveness.graph import Flags, Graph, Ints, Marks, nothing
from launchproof.liveness.lasso import EFFORT, Lasso, Loops, is_fair
from launchproof.liveness.paths import UNREACHED, Promises, follow, from_start, promises, way_under


@frozen
class Run:
    """A run that refutes: its edges, and after how many of them the loop begins (None: it needs none).

    `promised` is after how many edges the promise was made.
    """

    edges: tuple[int, ...]
    loop_from: int | None = None
    promised: int | None = None


def leads_to(  # noqa: PLR0913 - the parts of one question
    graph: Graph,
    made: Marks,
    kept: Marks,
    forbidden: Marks,
    quiet: Flags,
    *,
    effort: int = EFFORT,
) -> Run | None:
    """Find a run on which a promise is made and not kept, or not before something forbidden."""
    found = promises(graph, made, kept)
    bad = soonest(graph, found, kept, forbidden)
    if bad is not None:
        return bad
    parts = fair_parts(graph, found.open, ~kept.edges & ~quiet)
    lasso = Loops(graph, parts, effort=effort).shortest(found.ways.length)
    if lasso is None:
        return None
    stem, promised = way_under(graph, found, lasso.node)
    return closed(graph, stem, lasso, promised)


def soonest(graph: Graph, found: Promises, kept: Marks, forbidden: Marks) -> Run | None:
    """Find the shortest run to something forbidden while the promise is outstanding."""
    length = found.ways.length
    nodes = np.flatnonzero(forbidden.nodes & found.open)
    edges = np.flatnonzero(forbidden.edges & ~kept.edges & found.open.take(graph.source))
    node = first(nodes, length[nodes])
    edge = first(edges, length[graph.source[edges]] + 1)
    if node is not None and (edge is None or length[node] <= length[graph.source[edge]] + 1):
        way, promised = way_under(graph, found, node)
        return Run(tuple(way), None, promised)
    if edge is None:
        return None
    way, promised = way_under(graph, found, int(graph.source[edge]))
    return Run((*way, edge), None, promised)


def first(found: Ints, lengths: Ints) -> int | None:
    """Give the first that is reached soonest."""
    return int(found[np.argmin(lengths)]) if len(found) else None


def settles(graph: Graph, broken: Marks, quiet: Flags, *, effort: int = EFFORT) -> Run | None:
    """Find a fair run on which something is broken again and again."""
    ways = from_start(graph)
    parts = parts_with(graph, fair_parts(graph, ways.length < UNREACHED, ~quiet), broken)
    lasso = Loops(graph, parts, broken, effort).shortest(ways.length)
    return None if lasso is None else closed(graph, follow(graph, ways, lasso.node), lasso, None)


def stays(graph: Graph, made: Marks | None, quiet: Flags) -> bool:
    """Whether some fair run takes quiet edges finitely often, after a promise is made (None: at all)."""
    nodes = from_start(graph).length < UNREACHED if made is None else promises(graph, made, nothing(graph)).open
    return bool((nodes & graph.rests).any() or fair_parts(graph, nodes, ~quiet).nodes.any())


def closed(graph: Graph, stem: list[int], lasso: Lasso, promised: int | None) -> Run:
    """Join stem and loop; a loop that is not fair is a mistake of the search, never an answer."""
    if not is_fair(graph, lasso.node, lasso.loop):
        raise AssertionError("the loop of a counterexample is not fair")
    return Run((*stem, *lasso.loop), len(stem), promised)
