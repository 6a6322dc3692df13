"""A fault tree: what has to fail together for a property to break.

The property's breach is at the top. Below it stands what is enough for it, each by itself (*or*): a single point
of failure, or, under an *and*, several guards that must all be lost. W. E. Vesely et al., "Fault Tree
Handbook", NUREG-0492, 1981.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchproof.cuts.answer import Cut, CutSets
from launchproof.declare.properties import Property
from launchproof.draw.picture import Edge, Graph, Node, Shape, Tone

WAYS = ("draw one property (--property NAME)",)


def fault_tree(prop: Property, found: CutSets) -> Graph:
    """Draw the cut sets of a property."""
    cuts = found.of(prop)
    leaves = dict.fromkeys(part for cut in cuts for part in cut.lost)
    single = {cut.lost[0] for cut in cuts if cut.single}
    nodes = [Node("breach", (prop.name, "breaks"), (Shape.INITIAL,), tone=Tone.BROKEN)]
    nodes += [Node(gate(number), ("and",), (Shape.GROUP,)) for number, cut in enumerate(cuts) if not cut.single]
    nodes += [
        Node(part, (part, *(("lost: enough by itself",) if part in single else ("lost",))), (Shape.PHASE,)) for part in leaves
    ]
    return Graph(
        name=f"cuts-{prop.name}",
        title=f"What {prop.name} rests on",
        nodes=tuple(nodes),
        edges=tuple(edge for number, cut in enumerate(cuts) for edge in edges(number, cut)),
        notes=(prop.meaning, known(prop, found)),
        ways=WAYS,
    )


def gate(number: int) -> str:
    """Name the gate of a cut set."""
    return f"and-{number}"


def edges(number: int, cut: Cut) -> Iterator[Edge]:
    """Yield the arrows of a cut set, down from the breach."""
    length = () if cut.steps is None else (f"{cut.steps} step{'' if cut.steps == 1 else 's'}",)
    if cut.single:
        yield Edge("breach", cut.lost[0], length)
        return
    yield Edge("breach", gate(number), length)
    for part in cut.lost:
        yield Edge(gate(number), part)


def known(prop: Property, found: CutSets) -> str:
    """Say how far the picture goes."""
    size = found.sizes.get(prop.name, 0)
    return f"Each branch is enough. All sets up to {size} are here." if found.of(prop) else f"No set up to {size} breaks it."
