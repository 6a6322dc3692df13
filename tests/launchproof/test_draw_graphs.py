"""State diagrams hold all that is declared, every renderer writes all of it, and the layout engine may fail in any way."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve, frozen

from launchproof import Capability, Machine, Post, Posted, Protocol, To, when
from launchproof.declare.machine import Transition
from launchproof.draw import engine
from launchproof.draw.engine import laid_out
from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.graph_dot import dot
from launchproof.draw.graph_mermaid import mermaid
from launchproof.draw.graph_text import text
from launchproof.draw.graphs import INSIDE, WIDTH, Emphasis, drawn_names, lifecycle_graph, machine_graph
from launchproof.draw.page import Page, Show, page_text
from launchproof.draw.picture import Cell, Cluster, Edge, Graph, Lane, Node, Picture, Sequence, Shape, Table, Tone
from launchproof.draw.reachable import explored
from launchproof.draw.render import EXPORTS, FORMATS, SUFFIXES, TEXTS, rendered
from launchproof.draw.tables import guards_table
from launchproof.errors import DrawError
from launchproof.search.exhaustive import Limits
from model import PROTOCOL as MODEL
from tests.toy.toy_protocol import PROTOCOL as TOY
from tests.toy.toy_protocol import Holding, Idle

PLAINLY: Final = Emphasis()
PLAIN, FAINT, ENVIRONMENT, BROKEN = Tone.PLAIN, Tone.FAINT, Tone.ENVIRONMENT, Tone.BROKEN

# -- a lamp with a remote ----------------------------------------------------------------------------


class Room(Enum):
    """Origins."""

    HERE = "here"


class Hand(Enum):
    """Windows."""

    REMOTE = "remote"
    LAMP = "lamp"


@frozen
class Off:
    """It is dark."""


@frozen
class Dim:
    """It is rather dark."""


@frozen
class Half:
    """It is half bright."""


@frozen
class Bright:
    """It is bright."""


@frozen
class Burnt:
    """It is over."""


@frozen
class Lying:
    """The remote lies there."""


@frozen
class Press:
    """A button."""


@frozen
class Hold:
    """A button, for longer."""


@frozen
class RatherLongNameOfAButtonThatSwitchesEverythingOff:
    """Another button."""


@frozen
class Blink:
    """The lamp says that it heard."""


USER: Final = Capability("user", "presses buttons.")
FATE: Final = Capability("fate", "breaks lamps.")

lamp: Final = Machine(
    "lamp",
    initial=Off(),
    phases=(Off, Dim, Half, Bright, Burnt),
    resting=(Off, Burnt),
    origin=lambda _: Room.HERE,
    window=Hand.LAMP,
    meaning="what gives light",
)
remote: Final = Machine(
    "remote",
    initial=Lying(),
    phases=(Lying,),
    resting=(Lying,),
    origin=lambda _: Room.HERE,
    window=Hand.REMOTE,
    meaning="what has buttons",
)

Lit = Dim | Half | Bright
Whole = Off | Dim | Half | Bright


def from_remote(lamp: Whole, heard: Posted[Any]) -> bool:
    """It comes from the remote."""
    return heard.source is Hand.REMOTE


def nobody_else_is_holding_it(lamp: Whole, heard: Posted[Any]) -> bool:
    """Nobody else does."""
    return True


@lamp.transition("toy")
@when(from_remote)
@when(nobody_else_is_holding_it)
def brighter(lamp: Off, heard: Posted[Press | Hold]) -> To[Dim, Blink]:
    """Give some light."""
    return To(Dim(), Blink())


@lamp.transition("toy")
def brighter_still(lamp: Dim, heard: Posted[Press]) -> To[Half]:
    """Give more light."""
    return To(Half())


@lamp.transition("toy")
def brightest(lamp: Half, heard: Posted[Press]) -> To[Bright]:
    """Give all the light."""
    return To(Bright())


@lamp.transition("toy")
@when(from_remote)
def stay(lamp: Lit, heard: Posted[Hold]) -> To[Lit, Blink]:
    """Stay as it is."""
    return To(lamp, Blink())


@lamp.transition("toy")
def go_off(lamp: Whole, heard: Posted[RatherLongNameOfAButtonThatSwitchesEverythingOff]) -> To[Off]:
    """Give no light."""
    return To(Off())


@lamp.transition("toy", capability=FATE)
def burn_out(lamp: Whole) -> To[Burnt]:
    """Break."""
    return To(Burnt())


@remote.transition("toy", capability=USER)
def press(remote: Lying) -> To[Lying, Press]:
    """Press."""
    return To(remote, Press())


@remote.transition("toy", capability=USER)
def hold(remote: Lying) -> To[Lying, Hold, RatherLongNameOfAButtonThatSwitchesEverythingOff]:
    """Press everything."""
    return To(remote, Hold(), RatherLongNameOfAButtonThatSwitchesEverythingOff())


LAMP: Final = Protocol(
    "lamps",
    (lamp, remote),
    (
        Post("to_lamp", "remote", "lamp", (Press, Hold, RatherLongNameOfAButtonThatSwitchesEverythingOff)),
        Post("to_remote", "lamp", "remote", (Blink,)),
    ),
    (USER, FATE),
)


def lamp_graph(emphasis: Emphasis = PLAINLY) -> Graph:
    """Draw the lamp."""
    return machine_graph(LAMP, LAMP.machine("lamp"), emphasis)


def emphasized(*names: str) -> Emphasis:
    """Let names stand out."""
    return Emphasis(frozenset(names))


def client_graph(emphasis: Emphasis = PLAINLY) -> Graph:
    """Draw the toy's client."""
    return machine_graph(TOY, TOY.machine("client"), emphasis)


