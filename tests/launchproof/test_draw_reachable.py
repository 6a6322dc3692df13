"""The drawn graph of reachable states is the one that can be counted naively."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from launchproof import Protocol
from launchproof.draw.export import exported, graphml, node_link_json
from launchproof.draw.graphs import lifecycle_graph, machine_graph
from launchproof.draw.picture import Edge, Graph, Shape, Tone
from launchproof.draw.reachable import JOINT, STATES, explored, graph_of, quotient
from launchproof.draw.render import rendered
from launchproof.errors import DrawError
from launchproof.search.exhaustive import Limits, Search
from model import PROTOCOL
from tests.launchproof.naive import Explored
from tests.launchproof.test_against_naive import Case, closed_naively, random_case
from tests.launchproof.test_toys import counter
from tests.seeds import same_under_seeds
from tests.toy.toy_broken import nowhere
from tests.toy.toy_claims import asked_once, client_gets_a_token, loss_is_noticed, tokens_are_tokens
from tests.toy.toy_protocol import PROTOCOL as TOY

ROOT = Path(__file__).parents[2]
PLAIN, ENVIRONMENT = Tone.PLAIN, Tone.ENVIRONMENT


@cache
def toy() -> Search:
    """Search the toy."""
    return explored(TOY)


def boxes(graph: Graph) -> dict[str, int]:
    """Give the boxes with the number of states that each says it stands for."""
    return {n.id: int(n.lines[-1].split()[0].replace(",", "")) for n in graph.nodes}


def drawn(graph: Graph) -> set[tuple[str, str, str, bool]]:
    """Give the arrows, a text at a time, and whether they are a machine's own."""
    return {(e.tail, e.head, line, e.tone is PLAIN) for e in graph.edges for line in e.lines}


# --- by phases -------------------------------------------------------------------------------------


def test_the_toy_by_the_clients_phases() -> None:
    """Parallel arrows are one with several lines, and what the environment does stands by itself."""
    graph = quotient(toy(), ["client"])
    assert boxes(graph) == {"Idle": 1, "Waiting": 6, "Holding": 1}
    assert graph.edges == (
        Edge("Idle", "Waiting", ("ask",)),
        Edge("Waiting", "Idle", ("give_up",)),
        Edge("Waiting", "Holding", ("take",)),
        Edge("Holding", "Idle", ("throw_away",), ENVIRONMENT),
    )
    assert [Shape.INITIAL in n.shapes for n in graph.nodes] == [True, False, False]


def test_steps_within_a_box() -> None:
    """They are drawn where they are asked for, the losses among them."""
    loops = {e for e in quotient(toy(), ["client"], loops=True).edges if e.tail == e.head}
    assert loops == {
        Edge("Waiting", "Waiting", ("retry", "give")),
        Edge("Waiting", "Waiting", ("lose_answer_on_calls", "lose_request_on_calls"), ENVIRONMENT),
    }


def test_channels_part_states_by_what_is_in_flight() -> None:
    """Next to machines, channels can be named, too."""
    graph = quotient(toy(), ["client", "calls"])
    assert boxes(graph) == {
        "Idle · nothing": 1,
        "Waiting · Ask": 2,
        "Waiting · Give": 2,
        "Waiting · Lost": 2,
        "Holding · nothing": 1,
    }
    assert graph.nodes[1].lines == ("client: Waiting", "calls: Ask", "2 states")


def test_without_names_all_machines_are_kept() -> None:
    """A box stands for a phase of each machine."""
    assert list(boxes(quotient(toy()))) == ["Idle · Serving", "Waiting · Serving", "Holding · Serving"]


def test_states_may_be_told_apart_by_all_that_is_held() -> None:
    """The first and the second time of asking are two states of the client."""
    graph = quotient(toy(), ["client"], by=STATES)
    assert [n.lines for n in graph.nodes] == [
        ("Idle", "1 state"),
        ("Waiting(tries=the first time)", "3 states"),
        ("Holding(token=token-1)", "1 state"),
        ("Waiting(tries=again)", "3 states"),
    ]
    assert [n.id for n in graph.nodes] == ["state 1", "state 2", "state 3", "state 4"]


# --- against a naive computation ---------------------------------------------------------------------


def naive_key(case: Case, explored_: Explored, key: str, kept: tuple[str, ...]) -> str:
    """Name the phases of a state of the naive search."""
    return JOINT.join(type(explored_.states[key][m.name]).__name__ for m in case.protocol.machines if m.name in kept)


def compare(case: Case, found: Explored, kept: tuple[str, ...]) -> None:
    """Hold a quotient against the naive one."""
    graph = quotient(explored(case.protocol), kept, loops=True)
    counts = Counter(naive_key(case, found, key, kept) for key in found.states)
    assert boxes(graph) == counts
    steps = {
        (naive_key(case, found, key, kept), naive_key(case, found, to, kept), micros[0].name, micros[0].own)
        for key, out in found.steps.items()
        for micros, to in out
    }
    assert drawn(graph) == steps
    without = quotient(explored(case.protocol), kept)
    assert drawn(without) == {s for s in steps if s[0] != s[1]}
    own = quotient(explored(case.protocol), kept, only_own=True, loops=True)
    assert drawn(own) == {s for s in steps if s[3]}


