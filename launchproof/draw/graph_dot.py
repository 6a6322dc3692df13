"""Graphs as DOT, for Graphviz."""

from __future__ import annotations

from typing import Final

import graphviz

from launchproof.draw.picture import Edge, Graph, Node, Shape, Tone
from launchproof.draw.style import FONT, INK, PAPER

SIZE: Final = "11"
SMALL: Final = "9.5"


def dot(graph: Graph) -> str:
    """Give a graph as DOT."""
    made = graphviz.Digraph(graph.name)
    made.attr(
        rankdir="LR" if graph.wide else "TB",
        compound="true",
        bgcolor=PAPER,
        fontname=FONT,
        fontsize="14",
        labelloc="t",
        label=literal(graph.title),
        nodesep="0.35",
        ranksep="0.55",
        pad="0.2",
        newrank="true",
    )
    made.attr("node", fontname=FONT, fontsize=SIZE, margin="0.10,0.06")
    made.attr("edge", fontname=FONT, fontsize=SMALL, arrowsize="0.7")
    for cluster in graph.clusters:
        with made.subgraph(name=f"cluster_{cluster.id}") as inside:
            inside.attr(label=literal(cluster.label), style="rounded", color=INK[Tone.FAINT], fontsize=SIZE, labelloc="t")
            for node in graph.nodes:
                if node.cluster == cluster.id:
                    add_node(inside, node)
    for node in graph.nodes:
        if not node.cluster:
            add_node(made, node)
    for edge in graph.edges:
        add_edge(made, graph, edge)
    if graph.notes:
        text = "".join(f"{literal(line)}\\l" for line in graph.notes)
        made.node("notes", label=text, shape="plaintext", fontsize=SMALL, fontcolor=INK[Tone.FAINT])
    return str(made.source)


def literal(text: str) -> str:
    """Write text so that it is drawn as it is: no HTML, no escapes, no entities."""
    return str(graphviz.nohtml(graphviz.escape(text.replace("&", "&amp;"))))


def add_node(made: graphviz.Digraph, node: Node) -> None:
    """Add a box: rounded for a phase, doubled where a machine may rest, thick where it starts, crossed out where no run is."""
    ink = INK[node.tone]
    attributes = {"shape": "box", "style": "rounded", "color": ink, "fontcolor": ink}
    if Shape.GROUP in node.shapes:
        attributes |= {"style": "rounded,dashed", "fontsize": SMALL}
    if Shape.RESTING in node.shapes:
        attributes["peripheries"] = "2"
    if Shape.INITIAL in node.shapes:
        attributes["penwidth"] = "2.4"
    title, *rest = node.lines
    mark = "✕ " if Shape.UNREACHABLE in node.shapes else ""
    if Shape.UNREACHABLE in node.shapes:
        attributes |= {"style": "rounded,dotted", "fontcolor": INK[Tone.FAINT]}
    text = literal(mark + title) + ("\\n" if not rest else "\\n" + "".join(f"{literal(r)}\\l" for r in rest))
    made.node(node.id, label=text if rest else literal(mark + title), **attributes)


def add_edge(made: graphviz.Digraph, graph: Graph, edge: Edge) -> None:
    """Add an arrow between boxes, or one between frames."""
    ink = INK[edge.tone]
    attributes = {"color": ink, "fontcolor": ink, "style": "dashed" if edge.dashed else "solid"}
    text = "".join(f" {literal(line)} \\l" for line in edge.lines)
    if {edge.tail, edge.head} <= {c.id for c in graph.clusters}:
        add_message(made, graph, edge, text, attributes)
    else:
        made.edge(edge.tail, edge.head, **({"label": text} if text else {}), **attributes)


def add_message(made: graphviz.Digraph, graph: Graph, edge: Edge, text: str, attributes: dict[str, str]) -> None:
    """Add an arrow from frame to frame, cut off at both, through a box of its own for its text: so no frame covers it."""
    between = f"{edge.tail} to {edge.head}"
    made.node(between, label=text, shape="plaintext", fontsize=SMALL, fontcolor=attributes["fontcolor"])
    tail, head = anchor(graph, edge.tail), anchor(graph, edge.head)
    made.edge(tail, between, ltail=f"cluster_{edge.tail}", arrowhead="none", **attributes)
    made.edge(between, head, lhead=f"cluster_{edge.head}", **attributes)


def anchor(graph: Graph, cluster: str) -> str:
    """Give the box in a frame that arrows to and from the frame lead to: the one in which its machine starts."""
    inside = [node for node in graph.nodes if node.cluster == cluster]
    return next((node.id for node in inside if Shape.INITIAL in node.shapes), inside[0].id)
