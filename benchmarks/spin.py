"""SPIN: its exact settings, and what it says of a model.

Exact means that states are stored whole: no bitstate hashing, no hash-compact (which parallel breadth-first search uses unless
``NO_HC``). Partial-order reduction is off (``NOREDUCE``), so that all states are counted; the model has one process anyway.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from attrs import frozen

from benchmarks.measured import Measured

FLAGS: Final = ("-O3", "-march=native", "-w", "-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DNOBOUNDCHECK")
MEGABYTE: Final = 1 << 20


@frozen
class Setting:
    """A way to compile and run SPIN; `deep` ways need a stack for the longest path, `usual` ones are tried in quick runs, too."""

    name: str
    compiled: tuple[str, ...]
    run: tuple[str, ...] = ()
    deep: bool = False
    usual: bool = False


SETTINGS: Final = (
    Setting("breadth-first", ("-DBFS",), usual=True),
    Setting("breadth-first, 2 cores", ("-DBFS_PAR", "-DNO_HC"), ("-u2",)),
    Setting("depth-first", (), deep=True, usual=True),
    Setting("depth-first, 2 cores", ("-DNCORE=2", "-DMEMLIM=12000"), deep=True),
    Setting("depth-first, collapsed", ("-DCOLLAPSE",), deep=True),
)


def absent() -> list[str]:
    """List what is needed and not installed."""
    return [program for program in ("spin", "gcc") if shutil.which(program) is None]


class GaveUpError(Exception):
    """SPIN did not get to the end: it had no room."""


@frozen
class Compiled:
    """SPIN's program for a model, and how long it took to translate and compile it."""

    program: Path
    seconds: float


def compiled(model: Path, setting: Setting) -> Compiled:
    """Translate and compile a model."""
    where = model.with_suffix("") / setting.name.replace(", ", "-").replace(" ", "-")
    where.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    for command in (["spin", "-a", str(model)], ["gcc", *FLAGS, *setting.compiled, "-o", "pan", "pan.c"]):
        subprocess.run(command, cwd=where, check=True, stdout=subprocess.DEVNULL)
    return Compiled(where / "pan", time.perf_counter() - began)


def counted(program: Path, setting: Setting, states: int) -> Measured:
    """Let SPIN visit all states, with a hash table for as many as there will be."""
    options = ["-E", f"-w{max(16, states.bit_length())}", *setting.run, *([f"-m{states + 100}"] if setting.deep else [])]
    began = time.perf_counter()
    done = subprocess.run([str(program), *options], cwd=program.parent, check=False, capture_output=True, text=True)
    seconds, told = time.perf_counter() - began, done.stdout
    if re.search(r"errors: [1-9]", told):
        raise SystemExit(f"{program}: SPIN found an error:\n{told}")
    if done.returncode or "errors: 0" not in told or "not completed" in told or "depth too small" in told:
        raise GaveUpError(" ".join((done.stderr or told).split()[-12:]))
    found = int(number(told, r"(\d+) states, stored"))
    steps = int(number(told, r"(\d+) transitions"))
    total = number(told, r"([\d.]+)\s+total (?:actual|shared) memory usage") * MEGABYTE
    stack = number(told, r"([\d.]+)\s+memory used for DFS stack") * MEGABYTE if "DFS stack" in told else 0.0
    return Measured(found, steps, seconds, (total - stack) / found, total / found)


def number(told: str, pattern: str) -> float:
    """Read a number."""
    found = re.search(pattern, told)
    if found is None:
        raise SystemExit(f"SPIN does not tell {pattern!r}:\n{told}")
    return float(found[1])
