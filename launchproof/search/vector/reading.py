"""Threads that only read: what they have not met, they do not learn, but give up.

Arrays are worked on by several threads at once, since numpy lets go of the interpreter. What is learned on the way
changes tables, and nobody may read them meanwhile. So whoever is about to learn says so (`learns`), and in a
thread that only reads that is the end of it: the work is done again by a thread that may learn, alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class UnlearnedError(Exception):
    """There is something to be learned, in a thread that only reads."""


class Here(threading.local):
    """What this thread does."""

    only_reads: bool = False


HERE = Here()


def learns() -> None:
    """Say that tables are about to change; in a thread that only reads, that is an `UnlearnedError`."""
    if HERE.only_reads:
        raise UnlearnedError


@contextmanager
def reading() -> Iterator[None]:
    """Only read, in this thread."""
    HERE.only_reads = True
    try:
        yield
    finally:
        HERE.only_reads = False
