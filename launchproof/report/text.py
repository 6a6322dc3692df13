"""A verification for people: a table of properties, the counts, what never happened, counterexamples.

Written with Rich, which keeps to plain text where the output is no terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from launchproof.declare.protocol import Protocol
from launchproof.report.broken import counterexample_lines
from launchproof.report.trace_text import MARK
from launchproof.search.engines import UNTOLD
from launchproof.search.verdicts import Verdict
from launchproof.verify.answer import Judged, Vacuous, Verification
from launchproof.verify.matrix import Matrix

COLOURS: Final = {Verdict.PROVED: "green", Verdict.REFUTED: "bold red", Verdict.VACUOUS: "yellow", Verdict.UNDECIDED: "yellow"}
MARKS: Final = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.VACUOUS: "∅", Verdict.UNDECIDED: "?"}
PLAIN_WIDTH: Final = 240
"""How wide a table may be where nobody's terminal limits it."""


def console() -> Console:
    """Make the console that reports are written to: standard output."""
    made = Console(highlight=False, markup=False, emoji=False)
    return made if made.is_terminal else Console(highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH)


def print_verification(answer: Verification, out: Console) -> None:
    """Write the whole answer."""
    write_table(properties_table(answer.properties), out)
    for judged in answer.properties:
        trace = judged.counterexample()
        if trace is not None:
            out.print()
            print_lines(counterexample_lines(judged.property, trace, without(answer.protocol, judged.under)), out)
    out.print()
    print_lines(
        [*setting_lines(answer.protocol), *vacuity_lines(answer.vacuous), *narrowing_lines(answer), *engine_lines(answer)], out
    )
    write(summary_line(answer), out, COLOURS[answer.verdict])


def without(protocol: Protocol, under: Sequence[str]) -> Protocol:
    """Give the protocol that a property was judged on."""
    return protocol.without_capabilities(*under)


