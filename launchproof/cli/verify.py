"""``launchproof verify``: proves the project's protocol, or shows why it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from launchproof.cli.copies import REDUCTIONS, Copying, claimed, copies_option, counted, names_between, reduction
from launchproof.cli.draw import check_drawing, chosen, write_picture
from launchproof.cli.options import (
    derived,
    json_option,
    limit_options,
    limits_of,
    project_option,
    property_option,
    protocol_options,
    unknown,
    workers_option,
)
from launchproof.errors import ProjectError
from launchproof.search.engines import AUTO, ENGINES

if TYPE_CHECKING:
    from launchproof.declare import Property, Protocol
    from launchproof.project import Project
    from launchproof.search.exhaustive import Limits
    from launchproof.search.symmetry import Symmetry
    from launchproof.search.verdicts import Verdict
    from launchproof.verify.answer import Verification
    from launchproof.verify.source import Source


class Asked(NamedTuple):
    """What the user asked for; `source` is what copies are copies of, and `left_out` what is not judged."""

    protocol: Protocol
    source: Source | None
    symmetry: Symmetry | None
    left_out: tuple[str, ...]
    properties: tuple[Property, ...]
    builtin: tuple[Property, ...]
    limits: Limits
    as_json: bool
    save: Path | None
    draw: Path | None
    engine: str
    workers: int


@click.command(cls=Copying)
@property_option
@protocol_options
@copies_option
@click.option("--reduce", type=click.Choice(REDUCTIONS), help="Search one state for all that differ by which copy is which.")
@click.option("--safety", is_flag=True, help="Leave out claims about the rest of a run; they are named, not judged.")
@click.option("--matrix", is_flag=True, help="Tabulate property × capability: each verdict with each capability switched off.")
@json_option
@limit_options
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False, writable=True),
    metavar="DIR",
    help="Save each counterexample as DIR/PROPERTY.trace.json, for `launchproof replay`.",
)
@click.option(
    "--draw",
    "drawing",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw the first counterexample as a sequence diagram: FILE.svg, .png, .pdf, .dot, .mmd or .txt.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=AUTO,
    show_default=True,
    help="How to search: state by state, whole levels as arrays (auto), or sets of states as decision diagrams.",
)
@workers_option("the work")
@project_option
@click.pass_context
def verify(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    names: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    copies: tuple[str, ...],
    reduce: str | None,
    safety: bool,  # noqa: FBT001 - Click hands flags over
    matrix: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    max_states: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    save: Path | None,
    drawing: Path | None,
    engine: str,
    workers: int,
    project: Path | None,
) -> None:
    """Prove the project's protocol.

    Exit status: 0 proved, 1 refuted, 2 bad input, 3 undecided (or vacuous: nothing was proved).
    """
    from launchproof.project import load_project
    from launchproof.verify import exit_status

    if matrix and (save is not None or drawing is not None):
        raise ProjectError("--save and --draw go with one verification, and --matrix takes many; leave one of them out")
    loaded = load_project(project)
    wanted = counted(loaded, copies)
    if wanted and save is not None:
        raise ProjectError("--save goes with one copy of everything: a saved run is replayed on the protocol as it is declared")
    protocol = derived(loaded.protocol, only, without, assume)
    properties, builtin = selected(loaded, names, names_between(wanted))
    left_out = tuple(p.name for p in properties if safety and p.future is not None)
    properties = tuple(p for p in properties if p.name not in left_out)
    given = claimed(protocol, wanted, properties, names) if wanted else None
    symmetry = reduction(reduce, given, engine)
    if matrix and symmetry is not None:
        raise ProjectError("--reduce goes with one verification, and --matrix takes many; leave one of them out")
    if given is not None:
        protocol, properties = given.protocol, given.properties
    source = given.source if given is not None else None
    check_drawing(drawing)
    limits = limits_of(max_states, max_seconds, max_memory)
    asked = Asked(protocol, source, symmetry, left_out, properties, builtin, limits, as_json, save, drawing, engine, workers)
    verdict = run_matrix(asked) if matrix else run_verify(asked, loaded)
    ctx.exit(exit_status(verdict))


def selected(
    project: Project, names: tuple[str, ...], besides: tuple[str, ...] = ()
) -> tuple[tuple[Property, ...], tuple[Property, ...]]:
    """Give the properties to judge: the project's own, and the built-in ones; `besides` are names of others."""
    from launchproof.search.builtin import BUILTIN

    known = [*(p.name for p in (*project.properties, *BUILTIN)), *besides]
    for name in names:
        if name not in known:
            raise unknown("property", name, known)
    if not names:
        return project.properties, BUILTIN
    return tuple(p for p in project.properties if p.name in names), tuple(p for p in BUILTIN if p.name in names)


