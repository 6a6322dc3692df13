"""Sequences for Mermaid, which GitHub draws in place; a message that waits is heard in a note of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from launchproof.draw.mermaid_text import escaped, quoted
from launchproof.draw.picture import Arrow, Remark, Sequence, Tone, Way

ARROWS: Final = {Way.POST: "-)", Way.HTTP: "-->>", Way.INSTANT: "->>"}
LOST: Final = {Way.POST: "-x", Way.HTTP: "--x", Way.INSTANT: "-x"}
BROKEN: Final = "rect rgb(255, 235, 233)"
FOR_EVER: Final = "loop from here on, for ever"


def mermaid(sequence: Sequence) -> str:
    """Write a sequence as a ``sequenceDiagram``."""
    names = {lane.id: f"p{number}" for number, lane in enumerate(sequence.lanes)}
    lines = ["---", f"title: {quoted(sequence.title)}", "---", "sequenceDiagram"]
    lines += (f"    participant {names[lane.id]} as {escaped(lane.label)}" for lane in sequence.lanes)
    for row in range(sequence.rows):
        if sequence.loop_from == row:
            lines.append(f"    {FOR_EVER}")
        lines += (f"    {line}" for line in row_lines(sequence, names, row))
    if sequence.loop_from is not None and sequence.loop_from < sequence.rows:
        lines.append("    end")
    if sequence.lanes:
        over = ",".join(dict.fromkeys((names[sequence.lanes[0].id], names[sequence.lanes[-1].id])))
        lines += (f"    Note over {over}: {escaped(note)}" for note in sequence.notes)
    return "\n".join(lines) + "\n"


def row_lines(sequence: Sequence, names: dict[str, str], row: int) -> Iterator[str]:
    """Yield what stands in a row: what arrives there after a wait, what is done, what is said, what begins and ends."""
    for arrow in sequence.arrows:
        if arrow.heard == row and waits(arrow):
            yield f"Note over {names[arrow.head]}: hears {escaped(arrow.text)}"
    for span in sequence.spans:
        if span.last == row:
            yield f"Note right of {names[span.lane]}: until here {escaped(span.label)}"
    for remark in sequence.remarks:
        if remark.row == row:
            yield from remark_lines(remark, names[remark.lane])
    for span in sequence.spans:
        if span.first == row:
            yield f"Note right of {names[span.lane]}: from here on {escaped(span.label)}"
    yield from (message_line(arrow, names) for arrow in sequence.arrows if arrow.said == row)


def remark_lines(remark: Remark, lane: str) -> Iterator[str]:
    """Yield a remark as a note, in a red rectangle where it says what is wrong."""
    note = f"Note over {lane}: {'<br/>'.join(escaped(line) for line in remark.text.splitlines())}"
    yield from (BROKEN, f"    {note}", "end") if remark.tone is Tone.BROKEN else (note,)


def message_line(arrow: Arrow, names: dict[str, str]) -> str:
    """Write an arrow, with what becomes of it if it does not arrive in the next row."""
    ends = ""
    if arrow.heard is None:
        ends = f" ({escaped(arrow.lost or 'still on its way')})"
    elif waits(arrow):
        ends = " (waits)"
    stroke = (LOST if arrow.lost else ARROWS)[arrow.way]
    return f"{names[arrow.tail]}{stroke}{names[arrow.head]}: {escaped(arrow.text)}{ends}"


def waits(arrow: Arrow) -> bool:
    """Whether a message is heard rows after it was said, so that others may overtake it."""
    return arrow.heard is not None and arrow.heard > arrow.said + 1
