"""One state for all that differ by who is which copy: fewer states, the same verdicts, and refused where it would be unsound."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import pytest
from attrs import evolve

from launchproof import (
    Composition,
    Exchange,
    Instant,
    Machine,
    Property,
    Protocol,
    Scope,
    Sent,
    To,
    always,
    composed,
    sometimes,
)
from launchproof.declare.lifting import between, lifted
from launchproof.search.builtin import BOUNDED_QUEUES, BUILTIN
from launchproof.search.exhaustive import Limits, Search, search
from launchproof.search.symmetry import Symmetry
from launchproof.search.vector.ahead import Ahead
from launchproof.search.vector.orbits import OrbitSearch
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from tests.launchproof import test_toys as toys
from tests.launchproof.test_copies import (
    APART,
    FAMILIES,
    Hello,
    Off,
    On,
    Welcome,
    family,
    one_light,
    only_own_children_are_welcome,
    random_composition,
)
from tests.launchproof.test_vector import comparable, noted

MOST = 5_000


def claims_of(composition: Composition, properties: Sequence[Property]) -> list[tuple[Property, Property]]:
    """List what is claimed of each copy and between every two, after what was declared."""
    return [*lifted(composition, properties), *between(composition)]


def reduced(composition: Composition, properties: Sequence[Property] = (), limits: Limits = Limits()) -> SearchResult:  # noqa: B008 - it is frozen
    """Search the orbits of a composition."""
    claims = claims_of(composition, properties)
    symmetry = Symmetry(composition, {made.name: prop.name for prop, made in claims})
    made = tuple(made for _, made in claims)
    return OrbitSearch(Semantics(composition.protocol), (*made, *BUILTIN), limits, symmetry=symmetry).run()


def orbits(composition: Composition, full: Search) -> int:
    """Count the orbits of the states that a full search found."""
    symmetry = Symmetry(composition, {})
    known = {state: i for i, state in enumerate(full.states)}
    first = {min([i, *(known[twin] for twin in symmetry.twins(full.semantics, state))]) for state, i in known.items()}
    return len(first)


def agree(composition: Composition, properties: Sequence[Property]) -> None:
    """Hold the reduced search against the full one: a state per orbit, and of each claim what that says of its variants."""
    claims = claims_of(composition, properties)
    made = tuple(made for _, made in claims)
    full = Search(Semantics(composition.protocol), (*made, *BUILTIN), Limits(states=MOST))
    whole, small = full.run(), reduced(composition, properties)
    assert whole.closed
    assert small.closed, small.stopped
    assert small.states == orbits(composition, full)
    assert small.depth == whole.depth
    for name in {prop.name for prop, _ in claims} | {p.name for p in BUILTIN}:
        variants = {made.name for prop, made in claims if prop.name == name} or {name}
        mine = {r.verdict for r in whole.properties if r.property.name in variants}
        ours = {r.verdict for r in small.properties if r.property.name in variants}
        assert len(ours) == 1, name
        assert ours <= mine, name
        assert (Verdict.REFUTED in ours) == (Verdict.REFUTED in mine), name
    lengths = {r.property.name: len(r.trace.steps) for r in whole.properties if r.verdict is Verdict.REFUTED and r.trace}
    told = {r.property.name: len(r.trace.steps) for r in small.properties if r.verdict is Verdict.REFUTED and r.trace}
    assert told == lengths


@always("x")
def never_off(parent: Off) -> bool:
    """The light is never off."""
    return False


@sometimes("x")
def gets_on(parent: On) -> bool:
    """The light can get on."""
    return True


@pytest.mark.parametrize(("size", "count"), [(2, 2), (3, 2), (3, 3), (2, 5)])
def test_orbits_are_multisets(size: int, count: int) -> None:
    """So many counters that nobody tells apart are in as many states as there are multisets of their numbers."""
    protocol = Protocol("one", (toys.counter("a", size),), ())
    composition = composed(protocol, [(Scope("counters", "counters", ("a",)), count)])
    assert reduced(composition).states == comb(size + count - 1, count)


def test_the_same_verdicts_of_families() -> None:
    """Families in one house: a state per orbit, and the verdicts and shortest runs of the full search."""
    scope = evolve(FAMILIES, between=(one_light,))
    agree(composed(family(), [(scope, 3)]), [only_own_children_are_welcome])


def test_a_refuted_claim_is_told_as_by_the_full_search() -> None:
    """Families that are mixed up: the shortest run is that of the full search, although a queue grows without end."""
    composition = composed(family().without_guard("from_own_child"), [(FAMILIES, 2)])
    claims = [made for _, made in lifted(composition, [only_own_children_are_welcome])]
    full = search(composition.protocol, claims, refute_only=True, engine="vector")
    told = {r.property.name: r.trace for r in reduced(composition, [only_own_children_are_welcome]).properties}
    assert len(full.properties) == 2
    for result in full.properties:
        assert result.trace is not None
        assert told[result.property.name] == result.trace


def test_scopes_within_scopes() -> None:
    """Only families of one house change places with each other, or whole houses do."""
    agree(composed(family(), [(FAMILIES, 2), (APART, 2)]), [only_own_children_are_welcome, gets_on])
    lived_in = evolve(family(), machines=(*family().machines, toys.counter("door", 2)))
    transitions = tuple(t for machine in lived_in.machines for t in machine.transitions)
    agree(
        composed(
            evolve(lived_in, transitions=transitions), [(FAMILIES, 2), (evolve(APART, machines=("parent", "child", "door")), 2)]
        ),
        [],
    )


def test_envelopes_change_their_names() -> None:
    """What clients have asked a shared server changes places with them."""
    scope = Scope("clients", "clients of one server", ("client",))
    agree(composed(toys.lossy(), [(scope, 2)]), [])


def test_every_variant_has_the_verdict_of_all() -> None:
    """A claim that one variant breaks is refuted of all, each with a shortest run of its own."""
    composition = composed(family(), [(FAMILIES, 2)])
    agree(composition, [never_off])
    found = [r for r in reduced(composition, [never_off]).properties if r.property.name.startswith("never-off")]
    assert [(r.verdict, r.trace is not None) for r in found] == [(Verdict.REFUTED, True)] * 2


def test_what_happens_to_one_happens_to_each() -> None:
    """A transition that fired in one copy is taken to have fired in all, so none is vacuous by the reduction."""
    composition = composed(family(), [(FAMILIES, 3)])
    full = search(composition.protocol, [])
    assert reduced(composition).coverage.fired >= full.coverage.fired


@pytest.mark.parametrize("chunk", [0, *(pytest.param(c, marks=pytest.mark.thorough) for c in range(1, 24))])
def test_random_compositions_agree_with_the_full_search(chunk: int) -> None:
    """Random protocols with two copies of a part have the same verdicts by orbits and in full."""
    compared = refused = 0
    seed = 2_000_000 + chunk * 1000
    while compared < 3:
        made = random_composition(seed)
        seed += 1
        if made is None:
            continue
        composition, case = made
        full = search(composition.protocol, [], limits=Limits(states=600))
        if not full.closed or full.states < 5:
            continue
        if reduced(composition).closed:
            agree(composition, [*case.states, *(p for p, _ in case.steps)])
            compared += 1
        else:
            refused += 1
    assert refused < 5 * compared


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels whose parts are expanded by several threads have the same orbits, in the same order, and the same answers."""
    monkeypatch.setattr("launchproof.search.vector.engine.CHUNK", 1)
    read: list[bool] = []
    parts = Ahead.parts
    monkeypatch.setattr(Ahead, "parts", lambda ahead, spans: noted(read, parts(ahead, spans)))
    compared = 0
    for seed in range(2_500_000, 2_500_030):
        made = random_composition(seed)
        if made is None:
            continue
        composition, case = made
        claims = claims_of(composition, [*case.states, *(p for p, _ in case.steps)])
        symmetry = Symmetry(composition, {mine.name: prop.name for prop, mine in claims})
        asked = (*(mine for _, mine in claims), *BUILTIN)
        searches = [
            OrbitSearch(Semantics(composition.protocol), asked, Limits(states=400), workers=workers, symmetry=symmetry, chunk=1)
            for workers in (1, 3)
        ]
        one, three = (comparable(search.run()) for search in searches)
        assert one == three, seed
        assert list(searches[0].states) == list(searches[1].states), seed
        compared += 1
    assert compared > 5
    assert {True, False} == set(read)


