"""Work that nobody looks for garbage in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: where nearly all that is made stays, and none of it in cycles, it would only take time.

    To freeze and to thaw makes all of it old, so that nobody looks through it right after, either.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if collecting:
            gc.enable()


__all__ = ["uncollected"]
