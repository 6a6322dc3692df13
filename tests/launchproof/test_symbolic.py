"""The search with decision diagrams agrees with the plain one, on sets of states as on single ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from math import comb
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from benchmarks.copies import copies
from launchproof import Exchange, Machine, Name, New, Property, Protocol, Sent, To, always, leads_to
from launchproof.report.trace_text import trace_lines
from launchproof.search.builtin import BOUNDED_QUEUES, BUILTIN
from launchproof.search.engines import UNTOLD
from launchproof.search.exhaustive import Limits, Progress, Search, search
from launchproof.search.symbolic.diagrams import HOW_TO_INSTALL
from launchproof.search.symbolic.engine import SymbolicSearch
from launchproof.search.symbolic.reach import Reach
from launchproof.search.verdicts import PropertyResult, SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify import verify
from model import PROTOCOL
from properties import PROPERTIES
from tests.launchproof import test_toys as toys
from tests.launchproof.test_against_naive import random_case
from tests.launchproof.test_vector import MISTAKES, TOYS, claims, without_under
from tests.toy.toy_protocol import PROTOCOL as TOY

pytest.importorskip("dd.cudd", reason=HOW_TO_INSTALL)

ROOT = Path(__file__).parents[2]


def both(protocol: Protocol, properties: Sequence[Property], keep: int = 1, limits: Limits | None = None) -> bool:
    """Search with both engines and hold the answers against each other; tell whether both searches closed."""
    plain = search(protocol, properties, keep_orphans=keep, limits=limits)
    symbolic = search(protocol, properties, keep_orphans=keep, limits=limits, engine="symbolic")
    if not (plain.closed and symbolic.closed):
        undecided = {r.property.name for r in (*plain.properties, *symbolic.properties) if r.verdict is Verdict.UNDECIDED}
        assert verdicts(plain, undecided) == verdicts(symbolic, undecided)
        return False
    assert symbolic.states == plain.states
    assert symbolic.coverage == plain.coverage
    assert verdicts(symbolic) == verdicts(plain)
    assert refutations(symbolic) == refutations(plain)
    return True


def verdicts(result: SearchResult, but: Collection[str] = ()) -> list[tuple[str, Verdict]]:
    """Give all verdicts, but for some properties."""
    return [(r.property.name, r.verdict) for r in result.properties if r.property.name not in but]


def refutations(result: SearchResult) -> list[tuple[str, Any]]:
    """Give all counterexamples."""
    return [(r.property.name, r.trace) for r in result.properties if r.verdict is Verdict.REFUTED]


def answer(result: SearchResult, prop: Property) -> PropertyResult:
    """Give one property's answer."""
    return next(r for r in result.properties if r.property is prop)


# --- the same answers ----------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [1, 2])
@pytest.mark.parametrize("make", [make for _, make in TOYS], ids=[name for name, _ in TOYS])
def test_toys(make: Callable[[], Protocol], keep: int) -> None:
    """Every toy has as many states, and the same verdicts and counterexamples."""
    protocol = make()
    both(protocol, claims(protocol), keep)


def compare_random(seeds: range) -> int:
    """Compare on random protocols; tell on how many both searches closed."""
    closed = 0
    for seed in seeds:
        case = random_case(seed)
        closed += both(case.protocol, [*case.states, *(p for p, _ in case.steps)], 2 if seed % 3 == 0 else 1, Limits(states=600))
    return closed


def test_random_protocols() -> None:
    """On random protocols the answers are the same, and most of these are searched to the end."""
    assert compare_random(range(12)) > 6


@pytest.mark.thorough
@pytest.mark.parametrize("chunk", range(8))
def test_more_random_protocols(chunk: int) -> None:
    """So they are on hundreds."""
    assert compare_random(range(7000 + 40 * chunk, 7040 + 40 * chunk)) > 20


@pytest.mark.parametrize("make", [toys.lossy, lambda: toys.ring(5), lambda: toys.two_numbers(fifo=False)])
def test_levels_are_those_of_the_plain_search(make: Callable[[], Protocol]) -> None:
    """Taken one by one, there are as many levels as the plain search is deep, and as many states in each."""
    plain = Search(Semantics(make()), ())
    plain.run()
    reach = Reach(Semantics(make()))
    sizes = [reach.count(reach.kept["level"]) for _ in reach.levels()]
    assert sizes == [plain.depths.count(depth) for depth in range(max(plain.depths) + 1)]


# --- many states ---------------------------------------------------------------------------------


class Ticket(Name):
    """What a client is given."""


@frozen
class Out:
    """A client without a ticket."""


@frozen
class Asking:
    """A client that asked."""


@frozen
class In:
    """A client with a ticket."""

    ticket: Ticket


@frozen
class Please:
    """A request."""


@frozen
class Here:
    """An answer."""

    ticket: Ticket


