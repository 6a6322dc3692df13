"""A protocol is an immutable value, from which others are derived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen
from attrs.exceptions import FrozenInstanceError

from launchproof import Assumption, Capability, Instant, Machine, Protocol, Sent, To, Transition, when
from launchproof.errors import DeclarationError
from launchproof.search.exhaustive import search


@frozen
class Shut:
    """The door is shut."""


@frozen
class Open:
    """The door is open."""


@frozen
class Broken:
    """There is no door any more."""


@frozen
class Standing:
    """The guest's only phase."""


@frozen
class Knock:
    """A knock."""


DOOR = Machine("door", initial=Shut(), phases=(Shut, Open, Broken))
GUEST = Machine("guest", initial=Standing(), phases=(Standing,))
STORM = Capability("storm", "It breaks doors.")
NIGHT = Capability("night", "It shuts doors.")
KEYS = Assumption("who-has-keys", "Who has keys?", ("guests", "nobody"), "nobody")


def expected(phase: Shut, heard: Sent[Knock]) -> bool:
    """The guest is expected."""
    del phase, heard
    return False


def polite(phase: Shut, heard: Sent[Knock]) -> bool:
    """The guest is polite."""
    del phase, heard
    return True


def awake(phase: Shut, heard: Sent[Knock]) -> bool:
    """Somebody is awake, who is not where guests have keys."""
    del phase, heard
    return False


@GUEST.transition("toy")
def knock(phase: Standing) -> To[Standing, Knock]:
    """Knock."""
    return To(phase, Knock())


@DOOR.transition("toy")
@when(expected)
@when(polite)
def let_in(phase: Shut, heard: Sent[Knock]) -> To[Open]:
    """Open to an expected guest."""
    del phase, heard
    return To(Open())


@DOOR.transition("toy")
@when(expected)
def let_in_twice(phase: Shut, heard: Sent[Knock]) -> To[Open]:
    """Open to an expected guest, in another way."""
    del phase, heard
    return To(Open())


@DOOR.transition("toy", otherwise=let_in)
def stay_shut(phase: Shut, heard: Sent[Knock]) -> To[Shut]:
    """Stay shut."""
    del heard
    return To(phase)


@DOOR.transition("toy", given=KEYS("guests"))
@when(awake, given=KEYS("nobody"))
def unlock(phase: Shut, heard: Sent[Knock]) -> To[Open]:
    """A guest with a key comes in."""
    del phase, heard
    return To(Open())


@DOOR.transition("toy", capability=STORM)
def smash(phase: Shut | Open) -> To[Broken]:
    """The storm breaks the door."""
    del phase
    return To(Broken())


@DOOR.transition("toy", capability=NIGHT)
def shut(phase: Open) -> To[Shut]:
    """The door is shut at night."""
    del phase
    return To(Shut())


@DOOR.alternative("toy")
def mend(phase: Broken) -> To[Shut]:
    """Put in a new door."""
    del phase
    return To(Shut())


@DOOR.alternative("toy")
def welcome(phase: Shut, heard: Sent[Knock]) -> To[Open]:
    """Open to anybody."""
    del phase, heard
    return To(Open())


HOUSE = Protocol("house", (GUEST, DOOR), (Instant("ears", ("guest",), {Knock: "door"}),), (STORM, NIGHT), (KEYS,))


def phases(protocol: Protocol) -> set[type]:
    """Tell which phases the door reaches."""
    return set(search(protocol).coverage.phases) - {Standing}


def seen(protocol: Protocol) -> tuple[Any, ...]:
    """Take down all that a protocol says."""
    guards = tuple(tuple(g.name for g in t.guards) for t in protocol.transitions)
    return protocol.transitions, guards, protocol.enabled, protocol.assumed, protocol.active


DERIVED: dict[str, Callable[[Protocol], Protocol]] = {
    "without_guard": lambda p: p.without_guard(expected),
    "without": lambda p: p.without(smash),
    "replacing": lambda p: p.replacing(let_in, welcome),
    "adding": lambda p: p.adding(mend),
    "assuming": lambda p: p.assuming(who_has_keys="guests"),
    "with_capabilities": lambda p: p.with_capabilities("night"),
    "without_capabilities": lambda p: p.without_capabilities("storm"),
}


@pytest.mark.parametrize("derive", DERIVED.values(), ids=DERIVED)
def test_deriving_gives_another_protocol_and_leaves_the_first(derive: Callable[[Protocol], Protocol]) -> None:
    """The derived protocol differs, and the first is as it was, whatever it was asked before."""
    before = seen(HOUSE)
    derived = derive(HOUSE)
    assert derived is not HOUSE
    assert seen(derived) != before
    assert seen(HOUSE) == before
    assert derived.machines is HOUSE.machines
    assert derived.name == HOUSE.name


