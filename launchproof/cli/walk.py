"""``launchproof walk``: random runs, to find quickly what is common; a proof is `verify`'s business."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchproof.cli.options import derived, json_option, project_option, protocol_options, workers_option

if TYPE_CHECKING:
    from launchproof.walk import Check, Walks
    from launchproof.walk.gap import Gap
    from launchproof.walk.walker import Failure


def load(root: Path, only: tuple[str, ...], without: tuple[str, ...], assume: tuple[str, ...], embeds: int) -> Check:
    """Give the project's protocol as the user wants it, with all that is claimed of it."""
    from launchproof.project import load_project
    from launchproof.semantics.steps import Semantics
    from launchproof.walk.check import Check

    project = load_project(root)
    protocol = derived(project.protocol, only, without, assume)
    claimed = tuple(p for p in project.properties if protocol.enabled.isdisjoint(p.under))
    return Check(Semantics(protocol), claimed, project.concretion, project.watchers, embeds)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=400, show_default=True, metavar="N", help="How many runs.")
@click.option(
    "--steps", type=click.IntRange(min=1), default=500, show_default=True, metavar="N", help="How many steps a run has."
)
@click.option(
    "--embeds", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="How many lifecycles side by side."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed takes the same runs.")
@workers_option("the runs")
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the run that breaks something to DIR, for launchproof replay.",
)
@click.option(
    "--coverage", is_flag=True, help="Tabulate how often each transition fired; search, and list what only the proof covers."
)
@protocol_options
@json_option
@project_option
@click.pass_context
def walk(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    runs: int,
    steps: int,
    embeds: int,
    seed: int,
    workers: int,
    save: Path | None,
    coverage: bool,  # noqa: FBT001 - Click hands flags over
    only: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
    project: Path | None,
) -> None:
    """Take random runs of the project's protocol, and judge every step of them.

    Exit status: 0 nothing broke (which proves nothing), 1 refuted, 2 bad input, 3 interrupted.
    """
    from launchproof.project import load_project
    from launchproof.report.walk_text import walk_json, walk_lines
    from launchproof.walk.crew import Plan
    from launchproof.walk.crew import walk as take_runs

    loader = partial(load, load_project(project).root, only, without, assume, embeds)
    check = loader()
    plan = Plan(runs, steps, seed, workers)
    began = time.perf_counter()
    done = take_runs(loader, plan, Told(plan.runs))
    seconds = time.perf_counter() - began
    missing = searched(check, done) if coverage else None
    if as_json:
        click.echo(walk_json(done, plan, check, missing))
    else:
        click.echo("\n".join(walk_lines(done, plan, check, seconds, missing)))
    if done.failure is not None and save is not None:
        click.echo(f"saved {saved(done.failure, check, save)}", err=as_json)
    ctx.exit(0 if done.failure is None else 1)


def saved(failure: Failure, check: Check, folder: Path) -> Path:
    """Write the run that broke something to a file; give its path."""
    from launchproof.traces.saved import SUFFIX, from_trace, write

    file = folder / f"{failure.breaks}{SUFFIX}"
    pauses = [hop.pause for hop in failure.hops]
    write(from_trace(check.semantics.protocol, failure.trace, failure.breaks, setup=failure.setup, pauses=pauses), file)
    return file


def searched(check: Check, done: Walks) -> Gap:
    """Search the protocol, to tell what the runs did not reach."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.walk.gap import gap

    with ProgressLine() as progress:
        return gap(check.semantics, done, partial(progress, "search for what the runs did not reach"))


class Told:
    """Tells on standard error, every second at most, how far the runs are."""

    def __init__(self, runs: int) -> None:
        """Begin to count the time."""
        self.runs = runs
        self.last = time.perf_counter()

    def __call__(self, done: Walks) -> None:
        """Tell it."""
        now = time.perf_counter()
        if now - self.last >= 1.0:
            self.last = now
            click.echo(f"{done.runs:,} of {self.runs:,} runs, {done.steps:,} steps", err=True)