@frozen
class Office:
    """Who gives tickets, and of which many know."""

    given: int = 0


def office(clients: int) -> Protocol:
    """Make clients that ask one office for tickets and throw them away; the office counts up to two, and begins again."""
    desk = Machine("desk", initial=Office(), phases=(Office,))
    machines, calls = [desk], []

    for number in range(clients):
        client = Machine(f"client_{number}", initial=Out(), phases=(Out, Asking, In))

        def ask(before: Out) -> To[Asking, Please]:
            """Ask."""
            return To(Asking(), Please())

        def enter(before: Asking, heard: Sent[Here]) -> To[In]:
            """Take the ticket."""
            return To(In(heard.message.ticket))

        def leave(before: In) -> To[Out]:
            """Throw it away."""
            return To(Out())

        for function in (ask, enter, leave):
            function.__name__ = f"{function.__name__}_{number}"
            client.transition("toy")(function)
        machines.append(client)
        calls.append(Exchange(f"calls_{number}", client.name, {Please: "desk", Here: client.name}))

    @desk.transition("toy")
    def give(before: Office, heard: Sent[Please], ticket: New[Ticket]) -> To[Office, Here]:
        """Give a ticket."""
        return To(Office((before.given + 1) % 3), Here(ticket))

    return Protocol("office", tuple(machines), tuple(calls))


@always("toy")
def the_last_stays_out(client_7: object) -> bool:
    """The last client never gets in."""
    return not isinstance(client_7, In)


@pytest.mark.parametrize("clients", [1, 3])
def test_few_clients_are_counted_as_by_the_plain_search(clients: int) -> None:
    """Each client is in one of four situations, and the office in one of three."""
    assert both(office(clients), [])
    assert search(office(clients), engine="symbolic").states == 3 * 4**clients


@pytest.mark.parametrize("keep", [1, 2])
@pytest.mark.parametrize("count", [2, 3])
def test_orphans_are_shared_by_all_who_remember(count: int, keep: int) -> None:
    """Copies that leak tokens keep so many orphans together, not each: one keeps at the cost of another."""
    leaking = copies(toys.leaking(), count)
    assert both(leaking, [], keep)
    assert search(leaking, keep_orphans=keep, engine="symbolic").states == comb(count + keep, keep)


@pytest.mark.parametrize("seed", [20, 23, 32, 37, 56])
def test_copies_of_random_protocols(seed: int) -> None:
    """Side by side, protocols of which names flow in every way have the same states and verdicts."""
    assert both(copies(random_case(seed).protocol, 2), [])


def test_states_are_counted_exactly_beyond_what_floats_can_hold() -> None:
    """A protocol of eight states, eighteen times side by side: a number of 17 digits, to the last."""
    result = search(copies(TOY, 18), engine="symbolic")
    assert result.closed
    assert result.states == 8**18 > 2**53
    assert (result.steps, result.depth) == (UNTOLD, UNTOLD)


def test_a_planted_fault_is_found_among_many_states() -> None:
    """Of 196,608 states, those that break the claim are found, by a run of three steps."""
    result = search(office(8), [the_last_stays_out], engine="symbolic")
    assert result.states == 3 * 4**8
    trace = answer(result, the_last_stays_out).trace
    assert trace is not None
    assert [act.name for step in trace.steps for act in step.acts] == ["ask_7", "give", "enter_7"]


# --- what it leaves open -------------------------------------------------------------------------


def test_endless_growth_ends_undecided() -> None:
    """A channel that becomes long ends the search, with the engine that can tell more."""
    result = search(toys.chattering(), engine="symbolic")
    assert not result.closed
    assert "--engine vector" in result.stopped
    assert answer(result, BOUNDED_QUEUES).verdict is Verdict.UNDECIDED


def done(client: toys.Done) -> bool:
    """The client is content."""
    return True


@leads_to("toy", to=done)
def asking_leads_to_done(client: toys.Wait) -> bool:
    """Who waits is content in the end."""
    return True


def test_claims_about_the_rest_of_a_run_are_left_open() -> None:
    """What it does not judge is undecided, with the reason, and the whole is no pass."""
    protocol = toys.lossy()
    found = verify(protocol, [asking_leads_to_done, toys.never_wait], engine="symbolic")
    judged = {j.property.name: j for j in found.properties}
    assert judged["asking-leads-to-done"].verdict is Verdict.UNDECIDED
    assert "--engine vector" in judged["asking-leads-to-done"].why
    assert judged["never-wait"].verdict is Verdict.REFUTED
    assert judged["no-deadlock"].verdict is Verdict.PROVED
    assert found.choice == "symbolic (asked for)"
    assert verify(protocol, [asking_leads_to_done], engine="symbolic").verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("limits", [Limits(states=600), Limits(seconds=0.0)])
