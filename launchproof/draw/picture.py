"""The one form of everything that is drawn: graphs, sequences and tables, without a word of any format.

Extracting (what is drawn) and rendering (how it looks) meet here and nowhere else. A picture is a value:
the same declarations give the same picture, in the same order, whatever the hash seed.

There are two colours, each with one meaning: *environment* (what the machines do not do of themselves)
and *broken* (what is wrong, or what is highlighted). Everything says in shape or words what it says in
colour, too.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen


class Tone(Enum):
    """What a line or a box stands for; renderers choose its stroke and colour."""

    PLAIN = "plain"
    FAINT = "faint"
    ENVIRONMENT = "environment"
    BROKEN = "broken"


# -- graphs ------------------------------------------------------------------------------------------


class Shape(Enum):
    """What a node is."""

    PHASE = "a phase"
    INITIAL = "the phase in which a machine starts"
    RESTING = "a phase in which a machine may stay for ever"
    UNREACHABLE = "a phase that no run reaches"
    GROUP = "several phases, for an arrow that leaves them all"
    STATE = "a state, or a class of states"


@frozen
class Node:
    """A box, with its lines of text; `shapes` may be several (initial and resting)."""

    id: str
    lines: tuple[str, ...]
    shapes: tuple[Shape, ...] = (Shape.PHASE,)
    cluster: str = ""
    tone: Tone = Tone.PLAIN


@frozen
class Edge:
    """An arrow, with its lines of text; a dashed one is a message from one machine to another."""

    tail: str
    head: str
    lines: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN
    dashed: bool = False


@frozen
class Cluster:
    """A frame around nodes."""

    id: str
    label: str


FEWER: Final = ("draw fewer machines (--machine NAME)", "draw one machine by its name")


@frozen
class Graph:
    """A graph of boxes and arrows, with notes below it; `wide` lays it out from left to right.

    `ways` are what a reader can do about a graph that is too large to read.
    """

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...] = ()
    notes: tuple[str, ...] = ()
    wide: bool = False
    ways: tuple[str, ...] = FEWER


# -- sequences ---------------------------------------------------------------------------------------


class Way(Enum):
    """How a message travels."""

    POST = "a window message"
    HTTP = "a request or an answer"
    INSTANT = "at once, within the browser or between servers"


@frozen
class Lane:
    """An actor, with a line of its own from top to bottom."""

    id: str
    label: str
    tone: Tone = Tone.PLAIN


@frozen
class Arrow:
    """A message: said in one row, and heard in the same or a later one; None: it never is.

    Then `lost` says why; where it says nothing, the message is on its way when the run ends.
    Where `head` is heard rows later than it was said, other messages may overtake it.
    """

    tail: str
    head: str
    text: str
    way: Way
    said: int
    heard: int | None
    tone: Tone = Tone.PLAIN
    lost: str = ""


@frozen
class Remark:
    """Text at a lane, in a row, of a line or several: what an actor does, or what is wrong."""

    lane: str
    row: int
    text: str
    tone: Tone = Tone.PLAIN


@frozen
class Span:
    """Something that lasts on a lane, from a row to a row (None: to the end): a document, or a token."""

    lane: str
    first: int
    last: int | None
    label: str
    token: bool = False
    tone: Tone = Tone.PLAIN


@frozen
class Sequence:
    """A run, from top to bottom; steps are numbered rows. `loop_from` is the row from which it repeats for ever."""

    name: str
    title: str
    lanes: tuple[Lane, ...]
    rows: int
    arrows: tuple[Arrow, ...]
    remarks: tuple[Remark, ...]
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    loop_from: int | None = None


# -- tables ------------------------------------------------------------------------------------------


@frozen
class Cell:
    """Lines of text; `tones`, one per line, where they differ."""

    lines: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    tones: tuple[Tone, ...] = ()

    @property
    def toned(self) -> tuple[tuple[str, Tone], ...]:
        """Give each line with its tone."""
        return tuple(zip(self.lines, self.tones or (self.tone,) * len(self.lines), strict=True))


@frozen
class Table:
    """Columns with heads, and rows whose first cell is theirs."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


Picture = Graph | Sequence | Table
