"""Many runs, on every core: the same answer however many processes share them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from typing import ClassVar, Final

from attrs import frozen

from launchproof.walk.check import Check
from launchproof.walk.walker import Walker, Walks

CHUNK: Final = 10
"""Runs that are handed to a process at a time, and reported together."""


@frozen
class Plan:
    """How many runs of how many steps, from which seed, in how many processes."""

    runs: int = 100
    steps: int = 500
    seed: int = 0
    workers: int = 1


Load = Callable[[], Check]
"""Gives the protocol with all that judges it. Every process calls it once, so it must be picklable."""


def walk(load: Load, plan: Plan, report: Callable[[Walks], None] | None = None) -> Walks:
    """Take all runs, or those up to the first that breaks a property.

    Runs are taken in chunks and put together in their order, so that the answer does not depend on
    which process is quicker. `report` hears of the runs so far after each chunk.
    """
    done = Walks()
    with closing(chunks(load, plan)) as found:
        for chunk in found:
            done = done.and_then(chunk)
            if report is not None:
                report(done)
            if done.failure is not None:
                break
    return done


def chunks(load: Load, plan: Plan) -> Generator[Walks, None, None]:
    """Yield the runs chunk by chunk, in their order."""
    firsts = range(0, plan.runs, CHUNK)
    if plan.workers == 1:
        walker = Walker(load())
        yield from (take(walker, plan, first) for first in firsts)
        return
    with ProcessPoolExecutor(plan.workers, initializer=start_process, initargs=(load,)) as pool:
        try:
            yield from pool.map(partial(take_in_process, plan), firsts)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def take(walker: Walker, plan: Plan, first: int) -> Walks:
    """Take one chunk of runs, up to the first that breaks a property."""
    done = Walks()
    for number in range(first, min(first + CHUNK, plan.runs)):
        done = done.and_then(walker.run(plan.seed, number, plan.steps))
        if done.failure is not None:
            break
    return done


class Process:
    """What a process of the crew keeps between chunks: its walker, and so all that it has learned."""

    walker: ClassVar[Walker]


def start_process(load: Load) -> None:
    """Begin a process of the crew; Ctrl-C is the first process's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Process.walker = Walker(load())


def take_in_process(plan: Plan, first: int) -> Walks:
    """Take one chunk in a process of the crew."""
    return take(Process.walker, plan, first)
