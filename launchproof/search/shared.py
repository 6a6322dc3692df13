"""Independent tasks, shared among forked processes: the same answers, whoever does them.

A forked process begins with all that its parent has learned, and sends back what its tasks give. What
cannot be sent, or fails there, is done again here, so that nothing depends on how tasks were shared out.
Ctrl-C is the parent's business; it ends the others.
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import select
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final, NoReturn, Protocol, TypeVar

from attrs import define, field

T = TypeVar("T")

FORKS: Final = sys.platform == "linux"
"""Elsewhere a process cannot be forked, or not once libraries have begun threads."""

INTERRUPTED: Final = "interrupted"

PATIENCE: Final = 0.2
"""Seconds after which a reason to stop is seen at the latest."""

CHILDREN: Final[set[int]] = set()
"""The processes that were forked for one task each, and have not ended yet."""

SIZE: Final = 4
"""Bytes by which tasks, and the lengths of what they give, are told to other processes."""


class Stoppable(Protocol):
    """What has a reason not to go on; empty as long as there is none."""

    stopped: str


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(tasks: Sequence[Callable[[], T]], workers: int, known: Sequence[object] = (), stop: Stoppable | None = None) -> list[T]:
    """Do some tasks, the first one here; give what they give, in their order.

    Objects that are `known` need not be picklable. Once there is a reason to `stop`, nobody is waited for,
    and what is left is done here, which must then come to its end at once. An interruption is such a reason.
    """
    others = min(workers, len(tasks)) - 1 if FORKS else 0
    if others < 1:
        return [task() for task in tasks]
    crew = Crew(tasks, known)
    done: dict[int, Any] = {}
    try:
        crew.begin(others)
        done[0] = tasks[0]()
        while (number := crew.next()) is not None:
            done[number] = tasks[number]()
        done |= crew.sent(stop)
    except KeyboardInterrupt:
        if stop is None:
            raise
        stop.stopped = INTERRUPTED
    finally:
        crew.end()
    return [done[number] if number in done else task() for number, task in enumerate(tasks)]


def apart(task: Callable[[], T]) -> T | None:
    """Do a task in a process forked for it, so that nothing here is changed by it; None where it fails, or cannot be sent."""
    reading, writing = os.pipe()
    with uninterrupted():
        process = forked()
        if not process:
            send(task, writing)
        CHILDREN.add(process)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            given = pipe.read()
    finally:
        CHILDREN.discard(process)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    found: T | None = pickle.loads(given) if given else None  # noqa: S301 - this very program wrote it
    return found


def send(task: Callable[[], object], pipe: int) -> NoReturn:
    """Do a task in a process of its own, which does not heed Ctrl-C, and ends here."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.disable()
        given = pickle.dumps(task())
        with os.fdopen(pipe, "wb") as out:
            out.write(given)
    except BaseException:  # noqa: BLE001 - whatever it is, it comes again where the task is done again
        os._exit(1)
    os._exit(0)


def end_with_children(*_: object) -> NoReturn:
    """End this process, and those that it forked: what SIGTERM should do in one that forks."""
    for child in CHILDREN:
        os.kill(child, signal.SIGKILL)
    os._exit(1)


@define(eq=False)
class Crew:
    """Processes that take tasks from one pipe, and write what these give each to a pipe of its own."""

    tasks: Sequence[Callable[[], Any]]
    known: Sequence[object]
    queue: int = -1
    pipes: list[IO[bytes]] = field(factory=list)
    processes: list[int] = field(factory=list)

    def begin(self, others: int) -> None:
        """Begin processes; all tasks but the first are there to be taken."""
        self.queue, fill = os.pipe()
        os.write(fill, b"".join(number.to_bytes(SIZE) for number in range(1, len(self.tasks))))
        os.close(fill)
        sys.stdout.flush()
        sys.stderr.flush()
        for _ in range(others):
            with uninterrupted():
                self._begin_one()

    def _begin_one(self) -> None:
        reading, writing = os.pipe()
        process = forked()
        if not process:
            self._work(writing)
        os.close(writing)
        self.processes.append(process)
        self.pipes.append(os.fdopen(reading, "rb"))

    def next(self) -> int | None:
        """Take a task, if there is one."""
        taken = os.read(self.queue, SIZE)
        return int.from_bytes(taken) if taken else None

    def _work(self, pipe: int) -> None:
        """Do tasks in a process of its own, which does not heed Ctrl-C, and ends here."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            gc.disable()
            with os.fdopen(pipe, "wb") as out:
                while (number := self.next()) is not None:
                    given = self._packed(self.tasks[number])
                    out.write(number.to_bytes(SIZE) + len(given).to_bytes(SIZE) + given)
                    out.flush()
        finally:
            os._exit(0)

    def _packed(self, task: Callable[[], Any]) -> bytes:
        """Give in bytes what a task gives; nothing, where that cannot be."""
        try:
            made = io.BytesIO()
            Packing(made, self.known).dump(task())
            return made.getvalue()
        except Exception:  # noqa: BLE001 - whatever it is, it comes again where the task is done again
            return b""

    def sent(self, stop: Stoppable | None) -> dict[int, Any]:
        """Wait for what the others give, unless there is a reason to stop."""
        found: dict[int, Any] = {}
        for pipe in self.pipes:
            while self._heard(pipe, stop) and (head := pipe.read(2 * SIZE)):
                size = int.from_bytes(head[SIZE:])
                given = pipe.read(size)
                if given and len(given) == size:
                    found[int.from_bytes(head[:SIZE])] = Unpacking(io.BytesIO(given), self.known).load()
        return found

    def _heard(self, pipe: IO[bytes], stop: Stoppable | None) -> bool:
        """Wait until a process has something to say, or has ended; give False where there is a reason to stop."""
        while stop is None or not stop.stopped:
            if select.select([pipe], [], [], PATIENCE)[0]:  # an interruption just before waiting is seen after it
                return True
        return False

    def end(self) -> None:
        """End all processes, whatever they are at."""
        for pipe in self.pipes:
            pipe.close()
        for process in self.processes:
            os.kill(process, signal.SIGKILL)
        for process in self.processes:
            os.waitpid(process, 0)
        if self.queue >= 0:
            os.close(self.queue)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C waiting, so that no process is begun that nobody knows of, and none takes itself for its parent."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forked() -> int:
    """Fork."""
    with unwarned():
        return os.fork()


@contextmanager
def unwarned() -> Iterator[None]:
    """Have Python not warn of threads where it forks: those that there are do nothing that is waited for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


class Packing(pickle.Pickler):
    """Writes what a task gives; what both sides know goes by its number."""

    def __init__(self, out: IO[bytes], known: Sequence[object]) -> None:
        """Prepare to write."""
        super().__init__(out, protocol=pickle.HIGHEST_PROTOCOL)
        self.numbers = {id(thing): number for number, thing in enumerate(known)}

    def persistent_id(self, obj: object) -> int | None:
        """Give the number of what is known."""
        return self.numbers.get(id(obj))


class Unpacking(pickle.Unpickler):
    """Reads what a task gave."""

    def __init__(self, given: IO[bytes], known: Sequence[object]) -> None:
        """Prepare to read."""
        super().__init__(given)
        self.known = known

    def persistent_load(self, pid: int) -> object:
        """Give what is known by its number."""
        return self.known[pid]
