"""Copies of a part of a protocol: what they share, what they do at once, and whom they can tell apart."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Any

import pytest
from attrs import evolve, frozen

from launchproof import (
    Composition,
    Exchange,
    Instant,
    Machine,
    Post,
    Posted,
    Protocol,
    Scope,
    Sent,
    To,
    Transition,
    always,
    composed,
    each_step,
    when,
    wherever,
)
from launchproof import Place as AnyPlace
from launchproof.changes.parts import channel_facts
from launchproof.declare.channels import Channel, Overheard
from launchproof.declare.lifting import between, lifted
from launchproof.draw.counterexample import counterexample
from launchproof.errors import DeclarationError
from launchproof.report.entries import ends
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult, Verdict
from tests.launchproof import test_toys as toys
from tests.launchproof.test_against_naive import Case, Place, closed_naively, compare, random_case


class Window(Enum):
    """Windows, as one that listens sees them."""

    OWN = "mine"
    SIBLING = "another one's"


class Origin(Enum):
    """Where all of this happens."""

    HERE = "here"


@frozen
class Off:
    """Nothing is on."""


@frozen
class On:
    """It is on."""


@frozen
class Quiet:
    """The child says nothing."""


@frozen
class Heard:
    """The child has said hello."""


@frozen
class Hello:
    """What a child says."""


@frozen
class Welcome:
    """What it is told."""


def from_own_child(_parent: On, heard: Posted[Hello]) -> bool:
    """The message is of this parent's own child."""
    return heard.source is Window.OWN


def family() -> Protocol:
    """Make a parent and a child: switched on together, the child says hello once, the parent welcomes it."""
    parent = Machine("parent", initial=Off(), phases=(Off, On), resting=(Off, On))
    child = Machine(
        "child",
        initial=Quiet(),
        phases=(Quiet, Heard),
        resting=(Quiet, Heard),
        origin=lambda phase: Origin.HERE,
        window=Window.OWN,
    )

    @parent.transition("x")
    def switch_on(parent: Off) -> To[On]:
        """Switch on."""
        return To(On())

    @parent.transition("x")
    def switch_off(parent: On) -> To[Off]:
        """Switch off."""
        return To(Off())

    @parent.transition("x")
    @when(from_own_child, "x")
    def welcome(parent: On, heard: Posted[Hello]) -> To[On, Welcome]:
        """Welcome the child."""
        return To(parent, Welcome())

    @child.transition("x")
    def greet(child: Quiet) -> To[Heard, Hello]:
        """Say hello."""
        return To(Heard(), Hello())

    @child.transition("x")
    def start_over(child: Heard, heard: Sent[Welcome]) -> To[Quiet]:
        """Be ready for another hello."""
        return To(Quiet())

    channels: tuple[Channel, ...] = (
        Post("up", "child", "parent", (Hello,)),
        Instant("down", ("parent",), {Welcome: "child"}),
    )
    return Protocol("family", (parent, child), channels)


FAMILIES = Scope(
    "families",
    "families in one house",
    ("parent", "child"),
    heard_by_all=("up",),
    reads={Window.OWN: Window.SIBLING},
    together={"switch_on": "switch_on", "switch_off": "switch_off"},
)
APART = Scope("houses", "families in houses of their own", ("parent", "child"), suffix="_house_")


@always("x")
def one_light(parent: Off, other_parent: Off | On) -> bool:
    """The light is on for all, or for none."""
    return isinstance(other_parent, Off)


@each_step("x")
def only_own_children_are_welcome(before: On, heard: Posted[Hello], said: Welcome) -> bool:
    """A parent welcomes its own child."""
    return heard.source is Window.OWN


def verdicts(result: SearchResult) -> dict[str, Verdict]:
    """Give each property's verdict."""
    return {r.property.name: r.verdict for r in result.properties}


def states(composition: Composition) -> int:
    """Count the reachable states of a composition."""
    found = search(composition.protocol, [])
    assert found.closed
    return found.states


# -- counts -----------------------------------------------------------------------------------------