def node(graph: Graph, name: str) -> Node:
    """Find a box."""
    (found,) = (n for n in graph.nodes if n.id == name)
    return found


# -- a machine -----------------------------------------------------------------------------------------


def test_the_toys_client() -> None:
    """A phase is a box, what stays is in it, and an arrow is *name, heard [guards] / said*."""
    graph = client_graph()
    assert (graph.name, graph.title) == ("client", "client: who wants a token")
    assert graph.nodes == (
        Node("Idle", ("Idle",), (Shape.PHASE, Shape.INITIAL, Shape.RESTING)),
        Node("Waiting", ("Waiting", "▸ retry", "   Lost", "   [first_time]", "   / Ask")),
        Node("Holding", ("Holding",), (Shape.PHASE, Shape.RESTING)),
    )
    assert graph.edges == (
        Edge("Idle", "Waiting", ("ask", "/ Ask")),
        Edge("Waiting", "Holding", ("take", "Give")),
        Edge("Waiting", "Idle", ("give_up", "Lost")),
        Edge("Holding", "Idle", ("throw_away (greed)",), ENVIRONMENT),
    )


PARTIES: Final = [
    pytest.param(protocol, machine.name, id=f"{protocol.name}-{machine.name}")
    for protocol in (TOY, LAMP, MODEL)
    for machine in protocol.machines
]


@pytest.mark.parametrize(("protocol", "name"), PARTIES)
def test_every_phase_is_a_box(protocol: Protocol, name: str) -> None:
    """In the order of the machine, with where it starts and where it may rest; whatever else there is are groups."""
    machine = protocol.machine(name)
    graph = machine_graph(protocol, machine)
    phases = [n for n in graph.nodes if Shape.GROUP not in n.shapes]
    assert [n.lines[0] for n in phases] == [p.__name__ for p in machine.phases]
    assert [n.id for n in phases if Shape.INITIAL in n.shapes] == [type(machine.initial).__name__]
    assert {n.id for n in phases if Shape.RESTING in n.shapes} == {p.__name__ for p in machine.resting}
    assert not any(Shape.UNREACHABLE in n.shapes for n in phases)
    assert len({n.id for n in graph.nodes}) == len(graph.nodes)


def spelled(transition: Transition) -> str:
    """Spell a transition as an arrow is to say it: *name (capability) heard [guards] / said*."""
    parts = [transition.name]
    if transition.capability is not None:
        parts.append(f"({transition.capability})")
    if transition.signature.heard is not None:
        parts.append(" or ".join(m.__name__ for m in transition.signature.heard.messages))
    if transition.guards:
        parts.append(f"[{', '.join(g.name for g in transition.guards)}]")
    if transition.signature.says:
        parts.append(f"/ {', '.join(m.__name__ for m in transition.signature.says)}")
    return " ".join(parts)


def standing_inside(box: Node) -> list[str]:
    """Give the transitions inside a box, each in one line."""
    lines = " ".join(" ".join(line.split()) if not line.startswith(INSIDE) else line for line in box.lines[1:])
    return [part.strip() for part in lines.split(INSIDE) if part.strip()]


def members(graph: Graph, name: str) -> list[str]:
    """Give the phases that a box stands for."""
    found = node(graph, name)
    return " ".join(found.lines[1:]).split(", ") if Shape.GROUP in found.shapes else [name]


def told(graph: Graph) -> Counter[tuple[str, str, str]]:
    """List all that a diagram tells: from which phase, to which, and how."""
    arrows = Counter((tail, e.head, " ".join(e.lines)) for e in graph.edges for tail in members(graph, e.tail))
    phases = [n for n in graph.nodes if Shape.GROUP not in n.shapes]
    return arrows + Counter((n.id, n.id, line) for n in phases for line in standing_inside(n))


def declared(protocol: Protocol, name: str) -> Counter[tuple[str, str, str]]:
    """List all that is to be told of a machine."""
    found: Counter[tuple[str, str, str]] = Counter()
    for transition in (t for t in protocol.active if t.machine == name):
        leaves, reaches = transition.signature.leaves, transition.signature.reaches
        stays = set(leaves) == set(reaches)
        for tail in leaves:
            for head in (tail,) if stays else reaches:
                found[tail.__name__, head.__name__, spelled(transition)] += 1
    return found


@pytest.mark.parametrize(("protocol", "name"), PARTIES)
def test_every_transition_is_drawn_from_each_phase_that_it_leaves(protocol: Protocol, name: str) -> None:
    """Each once, word for word, between the phases that it is declared for; nothing else is drawn."""
    assert told(machine_graph(protocol, protocol.machine(name))) == declared(protocol, name)


def test_what_happens_in_a_search_is_drawn() -> None:
    """No run of the embed changes a phase in a way that the diagrams do not have."""
    semantics = explored(MODEL, Limits(states=2000)).semantics
    values = semantics.interner.values
    told_of = {
        m.name: {(tail, head, line.split()[0]) for tail, head, line in told(machine_graph(MODEL, m))} for m in MODEL.machines
    }
    plans = [p for p in semantics.planner.made if p.transition is not None]
    for plan in plans:
        way = (type(values[plan.before]).__name__, type(values[plan.after]).__name__, plan.name)
        assert way in told_of[MODEL.machines[plan.machine].name]
    assert len(plans) > 200