def test_a_limit_decides_nothing(limits: Limits) -> None:
    """A search that is stopped is undecided, and says why."""
    result = search(Protocol("grid", (toys.counter("a", 40), toys.counter("b", 40)), ()), limits=limits, engine="symbolic")
    assert not result.closed
    assert "more than" in result.stopped
    assert {r.verdict for r in result.properties} == {Verdict.UNDECIDED}


def test_a_fault_found_before_a_limit_is_told() -> None:
    """What was reached and breaks a property refutes it, wherever the search stopped."""
    protocol = Protocol("grid", (toys.counter("a", 40), toys.counter("b", 40)), ())
    result = search(protocol, claims(protocol), limits=Limits(states=100), engine="symbolic")
    assert not result.closed
    assert ("it-stays", Verdict.REFUTED) in verdicts(result)
    assert dict(refutations(result))["it-stays"] == dict(refutations(search(protocol, claims(protocol))))["it-stays"]


def test_where_no_shortest_run_is_found_in_time_the_refutation_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A property is refuted by the states that break it; without a run to them it says so."""
    monkeypatch.setattr(SymbolicSearch, "_late", lambda self, _now: "reached" in self.reach.kept and self._counted > 0)
    result = search(office(8), [the_last_stays_out], engine="symbolic")
    found = answer(result, the_last_stays_out)
    assert (found.verdict, found.trace) == (Verdict.REFUTED, None)
    assert "shortest run" in found.why


def test_of_too_many_shortest_runs_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the runs are not compared, the one told is as short."""
    expected = answer(search(office(8), [the_last_stays_out], engine="symbolic"), the_last_stays_out).trace
    monkeypatch.setattr("launchproof.search.symbolic.runs.MANY", 0)
    found = answer(search(office(8), [the_last_stays_out], engine="symbolic"), the_last_stays_out).trace
    assert found is not None
    assert expected is not None
    assert len(found.steps) == len(expected.steps)


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is reported about once a second, without counts that are not taken."""
    told: list[Progress] = []
    clock = iter(range(1_000_000))
    monkeypatch.setattr("launchproof.search.exhaustive.time.perf_counter", lambda: next(clock))
    SymbolicSearch(Semantics(office(2)), (), Limits(), told.append).run()
    assert told
    assert all(0 < progress.states <= 48 and progress.depth == UNTOLD for progress in told)
    assert [a.states <= b.states for a, b in pairwise(told)] == [True] * (len(told) - 1)


def test_an_interruption_ends_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted, it answers nothing that it has not found."""
    running = SymbolicSearch(Semantics(office(2)), BUILTIN)

    def interrupted(_self: SymbolicSearch, _told: float) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(SymbolicSearch, "_watch", interrupted)
    result = running.run()
    assert result.stopped == "interrupted"
    assert {r.verdict for r in result.properties} == {Verdict.UNDECIDED}


# --- the same every time -------------------------------------------------------------------------


def told() -> str:
    """Spell out what some searches find."""
    lines = []
    for make in (toys.lossy, toys.leaking, lambda: toys.two_numbers(fifo=False), lambda: office(3)):
        protocol = make()
        result = search(protocol, claims(protocol), keep_orphans=2, engine="symbolic")
        lines.append(f"{protocol.name} {result.states} {verdicts(result)} {refutations(result)}")
    return "\n".join(lines)


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """All is the same whatever the order of sets in memory."""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", "from tests.launchproof.test_symbolic import told; print(told())"],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]


# --- the embed's lifecycle -----------------------------------------------------------------------


FEW = [pytest.param(b, marks=pytest.mark.thorough if n == 1 else pytest.mark.nightly) for n, b in enumerate(MISTAKES)]
"""Each takes most of a minute."""


@pytest.mark.thorough
def test_the_default_protocol() -> None:
    """The real protocol has the same counts, verdicts and coverage."""
    properties = [p for p in without_under() if p.future is None]
    assert both(PROTOCOL, properties)


@pytest.mark.parametrize("broken", FEW, ids=lambda b: f"{b.name}-{b.refuted_by}")
def test_broken_protocols(broken: Any) -> None:
    """A mistake's shortest counterexample is told with the same words; one that is growth is left open."""
    prop = next(p for p in (*PROPERTIES, *BUILTIN) if p.name == broken.refuted_by)
    protocol = broken.breaks(PROTOCOL)
    plain, symbolic = (search(protocol, [prop], refute_only=True, engine=engine) for engine in ("vector", "symbolic"))
    if prop.future is not None or prop is BOUNDED_QUEUES:
        assert answer(symbolic, prop).verdict is Verdict.UNDECIDED
        return
    traces = [answer(result, prop).trace for result in (plain, symbolic)]
    assert traces[0] is not None
    assert traces[1] is not None
    assert trace_lines(traces[0], protocol) == trace_lines(traces[1], protocol)
