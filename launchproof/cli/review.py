"""``launchproof review``: what a change does to the project's protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchproof.cli.options import (
    derived,
    json_option,
    limit_options,
    limits_of,
    project_option,
    property_option,
    protocol_options,
)
from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from launchproof.changes.review import Review
    from launchproof.search.exhaustive import Limits

FORMATS = ("terminal", "markdown", "json", "sarif", "junit")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--together", is_flag=True, help="Review the changes as one: each applied to what the one before it gives.")
@click.option("--from", "old", metavar="REF", help="Review the project since this git revision, instead of FILEs.")
@click.option("--to", "new", metavar="REF", help="With --from: up to this revision, instead of the files as they are.")
@click.option("--guards", is_flag=True, help="Tell which guards became needless or critical: a search for each, twice.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", help="How to tell it.")
@json_option
@click.option("--full", is_flag=True, help="Tell every step of every run on the terminal.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE.")
@property_option
@protocol_options
@limit_options
@click.option(
    "--run-seconds",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="S",
    help="How long to look for a run that only one of the two allows, each way; 0 leaves it out.",
)
@project_option
@click.pass_context
def review(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    files: tuple[Path, ...],
    together: bool,  # noqa: FBT001 - Click hands flags over
    old: str | None,
    new: str | None,
    guards: bool,  # noqa: FBT001
    form: str,
    as_json: bool,  # noqa: FBT001
    full: bool,  # noqa: FBT001
    out: Path | None,
    names: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    max_states: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    run_seconds: float,
    project: Path | None,
) -> None:
    """Review a change: what breaks with it, what it repairs, and which runs are new or gone.

    A FILE is Python: a docstring (title and reason), and apply(protocol), which gives the changed
    protocol. With --from, the project is compared between two git revisions.

    Exit status: 0 nothing breaks, 1 something does, 2 bad input, 3 undecided (or less is proved).
    """
    from launchproof.project import load_project

    limits = limits_of(max_states, max_seconds, max_memory)
    if bool(files) is (old is not None):
        raise ProjectError("name the FILEs to review, or a revision with --from: one of the two")
    if new is not None and old is None:
        raise ProjectError("--to goes with --from; say since which revision")
    if old is not None and (guards or together):
        raise ProjectError(f"--{'guards' if guards else 'together'} goes with FILEs, not with --from; leave it out")
    if old is not None:
        asked = {"--property": names, "--capability": only, "--without-capability": without, "--assume": assume}
        verification = arguments(asked, limits)
        reviews = [since(project, old, new, verification)]
    else:
        from launchproof.changes.review import Options
        from launchproof.cli.verify import selected

        loaded = load_project(project)
        protocol = derived(loaded.protocol, only, without, assume)
        properties, builtin = selected(loaded, names)
        options = Options(properties, builtin, limits, run_seconds, guards, root=loaded.root)
        reviews = each(files, protocol, options, together=together)
    told(reviews, "json" if as_json else form, out, full=full)
    ctx.exit(status(reviews))


def status(reviews: Sequence[Review]) -> int:
    """Give the exit status of all reviews: what breaks decides, then what is open."""
    found = {r.status for r in reviews}
    return 1 if 1 in found else max(found)


def arguments(asked: Mapping[str, Sequence[str]], limits: Limits) -> list[str]:
    """Spell out for another process what to verify."""
    found = [f"{option}={value}" for option, values in asked.items() for value in values]
    bounds = {"--max-states": limits.states, "--max-seconds": limits.seconds, "--max-memory": limits.memory}
    return found + [f"{option}={value}" for option, value in bounds.items() if value is not None]


def since(project: Path | None, old: str, new: str | None, verification: Sequence[str]) -> Review:
    """Review what happened between two revisions."""
    from launchproof.changes.revisions import review_revisions
    from launchproof.cli.progress import ProgressLine
    from launchproof.project import nearest_file, own_file

    file = own_file(project) if project is not None else nearest_file(Path.cwd())
    with ProgressLine() as progress:
        return review_revisions(file.parent, old, new, verification, progress)


def each(files: Sequence[Path], protocol: object, options: object, *, together: bool) -> list[Review]:
    """Review changes: each by itself, or all as one; every file is read before anything is searched."""
    from attrs import evolve

    from launchproof.changes.change import load_change
    from launchproof.changes.change import together as composed
    from launchproof.changes.review import Options, review, side
    from launchproof.cli.progress import ProgressLine
    from launchproof.declare import Protocol

    if not isinstance(protocol, Protocol) or not isinstance(options, Options):
        raise TypeError
    changes = [load_change(file) for file in files]
    if together:
        changes = [composed(changes)]
    for change in changes:
        change.apply(protocol)
    with ProgressLine() as progress:
        told = evolve(options, report=progress)
        before = side(protocol, told, "without the change")
        return [review(change, protocol, told, before) for change in changes]


def told(reviews: Sequence[Review], form: str, out: Path | None, *, full: bool) -> None:
    """Write the reviews in a form, to a file or to standard output."""
    if form == "terminal":
        terminal(reviews, out, full=full)
        return
    text = written(reviews, form)
    if out is None:
        click.echo(text.rstrip("\n"))
    else:
        keep(out, text.rstrip("\n") + "\n")


def written(reviews: Sequence[Review], form: str) -> str:
    """Give the reviews in a form."""
    if form == "markdown":
        from launchproof.changes.as_markdown import markdown

        return markdown(reviews)
    from launchproof.changes import as_programs

    return {"json": as_programs.review_json, "sarif": as_programs.sarif, "junit": as_programs.junit}[form](reviews)


def terminal(reviews: Sequence[Review], out: Path | None, *, full: bool) -> None:
    """Write the reviews as text."""
    from launchproof.changes.as_text import review_lines
    from launchproof.report.text import console, print_lines, write

    if out is not None:
        keep(out, "\n\n".join("\n".join(review_lines(r, full=full)) for r in reviews) + "\n")
        return
    screen = console()
    for number, one in enumerate(reviews):
        if number:
            write("", screen)
        verdict, *lines = review_lines(one, full=full)
        write(verdict, screen, {0: "bold green", 1: "bold red"}.get(one.status, "bold yellow"))
        print_lines(lines, screen)


def keep(out: Path, text: str) -> None:
    """Write a file; one that cannot be written is one line."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"{out}: it cannot be written ({error.strerror}); name another file") from None
