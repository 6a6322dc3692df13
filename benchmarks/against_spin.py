"""The engines beside SPIN, on the same state spaces, in one run on one machine.

``python -m benchmarks.against_spin`` measures all of it and writes the results; ``--quick`` only what takes seconds, and
``--check`` says whether an engine got slower beside SPIN than it was when the results were written. Every engine and SPIN
must count the same states, or nothing is written. Each search is a process of its own, timed from its start;
translating and compiling SPIN's program is told apart. The searches take turns; the fastest of several counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from benchmarks import plot, spin
from benchmarks.measured import Machine, Measured, machine
from benchmarks.spaces import FRESH, PAGE, SPACES, Space
from launchproof.search.engines import ENGINES

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results" / "against_spin.json"

WANTED: Final = ("plain", "vector", "symbolic")
LARGEST: Final = {("plain", None): 1_000_000, ("symbolic", FRESH): 200_000, ("symbolic", PAGE): 10_000}
"""Engines that take on only so many states, of one family or (None) of all."""

SPIN: Final = "SPIN"

MODEL: Final = "vector"
"""The engine whose tables become SPIN's model."""

QUICK: Final = 200_000
MANY: Final = 200_000
"""Up to so many states `--quick` measures, and a search is timed several times with all settings of SPIN."""

SOON: Final = 10.0
HOPELESS: Final = 3.0
"""A setting of SPIN that takes more seconds than that, and so many times as long as its fastest, is left out of larger spaces."""

TIMES: Final = 3
TOLERANCE: Final = 2.0
"""An engine may take so many times as much of SPIN's time as when the results were written."""

MEASURABLE: Final = 0.1
"""Where SPIN takes fewer seconds than that, multiples of its time are chance."""

Row = dict[str, Any]


def searched(space: Space, engine: str, model: Path | None) -> Measured:
    """Search a space in a process of its own; time it until it tells that the search is over."""
    command = [sys.executable, "-m", "benchmarks.searching", space.name, engine, *([str(model)] if model else [])]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.readline() if process.stdout is not None else ""
        seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{space.name}, {engine}: the search failed")
    return Measured(seconds=seconds, **json.loads(told))


def measured(space: Space, engines: Sequence[str], settings: Sequence[spin.Setting], folder: Path) -> Iterator[Row]:
    """Measure a space with every engine and setting in turn; the first turn shows that all count the same."""
    model = folder / f"{space.name}.pml"
    best: dict[str, Measured] = {}
    compiled: dict[str, spin.Compiled] = {}
    for turn in range(TIMES if space.states <= MANY else 1):
        for engine in engines:
            take(best, engine, searched(space, engine, model if engine == MODEL and not turn else None), space)
        for setting in settings:
            name = spin_name(setting)
            if not turn:
                compiled[name] = spin.compiled(model, setting)
            try:
                take(best, name, spin.counted(compiled[name].program, setting, best[MODEL].states), space)
            except spin.GaveUpError as error:
                print(f"{name}: gave up on {space.name}: {error}")
    for name, found in best.items():
        compiling = compiled[name].seconds if name in compiled else None
        yield {"space": space.name, "family": space.family, "engine": name, **attrs.asdict(found), "compiling": compiling}


def spin_name(setting: spin.Setting) -> str:
    """Name SPIN with a setting."""
    return f"{SPIN}, {setting.name}"


def take(best: dict[str, Measured], name: str, found: Measured, space: Space) -> None:
    """Keep the fastest; refuse another number of states."""
    for other, known in best.items():
        if known.states != found.states:
            raise SystemExit(f"{space.name}: {name} counts {found.states} states, {other} {known.states}: one of them is wrong")
    if name not in best or found.seconds < best[name].seconds:
        best[name] = found


def all_measured(spaces: Sequence[Space], tried: Sequence[spin.Setting]) -> Iterator[Row]:
    """Measure some spaces, family by family; large ones only with settings of SPIN that were not much slower before."""
    missing = spin.absent()
    if missing:
        print(f"{SPIN}: skipped, there is no {' and no '.join(missing)} here")
        tried = ()
    for engine in WANTED:
        if engine not in ENGINES:
            print(f"{engine}: skipped, there is no such engine")
    settings = tried
    with tempfile.TemporaryDirectory() as folder:
        for space in spaces:
            engines = [engine for engine in WANTED if engine in ENGINES and takes_on(engine, space)]
            settings = tried if space.states <= MANY else settings
            rows = list(measured(space, engines, settings, Path(folder)))
            print("\n".join(line(row, rows) for row in rows), flush=True)
            settings = [setting for setting in settings if keeps_up(spin_name(setting), rows)]
            yield from rows


