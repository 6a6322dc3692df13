"""``launchproof replay``: takes saved runs again on the project's protocol as it is now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from launchproof.cli.options import json_option, project_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from launchproof.project import Project
    from launchproof.traces import Breach, Replayed
    from launchproof.walk.check import Trouble


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@json_option
@click.option("--quiet", is_flag=True, help="Write the last line of each run only, not its steps.")
@project_option
@click.pass_context
def replay(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - Click hands flags over
    quiet: bool,  # noqa: FBT001
    project: Path | None,
) -> None:
    """Take the saved run of each FILE again, and judge every step of it.

    A FILE that is a directory stands for all *.trace.json in it. Runs are saved by verify --save, by
    walk --save, and by the Hypothesis suite; those of the last two are taken over real strings, too.

    Exit status: 0 nothing breaks, 1 something does, 2 bad input (a run that is none any more, too).
    """
    from launchproof.project import load_project

    loaded = load_project(project)
    status = 0
    told: list[dict[str, Any]] = []
    for number, file in enumerate(named(files)):
        done = taken(file, loaded)
        status = max(status, status_of(done))
        if as_json:
            told.append(replayed_json(file, done))
        elif not isinstance(done, str):
            lines = [] if quiet else [*([""] if number else []), *run_lines(done)]
            click.echo("\n".join([*lines, f"{file}: {summary(done)}"]))
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    ctx.exit(status)


def named(files: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, those of each directory in the order of their names."""
    from launchproof.errors import TraceError
    from launchproof.traces.saved import SUFFIX

    for file in files:
        if not file.is_dir():
            yield file
            continue
        inside = sorted(file.glob(f"*{SUFFIX}"))
        if not inside:
            raise TraceError(file, "", f"there is no *{SUFFIX} in it", "name a directory that has some")
        yield from inside


@attrs.frozen
class Done:
    """A run that was taken again: what the model says of it, and what came of it over real strings."""

    replayed: Replayed
    trouble: Trouble | None

    @property
    def breaks(self) -> str | None:
        """Name what it breaks: what the file says if it does, or else the first thing."""
        names = [b.property.name for b in self.replayed.breaches] + ([self.trouble.breaks] if self.trouble else [])
        expected = self.replayed.expected
        return expected if expected in names else next(iter(names), None)


def taken(file: Path, project: Project) -> Done | str:
    """Replay one file; one that cannot be is complained of, and the others have their turn."""
    from launchproof.cli.main import complain
    from launchproof.errors import TraceError
    from launchproof.traces import read
    from launchproof.traces import replay as take_again
    from launchproof.walk.check import PROVED_STATES, REFINEMENT, Check
    from launchproof.walk.real import replay_really

    try:
        saved = read(file)
        besides = (REFINEMENT, PROVED_STATES, *(w.name for w in project.watchers))
        replayed = take_again(saved, project.protocol, project.properties, file, besides)
        if saved.setup is None:
            return Done(replayed, None)
        check = Check(replayed.semantics, (), project.concretion, project.watchers)
        return Done(replayed, replay_really(saved, replayed, check, file))
    except TraceError as error:
        complain(str(error))
        return str(error)


def status_of(done: Done | str) -> int:
    """Give the exit status for one file: 0 nothing breaks, 1 something does, 2 bad input."""
    if isinstance(done, str):
        return 2
    return 0 if done.breaks is None else 1


def run_lines(every: Done) -> Iterator[str]:
    """Yield the steps, and what broke in them."""
    from launchproof.report.broken import why_lines
    from launchproof.report.trace_text import trace_lines

    done = every.replayed
    yield from trace_lines(done.trace, done.protocol)
    if done.breaks is not None:
        yield f"breaks {done.breaks.name}: {done.breaks.meaning}"
        if done.at == len(done.trace.steps):
            yield from (f"     {line}" for line in why_lines(done.breaks, done.trace, done.protocol))
    if every.trouble is not None:
        yield f"breaks {every.trouble.breaks}: {every.trouble.detail}"


def summary(every: Done) -> str:
    """Say how far the run came, what breaks, and whether the file says so."""
    done = every.replayed
    count = len(done.trace.steps)
    real = [f"{every.trouble.breaks} over real strings"] if every.trouble else []
    first, *others = [f"{b.property.name} {place(b.at)}" for b in in_order(done)] + real or [""]
    also = f", and {', '.join(others)}" if others else ""
    parts = [f"replayed {count} step{'' if count == 1 else 's'}", f"it breaks {first}{also}" if first else "nothing breaks"]
    if done.expected != every.breaks and done.expected is not None:
        parts.append(f"the file says it breaks {done.expected}; it does not any more")
    elif done.expected != every.breaks:
        parts.append("the file says that nothing breaks")
    return "; ".join(parts)


def in_order(done: Replayed) -> list[Breach]:
    """List what broke, and first the one that is told."""
    return [] if done.breach is None else [done.breach, *(b for b in done.breaches if b != done.breach)]


def place(at: int) -> str:
    """Say where something broke."""
    return f"at step {at}" if at else "in the initial state"


def replayed_json(file: Path, every: Done | str) -> dict[str, Any]:
    """Give one file's run for programs."""
    from launchproof.report.as_json import trace_json

    if isinstance(every, str):
        return {"file": str(file), "error": every}
    done = every.replayed
    return {
        "file": str(file),
        "error": None,
        "steps": len(done.trace.steps),
        "breaks": [{"property": b.property.name, "at": b.at} for b in in_order(done)],
        "over_real_strings": None if every.trouble is None else attrs.asdict(every.trouble),
        "expected": done.expected,
        "as_expected": done.expected == every.breaks,
        "run": trace_json(done.trace, done.protocol),
    }