def test_what_cannot_happen_as_the_protocol_is_set_is_not_drawn() -> None:
    """What is switched off, or given under another answer, is no arrow."""
    client = TOY.machine("client")
    assert {line for _, _, line in told(machine_graph(TOY.assuming(retrying="no"), client))} == {
        "ask / Ask",
        "take Give",
        "throw_away (greed)",
    }
    assert Tone.ENVIRONMENT not in {e.tone for e in machine_graph(TOY.without_capabilities("greed"), client).edges}


def test_the_environment_has_a_tone_of_its_own() -> None:
    """Exactly what takes a capability has it, and names the capability, too."""
    for machine in MODEL.machines:
        for edge in machine_graph(MODEL, machine).edges:
            transition = MODEL.transition(edge.lines[0].split()[0])
            assert (edge.tone is ENVIRONMENT) == (transition.capability is not None) == edge.lines[0].endswith(")")


def test_the_legend_tells_of_the_environment_where_it_is() -> None:
    """A machine that is left alone has no line about it."""
    assert len(client_graph().notes) == 2
    assert len(machine_graph(TOY, TOY.machine("server")).notes) == 1


def test_a_transition_that_leaves_many_phases_leaves_a_group() -> None:
    """Of four phases there is a dashed box, once; what stays in one of them is told by it, too."""
    graph = lamp_graph()
    groups = [n for n in graph.nodes if Shape.GROUP in n.shapes]
    assert groups == [Node("any of Off Dim Half Bright", ("any of", "Off, Dim, Half, Bright"), (Shape.GROUP,), tone=FAINT)]
    assert [(e.head, e.lines[0]) for e in graph.edges if e.tail == groups[0].id] == [
        ("Off", "go_off"),
        ("Burnt", "burn_out (fate)"),
    ]
    assert standing_inside(node(graph, "Off")) == []


def test_a_transition_that_leaves_few_phases_stands_in_each() -> None:
    """Three boxes say the same of what stays in three phases."""
    inside = {n.id: standing_inside(n) for n in lamp_graph().nodes}
    assert inside["Dim"] == inside["Half"] == inside["Bright"] == ["stay Hold [from_remote] / Blink"]


def test_long_texts_are_broken_between_names() -> None:
    """Messages, guards and what is said begin lines of their own, and only a name alone is longer than a line."""
    (edge,) = (e for e in lamp_graph().edges if e.lines[0] == "brighter")
    assert edge.lines == ("brighter", "Press or Hold", "[from_remote,", "nobody_else_is_holding_it]", "/ Blink")
    box = node(machine_graph(LAMP, remote), "Lying")
    assert box.lines[-2:] == ("   / Hold,", "   RatherLongNameOfAButtonThatSwitchesEverythingOff")
    for machine in MODEL.machines:
        graph = machine_graph(MODEL, machine)
        lines = [line.strip() for e in graph.edges for line in e.lines[1:]]
        assert all(len(line) <= WIDTH + len("/ ,") or " " not in line.removeprefix("/ ") for line in lines)


def test_what_no_run_reaches() -> None:
    """It is crossed out only where it was asked for."""
    graph = client_graph(Emphasis(reached=frozenset({Idle})))
    assert [Shape.UNREACHABLE in n.shapes for n in graph.nodes] == [False, True, True]
    assert not any(Shape.UNREACHABLE in n.shapes for n in client_graph().nodes)


# -- what stands out -----------------------------------------------------------------------------------


def standing_out(graph: Graph) -> tuple[list[str], list[str]]:
    """Name the boxes that stand out, and the first lines of the arrows that do."""
    return [n.id for n in graph.nodes if n.tone is BROKEN], [e.lines[0] for e in graph.edges if e.tone is BROKEN]


@pytest.mark.parametrize(
    ("name", "boxes", "arrows"),
    [
        ("Dim", ["Dim"], []),
        ("brightest", [], ["brightest"]),
        ("burn_out", [], ["burn_out (fate)"]),
        ("stay", ["Dim", "Half", "Bright"], []),
        ("from_remote", ["Dim", "Half", "Bright"], ["brighter"]),
        ("nobody_else_is_holding_it", [], ["brighter"]),
        ("Press", [], ["brighter", "brighter_still", "brightest"]),
        ("Blink", ["Dim", "Half", "Bright"], ["brighter"]),
        ("lamp", [], []),
        ("nothing", [], []),
    ],
)
def test_a_name_stands_out(name: str, boxes: list[str], arrows: list[str]) -> None:
    """A phase is its box; a transition, guard or message is every arrow with it, and every box with such a thing inside."""
    assert standing_out(lamp_graph(emphasized(name))) == (boxes, arrows)


def test_nothing_but_the_tone_changes_for_what_stands_out() -> None:
    """The drawing is the same otherwise, so that it can be laid beside the plain one."""
    plain, out = lamp_graph(), lamp_graph(emphasized("Press", "Dim", "stay"))
    assert plain != out
    bare = evolve(
        out,
        nodes=tuple(evolve(n, tone=p.tone) for n, p in zip(out.nodes, plain.nodes, strict=True)),
        edges=tuple(evolve(e, tone=p.tone) for e, p in zip(out.edges, plain.edges, strict=True)),
    )
    assert bare == plain


