"""Fair loops of random graphs, against all subsets of their nodes; and shortest lassos, against all walks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import combinations
from random import Random

import numpy as np
import pytest

from launchproof.liveness.answers import Run, leads_to, settles, stays
from launchproof.liveness.fair import fair_parts
from launchproof.liveness.graph import Flags, Graph, Marks, nothing
from launchproof.liveness.lasso import is_fair
from tests.seeds import same_under_seeds

Edge = tuple[int, int, tuple[int, ...]]
INFINITE = 10**9


def graph_of(size: int, edges: list[Edge], weak: tuple[int, ...] = (), strong: tuple[int, ...] = ()) -> Graph:
    """Make a graph of edges with their groups."""
    edges = sorted(edges)
    labels = sorted({groups for _, _, groups in edges})
    return Graph(
        size,
        np.array([s for s, _, _ in edges], dtype=np.int64),
        np.array([t for _, t, _ in edges], dtype=np.int64),
        np.array([labels.index(g) for _, _, g in edges], dtype=np.int64),
        labels,
        weak,
        strong,
    )


def random_graph(random: Random, largest: int) -> Graph:
    """Make a small graph; some of its groups are weak, some strong, some neither."""
    size = random.randint(1, largest)
    groups = list(range(random.randint(1, 4)))
    edges = {
        (
            random.randrange(size),
            random.randrange(size),
            tuple(sorted(random.sample(groups, random.randint(0, min(2, len(groups)))))),
        )
        for _ in range(random.randint(0, 2 * size + 2))
    }
    kinds = [random.choice(("weak", "strong", "unfair")) for _ in groups]
    weak = tuple(g for g, k in zip(groups, kinds, strict=True) if k == "weak")
    return graph_of(size, sorted(edges), weak, tuple(g for g, k in zip(groups, kinds, strict=True) if k == "strong"))


def flags(random: Random, size: int, likely: float) -> Flags:
    """Choose some of so many things."""
    return np.array([random.random() < likely for _ in range(size)], dtype=np.bool_)


def random_marks(random: Random, graph: Graph, likely: float) -> Marks:
    """Mark some nodes, or some edges, or both."""
    made = nothing(graph)
    nodes, edges = random.choice(((True, False), (False, True), (True, True)))
    return Marks(
        flags(random, graph.size, likely) if nodes else made.nodes,
        flags(random, len(graph.source), likely) if edges else made.edges,
    )


# --- naive answers -----------------------------------------------------------------------------------


def edges_from(graph: Graph, node: int) -> Iterator[tuple[int, int]]:
    """Yield the edges of a node, with their targets."""
    for edge in range(len(graph.source)):
        if graph.source[edge] == node:
            yield edge, int(graph.target[edge])


def groups_at(graph: Graph, node: int) -> set[int]:
    """Give what is enabled in a node."""
    return {g for edge, _ in edges_from(graph, node) for g in graph.groups[int(graph.label[edge])]}


def reach(graph: Graph, nodes: set[int], edges: Flags, start: int) -> set[int]:
    """Give what can be reached inside of some nodes."""
    found, waiting = {start}, [start]
    while waiting:
        for edge, target in edges_from(graph, waiting.pop()):
            if edges[edge] and target in nodes and target not in found:
                found.add(target)
                waiting.append(target)
    return found


def fair_set(graph: Graph, nodes: set[int], edges: Flags) -> bool:
    """Whether a run that visits exactly these nodes for ever, and takes all edges among them, is there and is fair."""
    if any(reach(graph, nodes, edges, node) != nodes for node in nodes):
        return False
    inside = [e for e in range(len(graph.source)) if edges[e] and graph.source[e] in nodes and graph.target[e] in nodes]
    taken = {g for e in inside for g in graph.groups[int(graph.label[e])]}
    enabled = [groups_at(graph, node) for node in nodes]
    weak = all(g in taken or not all(g in found for found in enabled) for g in graph.weak)
    return weak and all(g in taken or not any(g in found for found in enabled) for g in graph.strong)


def fair_sets(graph: Graph, nodes: set[int], edges: Flags) -> Iterator[set[int]]:
    """Yield every set of nodes that a fair run can visit for ever."""
    for size in range(1, len(nodes) + 1):
        for chosen in combinations(sorted(nodes), size):
            if fair_set(graph, set(chosen), edges):
                yield set(chosen)


def distances(graph: Graph) -> list[int]:
    """Tell how far each node is from the start."""
    found = [INFINITE] * graph.size
    found[0] = 0
    waiting = deque([0])
    while waiting:
        node = waiting.popleft()
        for _, target in edges_from(graph, node):
            if found[target] == INFINITE:
                found[target] = found[node] + 1
                waiting.append(target)
    return found


def promised(graph: Graph, made: Marks, kept: Marks) -> list[int]:
    """Tell how far each node is on a run on which a promise is made and not kept: by rounds until nothing changes."""
    before = distances(graph)
    found = [before[n] if made.nodes[n] and not kept.nodes[n] else INFINITE for n in range(graph.size)]
    changing = True
    while changing:
        changing = False
        for edge in range(len(graph.source)):
            source, target = int(graph.source[edge]), int(graph.target[edge])
            if kept.edges[edge] or kept.nodes[target]:
                continue
            length = min(before[source] if made.edges[edge] else INFINITE, found[source]) + 1
            if length < found[target]:
                found[target] = length
                changing = True
    return found


def shortest_loop(graph: Graph, start: int, nodes: set[int], edges: Flags, wanted: Marks | None) -> int:
    """Give the length of a shortest fair loop, by trying all walks, apart in what they visited and took."""
    first = (start, frozenset([start]), frozenset[int](), wanted is None or bool(wanted.nodes[start]))
    waiting, seen = deque([(first, 0)]), {first}
    while waiting:
        (node, visited, taken, met), length = waiting.popleft()
        enabled = [groups_at(graph, n) for n in visited]
        if (
            node == start
            and met
            and all(g in taken or not all(g in e for e in enabled) for g in graph.weak)
            and all(g in taken or not any(g in e for e in enabled) for g in graph.strong)
        ):
            return length
        for edge, target in edges_from(graph, node):
            if edges[edge] and target in nodes:
                label = graph.groups[int(graph.label[edge])]
                fair = (g for g in label if g in graph.weak or g in graph.strong)
                now_met = met or (wanted is not None and bool(wanted.edges[edge] or wanted.nodes[target]))
                there = (target, visited | {target}, taken.union(fair), now_met)
                if there not in seen:
                    seen.add(there)
                    waiting.append((there, length + 1))
    return INFINITE


def shortest(graph: Graph, length: list[int], edges: Flags, wanted: Marks | None = None) -> int:
    """Give the length of a shortest lasso."""
    nodes = {n for n in range(graph.size) if length[n] < INFINITE}
    return min([INFINITE, *(length[n] + shortest_loop(graph, n, nodes, edges, wanted) for n in nodes)])


# --- what is told is true ----------------------------------------------------------------------------


def walked(graph: Graph, run: Run) -> list[int]:
    """Give the nodes of a run, which must hang together and begin at the start."""
    nodes = [0]
    for edge in run.edges:
        assert graph.source[edge] == nodes[-1]
        nodes.append(int(graph.target[edge]))
    return nodes


def check_promise(graph: Graph, run: Run, made: Marks, kept: Marks, quiet: Flags) -> None:
    """Check that a run makes a promise, does not keep it, and goes round fairly, if it goes round."""
    nodes = walked(graph, run)
    at = run.promised
    assert at is not None
    by_step = at > 0 and made.edges[run.edges[at - 1]] and not kept.edges[run.edges[at - 1]]
    assert made.nodes[nodes[at]] or by_step
    assert not any(kept.edges[e] for e in run.edges[at : len(run.edges) - (run.loop_from is None)])
    assert not any(kept.nodes[n] for n in nodes[at : len(nodes) - (run.loop_from is None)])
    if run.loop_from is not None:
        assert at <= run.loop_from
        loop = run.edges[run.loop_from :]
        assert nodes[-1] == nodes[run.loop_from]
        assert is_fair(graph, nodes[-1], loop)
        assert not any(quiet[e] for e in loop)


@pytest.mark.parametrize("seed", range(500))
def test_leading_to_is_judged_as_by_trying_all_sets_of_nodes(seed: int) -> None:
    """A promise is broken exactly if something forbidden comes first, or some set of nodes is fair and never keeps it."""
    random = Random(seed)
    graph = random_graph(random, 7)
    made, kept = random_marks(random, graph, 0.4), random_marks(random, graph, 0.2)
    forbidden = random_marks(random, graph, 0.15) if random.random() < 0.3 else nothing(graph)
    quiet = flags(random, len(graph.source), 0.2 if random.random() < 0.3 else 0.0)
    length = promised(graph, made, kept)
    open_ = {n for n in range(graph.size) if length[n] < INFINITE}
    allowed = ~kept.edges & ~quiet
    bad = min(
        [length[n] for n in open_ if forbidden.nodes[n]]
        + [
            length[int(graph.source[e])] + 1
            for e in np.flatnonzero(forbidden.edges & ~kept.edges)
            if int(graph.source[e]) in open_
        ],
        default=INFINITE,
    )
    run = leads_to(graph, made, kept, forbidden, quiet)
    if bad < INFINITE:
        assert run is not None
        assert run.loop_from is None
        assert len(run.edges) == bad
        end = walked(graph, run)[-1]
        assert forbidden.nodes[end] or forbidden.edges[run.edges[-1]]
    else:
        assert (run is not None) == any(True for _ in fair_sets(graph, open_, allowed))
    if run is not None:
        check_promise(graph, run, made, kept, quiet)


@pytest.mark.parametrize("seed", range(300))
def test_settling_is_judged_as_by_trying_all_sets_of_nodes(seed: int) -> None:
    """A claim does not settle exactly if some fair set of nodes has a node or an edge that breaks it."""
    random = Random(seed)
    graph = random_graph(random, 6)
    broken = random_marks(random, graph, 0.2)
    quiet = flags(random, len(graph.source), 0.2 if random.random() < 0.3 else 0.0)
    there = {n for n, length in enumerate(distances(graph)) if length < INFINITE}

    def breaks(nodes: set[int]) -> bool:
        inside = broken.edges & ~quiet & np.isin(graph.source, list(nodes)) & np.isin(graph.target, list(nodes))
        return bool(broken.nodes[list(nodes)].any() or inside.any())

    run = settles(graph, broken, quiet)
    assert (run is not None) == any(breaks(nodes) for nodes in fair_sets(graph, there, ~quiet))
    if run is not None:
        nodes = walked(graph, run)
        assert run.loop_from is not None
        loop = run.edges[run.loop_from :]
        assert is_fair(graph, nodes[-1], loop)
        assert any(broken.nodes[n] for n in nodes[run.loop_from :]) or any(broken.edges[e] for e in loop)
        assert not any(quiet[e] for e in loop)


@pytest.mark.parametrize("seed", range(400))
def test_no_lasso_is_shorter(seed: int) -> None:
    """Stem and loop together are as short as any, for promises and for what should settle."""
    random = Random(seed)
    graph = random_graph(random, 5)
    quiet = flags(random, len(graph.source), 0.1)
    made, kept, broken = random_marks(random, graph, 0.4), random_marks(random, graph, 0.1), random_marks(random, graph, 0.2)
    run = leads_to(graph, made, kept, nothing(graph), quiet)
    assert (INFINITE if run is None else len(run.edges)) == shortest(graph, promised(graph, made, kept), ~kept.edges & ~quiet)
    run = settles(graph, broken, quiet)
    assert (INFINITE if run is None else len(run.edges)) == shortest(graph, distances(graph), ~quiet, broken)


@pytest.mark.parametrize("seed", range(200))
def test_a_search_for_lassos_that_is_cut_short_finds_a_fair_one(seed: int) -> None:
    """Without any effort to spare, the lasso may be longer than need be; it is there, and fair, all the same."""
    random = Random(seed)
    graph = random_graph(random, 7)
    made, kept, broken = random_marks(random, graph, 0.4), random_marks(random, graph, 0.1), random_marks(random, graph, 0.2)
    none, quiet = nothing(graph), flags(random, len(graph.source), 0.0)
    long, short = leads_to(graph, made, kept, none, quiet, effort=0), leads_to(graph, made, kept, none, quiet)
    assert (long is None) == (short is None)
    if long is not None and short is not None:
        check_promise(graph, long, made, kept, quiet)
        assert len(long.edges) >= len(short.edges)
    assert (settles(graph, broken, quiet, effort=0) is None) == (settles(graph, broken, quiet) is None)


@pytest.mark.parametrize("seed", range(100))
def test_some_fair_run_stays_exactly_where_some_set_is_fair(seed: int) -> None:
    """Whether there is a fair run at all that takes quiet edges finitely often is told as by trying all sets."""
    random = Random(seed)
    graph = random_graph(random, 6)
    quiet = flags(random, len(graph.source), 0.3)
    there = {n for n, length in enumerate(distances(graph)) if length < INFINITE}
    assert stays(graph, None, quiet) == any(True for _ in fair_sets(graph, there, ~quiet))


@pytest.mark.parametrize("seed", range(150))
def test_fair_parts_are_all_that_fair_runs_visit_for_ever(seed: int) -> None:
    """A node is in a fair part exactly if it is in some set of nodes that a fair run can visit for ever."""
    random = Random(seed)
    graph = random_graph(random, 6)
    everything = np.ones(graph.size, dtype=np.bool_)
    edges = flags(random, len(graph.source), 0.8)
    expected = {n for nodes in fair_sets(graph, set(range(graph.size)), edges) for n in nodes}
    assert set(np.flatnonzero(fair_parts(graph, everything, edges).nodes).tolist()) == expected


@pytest.mark.parametrize("seed", range(40))
def test_more_groups_than_a_word_has_bits_are_told_apart(seed: int) -> None:
    """With a hundred and more fair groups, the parts and the lassos are those of the definition."""
    random = Random(seed)
    groups = list(range(150))
    edges = {(random.randrange(5), random.randrange(5), tuple(sorted(random.sample(groups, 40)))) for _ in range(9)}
    cut = random.choice((0, 20, 62, 70, 150))
    graph = graph_of(5, sorted(edges), tuple(groups[:cut]), tuple(groups[cut:]))
    found = fair_parts(graph, np.ones(5, dtype=np.bool_), np.ones(len(graph.source), dtype=np.bool_))
    expected = {n for nodes in fair_sets(graph, set(range(5)), np.ones(len(graph.source), dtype=np.bool_)) for n in nodes}
    assert set(np.flatnonzero(found.nodes).tolist()) == expected
    run = settles(graph, Marks(np.ones(5, dtype=np.bool_), nothing(graph).edges), nothing(graph).edges)
    there = {n for n, length in enumerate(distances(graph)) if length < INFINITE}
    assert (run is None) == (not expected & there)


# --- by hand -----------------------------------------------------------------------------------------


def test_whether_a_loop_is_fair_is_checked_by_the_definition() -> None:
    """A loop that leaves out a weak group enabled all along, or a strong one enabled somewhere, is not fair."""
    edges: list[Edge] = [(0, 1, ()), (1, 0, ()), (1, 2, (7,)), (2, 2, ())]
    first, second = 0, 1
    assert is_fair(graph_of(3, edges), 0, (first, second))
    assert is_fair(graph_of(3, edges, weak=(7,)), 0, (first, second))
    assert not is_fair(graph_of(3, edges, strong=(7,)), 0, (first, second))
    assert not is_fair(graph_of(3, edges, weak=(7,)), 1, ())
    assert is_fair(graph_of(3, edges, weak=(7,)), 2, ())


def test_what_is_no_loop_is_not_fair() -> None:
    """Edges that do not hang together, or do not come back, are no loop."""
    graph = graph_of(3, [(0, 1, ()), (1, 0, ()), (1, 2, ())])
    assert not is_fair(graph, 0, (0,))
    assert not is_fair(graph, 0, (1, 0))


def test_taking_an_edge_that_leads_nowhere_new_is_taking_it() -> None:
    """A weak group whose edge is a loop of one node is satisfied by going around there for ever."""
    graph = graph_of(1, [(0, 0, (1,))], weak=(1,))
    made = Marks(np.array([True]), np.array([False]))
    run = leads_to(graph, made, nothing(graph), nothing(graph), np.array([False]))
    assert run == Run((0,), 0, 0)


def test_a_chain_is_followed_to_its_end() -> None:
    """A run that ends after a thousand edges is a lasso whose loop has none."""
    graph = graph_of(1001, [(n, n + 1, (0,)) for n in range(1000)], weak=(0,))
    made = nothing(graph)
    made.nodes[0] = True
    run = leads_to(graph, made, nothing(graph), nothing(graph), made.edges)
    assert run is not None
    assert (len(run.edges), run.loop_from, run.promised) == (1000, 1000, 0)


def test_a_graph_without_edges_has_a_run() -> None:
    """Where nothing ever happens, a run stays at the start for ever."""
    graph = graph_of(1, [])
    made = Marks(np.array([True]), np.zeros(0, dtype=np.bool_))
    assert leads_to(graph, made, nothing(graph), nothing(graph), made.edges) == Run((), 0, 0)
    assert settles(graph, made, made.edges) == Run((), 0, None)
    assert stays(graph, None, made.edges)


@pytest.mark.thorough
def test_the_same_lasso_is_found_every_time() -> None:
    """Answers depend on the graph alone, not on the hash seed."""
    script = (
        "from random import Random\n"
        "from tests.launchproof.test_fair_graphs import *\n"
        "for seed in range(60):\n"
        "    r = Random(seed); g = random_graph(r, 7)\n"
        "    print(leads_to(g, random_marks(r, g, .5), random_marks(r, g, .1), nothing(g), nothing(g).edges))\n"
        "    print(settles(g, random_marks(r, g, .3), nothing(g).edges))\n"
    )
    assert "loop_from=0" in same_under_seeds(script)