def takes_on(engine: str, space: Space) -> bool:
    """Tell whether an engine is worth trying on a space."""
    limits = (LARGEST.get((engine, family)) for family in (None, space.family))
    return all(limit is None or space.states <= limit for limit in limits)


def keeps_up(name: str, rows: list[Row]) -> bool:
    """Tell whether a setting of SPIN is worth trying on a larger space: starting takes some a second, which says little."""
    beside = [ratio(row, rows) for row in rows if row["engine"] == name and row["seconds"] > SOON]
    return all(multiple is None or multiple < HOPELESS for multiple in beside)


def spin_time(rows: list[Row], space: str) -> float | None:
    """Give the time of SPIN's fastest setting."""
    return min((r["seconds"] for r in rows if r["space"] == space and r["engine"].startswith(SPIN)), default=None)


def ratio(row: Row, rows: list[Row]) -> float | None:
    """Give a search's time as a multiple of that of SPIN's fastest setting."""
    fastest = spin_time(rows, row["space"])
    return None if fastest is None else row["seconds"] / fastest


HEAD: Final = (
    f"{'space':11} {'states':>11} {'searched by':28} {'seconds':>8} {'states/s':>10} {'bytes/state':>11} {'in all':>8} "
    f"{'of SPIN':>8} {'compiling':>9} {'with it':>8}"
)
"""`of SPIN`: the time as a multiple of that of SPIN's fastest setting, without compiling; the last column has both."""


def line(row: Row, rows: list[Row]) -> str:
    """Tell of one search."""
    beside, stored, compiling = ratio(row, rows), row["stored"], row["compiling"]
    return (
        f"{row['space']:11} {row['states']:11,} {row['engine']:28} {row['seconds']:8.2f} {row['states'] / row['seconds']:10,.0f} "
        f"{told(stored, 1):>11} {row['peak']:8,.0f} {told(beside, 2):>8} {told(compiling, 1):>9} "
        f"{told(row['seconds'] + (compiling or 0.0), 2):>8}"
    )


def told(number: float | None, digits: int) -> str:
    """Write a number; nothing where there is none."""
    return "" if number is None else f"{number:,.{digits}f}"


def table(rows: list[Row], where: Machine) -> str:
    """Tell of all searches."""
    return "\n".join([where.told, "", HEAD, *(line(row, rows) for row in rows), ""])


def written(rows: list[Row], where: Machine) -> None:
    """Write the results: numbers, a table, a plot."""
    RESULTS.parent.mkdir(exist_ok=True)
    data = {"machine": attrs.asdict(where), "rows": rows}
    RESULTS.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    RESULTS.with_suffix(".txt").write_text(table(rows, where), encoding="utf-8")
    RESULTS.with_suffix(".svg").write_text(plot.drawn(rows, where), encoding="utf-8")
    print(f"wrote {RESULTS.parent.name}/{RESULTS.stem}.json, .txt and .svg")


def kept(rows: list[Row]) -> list[Row]:
    """Give the results of other spaces, as they were written."""
    measured_now = {row["space"] for row in rows}
    return [row for row in json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if row["space"] not in measured_now]


def slower(rows: list[Row], before: list[Row]) -> Iterator[str]:
    """Tell which engine takes a larger share of SPIN's time than before."""
    known = {(row["space"], row["engine"]): ratio(row, before) for row in before}
    for row in rows:
        if (spin_time(rows, row["space"]) or 0.0) < MEASURABLE:
            continue
        now, then = ratio(row, rows), known.get((row["space"], row["engine"]))
        if not row["engine"].startswith(SPIN) and now is not None and then is not None and now > TOLERANCE * then:
            yield f"{row['space']}, {row['engine']}: {now:.2f} times SPIN's time, and it was {then:.2f}"


def main() -> int:
    """Measure, and write or compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against_spin", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"only spaces of at most {QUICK:,} states, and SPIN on one core")
    parser.add_argument("--largest", type=int, default=10**8, metavar="N", help="measure only spaces of at most N states")
    parser.add_argument("--only", metavar="SPACE", action="append", help="measure this space again, and keep the other results")
    parser.add_argument("--check", action="store_true", help="compare with the results that are there, and write nothing")
    asked = parser.parse_args()
    where = machine()
    print(HEAD)
    largest = min(asked.largest, QUICK if asked.quick else asked.largest)
    settings = [setting for setting in spin.SETTINGS if setting.usual or not asked.quick]
    wanted = [space for space in SPACES if space.states <= largest and (not asked.only or space.name in asked.only)]
    rows = list(all_measured(wanted, settings))
    if not asked.check:
        written([*kept(rows), *rows] if asked.only else rows, where)
        return 0
    worse = list(slower(rows, json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]))
    print("\n".join(worse or ["no engine is slower beside SPIN than it was"]))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
