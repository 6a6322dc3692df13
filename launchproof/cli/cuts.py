"""``launchproof cuts``: for every property, the smallest sets of guards whose loss breaks it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import frozen

from launchproof.cli.options import (
    derived,
    json_option,
    limit_options,
    limits_of,
    project_option,
    protocol_options,
    unknown,
    workers_option,
)
from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from launchproof.cuts.answer import CutSets
    from launchproof.cuts.real import Subject
    from launchproof.declare import Property


@frozen
class Asked:
    """What is asked about, as it was typed."""

    project: Path | None
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()


@click.command()
@click.argument("guards", nargs=-1, metavar="[GUARD]...")
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Of this property only; repeat for more.")
@click.option("--size", type=click.IntRange(min=1), default=3, show_default=True, help="Look for sets of up to so many guards.")
@protocol_options
@click.option(
    "--draw",
    "drawing",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw the fault tree of the one --property: FILE.svg, .png, .pdf, .dot, .mmd or .txt.",
)
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write all that is known of every guard to FILE, a page in Markdown.",
)
@limit_options
@workers_option("the work")
@json_option
@project_option
@click.pass_context
def cuts(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    guards: tuple[str, ...],
    properties: tuple[str, ...],
    size: int,
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    drawing: Path | None,
    catalogue: Path | None,
    max_states: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    workers: int,
    as_json: bool,  # noqa: FBT001 - Click hands flags over
    project: Path | None,
) -> None:
    """Find the minimal cut sets: the smallest sets of guards whose loss breaks a property.

    A set of one is a single point of failure; of two, defence in depth. With GUARDs, only these are lost.

    Exit status: 0 all were found, 2 bad input, 3 interrupted, or a limit was passed (those found so far are told).
    """
    from launchproof.cli.draw import check_drawing
    from launchproof.cli.progress import ProgressLine
    from launchproof.cuts import cut_sets

    asked = Asked(project, only, without, assume, properties, guards)
    subject = load(asked)
    check_drawing(drawing)
    if drawing is not None and len(properties) != 1:
        raise ProjectError(f"--draw {drawing}: a fault tree is of one property; name it with --property")
    with ProgressLine() as progress:
        found = cut_sets(
            partial(load, asked),
            size=size,
            workers=workers,
            guards=frozenset(guards) if guards else None,
            limits=limits_of(max_states, max_seconds, max_memory),
            report=progress.tell,
        )
    tell(found, subject.properties, as_json=as_json)
    if drawing is not None:
        draw(found, subject.properties[0], drawing)
    if catalogue is not None and found.complete:
        write_catalogue(found, catalogue, project)
    elif catalogue is not None:
        click.echo(f"{catalogue}: not written; too little is known", err=True)
    if found.stopped:
        from launchproof.cuts.text import so_far

        click.echo(f"undecided: {found.stopped}; {so_far(found)}", err=True)
        ctx.exit(3)


def load(asked: Asked) -> Subject:
    """Load what is asked about."""
    from launchproof.cuts.lossy import guards_at_work
    from launchproof.cuts.real import Subject
    from launchproof.project import load_project
    from launchproof.search.builtin import BUILTIN

    loaded = load_project(asked.project)
    protocol = derived(loaded.protocol, asked.only, asked.without, asked.assume)
    known: dict[str, Property] = {prop.name: prop for prop in (*loaded.properties, *BUILTIN)}
    for name in asked.properties:
        if name not in known:
            raise unknown("property", name, known)
    for guard in asked.guards:
        if guard not in guards_at_work(protocol):
            raise unknown("guard of a machine", guard, sorted(guards_at_work(protocol)))
    return Subject(protocol, tuple(known[name] for name in asked.properties or known))


def tell(found: CutSets, properties: Sequence[Property], *, as_json: bool) -> None:
    """Write the cut sets."""
    from launchproof.cuts.text import cuts_json, notes, rows, summary

    if as_json:
        click.echo(json.dumps(cuts_json(found, properties), indent=2, ensure_ascii=False))
        return
    from rich.table import Table

    from launchproof.report.text import console, write, write_table

    screen = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Property", "Breaks without", "Steps"):
        table.add_column(column, overflow="fold", justify="right" if column == "Steps" else "left")
    for row in rows(found, properties):
        table.add_row(*row)
    write_table(table, screen)
    write("", screen)
    for note in notes(found, properties):
        write(note, screen)
    write(summary(found), screen)


def draw(found: CutSets, prop: Property, file: Path) -> None:
    """Draw a property's fault tree."""
    from launchproof.cli.draw import chosen, write_picture
    from launchproof.cuts.fault_tree import fault_tree

    write_picture(fault_tree(prop, found), chosen(None, file), file)


def write_catalogue(found: CutSets, file: Path, project: Path | None) -> None:
    """Write the catalogue of all guards."""
    from launchproof.cuts.catalogue import catalogue
    from launchproof.draw.project import load_drawn
    from launchproof.project import load_project

    file.write_text(catalogue(found, file.name, load_drawn(load_project(project)).focus), encoding="utf-8")
    click.echo(f"wrote {file}", err=True)
