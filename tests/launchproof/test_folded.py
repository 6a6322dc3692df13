"""States folded over machines of few phases are the same states, and what is found of them is the same."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from launchproof import Instant, Machine, Pick, Property, Protocol, Sent, To, always, each_step, when
from launchproof.cuts import cut_sets
from launchproof.cuts.folded import Fold, States, UnfoldableError, counted
from launchproof.cuts.lifted import Lifted
from launchproof.cuts.lossy import Lossy, guards_at_work
from launchproof.cuts.real import Subject
from launchproof.cuts.sets import NONE, Loss, ordered
from launchproof.search.vector.level import Tables
from launchproof.semantics.steps import Semantics
from tests.launchproof.test_against_naive import TO
from tests.launchproof.test_cuts import checked, claims, one_by_one

SIZE = 2
SEEDS = range(40)

Pairs = set[tuple[int, int]]

pairs = st.sets(st.tuples(st.integers(0, 20), st.integers(0, 61)))


def states_of(some: Pairs) -> States:
    """Make a set of states of pairs of a key and a number of a bit."""
    keys, numbers = (np.array([pair[i] for pair in sorted(some)], np.int64) for i in range(2))
    return States.of(keys, np.int64(1) << numbers)


def pairs_of(states: States) -> Pairs:
    """Give the pairs back."""
    found = zip(states.keys.tolist(), states.bits.tolist(), strict=True)
    return {(key, number) for key, bits in found for number in range(62) if bits >> number & 1}


@given(pairs, pairs)
def test_folded_states_are_a_set(some: Pairs, others: Pairs) -> None:
    """What two sets hold together, and what one holds that the other does not, is what sets of Python say; so is their size."""
    one, other = states_of(some), states_of(others)
    assert pairs_of(States.all_of([one, other])) == some | others
    assert pairs_of(one.less(other)) == some - others
    assert len(one) == len(some)


# -- which machines ----------------------------------------------------------------------------------


class Light(Enum):
    """What a lamp shows."""

    RED = "red"
    GREEN = "green"
    OUT = "out"


@frozen
class Lamp:
    """A lamp, that may flash."""

    light: Light
    flashes: bool | None = None


@frozen
class Gone:
    """No lamp."""


@frozen
class Dimmed:
    """A lamp of some brightness."""

    brightness: int


@pytest.mark.parametrize(("phases", "count"), [((Gone,), 1), ((Lamp,), 9), ((Lamp, Gone), 10), ((Lamp, Dimmed), None)])
def test_phases_are_counted_by_what_they_are_declared_to_hold(phases: tuple[type, ...], count: int | None) -> None:
    """A phase class has as many values as its fields allow together: enums, bools and None; of anything else, nobody knows."""
    initial = Gone() if Gone in phases else Lamp(Light.OUT)
    assert counted(Machine("lamp", initial=initial, phases=phases, meaning="a lamp")) == count


# -- a box beside a counter --------------------------------------------------------------------------


@frozen
class Counting:
    """How far it has counted."""

    count: int


@frozen
class Show:
    """What a lamp is told to show."""

    light: Any


counter = Machine("counter", initial=Counting(0), phases=(Counting,), meaning="a counter")
lamp = Machine("lamp", initial=Lamp(Light.OUT), phases=(Lamp,), meaning="a lamp")


def few(counter: Counting) -> bool:
    """It counts to three only."""
    return counter.count < 3


def plain(_counter: Counting, light: Light) -> bool:
    """Red is not shown."""
    return light is not Light.RED


def steady(_lamp: Lamp, heard: Sent[Show]) -> bool:
    """A lamp that is told to be out does not flash."""
    return heard.message.light is not Light.OUT


@counter.transition("toy")
@when(few, "toy")
def count_on(counter: Counting) -> To[Counting]:
    """Count, to five at most, and say nothing of it."""
    return To(Counting(min(counter.count + 1, 5)))


@counter.transition("toy")
def restart(counter: Counting) -> To[Counting, Show]:
    """Begin anew, but for the lamp, once it has counted to two: only then does counting concern it."""
    return To(Counting(0), Show(Light.OUT)) if counter.count > 1 else TO(Counting(0))


@counter.transition("toy")
@when(plain, "toy")
def show(counter: Counting, light: Pick[Light]) -> To[Counting, Show]:
    """Have the lamp show something."""
    return To(counter, Show(light))


@lamp.transition("toy")
@when(steady, "toy")
def take(lamp: Lamp, heard: Sent[Show]) -> To[Lamp]:
    """Show what was asked for."""
    return To(Lamp(heard.message.light, flashes=True))


@lamp.transition("toy", otherwise=take)
def go_out(_lamp: Lamp, heard: Sent[Show]) -> To[Lamp]:
    """Go out."""
    return To(Lamp(heard.message.light))


@always("toy")
def never_red(lamp: Lamp) -> bool:
    """The lamp is not red."""
    return lamp.light is not Light.RED


@always("toy")
def no_red_beyond_three(lamp: Lamp, counter: Counting) -> bool:
    """A lamp is not red where the counter went too far: two losses together."""
    return lamp.light is not Light.RED or counter.count < 4


@always("toy")
def out_is_steady(lamp: Lamp) -> bool:
    """What is out does not flash."""
    return lamp.light is not Light.OUT or not lamp.flashes


@each_step("toy")
def counting_is_quiet(before: Counting, heard: None, after: Counting, lamp: Lamp) -> bool:
    """A count that reads the lamp, too: it goes on only while the lamp is not red."""
    return after.count <= before.count or lamp.light is not Light.RED


@always("toy")
def far(counter: Counting) -> bool:
    """It counts to five at most."""
    return counter.count <= 5


CLAIMS = (never_red, no_red_beyond_three, out_is_steady)


def toy(machine: Machine = lamp) -> Protocol:
    """A counter with a lamp beside it."""
    return Protocol("toy", (counter, machine), (Instant("wires", ("counter",), {Show: "lamp"}),))


def folds(protocol: Protocol, claims: tuple[Property, ...]) -> list[str]:
    """Name the machines that are folded."""
    tables = Tables(Semantics(protocol))
    return [tables.semantics.slots[slot] for slot in Fold.over(tables, claims).slots]


def test_what_holds_few_phases_is_folded_unless_steps_of_others_are_judged_by_it() -> None:
    """The lamp is folded over, the counter is not; once a claim about the counter's steps reads the lamp, it is not, either."""
    assert folds(toy(), CLAIMS) == ["lamp"]
    assert folds(toy(), (*CLAIMS, counting_is_quiet)) == []