def properties_table(properties: Sequence[Judged]) -> Table:
    """Make a table: property, verdict, and the statements it cites."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Property", "Verdict", "Cites"):
        table.add_column(column, overflow="fold")
    for judged in properties:
        table.add_row(judged.property.name, verdict_cell(judged), ", ".join(judged.property.cites))
    return table


def verdict_cell(judged: Judged) -> Text:
    """Give a verdict, with what was switched off for it."""
    cell = Text(judged.verdict.value, style=COLOURS[judged.verdict])
    if judged.under:
        cell.append(f" (without {', '.join(judged.under)})", style="dim")
    return cell


def setting_lines(protocol: Protocol) -> Iterator[str]:
    """Yield what differs from the defaults: capabilities that are off, other answers to open questions."""
    off = [c.name for c in protocol.capabilities if c.name not in protocol.enabled]
    if off:
        yield f"switched off: {', '.join(off)}"
    defaults = {a.name: a.default for a in protocol.assumptions}
    for choice in protocol.assumed:
        if choice.value != defaults[choice.assumption]:
            yield f"assumed: {choice.assumption} = {choice.value} (the default is {defaults[choice.assumption]})"


def engine_lines(answer: Verification) -> Iterator[str]:
    """Yield which engine searched, and what it left open."""
    yield f"engine: {answer.choice}"
    for why in dict.fromkeys(judged.why for judged in answer.properties if judged.why):
        names = [judged.property.name for judged in answer.properties if judged.why == why]
        yield f"left open: {', '.join(names)}: {why}"


VACUITY: Final = {
    "transition": "transition {} never fires",
    "phase": "phase {} is never reached",
    "message": "message {} is said, and never heard",
    "property": "property {} never speaks: what it is about never happens",
}
EXPLAINED: Final = {
    True: "because of what is switched off or assumed",
    False: "UNEXPECTED",
    None: "the search for an explanation was cut short",
}


def vacuity_lines(items: Sequence[Vacuous]) -> Iterator[str]:
    """Yield a line for each thing that never happened; the unexpected ones come first."""
    for wanted in (False, None, True):
        for item in items:
            if item.explained is wanted:
                yield f"vacuous: {VACUITY[item.kind].format(item.what)} ({EXPLAINED[item.explained]})"


REDUCED: Final = {"symmetry": "a state stands for all that differ by which copy is which"}


def narrowing_lines(answer: Verification) -> Iterator[str]:
    """Yield what was left out, and how the search was made smaller."""
    if answer.left_out:
        yield f"left out, not judged: {', '.join(answer.left_out)}"
    for name in answer.reduced:
        yield f"reduced by {name}: {REDUCED[name]}"


def summary_line(answer: Verification) -> str:
    """Give the last line: the verdict and the counts, and what stands in the way of a better one."""
    steps = "" if answer.steps == UNTOLD else f", {answer.steps:,} steps"
    depth = "" if answer.depth == UNTOLD else f", depth {answer.depth}"
    counts = f"{answer.states:,} states{steps}{depth}, {answer.seconds:.1f} s"
    if answer.bytes_per_state is not None:
        counts += f", {answer.bytes_per_state:,} bytes a state"
    if answer.verdict is Verdict.UNDECIDED and answer.stopped:
        return f"undecided: {answer.stopped}: {counts}"
    why = ""
    if answer.verdict is Verdict.UNDECIDED and any(judged.why for judged in answer.properties):
        why = "; no pass, because something was left open"
    if answer.verdict is Verdict.REFUTED:
        bad = [j.property.name for j in answer.properties if j.verdict is Verdict.REFUTED]
        why = f"; refuted: {', '.join(bad)}" + (f"; not searched to the end: {answer.stopped}" if answer.stopped else "")
    elif answer.verdict is Verdict.VACUOUS:
        why = "; no pass, because something unexpected never happens"
    return f"{answer.verdict.value}: {counts}{why}"


def print_matrix(matrix: Matrix, out: Console) -> None:
    """Write property × capability, one row per property."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Property", no_wrap=True)
    for column in matrix.columns:
        table.add_column(column.replace(" ", "\n").replace("-", "-\n"), overflow="fold", justify="right")
    for prop in matrix.properties:
        table.add_row(prop.name, *(Text(MARKS[v], style=COLOURS[v]) for v in matrix.row(prop)))
    table.add_row("states", *(f"{matrix.states[c]:,}" if c in matrix.states else "" for c in matrix.columns))
    write_table(table, out)
    out.print()
    print_lines([", ".join(f"{mark} {verdict.value}" for verdict, mark in MARKS.items()), *setting_lines(matrix.protocol)], out)
    claimed = [p for p in matrix.properties if p.under]
    for prop in claimed:
        write(f"{prop.name} is claimed without {', '.join(prop.under)}, in every column", out, "dim")
    label = f"{matrix.verdict.value}: {matrix.stopped}" if matrix.stopped else matrix.verdict.value
    size = f"{len(matrix.properties)} properties × {len(matrix.columns)} columns"
    write(f"{label}: {size}, {matrix.seconds:.1f} s", out, COLOURS[matrix.verdict])


def write_table(table: Table, out: Console) -> None:
    """Write a table without blanks at the ends of its lines."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as taken:
        out.print(table)
    for line in taken.get().splitlines():
        write(line.rstrip(), out)


def print_lines(lines: Sequence[str], out: Console) -> None:
    """Write lines, each in the style of what it says."""
    for line in lines:
        write(line, out, style_of(line))


def style_of(line: str) -> str:
    """Tell how a line of a counterexample or of the vacuity report is written."""
    if line.startswith("breaks ") or line.endswith("(UNEXPECTED)"):
        return "bold red"
    if " — refuted in " in line or line.startswith(MARK):
        return "bold"
    if line[:3].strip().isdigit():
        return "bold cyan"
    return "dim" if line.startswith("vacuous:") else ""


def write(line: str, out: Console, style: str = "") -> None:
    """Write one line, however long it is."""
    out.print(Text(line, style=style), soft_wrap=True)
