"""Tables for a terminal: aligned columns whose cells are wrapped, or, where they are too many, a block per row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from attrs import frozen

from launchproof.draw.picture import Cell, Table, Tone
from launchproof.draw.tables import NONE

WIDTH: Final = 120
"""How wide a table is where nobody says."""

GAP: Final = "  "
HANGING: Final = 2
"""The lines after the first of a wrapped text begin with so many blanks."""

SPLITS: Final = (r"\S+\s*", r"[^\s_./-]*[_./-]+\s*|[^\s_./-]+\s*", r"[A-Z]?[^A-Z\s_./-]*[_./-]*\s*|.\s*")
"""What a text may be broken into, from the mildest: words, parts of names, and parts of ``CamelCase``."""


@frozen
class Layout:
    """How wide each column is, in characters, and how finely texts had to be broken for that."""

    widths: tuple[int, ...]
    split: str


def layout(table: Table, total: int, gap: int) -> Layout | None:
    """Share a total width out among the columns, so that all prose gets alike; None where it cannot be done."""
    columns = [(head, [line for lines in cells for line in lines]) for head, cells in by_column(table)]
    natural = [max(map(len, (head, *lines))) for head, lines in columns]
    room = total - gap * (len(columns) - 1)
    for split in SPLITS:
        least = [max(least_width([head], split, 0), least_width(lines, split)) for head, lines in columns]
        if sum(least) <= room:
            return Layout(shared(least, natural, room), split)
    return None


def by_column(table: Table) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield each column's head, and the lines of its cells."""
    for number, head in enumerate(table.columns):
        yield head, [row[number].lines for row in table.rows]


def least_width(texts: Sequence[str], split: str, hang: int = HANGING) -> int:
    """Tell how narrow a column can be without breaking pieces; what follows a first line is indented."""
    found = 1
    for text in texts:
        for number, piece in enumerate(pieces(text, split)):
            found = max(found, len(piece.rstrip()) + (hang if number else 0))
    return found


def shared(least: Sequence[int], natural: Sequence[int], room: int) -> tuple[int, ...]:
    """Give each column what it needs, up to the highest common bound for which there is room; the neediest gets the rest."""

    def bounded(bound: int) -> tuple[int, ...]:
        return tuple(max(low, min(high, bound)) for low, high in zip(least, natural, strict=True))

    bound = 1
    while sum(bounded(bound + 1)) <= room and bound < max(natural):
        bound += 1
    widths = list(bounded(bound))
    neediest = max(range(len(widths)), key=lambda i: natural[i] - widths[i])
    widths[neediest] = min(natural[neediest], widths[neediest] + room - sum(widths))
    return tuple(widths)


def pieces(text: str, split: str) -> list[str]:
    """Break a text into the pieces that a line may end after."""
    return [p for p in re.findall(split, text) if p]


def wrapped(text: str, width: int, split: str, hang: int = HANGING) -> list[str]:
    """Break a text into lines of a width, at words first; all but the first are indented."""
    lines = [""]

    def room() -> int:
        return width - (hang if len(lines) > 1 else 0)

    for word in pieces(text, SPLITS[0]):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > room():
            lines.append("")
        for part in [word] if len(word.rstrip()) <= room() else pieces(word, split):
            if lines[-1] and len(lines[-1]) + len(part.rstrip()) > room():
                lines.append("")
            lines[-1] += part
    return [" " * (hang if number else 0) + line.rstrip() for number, line in enumerate(lines)]


def cell_lines(cell: Cell, width: int, split: str) -> list[tuple[str, Tone]]:
    """Wrap a cell's lines, each with its tone; a single line of whole words is not indented."""
    hang = HANGING if len(cell.lines) > 1 or split != SPLITS[0] else 0
    return [(part, tone) for line, tone in cell.toned for part in wrapped(line, width, split, hang)]


def text(table: Table, width: int = WIDTH) -> str:
    """Give a table as text of at most a width."""
    found = layout(table, width, len(GAP))
    body = blocks(table, width) if found is None else grid(table, found)
    notes = [line for note in table.notes for line in wrapped(note, width, SPLITS[1])]
    return "\n".join([table.title, "", *body, *(["", *notes] if notes else [])]) + "\n"


def grid(table: Table, found: Layout) -> list[str]:
    """Set rows below each other; those of several lines are kept apart by a blank line."""
    heads = [wrapped(c, w, found.split, 0) for c, w in zip(table.columns, found.widths, strict=True)]
    rule = GAP.join("─" * w for w in found.widths)
    rows = [aligned(row_columns(row, found), found.widths) for row in table.rows]
    apart = any(len(row) > 1 for row in rows)
    lines = [*aligned(heads, found.widths), rule]
    for number, row in enumerate(rows):
        lines += ["", *row] if apart and number else row
    return lines


def row_columns(row: Sequence[Cell], found: Layout) -> list[list[str]]:
    """Wrap the cells of a row."""
    return [[line for line, _ in cell_lines(c, w, found.split)] for c, w in zip(row, found.widths, strict=True)]


def aligned(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Set the lines of cells beside each other."""
    rows = zip_longest(*columns, fillvalue="")
    return [GAP.join(line.ljust(width) for line, width in zip(lines, widths, strict=True)).rstrip() for lines in rows]


def blocks(table: Table, width: int) -> list[str]:
    """Give each row as a block, with a line or more for each of its cells; empty cells are told together."""
    heads = max(map(len, table.columns[1:]), default=0)
    room = max(width - heads - 2 * len(GAP), 1)
    lines: list[str] = []
    for row in table.rows:
        lines += ["", *row[0].lines] if lines else row[0].lines
        empty: list[str] = []
        for head, cell in zip(table.columns[1:], row[1:], strict=True):
            if cell.lines == (NONE,):
                empty.append(head)
                continue
            lines += beside(head, [line for line, _ in cell_lines(cell, room, SPLITS[1])], heads)
        if empty:
            lines += beside(NONE, wrapped(", ".join(empty), room, SPLITS[1], 0), heads)
    return lines


def beside(head: str, lines: Sequence[str], width: int) -> Iterator[str]:
    """Set a head of a width beside the first of its lines."""
    yield from (f"{GAP}{(head if n == 0 else '').ljust(width)}{GAP}{line}" for n, line in enumerate(lines))
