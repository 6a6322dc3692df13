"""Every mistake in a declaration is told by its culprit, what is wrong, and the fix, case by case.

The declarations below are wrong on purpose, so what they return and leave unused means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn

import attrs
import pytest
from attrs import frozen

from launchproof import (
    ASKER,
    Assumption,
    Capability,
    Channel,
    Exchange,
    Instant,
    Lifetime,
    Machine,
    Name,
    New,
    Pick,
    Place,
    Post,
    Posted,
    Protocol,
    Sent,
    To,
    Transition,
    always,
    each_step,
    sometimes,
    when,
    wherever,
)
from launchproof.errors import DeclarationError, EffectError, LaunchproofError
from launchproof.search.exhaustive import search

if TYPE_CHECKING:
    Missing = object


class Tok(Name):
    """A token."""


class Side(Enum):
    """An origin or window."""

    LEFT = "left"


@frozen
class Up:
    """A phase."""


@frozen
class Down:
    """A phase."""


@frozen
class Elsewhere:
    """A phase of no machine."""


class Plain:
    """A class that is no attrs class."""


@attrs.define
class Thawed:
    """An attrs class that is not frozen."""


@frozen
class Ping:
    """A message."""


@frozen
class Pong:
    """A message."""


@frozen
class Gone:
    """What a caller sees of a lost message."""


def lamp() -> Machine:
    """Make a machine without transitions."""
    return Machine("lamp", initial=Up(), phases=(Up, Down))


def lit(phase: Up) -> bool:
    """The lamp is lit."""
    return isinstance(phase, Up)


def body(*_args: object, **_named: object) -> NoReturn:
    """Stand for an effect: these transitions never fire."""
    raise AssertionError


Make = Callable[[], object]
Case = tuple[Make, str, str, str]
CASES: list[Case] = []


def case(culprit: str, wrong: str, fix: str) -> Callable[[Make], Make]:
    """Note a wrong declaration, with the words that must be told about it."""

    def note(make: Make) -> Make:
        CASES.append((make, culprit, wrong, fix))
        return make

    return note


# --- machine.py ----------------------------------------------------------------------------------


@case("machine lamp", "Elsewhere is none of its phases", "list it in phases=")
def initial_phase_unknown() -> object:
    return Machine("lamp", initial=Elsewhere(), phases=(Up, Down))


@case("machine lamp", "Elsewhere is none of its phases", "list it in phases=")
def resting_phase_unknown() -> object:
    return Machine("lamp", initial=Up(), phases=(Up, Down), resting=(Elsewhere,))


@case("machine lamp", "phase Plain is no frozen attrs class", "@frozen")
def phase_is_no_attrs_class() -> object:
    return Machine("lamp", initial=Up(), phases=(Up, Plain))


@case("machine lamp", "phase Thawed is no frozen attrs class", "@frozen")
def phase_is_not_frozen() -> object:
    return Machine("lamp", initial=Up(), phases=(Up, Thawed))


@case("transition flip", "machine lamp has two of that name", "rename one")
def two_transitions_of_a_name() -> object:
    machine = lamp()

    def flip(phase: Up) -> To[Down]:
        """Flip."""
        return body(phase)

    machine.transition("toy")(flip)
    return machine.transition("toy")(flip)


@case("transition flip", "Elsewhere is no phase of machine lamp", "correct the annotation or add the phase")
def leaves_an_unknown_phase() -> object:
    @lamp().transition("toy")
    def flip(phase: Up | Elsewhere) -> To[Down]:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "Elsewhere is no phase of machine lamp", "correct the annotation or add the phase")
def reaches_an_unknown_phase() -> object:
    @lamp().transition("toy")
    def flip(phase: Up) -> To[Down | Elsewhere]:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "cites no statement", "cite the id")
def transition_without_a_citation() -> object:
    @lamp().transition()
    def flip(phase: Up) -> To[Down]:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "hears any message", "name the message types")
def hears_anything() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, heard: Posted[object]) -> To[Down]:
        """Flip."""
        return body(phase, heard)

    return flip


def guarded(guard: Callable[..., bool], *, heard: Any = None) -> object:
    """Declare a transition with a guard."""

    def flip(phase: Any, **named: Any) -> Any:
        """Flip."""
        return body(phase, **named)

    def flip_on(phase: Any, heard: Any) -> Any:
        """Flip."""
        return body(phase, heard)

    if heard is not None:
        flip_on.__annotations__ = {"phase": Up, "heard": heard, "return": To[Down]}
        return lamp().transition("toy")(when(guard)(flip_on))

    def flip_alone(phase: Any) -> Any:
        """Flip."""
        return flip(phase)

    flip_alone.__annotations__ = {"phase": Up, "return": To[Down]}
    return lamp().transition("toy")(when(guard)(flip_alone))


@case("guard undocumented", "no docstring", "say in a sentence")
def guard_without_a_docstring() -> object:
    def undocumented(phase: Up) -> bool:
        return bool(phase)

    return when(undocumented)


@case("transition flip_alone, guard vague", "does not return bool", "-> bool")
def guard_that_returns_no_bool() -> object:
    def vague(phase: Up) -> int:
        """Count something."""
        return body(phase)

    return guarded(vague)  # type: ignore[arg-type]


@case("transition flip_alone, guard dark", "does not accept phase Up", "widen its annotation")
def guard_for_another_phase() -> object:
    def dark(phase: Down) -> bool:
        """The lamp is dark."""
        return bool(phase)

    return guarded(dark)


@case("transition flip_alone, guard wise", "no parameter 'heard'", "use one of none")
def guard_with_a_parameter_too_many() -> object:
    def wise(phase: Up, heard: Sent[Ping]) -> bool:
        """A ping came."""
        return bool((phase, heard))

    return guarded(wise)


@case("transition flip_on, guard wise", "no parameter 'said'", "use one of heard")
def guard_with_a_misspelt_parameter() -> object:
    def wise(phase: Up, said: Sent[Ping]) -> bool:
        """A ping came."""
        return bool((phase, said))

    return guarded(wise, heard=Sent[Ping])


@case("transition flip_on, guard wise", "reads Posted, the transition hears Sent", "annotate it alike")
def guard_for_another_envelope() -> object:
    def wise(phase: Up, heard: Posted[Ping]) -> bool:
        """A ping came."""
        return bool((phase, heard))

    return guarded(wise, heard=Sent[Ping])


@case("transition flip_on, guard wise", "does not accept message Pong", "widen its annotation")
def guard_for_another_message() -> object:
    def wise(phase: Up, heard: Sent[Ping]) -> bool:
        """A ping came."""
        return bool((phase, heard))

    return guarded(wise, heard=Sent[Ping | Pong])


@case("transition flip_alone, guard unsaid", "parameter 'phase' has no annotation", "annotate it")
def guard_without_an_annotation() -> object:
    def unsaid(phase) -> bool:  # type: ignore[no-untyped-def]
        """Say nothing of the phase."""
        return bool(phase)

    return guarded(unsaid)


# --- signature.py --------------------------------------------------------------------------------


@case("transition flip", "no docstring", "say in a sentence what it means")
def transition_without_a_docstring() -> object:
    @lamp().transition("toy")
    def flip(phase: Up) -> To[Down]:
        return body(phase)

    return flip


@case("transition flip", "names 'Missing', which its module does not have", "outside TYPE_CHECKING")
def annotation_that_cannot_be_resolved() -> object:
    @lamp().transition("toy")
    def flip(phase: Missing) -> To[Down]:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "parameter 'phase' has no annotation", "annotate it")
def phase_without_an_annotation() -> object:
    @lamp().transition("toy")
    def flip(phase) -> To[Down]:  # type: ignore[no-untyped-def]
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "no return annotation", "say what it gives")
def transition_without_a_return_annotation() -> object:
    @lamp().transition("toy")
    def flip(phase: Up):  # type: ignore[no-untyped-def]
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "takes no phase", "let its first parameter be the phases it leaves")
def transition_without_a_phase() -> object:
    @lamp().transition("toy")
    def flip() -> To[Down]:
        """Flip."""
        return body()

    return flip


@case("transition flip", "hears two messages", "hear one; split the transition")
def transition_that_hears_two_messages() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, one: Sent[Ping], other: Sent[Pong]) -> To[Down]:
        """Flip."""
        return body(phase, one, other)

    return flip


@case("transition flip", "it returns", "return To[Phase, Message, ...]")
def transition_that_returns_a_phase() -> object:
    @lamp().transition("toy")
    def flip(phase: Up) -> Down:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "it returns", "return To[Phase, Message, ...]")
def transition_that_may_return_nothing() -> object:
    @lamp().transition("toy")
    def flip(phase: Up) -> To[Down] | None:
        """Flip."""
        return body(phase)

    return flip


@case("transition flip", "parameter 'tok' is New, but", "subclass Name")
def fresh_value_that_is_no_name() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, tok: New[int]) -> To[Down]:
        """Flip."""
        return body(phase, tok)

    return flip


@case("transition flip", "parameter 'which' picks from", "name one class")
def pick_from_a_union() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, which: Pick[Tok | Side]) -> To[Down]:
        """Flip."""
        return body(phase, which)

    return flip


@case("transition flip", "parameter 'which' picks from int", "pick from an enum, a name or an attrs class")
def pick_from_numbers() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, which: Pick[int]) -> To[Down]:
        """Flip."""
        return body(phase, which)

    return flip


@case("transition flip", "parameter 'tok' is neither heard, New nor Pick", "New[...]")
def parameter_of_no_kind() -> object:
    @lamp().transition("toy")
    def flip(phase: Up, tok: Tok) -> To[Down]:
        """Flip."""
        return body(phase, tok)

    return flip


# --- channels.py and environment.py --------------------------------------------------------------


@case("document", "the lifetime has no channels", "name what dies with it")
def lifetime_of_nothing() -> object:
    return Lifetime("document", (), "What dies with a document.")


@case("weather", "the capability has no meaning", "say what it may do")
def capability_without_a_meaning() -> object:
    return Capability("weather", "  ")


@case("ttl", "a question needs two answers", "add the other choice")
def question_with_one_answer() -> object:
    return Assumption("ttl", "How long?", ("short",), "short")


@case("ttl", "'forever' is no choice", "use one of short, long")
def default_that_is_no_choice() -> object:
    return Assumption("ttl", "How long?", ("short", "long"), "forever")


@case("ttl", "'forever' is no choice", "use one of short, long")
def choice_that_is_none() -> object:
    return Assumption("ttl", "How long?", ("short", "long"), "short")("forever")


# --- checks.py -----------------------------------------------------------------------------------


def speaking(**options: Any) -> Transition:
    """Make a transition that says a ping."""

    def speak(phase: Up) -> To[Up, Ping]:
        """Say something."""
        return body(phase)

    return lamp().alternative("toy", **options)(speak)


def hearing() -> Transition:
    """Make a transition that hears a ping."""

    def listen(phase: Up, heard: Sent[Ping]) -> To[Up]:
        """Hear something."""
        return body(phase, heard)

    return lamp().alternative("toy")(listen)


def switching(**options: Any) -> Transition:
    """Make a transition that says and hears nothing."""

    def switch(phase: Up) -> To[Down]:
        """Switch."""
        return body(phase)

    return lamp().alternative("toy", **options)(switch)


def room(*channels: Channel, machines: tuple[Machine, ...] | None = None, also: tuple[Transition, ...] = ()) -> Protocol:
    """Make a protocol of a lamp and a hand."""
    hand = Machine("hand", initial=Up(), phases=(Up, Down))
    return Protocol("room", machines or (lamp(), hand), channels).adding(*also)


WIRE = Exchange("wire", "lamp", {Ping: "hand"})
CORD = Exchange("cord", "lamp", {Ping: "hand"})


@case("slot lamp", "there are two of that name", "different names")
def two_machines_of_a_name() -> object:
    return room(machines=(lamp(), lamp()))


@case("slot lamp", "there are two of that name", "different names")
def channel_named_like_a_machine() -> object:
    return room(Exchange("lamp", "lamp", {Ping: "hand"}))


@case("transition switch", "there are two of that name", "rename one")
def two_transitions_of_a_name_in_a_protocol() -> object:
    return room(also=(switching(), switching()))


@case("channel posts", "there is no machine 'foot'", "use one of hand, lamp")
def post_from_nobody() -> object:
    return room(Post("posts", "foot", "lamp", (Ping,)))


@case("channel posts", "there is no machine 'foot'", "use one of hand, lamp")
def post_to_nobody() -> object:
    return room(Post("posts", "lamp", "foot", (Ping,)))


@case("channel wire", "there is no machine 'foot'", "use one of hand, lamp")
def exchange_of_nobody() -> object:
    return room(Exchange("wire", "foot", {Ping: "hand"}))


@case("channel wire", "there is no machine 'foot'", "use one of hand, lamp")
def exchange_to_nobody() -> object:
    return room(Exchange("wire", "lamp", {Ping: "foot", Pong: ASKER}))


@case("channel call", "there is no machine 'foot'", "use one of hand, lamp")
def instant_from_nobody() -> object:
    return room(Instant("call", ("lamp", "foot"), {Ping: "hand"}))


@case("channel wire", "does not carry its own lost message", "route it to the caller")
def lost_message_that_is_not_carried() -> object:
    return room(Exchange("wire", "lamp", {Ping: "hand"}, lost=Gone(), unreliable="network"))


@case("transition switch", "the protocol has no machine 'lamp'", "add the machine")
def transition_of_a_machine_that_is_not_there() -> object:
    return room(machines=(Machine("hand", initial=Up(), phases=(Up,)),), also=(switching(),))


@case("transition switch", "the protocol has no capability 'weather'", "add the capability")
def transition_of_an_unknown_capability() -> object:
    return room(also=(switching(capability=Capability("weather", "It rains.")),))


@case("transition switch", "the protocol has no assumption 'ttl'", "add the assumption")
def transition_under_an_unknown_assumption() -> object:
    return room(also=(switching(given=Assumption("ttl", "How long?", ("short", "long"), "short")("long")),))


@case("transition flip", "the protocol has no assumption 'ttl'", "add the assumption")
def guard_under_an_unknown_assumption() -> object:
    given = Assumption("ttl", "How long?", ("short", "long"), "short")("long")

    @lamp().alternative("toy")
    @when(lit, given=given)
    def flip(phase: Up) -> To[Down]:
        """Flip."""
        return body(phase)

    return room(also=(flip,))


@case("transition switch", "there is no channel 'tube'", "use one of wire")
def lifetime_of_an_unknown_channel() -> object:
    return room(WIRE, also=(switching(ends=Lifetime("document", ("tube",), "It ends.")),))


@case("transition speak", "there is no channel 'tube'", "use one of wire")
def via_an_unknown_channel() -> object:
    return room(WIRE, also=(speaking(via="tube"),))


@case("transition speak", "no channel carries Ping from lamp", "add it to a channel's messages")
def message_that_nothing_carries() -> object:
    return room(Exchange("wire", "lamp", {Pong: "hand"}), also=(speaking(),))


@case("transition speak", "no channel carries Ping from lamp", "add it to a channel's messages")
def message_on_somebody_elses_channel() -> object:
    return room(Post("posts", "hand", "lamp", (Ping,)), also=(speaking(),))


@case("transition speak", "Ping could go on wire, cord", "via=")
def message_that_two_channels_carry() -> object:
    return room(WIRE, CORD, also=(speaking(),))


@case("transition listen", "no channel brings Ping to lamp", "route it there")
def message_that_nothing_brings() -> object:
    return room(Exchange("wire", "hand", {Pong: "lamp"}), also=(hearing(),))


@case("transition listen", "no channel brings Ping to lamp", "route it there")
def message_that_goes_elsewhere() -> object:
    return room(WIRE, also=(hearing(),))


# --- protocol.py ---------------------------------------------------------------------------------


@case("blink", "the protocol has no such transition", "launchproof show")
def taking_away_a_transition_that_is_not_there() -> object:
    return room().without("blink")


@case("switch", "the protocol has no such transition", "launchproof show")
def replacing_a_transition_that_is_not_there() -> object:
    return room().replacing(switching(), switching())


@case("lit", "no such guard there", "launchproof show")
def taking_away_a_guard_that_is_not_there() -> object:
    return room().without_guard(lit)


@case("lit", "no such guard there", "launchproof show")
def taking_away_a_guard_where_it_does_not_stand() -> object:
    @lamp().alternative("toy")
    @when(lit)
    def flip(phase: Up) -> To[Down]:
        """Flip."""
        return body(phase)

    return room(also=(flip, switching())).without_guard(lit, of="switch")


@case("ttl", "there is no such assumption", "use one of")
def assuming_what_is_no_question() -> object:
    return room().assuming(ttl="short")


@case("weather", "there is no such capability", "use one of")
def switching_an_unknown_capability_on() -> object:
    return room().with_capabilities("weather")


@case("weather", "there is no such capability", "use one of")
def switching_an_unknown_capability_off() -> object:
    return room().without_capabilities("weather")


@case("transition switch", "no channel carries Pong from lamp", "add it to a channel's messages")
def routing_what_nothing_carries() -> object:
    return room(WIRE).route(switching(), Pong, None)


# --- properties.py -------------------------------------------------------------------------------


@case("property shines", "cites no statement", "cite the id")
def property_without_a_citation() -> object:
    @always()
    def shines(lamp: Up) -> bool:
        """The lamp shines."""
        return bool(lamp)

    return shines


@case("property shines", "something else than bool or None", "-> bool")
def property_that_returns_something_else() -> object:
    @always("toy")  # type: ignore[arg-type]
    def shines(lamp: Up) -> str:
        """The lamp shines."""
        return str(lamp)

    return shines


@case("property shines", "leaves capabilities out without a reason", "because=")
def property_without_a_reason() -> object:
    @always("toy", under=("weather",))
    def shines(lamp: Up) -> bool:
        """The lamp shines."""
        return bool(lamp)

    return shines


@case("property shines", "it reads nothing", "name the slots")
def property_that_reads_nothing() -> object:
    @sometimes("toy")
    def shines() -> bool:
        """The lamp shines."""
        return True

    return shines


@case("property shines", "no docstring", "say in a sentence")
def property_without_a_docstring() -> object:
    @always("toy")
    def shines(lamp: Up) -> bool:
        return bool(lamp)

    return shines


@case("property keeps-shining", "names neither before nor after", "before: Phase")
def step_property_about_nobody() -> object:
    @each_step("toy")
    def keeps_shining(lamp: Up) -> bool:
        """The lamp shines on."""
        return bool(lamp)

    return keeps_shining


@case("property tokens", "needs two parameters", "place: Place")
def place_property_without_a_place() -> object:
    @wherever("toy")
    def tokens(value: Tok) -> bool:
        """Tokens are fine."""
        return bool(value)

    return tokens


@case("property tokens", "needs two parameters", "place: Place")
def place_property_with_another_second_parameter() -> object:
    @wherever("toy")
    def tokens(place: Place, value: Tok) -> bool:
        """Tokens are fine."""
        return bool((place, value))

    return tokens


@case("property shines", "there is no slot 'lantern'", "name one of lamp, hand")
def property_of_an_unknown_slot() -> object:
    @always("toy")
    def shines(lantern: Up) -> bool:
        """The lantern shines."""
        return bool(lantern)

    return search(room(), [shines])


@case("property moves", "no machine has its phases", "name the phases of one machine")
def step_property_of_unknown_phases() -> object:
    @each_step("toy")
    def moves(before: Elsewhere) -> bool:
        """It moves."""
        return bool(before)

    return search(room(), [moves])


@pytest.mark.parametrize(("make", "culprit", "wrong", "fix"), CASES, ids=[c[0].__name__ for c in CASES])
def test_a_wrong_declaration_is_refused(make: Make, culprit: str, wrong: str, fix: str) -> None:
    """The error names the culprit, what is wrong with it and the fix, in a single line."""
    with pytest.raises(DeclarationError) as caught:
        make()
    error = caught.value
    assert error.culprit == culprit
    assert wrong in error.wrong
    assert fix in error.fix
    assert str(error) == f"{error.culprit}: {error.wrong}; {error.fix}"
    assert "\n" not in str(error)


def test_every_case_has_a_name_of_its_own() -> None:
    """No case hides another."""
    names = [c[0].__name__ for c in CASES]
    assert len(names) == len(set(names))


def test_via_settles_where_a_message_goes() -> None:
    """The protocol that was refused for two possible channels is accepted with one named."""
    assert room(WIRE, CORD, also=(speaking(via="cord"),)).channel("cord") is CORD


# --- effects ---------------------------------------------------------------------------------------


def acting(effect: Callable[[Up], object], channel: Channel = WIRE) -> Protocol:
    """Make a protocol whose one transition gives what `effect` gives, and is annotated To[Up, Ping]."""

    def act(phase: Up) -> To[Up, Ping]:
        """Act."""
        return effect(phase)  # type: ignore[return-value]

    return room(channel, also=(lamp().alternative("toy")(act),))


EFFECTS: dict[str, tuple[Callable[[Up], object], tuple[str, ...]]] = {
    "a bare phase": (lambda phase: phase, ("it returned Up()", "return To(phase, message, ...)")),
    "nothing": (lambda phase: None, ("it returned None", "return To(phase, message, ...)")),
    "another phase": (lambda phase: To(Down(), Ping()), ("it reached Down()", "widen To[...]")),
    "another message": (lambda phase: To(phase, Ping(), Pong()), ("it said Pong()", "widen To[...]")),
}


@pytest.mark.parametrize(("effect", "words"), EFFECTS.values(), ids=EFFECTS)
def test_an_effect_that_its_annotation_does_not_name_is_an_error(effect: Callable[[Up], object], words: tuple[str, ...]) -> None:
    """When the transition fires, the error names it, what it did, and what to do about it."""
    with pytest.raises(EffectError, match=r"^transition act: ") as caught:
        search(acting(effect))
    assert all(word in str(caught.value) for word in words)


def test_an_answer_to_nobody_is_an_error() -> None:
    """A transition that answers of its own accord is told that nobody asked."""
    call = Instant("call", ("lamp",), {Ping: ASKER})
    with pytest.raises(EffectError, match=r"transition act: it answers with Ping.*, but nobody asked"):
        search(acting(lambda phase: To(phase, Ping()), call))


def test_both_kinds_of_error_are_the_users_to_mend() -> None:
    """Whoever runs a search can catch all that a protocol's author did wrong by one class."""
    assert issubclass(DeclarationError, LaunchproofError)
    assert issubclass(EffectError, LaunchproofError)
