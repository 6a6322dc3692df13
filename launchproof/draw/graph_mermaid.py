"""Graphs as Mermaid flowcharts, for Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from launchproof.draw.mermaid_text import escaped, quoted
from launchproof.draw.picture import Edge, Graph, Node, Shape, Tone

CLASSES: Final = {Tone.FAINT: "faint", Tone.ENVIRONMENT: "environment", Tone.BROKEN: "broken"}
STYLES: Final = (
    "classDef faint stroke-dasharray:4,color:#6e7781",
    "classDef environment stroke:#0550ae",
    "classDef broken stroke:#b3261e,stroke-width:3px",
    "classDef initial stroke-width:3px",
)


def mermaid(graph: Graph) -> str:
    """Give a graph as a Mermaid flowchart."""
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    ids |= {cluster.id: f"c{number}" for number, cluster in enumerate(graph.clusters)}
    lines = ["---", f"title: {quoted(graph.title)}", "---", f"flowchart {'LR' if graph.wide else 'TB'}"]
    for cluster in graph.clusters:
        lines.append(f'  subgraph {ids[cluster.id]}["{escaped(cluster.label)}"]')
        lines += [f"    {box(node, ids)}" for node in graph.nodes if node.cluster == cluster.id]
        lines.append("  end")
    lines += [f"  {box(node, ids)}" for node in graph.nodes if not node.cluster]
    lines += [f"  {arrow(edge, ids)}" for edge in graph.edges]
    lines += [f"  {style}" for style in STYLES]
    lines += [f"  linkStyle {numbers} stroke:{ink}" for ink, numbers in inks(graph)]
    return "\n".join(lines) + "\n"


def box(node: Node, ids: dict[str, str]) -> str:
    """Give a node: round for a phase, doubled where a machine may rest."""
    opening, closing = ("[[", "]]") if Shape.RESTING in node.shapes else ("(", ")")
    mark = "✕ " if Shape.UNREACHABLE in node.shapes else ""
    text = "<br>".join(escaped(line) for line in (mark + node.lines[0], *node.lines[1:]))
    kind = CLASSES.get(node.tone, "initial" if Shape.INITIAL in node.shapes else "")
    return f'{ids[node.id]}{opening}"{text}"{closing}' + (f":::{kind}" if kind else "")


def arrow(edge: Edge, ids: dict[str, str]) -> str:
    """Give an edge, dashed for messages."""
    line = "-.->" if edge.dashed else "-->"
    text = f'|"{"<br>".join(escaped(line) for line in edge.lines)}"|' if edge.lines else ""
    return f"{ids[edge.tail]} {line}{text} {ids[edge.head]}"


def inks(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield a colour, and the numbers of the arrows that have it."""
    for tone, ink in ((Tone.ENVIRONMENT, "#0550ae"), (Tone.BROKEN, "#b3261e")):
        numbers = [str(number) for number, edge in enumerate(graph.edges) if edge.tone is tone]
        if numbers:
            yield ink, ",".join(numbers)