def test_a_protocol_cannot_be_changed() -> None:
    """Assigning to a protocol, a transition or a guard is an error."""
    with pytest.raises(FrozenInstanceError):
        HOUSE.name = "another"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        HOUSE.transition(let_in).name = "another"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        HOUSE.transition(let_in).guards[0].name = "another"  # type: ignore[misc]


def test_nobody_who_is_not_expected_comes_in() -> None:
    """The house as it is never opens: what is derived from it below shows what made it so."""
    assert phases(HOUSE) == {Shut, Broken}


def guards_of(protocol: Protocol, name: str) -> tuple[str, ...]:
    """Name a transition's guards."""
    return tuple(g.name for g in protocol.transition(name).guards)


def test_without_guard_takes_it_away_everywhere() -> None:
    """Wherever the guard stood it is gone, and the others stay."""
    open_house = HOUSE.without_guard("expected")
    assert guards_of(open_house, "let_in") == ("polite",)
    assert guards_of(open_house, "let_in_twice") == ()
    assert Open in phases(open_house)


def test_without_guard_can_take_it_away_in_one_place() -> None:
    """Named with a transition, the guard stays elsewhere."""
    open_house = HOUSE.without_guard(expected, of=let_in_twice)
    assert guards_of(open_house, "let_in") == ("expected", "polite")
    assert guards_of(open_house, "let_in_twice") == ()


def test_without_takes_transitions_away() -> None:
    """Named by function, by name or as a transition, they are gone, and the rest is in its order."""
    quiet = HOUSE.without(smash, "shut", HOUSE.transition("unlock"))
    assert [t.name for t in quiet.transitions] == ["knock", "let_in", "let_in_twice", "stay_shut"]
    assert phases(quiet) == {Shut}


def test_replacing_puts_another_in_its_place() -> None:
    """The new transition stands where the old one stood, and `otherwise` refers to it."""
    open_house = HOUSE.replacing("let_in", welcome)
    assert [t.name for t in open_house.transitions][1] == "welcome"
    assert open_house.transition("stay_shut").otherwise == "welcome"
    assert "stay_shut" not in search(open_house).coverage.fired
    assert "stay_shut" in search(HOUSE).coverage.fired


def test_adding_appends() -> None:
    """A further transition is the last, and fires."""
    mended = HOUSE.adding(mend)
    assert mended.transitions == (*HOUSE.transitions, mend)
    assert "mend" in search(mended).coverage.fired


def test_what_is_derived_is_checked() -> None:
    """A second transition of a name is refused in a derived protocol too."""
    with pytest.raises(DeclarationError, match="two of that name"):
        HOUSE.adding(mend, mend)


def test_assuming_switches_transitions_and_guards() -> None:
    """Under the other answer the transition given for it is there, and the guard given against it is not."""
    other = HOUSE.assuming(who_has_keys="guests")
    assert "unlock" not in {t.name for t in HOUSE.active}
    assert next(t for t in other.active if t.name == "unlock").guards == ()
    assert Open in phases(other)
    assert seen(other.assuming(who_has_keys="nobody")) == seen(HOUSE)


def test_with_capabilities_leaves_only_these_on() -> None:
    """Only the night's transitions are left; with none named, no environment is."""
    assert HOUSE.enabled == {"storm", "night"}
    assert HOUSE.with_capabilities("night").enabled == {"night"}
    assert "smash" not in {t.name for t in HOUSE.with_capabilities("night").active}
    assert phases(HOUSE.with_capabilities()) == {Shut}


def test_without_capabilities_switches_them_off() -> None:
    """The others stay on, and the transitions stay declared."""
    calm = HOUSE.without_capabilities("storm")
    assert calm.enabled == {"night"}
    assert calm.transition(smash).capability == "storm"
    assert phases(calm) == {Shut}


def test_derivations_combine_in_any_order() -> None:
    """Taking away and switching off commute."""
    one = HOUSE.without_guard(expected).without_capabilities("storm").without("unlock")
    other = HOUSE.without("unlock").without_capabilities("storm").without_guard(expected)
    assert seen(one) == seen(other)


def test_a_transition_without_a_guard_is_another_transition() -> None:
    """The transition itself keeps its guard."""
    mine: Transition = HOUSE.transition(let_in)
    assert [g.name for g in mine.without_guard("polite").guards] == ["expected"]
    assert [g.name for g in mine.guards] == ["expected", "polite"]
