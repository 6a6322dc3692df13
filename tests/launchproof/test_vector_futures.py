"""What the search by arrays says of the rest of a run is what the plain one says, lassos and words included."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from attrs import evolve

from launchproof import Property, Protocol, leads_to, settles, strongly, unfair, weakly
from launchproof.declare.properties import Reads
from launchproof.report.trace_text import trace_lines
from launchproof.search.builtin import BUILTIN
from launchproof.search.engines import ENGINES
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.futures import Futures
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from launchproof.verify import verify
from model import PROTOCOL
from properties import PROPERTIES
from tests.launchproof import test_liveness as toys
from tests.launchproof.test_against_naive import random_case
from tests.launchproof.test_liveness_against_naive import renamed, with_fairness
from tests.launchproof.test_vector import comparable, compare_quickly
from tests.model.stuck import STUCK
from tests.model.test_progress import AROUND

CHUNKS = 8
PER_CHUNK = 30

QUICK = 1
"""So many chunks are compared in a quick run; the thorough one compares all."""

CLAIMS = tuple(p for p in PROPERTIES if p.future is not None)


def futures_of(search: Search) -> Futures:
    """Give what a search recorded."""
    assert search.futures is not None
    return search.futures


def same_graphs(plain: Futures, vector: Futures) -> None:
    """The graphs have the same edges in the same order, with the same labels; these and the groups have the same numbers."""
    for name in ("source", "target", "label"):
        assert np.array_equal(getattr(plain.graph, name), getattr(vector.graph, name)), name
    assert plain.graph.size == vector.graph.size
    assert (plain.graph.groups, plain.graph.weak, plain.graph.strong) == (
        vector.graph.groups,
        vector.graph.weak,
        vector.graph.strong,
    )
    assert list(plain.recorder.labels.items()) == list(vector.recorder.labels.items())
    assert [g.name for g in plain.recorder.groups.met] == [g.name for g in vector.recorder.groups.met]
    for claim in plain.recorder.claims:
        assert plain.recorder.spoke(claim) == vector.recorder.spoke(claim)


def both(protocol: Protocol, properties: Sequence[Property], *, keep: int = 1, chunk: int = 4096) -> SearchResult:
    """Search with both engines, and hold the graphs, the answers and the words of all traces against each other."""
    plain = Search(Semantics(protocol, keep), tuple(properties), Limits(states=400))
    vector = VectorSearch(Semantics(protocol, keep), tuple(properties), Limits(states=400), chunk=chunk)
    expected, found = plain.run(), vector.run()
    assert comparable(found) == comparable(expected)
    texts = [[trace_lines(r.trace, protocol) for r in f.properties if r.trace is not None] for f in (expected, found)]
    assert texts[0] == texts[1]
    if expected.closed:
        same_graphs(futures_of(plain), futures_of(vector))
    return found


LAMP = (
    toys.off_leads_to_on,
    toys.off_leads_to_broken,
    toys.on_leads_to_broken_in_the_end,
    toys.on_leads_to_something,
    toys.breaks_in_the_end,
    toys.switching_ends,
    toys.broken_leads_to_off,
    toys.broken_for_good,
)
FAIR = (None, unfair("a toy"), weakly("a toy"), strongly("a toy"))


@pytest.mark.parametrize("chunk", [1, 2, 4096])
def test_toys(chunk: int) -> None:
    """Toys whose verdicts hang on what is fair have the same answers."""
    claims = (*(p for p in LAMP if p.future is not None and not p.future.quiet), *BUILTIN)
    users = (*(p for p in LAMP if p.future is not None and p.kind != "leads-to"), toys.on_leads_to_broken_in_the_end)
    for fair in FAIR:
        both(toys.switched(toys.USER, fair), users, chunk=chunk)
        both(toys.lamp(breaks=fair), claims, chunk=chunk)
        both(toys.lamp(fair, strongly("a toy"), fair), claims, chunk=chunk)
    for lost in (None, toys.Lost()):
        for fair in FAIR:
            both(toys.calling(lost=lost, calls=fair, network=fair), [toys.asking_is_answered, *BUILTIN], chunk=chunk)
            both(toys.calling(lost=lost, take=fair), [toys.asking_is_answered, *BUILTIN], chunk=chunk)
    shop = (toys.customer_is_served, toys.thefts_end, toys.thefts_end_of_themselves)
    for angry in (True, False):
        both(toys.shop(angry=angry), shop, chunk=chunk)


def test_a_message_on_two_channels_belongs_to_each_one_s_deliveries() -> None:
    """Equal messages to the same machine are told apart by the channel that they are taken from."""

    def empty(to_2: tuple[object, ...]) -> bool:
        """Nothing is in flight on the second channel."""
        return not to_2

    @leads_to("toy", to=empty)
    def heard_in_the_end(to_2: tuple[object, ...]) -> bool:
        """Something is in flight on the second channel."""
        return bool(to_2)

    proved = [both(toys.two_posters(fair), [heard_in_the_end]).properties[0].verdict is Verdict.PROVED for fair in FAIR]
    assert proved == [True, False, True, True]


def test_two_claims_in_one_search_have_one_graph() -> None:
    """Whichever engine searches, all claims are judged on all states (once the graph of one had no states)."""
    for engine in (Search, VectorSearch):
        search = engine(Semantics(toys.lamp()), (toys.off_leads_to_on, toys.off_leads_to_broken, toys.breaks_in_the_end))
        assert all(r.verdict is not Verdict.UNDECIDED for r in search.run().properties)
        assert futures_of(search).graph.size == len(search.states)


def with_slots(claim: Property, protocol: Protocol, random: Random) -> Property:
    """Make a claim about steps that holds of some only where another machine is in its first phase."""
    machine = random.choice(protocol.machines)
    judge = claim.judge

    def made(*values: Any) -> bool | None:
        *own, value = values
        return None if value != machine.initial else judge(*own)

    return evolve(claim, judge=made, reads=(*claim.reads, Reads(machine.name, (object,), None)))


@pytest.mark.parametrize("chunk", [c if c < QUICK else pytest.param(c, marks=pytest.mark.thorough) for c in range(CHUNKS)])
def test_random_protocols(chunk: int) -> None:
    """On random protocols, fair in random ways, all that leads to something and settles is told alike."""
    closed = refuted = 0
    for seed in range(chunk * 500, chunk * 500 + PER_CHUNK):
        case, random = random_case(seed), Random(seed)
        protocol = with_fairness(case.protocol, random)
        premise, goal = case.states[0], case.states[1]
        (step, _), (told, _) = case.steps[0], case.steps[1]
        names = [t.name for t in protocol.transitions] + [c.name for c in protocol.capabilities]
        quiet = tuple(random.sample(names, min(2, len(names))))
        claims = [
            leads_to("x", to=goal.judge)(renamed(premise.judge, "states")),
            leads_to("x", to=(step.judge, goal.judge))(renamed(premise.judge, "to_step")),
            leads_to("x", to=goal.judge, without=step.judge)(renamed(told.judge, "from_step")),
            settles("x", quiet=quiet, because="they tire")(renamed(goal.judge, "settling")),
            settles("x")(renamed(step.judge, "settling_steps")),
        ]
        future = claims[-1].future
        assert future is not None
        about = with_slots(future.about, protocol, random)
        claims.append(evolve(claims[-1], name="settling-by-slots", future=evolve(future, about=about)))
        result = both(protocol, (*claims, premise, *BUILTIN), keep=1 + seed % 2, chunk=(1, 7, 4096)[seed % 3])
        closed += result.closed
        refuted += sum(r.verdict is Verdict.REFUTED and r.property in claims for r in result.properties)
    assert closed > PER_CHUNK // 3
    assert refuted > PER_CHUNK // 3


@pytest.mark.thorough
def test_states_wider_than_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing changes where a state does not fit into one word."""
    monkeypatch.setattr("launchproof.search.vector.layout.BITS", 4)
    monkeypatch.setattr("launchproof.search.vector.bundles.BITS", 4)
    test_random_protocols(20)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_that_searched_is_named(engine: str) -> None:
    """A claim about the rest of a run is judged, or left open, by the engine that was asked for, and no other is named."""
    answer = verify(toys.lamp(), [toys.off_leads_to_on], builtin=(), engine=engine)
    assert answer.engine == ("vector" if engine == "auto" else engine)


# --- the embed's lifecycle -----------------------------------------------------------------------


@pytest.mark.thorough
def test_the_default_protocol() -> None:
    """The real protocol makes the same graph, and the same claims are proved of it."""
    searches = [engine(Semantics(PROTOCOL), CLAIMS) for engine in (Search, VectorSearch)]
    found = [search.run() for search in searches]
    assert comparable(found[0]) == comparable(found[1])
    same_graphs(futures_of(searches[0]), futures_of(searches[1]))


@pytest.mark.parametrize(
    "stuck",
    [pytest.param(s, marks=pytest.mark.nightly if n % 4 else pytest.mark.thorough) for n, s in enumerate(STUCK)],
    ids=lambda s: f"{s.name}-{s.refuted_by}",
)
def test_a_mistake_s_lasso_is_the_same(stuck: Any) -> None:
    """What a mistake refutes among the claims of progress is told with the same words."""
    protocol = stuck.breaks(PROTOCOL).with_capabilities(*AROUND)
    known = {t.name for t in protocol.transitions} | {c.name for c in protocol.capabilities}
    compare_quickly(protocol, [p for p in CLAIMS if p.future is not None and known.issuperset(p.future.quiet)])
