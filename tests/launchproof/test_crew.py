"""Jobs on every core: done once each, on a subject that was loaded once, and ended with those that asked for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from launchproof.crew import Crew
from launchproof.search.shared import FORKS, apart

Subject = dict[str, int]

forking = pytest.mark.skipif(not FORKS, reason="processes are forked on Linux only")


def loaded() -> Subject:
    """Load a subject that knows which process did."""
    return {"loaded": os.getpid()}


def tell(subject: Subject, name: str) -> tuple[int, int | None]:
    """Tell which process does a job, and what it knows of the subject."""
    return os.getpid(), subject.get(name)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_is_done_once(workers: int) -> None:
    """However many processes there are, and whether they were begun ahead of time or not."""
    jobs = [f"job {number}" for number in range(7)]
    with Crew(loaded, shout, workers) as crew:
        started = crew.start(jobs[:3])
        done = dict(crew.each(jobs, started))
    assert done == {job: job.upper() for job in jobs}


def shout(_: Subject, job: str) -> str:
    """Say a job aloud."""
    return job.upper()


def test_one_worker_is_this_very_process() -> None:
    """Nothing is begun ahead of time then."""
    with Crew(loaded, tell, 1) as crew:
        assert crew.start(["loaded"]) == []
        assert [done for _, done in crew.each(["loaded"])] == [(os.getpid(), os.getpid())]


@forking
def test_forked_processes_begin_with_what_is_known_by_then() -> None:
    """The subject is loaded here alone, and what was learned of it before the first job, all know."""
    with Crew(loaded, tell, 2) as crew:
        crew.subject["learned"] = 7
        done = [done for _, done in crew.each(["loaded", "learned", "learned"])]
    assert sorted(known for _, known in done if known is not None) == sorted([os.getpid(), 7, 7])
    assert os.getpid() not in {process for process, _ in done}


def wait_apart(_: Subject, file: Path) -> None:
    """Wait for ever in a process of its own, whose number is in a file."""
    apart(partial(wait, file))


def wait(file: Path) -> None:
    """Write down which process this is, and do nothing any more."""
    written = file.with_suffix(".part")
    written.write_text(str(os.getpid()))
    written.rename(file)
    while True:
        sleep(60)


@forking
def test_who_is_abandoned_ends_with_what_it_forked(tmp_path: Path) -> None:
    """Neither a process nor one that it forked for its job goes on when nobody waits for it."""
    file = tmp_path / "process"
    with Crew(loaded, wait_apart, 2) as crew:
        crew.start([file])
        assert sooner_or_later(file.exists)
        crew.abandon()
    process = int(file.read_text())
    assert sooner_or_later(lambda: not alive(process))


def sooner_or_later(happens: Callable[[], bool]) -> bool:
    """Wait until something happens, a minute at most."""
    for _ in range(6_000):
        if happens():
            return True
        sleep(0.01)
    return False


def alive(process: int) -> bool:
    """Whether a process is there, and has not ended."""
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
