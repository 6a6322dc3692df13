"""What is measured of one search, and of the machine that it runs on."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Final

from attrs import frozen

IDLE: Final = 0.5
"""A machine with a higher load than this is at work for others."""


@frozen
class Measured:
    """States and steps, seconds from the start of the process, bytes per state: as stored (None: unknown), and in all."""

    states: int
    steps: int
    seconds: float
    stored: float | None
    peak: float


@frozen
class Machine:
    """Where and when it was measured; `load` is how many processes were at work when it began."""

    processor: str
    cores: int
    gigabytes: int
    python: str
    system: str
    date: str
    load: float

    @property
    def told(self) -> str:
        """Tell of it in a line; where other programs were at work, times mean little."""
        what = f"{self.processor}, {self.cores} cores, {self.gigabytes} GB, {self.system}, Python {self.python}, {self.date}"
        return f"{what}; measured under load ({self.load})" if self.load > IDLE else what


def machine() -> Machine:
    """Look at this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        processor(),
        os.cpu_count() or 1,
        round(memory / (1 << 30)),
        platform.python_version(),
        f"{platform.system()} {platform.machine()}",
        time.strftime("%Y-%m-%d"),
        round(os.getloadavg()[0], 1),
    )


def processor() -> str:
    """Name the processor, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