def test_one_copy_is_the_protocol_itself() -> None:
    """Composing one copy changes nothing."""
    protocol = family()
    assert composed(protocol, [(FAMILIES, 1), (APART, 1)]).protocol is protocol


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_independent_copies_multiply(count: int) -> None:
    """So many copies of a machine that nobody speaks with have as many states as the power says."""
    protocol = Protocol("one", (toys.counter("a", 3),), ())
    assert states(composed(protocol, [(Scope("counters", "counters", ("a",)), count)])) == 3**count


@pytest.mark.parametrize("count", [2, 3])
def test_houses_multiply(count: int) -> None:
    """Families that share nothing multiply, whatever is said inside of each."""
    single = states(composed(family(), []))
    assert states(composed(family(), [(APART, count)])) == single**count


def test_a_shared_server_answers_each_copy() -> None:
    """Copies of a client ask one server over exchanges of their own: their states multiply."""
    single = states(composed(toys.lossy(), []))
    scope = Scope("clients", "clients of one server", ("client",))
    assert states(composed(toys.lossy(), [(scope, 2)])) == single**2


def test_what_concerns_all_happens_at_once() -> None:
    """Parents that share a light have one state for it, not two."""
    apart = evolve(FAMILIES, together={}, between=())
    assert states(composed(family(), [(FAMILIES, 2)])) * 2 == states(composed(family(), [(apart, 2)]))


def test_scopes_nest() -> None:
    """Two houses of two families each have as many states as two families, squared."""
    one_house = composed(family(), [(FAMILIES, 2)])
    both = composed(family(), [(FAMILIES, 2), (APART, 2)])
    assert [copy.own("child") for copy in both.copies] == ["child", "child_2", "child_house_2", "child_2_house_2"]
    assert states(both) == states(one_house) ** 2


# -- who hears, and what they do together --------------------------------------------------------------


def test_one_leads_and_all_follow() -> None:
    """The light goes on and off for every family in one step."""
    scope = evolve(FAMILIES, between=(one_light,))
    composition = composed(family(), [(scope, 3)])
    claims = [made for _, made in between(composition)]
    assert len(claims) == 6
    assert set(verdicts(search(composition.protocol, claims)).values()) == {Verdict.PROVED}
    alone = composed(family(), [(evolve(scope, together={}), 3)])
    claims = [made for _, made in between(alone)]
    assert {verdicts(search(alone.protocol, claims))[claim.name] for claim in claims} == {Verdict.REFUTED}


def test_all_hear_and_each_knows_its_own() -> None:
    """A message to the shared window is heard by all in one step; whoever looks at its source takes its own child's only."""
    composition = composed(family(), [(FAMILIES, 2)])
    claims = [made for _, made in lifted(composition, [only_own_children_are_welcome])]
    assert [claim.name for claim in claims] == ["only-own-children-are-welcome", "only-own-children-are-welcome-2"]
    result = search(composition.protocol, claims)
    assert set(verdicts(result).values()) == {Verdict.PROVED}


@wherever("x")
def counts_stay_in_counters(count: toys.Count, place: AnyPlace) -> bool:
    """Only a counter counts."""
    return place.slot == "a"


def test_a_place_goes_by_its_declared_name() -> None:
    """To a property of places, the slot of every copy is the declared one."""
    protocol = Protocol("one", (toys.counter("a", 2),), ())
    composition = composed(protocol, [(Scope("counters", "counters", ("a",)), 3)])
    claims = [made for _, made in lifted(composition, [counts_stay_in_counters])]
    assert verdicts(search(composition.protocol, claims))["counts-stay-in-counters"] is Verdict.PROVED
    assert verdicts(search(composition.protocol, [counts_stay_in_counters]))["counts-stay-in-counters"] is Verdict.REFUTED


def test_without_looking_at_the_source_children_are_mixed_up() -> None:
    """Take the check of the source away, and a shortest run in which one parent welcomes the other's child is found."""
    composition = composed(family().without_guard("from_own_child"), [(FAMILIES, 2)])
    claims = [made for _, made in lifted(composition, [only_own_children_are_welcome])]
    result = search(composition.protocol, claims)
    assert [r.verdict for r in result.properties[:2]] == [Verdict.REFUTED, Verdict.REFUTED]
    trace = result.properties[0].trace
    assert trace is not None
    assert [act.name for act in trace.steps[-1].acts] == ["welcome_2", "start_over_2", "welcome", "child drops it"]
    assert isinstance(trace.steps[-1].acts[2].heard, Overheard)
    alone = search(family().without_guard("from_own_child"), [only_own_children_are_welcome])
    assert alone.properties[0].verdict is Verdict.PROVED


