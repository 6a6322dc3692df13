"""Where everything in a sequence stands, in points, with y upwards and the first row at the top.

Texts are boxes of a known size, so that none overlaps another: a row is as high as what stands in it,
one below the other, and two lanes are as far apart as the longest text between them asks for.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from attrs import define, field, frozen

from launchproof.draw.picture import Arrow, Remark, Sequence, Span, Tone, Way

TEXT: Final = 10.0
SMALL: Final = 9.0
TITLE: Final = 14.0
LINE: Final = 1.25
"""A line of text is so many times as high as its font size."""

ROW: Final = 26.0
GAP: Final = 14.0
"""Between a lane and a text beside it."""

REACH: Final = 6.0
"""An arrow begins and ends so far from the middle of a lane where a span is drawn."""

SHORT_OF: Final = 14.0
"""So far from its lane ends an arrow that does not arrive."""

WRAPPED: Final = 72
"""A remark's line with more characters than this is broken."""

NARROWEST: Final = 160.0
"""Lanes are at least so far apart, so that what waits for long is seen beside the remarks."""

FOR_EVER: Final = "from here on, for ever"
ON_ITS_WAY: Final = "still on its way"

WIDTHS: Final = {
    0.30: "'ijlIJ",
    0.35: " ,.·/:;\\|f-",
    0.41: "()[]t!r",
    0.53: '"*_`sz“”?',
    0.60: "cLFkvxyP",
    0.64: "TYaoäöeESbdghnpquü$0123456789{}",
    0.75: "KAVBRXZCUHN",
    0.84: "DG&OQw#+<=>^~→×−",
}
"""How wide characters are, in font sizes: those of a wide face, so that a text fits whatever face is there."""

WIDTH: Final = {character: width for width, characters in WIDTHS.items() for character in characters}
WIDEST: Final = 1.0
BOLDER: Final = 1.16

LEGEND: Final = {Way.POST: "window message", Way.HTTP: "request or answer", Way.INSTANT: "at once, or a signal in the browser"}


def width_of(text: str, size: float = TEXT) -> float:
    """Estimate how wide a line of text is, rather too wide than too narrow."""
    return sum(WIDTH.get(character, WIDEST) for character in text) * size


# -- what stands where -------------------------------------------------------------------------------


@frozen
class Box:
    """Lines of text around a place; `framed` has an outline, `x` and `y` are its middle."""

    x: float
    y: float
    lines: tuple[str, ...]
    size: float = TEXT
    tone: Tone = Tone.PLAIN
    framed: bool = False
    bold: bool = False

    @property
    def width(self) -> float:
        """How wide the box is, with a little room around its text."""
        return max(width_of(line, self.size) for line in self.lines) * (BOLDER if self.bold else 1) + (12 if self.framed else 4)

    @property
    def height(self) -> float:
        """How high the box is."""
        return len(self.lines) * self.size * LINE + (5 if self.framed else 1)


@frozen
class Stroke:
    """A line through places; with an arrow's way, it has its head at the end, unless it never arrives."""

    points: tuple[tuple[float, float], ...]
    way: Way | None = None
    tone: Tone = Tone.PLAIN
    arrives: bool = True


@frozen
class Bar:
    """A rectangle from a height to another: a document, a token, or a frame around what repeats for ever."""

    x: float
    top: float
    bottom: float
    width: float
    token: bool = False
    frame: bool = False
    tone: Tone = Tone.PLAIN


@frozen
class Layout:
    """Everything with its place: texts, lines and bars."""

    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    bars: tuple[Bar, ...]


def layout(sequence: Sequence) -> Layout:
    """Give everything its place."""
    return Page(sequence).laid_out()


