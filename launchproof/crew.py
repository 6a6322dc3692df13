"""Does many jobs on every core: the same answers however many processes share them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from functools import cached_property
from multiprocessing import active_children, get_context
from types import TracebackType
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from launchproof.search.shared import FORKS, end_with_children, uninterrupted, unwarned

LESS: Final = 5
"""How far the processes of a crew step back: what the first process does meanwhile, only it can do."""

S = TypeVar("S")
J = TypeVar("J")
D = TypeVar("D")


class Crew(Generic[S, J, D]):
    """Processes that do jobs on a subject of their own, or, where there is one core, this process.

    `load` gives the subject, which is loaded once: processes are forked with the first jobs, and begin with all that it is by
    then. Where they cannot be forked, each calls `load`; so it must be picklable, and so must `do` be, and jobs and what comes
    of them.
    """

    def __init__(self, load: Callable[[], S], do: Callable[[S, J], D], workers: int) -> None:
        """Start nothing yet."""
        self._load, self._do, self._workers = load, do, workers
        self._pool: ProcessPoolExecutor | None = None

    @cached_property
    def subject(self) -> S:
        """What jobs are done on, as this process has it."""
        return self._load()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the processes end; after an error, at once."""
        if kind is not None:
            self.abandon()
        elif self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def abandon(self) -> None:
        """End the processes at once: nobody waits for what they do."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.terminate()

    def start(self, jobs: Sequence[J]) -> list[tuple[J, Future[D]]]:
        """Begin jobs ahead of time; where there is one core, none is."""
        if self._workers <= 1:
            return []
        if self._pool is None:
            self._pool = self._begun()
        with unwarned(), uninterrupted():  # as the first job forks all processes
            return [(job, self._pool.submit(do_in_process, job)) for job in jobs]

    def _begun(self) -> ProcessPoolExecutor:
        """Make processes ready to begin, with the subject or with what gives it."""
        subject = self.subject if FORKS else None
        load = self._load if subject is None else lambda: subject
        context = get_context("fork" if FORKS else "spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=start_process, initargs=(load, self._do))

    def each(self, jobs: Sequence[J], started: Sequence[tuple[J, Future[D]]] = ()) -> Generator[tuple[J, D], None, None]:
        """Do all jobs, and yield what comes of each as soon as it is done; `started` were begun before."""
        if self._workers <= 1:
            yield from ((job, self._do(self.subject, job)) for job in jobs)
            return
        begun = {id(job) for job, _ in started}
        running = {future: job for job, future in (*started, *self.start([job for job in jobs if id(job) not in begun]))}
        for future in as_completed(running):
            yield running[future], future.result()


class Process:
    """What a process keeps between jobs."""

    subject: ClassVar[Any]
    do: ClassVar[Callable[..., Any]]


def start_process(load: Callable[[], object], do: Callable[..., object]) -> None:
    """Begin a process of the crew, which steps back behind the first one; Ctrl-C is that one's business, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, end_with_children)
    if hasattr(os, "nice"):
        os.nice(LESS)
    Process.subject, Process.do = load(), staticmethod(do)


def do_in_process(job: Any) -> Any:
    """Do one job in a process of the crew."""
    return Process.do(Process.subject, job)
