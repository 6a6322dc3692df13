"""Sequences for Graphviz: everything has its place; the engine only draws lines between places.

Positions are in points for every engine: ``neato -n2`` takes them so, and others read `inputscale`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from launchproof.draw.picture import Sequence, Tone, Way
from launchproof.draw.sequence_layout import Bar, Box, Stroke, layout
from launchproof.draw.style import FONT, INK, PAPER

if TYPE_CHECKING:
    from graphviz import Digraph

STROKES: Final = {
    Way.POST: {"style": "solid", "arrowhead": "normal"},
    Way.HTTP: {"style": "dashed", "arrowhead": "vee"},
    Way.INSTANT: {"style": "dotted", "arrowhead": "vee", "penwidth": "1.2"},
}


def dot(sequence: Sequence) -> str:
    """Write a sequence for ``neato``, every node at its place."""
    from graphviz import Digraph

    placed = layout(sequence)
    graph = Digraph(sequence.name, engine="neato")
    graph.attr("graph", bgcolor=PAPER, inputscale="72", splines="line", outputorder="edgesfirst", overlap="true", pad="0.2")
    graph.attr("graph", fontname=FONT, tooltip=sequence.title)
    graph.attr("node", shape="box", fontname=FONT, fixedsize="true", margin="0")
    graph.attr("edge", arrowsize="0.7", penwidth="1")
    for number, bar in enumerate(placed.bars):
        write_bar(graph, f"bar{number}", bar)
    for number, box in enumerate(placed.boxes):
        write_box(graph, f"text{number}", box)
    for number, stroke in enumerate(placed.strokes):
        write_stroke(graph, f"line{number}", stroke)
    return str(graph.source)


def position(x: float, y: float) -> str:
    """Write a place that the engine must not change."""
    return f"{x:.1f},{y:.1f}!"


def inches(points: float) -> str:
    """Write a size."""
    return f"{points / 72:.3f}"


def label_of(box: Box) -> str:
    """Write lines of text: they stand in the middle, but several of a broken step's at the left."""
    from graphviz import escape, nohtml

    end = r"\l" if box.tone is Tone.BROKEN and len(box.lines) > 1 else r"\n"
    margin = "  " if end == r"\l" else ""
    joined = end.join(margin + str(escape(line)) for line in box.lines)
    return str(nohtml(joined + (end if end == r"\l" else "")))


def write_box(graph: Digraph, name: str, box: Box) -> None:
    """Write a text, on white, so that it is read where a line passes behind it."""
    graph.node(
        name,
        label=label_of(box),
        pos=position(box.x, box.y),
        width=inches(box.width),
        height=inches(box.height),
        style="filled",
        fillcolor=PAPER,
        color=INK[box.tone] if box.framed else PAPER,
        fontcolor=INK[box.tone],
        fontsize=f"{box.size:g}",
        fontname=f"{FONT} bold" if box.bold else FONT,
        penwidth=("1.6" if box.tone is Tone.BROKEN else "0.7") if box.framed else "0",
    )


def write_bar(graph: Digraph, name: str, bar: Bar) -> None:
    """Write a rectangle: dashed around what repeats, dark for a token, light for a document."""
    fill = INK[Tone.FAINT] if bar.token else "#f0f1f3"
    graph.node(
        name,
        label="",
        pos=position(bar.x, (bar.top + bar.bottom) / 2),
        width=inches(bar.width),
        height=inches(max(bar.top - bar.bottom, 1)),
        style="dashed" if bar.frame else "filled",
        fillcolor=fill,
        color=INK[Tone.FAINT if bar.tone is Tone.PLAIN else bar.tone],
        penwidth="0.7",
    )


def write_stroke(graph: Digraph, name: str, stroke: Stroke) -> None:
    """Write a line as edges between nodes without a size."""
    for number, (x, y) in enumerate(stroke.points):
        graph.node(f"{name}p{number}", label="", shape="point", style="invis", pos=position(x, y), width="0", height="0")
    legs = list(pairwise(range(len(stroke.points))))
    for one, other in legs:
        drawn: dict[str, str] = dict(STROKES[stroke.way]) if stroke.way is not None else {"penwidth": "0.8"}
        if stroke.way is None or not stroke.arrives or other != legs[-1][1]:
            drawn["arrowhead"] = "none"
        graph.edge(f"{name}p{one}", f"{name}p{other}", color=INK[stroke.tone], **drawn)
