"""Graphs as plain text: every box with the arrows that leave it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from launchproof.draw.picture import Edge, Graph, Node, Shape, Tone

MARKS: Final = {Shape.INITIAL: "starts here", Shape.RESTING: "may rest here", Shape.UNREACHABLE: "never reached"}
TONES: Final = {Tone.BROKEN: "  (!)"}
ENVIRONMENT: Final = "  (environment)"


def text(graph: Graph) -> str:
    """Give a graph as lines of text."""
    return "\n".join(lines(graph)) + "\n"


def lines(graph: Graph) -> Iterator[str]:
    """Yield the title, the boxes cluster by cluster, and the notes."""
    yield graph.title
    for cluster in (*graph.clusters, None):
        name = cluster.id if cluster is not None else ""
        if cluster is not None:
            yield ""
            yield f"== {cluster.label} =="
            yield from arrows(graph, name, "")
        for node in graph.nodes:
            if node.cluster == name:
                yield ""
                yield from box(node)
                yield from arrows(graph, node.id, "  ")
    yield ""
    yield from graph.notes


def box(node: Node) -> Iterator[str]:
    """Yield a box: its title with what it is, then what stands inside."""
    marks = ", ".join(words for shape, words in MARKS.items() if shape in node.shapes)
    title, *inside = node.lines if Shape.GROUP not in node.shapes else (" ".join(node.lines),)
    yield f"{title}{f' ({marks})' if marks else ''}{TONES.get(node.tone, '')}"
    yield from (f"  {line}" for line in inside)


def arrows(graph: Graph, tail: str, indent: str) -> Iterator[str]:
    """Yield the arrows that leave a box or frame."""
    named = unmistakable(graph)
    names = {node.id: node.lines[0] if named else node.id for node in graph.nodes} | {
        cluster.id: cluster.id for cluster in graph.clusters
    }
    for edge in graph.edges:
        if edge.tail == tail:
            said = f":  {' '.join(edge.lines)}" if edge.lines else ""
            yield f"{indent}{'- - ' if edge.dashed else '──'}→ {names[edge.head]}{said}{mark(edge)}"


def unmistakable(graph: Graph) -> bool:
    """Whether the first lines of boxes tell them apart; otherwise their names must, as in a graph of states."""
    titles = [(node.cluster, node.lines[0]) for node in graph.nodes if Shape.STATE in node.shapes]
    return len(titles) == len(set(titles))


def mark(edge: Edge) -> str:
    """Say what colour says elsewhere; a transition names its capability itself."""
    if edge.tone is Tone.ENVIRONMENT and not any("(" in line for line in edge.lines):
        return ENVIRONMENT
    return TONES.get(edge.tone, "")