# -- where it would be unsound -------------------------------------------------------------------------


def two_rooms_and_a_log(*, told_together: bool) -> Protocol:
    """Make a room whose light tells a shared log, which remembers something of it."""
    room = Machine("room", initial=Off(), phases=(Off, On), resting=(Off, On))
    log = Machine("log", initial=Off(), phases=(Off, On), resting=(Off, On))

    @room.transition("x")
    def light(room: Off) -> To[On, Hello]:
        """Light the room."""
        return To(On(), Hello())

    @log.transition("x")
    def note(log: Off, heard: Sent[Hello]) -> To[On]:
        """Note that it is lit."""
        return To(On())

    channel = Instant("note", ("room",), {Hello: "log"}) if told_together else Exchange("note", "room", {Hello: "log"})
    return Protocol("rooms", (room, log), (channel,))


def test_a_shared_machine_that_changes_while_several_act_is_refused() -> None:
    """Where what copies do at once changes a shared machine, their order could matter: undecided, with the reason."""
    rooms = Scope("rooms", "rooms of a house", ("room",), together={"light": "light"})
    refused = reduced(composed(two_rooms_and_a_log(told_together=True), [(rooms, 2)]))
    assert not refused.closed
    assert refused.stopped.startswith("symmetry does not hold: several copies act in light, and in note something shared changes")
    assert {r.verdict for r in refused.properties} == {Verdict.UNDECIDED}
    assert reduced(composed(two_rooms_and_a_log(told_together=False), [(rooms, 2)])).closed