def test_cut_sets_beside_a_folded_machine_are_those_of_taking_each_set_away() -> None:
    """All cut sets of claims about the folded lamp, alone and with the counter, come out as one by one."""
    found = cut_sets(lambda: Subject(toy(), CLAIMS), size=SIZE)
    least = {prop.name: {cut.lost for cut in found.of(prop)} for prop in CLAIMS}
    assert least == {"never-red": {("plain",)}, "no-red-beyond-three": {("few", "plain")}, "out-is-steady": {("steady",)}}
    assert least == one_by_one(toy(), CLAIMS, SIZE)


def lifted(protocol: Protocol, claimed: tuple[Property, ...], apart: frozenset[str]) -> Lifted:
    """Search all losses together."""
    search = Lifted(Lossy(protocol, guards_at_work(protocol), SIZE), claimed, SIZE, lambda *_: True, apart=apart)
    search.begin()
    for size in range(1, SIZE + 1):
        search.search(size)
    return search


def told(search: Lifted) -> tuple[int, int, dict[str, list[Loss]], list[Loss], list[Loss]]:
    """Tell all that a search found."""
    candidates = {name: ordered(found.sets) for name, found in search.candidates.items()}
    return search.states, search.sets, candidates, ordered(search.grows.sets), ordered(search.fails.sets)


def test_folding_changes_nothing_that_is_found() -> None:
    """With machines folded and without, a search finds as many states, the same candidates, and what grows or fails."""
    machines = frozenset(["counter", "lamp"])
    assert told(lifted(toy(), CLAIMS, frozenset())) == told(lifted(toy(), CLAIMS, machines))
    folded = 0
    for seed in SEEDS:
        protocol = checked(seed)
        try:
            claimed = tuple(claims(protocol))
        except RuntimeError:  # a transition fails without its guard
            continue
        if one_by_one(protocol, claimed, SIZE) is None:  # or there is no end
            continue
        everyone = frozenset(machine.name for machine in protocol.machines)
        folded += bool(folds(protocol, claimed)) and folds(protocol, claimed) != sorted(everyone)
        assert told(lifted(protocol, claimed, frozenset())) == told(lifted(protocol, claimed, everyone)), seed
    assert folded >= 5


# -- what concerns a folded machine only once it is met -----------------------------------------------


@frozen
class Ready:
    """Nothing was shown."""


@frozen
class Shown:
    """Something was shown; the bell may be rung."""


@frozen
class Rung:
    """The bell was rung."""


@frozen
class Ring:
    """The bell."""


