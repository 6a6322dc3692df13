"""``launchproof why``: what a guard, a transition, an answer to an open question or a flag of a message is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchproof.cli.draw import check_drawing, chosen, write_picture
from launchproof.cli.options import derived, json_option, project_option, protocol_options, unknown
from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from launchproof.changes.why import Why
    from launchproof.project import Project


@click.command()
@click.argument("name")
@protocol_options
@click.option(
    "--draw",
    "drawing",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw the story as a sequence diagram: FILE.svg, .png, .pdf, .dot, .mmd or .txt.",
)
@json_option
@project_option
@click.pass_context
def why(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    name: str,
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    drawing: Path | None,
    as_json: bool,  # noqa: FBT001 - Click hands flags over
    project: Path | None,
) -> None:
    """Take NAME away, and tell the shortest failure that follows, or what still protects.

    NAME is a guard, a transition, an open question, which is answered otherwise, or a flag of a message
    (MESSAGE.FIELD), which is flipped.

    Exit status: 0 told, 2 bad input, 3 undecided.
    """
    from launchproof.changes.flags import flag_names
    from launchproof.changes.why import parts
    from launchproof.changes.why import why as ask
    from launchproof.cli.progress import ProgressLine
    from launchproof.project import load_project

    loaded = load_project(project)
    protocol = derived(loaded.protocol, only, without, assume)
    found = list(parts(protocol, name))
    if not found:
        known = [*(g.name for t in protocol.active for g in t.guards), *(t.name for t in protocol.active)]
        known += [*(a.name for a in protocol.assumptions), *flag_names(protocol)]
        raise unknown("guard, transition, open question or flag of a message", name, known)
    check_drawing(drawing)
    with ProgressLine() as progress:
        answers = [ask(part, protocol, loaded.properties, progress) for part in found]
    tell(answers, as_json=as_json)
    if drawing is not None:
        draw(answers, loaded, drawing)
    ctx.exit(3 if any(a.stopped and not a.broken for a in answers) else 0)


def tell(answers: list[Why], *, as_json: bool) -> None:
    """Write the answers."""
    from launchproof.changes.why_text import why_json, why_lines

    if as_json:
        click.echo(json.dumps([why_json(a) for a in answers], indent=2, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(why_lines(a)) for a in answers))


def draw(answers: list[Why], loaded: Project, file: Path) -> None:
    """Draw the first story that has a run."""
    from launchproof.draw.counterexample import counterexample
    from launchproof.draw.project import load_drawn

    stories = [b for a in answers for b in (*a.broken, *(s.broken for s in a.behind)) if b.trace is not None]
    if not stories:
        raise ProjectError(f"{file}: not written; nothing breaks, so there is no run to draw")
    first = stories[0]
    if first.trace is not None:
        write_picture(
            counterexample(first.claim, first.trace, first.protocol, load_drawn(loaded).focus), chosen(None, file), file
        )