@pytest.mark.parametrize("chunk", range(4))
def test_random_protocols_are_merged_as_they_are_naively(chunk: int) -> None:
    """Boxes, their sizes, and arrows are those of the naive search, by one machine and by all."""
    compared = 0
    for seed in range(chunk * 500, chunk * 500 + 400):
        case = random_case(seed)
        found = closed_naively(case, 1) if case.exact else None
        if found is not None and len(found[1].states) > 3:
            names = tuple(m.name for m in case.protocol.machines)
            compare(case, found[1], names[:1])
            compare(case, found[1], names)
            compared += 1
        if compared == 8:
            break
    assert compared == 8


def test_merging_counts_states_and_steps() -> None:
    """All states, and all steps, are in the merged graph."""
    search = toy()
    merged = graph_of(search, lambda state: state[0])
    assert sum(data["states"] for _, data in merged.nodes(data=True)) == len(search.states) == 8
    assert sum(data["steps"] for _, _, data in merged.edges(data=True)) == search.steps
    apart = graph_of(search, lambda state: state)
    assert len(apart) == 8
    assert {(u, v, k) for u, v, k in apart.edges(keys=True)} == {
        (state, to, step.micros[0].name) for state in search.states for to, step in search.semantics.successors(state)
    }


def test_steps_that_are_merged_are_counted() -> None:
    """Two counters: whatever one shows, the other counts on, once per number and round."""
    search = explored(Protocol("two", (counter("a", 3), counter("b", 4)), ()))
    merged = graph_of(search, lambda state: state[0])
    assert [d["states"] for _, d in merged.nodes(data=True)] == [4, 4, 4]
    assert sorted((k, d["steps"], d["own"]) for _, _, k, d in merged.edges(keys=True, data=True)) == [
        ("tick_a", 4, True),
        ("tick_a", 4, True),
        ("tick_a", 4, True),
        ("tick_b", 4, True),
        ("tick_b", 4, True),
        ("tick_b", 4, True),
    ]
    whole = graph_of(search, lambda state: 0)
    assert {k: d["steps"] for _, _, k, d in whole.edges(keys=True, data=True)} == {"tick_a": 12, "tick_b": 12}


# --- by a property ---------------------------------------------------------------------------------


def test_a_property_parts_the_states() -> None:
    """Where it holds, is silent and is broken are groups, each with its tone."""
    graph = quotient(toy(), by=asked_once)
    assert boxes(graph) == {"is silent · Idle": 1, "holds · Waiting": 3, "is silent · Holding": 1, "is broken · Waiting": 3}
    assert {n.cluster: n.tone for n in graph.nodes} == {"is silent": Tone.FAINT, "holds": PLAIN, "is broken": Tone.BROKEN}
    assert [c.label for c in graph.clusters] == ["asked-once is silent", "asked-once holds", "asked-once is broken"]
    assert ("holds · Waiting", "is broken · Waiting", "retry", True) in drawn(graph)
    assert any("claimed without network" in note for note in graph.notes)


def test_a_witness_that_is_not_there_is_not_broken() -> None:
    """A property that asks for a witness parts the states into those that are one and the others."""
    graph = quotient(toy(), by=client_gets_a_token)
    assert {n.cluster for n in graph.nodes} == {"is silent", "is witnessed"}
    assert Tone.BROKEN not in {n.tone for n in graph.nodes}


def test_a_property_of_values_parts_the_states() -> None:
    """It speaks of a state that holds such a value; without machines, a group is one box."""
    graph = quotient(toy(), by=tokens_are_tokens)
    assert boxes(graph) == {"is silent": 5, "holds": 3}
    assert graph.nodes[1].lines == ("holds", "3 states")
    assert graph.clusters == ()
    assert boxes(quotient(toy(), by=nowhere)) == {"is silent": 5, "is broken": 3}


def test_a_property_of_steps_is_refused() -> None:
    """It says nothing of a state."""
    with pytest.raises(DrawError, match="loss-is-noticed speaks of steps or runs, not of states"):
        quotient(toy(), by=loss_is_noticed)


# --- leaving out -----------------------------------------------------------------------------------


def test_leaving_out_the_environment() -> None:
    """Its arrows go; boxes without an arrow go too, and a note says how many."""
    graph = quotient(toy(), ["client"], only_own=True)
    assert {line for _, _, line, _ in drawn(graph)} == {"ask", "give_up", "take"}
    few = quotient(toy(), ["client"], transitions=["give_up"])
    assert [n.id for n in few.nodes] == ["Idle", "Waiting"]
    assert "Left out: 1 box without such steps." in few.notes


