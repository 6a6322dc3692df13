"""Work that is shared among processes: the same answers, whoever does it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from launchproof.project import load_project
from launchproof.report.text import summary_line
from launchproof.report.trace_text import trace_lines
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import FORKS, cores, share
from launchproof.search.verdicts import Verdict
from launchproof.verify import Matrix, Verification, verify, verify_matrix
from model import PROTOCOL
from properties import PROPERTIES
from tests.launchproof.test_liveness import lamp, off_leads_to_broken, off_leads_to_on
from tests.seeds import ROOT, same_under_seeds

TOY = Path(__file__).parent.parent / "toy"

LAMP_CLAIMS = (off_leads_to_on, off_leads_to_broken)

forking = pytest.mark.skipif(not FORKS, reason="processes are not forked here")


class Local:
    """Something that cannot be sent by what it is made of."""

    def __init__(self) -> None:
        """Hold what no process can send."""
        self.held = lambda: None


def process_and(number: int) -> tuple[int, int]:
    """Tell who does a task."""
    return os.getpid(), number


@pytest.mark.parametrize("workers", [1, 2, 3, 50])
def test_what_tasks_give_comes_in_their_order(workers: int) -> None:
    """Whoever does them, and however many there are."""
    given = share([partial(process_and, number) for number in range(20)], workers)
    assert [number for _, number in given] == list(range(20))
    assert given[0][0] == os.getpid()
    assert share([], workers) == []


@forking
def test_others_do_tasks() -> None:
    """While the first task waits for it, another process does the second."""
    reading, writing = os.pipe()
    tasks: list[Callable[[], Any]] = [lambda: os.read(reading, 1), lambda: (os.write(writing, b"x"), os.getpid())]
    first, (_, process) = share(tasks, 2)
    assert first == b"x"
    assert process != os.getpid()


def test_what_cannot_be_sent_is_done_here() -> None:
    """An object that cannot be pickled is made again; one that is known is the very same."""
    known = Local()
    first, second, third = share([lambda: known, lambda: known, Local], 2, [known])
    assert first is second is known
    assert isinstance(third, Local)


def test_what_fails_elsewhere_fails_here() -> None:
    """A mistake in a task is told as if nobody else had done it."""

    def fails() -> int:
        raise ValueError("it fails")

    with pytest.raises(ValueError, match="it fails"):
        share([lambda: 1, fails, lambda: 2], 2)


STOPPING = """
import os, signal
from launchproof.search.shared import share
from launchproof.verify.budget import Budget

budget, here = Budget(), os.getpid()
ready, tell = os.pipe()

def first():
    if not budget.stopped:
        os.read(ready, 1)
    {first}
    return "first"

def second():
    if os.getpid() == here:
        return budget.stopped
    signal.alarm(20)
    os.write(tell, b"x")
    {second}
    signal.pause()

signal.signal(signal.SIGINT, signal.default_int_handler)
print(*share([first, second], 2, stop=budget))
"""


@forking
@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("budget.stopped = 'enough'", "pass", "first enough"),
        ("pass", "os.kill(os.getpid(), signal.SIGINT); os.kill(here, signal.SIGINT)", "first interrupted"),
    ],
    ids=["stopped", "interrupted"],
)
def test_nobody_is_waited_for_once_there_is_a_reason_to_stop(first: str, second: str, told: str) -> None:
    """Another process that would never end is ended, and its task is done here; it does not heed Ctrl-C itself."""
    code = STOPPING.format(first=first, second=second)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == told.split()


def test_the_cores_are_counted() -> None:
    """There is one at least."""
    assert cores() >= 1


# --- verifications ---------------------------------------------------------------------------------


def told(answer: Verification) -> list[object]:
    """Give all that an answer says, but for how long it took."""
    traces = [(j.property.name, trace_lines(j.trace, answer.protocol)) for j in answer.properties if j.trace is not None]
    judged = [(j.property.name, j.verdict, j.under) for j in answer.properties]
    counts = (answer.states, answer.steps, answer.depth, answer.verdict, answer.stopped)
    return [counts, judged, traces, answer.vacuous, answer.transitions, sorted(answer.coverage.fired)]


def told_of_matrix(matrix: Matrix) -> list[object]:
    """Give all that a table says, but for how long it took."""
    return [matrix.columns, dict(matrix.cells), dict(matrix.states), matrix.stopped]


@pytest.fixture
def always_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have claims shared among processes however small the graph is."""
    monkeypatch.setattr("launchproof.search.exhaustive.WORTH", 0)


