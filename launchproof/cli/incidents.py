"""``launchproof incidents``: failures seen elsewhere, each refuted by the property it names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from launchproof.cli.options import json_option, project_option, unknown
from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from launchproof.changes.incident import Incident, Outcome
    from launchproof.project import Project


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
@project_option
@click.pass_context
def incidents(ctx: click.Context, names: tuple[str, ...], as_json: bool, project: Path | None) -> None:  # noqa: FBT001 - Click's way
    """Replay failures seen elsewhere: each is a change that the property it names refutes.

    NAME is an incident, or the beginning of its name; one that is named is told step by step.

    Exit status: 0 each is refuted as listed, 1 one is not, 2 bad input.
    """
    from launchproof.cli.progress import ProgressLine
    from launchproof.project import load_project

    loaded = load_project(project)
    chosen = selected(loaded, names)
    with ProgressLine() as progress:
        found = [happened(incident, loaded, progress) for incident in chosen]
    if as_json:
        click.echo(json.dumps([outcome_json(o) for o in found], indent=2, ensure_ascii=False))
    else:
        tell(found, runs=bool(names))
    ctx.exit(0 if all(o.refuted for o in found) else 1)


def selected(project: Project, names: Sequence[str]) -> list[Incident]:
    """Give the incidents that are asked for; without a name, all."""
    from launchproof.changes.incident import load_incidents

    if project.incidents is None:
        raise ProjectError('this project has no incidents; add incidents = "FOLDER" to [tool.launchproof]')
    known = load_incidents(project.incidents)
    for name in names:
        if not any(i.name.startswith(name) for i in known):
            raise unknown("incident", name, [i.name for i in known])
    return [i for i in known if not names or any(i.name.startswith(n) for n in names)]


def happened(incident: Incident, project: Project, progress: Any) -> Outcome:
    """Search for the run that refutes an incident, telling how far it is."""
    from launchproof.changes.incident import happen

    return happen(incident, project.protocol, project.properties, lambda p: progress(incident.name, p))


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Give one incident for programs."""
    from launchproof.report.as_json import trace_json

    incident, trace = outcome.incident, outcome.trace
    return {
        "name": incident.name,
        "title": incident.change.title,
        "story": incident.change.reason,
        "seen_in": incident.seen_in or None,
        "refuted_by": incident.refuted_by,
        "verdict": outcome.verdict.value,
        "steps": None if trace is None else len(trace.steps),
        "counterexample": None if trace is None else trace_json(trace, outcome.protocol),
    }


def tell(found: Sequence[Outcome], *, runs: bool) -> None:
    """Write a table, and the runs of incidents that were named."""
    from rich.table import Table
    from rich.text import Text

    from launchproof.report.broken import counterexample_lines
    from launchproof.report.text import COLOURS, console, print_lines, write, write_table

    screen = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Incident", "Property", "Verdict", "Steps", "Seen in"):
        table.add_column(column, overflow="fold", justify="right" if column == "Steps" else "left")
    for outcome in found:
        steps = "" if outcome.trace is None else str(len(outcome.trace.steps))
        style = "green" if outcome.refuted else "bold red"
        verdict = Text(outcome.verdict.value, style=style)
        table.add_row(outcome.incident.name, outcome.claim.name, verdict, steps, short(outcome.incident.seen_in))
    write_table(table, screen)
    for outcome in found if runs else ():
        write("", screen)
        write(outcome.incident.change.title, screen, "bold")
        write(" ".join(outcome.incident.change.reason.split()), screen)
        if outcome.trace is not None:
            print_lines(counterexample_lines(outcome.claim, outcome.trace, outcome.protocol), screen)
    missed = [o.incident.name for o in found if not o.refuted]
    write("", screen)
    if missed:
        write(f"not refuted as listed: {', '.join(missed)}", screen, "bold red")
    else:
        count = len(found)
        write(f"{count} incident{' is' if count == 1 else 's are'} refuted as listed", screen, next(iter(COLOURS.values())))


def short(link: str) -> str:
    """Give a link as people name it: ``owner/repository#number``."""
    parts = link.removeprefix("https://github.com/").split("/")
    return f"{parts[0]}/{parts[1]}#{parts[3]}" if link.startswith("https://github.com/") and len(parts) == 4 else link  # noqa: PLR2004 - owner, repository, kind, number