def test_a_drawing_shows_who_else_heard() -> None:
    """What another listener at the window does about a message is drawn after what its receiver does."""
    composition = composed(family().without_guard("from_own_child"), [(FAMILIES, 2)])
    claims = [made for _, made in lifted(composition, [only_own_children_are_welcome])]
    refuted = search(composition.protocol, claims, refute_only=True).properties[0]
    assert refuted.trace is not None
    drawn = counterexample(refuted.property, refuted.trace, composition.protocol)
    texts = [(remark.lane, remark.text) for remark in drawn.remarks]
    last = len(refuted.trace.steps)
    assert [text for text in texts if text[0].startswith("parent") and "welcome" in text[1]] == [
        ("parent_2", f"{last}. welcome 2"),
        ("parent", "welcome\nhears Hello"),
        ("parent", f"breaks only-own-children-are-welcome\nbroken by parent · welcome, in step {last}"),
    ]


def test_a_review_tells_who_else_hears() -> None:
    """Another listener at a window is part of what a channel is."""
    alone, listened = family().channel("up"), composed(family(), [(FAMILIES, 2)]).protocol.channel("up")
    assert channel_facts(listened) == channel_facts(alone) | {"heard too by": "parent_2 as another one's"}
    assert ends(alone, Hello) == "posted by child, heard by parent"
    assert ends(listened, Hello) == "posted by child, heard by parent, parent_2"


def test_what_one_does_of_itself_the_others_do_too() -> None:
    """A transition that hears something leads, whichever copy hears it; the others do what the scope says."""
    protocol = doorbell()
    scope = Scope("rooms", "rooms of a house", ("room", "bell"), together={"leave": "go"})
    composition = composed(protocol, [(scope, 2)])
    result = search(composition.protocol, [])
    assert {"leave", "leave_2", "go_too", "go_too_2"} <= result.coverage.fired
    assert composition.origin["go_too_2"] == "go"


def doorbell() -> Protocol:
    """Make a room that is left when its bell rings, and may be left anyway."""
    room = Machine("room", initial=On(), phases=(On, Off), resting=(On, Off))
    bell = Machine("bell", initial=On(), phases=(On, Off), resting=(On, Off))

    @room.transition("x")
    def go(room: On) -> To[Off]:
        """Go."""
        return To(Off())

    @room.transition("x")
    def leave(room: On, heard: Sent[Hello]) -> To[Off]:
        """Leave, since it rings."""
        return To(Off())

    @bell.transition("x")
    def ring(bell: On) -> To[Off, Hello]:
        """Ring."""
        return To(Off(), Hello())

    return Protocol("doorbell", (room, bell), (Instant("wire", ("bell",), {Hello: "room"}),))


# -- against the naive search ----------------------------------------------------------------------------

CHUNKS = 25
PER_CHUNK = 3


def random_composition(seed: int) -> tuple[Composition, Case] | None:
    """Make two copies of some machines of a random protocol, with the case that it is made of; None where that cannot be."""
    case = random_case(seed)
    rng = Random(seed)
    protocol = case.protocol
    names = [m.name for m in protocol.machines]
    machines = tuple(rng.sample(names, rng.randint(1, len(names))))
    posts = [c for c in protocol.channels if isinstance(c, Post) and c.receiver in machines]
    heard_by_all = tuple(c.name for c in posts if rng.random() < 0.7)
    of_themselves = [t for t in protocol.transitions if t.machine in machines and t.signature.heard is None]
    leader = rng.choice(of_themselves) if of_themselves and rng.random() < 0.4 else None
    together = {leader.name: leader.name} if leader else {}
    first = tuple(c.name for c in protocol.channels if reaches_first_only(c, machines))
    reads = {Place.HERE: Place.THERE}
    scope = Scope("copies", "copies", machines, first=first, heard_by_all=heard_by_all, reads=reads, together=together)
    try:
        return composed(protocol, [(scope, 2)]), case
    except DeclarationError:
        return None


