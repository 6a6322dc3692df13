"""Tables as DOT: one node with a table in it, for Graphviz to draw."""

from __future__ import annotations

import html
from typing import Final

from launchproof.draw.picture import Table, Tone
from launchproof.draw.style import FONT, INK, PAPER
from launchproof.draw.table_text import SPLITS, Layout, cell_lines, layout, wrapped

SIZE: Final = 9
"""The height of the letters, in points."""

WIDEST: Final = 198
"""So many characters of text are about 1400 pixels wide, with the room around the cells of a dozen columns."""

PADDING: Final = 2
"""The room around a cell's text, in characters."""

FINEST: Final = 12
"""How narrow a column gets where there are more of them than there is room for."""


def dot(table: Table) -> str:
    """Give a table as DOT."""
    import graphviz

    made = graphviz.Digraph(table.name)
    made.attr(bgcolor=PAPER, pad="0.15", margin="0")
    made.node("table", label=f"<{label(table)}>", shape="plain", fontname=FONT, fontsize=str(SIZE), fontcolor=INK[Tone.PLAIN])
    source: str = made.source
    return source


def label(table: Table) -> str:
    """Give a table as Graphviz's HTML-like label: the title, the head, the rows, and the notes."""
    found = layout(table, WIDEST, PADDING) or Layout((FINEST,) * len(table.columns), SPLITS[-1])
    heads = [wrapped(c, w, found.split, 0) for c, w in zip(table.columns, found.widths, strict=True)]
    head = [data([strong(line) for line in lines]) for lines in heads]
    cells = [[cell_lines(c, w, found.split) for c, w in zip(row, found.widths, strict=True)] for row in table.rows]
    rows = ["".join(data([toned(*line) for line in lines]) for lines in row) for row in cells]
    span = len(table.columns)
    room = max(sum(found.widths) + PADDING * (span - 1), len(table.title))
    notes = [faint(line) for note in table.notes for line in wrapped(note, room, SPLITS[0])]
    body = [across([f'<FONT POINT-SIZE="{SIZE + 3}">{strong(table.title)}</FONT>'], span), "".join(head), *rows]
    body += [across(notes, span)] if notes else []
    around = f'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" COLOR="{INK[Tone.FAINT]}"'
    return f"<TABLE {around}>{''.join(f'<TR>{cells}</TR>' for cells in body)}</TABLE>"


def data(lines: list[str]) -> str:
    """Give a cell with its lines, from the left and from the top."""
    text = "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)
    return f'<TD ALIGN="LEFT" VALIGN="TOP" BALIGN="LEFT">{text}</TD>'


def across(lines: list[str], span: int) -> str:
    """Give a cell without a frame that is as wide as the table."""
    return data(lines).replace("<TD ", f'<TD BORDER="0" COLSPAN="{span}" ', 1)


def toned(line: str, tone: Tone) -> str:
    """Give a line in the colour of its tone; what is broken is bold, too, and what is faint slants."""
    if tone is Tone.PLAIN:
        return plain(line)
    if tone is Tone.FAINT:
        return faint(line)
    text = strong(line) if tone is Tone.BROKEN else plain(line)
    return f'<FONT COLOR="{INK[tone]}">{text}</FONT>'


def faint(line: str) -> str:
    """Give a line that is not to be seen first."""
    return f'<FONT COLOR="{INK[Tone.FAINT]}"><I>{plain(line)}</I></FONT>'


def strong(line: str) -> str:
    """Give a line in bold."""
    return f"<B>{plain(line)}</B>"


def plain(line: str) -> str:
    """Escape a line; the blanks that it begins with stay."""
    text = line.lstrip(" ")
    return "&#160;" * (len(line) - len(text)) + html.escape(text)