@define(eq=False)
class Page:
    """A layout in the making."""

    sequence: Sequence
    lanes: dict[str, float] = field(factory=dict)
    tops: list[float] = field(factory=list)
    lines: dict[int, float] = field(factory=dict)
    boxes: list[Box] = field(factory=list)
    strokes: list[Stroke] = field(factory=list)
    bars: list[Bar] = field(factory=list)
    _y: float = 0.0
    _start: float = 0.0

    def laid_out(self) -> Layout:
        """Place the lanes, then the rows from top to bottom, then what goes from row to row."""
        self._place_lanes()
        self._place_heads()
        for row in range(self.sequence.rows):
            self._place_row(row)
        self.tops.append(self._y)
        for number, arrow in enumerate(self.sequence.arrows):
            self._place_arrow(arrow, self.lines[number])
        for span in self.sequence.spans:
            self._place_span(span)
        self._place_foot()
        return Layout(tuple(self.boxes), tuple(self.strokes), tuple(self.bars))

    # -- from left to right

    def _place_lanes(self) -> None:
        """Set two lanes as far apart as the texts between them ask for."""
        names = [lane.id for lane in self.sequence.lanes]
        room = dict.fromkeys(pairwise(names), NARROWEST)
        for name, reach in self._reaches(names):
            for pair in room:
                if name in pair:
                    room[pair] = max(room[pair], reach)
        for arrow in self.sequence.arrows:
            for pair, text in self._texts(names, arrow):
                if pair in room:
                    room[pair] = max(room[pair], text)
        for left, right in pairwise(self.sequence.lanes):
            heads = (width_of(left.label, TEXT) + width_of(right.label, TEXT)) * BOLDER / 2 + 40
            room[left.id, right.id] = max(room[left.id, right.id], heads)
        x = 0.0
        self.lanes = dict.fromkeys(names[:1], x)
        for one, other in pairwise(names):
            x += room[one, other]
            self.lanes[other] = x

    def _reaches(self, names: list[str]) -> Iterator[tuple[str, float]]:
        """Yield how far texts on a lane reach to its sides; a long remark may cover other lanes."""
        if self.sequence.loop_from is not None:
            yield names[0], width_of(FOR_EVER, SMALL) + 2 * GAP
        for remark in self.sequence.remarks:
            if remark.tone is not Tone.BROKEN:
                yield remark.lane, remark_box(remark, 0, 0).width / 2 + GAP
        yield from ((span.lane, width_of(span.label, SMALL) + GAP + REACH + 8) for span in self.sequence.spans)
        yield from ((a.tail, width_of(a.text) + 40) for a in self.sequence.arrows if a.tail == a.head and a.tail in names)

    def _texts(self, names: list[str], arrow: Arrow) -> Iterator[tuple[tuple[str, str], float]]:
        """Yield the room that an arrow's texts ask for: what it says where it begins, how it ends where it ends."""
        ends = end_text(arrow)
        pair = self._beside(names, arrow.tail, arrow.head)
        yield pair, width_of(arrow.text) + 2 * GAP + (SHORT_OF if ends and arrow.head in pair else 0)
        if ends:
            yield self._beside(names, arrow.head, arrow.tail), width_of(ends, SMALL) + 2 * GAP + SHORT_OF

    @staticmethod
    def _beside(names: list[str], lane: str, towards: str) -> tuple[str, str]:
        """Give the pair of neighbouring lanes, from left to right, of which one is a lane and the other nearer to another."""
        here, there = names.index(lane), names.index(towards)
        if here == there:
            return (lane, lane)
        return (lane, names[here + 1]) if there > here else (names[here - 1], lane)

    @property
    def right(self) -> float:
        """The last lane's place."""
        return max(self.lanes.values(), default=0.0)

    # -- from top to bottom

    def _place_heads(self) -> None:
        """Place the title, and above each lane its name."""
        self._left_text(self.sequence.title, TITLE, bold=True)
        self._y -= 14
        for lane in self.sequence.lanes:
            self.boxes.append(Box(self.lanes[lane.id], self._y - 9, (lane.label,), TEXT, lane.tone, framed=True, bold=True))
        self._start = self._y - 18
        self._y -= 24

    def _left_text(self, text: str, size: float, *, bold: bool = False) -> None:
        """Place a line of text at the left, below what is there."""
        box = Box(0, 0, (text,), size, bold=bold)
        self.boxes.append(Box(box.width / 2 - 40, self._y - box.height / 2, (text,), size, bold=bold))
        self._y -= box.height

    def _place_row(self, row: int) -> None:
        """Place what stands in a row, one below the other, and remember at which height the row begins."""
        top = self._y
        if self.sequence.loop_from == row:
            box = Box(0, 0, (FOR_EVER,), SMALL)
            self.boxes.append(Box(GAP + box.width / 2, self._y - 10, (FOR_EVER,), SMALL))
            self._y -= 18
        self.tops.append(self._y)
        if any(a.heard == row != a.said for a in self.sequence.arrows):
            self._y -= 6
        for remark in self.sequence.remarks:
            if remark.row == row:
                self._place_remark(remark)
        for number, arrow in enumerate(self.sequence.arrows):
            if arrow.said == row:
                self._place_text(number, arrow)
        for span in self.sequence.spans:
            if span.first == row:
                self._place_label(span)
        self._y = min(self._y, top - ROW)

    def _place_remark(self, remark: Remark) -> None:
        """Place a remark on its lane; one that is wider than the room there is moved inwards."""
        box = remark_box(remark, 0, 0)
        x = self.lanes[remark.lane]
        if remark.tone is Tone.BROKEN:
            x = min(max(x, box.width / 2 - 60), max(self.right + 60 - box.width / 2, box.width / 2 - 60))
        self.boxes.append(remark_box(remark, x, self._y - 2 - box.height / 2))
        self._y -= box.height + 5

    def _place_text(self, number: int, arrow: Arrow) -> None:
        """Place an arrow's text above where it begins, and how it ends below."""
        names = list(self.lanes)
        one, other = self._beside(names, arrow.tail, arrow.head)
        x = (self.lanes[one] + self.lanes[other]) / 2
        box = Box(x, 0, (arrow.text,))
        if one == other:
            x += REACH + 28 + box.width / 2
        elif steep(arrow):
            side = 1 if one == arrow.tail else -1
            x = self.lanes[arrow.tail] + side * (GAP + box.width / 2)
        self._y -= 3
        self.boxes.append(Box(x, self._y - box.height / 2, (arrow.text,), tone=arrow.tone))
        self._y -= box.height + 2
        self.lines[number] = self._y
        self._y -= 6
        ends = end_text(arrow)
        if ends:
            small = Box(0, 0, (ends,), SMALL, arrow.tone)
            if one != other:
                side = 1 if names.index(arrow.head) > names.index(arrow.tail) else -1
                x = self.lanes[arrow.head] - side * (SHORT_OF + small.width / 2)
            self.boxes.append(Box(x, self._y - small.height / 2, (ends,), SMALL, arrow.tone))
            self._y -= small.height + 3

    def _place_label(self, span: Span) -> None:
        """Place a span's label where it begins, to the right of its bar: a line for each."""
        box = Box(0, 0, (span.label,), SMALL, Tone.FAINT)
        x = self.lanes[span.lane] + REACH + 4 + box.width / 2
        self.boxes.append(Box(x, self._y - box.height / 2, (span.label,), SMALL, Tone.FAINT))
        self._y -= box.height + 2

    # -- from row to row

    def _place_arrow(self, arrow: Arrow, y: float) -> None:
        """Draw an arrow from where it is said to where it is heard; one that never is ends on the way there."""
        tail, head = self.lanes[arrow.tail], self.lanes[arrow.head]
        end = y if arrow.heard in (None, arrow.said) else self.tops[arrow.heard or 0] - 2
        if tail == head:
            out = tail + REACH + 20
            down = y - 12 if end == y else end
            self.strokes.append(Stroke(((tail + REACH, y), (out, y), (out, down), (tail + REACH, down)), arrow.way, arrow.tone))
            return
        side = 1 if head > tail else -1
        start = tail + side * self._reach(arrow.tail, arrow.said)
        if arrow.heard is not None:
            stop = head - side * self._reach(arrow.head, arrow.heard)
            self.strokes.append(Stroke(((start, y), (stop, end)), arrow.way, arrow.tone))
            return
        stop = head - side * SHORT_OF
        self.strokes.append(Stroke(((start, y), (stop, y)), arrow.way, arrow.tone, arrives=not arrow.lost))
        if arrow.lost:
            self.strokes += crossed(stop, y, arrow.tone)

    def _reach(self, lane: str, row: int) -> float:
        """Tell how far from a lane's middle an arrow stays in a row, for the sake of a span."""
        lasting = any(s.lane == lane and s.first <= row and (s.last is None or row <= s.last) for s in self.sequence.spans)
        return REACH if lasting else 1.0

    def _place_span(self, span: Span) -> None:
        """Draw a span's bar: a document's is wide and empty, a token's narrow and full, within it."""
        others = [s for s in self.sequence.spans if s.lane == span.lane and s.token and s is not span and overlap(s, span)]
        before = sum(self.sequence.spans.index(s) < self.sequence.spans.index(span) for s in others)
        x = self.lanes[span.lane] + (4.5 * before if span.token else 0)
        last = self.sequence.rows if span.last is None else span.last
        self.bars.append(
            Bar(x, self.tops[span.first] - 1, self.tops[last] + 1, 3 if span.token else 9, token=span.token, tone=span.tone)
        )

    def _place_foot(self) -> None:
        """Draw the lanes' lines and the frame of what repeats; below, say what the lines mean, and the notes."""
        first, bottom = self._start, self._y - 6
        self.strokes = [Stroke(((x, first), (x, bottom)), tone=Tone.FAINT) for x in self.lanes.values()] + self.strokes
        if self.sequence.loop_from is not None:
            top = self.tops[min(self.sequence.loop_from, self.sequence.rows)] + 18
            middle = self.right / 2
            self.bars.append(Bar(middle, top, self._y - 2, self.right + 150, frame=True))
        self._y = bottom - 14
        x = -40.0
        for way in (w for w in Way if any(a.way is w for a in self.sequence.arrows)):
            box = Box(0, 0, (LEGEND[way],), SMALL, Tone.FAINT)
            self.strokes.append(Stroke(((x, self._y), (x + 34, self._y)), way, Tone.FAINT))
            self.boxes.append(Box(x + 40 + box.width / 2, self._y, (LEGEND[way],), SMALL, Tone.FAINT))
            x += 56 + box.width
        self._y -= 12
        for note in self.sequence.notes:
            self._left_text(note, SMALL)


def crossed(x: float, y: float, tone: Tone) -> tuple[Stroke, Stroke]:
    """Draw a cross."""
    return Stroke(((x - 5, y - 5), (x + 5, y + 5)), tone=tone), Stroke(((x - 5, y + 5), (x + 5, y - 5)), tone=tone)


def end_text(arrow: Arrow) -> str:
    """Say how a message ends that is never heard."""
    return "" if arrow.heard is not None else arrow.lost or ON_ITS_WAY


def steep(arrow: Arrow) -> bool:
    """Whether a message waits so long that its arrow soon leaves the text above it."""
    return arrow.heard is not None and arrow.heard > arrow.said + 1


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans last at the same time, or meet."""
    return (one.last is None or other.first < one.last) and (other.last is None or one.first < other.last)


def remark_box(remark: Remark, x: float, y: float) -> Box:
    """Give a remark's box, with its long lines broken."""
    lines = [part for line in remark.text.splitlines() for part in textwrap.wrap(line, WRAPPED, break_on_hyphens=False) or [""]]
    return Box(x, y, tuple(lines), SMALL, remark.tone, framed=True)
