"""Runs a piece of code in processes of their own, under different hash seeds, all at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SEEDS: Final = ("1", "2")


def told_under_seeds(code: str) -> list[str]:
    """Give what some code writes, for each seed; a process that fails fails the test, with its error."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        )
        for seed in SEEDS
    ]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(SEEDS)
    return told


def same_under_seeds(code: str) -> str:
    """Give what some code writes, once it is sure that it writes something, and the same whatever the seed."""
    told = told_under_seeds(code)
    assert told[0]
    assert set(told) == {told[0]}
    return told[0]
