"""The search by arrays gives the answers of the plain one, to the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from launchproof import Place, Property, Protocol, settles
from launchproof.declare.properties import Reads
from launchproof.report.trace_text import trace_lines
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits, Progress, Search, search
from launchproof.search.vector.ahead import Ahead, Part
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.vector.futures import VectorFutures
from launchproof.search.vector.layout import Fields, repacked
from launchproof.search.verdicts import SearchResult
from launchproof.semantics.steps import Semantics
from model import PROTOCOL
from properties import PROPERTIES
from tests.launchproof import test_toys as toys
from tests.launchproof.test_against_naive import random_case
from tests.launchproof.test_liveness_against_naive import renamed
from tests.model.broken import BROKEN
from tests.seeds import same_under_seeds

TOYS: tuple[tuple[str, Callable[[], Protocol]], ...] = (
    *((f"counter {n}", lambda n=n: Protocol("one", (toys.counter("a", n),), ())) for n in (1, 2, 7, 60)),
    ("counters", lambda: Protocol("two", (toys.counter("a", 3), toys.counter("b", 4)), ())),
    *((f"ring {n}", lambda n=n: toys.ring(n)) for n in (2, 3, 5)),
    ("fifo", lambda: toys.two_numbers(fifo=True)),
    ("overtaking", lambda: toys.two_numbers(fifo=False)),
    ("lossy", toys.lossy),
    ("lossy coalesced", lambda: toys.lossy(coalesced=True)),
    ("reliable", lambda: toys.lossy().without_capabilities("network")),
    ("unserved", lambda: toys.lossy().without("serve")),
    ("unserved reliable", lambda: toys.lossy().without("serve").without_capabilities("network")),
    ("signalling", lambda: toys.signalling(lost=False)),
    ("signalling lost", lambda: toys.signalling(lost=True)),
    ("reloading", lambda: toys.reloading(ends=True)),
    ("reloading on", lambda: toys.reloading(ends=False)),
    ("navigating", lambda: toys.navigating(toys.Origin.EMBED)),
    ("navigating anywhere", lambda: toys.navigating(None)),
    ("forging", lambda: toys.forging(guarded=False)),
    ("forging in vain", lambda: toys.forging(guarded=True)),
    ("calling", toys.calling),
    ("leaking", toys.leaking),
    ("knocking", lambda: toys.knocking(otherwise=True)),
    ("knocking twice", lambda: toys.knocking(otherwise=False)),
    ("chattering", toys.chattering),
    ("stuck", lambda: toys.stuck(())),
    ("stuck at rest", lambda: toys.stuck((toys.Idle, toys.Wait))),
)

CHUNKS = 10
PER_CHUNK = 25

PACKED_ANEW = (7088, 7190)
"""Seeds of protocols in which states are packed anew while several parts of a level are expanded."""

SLOW = (28020,)
"""Seeds of protocols whose queues grow in ways that take long to judge."""


def comparable(result: SearchResult) -> dict[str, Any]:
    """Give all that must be the same: counts, verdicts, coverage, and the counterexamples as they are told."""
    coverage = result.coverage
    return {
        "counts": (result.states, result.steps, result.depth, result.closed, result.stopped),
        "coverage": (coverage.fired, coverage.phases, coverage.said, coverage.heard),
        "properties": [(r.property.name, r.verdict, r.trace) for r in result.properties],
    }


def both(  # noqa: PLR0913 - the options of one search
    protocol: Protocol,
    properties: Sequence[Property],
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    *,
    keep: int = 1,
    refute_only: bool = False,
    chunk: int = 4096,
    workers: int = 1,
) -> VectorSearch:
    """Search with both engines, and hold all they found against each other."""
    plain = Search(Semantics(protocol, keep), tuple(properties), limits, None, refute_only)
    expected = plain.run()
    vector = VectorSearch(Semantics(protocol, keep), tuple(properties), limits, None, refute_only, workers, chunk=chunk)
    found = vector.run()
    assert comparable(found) == comparable(expected)
    same_states(plain, vector)
    return vector


def same_states(plain: Search, vector: Search) -> None:
    """States are found in the same order, from the same states."""
    assert [spelled(plain, s) for s in plain.states] == [spelled(vector, s) for s in vector.states]
    assert plain.parents == list(vector.parents)
    assert plain.depths == list(vector.depths)


def spelled(search: Search, state: tuple[int, ...]) -> tuple[object, ...]:
    """Give a state's values; how they are numbered may differ."""
    return tuple(search.semantics.interner.values[v] for v in state)