def run_verify(asked: Asked, loaded: Project) -> Verdict:
    """Verify, and write the answer."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.verify import verify as verify_protocol

    with ProgressLine() as progress:
        answer = verify_protocol(
            asked.protocol,
            asked.properties,
            reference=loaded.protocol,
            limits=asked.limits,
            report=progress,
            builtin=asked.builtin,
            engine=asked.engine,
            source=asked.source,
            symmetry=asked.symmetry,
            left_out=asked.left_out,
            workers=asked.workers,
        )
    if asked.as_json:
        from launchproof.report.as_json import verification_json

        click.echo(json.dumps(verification_json(answer), indent=2, ensure_ascii=False))
    else:
        from launchproof.report.text import console, print_verification

        print_verification(answer, console())
    if asked.save is not None:
        save_counterexamples(answer, asked.save, as_json=asked.as_json)
    if asked.draw is not None:
        draw_counterexample(answer, loaded, asked.draw)
    return answer.verdict


def save_counterexamples(answer: Verification, folder: Path, *, as_json: bool) -> None:
    """Write each refuted property's counterexample to a file, and say so."""
    from launchproof.traces.saved import SUFFIX, from_trace, write

    for judged in answer.properties:
        trace = judged.counterexample()
        if trace is not None and judged.property.future is not None:
            click.echo(f"not saved: {judged.property.name}; no run of a file is long enough to break it", err=as_json)
        elif trace is not None:
            protocol = answer.protocol.without_capabilities(*judged.under)
            file = folder / f"{judged.property.name}{SUFFIX}"
            write(from_trace(protocol, trace, judged.property.name), file)
            click.echo(f"saved {file}", err=as_json)


def draw_counterexample(answer: Verification, loaded: Project, file: Path) -> None:
    """Draw the first refuted property's counterexample, and say whose it is."""
    from launchproof.draw.counterexample import counterexample
    from launchproof.draw.project import load_drawn

    refuted = [(judged, trace) for judged in answer.properties if (trace := judged.counterexample()) is not None]
    if not refuted:
        click.echo(f"{file}: not written; no property is refuted", err=True)
        return
    judged, trace = refuted[0]
    protocol = answer.protocol.without_capabilities(*judged.under)
    write_picture(counterexample(judged.property, trace, protocol, load_drawn(loaded).focus), chosen(None, file), file)
    if len(refuted) > 1:
        others = ", ".join(other.property.name for other, _ in refuted[1:])
        click.echo(f"it shows {judged.property.name}; draw another with --property NAME: {others}", err=True)


def run_matrix(asked: Asked) -> Verdict:
    """Verify with each capability switched off, and write the table."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.verify import verify_matrix

    with ProgressLine() as progress:
        matrix = verify_matrix(
            asked.protocol,
            asked.properties,
            limits=asked.limits,
            report=progress,
            builtin=asked.builtin,
            engine=asked.engine,
            workers=asked.workers,
        )
    if asked.as_json:
        from launchproof.report.as_json import matrix_json

        click.echo(json.dumps(matrix_json(matrix), indent=2, ensure_ascii=False))
    else:
        from launchproof.report.text import console, print_matrix

        print_matrix(matrix, console())
    return matrix.verdict
