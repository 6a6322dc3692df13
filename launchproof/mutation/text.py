"""How mutants are told: a table of those that were killed, then those that survive, with the argument, and the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from launchproof.mutation.answer import Answer, Told, counted
from launchproof.mutation.judging import CANNOT_RUN, KILLED, NO_WITNESS, SURVIVES, UNDECIDED, VACUOUS
from launchproof.mutation.mutant import KINDS, Mutant
from launchproof.report.text import write, write_table

WAYS: Final = {CANNOT_RUN: "it cannot run: {}", NO_WITNESS: "no witness of {}", VACUOUS: "never happens: {}"}
"""How it is told what killed a mutant, other than a property that is refuted."""

UNARGUED: Final = "survives unargued: a property is missing, or an argument"


def print_answer(answer: Answer, out: Console) -> None:
    """Write all that became of mutants."""
    killed = answer.of(KILLED)
    if killed:
        write_table(killed_table(killed), out)
        write("", out)
    for told in (*answer.of(UNDECIDED), *answer.unargued):
        write(headline(told), out, "bold red" if told.outcome.verdict == SURVIVES else "yellow")
    for group in argued_together(answer):
        for told in group:
            write(headline(told), out, "bold")
        for line in argument_lines(group):
            write(f"     {line}", out)
    if answer.of(SURVIVES) or answer.of(UNDECIDED):
        write("", out)
    write(score(answer), out, "bold red" if answer.exit_status == 1 else "yellow" if answer.exit_status else "green")


def killed_table(killed: Sequence[Told]) -> Table:
    """Make a table: mutant, what kills it, and the length of the run."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Mutant", "Killed by", "Steps"):
        table.add_column(column, overflow="fold", justify="right" if column == "Steps" else "left")
    for told in killed:
        steps = "" if told.outcome.steps is None else str(told.outcome.steps)
        table.add_row(told.mutant.name, Text(by(told), style="green"), steps)
    return table


def by(told: Told) -> str:
    """Say what killed a mutant."""
    where = f" ({told.mutant.assumed})" if told.mutant.assumed is not None else ""
    return WAYS.get(told.outcome.how, "{}").format(told.outcome.by) + where


def headline(told: Told) -> str:
    """Say in a line which mutant survives, and what was found of it."""
    outcome, mutant = told.outcome, told.mutant
    where = f", assuming {mutant.assumed}" if mutant.assumed is not None else ""
    if outcome.verdict == UNDECIDED:
        return f"{mutant.name}: {mutant.meaning}{where}: undecided: {outcome.by}"
    same = f" ({outcome.same})" if outcome.same else ""
    return f"{mutant.name}: {mutant.meaning}{where}{same}{'' if told.argued else f': {UNARGUED}'}"


def argued_together(answer: Answer) -> Iterator[list[Told]]:
    """Yield the survivors for which there is an argument, those with the same one together."""
    argued = [t for t in answer.told if t.argued]
    for survivor in dict.fromkeys(t.survivor for t in argued):
        yield [t for t in argued if t.survivor is survivor]


def argument_lines(group: Sequence[Told]) -> Iterator[str]:
    """Yield what is said for some survivors, and what kills them elsewhere."""
    survivor = group[0].survivor
    if survivor is not None:
        yield f"{survivor.means}: {' '.join(survivor.argument.split())}"
    killers = {t.elsewhere.by: t for t in group if t.elsewhere is not None}
    if killers:
        yield f"killed without what protects as well: {', '.join(killers)}"


def score(answer: Answer) -> str:
    """Give the last line: the mutation score, and what stands in the way of it."""
    n = counted(answer)
    share = f"{100 * n['killed'] / n['mutants']:.1f} %" if n["mutants"] else "nothing to kill"
    line = f"{n['killed']} of {n['mutants']} mutants killed ({share}), {n['argued']} argued equivalent, {n['unargued']} unargued"
    if n["needless"]:
        line += f"; {n['needless']} more would change nothing"
    if n["undecided"]:
        line += f"; {n['undecided']} undecided"
    if answer.stopped:
        line += f"; {answer.stopped}: {len(answer.told)} of {answer.asked} were judged"
    return line


def print_list(chosen: Sequence[Mutant], out: Console) -> None:
    """List mutants, kind by kind."""
    for kind, meaning in KINDS.items():
        mine = [m for m in chosen if m.kind == kind]
        if mine:
            write(f"{kind} ({len(mine)}): {meaning}", out, "bold")
        for mutant in mine:
            where = f" (assuming {mutant.assumed})" if mutant.assumed is not None else ""
            write(f"  {mutant.name}: {mutant.meaning}{where}", out)


def answer_json(answer: Answer) -> dict[str, Any]:
    """Give the answer as plain data."""
    return {
        **counted(answer),
        "stopped": answer.stopped,
        "outcomes": [told_json(told) for told in answer.told],
    }


def told_json(told: Told) -> dict[str, Any]:
    """Give one mutant as plain data."""
    outcome, survivor = told.outcome, told.survivor
    return {
        **mutant_json(told.mutant),
        "verdict": outcome.verdict,
        "by": outcome.by or None,
        "how": outcome.how or None,
        "steps": outcome.steps,
        "same": outcome.same or None,
        "means": None if survivor is None else survivor.means,
        "argument": None if survivor is None else " ".join(survivor.argument.split()),
        "killed_elsewhere_by": None if told.elsewhere is None else told.elsewhere.by,
    }


def mutant_json(mutant: Mutant) -> dict[str, Any]:
    """Give what a mutant is as plain data."""
    return {
        "name": mutant.name,
        "kind": mutant.kind,
        "meaning": mutant.meaning,
        "assuming": None if mutant.assumed is None else str(mutant.assumed),
    }