def claims(protocol: Protocol) -> list[Property]:
    """Make claims about a toy: of states, of steps, and of values anywhere."""
    machine = protocol.machines[-1]
    slot = Reads(machine.name, (object,), None)
    alone = [p for m in protocol.machines for p in m.phases if sum(p in n.phases for n in protocol.machines) == 1]

    def claim(name: str, kind: str, judge: Callable[..., bool], *reads: Reads) -> Property:
        return Property(name, kind, "A claim about a toy.", ("toy",), judge, reads)

    made = [
        claim("it-stays", "always", lambda value: value == machine.initial, slot),
        claim("it-leaves", "sometimes", lambda value: value != machine.initial, slot),
        claim("it-is-no-list", "sometimes", lambda value: isinstance(value, list), slot),
        claim(
            "no-token-in-messages",
            "wherever",
            lambda _, place: place.slot != "a message" and place.holder not in {toys.Both, toys.Give},
            Reads("value", (toys.Tok,), None),
            Reads("place", (Place,), None),
        ),
    ]
    for phase in alone[:2]:
        before = Reads("before", (phase,), None)
        after, said = Reads("after", (object,), None), Reads("said", (object,), None)
        heard_in_vain = Reads("dropped", (bool,), None)
        name = phase.__name__.lower()
        made.append(claim(f"{name}-drops-nothing", "each-step", lambda _, dropped: not dropped, before, heard_in_vain))
        made.append(claim(f"{name}-moves", "each-step", lambda before, after, _: before != after, before, after, said))
        made.append(claim(f"{name}-waits", "each-step", lambda _, value: value == machine.initial, before, slot))
    return made


@pytest.mark.parametrize("keep", [1, 2])
@pytest.mark.parametrize("make", [make for _, make in TOYS], ids=[name for name, _ in TOYS])
def test_toys(make: Callable[[], Protocol], keep: int) -> None:
    """Every toy has the same answers, however it is claimed of, stopped, and cut into chunks."""
    protocol = make()
    properties = claims(protocol)
    both(protocol, (*properties, *BUILTIN), keep=keep)
    both(protocol, (*properties, *BUILTIN), keep=keep, chunk=2)
    for prop in properties:
        both(protocol, [prop], keep=keep, refute_only=True, chunk=3)
    for states in (1, 2, 5):
        both(protocol, (*properties, *BUILTIN), Limits(states=states), keep=keep)


@pytest.mark.parametrize("chunk", [c if c == 1 else pytest.param(c, marks=pytest.mark.thorough) for c in range(CHUNKS)])
def test_random_protocols(chunk: int) -> None:
    """On random protocols everything is the same, also where queues grow or a limit is reached."""
    for seed in range(chunk * 7000, chunk * 7000 + PER_CHUNK):
        if seed in SLOW:
            continue
        case = random_case(seed)
        properties = [*case.states, *(p for p, _ in case.steps)]
        keep = 2 if seed % 3 == 0 else 1
        both(case.protocol, (*properties, *BUILTIN), Limits(states=400), keep=keep, chunk=(1, 7, 4096)[seed % 3])
        both(case.protocol, properties, Limits(states=150), keep=keep, refute_only=True)
        for prop in properties[1::2]:
            both(case.protocol, [prop], Limits(states=100), keep=keep, refute_only=True)


