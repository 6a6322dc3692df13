"""``launchproof draw``: writes the project's drawings, or one of them, or one of a machine, a run or the states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from launchproof.cli.options import derived, json_option, near, project_option, unknown
from launchproof.errors import DrawError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Collection

    from launchproof.declare import Property, Protocol
    from launchproof.draw.picture import Graph, Picture
    from launchproof.project import Project

FORMATS: Final = ("dot", "mermaid", "text", "markdown", "svg", "png", "pdf", "graphml", "json")
SEQUENCES: Final = ("dot", "mermaid", "text", "svg", "png", "pdf")
LIFECYCLE: Final = "lifecycle"
REACHABLE: Final = "reachable"
BY: Final = ("phases", "states")


class Asked(NamedTuple):
    """What is to be drawn, and what of it."""

    name: str
    protocol: Protocol
    machines: tuple[str, ...]
    highlight: frozenset[str]
    by: str | None
    transitions: tuple[str, ...]
    own: bool


@click.command()
@click.argument("name", required=False)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How to write it; by default as text, or by what --out ends in."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to FILE.")
@click.option("--check", is_flag=True, help="Write nothing; say which of the drawings are not as they would be drawn now.")
@click.option(
    "--highlight",
    multiple=True,
    metavar="NAME",
    help="Let a phase, transition, guard, message, or what a property reads stand out; repeat for more.",
)
@click.option("--machine", "machines", multiple=True, metavar="NAME", help="Draw only this machine; repeat for more.")
@click.option("--by", metavar="WHAT", help="Merge reachable states by their phases (the default), states, or a PROPERTY.")
@click.option("--transition", "transitions", multiple=True, metavar="NAME", help="Of reachable: keep only its steps; repeat.")
@click.option("--own", is_flag=True, help="Of reachable: leave out what the environment does.")
@click.option("--assume", multiple=True, metavar="KEY=VALUE", help="Give an open question another answer; repeat for more.")
@json_option
@project_option
@click.pass_context
def draw(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    name: str | None,
    form: str | None,
    out: Path | None,
    check: bool,  # noqa: FBT001 - Click hands flags over
    highlight: tuple[str, ...],
    machines: tuple[str, ...],
    by: str | None,
    transitions: tuple[str, ...],
    own: bool,  # noqa: FBT001
    assume: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
    project: Path | None,
) -> None:
    """Draw NAME, or everything that the project draws.

    NAME is a drawing of the project's, a machine, `lifecycle`, `reachable` (the graph of reachable states),
    or a file with a saved run.

    Exit status: 0 done, 1 drawings are not as they would be drawn (--check), 2 bad input.
    """
    from launchproof.project import load_project

    loaded = load_project(project)
    if name is None:
        from launchproof.cli.drawings import draw_all

        if form or out or highlight or machines or by or transitions or own or assume or as_json:
            raise ProjectError("these options are for one drawing; name it, as in `launchproof draw lifecycle --format svg`")
        ctx.exit(draw_all(loaded, check=check))
    if check:
        raise ProjectError(f"--check compares all drawings; leave {name!r} out")
    if as_json and form not in (None, "json"):
        raise ProjectError(f"--json and --format {form} are two formats; leave one of them out")
    if name != REACHABLE and (by or transitions or own):
        raise ProjectError(f"--by, --transition and --own go with `launchproof draw reachable`, and not with {name}")
    protocol = derived(loaded.protocol, (), (), assume)
    asked = Asked(name, protocol, machines, highlighted(loaded, protocol, highlight), by, transitions, own)
    write_picture(pictured(asked, loaded), "json" if as_json else chosen(form, out), out)


def chosen(form: str | None, out: Path | None) -> str:
    """Give the format: the one that is named, or that a file's name ends in."""
    from launchproof.draw.render import SUFFIXES

    if form is not None:
        return form
    if out is None:
        return "text"
    known = {suffix: form for form, suffix in SUFFIXES.items()}
    ending = out.suffix.removeprefix(".")
    if ending not in known:
        raise DrawError(f"{out}: what format that is, its name does not say; add --format, or end it in .{', .'.join(known)}")
    return known[ending]


def check_drawing(file: Path | None) -> None:
    """Refuse a file whose name asks for a format that a run cannot be drawn in."""
    if file is not None and (form := chosen(None, file)) not in SEQUENCES:
        raise DrawError(f"--draw {file}: a counterexample is a sequence, and cannot be written as {form}; end it in .svg")


