"""``launchproof walk``: random runs, to find quickly what is common; a proof is `verify`'s business."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchproof.cli.options import derived, json_option, project_option

if TYPE_CHECKING:
    from launchproof.declare import Property, Protocol
    from launchproof.walk import Walks


def load(
    root: Path, only: tuple[str, ...], without: tuple[str, ...], assume: tuple[str, ...]
) -> tuple[Protocol, tuple[Property, ...]]:
    """Give the project's protocol as the user wants it, and the properties that are claimed of it."""
    from launchproof.project import load_project

    project = load_project(root)
    protocol = derived(project.protocol, only, without, assume)
    return protocol, tuple(p for p in project.properties if not protocol.enabled.intersection(p.under))


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=400, show_default=True, metavar="N", help="How many runs.")
@click.option(
    "--steps", type=click.IntRange(min=1), default=500, show_default=True, metavar="N", help="How many steps a run has."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed takes the same runs.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    metavar="N",
    help="How many processes share the runs; the answer is the same.",
)
@click.option("--coverage", is_flag=True, help="Tabulate how often each transition fired, and list what never happened.")
@click.option("--capability", "only", multiple=True, metavar="NAME", help="Switch on exactly this capability; repeat for more.")
@click.option("--without-capability", "without", multiple=True, metavar="NAME", help="Switch it off; repeat for more.")
@click.option("--assume", multiple=True, metavar="KEY=VALUE", help="Give an open question another answer; repeat for more.")
@json_option
@project_option
@click.pass_context
def walk(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    runs: int,
    steps: int,
    seed: int,
    workers: int,
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

    loader = partial(load, load_project(project).root, only, without, assume)
    protocol, properties = loader()
    plan = Plan(runs, steps, seed, workers)
    began = time.perf_counter()
    done = take_runs(loader, plan, Told(plan.runs))
    seconds = time.perf_counter() - began
    if as_json:
        click.echo(walk_json(done, plan, protocol))
    else:
        click.echo("\n".join(walk_lines(done, plan, protocol, properties, seconds, coverage=coverage)))
    ctx.exit(0 if done.failure is None else 1)


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
