"""How much memory this process has, and how much there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

STATM: Final = Path("/proc/self/statm")
MEMINFO: Final = Path("/proc/meminfo")
GROUP: Final = Path("/sys/fs/cgroup")
PAGE: Final = 4096
UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def used() -> int:
    """Give the bytes that this process has in memory; where that cannot be told, the most it ever had, or 0."""
    try:
        return int(STATM.read_bytes().split()[1]) * page()
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def page() -> int:
    """Give the bytes of a page of memory."""
    try:
        import resource
    except ImportError:
        return PAGE
    return resource.getpagesize()


def free() -> int | None:
    """Give the bytes that could still be had, by the machine and by the group that this process is in; None if unknown."""
    found = [some for some in (free_of_machine(), free_of_group()) if some is not None]
    return min(found, default=None)


def free_of_machine() -> int | None:
    """Give the bytes that the machine has left."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text(encoding="ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, ValueError, KeyError):
        return None


def free_of_group() -> int | None:
    """Give the bytes that are left of the limit of this process's control group, if it has one."""
    try:
        most, now = ((GROUP / name).read_text(encoding="ascii").strip() for name in ("memory.max", "memory.current"))
        return None if most == "max" else max(0, int(most) - int(now))
    except (OSError, ValueError):
        return None


def parsed(text: str) -> int:
    """Read a size, ``500M`` or ``2G`` for example, as bytes; anything else is a `ValueError`."""
    unit = text[-1:].upper()
    size = round(float(text[:-1]) * UNITS[unit]) if unit in UNITS else int(text)
    if size <= 0:
        raise ValueError(text)
    return size


def spelled(size: float) -> str:
    """Write a number of bytes as people do, with the largest unit that fits."""
    for unit, bytes_ in reversed(UNITS.items()):
        if size >= bytes_:
            return f"{size / bytes_:.3g}{unit}"
    return f"{size:.0f} bytes"
