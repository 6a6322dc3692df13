"""How far a search is, on standard error: one line that is written over on a terminal, few lines elsewhere."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final, Self

import click

from launchproof.search.engines import UNTOLD

if TYPE_CHECKING:
    from types import TracebackType

    from launchproof.search.exhaustive import Progress

ERASE: Final = "\r\x1b[2K"
PAUSE: Final = 5.0
"""Seconds between lines where they cannot be written over."""


class ProgressLine:
    """Writes progress; as a context manager it wipes its line at the end."""

    def __init__(self) -> None:
        """Look whether standard error is a terminal."""
        self.terminal = sys.stderr.isatty()
        self._told: tuple[str, float] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wipe the line."""
        if self.terminal and self._told is not None:
            click.echo(ERASE, nl=False, err=True)

    def __call__(self, what: str, progress: Progress) -> None:
        """Tell how far the search of something is."""
        rate = progress.states / progress.seconds if progress.seconds else 0.0
        depth = "" if progress.depth == UNTOLD else f"depth {progress.depth}, "
        line = (
            f"{what + ': ' if what else ''}{progress.states:,} states, {progress.frontier:,} waiting, {depth}"
            f"{rate:,.0f} states/s, {progress.seconds:.0f} s"
        )
        self.tell(what, line, progress.seconds)

    def tell(self, what: str, line: str, seconds: float) -> None:
        """Write a line about something, so many seconds after it began."""
        if self.terminal:
            self._told = (what, seconds)
            width = shutil.get_terminal_size().columns
            click.echo(f"{ERASE}{line[: width - 1]}", nl=False, err=True)
        elif self._told is None or self._told[0] != what or seconds - self._told[1] >= PAUSE:
            self._told = (what, seconds)
            click.echo(line, err=True)