def test_drawn_names() -> None:
    """All that can stand out has its name there once: phases, transitions, guards and messages, but no machines."""
    assert drawn_names(TOY) == [
        *("Idle", "Waiting", "Holding", "Serving"),
        *("ask", "Ask", "take", "Give", "retry", "first_time", "Lost", "give_up", "throw_away", "give"),
    ]
    assert "retry" not in drawn_names(TOY.assuming(retrying="no"))
    for name in drawn_names(LAMP):
        graphs = [machine_graph(LAMP, m, emphasized(name)) for m in LAMP.machines]
        assert any(standing_out(g) != ([], []) for g in graphs), name


# -- the lifecycle -------------------------------------------------------------------------------------


def test_the_toys_lifecycle() -> None:
    """A machine is a frame, arrows inside have no text, and what is said goes from frame to frame, dashed."""
    graph = lifecycle_graph(TOY)
    assert (graph.name, graph.title) == ("lifecycle", "toy")
    assert graph.clusters == (Cluster("client", "client: who wants a token"), Cluster("server", "server: who has tokens"))
    assert [(n.id, n.lines, n.cluster) for n in graph.nodes] == [
        ("client Idle", ("Idle",), "client"),
        ("client Waiting", ("Waiting",), "client"),
        ("client Holding", ("Holding",), "client"),
        ("server Serving", ("Serving",), "server"),
    ]
    assert graph.edges == (
        Edge("client Idle", "client Waiting"),
        Edge("client Waiting", "client Holding"),
        Edge("client Waiting", "client Idle"),
        Edge("client Holding", "client Idle", tone=ENVIRONMENT),
        Edge("client", "server", ("Ask",), dashed=True),
        Edge("server", "client", ("Give",), dashed=True),
    )


def test_groups_stand_in_their_machines_frame() -> None:
    """They are named by the machine, and their arrows lead within it; what only the environment says has its tone."""
    graph = lifecycle_graph(LAMP)
    (group,) = (n for n in graph.nodes if Shape.GROUP in n.shapes)
    assert (group.id, group.cluster) == ("lamp any of Off Dim Half Bright", "lamp")
    assert [(e.head, e.tone) for e in graph.edges if e.tail == group.id] == [("lamp Off", PLAIN), ("lamp Burnt", ENVIRONMENT)]
    assert [(e.tail, e.head, e.tone) for e in graph.edges if e.dashed] == [
        ("lamp", "remote", PLAIN),
        ("remote", "lamp", ENVIRONMENT),
    ]


def test_every_change_of_phase_is_one_arrow() -> None:
    """However many transitions lead from a box to another, there is one arrow, and none within a box."""
    for protocol in (TOY, LAMP, MODEL):
        graph = lifecycle_graph(protocol)
        steps = [(e.tail, e.head) for e in graph.edges if not e.dashed]
        assert len(set(steps)) == len(steps)
        assert all(tail != head for tail, head in steps)
        for machine in protocol.machines:
            mine = {(f"{machine.name} {e.tail}", f"{machine.name} {e.head}") for e in machine_graph(protocol, machine).edges}
            assert {s for s in steps if s[0].startswith(f"{machine.name} ")} == mine


def test_every_message_is_on_the_arrow_from_who_says_it() -> None:
    """What a machine can say to another stands on the arrow between them, and on none that it cannot take."""
    graph = lifecycle_graph(MODEL)
    said = {m.name: {s.__name__ for t in MODEL.active if t.machine == m.name for s in t.signature.says} for m in MODEL.machines}
    drawn = {(e.tail, e.head): set(" ".join(e.lines).split(", ")) for e in graph.edges if e.dashed}
    for name, messages in said.items():
        assert set().union(*(found for (tail, _), found in drawn.items() if tail == name)) == messages
    assert {"Auth", "Mount"} <= drawn["host", "frame"]
    assert "Ready" in drawn["frame", "host"]
    assert "Auth" not in drawn["frame", "host"]


def test_only_some_machines() -> None:
    """Others are left out with all that they say and hear; the order stays the protocol's."""
    graph = lifecycle_graph(MODEL, machines=("frame", "host"))
    assert [c.id for c in graph.clusters] == ["host", "frame"]
    assert {n.cluster for n in graph.nodes} == {"host", "frame"}
    assert {(e.tail, e.head) for e in graph.edges if e.dashed} == {("host", "frame"), ("frame", "host")}
    assert lifecycle_graph(TOY, machines=("server",)).edges == ()


def test_what_stands_out_in_the_lifecycle() -> None:
    """A phase is its box, a transition its arrow, a message the arrow from frame to frame as well."""

    def out(name: str) -> tuple[list[str], list[tuple[str, str]]]:
        graph = lifecycle_graph(TOY, emphasized(name))
        return [n.id for n in graph.nodes if n.tone is BROKEN], [(e.tail, e.head) for e in graph.edges if e.tone is BROKEN]

    assert out("Holding") == (["client Holding"], [])
    assert out("take") == ([], [("client Waiting", "client Holding")])
    assert out("Give") == (["server Serving"], [("client Waiting", "client Holding"), ("server", "client")])