def test_a_first_copy_that_is_told_apart_is_refused() -> None:
    """Where a shared machine's channel changes the first copy only, the copies are not alike: undecided, with the reason."""
    room = Machine("room", initial=Off(), phases=(Off, On), resting=(Off, On))
    bell = Machine("bell", initial=Off(), phases=(Off, On), resting=(Off, On))

    @bell.transition("x")
    def ring(bell: Off) -> To[On, Welcome]:
        """Ring in the first room."""
        return To(On(), Welcome())

    @room.transition("x")
    def wake(room: Off, heard: Sent[Welcome]) -> To[On]:
        """Wake up."""
        return To(On())

    at_once, waiting = Instant("wire", ("bell",), {Welcome: "room"}), Exchange("wire", "bell", {Welcome: "room"})
    scope = Scope("rooms", "rooms", ("room",), first=("wire",))
    for channel, why in ((at_once, "room is reached on a channel of the first copy's"), (waiting, "messages wait for the first")):
        refused = reduced(composed(Protocol("bells", (room, bell), (channel,)), [(scope, 2)]))
        assert refused.stopped.startswith(f"symmetry does not hold: {why}")
        assert {r.verdict for r in refused.properties} == {Verdict.UNDECIDED}


def test_growth_without_end_is_found() -> None:
    """A channel that grows without end is found in the reduced search, and told by the full one."""
    scope = Scope("pairs", "pairs that chatter", tuple(m.name for m in toys.chattering().machines))
    found = reduced(composed(toys.chattering(), [(scope, 2)]), limits=Limits(states=MOST))
    bounded = next(r for r in found.properties if r.property is BOUNDED_QUEUES)
    assert bounded.verdict is Verdict.REFUTED
    assert bounded.trace is not None


def test_a_limit_leaves_it_undecided() -> None:
    """A reduced search that reaches a limit proves nothing."""
    composition = composed(family(), [(FAMILIES, 3)])
    stopped = reduced(composition, [only_own_children_are_welcome], Limits(states=3))
    assert not stopped.closed
    assert {r.verdict for r in stopped.properties} == {Verdict.UNDECIDED}
