"""Sequences for a terminal: lanes from top to bottom where they fit, or else a line per message.

::

       host             frame
        │                 │
    1. open page          │
        ├──Mount(token-1)▸┤

A message that is not heard in the next row gets a letter, and is heard where the letter stands again.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import count
from typing import Final

from attrs import define, evolve, field

from launchproof.draw.picture import Arrow, Remark, Sequence, Tone, Way

COLUMNS: Final = 100
MARGIN: Final = 10
"""Columns to the left of the first lane's middle, and to the right of the last one's."""

LIMITS: Final = (44, 30, 24)
"""Where the lanes do not fit, messages are cut to so many characters, less and less."""

NEAREST: Final = 14
STROKES: Final = {Way.POST: "─", Way.HTTP: "╌", Way.INSTANT: "┈"}
LEGEND: Final = {Way.POST: "window message", Way.HTTP: "request or answer", Way.INSTANT: "at once, or a signal in the browser"}
FOR_EVER: Final = "from here on, for ever"
ON_ITS_WAY: Final = "still on its way"
FROM_HERE: Final = "from here on"
UNTIL_HERE: Final = "until here"


def text(sequence: Sequence, columns: int = COLUMNS) -> str:
    """Draw a sequence with lanes if it fits into so many columns, else tell it line by line."""
    boards = (Board(shortened(sequence, limit), columns) for limit in LIMITS)
    lines = next((board.lines() for board in boards if board.width <= columns), None)
    return "\n".join(line.rstrip() for line in lines or list_lines(sequence)) + "\n"


def shortened(sequence: Sequence, limit: int) -> Sequence:
    """Give a sequence whose messages have no more than so many characters, if leaving out what is in them is enough."""
    return evolve(sequence, arrows=tuple(evolve(a, text=cut(a.text, limit)) for a in sequence.arrows))


def cut(message: str, limit: int) -> str:
    """Leave out the last of what is in a message, part by part, until it is short; no part is cut in two."""
    while len(message) > limit:
        rest = message.removesuffix(")").removesuffix(", …")
        shorter = f"{rest.rpartition(', ')[0]}, …)" if ", " in rest else f"{rest.partition('(')[0]}(…)"
        if len(shorter) >= len(message):
            return message
        message = shorter
    return message


def letters(sequence: Sequence) -> dict[int, str]:
    """Give a letter to each message that is not heard in the next row, by its place among the arrows."""
    waiting = [n for n, a in enumerate(sequence.arrows) if a.heard is not None and a.heard > a.said + 1]
    return dict(zip(waiting, map(letter, count()), strict=False))


def letter(number: int) -> str:
    """Give the letter of a number: a to z, then aa."""
    return (letter(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)  # noqa: PLR2004 - the alphabet


def end_text(arrow: Arrow) -> str:
    """Say how a message ends that is never heard."""
    if arrow.heard is not None:
        return ""
    return f"({arrow.lost or ON_ITS_WAY})"


# -- with lanes --------------------------------------------------------------------------------------


@define(eq=False)
class Board:
    """A drawing of characters in the making."""

    sequence: Sequence
    columns: int
    lanes: dict[str, int] = field(init=False)
    waiting: dict[int, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Set the lanes as far apart as the texts between them ask for."""
        self.waiting = letters(self.sequence)
        self.lanes = {}
        names = [lane.id for lane in self.sequence.lanes]
        for lane in names:
            left = [n for n in names if n in self.lanes]
            place = self.lanes[left[-1]] + NEAREST if left else MARGIN
            for number, arrow in enumerate(self.sequence.arrows):
                other = {arrow.tail: arrow.head, arrow.head: arrow.tail}.get(lane)
                if other in self.lanes:
                    place = max(place, self.lanes[other] + len(self.label(number, arrow)) + 5)
            self.lanes[lane] = place

    @property
    def width(self) -> int:
        """How many columns the lanes take, with what stands beside them."""
        return max(self.lanes.values(), default=0) + MARGIN

    def label(self, number: int, arrow: Arrow) -> str:
        """Give an arrow's text, with how it ends if it is not heard in the next row."""
        ends = end_text(arrow)
        return arrow.text + (f" {ends}" if ends else "") + (f" ({self.waiting[number]})" if number in self.waiting else "")

    def lines(self) -> list[str]:
        """Give the drawing, line by line."""
        drawn = [self.sequence.title, "", self.heads()]
        for row in range(self.sequence.rows):
            if self.sequence.loop_from == row:
                drawn.append(self.over(f"── {FOR_EVER} ", 0, "─"))
            drawn += self.row_lines(row)
        drawn += ["", "   ".join(f"{STROKES[w] * 3}▸ {LEGEND[w]}" for w in Way if any(a.way is w for a in self.sequence.arrows))]
        return [*drawn, *self.sequence.notes]

    def heads(self) -> str:
        """Give the lanes' names, each above the middle of its lane."""
        line = ""
        for lane in self.sequence.lanes:
            start = max(self.lanes[lane.id] - len(lane.label) // 2, len(line) + 1)
            line = line.ljust(start) + lane.label
        return line

    def bare(self) -> list[str]:
        """Give a row in which nothing happens: the lanes alone."""
        cells = [" "] * (max(self.lanes.values(), default=0) + MARGIN)
        for place in self.lanes.values():
            cells[place] = "│"
        return cells

    def over(self, words: str, start: int, fill: str = "") -> str:
        """Put words over a bare row; they may go on beyond its end."""
        cells = self.bare()
        if fill:
            cells = [fill if c == " " else "┼" for c in cells]
        cells += [" "] * (start + len(words) - len(cells))
        cells[start : start + len(words)] = words
        return "".join(cells)

    def row_lines(self, row: int) -> Iterator[str]:
        """Yield a row: remarks, what begins and ends, and what is said."""
        for number, arrow in enumerate(self.sequence.arrows):
            if arrow.heard == row and number in self.waiting:
                yield self.centred(f"({self.waiting[number]}) arrives", arrow.head)
        for remark in self.sequence.remarks:
            if remark.row == row:
                yield from self.remark_lines(remark)
        for word, spans in (
            (UNTIL_HERE, [s for s in self.sequence.spans if s.last == row]),
            (FROM_HERE, [s for s in self.sequence.spans if s.first == row]),
        ):
            for span in spans:
                yield self.over(f"{'┃' if span.token else '║'} {word}: {span.label}", self.lanes[span.lane] + 2)
        for number, arrow in enumerate(self.sequence.arrows):
            if arrow.said == row:
                yield self.arrow_line(number, arrow)

    def remark_lines(self, remark: Remark) -> Iterator[str]:
        """Yield a remark's lines; what is wrong goes across all lanes."""
        if remark.tone is Tone.BROKEN:
            yield from broken_lines(remark, self.columns)
            return
        yield from (self.centred(f" {line} ", remark.lane) for line in remark.text.splitlines())

    def centred(self, words: str, lane: str) -> str:
        """Put words over a row, around the middle of a lane."""
        return self.over(words, max(self.lanes[lane] - len(words) // 2, 0))

    def arrow_line(self, number: int, arrow: Arrow) -> str:
        """Draw an arrow from lane to lane, with its text in the middle."""
        tail, head = self.lanes[arrow.tail], self.lanes[arrow.head]
        words = self.label(number, arrow)
        if tail == head:
            return self.over(f"└▸ {words}", tail + 1)
        room = abs(head - tail) - 2
        line = words.center(room, STROKES[arrow.way])
        cells = self.bare()
        point = "×" if arrow.lost else ("▸" if head > tail else "◂")
        inside = [*line, point] if head > tail else [point, *line]
        cells[min(tail, head) + 1 : max(tail, head)] = inside
        return "".join(cells)


# -- line by line ------------------------------------------------------------------------------------


def list_lines(sequence: Sequence) -> Iterator[str]:
    """Yield a line per remark and message, with who says it to whom in front."""
    labels = {lane.id: lane.label for lane in sequence.lanes}
    ways = [f"{labels[a.tail]} {STROKES[a.way]}▸ {labels[a.head]}" for a in sequence.arrows]
    room = max(map(len, (*ways, *labels.values())), default=0)
    yield from (sequence.title, "")
    for row in range(sequence.rows):
        if sequence.loop_from == row:
            yield f"── {FOR_EVER} ──"
        for who, what in listed(sequence, row, labels, ways):
            yield f"{who:<{room}}  {what}" if who else what
    yield from ("", *sequence.notes)


def listed(sequence: Sequence, row: int, labels: dict[str, str], ways: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what stands in a row: who, and what; what is wrong stands alone."""
    waiting = letters(sequence)
    for number, letter_ in waiting.items():
        if sequence.arrows[number].heard == row:
            yield labels[sequence.arrows[number].head], f"({letter_}) arrives"
    for remark in (r for r in sequence.remarks if r.row == row):
        if remark.tone is Tone.BROKEN:
            yield from (("", line) for line in broken_lines(remark, COLUMNS))
        else:
            yield labels[remark.lane], ", ".join(remark.text.splitlines())
    for span in (s for s in sequence.spans if row in (s.first, s.last)):
        yield labels[span.lane], f"{FROM_HERE if row == span.first else UNTIL_HERE}: {span.label}"
    for number, arrow in enumerate(sequence.arrows):
        if arrow.said == row:
            yield ways[number], f"{arrow.text} {f'({waiting[number]})' if number in waiting else end_text(arrow)}"


def broken_lines(remark: Remark, columns: int) -> Iterator[str]:
    """Yield what is wrong, marked by exclamation marks, in lines that are not too long."""
    for line in remark.text.splitlines():
        yield from (f"!! {part}" for part in textwrap.wrap(line, columns - len("!! "), break_on_hyphens=False))