def case_of(composition: Composition, case: Case) -> Case:
    """Claim of the copies what is claimed of a random protocol."""
    whose = {prop.name: machine for prop, machine in case.steps}
    steps = tuple((made, made.machine or whose[prop.name]) for prop, made in lifted(composition, [p for p, _ in case.steps]))
    return Case(composition.protocol, tuple(made for _, made in lifted(composition, case.states)), steps, case.exact)


def reaches_first_only(channel: Channel, machines: tuple[str, ...]) -> bool:
    """Whether shared machines begin on a channel that reaches a copied one."""
    if isinstance(channel, Post):
        return False
    begins = (channel.caller,) if isinstance(channel, Exchange) else channel.senders
    return not set(machines) & set(begins) and bool(set(machines) & set(channel.routes.values()))


@pytest.mark.parametrize("chunk", [0, *(pytest.param(c, marks=pytest.mark.thorough) for c in range(1, CHUNKS))])
def test_random_compositions_are_as_the_naive_search_says(chunk: int) -> None:
    """States, steps, depths and verdicts of random protocols with two copies of a part are those of the naive search."""
    compared = 0
    seed = 1_000_000 + chunk * 1000
    while compared < PER_CHUNK:
        made = random_composition(seed)
        seed += 1
        if made is None:
            continue
        case = case_of(*made)
        found = closed_naively(case, 1)
        if found is not None and len(found[1].states) > 4:
            compare(case, *found)
            compared += 1


# -- bad scopes -----------------------------------------------------------------------------------------


def refused(**changes: Any) -> str:
    """Give the line by which a scope is refused."""
    with pytest.raises(DeclarationError) as refusal:
        composed(family(), [(evolve(FAMILIES, **changes), 2)])
    return str(refusal.value)


def test_a_scope_that_fits_no_protocol_is_refused() -> None:
    """Each mistake is refused in one line that names it and the fix."""
    assert refused(machines=()) == "scope families: it has no machines; name those of which there may be several"
    assert refused(meaning=" ").startswith("scope families: it has no meaning")
    assert refused(machines=("aunt",)) == "scope families: there is no machine 'aunt'; use one of parent, child"
    assert refused(heard_by_all=("sideways",)) == "scope families: there is no channel 'sideways'; use one of up, down"
    assert refused(heard_by_all=("down",)).startswith("scope families: down is no channel of window messages")
    assert refused(together={"switch_on": "welcome"}).startswith("scope families: welcome hears something")
    assert refused(machines=("child",)).startswith("scope families: switch_on is shared")
    assert refused(machines=("child",), together={}).startswith("scope families: on down shared machines begin")


def test_only_the_inner_scope_does_things_together() -> None:
    """Copies of copies live side by side; an outer scope that wants more is refused."""
    outer = evolve(FAMILIES, name="houses", suffix="_house_")
    with pytest.raises(DeclarationError, match="scope houses: its copies have copies, and do things together"):
        composed(family(), [(FAMILIES, 2), (outer, 2)])


def test_one_window_has_one_set_of_listeners() -> None:
    """Two channels by which the same message comes from the same window have the same listeners."""
    protocol = family()
    again = Post("again", "child", "parent", (Hello,), forged=(Origin.HERE, Window.OWN))
    with pytest.raises(DeclarationError, match="channel up: it has other listeners than again, by the same window"):
        composed(evolve(protocol, channels=(*protocol.channels, again)), [(FAMILIES, 2)])


def test_a_window_without_a_name_is_refused() -> None:
    """What all copies hear needs a window to tell its senders by."""
    protocol = family()
    nameless = [m if m.name != "child" else Machine("child", initial=m.initial, phases=m.phases) for m in protocol.machines]
    windowless = evolve(protocol, machines=tuple(nameless))
    with pytest.raises(DeclarationError, match="channel up: machine child has no window; give it window="):
        composed(windowless, [(FAMILIES, 2)])


def test_what_goes_to_the_first_copy_only_is_not_for_the_others() -> None:
    """A channel on which a shared machine begins reaches the first copy; the others have no transition for it."""
    scope = Scope("rooms", "rooms with one bell", ("room",), first=("wire",))
    composition = composed(doorbell(), [(scope, 2)])
    names = [t.name for t in composition.protocol.transitions if isinstance(t, Transition)]
    assert names == ["go", "leave", "ring", "go_2"]
    assert states(composition) == states(composed(doorbell(), [])) * 2
