"""Expands several parts of a level at once, each in a thread of its own that only reads.

What a part needs is all learned, or it is left to whoever may learn. So threads change nothing but when something
is done: parts are given in their order, with the same steps, as if there had been one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from attrs import define, field, frozen

from launchproof.search.vector.keys import Array
from launchproof.search.vector.level import Expanded
from launchproof.search.vector.reading import UnlearnedError, reading

Span = tuple[int, int]


@frozen(eq=False)
class Part:
    """The steps of some states: the distinct states reached, by which item first, and which of them earlier levels have."""

    expanded: Expanded
    keys: Array
    item: Array
    old: npt.NDArray[np.bool_]


@define(eq=False)
class Ahead:
    """So many threads, begun when there is work for them."""

    threads: int
    work: Callable[[int, int], Part]
    _pool: ThreadPoolExecutor | None = field(default=None, init=False)

    def parts(self, spans: Sequence[Span]) -> list[Part | None]:
        """Expand some parts; None for one in which there is something to be learned."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads)
        found = [self._pool.submit(self._read, span) for span in spans]
        return [waited(future) for future in found]

    def _read(self, span: Span) -> Part | None:
        try:
            with reading():
                return self.work(*span)
        except UnlearnedError:
            return None

    def end(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def waited(future: Future[Part | None]) -> Part | None:
    """Wait for a thread, whatever comes meanwhile: it must not go on while tables change."""
    try:
        return future.result()
    except KeyboardInterrupt:
        future.result()
        raise
