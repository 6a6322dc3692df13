"""``launchproof export``: writes the project's protocol in the language of another tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from launchproof.cli.main import UNDECIDED
from launchproof.cli.options import derived, project_option, protocol_options
from launchproof.errors import ExportError

if TYPE_CHECKING:
    from launchproof.declare import Protocol

LANGUAGES: Final = ("promela",)


@click.command()
@click.option("--to", "language", type=click.Choice(LANGUAGES), help="The language to write it in.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to FILE.")
@protocol_options
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Give up, undecided, beyond so many states.")
@project_option
@click.pass_context
def export(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    language: str | None,
    out: Path | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    max_states: int | None,
    project: Path | None,
) -> None:
    """Search all states, and write a model with the same ones for another tool.

    Promela is for SPIN, which stores exactly as many states. What the properties claim is not written.

    Exit status: 0 written, 2 bad input, 3 undecided: a limit was reached, or there is no end of states.
    """
    from launchproof.project import load_project

    if language is None:
        raise ExportError(f"which language? write --to {' or '.join(LANGUAGES)}")
    protocol = derived(load_project(project).protocol, only, without, assume)
    text, stopped = model_of(protocol, max_states)
    if stopped:
        click.echo(f"undecided: {stopped}; nothing is written", err=True)
        ctx.exit(UNDECIDED)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out}: it cannot be written ({error.strerror}); name another file") from None
    click.echo(f"wrote {out}", err=True)


def model_of(protocol: Protocol, max_states: int | None) -> tuple[str, str]:
    """Search a protocol, and give its model, or why there is none."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.export.promela import promela
    from launchproof.export.tables import learned
    from launchproof.search.exhaustive import Limits
    from launchproof.search.vector.engine import VectorSearch
    from launchproof.semantics.steps import Semantics

    with ProgressLine() as progress:
        search = VectorSearch(Semantics(protocol), (), Limits(states=max_states), lambda p: progress("", p))
        found = search.run()
    return ("", found.stopped) if not found.closed else (promela(learned(search)), "")