def test_states_are_packed_anew_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a field has to grow, states are packed anew a few at a time, with the same answers."""
    monkeypatch.setattr("launchproof.search.vector.layout.SPARE", 0)
    monkeypatch.setattr("launchproof.search.vector.space.AT_ONCE", 3)
    for seed in range(7100, 7120):
        case = random_case(seed)
        both(case.protocol, (*case.states, *(p for p, _ in case.steps), *BUILTIN), Limits(states=400))


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels that are expanded in parts, by several threads, have the same answers, whatever is still to be learned."""
    monkeypatch.setattr("launchproof.search.vector.engine.CHUNK", 1)
    monkeypatch.setattr("launchproof.search.vector.layout.SPARE", 0)
    read: list[bool] = []
    parts = Ahead.parts
    monkeypatch.setattr(Ahead, "parts", lambda ahead, spans: noted(read, parts(ahead, spans)))
    for seed in (*range(7000, 7040), *PACKED_ANEW):
        case = random_case(seed)
        properties = [*case.states, *(p for p, _ in case.steps)]
        both(case.protocol, (*properties, *BUILTIN), Limits(states=400), chunk=1, workers=8)
    assert {True, False} == set(read)


def noted(read: list[bool], parts: list[Part | None]) -> list[Part | None]:
    """Note which parts threads expanded, and which they left."""
    read += [part is not None for part in parts]
    return parts


def test_recorded_steps() -> None:
    """Of a search that closes, every step is recorded with the numbers of its states, and nothing else is."""
    closed = 0
    for seed in (*range(40, 60), *range(9000, 9010)):
        case = random_case(seed)
        claim = settles("x")(renamed(case.states[0].judge, "settling"))
        vector = VectorSearch(Semantics(case.protocol, 2), (claim,), Limits(states=200), chunk=5)
        if vector.run().closed:
            closed += 1
            assert isinstance(vector.futures, VectorFutures)
            graph = vector.futures.graph
            assert (np.diff(graph.source) >= 0).all()
            assert set(zip(graph.source.tolist(), graph.target.tolist(), strict=True)) == set(hops(vector))
    assert closed > 10


def hops(search: Search) -> Iterator[tuple[int, int]]:
    """Yield where the steps lead from each state, by the plain rules."""
    index = {state: number for number, state in enumerate(search.states)}
    for state, number in index.items():
        yield from ((number, index[after]) for after, _ in search.semantics.successors(state))


@pytest.mark.parametrize("limits", [Limits(states=600), Limits(seconds=0.0)])
def test_a_limit_decides_nothing(limits: Limits) -> None:
    """A search that is stopped is undecided, and says why."""
    result = search(Protocol("long", (toys.counter("a", 5000),), ()), limits=limits, engine="vector")
    assert not result.closed
    assert "more than" in result.stopped


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is reported about once a second."""
    told: list[Progress] = []
    clock = iter(range(1_000_000))
    monkeypatch.setattr("launchproof.search.exhaustive.time.perf_counter", lambda: next(clock))
    protocol = Protocol("grid", (toys.counter("a", 40), toys.counter("b", 40)), ())
    result = VectorSearch(Semantics(protocol), (), Limits(), told.append).run()
    assert result.closed
    assert told
    assert all(progress.states <= 1600 and progress.frontier >= 0 for progress in told)


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted between two levels, a search is undecided, and its counts are those of a prefix."""
    protocol = Protocol("long", (toys.counter("a", 50),), ())
    running = VectorSearch(Semantics(protocol), BUILTIN)
    original, calls = running.tables.expand, []

    def interrupted(keys: Any) -> Any:
        calls.append(keys)
        if len(calls) > 20:
            raise KeyboardInterrupt
        return original(keys)

    monkeypatch.setattr(type(running.tables), "expand", lambda _self, keys: interrupted(keys))
    result = running.run()
    assert result.stopped == "interrupted"
    assert not result.closed
    assert 1 < result.states == len(list(running.states)) < 50