def test_what_no_run_reaches_is_crossed_out_in_the_lifecycle_too() -> None:
    """So are the phases of other machines."""
    graph = lifecycle_graph(TOY, Emphasis(reached=frozenset({Holding})))
    assert [n.id for n in graph.nodes if Shape.UNREACHABLE not in n.shapes] == ["client Holding"]


# -- writers -------------------------------------------------------------------------------------------

ODD: Final = (
    'a "quoted" word',
    "<b>bold</b>",
    "<",
    "back\\slash \\n \\l \\N \\",
    "a | b {c} [d] (e); f # g // h & i %",
    "#quot; #35;",
    "ünïcödé — 漢 → ▸",
    "graph",
    "--> -.->",
    "`tick` $x$ *y* _z_",
)

ODD_GRAPH: Final = Graph(
    'odd name: with "quotes"',
    "odd",
    tuple(Node(f"node {number}", (line, f"{line} again"), cluster="c" * (number % 2)) for number, line in enumerate(ODD)),
    tuple(Edge(f"node {number}", "node 0", (line,)) for number, line in enumerate(ODD)),
    (Cluster("c", 'a "frame" <b> #1'),),
    notes=ODD,
)


def squeezed(line: str) -> str:
    """Take the spaces away that only place a text."""
    return " ".join(line.split())


def texts_of(svg: bytes) -> Counter[str]:
    """Give all that an SVG says."""
    found = re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())
    return Counter(line for text in found if (line := squeezed(html.unescape(text))))


def lines_of(graph: Graph) -> Counter[str]:
    """Give all that a graph has to say; where a phase is crossed out, so is its name."""
    titles = [("✕ " if Shape.UNREACHABLE in n.shapes else "") + n.lines[0] for n in graph.nodes]
    inside = [line for n in graph.nodes for line in n.lines[1:]]
    said = [line for e in graph.edges for line in e.lines]
    frames = [c.label for c in graph.clusters]
    return Counter(squeezed(line) for line in (graph.title, *titles, *inside, *said, *frames, *graph.notes) if squeezed(line))