@pytest.mark.usefixtures("always_shared")
@pytest.mark.parametrize("engine", ["plain", "vector"])
@pytest.mark.parametrize("assumed", [{}, {"retrying": "no"}])
def test_a_verification_is_the_same_for_any_number_of_workers(engine: str, assumed: dict[str, str]) -> None:
    """Verdicts, counts, counterexamples, what is vacuous, and the table of capabilities."""
    toy = load_project(TOY)
    protocol = toy.protocol.assuming(**assumed)
    alone, *shared = (verify(protocol, toy.properties, engine=engine, workers=n) for n in (1, 2, 5))
    assert all(told(answer) == told(alone) for answer in shared)
    table, *tables = (verify_matrix(protocol, toy.properties, engine=engine, workers=n) for n in (1, 2, 5))
    assert all(told_of_matrix(matrix) == told_of_matrix(table) for matrix in tables)


@pytest.mark.usefixtures("always_shared")
@pytest.mark.parametrize("engine", ["plain", "vector"])
def test_claims_of_progress_are_the_same_for_any_number_of_workers(engine: str) -> None:
    """Lassos are told with the same words."""
    protocol, claims = lamp(), LAMP_CLAIMS
    alone, *shared = (verify(protocol, claims, engine=engine, workers=n) for n in (1, 2, 5))
    assert {j.verdict for j in alone.properties} >= {Verdict.PROVED, Verdict.REFUTED}
    assert all(told(answer) == told(alone) for answer in shared)


@pytest.mark.usefixtures("always_shared")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_while_claims_are_judged_leaves_the_rest_undecided(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """What was judged before stays judged, the search's counts are told, and nobody waits for other processes."""
    protocol, claims, here = lamp(), LAMP_CLAIMS, os.getpid()

    def interrupted(*_: object) -> Any:
        if os.getpid() != here:
            time.sleep(600)
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.search.futures.Futures.judged", interrupted)
    answer = verify(protocol, claims, workers=workers)
    assert (answer.verdict, answer.stopped) == (Verdict.UNDECIDED, "interrupted")
    assert answer.states > 1
    assert {j.verdict for j in answer.properties if j.property.future is not None} == {Verdict.UNDECIDED}
    assert {j.verdict for j in answer.properties if j.property.kind == "builtin"} == {Verdict.PROVED}
    assert summary_line(answer).startswith("undecided: interrupted: ")


@pytest.mark.usefixtures("always_shared")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_while_runs_are_looked_for_is_heeded_at_once(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """The shortest runs are not looked for a second time, and the search's counts are told."""
    looked: list[bool] = []

    def interrupted(*_: object, **__: object) -> Any:
        looked.append(True)
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.search.exhaustive.Search._judged", interrupted)
    answer = verify(lamp(), LAMP_CLAIMS, workers=workers)
    assert (answer.verdict, answer.stopped, looked) == (Verdict.UNDECIDED, "interrupted", [True])
    assert answer.states > 1
    assert {j.verdict for j in answer.properties} == {Verdict.UNDECIDED}


def test_the_limit_of_time_is_heeded_while_claims_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that is up after the search has closed leaves the claims about the rest of a run undecided."""
    protocol, claims = lamp(), LAMP_CLAIMS
    late = False

    def work(self: Any) -> int:
        nonlocal late
        late = True
        return len(self.graph.source)

    monkeypatch.setattr("launchproof.search.futures.Futures.work", work)
    monkeypatch.setattr("launchproof.search.exhaustive.time.perf_counter", lambda: 1e6 if late else 0.0)
    for engine in ("plain", "vector"):
        late = False
        answer = verify(protocol, claims, engine=engine, limits=Limits(seconds=9.0))
        assert answer.stopped == "more than 9 seconds"
        assert {j.verdict for j in answer.properties if j.property.future is not None} == {Verdict.UNDECIDED}


def lines() -> str:
    """Tell of a small verification, and of one with lassos, once it is sure that two workers change nothing."""
    toy = load_project(TOY)
    made = [(toy.protocol.assuming(retrying="no"), toy.properties), (lamp(), LAMP_CLAIMS)]
    found = [[told(verify(protocol, claims, workers=n)) for protocol, claims in made] for n in (1, 2)]
    assert found[0] == found[1]
    return repr([answer[:4] for answer in found[1]])


def test_neither_workers_nor_the_hash_seed_change_anything() -> None:
    """Answers are the same in any process."""
    code = "from launchproof.search import exhaustive; exhaustive.WORTH = 0; from tests.launchproof.test_workers import lines"
    assert "REFUTED" in same_under_seeds(f"{code}; print(lines())")


@pytest.mark.thorough
def test_the_lifecycle_is_the_same_for_any_number_of_workers() -> None:
    """The real protocol, one of whose properties is claimed without some capabilities."""
    alone, shared = (verify(PROTOCOL, PROPERTIES, workers=n) for n in (1, 2))
    assert told(alone) == told(shared)
    assert alone.verdict is Verdict.PROVED