@pytest.mark.thorough
def test_states_wider_than_a_word_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a state does not fit into one word, several are numbered together, and nothing else changes."""
    monkeypatch.setattr("launchproof.search.vector.layout.BITS", 4)
    monkeypatch.setattr("launchproof.search.vector.bundles.BITS", 4)
    for seed in range(300, 320):
        case = random_case(seed)
        both(case.protocol, (*case.states, *(p for p, _ in case.steps), *BUILTIN), Limits(states=300))
    both(toys.two_numbers(fifo=False), BUILTIN)


def test_packing_anew_keeps_what_was_packed() -> None:
    """Numbers survive a change of widths."""
    old, new = Fields((2, 0, 3)), Fields((5, 1, 40))
    columns = [np.array([0, 3, 2]), np.array([0, 0, 0]), np.array([7, 1, 4])]
    words = repacked(old.pack(columns), old, new)
    assert [c.tolist() for c in new.columns(words)] == [c.tolist() for c in columns]


def test_a_state_takes_few_bytes() -> None:
    """Its key, its number and its parent's: 16 bytes."""
    running = VectorSearch(Semantics(Protocol("long", (toys.counter("a", 600),), ())), ())
    running.run()
    assert running.bytes_per_state == 16


def test_an_unknown_engine_is_refused() -> None:
    """The engine's name is checked."""
    with pytest.raises(ValueError, match="there is no engine 'quick'; choose one of auto, plain, vector, symbolic"):
        search(toys.calling(), engine="quick")


def told() -> str:
    """Spell out what some searches find."""
    lines = []
    for _, make in TOYS:
        protocol = make()
        found = search(protocol, claims(protocol), keep_orphans=2, engine="vector")
        lines.append(f"{protocol.name} {comparable(found)['counts']}")
        for result in found.properties:
            runs = [] if result.trace is None else trace_lines(result.trace, protocol)
            lines += [f"{result.property.name} {result.verdict}", *runs]
    return "\n".join(lines)


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """All is the same whatever the order of sets in memory."""
    same_under_seeds("from tests.launchproof.test_vector import told; print(told())")


# --- the embed's lifecycle -----------------------------------------------------------------------

CHOICES = [("superseding", "own-expiry"), ("fresh-launch", "yes"), ("second-refresh", "start-another")]
MISTAKES = BROKEN[:: max(1, len(BROKEN) // 12)]


def without_under() -> tuple[Property, ...]:
    """Give what is claimed under all capabilities."""
    return tuple(p for p in PROPERTIES if not p.under)


def compare_quickly(protocol: Protocol, properties: Sequence[Property], *, refute_only: bool = False) -> None:
    """Compare results, and how counterexamples read."""
    found = [
        engine(Semantics(protocol), tuple(properties), Limits(), None, refute_only).run() for engine in (Search, VectorSearch)
    ]
    assert comparable(found[0]) == comparable(found[1])
    texts = [[trace_lines(r.trace, protocol) for r in f.properties if r.trace is not None] for f in found]
    assert texts[0] == texts[1]


@pytest.mark.thorough
def test_the_default_protocol() -> None:
    """The real protocol has the same counts, verdicts and witnesses."""
    compare_quickly(PROTOCOL, (*without_under(), *BUILTIN))


@pytest.mark.nightly
@pytest.mark.parametrize(("question", "choice"), CHOICES)
def test_other_choices(question: str, choice: str) -> None:
    """So have other answers to the open questions, the refuted ones too."""
    few = PROTOCOL.assuming(**{question.replace("-", "_"): choice}).without_capabilities("sibling-frame", "scanner")
    compare_quickly(few, (*without_under(), *BUILTIN))


@pytest.mark.thorough
@pytest.mark.parametrize("broken", MISTAKES, ids=lambda b: f"{b.name}-{b.refuted_by}")
def test_broken_protocols(broken: Any) -> None:
    """A mistake's shortest counterexample is told with the same words."""
    prop = next(p for p in (*PROPERTIES, *BUILTIN) if p.name == broken.refuted_by)
    compare_quickly(broken.breaks(PROTOCOL), [prop], refute_only=True)
