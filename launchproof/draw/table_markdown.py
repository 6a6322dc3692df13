"""Tables as Markdown, as GitHub writes it."""

from __future__ import annotations

import re
from typing import Final

from launchproof.draw.picture import Cell, Table, Tone
from launchproof.draw.tables import NONE

SPECIAL: Final = re.compile(r"[\\`*|~]|(?<![^\W_])_|_(?![^\W_])|(?<=\])\(|^(?:[#+>-]|\d+[.)])(?=\s|$)")
"""What Markdown would read as more than text; an underscore within a name is none of it."""

MARKS: Final = {Tone.PLAIN: "", Tone.ENVIRONMENT: "", Tone.FAINT: "*", Tone.BROKEN: "**"}
"""What the environment does is said in words, as everywhere."""


def markdown(table: Table) -> str:
    """Give a table as Markdown, with its title above it and its notes below."""
    lines = [f"**{escaped(table.title)}**", "", row([escaped(c) for c in table.columns])]
    lines.append(row(["---"] * len(table.columns)))
    lines += [row([told(cell) for cell in cells]) for cells in table.rows]
    notes = [f"- {escaped(note)}" for note in table.notes]
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def row(cells: list[str]) -> str:
    """Give a row."""
    return f"| {' | '.join(cells)} |"


def told(cell: Cell) -> str:
    """Give a cell in one line."""
    return "<br>".join(marked(line, tone) for line, tone in cell.toned)


def marked(line: str, tone: Tone) -> str:
    """Give a line with what stands for its tone."""
    mark = MARKS[tone] if line.strip() and line != NONE else ""
    return f"{mark}{escaped(line.strip())}{mark}"


def escaped(text: str) -> str:
    """Take away what Markdown and HTML would read as more than text."""
    plain = " ".join(text.split())
    safe = SPECIAL.sub(lambda found: escape(found[0]), plain)
    return safe.replace("&", "&amp;").replace("<", "&lt;")


def escape(mark: str) -> str:
    """Put a backslash before a mark; before the last character of a number's."""
    return f"{mark[:-1]}\\{mark[-1]}"
