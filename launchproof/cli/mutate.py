"""``launchproof mutate``: small mistakes made on purpose, and which property notices each."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchproof.cli.main import BAD_INPUT, complain
from launchproof.cli.options import json_option, project_option, unknown, workers_option

if TYPE_CHECKING:
    from launchproof.mutation.answer import Answer
    from launchproof.mutation.crew import Subject
    from launchproof.mutation.mutant import Mutant


def load(root: Path | None, most: int | None) -> Subject:
    """Give the project's protocol, and what should notice a mistake in it."""
    from launchproof.mutation.crew import Subject
    from launchproof.project import load_project
    from launchproof.search.exhaustive import Limits

    project = load_project(root)
    return Subject(project.protocol, project.properties, project.survivors, Limits(most))


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Make mutants of this kind only; repeat for more.")
@click.option("--list", "listed", is_flag=True, help="List the mutants, and judge none.")
@click.option(
    "--max-states",
    type=click.IntRange(min=1),
    show_default="four times as many as without the mistake",
    metavar="N",
    help="Give a mutant up, undecided, beyond so many states.",
)
@workers_option("the mutants")
@json_option
@project_option
@click.pass_context
def mutate(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    names: tuple[str, ...],
    kinds: tuple[str, ...],
    listed: bool,  # noqa: FBT001 - Click hands flags over
    max_states: int | None,
    workers: int,
    as_json: bool,  # noqa: FBT001
    project: Path | None,
) -> None:
    """Make one small mistake after the other in the protocol, and tell which property notices it.

    NAME is a mutant, or a transition, guard, phase or message that mutants are about; without one, all are made.

    Exit status: 0 each is killed, or argued to be harmless; 1 one survives; 2 bad input; 3 undecided.
    """
    from launchproof.cli.progress import ProgressLine
    from launchproof.mutation.answer import mutate as judge_all
    from launchproof.mutation.answer import wrong_arguments
    from launchproof.project import load_project

    loader = partial(load, load_project(project).root, max_states)
    chosen = selected(loader(), names, kinds)
    if listed:
        tell_list(chosen, as_json=as_json)
        return
    began = time.perf_counter()
    with ProgressLine() as progress:
        answer = judge_all(
            loader,
            chosen,
            workers=workers,
            report=lambda done: progress.tell("mutants", f"{done} of {len(chosen)} mutants", time.perf_counter() - began),
        )
    tell(answer, as_json=as_json)
    wrong = list(wrong_arguments(answer))
    for line in wrong:
        complain(line)
    if answer.stopped:
        raise KeyboardInterrupt
    ctx.exit(BAD_INPUT if wrong else answer.exit_status)


def selected(subject: Subject, names: Sequence[str], kinds: Sequence[str]) -> list[Mutant]:
    """Give the mutants that are asked for; without a name or a kind, all."""
    from launchproof.mutation.mutant import KINDS

    every = list(subject.mutants.values())
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind of mutant", kind, KINDS)
    for name in names:
        if not any(m.named(name) for m in every):
            known = dict.fromkeys(part for m in every for part in (*m.name.split(":")[1:], m.name))
            raise unknown("mutant, or part that one is about,", name, known)
    return [m for m in every if (not kinds or m.kind in kinds) and (not names or any(m.named(n) for n in names))]


def tell_list(chosen: Sequence[Mutant], *, as_json: bool) -> None:
    """List the mutants."""
    from launchproof.mutation.text import mutant_json, print_list
    from launchproof.report.text import console

    if as_json:
        click.echo(json.dumps([mutant_json(m) for m in chosen], indent=2, ensure_ascii=False))
    else:
        print_list(chosen, console())


def tell(answer: Answer, *, as_json: bool) -> None:
    """Write what became of the mutants."""
    from launchproof.mutation.text import answer_json, print_answer
    from launchproof.report.text import console

    if as_json:
        click.echo(json.dumps(answer_json(answer), indent=2, ensure_ascii=False))
    else:
        print_answer(answer, console())