porter = Machine("porter", initial=Ready(), phases=(Ready, Shown, Rung), meaning="somebody who shows a light, and rings")
signal = Machine("lamp", initial=Lamp(Light.OUT), phases=(Lamp,), meaning="a lamp that flashes when it rings")


@porter.transition("toy")
def show_any(_porter: Ready, light: Pick[Light]) -> To[Shown, Show]:
    """Show any light."""
    return To(Shown(), Show(light))


@porter.transition("toy")
def ring(_porter: Shown) -> To[Rung, Ring]:
    """Ring."""
    return To(Rung(), Ring())


@signal.transition("toy")
def light_up(_lamp: Lamp, heard: Sent[Show]) -> To[Lamp]:
    """Show what was asked for."""
    return To(Lamp(heard.message.light))


@signal.transition("toy")
def flash_on(lamp: Lamp, heard: Sent[Ring]) -> To[Lamp]:
    """Flash."""
    return To(Lamp(lamp.light, flashes=True))


def test_what_is_met_beside_several_phases_at_once_is_done_for_each() -> None:
    """A step that turns out to concern the folded machine, beside three of its phases at once, is taken in all three."""
    wires = Instant("wires", ("porter",), {Show: "lamp", Ring: "lamp"})
    protocol = Protocol("toy", (porter, signal), (wires,))
    assert folds(protocol, (out_is_steady,)) == ["porter", "lamp"]
    expected = {
        (Ready(), Lamp(Light.OUT)),
        *((Shown(), Lamp(light)) for light in Light),
        *((Rung(), Lamp(light, flashes=True)) for light in Light),
    }
    for apart in (frozenset[str](), frozenset(["porter"])):
        search = lifted(protocol, (out_is_steady,), apart)
        assert search.states == 1 + 3 + 3
        assert spelled(search) == expected


def spelled(search: Lifted) -> set[tuple[object, ...]]:
    """Spell out what the machines are in, in the states that need no loss."""
    states = search.tables.space.values.states(search._fold.spread(search._known[NONE])[0])
    values = search.semantics.interner.values
    return {tuple(values[value] for value in state[: search.semantics.machines]) for state in states}


# -- phases that their classes do not tell -------------------------------------------------------------

broken = Machine("lamp", initial=Lamp(Light.OUT), phases=(Lamp,), meaning="a lamp that breaks")


@broken.transition("toy")
def flicker(lamp: Lamp, heard: Sent[Show]) -> To[Lamp]:
    """Come to hold what no declaration tells."""
    shades: tuple[Any, ...] = (*Light, "dim", "dark", "grey", "black")
    at = shades.index(lamp.light)
    return To(Lamp(shades[(at + 1) % len(shades)], lamp.flashes)) if heard.message.light is Light.OUT else To(lamp)


@broken.transition("toy")
def flash(lamp: Lamp, heard: Sent[Show]) -> To[Lamp]:
    """Flash, or not, or be said to do neither."""
    return To(Lamp(lamp.light, {None: True, True: False, False: None}[lamp.flashes]))


def test_a_machine_with_more_phases_than_it_is_declared_to_have_is_not_folded() -> None:
    """Where a field holds what it is not declared to hold, the search says so, and begins again without folding the machine."""
    protocol = toy(broken)
    with pytest.raises(UnfoldableError):
        lifted(protocol, (never_red,), frozenset())
    found = cut_sets(lambda: Subject(protocol, (never_red,)), size=SIZE)
    assert not found.stopped
    assert found.broken == ("never-red",)


# -- a transition that was not written for where a loss leads --------------------------------------------

share = Machine("counter", initial=Counting(0), phases=(Counting,), meaning="a counter")


@share.transition("toy")
@when(few, "toy")
def count(counter: Counting) -> To[Counting]:
    """Count, to five at most."""
    return To(Counting(min(counter.count + 1, 5)))


@share.transition("toy")
def divide(counter: Counting) -> To[Counting]:
    """Begin anew; four cannot be divided by."""
    return To(Counting(0 // (4 - counter.count)))


def test_a_transition_that_fails_only_after_a_loss_is_told() -> None:
    """A transition without guards that fails only where a loss leads ends nothing: that guard is named."""
    protocol = Protocol("toy", (share,), ())
    found = cut_sets(lambda: Subject(protocol, (far,)), size=SIZE)
    assert found.fails == (("few",),)
    assert not found.stopped


def test_a_transition_that_fails_with_every_guard_in_place_is_an_error() -> None:
    """A model that fails as it is has no cut sets; what failed is said."""
    with pytest.raises(ZeroDivisionError):
        lifted(Protocol("toy", (share,), ()).without_guard("few"), (far,), frozenset())