DRAWN: Final = {
    "odd": ODD_GRAPH,
    "client": client_graph(),
    "lamp": lamp_graph(emphasized("Press")),
    "host": machine_graph(MODEL, MODEL.machine("host"), Emphasis(reached=frozenset())),
    "frame": machine_graph(MODEL, MODEL.machine("frame")),
    "setup": machine_graph(MODEL, MODEL.machine("setup")),
    "lifecycle": lifecycle_graph(MODEL),
    "few": lifecycle_graph(LAMP, machines=("lamp",)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_engine_takes_the_dot_and_leaves_no_text_out(name: str) -> None:
    """The SVG says what the graph says, letter by letter, and nothing else."""
    assert texts_of(rendered(DRAWN[name], "svg")) == lines_of(DRAWN[name])


def entities_read(line: str) -> str:
    """Read what Mermaid's entities stand for."""
    return re.sub(
        r"#(\w+);", lambda e: {"35": "#", "59": ";", "37": "%", "amp": "&", "quot": '"', "lt": "<", "gt": ">"}[e[1]], line
    )


def test_mermaid_quotes_every_text() -> None:
    """Within quotes there is no quote, tag or stray entity, and read back it is what the graph says."""
    found: Counter[str] = Counter()
    for line in mermaid(ODD_GRAPH).splitlines()[4:]:
        assert line.count('"') in {0, 2}
        for quoted in re.findall('"([^"]*)"', line):
            assert not re.search("[<>]", quoted.replace("<br>", ""))
            found.update(squeezed(entities_read(part)) for part in quoted.split("<br>"))
    title_and_notes = Counter([ODD_GRAPH.title, *map(squeezed, ODD_GRAPH.notes)])
    assert found == lines_of(ODD_GRAPH) - title_and_notes


def test_mermaid_has_names_of_its_own() -> None:
    """Whatever boxes and frames are called, arrows lead between names that are plain, and that all stand for something."""
    written = mermaid(lifecycle_graph(LAMP))
    made = set(re.findall(r"^\s+(?:subgraph )?([nc]\d+)[\[(]", written, re.MULTILINE))
    assert len(made) == len(lifecycle_graph(LAMP).nodes) + 2
    arrows = re.findall(r"^  ([nc]\d+) (?:-->|-\.->).*? ([nc]\d+)$", written, re.MULTILINE)
    assert len(arrows) == len(lifecycle_graph(LAMP).edges)
    assert {end for ends in arrows for end in ends} <= made


def test_a_title_with_a_colon_is_quoted_in_mermaid() -> None:
    """YAML would take it for a key; so every title is quoted, and quotes in it are escaped."""
    assert mermaid(client_graph()).splitlines()[:3] == ["---", 'title: "client: who wants a token"', "---"]
    assert mermaid(lifecycle_graph(TOY)).splitlines()[1] == 'title: "toy"'


def test_dashes_and_tones_in_mermaid() -> None:
    """A message is dashed; what stands out, the environment and a group have styles of their own."""
    written = mermaid(lifecycle_graph(LAMP, emphasized("Half")))
    assert written.count("-.->") == 2
    assert ":::broken" in next(line for line in written.splitlines() if '"Half"' in line)
    assert ":::faint" in next(line for line in written.splitlines() if '"any of<br>' in line)
    edges = lifecycle_graph(LAMP).edges
    numbers = ",".join(str(number) for number, e in enumerate(edges) if e.tone is ENVIRONMENT)
    assert f"  linkStyle {numbers} stroke:#0550ae\n" in written
    assert "linkStyle 2 stroke:#b3261e" in mermaid(client_graph(emphasized("give_up")))


def test_shapes_in_mermaid() -> None:
    """Where a machine may rest is doubled, where it starts is thick, and what is not reached is crossed out."""
    written = mermaid(client_graph(Emphasis(reached=frozenset({Idle}))))
    assert 'n0[["Idle"]]:::initial' in written
    assert 'n1("✕ Waiting<br>' in written
    assert 'n2[["✕ Holding"]]' in written


def line_with(written: str, start: str) -> str:
    """Find the only line that begins so."""
    (found,) = (line.strip() for line in written.splitlines() if line.strip().startswith(start))
    return found


def test_shapes_in_dot() -> None:
    """Doubled, thick, dashed and dotted say what a box is; without colours, too."""
    written = dot(client_graph(Emphasis(reached=frozenset({Idle}))))
    assert "peripheries=2" in line_with(written, "Idle [")
    assert "penwidth=2.4" in line_with(written, "Idle [")
    assert "peripheries" not in line_with(written, "Waiting [")
    assert 'style="rounded,dotted"' in line_with(written, "Waiting [")
    assert 'label="✕ Holding"' in line_with(written, "Holding [")
    assert 'style="rounded,dashed"' in line_with(dot(lamp_graph()), '"any of Off Dim Half Bright" [')


def test_tones_in_dot() -> None:
    """What the environment does is blue, what stands out is red, both in line and text."""
    blue = line_with(dot(client_graph()), "Holding -> Idle")
    assert 'color="#0550ae" fontcolor="#0550ae"' in blue
    red = line_with(dot(client_graph(emphasized("throw_away"))), "Holding -> Idle")
    assert 'color="#b3261e" fontcolor="#b3261e"' in red


def test_messages_in_dot_lead_from_frame_to_frame() -> None:
    """An arrow is cut off at both frames, dashed, and its text is a box between them."""
    written = dot(lifecycle_graph(TOY))
    half, other = (line.strip() for line in written.splitlines() if '"client to server"' in line and "->" in line)
    assert half.startswith('"client Idle" -> "client to server" [')
    assert "ltail=cluster_client" in half
    assert "arrowhead=none" in half
    assert other.startswith('"client to server" -> "server Serving" [')
    assert "lhead=cluster_server" in other
    assert "style=dashed" in half
    assert "style=dashed" in other
    assert 'label=" Ask \\l"' in line_with(written, '"client to server" [')


def test_a_wide_graph_goes_from_left_to_right() -> None:
    """Other ones go down."""
    wide = evolve(client_graph(), wide=True)
    assert "rankdir=LR" in dot(wide)
    assert "flowchart LR" in mermaid(wide)
    assert "rankdir=TB" in dot(client_graph())
    assert "flowchart TB" in mermaid(client_graph())


def test_the_client_as_text() -> None:
    """Every box says what it is, what is inside it, and where its arrows lead."""
    assert text(client_graph(Emphasis(frozenset({"Holding", "ask"}), frozenset({Idle, Holding})))) == (
        "client: who wants a token\n"
        "\n"
        "Idle (starts here, may rest here)\n"
        "  ──→ Waiting:  ask / Ask  (!)\n"
        "\n"
        "Waiting (never reached)\n"
        "  ▸ retry\n"
        "     Lost\n"
        "     [first_time]\n"
        "     / Ask\n"
        "  ──→ Holding:  take Give\n"
        "  ──→ Idle:  give_up Lost\n"
        "\n"
        "Holding (may rest here)  (!)\n"
        "  ──→ Idle:  throw_away (greed)\n"
        "\n"
        "an arrow: the transition, what it hears [its guards] / what it says\n"
        "blue and in brackets: what the environment does, and which capability it takes\n"
    )


def test_the_lifecycle_as_text() -> None:
    """Frames are headings, with what they say to others below; a group is one line."""
    written = text(lifecycle_graph(LAMP)).splitlines()
    assert written[2:4] == ["== lamp: what gives light ==", "- - → remote:  Blink"]
    assert "any of Off, Dim, Half, Bright" in written
    assert written[written.index("any of Off, Dim, Half, Bright") + 1] == "  ──→ Off"


# -- formats -------------------------------------------------------------------------------------------

SEQUENCE: Final = Sequence("run", "A run", (Lane("a", "a"),), 0, (), ())
TABLE: Final = Table("table", "A table", ("one",), ((Cell(("x",)),),))
KINDS: Final[dict[str, tuple[Picture, set[str]]]] = {
    "graph": (client_graph(), {"dot", "mermaid", "text", "graphml", "json", "svg", "png", "pdf"}),
    "sequence": (SEQUENCE, {"dot", "mermaid", "text", "svg", "png", "pdf"}),
    "table": (TABLE, {"dot", "markdown", "text", "svg", "png", "pdf"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_formats_of_a_kind(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of picture has its formats; another one is refused with those, by the picture's name."""
    picture, formats = KINDS[kind]
    monkeypatch.setattr("launchproof.draw.render.laid_out", lambda *_, **__: b"laid out")
    for form in FORMATS:
        if form in formats:
            assert rendered(picture, form)
            continue
        with pytest.raises(DrawError) as refused:
            rendered(picture, form)
        says = str(refused.value)
        assert says.startswith(f"{picture.name}: a {kind} cannot be written as {form}; use dot, ")
        assert set(says.partition("; use ")[2].split(", ")) == formats


def test_a_sequence_keeps_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sequence is placed before the engine has it; graphs and tables are placed by the engine."""
    pinned = {}

    def noted(written: str, form: str, *, pinned: bool) -> bytes:
        return f"{written[:1]}{form} {pinned}".encode()

    monkeypatch.setattr("launchproof.draw.render.laid_out", noted)
    pinned = {kind: rendered(picture, "png") for kind, (picture, _) in KINDS.items()}
    assert pinned == {"graph": b"dpng False", "sequence": b"dpng True", "table": b"dpng False"}


def test_an_unknown_format_is_refused() -> None:
    """The text names those that there are."""
    with pytest.raises(DrawError, match="client: a graph cannot be written as gif; use dot, mermaid, text"):
        rendered(client_graph(), "gif")


def test_every_format_has_a_suffix_of_its_own() -> None:
    """So a file's name says its format."""
    assert set(SUFFIXES) == set(FORMATS) == {*TEXTS, "svg", "png", "pdf"}
    assert len(set(SUFFIXES.values())) == len(SUFFIXES)


def large(nodes: int, edges: int) -> Graph:
    """Make a graph of a size."""
    boxes = tuple(Node(f"n{number}", (f"{number}",)) for number in range(nodes))
    return Graph("large", "large", boxes, tuple(Edge("n0", "n1") for _ in range(edges)))


@pytest.mark.parametrize(("nodes", "edges"), [(61, 0), (2, 161), (1061, 1161)])
def test_what_nobody_can_read_is_refused_in_every_drawn_format(nodes: int, edges: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its size and the ways out, and before anything is laid out; other programs get it all the same."""
    monkeypatch.setattr("launchproof.draw.render.laid_out", lambda *_, **__: pytest.fail("it was laid out"))
    for form in KINDS["graph"][1] - set(EXPORTS):
        with pytest.raises(DrawError) as refused:
            rendered(large(nodes, edges), form)
        assert str(refused.value) == (
            f"large: {nodes:,} boxes and {edges:,} arrows are more than can be read (60 and 160);"
            " draw fewer machines (--machine NAME), or draw one machine by its name"
        )
    assert len(json.loads(rendered(large(nodes, edges), "json"))["nodes"]) == nodes
    assert rendered(large(nodes, edges), "graphml").count(b"<edge ") == edges


def test_the_largest_graph_that_can_be_read_is_drawn() -> None:
    """It is refused beyond that, and not before."""
    assert rendered(large(60, 160), "dot").count(b" -> ") == 160


# -- the engine ----------------------------------------------------------------------------------------

LITTLE: Final = "digraph { a -> b }"


def without_pygraphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pygraphviz be missing."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pygraphviz" else found(name, *rest))


def installed(monkeypatch: pytest.MonkeyPatch, where: Path, script: str) -> Path:
    """Install a program called dot, and nothing else that lays out."""
    program = where / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    without_pygraphviz(monkeypatch)
    monkeypatch.setenv("PATH", str(where), prepend=":")
    return program


def refusal(written: str = LITTLE, form: str = "svg", *, seconds: float = 60.0) -> str:
    """Give the one line by which a layout is refused."""
    with pytest.raises(DrawError) as refused:
        laid_out(written, form, seconds=seconds)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_formats_are_what_they_say() -> None:
    """The engine writes SVG, PNG and PDF."""
    starts = {form: laid_out(LITTLE, form)[:8] for form in ("svg", "png", "pdf")}
    assert starts["svg"].startswith((b"<?xml", b"<svg"))
    assert starts["png"] == b"\x89PNG\r\n\x1a\n"
    assert starts["pdf"].startswith(b"%PDF-")


def test_what_is_pinned_stays() -> None:
    """Boxes stand where they were put."""
    placed = 'digraph { graph [inputscale=72] node [shape=circle] a [pos="0,0!"] b [pos="300,40!"] }'
    found = re.findall(rb'<ellipse [^>]*cx="([-\d.]+)" cy="([-\d.]+)"', laid_out(placed, "svg", pinned=True))
    (ax, ay), (bx, by) = [(float(x), float(y)) for x, y in found]
    assert (round(bx - ax), round(ay - by)) == (300, 40)


def test_dot_that_is_none_is_refused() -> None:
    """In one line, with the engine's reason and what to do."""
    says = refusal("digraph {")
    assert says.startswith("Graphviz could not lay this out (")
    assert says.endswith("); write it with --format dot and look at it")


def test_without_any_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install, and which formats need nothing; those are still written."""
    without_pygraphviz(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    says = "there is no Graphviz to lay this out; install launchproof[draw], or use --format dot or mermaid"
    for form in ("svg", "png", "pdf"):
        with pytest.raises(DrawError) as refused:
            rendered(client_graph(), form)
        assert str(refused.value) == says
    for form in ("dot", "mermaid", "text"):
        assert rendered(client_graph(), form)


def test_pygraphviz_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever dot is installed, the engine whose version is known is taken, in a process of its own."""
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/false")
    assert engine.command("svg", pinned=False) == [sys.executable, "-m", "launchproof.draw.engine", "svg", "dot"]
    assert engine.command("pdf", pinned=True) == [sys.executable, "-m", "launchproof.draw.engine", "pdf", "neato"]


def test_an_installed_dot_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pygraphviz is missing, dot from the path is given the same text, and what it writes is the drawing."""
    installed(monkeypatch, tmp_path, 'echo "$@"\ncat')
    assert laid_out("digraph { ä }", "svg") == "-Tsvg\ndigraph { ä }".encode()
    assert laid_out(LITTLE, "png", pinned=True) == b"-Kneato -n2 -Tpng\n" + LITTLE.encode()
    assert rendered(client_graph(), "pdf") == b"-Tpdf\n" + rendered(client_graph(), "dot")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Note the processes that are started."""
    found: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    yield found
    for process in found:
        process.kill()


def test_a_layout_that_hangs_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """After the time it is given its process is gone, and one line says what can be done."""
    installed(monkeypatch, tmp_path, "exec sleep 600")
    assert refusal(seconds=0.2) == "the layout took more than 0.2 seconds and was ended; draw less of it"
    assert [process.returncode for process in started] == [-9]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo first >&2; echo 'syntax error near x' >&2; exit 1", "syntax error near x"),
        ("echo half of a drawing; exit 3", "it wrote nothing"),
        ("cat > /dev/null", "it wrote nothing"),
        ("kill -SEGV $$", "it wrote nothing"),
        ("printf '\\377 broken' >&2; exit 1", "\ufffd broken"),
    ],
)
def test_an_engine_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str) -> None:
    """One line says so, with the last that it said; half a drawing is none."""
    installed(monkeypatch, tmp_path, script)
    assert refusal() == f"Graphviz could not lay this out ({reason}); write it with --format dot and look at it"


# -- the page ------------------------------------------------------------------------------------------

PICTURE: Final = Drawing("client", "the client", lambda g: machine_graph(g.protocol, g.protocol.machine("client")))
INLINE: Final = Drawing("guards", "the guards", lambda g: guards_table(g.protocol), ())


def page(*parts: str | Show, folder: str = "diagrams/drawn") -> str:
    """Write a page of the toy."""
    root = Path("/project")
    return page_text(Page("PAGE.md", parts), (PICTURE, INLINE), lambda d: d.make(Gallery(TOY)), root / folder, root)


def test_a_page() -> None:
    """Text stands as it is, a picture is a link beside it, a table stands on the page."""
    assert page("# Toy\n", Show("client"), "\nText.\n\n", Show("guards")) == (
        "# Toy\n\n"
        "![the client](diagrams/drawn/client.svg)\n\n"
        "Text.\n\n"
        "**Guards**\n\n"
        "| guard | checks | at | asked for by |\n"
        "| --- | --- | --- | --- |\n"
        "| first_time | The client asked only once. | retry | ours.retry |\n"
    )


def test_links_are_relative_to_the_project() -> None:
    """They lead to the folder of the drawings from where the page is, so that they hold in every clone."""
    assert page(Show("client"), folder="drawn") == "![the client](drawn/client.svg)\n"
    assert page(Show("client"), folder="../elsewhere") == "![the client](../elsewhere/client.svg)\n"


def test_a_page_makes_only_what_it_shows() -> None:
    """Other drawings are not made for it."""
    failing = Drawing("failing", "nothing", lambda _: pytest.fail("it was made"))
    root = Path("/project")
    made = page_text(Page("P.md", ("x",)), (failing,), lambda d: d.make(Gallery(TOY)), root, root)
    assert made == "x\n"


def test_an_unknown_drawing_on_a_page_is_refused() -> None:
    """The text names the page and the drawings that there are."""
    with pytest.raises(DrawError, match=r"page PAGE\.md: there is no drawing 'cleint'; name one of client, guards"):
        page("# Toy", Show("cleint"))


# -- what colour alone must not say --------------------------------------------------------------------


def test_a_transition_that_moves_is_an_arrow() -> None:
    """Annotations that reach what they leave do not say which; the moves that a search met do."""
    wanted = next(t for t in LAMP.active if set(t.signature.leaves) == set(t.signature.reaches) and len(t.signature.leaves) > 1)
    tail, head = wanted.signature.leaves[:2]
    machine = LAMP.machine(wanted.machine)
    unknown = machine_graph(LAMP, machine)
    known = machine_graph(LAMP, machine, Emphasis(moves=frozenset({(wanted.name, tail, head)})))
    assert not [e for e in unknown.edges if any(wanted.name in line for line in e.lines)]
    assert [(e.tail, e.head) for e in known.edges if any(wanted.name in line for line in e.lines)] == [
        (tail.__name__, head.__name__)
    ]


def test_a_start_that_stands_out_does_so_in_mermaid() -> None:
    """What a reader asked for goes before the mark of the start."""
    written = mermaid(client_graph(emphasized("Idle")))
    assert ":::broken" in next(line for line in written.splitlines() if '"Idle' in line)


def test_titles_are_drawn_as_they_are() -> None:
    """No title is taken for HTML, an escape or an entity."""
    graph = Graph("g", r"<b> \N &amp;", (Node("n", ("&lt;",), (Shape.PHASE,)),), ())
    svg = rendered(graph, "svg").decode()
    assert "&lt;b&gt; \\N &amp;amp;" in svg
    assert "&amp;lt;" in svg