def write_picture(picture: Picture, form: str, out: Path | None) -> None:
    """Write a picture to a file, or to standard output."""
    from launchproof.draw.render import rendered

    data = rendered(picture, form)
    if out is None:
        click.echo(data, nl=False)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise DrawError(f"{out}: it cannot be written ({error.strerror}); name another file") from None
    click.echo(f"wrote {out}", err=True)


def highlighted(loaded: Project, protocol: Protocol, wanted: tuple[str, ...]) -> frozenset[str]:
    """Give the names that stand out; of a property, those of the phases and messages that it reads."""
    from launchproof.draw.graphs import drawn_names

    properties = {p.name: p for p in loaded.properties}
    known = drawn_names(protocol)
    for name in wanted:
        if name not in properties and name not in known:
            raise unknown("phase, transition, guard, message or property", name, (*properties, *known))
    return frozenset(n for name in wanted for n in (reads(properties[name]) if name in properties else (name,)))


def reads(prop: Property) -> set[str]:
    """Name the phases and messages that a property speaks about."""
    types = {t for r in prop.reads for t in (*r.types, *(r.heard.messages if r.heard is not None else ()))}
    return {t.__name__ for t in types if isinstance(t, type)}


def pictured(asked: Asked, loaded: Project) -> Picture:
    """Find what a name stands for, and make its picture."""
    from launchproof.draw.gallery import Gallery
    from launchproof.draw.graphs import Emphasis, lifecycle_graph, machine_graph
    from launchproof.draw.project import load_drawn

    drawings = load_drawn(loaded).drawings
    known = {m.name: m for m in asked.protocol.machines}
    if asked.name == REACHABLE:
        return reachable(asked, loaded)
    for name in asked.machines:
        if name not in known:
            raise unknown("machine", name, known)
    if asked.name == LIFECYCLE and (asked.machines or asked.highlight):
        return lifecycle_graph(asked.protocol, Emphasis(asked.highlight), asked.machines)
    drawing = next((d for d in drawings if d.name == asked.name), None)
    check_options(asked, known)
    if drawing is not None and not asked.highlight:
        return drawing.picture(Gallery(asked.protocol, loaded.properties, loaded.statements))
    if asked.name == LIFECYCLE:
        return lifecycle_graph(asked.protocol, Emphasis(asked.highlight), asked.machines)
    if asked.name in known:
        return machine_graph(asked.protocol, known[asked.name], Emphasis(asked.highlight))
    if asked.name.endswith(".trace.json"):
        return drawn_run(Path(asked.name), loaded)
    every = [LIFECYCLE, REACHABLE, *known, *(d.name for d in drawings)]
    raise ProjectError(f"there is no drawing {asked.name!r}; {near(asked.name, every)}")


def check_options(asked: Asked, machines: Collection[str]) -> None:
    """Refuse options that would change nothing."""
    if asked.machines and asked.name != LIFECYCLE:
        raise ProjectError(f"--machine goes with `launchproof draw lifecycle` and `reachable`, and not with {asked.name}")
    if asked.highlight and asked.name not in (LIFECYCLE, *machines):
        raise ProjectError(f"--highlight goes with machines and the lifecycle, and {asked.name} is neither")


def reachable(asked: Asked, loaded: Project) -> Graph:
    """Search all states, and merge them until they can be read."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.draw.reachable import quotient
    from launchproof.search.exhaustive import Search
    from launchproof.semantics.steps import Semantics

    if asked.highlight:
        raise ProjectError("--highlight goes with machines and the lifecycle; use --transition for reachable states")
    by = next((p for p in loaded.properties if p.name == asked.by), asked.by or BY[0])
    if isinstance(by, str) and by not in BY:
        raise unknown("way to merge states or property", by, (*BY, *(p.name for p in loaded.properties)))
    with ProgressLine() as progress:
        search = Search(Semantics(asked.protocol), (), report=lambda p: progress("", p))
        search.run()
    return quotient(search, asked.machines, by=by, transitions=asked.transitions, only_own=asked.own)


def drawn_run(file: Path, loaded: Project) -> Picture:
    """Draw a saved run, with what it breaks."""
    from launchproof.draw.counterexample import counterexample
    from launchproof.draw.project import load_drawn
    from launchproof.draw.sequences import sequence_of
    from launchproof.traces import read, replay

    done = replay(read(file), loaded.protocol, loaded.properties, file, tuple(w.name for w in loaded.watchers))
    name, focus = file.name.removesuffix(".trace.json"), load_drawn(loaded).focus
    if done.breaks is None:
        return sequence_of(done.trace, done.protocol, name, name, focus=focus)
    return counterexample(done.breaks, done.trace, done.protocol, focus)