def test_a_transition_that_takes_part_in_a_step_is_told_with_the_one_that_began_it() -> None:
    """What happens in the same instant can be asked for by its own name."""
    search = explored(PROTOCOL, Limits(states=300))
    graph = quotient(search, ["host"], transitions=["navigate_to_launch"])
    assert drawn(graph) == {("Minting", "Launching", "mount · navigate_to_launch", True)}
    assert any("the search was stopped" in note for note in graph.notes)


def test_unknown_names_are_refused() -> None:
    """The text names what there is."""
    with pytest.raises(DrawError, match="no machine or channel 'clint'; use one of client, server, calls"):
        quotient(toy(), ["clint"])
    with pytest.raises(DrawError, match="no transition 'tkae'"):
        quotient(toy(), transitions=["tkae"])
    with pytest.raises(DrawError, match="'colour'; use phases, states or a property"):
        quotient(toy(), by="colour")


def test_what_nobody_can_read_is_refused() -> None:
    """The one line says how much it would be, and the ways out, as options."""
    graph = quotient(explored(Protocol("long", (counter("a", 70),), ())), by=STATES)
    assert len(graph.nodes) == 70
    for form in ("dot", "mermaid", "text"):
        with pytest.raises(DrawError) as refused:
            rendered(graph, form)
        assert str(refused.value) == (
            "reachable: 70 boxes and 70 arrows are more than can be read (60 and 160); name fewer machines (--machine NAME),"
            " or keep the steps of some transitions (--transition NAME), or leave out what the environment does (--own),"
            " or merge states by their phases (--by phases), or write it for another program (--format graphml or json)"
        )


def test_other_programs_get_graphs_of_any_size() -> None:
    """GraphML and JSON refuse nothing."""
    graph = quotient(explored(Protocol("long", (counter("a", 70),), ())), by=STATES)
    assert rendered(graph, "graphml").count(b"<node ") == 70
    assert len(json.loads(rendered(graph, "json"))["nodes"]) == 70


# --- for other programs ----------------------------------------------------------------------------

MAKERS: dict[str, Callable[[], Graph | nx.MultiDiGraph[Any]]] = {
    "phases": lambda: quotient(toy(), loops=True),
    "property": lambda: quotient(toy(), by=asked_once),
    "merged": lambda: graph_of(toy(), lambda state: (state[0], "x")),
    "machine": lambda: machine_graph(PROTOCOL, PROTOCOL.machine("host")),
    "lifecycle": lambda: lifecycle_graph(PROTOCOL),
}


def content(graph: Any) -> tuple[object, ...]:
    """Give all nodes and edges with what they say."""
    return sorted(graph.nodes(data=True)), sorted(graph.edges(keys=True, data=True), key=lambda e: e[:3])


@pytest.mark.parametrize("kind", MAKERS)
def test_graphml_is_read_back(kind: str) -> None:
    """NetworkX reads the graph that was written."""
    graph = MAKERS[kind]()
    read = nx.parse_graphml(graphml(graph), force_multigraph=True)
    assert content(read) == content(exported(graph))


@pytest.mark.parametrize("kind", MAKERS)
def test_json_is_read_back(kind: str) -> None:
    """So does it from JSON."""
    graph = MAKERS[kind]()
    read = nx.node_link_graph(json.loads(node_link_json(graph)), edges="links")
    assert content(read) == content(exported(graph))


def test_an_export_has_all_that_is_drawn() -> None:
    """Every box and arrow of a picture is a node and an edge, with its text."""
    graph = quotient(toy())
    made = exported(graph)
    assert [d["text"] for _, d in made.nodes(data=True)] == ["\n".join(n.lines) for n in graph.nodes]
    assert [(u, v, d["text"]) for u, v, d in made.edges(data=True)] == [(e.tail, e.head, "\n".join(e.lines)) for e in graph.edges]


# --- the same every time ---------------------------------------------------------------------------


def told() -> str:
    """Write graphs of the toy and of a part of the embed's states."""
    search = explored(PROTOCOL, Limits(states=150))
    graphs = [
        quotient(search, ["host", "frame", "to_host"], loops=True),
        quotient(search, ["api"], by=STATES),
    ]
    return "\n".join(
        [repr(g) for g in (*graphs, quotient(toy(), by=asked_once))] + [graphml(g) + node_link_json(g) for g in graphs]
    )


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """Pictures and exports are the same whatever the order of sets in memory."""
    assert "open_page" in same_under_seeds("from tests.launchproof.test_draw_reachable import told; print(told())")


def test_importing_it_imports_nothing_heavy() -> None:
    """The command line starts fast: NetworkX and Graphviz come when something is drawn."""
    modules = "export, reachable, table_dot, table_markdown, table_text, tables"
    code = f"import sys; from launchproof.draw import {modules}; print({{'networkx', 'graphviz'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "set()\n"
