"""Toy protocols in which something comes about, or never does, as can be told by hand."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import pytest
from attrs import evolve, frozen

from launchproof import (
    ASKER,
    Capability,
    Exchange,
    Fairness,
    Instant,
    Machine,
    Name,
    New,
    Pick,
    Post,
    Posted,
    Property,
    Protocol,
    Sent,
    To,
    always,
    leads_to,
    memory,
    registry,
    settles,
    strongly,
    unfair,
    weakly,
    when,
)
from launchproof.errors import DeclarationError
from launchproof.report.as_json import future_json
from launchproof.report.broken import counterexample_lines
from launchproof.search.exhaustive import Limits, search
from launchproof.search.judges import Judges
from launchproof.search.trace import Fairly, Trace
from launchproof.search.verdicts import PropertyResult, Verdict
from launchproof.semantics.fairness import groups_of
from launchproof.semantics.steps import Semantics
from launchproof.traces import from_trace, replay
from launchproof.verify import verify, verify_matrix
from launchproof.verify.answer import Vacuous
from tests.seeds import same_under_seeds


@frozen
class Off:
    """The lamp is off."""


@frozen
class On:
    """The lamp is on."""


@frozen
class Broken:
    """The lamp is broken."""


@frozen
class Wait:
    """Something was asked."""


@frozen
class Served:
    """It was answered."""


@frozen
class Serving:
    """A server's only phase."""


@frozen
class Ask:
    """A request."""


@frozen
class Give:
    """An answer."""


@frozen
class Lost:
    """What the caller sees of a lost message."""


USER = Capability("user", "switches lamps.")


def judged(protocol: Protocol, prop: Property, keep_orphans: int = 1) -> PropertyResult:
    """Search, and give the property's result."""
    result = search(protocol, (prop,), keep_orphans=keep_orphans)
    assert result.closed, result.stopped
    return next(r for r in result.properties if r.property is prop)


def verdict(protocol: Protocol, prop: Property) -> Verdict:
    """Search, and give the property's verdict."""
    return judged(protocol, prop).verdict


def names(trace: Trace | None) -> list[str]:
    """Name what began each step."""
    assert trace is not None
    return [step.acts[0].name for step in trace.steps]


def lamp(on: Fairness | None = None, off: Fairness | None = None, breaks: Fairness | None = None) -> Protocol:
    """Make a lamp that is switched on and off, and breaks while it is on."""
    machine = Machine("lamp", initial=Off(), phases=(Off, On, Broken))

    @machine.transition("toy", fair=on)
    def switch_on(before: Off) -> To[On]:
        """Switch it on."""
        return To(On())

    @machine.transition("toy", fair=off)
    def switch_off(before: On) -> To[Off]:
        """Switch it off."""
        return To(Off())

    @machine.transition("toy", fair=breaks)
    def burn_out(before: On) -> To[Broken]:
        """Break."""
        return To(Broken())

    return Protocol("lamp", (machine,), ())


def is_on(lamp: On) -> bool:
    """The lamp is on."""
    return True


def is_off(lamp: Off) -> bool:
    """The lamp is off."""
    return True


def is_broken(lamp: Broken) -> bool:
    """The lamp is broken."""
    return True


@leads_to("toy", to=is_on)
def off_leads_to_on(lamp: Off) -> bool:
    """The lamp is off."""
    return True


@leads_to("toy", to=is_broken)
def off_leads_to_broken(lamp: Off) -> bool:
    """The lamp is off."""
    return True


def test_what_a_machine_does_of_itself_happens() -> None:
    """What stays possible without a break happens, since a machine's own transition is weakly fair."""
    assert verdict(lamp(), off_leads_to_on) is Verdict.PROVED


def test_what_is_unfair_may_never_happen() -> None:
    """Where nobody has to switch it on, the lamp stays off: a run that ends there refutes it."""
    result = judged(lamp(on=unfair("nobody has to")), off_leads_to_on)
    assert result.verdict is Verdict.REFUTED
    assert names(result.trace) == []
    assert result.trace is not None
    assert (result.trace.premise_at, result.trace.loop_from) == (0, 0)
    assert result.trace.fairly is not None
    assert result.trace.fairly.unfair == ("switch_on (lamp)",)


def test_weak_fairness_is_not_enough_for_what_is_possible_now_and_then() -> None:
    """The lamp is switched on and off for ever, and burning out, possible again and again, never happens."""
    result = judged(lamp(), off_leads_to_broken)
    assert result.verdict is Verdict.REFUTED
    assert names(result.trace) == ["switch_on", "switch_off"]
    assert result.trace is not None
    assert (result.trace.premise_at, result.trace.loop_from) == (0, 0)
    assert result.trace.fairly is not None
    assert result.trace.fairly.paused == ("burn_out (weak)",)


def test_strong_fairness_is_enough_for_what_is_possible_now_and_then() -> None:
    """A lamp that is strongly fair to burning out breaks sooner or later."""
    assert verdict(lamp(breaks=strongly("lamps wear")), off_leads_to_broken) is Verdict.PROVED


def test_weak_fairness_is_enough_for_what_stays_possible() -> None:
    """A lamp that nobody has to switch off burns out, since that stays possible."""
    assert verdict(lamp(off=unfair("nobody has to")), off_leads_to_on) is Verdict.PROVED

    @leads_to("toy", to=(is_broken, is_off))
    def on_leads_to_anything_else(lamp: On) -> bool:
        """The lamp is on."""
        return True

    assert verdict(lamp(off=unfair("nobody has to")), on_leads_to_anything_else) is Verdict.PROVED


def test_a_run_may_end_in_a_dead_end() -> None:
    """A broken lamp is never switched off: the run that ends there refutes it."""

    @leads_to("toy", to=is_off)
    def on_leads_to_off(lamp: On) -> bool:
        """The lamp is on."""
        return True

    result = judged(lamp(), on_leads_to_off)
    assert names(result.trace) == ["switch_on", "burn_out"]
    assert result.trace is not None
    assert (result.trace.premise_at, result.trace.loop_from) == (1, 2)
    assert result.trace.fairly == Fairly()


def test_what_is_premise_and_goal_at_once_is_satisfied_at_once() -> None:
    """A state that is itself the goal needs no other."""

    @leads_to("toy", to=is_broken)
    def broken_leads_to_broken(lamp: Broken) -> bool:
        """The lamp is broken."""
        return True

    assert verdict(lamp(), broken_leads_to_broken) is Verdict.PROVED


def polling(poll: Fairness | None = None) -> Protocol:
    """Make a lamp that looks at itself, and may be switched on."""
    machine = Machine("lamp", initial=Off(), phases=(Off, On))

    @machine.transition("toy", fair=poll)
    def look(before: Off) -> To[Off]:
        """Change nothing."""
        return To(before)

    @machine.transition("toy", capability=USER)
    def switch_on(before: Off) -> To[On]:
        """Switch it on."""
        return To(On())

    return Protocol("polling", (machine,), (), (USER,))


def test_a_step_that_changes_nothing_is_a_loop() -> None:
    """Who looks for ever takes a fair step for ever, and nothing else has to happen."""
    trace = judged(polling(), off_leads_to_on).trace
    assert names(trace) == ["look"]
    assert trace is not None
    assert trace.loop_from == 0
    assert trace.fairly == Fairly(taken=("look (weak)",))


def test_a_step_that_changes_nothing_need_not_be_taken_where_it_is_unfair() -> None:
    """Where nobody has to look, the run just stays."""
    trace = judged(polling(unfair("nobody has to")), off_leads_to_on).trace
    assert names(trace) == []


# --- who is fair -------------------------------------------------------------------------------------


def switched(capability: Capability, on: Fairness | None = None) -> Protocol:
    """Make a lamp that the user switches."""
    machine = Machine("lamp", initial=Off(), phases=(Off, On, Broken))

    @machine.transition("toy", capability=capability, fair=on)
    def switch_on(before: Off) -> To[On]:
        """Switch it on."""
        return To(On())

    @machine.transition("toy", capability=capability)
    def switch_off(before: On) -> To[Off]:
        """Switch it off."""
        return To(Off())

    @machine.transition("toy")
    def burn_out(before: On) -> To[Broken]:
        """Break."""
        return To(Broken())

    return Protocol("switched", (machine,), (), (capability,))


KEEN = Capability("user", "switches lamps.", fair=weakly("it is dark"))


@pytest.mark.parametrize(
    ("capability", "on", "expected"),
    [
        (USER, None, Verdict.REFUTED),
        (USER, weakly("it is dark"), Verdict.PROVED),
        (KEEN, None, Verdict.PROVED),
        (KEEN, unfair("it is broad day"), Verdict.REFUTED),
    ],
)
def test_a_transition_s_own_fairness_goes_before_its_capability_s(
    capability: Capability, on: Fairness | None, expected: Verdict
) -> None:
    """The environment is unfair unless it is said to be fair, and what a transition says of itself counts first."""
    assert verdict(switched(capability, on), off_leads_to_on) is expected


@leads_to("toy", to=is_broken, quiet=("user",), because="nobody plays with a switch for ever")
def on_leads_to_broken_in_the_end(lamp: On) -> bool:
    """The lamp is on."""
    return True


@leads_to("toy", to=(is_broken, is_off), quiet=("switch_off",), because="nobody switches it off for ever")
def on_leads_to_something(lamp: On) -> bool:
    """The lamp is on."""
    return True


def test_what_is_quiet_happens_finitely_often() -> None:
    """Where switching off ends some day, a lamp that somebody has to switch on burns out."""
    protocol = switched(KEEN)
    assert verdict(protocol, evolve(off_leads_to_broken)) is Verdict.REFUTED
    assert verdict(protocol, on_leads_to_broken_in_the_end) is Verdict.PROVED

    @leads_to("toy", to=is_broken, quiet=("switch_off",), because="nobody switches it off for ever")
    def on_leads_to_broken(lamp: On) -> bool:
        """The lamp is on."""
        return True

    assert verdict(protocol, on_leads_to_broken) is Verdict.PROVED
    assert verdict(protocol, on_leads_to_something) is Verdict.PROVED


def test_what_is_quiet_may_happen_before_the_loop() -> None:
    """A lamp that the user switches off once may stay off for ever."""
    trace = judged(switched(USER), on_leads_to_broken_in_the_end).trace
    assert names(trace) == ["switch_on", "switch_off"]
    assert trace is not None
    assert (trace.premise_at, trace.loop_from) == (1, 2)


def test_quiet_that_no_fair_run_keeps_proves_nothing() -> None:
    """Where somebody has to look for ever, taking that to be quiet leaves no run to speak of."""

    @leads_to("toy", to=is_on, quiet=("look",), because="a mistake")
    def leads_on(lamp: Off) -> bool:
        """The lamp is off."""
        return True

    assert verdict(polling().without_capabilities("user"), leads_on) is Verdict.VACUOUS


# --- without, and what settles -----------------------------------------------------------------------


def test_nothing_forbidden_may_come_first() -> None:
    """A lamp that breaks before it is off breaks the promise, by a run that ends there."""

    @leads_to("toy", to=is_off, without=is_broken)
    def on_leads_to_off(lamp: On) -> bool:
        """The lamp is on."""
        return True

    trace = judged(lamp(), on_leads_to_off).trace
    assert names(trace) == ["switch_on", "burn_out"]
    assert trace is not None
    assert (trace.premise_at, trace.loop_from, trace.forbidden) == (1, None, "The lamp is broken.")


def test_what_is_forbidden_may_come_after_the_goal() -> None:
    """Once the goal is met, what was forbidden may happen."""

    @leads_to("toy", to=is_on, without=is_broken)
    def off_leads_to_on_unbroken(lamp: Off) -> bool:
        """The lamp is off."""
        return True

    assert verdict(lamp(), off_leads_to_on_unbroken) is Verdict.PROVED


def test_a_forbidden_step_that_is_the_goal_is_the_goal() -> None:
    """A step that is goal and forbidden at once is the goal; one that leads to a goal is not yet."""

    def switching_on(before: Off, after: On) -> bool:
        """It is switched on."""
        return True

    @leads_to("toy", to=switching_on, without=switching_on)
    def satisfied(lamp: Off) -> bool:
        """The lamp is off."""
        return True

    @leads_to("toy", to=is_on, without=switching_on)
    def broken(lamp: Off) -> bool:
        """The lamp is off."""
        return True

    assert verdict(lamp(), satisfied) is Verdict.PROVED
    trace = judged(lamp(), broken).trace
    assert trace is not None
    assert (names(trace), trace.forbidden) == (["switch_on"], "It is switched on.")


@settles("toy")
def breaks_in_the_end(lamp: Off | On | Broken) -> bool:
    """In the end the lamp is broken."""
    return isinstance(lamp, Broken)


@settles("toy")
def switching_ends(before: On, after: Off) -> bool:
    """Switching off ends some day."""
    return False


@pytest.mark.parametrize("claim", [breaks_in_the_end, switching_ends])
def test_what_settles_is_never_broken_again(claim: Property) -> None:
    """A lamp that is strongly fair to burning out is broken in the end, and not switched any more."""
    assert verdict(lamp(breaks=strongly("lamps wear")), claim) is Verdict.PROVED


def test_what_does_not_settle_is_broken_again_and_again() -> None:
    """A lamp that is switched for ever is never broken for good, and switching never ends."""
    result = judged(lamp(), breaks_in_the_end)
    assert result.trace is not None
    assert names(result.trace) == ["switch_on", "switch_off"]
    assert (result.trace.loop_from, result.trace.broken_at, result.trace.premise_at) == (0, 0, None)
    result = judged(lamp(), switching_ends)
    assert result.trace is not None
    assert (result.trace.loop_from, result.trace.broken_at) == (0, 2)


def test_what_is_quiet_is_no_reason_why_something_does_not_settle() -> None:
    """Steps that happen finitely often break a claim finitely often."""

    @settles("toy", quiet=("user",), because="nobody plays with a switch for ever")
    def switching_ends_with_the_user(before: On, after: Off) -> bool:
        """Switching off ends some day."""
        return False

    assert verdict(switched(USER), switching_ends) is Verdict.REFUTED
    assert verdict(switched(USER), switching_ends_with_the_user) is Verdict.PROVED


# --- steps -------------------------------------------------------------------------------------------


def calling(
    *,
    lost: object | None = None,
    calls: Fairness | None = None,
    take: Fairness | None = None,
    network: Fairness | None = None,
) -> Protocol:
    """Make a client that asks a server until it is answered, over a network that may lose things."""
    client = Machine("client", initial=Off(), phases=(Off, Wait, Served))
    server = Machine("server", initial=Serving(), phases=(Serving,))

    @client.transition("toy")
    def ask(before: Off) -> To[Wait, Ask]:
        """Ask."""
        return To(Wait(), Ask())

    @client.transition("toy", fair=take)
    def taken(before: Wait, heard: Sent[Give]) -> To[Served]:
        """Take the answer."""
        return To(Served())

    @client.transition("toy")
    def ask_again(before: Wait, heard: Sent[Lost]) -> To[Wait, Ask]:
        """Ask again."""
        return To(before, Ask())

    @client.transition("toy")
    def go_on(before: Served) -> To[Off]:
        """Start over."""
        return To(Off())

    @server.transition("toy")
    def give(before: Serving, heard: Sent[Ask]) -> To[Serving, Give]:
        """Answer."""
        return To(before, Give())

    routes: dict[type, str] = {Ask: "server", Give: "client", Lost: "client"}
    exchange = Exchange("calls", "client", routes, lost=lost, unreliable="network" if lost else None, fair=calls)
    return Protocol("calling", (client, server), (exchange,), (Capability("network", "loses messages.", fair=network),))


def taking(before: Wait, after: Served) -> bool:
    """The answer is taken."""
    return True


@leads_to("toy", to=taking)
def asking_is_answered(before: Off | Wait, said: Ask) -> bool:
    """The client asks."""
    return True


def test_premises_and_goals_may_be_steps() -> None:
    """Who asks where nothing is lost takes an answer, again and again."""
    assert verdict(calling(), asking_is_answered) is Verdict.PROVED


def test_a_step_s_promise_is_made_after_it() -> None:
    """The premise holds in the step that is told, and the run goes on from the state after it."""
    trace = judged(calling(lost=Lost()), asking_is_answered).trace
    assert trace is not None
    assert names(trace)[: trace.premise_at] == ["ask"]


def test_a_step_that_is_premise_and_goal_is_satisfied_at_once() -> None:
    """Hearing a loss leads to asking again, in the very step."""

    def asking(before: Wait, said: Ask) -> bool:
        """The client asks."""
        return True

    @leads_to("toy", to=asking)
    def loss_leads_to_asking(before: Wait, heard: Sent[Lost]) -> bool:
        """A loss is noticed."""
        return True

    assert verdict(calling(lost=Lost()), loss_leads_to_asking) is Verdict.PROVED


def test_losses_may_go_on_for_ever_where_deliveries_are_weakly_fair() -> None:
    """A request that is lost again and again is never in flight for good, so nothing is unfair in it."""
    trace = judged(calling(lost=Lost()), asking_is_answered).trace
    assert trace is not None
    assert names(trace) == ["ask", "lose_request_on_calls", "ask_again"]
    assert (trace.premise_at, trace.loop_from) == (1, 1)
    assert trace.fairly == Fairly(
        taken=("losses told on calls (weak)",),
        paused=("deliveries on calls to server (weak)",),
        unfair=("lose_request_on_calls (network)",),
    )


def test_strongly_fair_deliveries_arrive_among_losses() -> None:
    """Requests and answers get through where deliveries are strongly fair: to be told of a loss is no delivery."""
    strong = strongly("a network that works now and then is tried now and then")
    assert verdict(calling(lost=Lost(), calls=strong), asking_is_answered) is Verdict.PROVED


def test_a_heard_transition_s_own_fairness_goes_with_the_channel_s() -> None:
    """A delivery that is handled by a transition with a fairness of its own is in two groups."""
    semantics = Semantics(calling(take=strongly("a reason")))
    found = [search(semantics.protocol).states]
    state = semantics.initial()
    for _ in range(3):
        state, step = semantics.successors(state)[0]
        found.append(len(groups_of(semantics, step.micros[0], step.queue)))
    assert found[1:] == [1, 1, 2]


def test_losses_are_fair_if_their_capability_is() -> None:
    """A network that is said to lose things fairly is held to it, like any transition."""
    trace = judged(calling(lost=Lost(), network=strongly("a bad line")), asking_is_answered).trace
    assert trace is not None
    assert trace.fairly is not None
    assert "losses on calls (strong)" in trace.fairly.taken


def dropping() -> Protocol:
    """Make a machine that posts for ever, and one that only hears while it is off."""
    poster = Machine("poster", initial=Wait(), phases=(Wait, Served))
    lamp = Machine("lamp", initial=On(), phases=(On, Off, Broken))

    @poster.transition("toy")
    def post(before: Wait) -> To[Served, Ask, Give]:
        """Post two messages."""
        return To(Served(), Ask(), Give())

    @lamp.transition("toy")
    def hear(before: Off, heard: Posted[Ask]) -> To[Broken]:
        """Break."""
        return To(Broken())

    return Protocol("dropping", (poster, lamp), (Post("post", "poster", "lamp", (Ask, Give)),))


def test_a_delivery_that_is_dropped_is_a_delivery() -> None:
    """Messages that nobody handles are taken out of the way sooner or later; being dropped is a step to speak of."""

    def dropped_give(before: On, heard: Posted[Give], dropped: bool) -> bool:
        """The second message is dropped."""
        return dropped

    @leads_to("toy", to=dropped_give)
    def posted_is_dropped(before: Wait, said: Give) -> bool:
        """Two messages are posted."""
        return True

    @leads_to("toy", to=is_broken)
    def posted_breaks(before: Wait, said: Ask) -> bool:
        """Two messages are posted."""
        return True

    assert verdict(dropping(), posted_is_dropped) is Verdict.PROVED
    result = judged(dropping(), posted_breaks)
    assert names(result.trace) == ["post", "lamp drops it", "lamp drops it"]


def test_some_message_said_is_enough_for_a_step() -> None:
    """A step that says two messages is a goal if either of them makes it one."""

    def says_give(before: Wait, said: Ask | Give) -> bool:
        """The second message is said."""
        return isinstance(said, Give)

    @leads_to("toy", to=says_give)
    def waiting_leads_to_give(poster: Wait) -> bool:
        """Nothing was posted yet."""
        return True

    assert verdict(dropping(), waiting_leads_to_give) is Verdict.PROVED


def two_posters(second: Fairness | None = None) -> Protocol:
    """Make two machines that post the very same envelope to a third, for ever, over channels of their own."""
    machines = []
    for number in (1, 2):
        machine = Machine(f"poster_{number}", initial=Off(), phases=(Off, On))

        def post(before: Off) -> To[On, Ask]:
            """Post."""
            return To(On(), Ask())

        def again(before: On, heard: Posted[Give]) -> To[Off]:
            """Start over."""
            return To(Off())

        post.__name__ = f"post_{number}"
        machine.transition("toy")(post)
        if number == 1:
            machine.transition("toy")(again)
        machines.append(machine)
    hearer = Machine("hearer", initial=Serving(), phases=(Serving,))

    @hearer.transition("toy", via="back_1")
    def answer(before: Serving, heard: Posted[Ask]) -> To[Serving, Give]:
        """Answer the first."""
        return To(before, Give())

    posts = (Post("to_1", "poster_1", "hearer", (Ask,)), Post("to_2", "poster_2", "hearer", (Ask,), fair=second))
    return Protocol("two posters", (*machines, hearer), (*posts, Post("back_1", "hearer", "poster_1", (Give,))))


def test_equal_messages_on_two_channels_are_owed_fairness_apart() -> None:
    """What hears one channel for ever does not leave the other one waiting, though both bring the same."""

    def empty(to_2: tuple[object, ...]) -> bool:
        """Nothing is in flight on the second channel."""
        return not to_2

    @leads_to("toy", to=empty)
    def heard_in_the_end(to_2: tuple[object, ...]) -> bool:
        """Something is in flight on the second channel."""
        return bool(to_2)

    assert verdict(two_posters(), heard_in_the_end) is Verdict.PROVED
    assert verdict(two_posters(unfair("a broken line")), heard_in_the_end) is Verdict.REFUTED


# --- nothing to prove --------------------------------------------------------------------------------


@leads_to("toy", to=is_off)
def broken_leads_to_off(lamp: Broken) -> bool:
    """The lamp is broken."""
    return True


@settles("toy")
def broken_for_good(before: Broken, after: Broken) -> bool:
    """What is broken does something."""
    return False


@pytest.mark.parametrize("claim", [broken_leads_to_off, broken_for_good])
def test_a_premise_that_is_never_met_proves_nothing(claim: Property) -> None:
    """A claim about a lamp that never breaks is vacuous."""
    assert verdict(lamp().without("burn_out"), claim) is Verdict.VACUOUS


def test_a_premise_that_says_no_is_not_met() -> None:
    """A premise that is False wherever it is asked is vacuous, too."""

    @leads_to("toy", to=is_off)
    def never(lamp: On) -> bool:
        """It is never so."""
        return False

    assert verdict(lamp(), never) is Verdict.VACUOUS


def test_vacuity_is_explained_by_what_is_switched_off() -> None:
    """What cannot happen without the user is told apart from what cannot happen at all."""

    @leads_to("toy", to=is_broken)
    def on_leads_to_broken(lamp: On) -> bool:
        """The lamp is on."""
        return True

    @settles("toy")
    def stays_off(before: Off, after: On) -> bool:
        """It is switched on finitely often."""
        return False

    protocol = switched(USER)
    off = verify(protocol.without_capabilities("user"), (on_leads_to_broken, stays_off), reference=protocol, builtin=())
    assert [j.verdict for j in off.properties] == [Verdict.VACUOUS, Verdict.VACUOUS]
    assert {Vacuous(p.name, "property", True) for p in (on_leads_to_broken, stays_off)} <= set(off.vacuous)


def test_a_search_that_does_not_close_leaves_it_undecided() -> None:
    """Where a limit is reached, neither a proof nor a refutation is given."""
    result = search(lamp(), (off_leads_to_broken,), limits=Limits(states=1))
    assert [r.verdict for r in result.properties if r.property is off_leads_to_broken] == [Verdict.UNDECIDED]


# --- declaring ---------------------------------------------------------------------------------------


class Colour(Enum):
    """Where something comes from."""

    RED = "red"


def no_words(lamp: On) -> bool:
    return True


def asks_nobody(dropped: bool) -> bool:
    """It is dropped."""
    return dropped


def plain(lamp: On) -> bool:
    """The lamp is on."""
    return True


def instant(fair: Fairness | None = None, forged: Fairness | None = None) -> Protocol:
    """Make two machines that talk at once."""
    one = Machine("one", initial=Off(), phases=(Off, On))
    two = Machine("two", initial=Off(), phases=(Off, On))

    @one.transition("toy", fair=weakly("a reason"))
    def tell(before: Off) -> To[On, Ask]:
        """Tell."""
        return To(On(), Ask())

    @two.transition("toy", fair=fair)
    def hear(before: Off, heard: Sent[Ask]) -> To[On]:
        """Hear."""
        return To(On())

    return Protocol("instant", (one, two), (Instant("line", ("one",), {Ask: "two"}),))


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda: weakly(" "), "fairness: it is weak without a reason; say why in a sentence"),
        (lambda: Fairness("very", "it is"), "fairness: there is no kind 'very'; use one of unfair, weak, strong"),
        (lambda: leads_to("toy", to=())(plain), "property plain: it leads to nothing; name a goal in to="),
        (lambda: leads_to(to=is_off)(plain), "property plain: it cites no statement; cite the id of the statement it comes from"),
        (
            lambda: leads_to("toy", to=no_words)(plain),
            "property no_words: it has no docstring; say in a sentence what it means",
        ),
        (
            lambda: leads_to("toy", to=asks_nobody)(plain),
            "property asks-nobody: it names neither before nor after; say whose steps it is about: before: Phase",
        ),
        (
            lambda: leads_to("toy", to=is_off, quiet=("user",))(plain),
            "property plain: it takes user to be quiet without a reason; say why in because=",
        ),
        (
            lambda: settles("toy", quiet=("user",))(plain),
            "property plain: it takes user to be quiet without a reason; say why in because=",
        ),
        (
            lambda: leads_to("toy", to=off_leads_to_on)(plain),  # type: ignore[arg-type]
            "property off-leads-to-on: it is a part of another one; take its decorator away",
        ),
        (
            lambda: instant(weakly("a reason")),
            (
                "transition hear: it is heard in the step that says it, so its fair= has no effect; "
                "give fair= to the transition that says it"
            ),
        ),
        (
            lambda: search(lamp(), (leads_to("toy", to=is_off, quiet=("switch_of",), because="a mistake")(plain),)),
            (
                "property plain: there is no capability or transition 'switch_of' to be quiet; "
                "check the spelling with `launchproof show`"
            ),
        ),
    ],
)
def test_mistakes_are_told_in_a_line(mistake: Callable[[], object], says: str) -> None:
    """A wrong declaration names the culprit, what is wrong, and the fix."""
    with pytest.raises(DeclarationError) as raised:
        mistake()
    assert str(raised.value) == says


def test_fairness_of_a_forged_message_has_no_effect() -> None:
    """What is heard in the step that says it is never in flight."""
    machine = Machine("lamp", initial=Off(), phases=(Off, On))
    forged = Post("forged", "lamp", "lamp", (Ask,), forged=(Colour.RED, Colour.RED), fair=weakly("a reason"))
    with pytest.raises(DeclarationError, match="channel forged: nothing is ever in flight on it, so its fair= has no effect"):
        Protocol("forged", (machine,), (forged,))


def test_the_step_that_says_it_is_fair() -> None:
    """What is heard at once goes with the step that says it."""
    assert search(instant()).closed


# --- forgetting --------------------------------------------------------------------------------------


class Tok(Name):
    """A token."""


@frozen
class Table:
    """A shop's tokens."""

    rows: frozenset[Tok] = registry()


@frozen
class Seen:
    """What a thief remembers."""

    toks: frozenset[Tok] = memory()


@frozen
class Leak:
    """A token that is handed over."""

    tok: Tok


@frozen
class Show:
    """A token that a thief sees."""

    tok: Tok


@frozen
class Use:
    """A token that is presented."""

    tok: Tok


@frozen
class Holding:
    """A customer with a token."""

    tok: Tok


THIEF = Capability("thief", "presents what it saw.")


def shop(*, angry: bool) -> Protocol:  # noqa: C901 - a shop is this many transitions
    """Make a shop whose customer buys, shows and loses tokens; each use by a thief may close the shop."""
    table = Machine("table", initial=Table(), phases=(Table, Broken))
    customer = Machine("customer", initial=Off(), phases=(Off, Holding))
    thief = Machine("thief", initial=Seen(), phases=(Seen,))

    @table.transition("toy")
    def sell(before: Table, heard: Sent[Ask], tok: New[Tok]) -> To[Table, Leak]:
        """Sell a token."""
        return To(Table(before.rows | {tok}), Leak(tok))

    @customer.transition("toy")
    def buy(before: Off) -> To[Off, Ask]:
        """Ask for a token."""
        return To(before, Ask())

    @customer.transition("toy")
    def hold(before: Off, heard: Sent[Leak]) -> To[Holding, Show]:
        """Take it, and let the thief see it."""
        return To(Holding(heard.message.tok), Show(heard.message.tok))

    @customer.transition("toy")
    def lose(before: Holding) -> To[Off]:
        """Lose it."""
        return To(Off())

    @thief.transition("toy")
    def overhear(before: Seen, heard: Sent[Show]) -> To[Seen]:
        """Remember it."""
        return To(Seen(before.toks | {heard.message.tok}))

    @thief.transition("toy", capability=THIEF)
    def replay(before: Seen, tok: Pick[Tok]) -> To[Seen, Use]:
        """Present it."""
        return To(before, Use(tok))

    def known(before: Table, heard: Sent[Use]) -> bool:
        """The token is one of the shop's."""
        return heard.message.tok in before.rows

    if angry:

        @table.transition("toy")
        @when(known)
        def close(before: Table, heard: Sent[Use]) -> To[Broken]:
            """Close the shop."""
            return To(Broken())

    else:

        @table.transition("toy")
        @when(known)
        def redeem(before: Table, heard: Sent[Use]) -> To[Table]:
            """Take the token, once."""
            return To(Table(before.rows - {heard.message.tok}))

    till = Instant("till", ("customer",), {Ask: "table", Leak: ASKER})
    window = Instant("window", ("customer",), {Show: "thief"})
    counter = Instant("counter", ("thief",), {Use: "table"})
    return Protocol("shop", (table, customer, thief), (till, window, counter), (THIEF,))


def has_token(customer: Holding) -> bool:
    """The customer holds a token."""
    return True


@leads_to("toy", to=has_token)
def customer_is_served(customer: Off) -> bool:
    """The customer has no token."""
    return True


@settles("toy", quiet=("thief",), because="a thief gives up some day")
def thefts_end(before: Table, heard: Sent[Use], dropped: bool) -> bool:
    """Nothing is stolen for ever."""
    return dropped


@settles("toy")
def thefts_end_of_themselves(before: Table, heard: Sent[Use], dropped: bool) -> bool:
    """Nothing is stolen for ever."""
    return dropped


@pytest.mark.parametrize("angry", [False, True])
@pytest.mark.parametrize("claim", [customer_is_served, thefts_end, thefts_end_of_themselves])
def test_keeping_more_orphans_changes_no_verdict(claim: Property, angry: bool) -> None:
    """One abandoned token is as good as two or three, for what comes about, as long as only the environment uses them."""
    found = [judged(shop(angry=angry), claim, keep) for keep in (1, 2, 3)]
    assert len({r.verdict for r in found}) == 1
    assert len({len(r.trace.steps) if r.trace else None for r in found}) == 1
    expected = {
        ("customer-is-served", False): Verdict.PROVED,
        ("customer-is-served", True): Verdict.REFUTED,
        ("thefts-end", False): Verdict.PROVED,
        ("thefts-end", True): Verdict.PROVED,
        ("thefts-end-of-themselves", False): Verdict.REFUTED,
        ("thefts-end-of-themselves", True): Verdict.PROVED,
    }
    assert found[0].verdict is expected[claim.name, angry]


def test_a_loop_may_go_round_with_ever_new_names() -> None:
    """A token stolen again and again is another one every time, and the run comes back to the same state."""
    trace = judged(shop(angry=False), thefts_end_of_themselves).trace
    assert trace is not None
    assert trace.loop_from is not None
    assert any(s.actor == "thief" for s in trace.steps[trace.loop_from :])


# --- telling -----------------------------------------------------------------------------------------


def test_a_loop_is_told_with_the_reason_why_it_is_fair() -> None:
    """The text marks where the premise holds and what goes on for ever, names the goals, and says why that is fair."""
    protocol = calling(lost=Lost())
    result = judged(protocol, asking_is_answered)
    assert result.trace is not None
    lines = counterexample_lines(asking_is_answered, result.trace, protocol)
    assert lines[0] == "asking-is-answered — refuted in 3 steps"
    assert lines.index("── from here on: The client asks.") == lines.index("── for ever: steps 2 to 3") - 1
    assert lines[-6:] == [
        "breaks asking-is-answered: The client asks.",
        "     never: taking: The answer is taken.",
        "     fair: whatever is weakly or strongly fair is taken in the loop, or disabled in it",
        "     taken in the loop: losses told on calls (weak)",
        "     possible in some of it only, and not taken: deliveries on calls to server (weak)",
        "     unfair steps in the loop: lose_request_on_calls (network)",
    ]
    assert future_json(result.trace) == {
        "loop_from": 1,
        "premise_at": 1,
        "fair": {
            "taken": ["losses told on calls (weak)"],
            "paused": ["deliveries on calls to server (weak)"],
            "unfair": ["lose_request_on_calls (network)"],
        },
    }


def text(protocol: Protocol, claim: Property) -> list[str]:
    """Tell a counterexample."""
    trace = judged(protocol, claim).trace
    assert trace is not None
    return counterexample_lines(claim, trace, protocol)


def test_staying_is_told_as_nothing_more_that_need_happen() -> None:
    """A run that ends says so, and names what could still happen, and what was taken to be quiet."""
    assert text(lamp(on=unfair("nobody has to")), off_leads_to_on) == [
        "off-leads-to-on — refuted in 0 steps",
        "(in the initial state)",
        "── from here on: The lamp is off.",
        "── nothing more need happen",
        "breaks off-leads-to-on: The lamp is off.",
        "     never: is-on: The lamp is on.",
        "     fair: nothing that is weakly or strongly fair is possible there",
        "     possible there, but unfair: switch_on (lamp)",
    ]
    assert text(switched(USER), on_leads_to_broken_in_the_end)[-1] == (
        "     finitely often: user (nobody plays with a switch for ever)"
    )


def test_a_claim_that_does_not_settle_is_told_with_what_breaks_it() -> None:
    """The text says in which state or step of the loop the claim breaks."""
    assert "     broken again and again: in step 2" in text(lamp(), switching_ends)
    assert "     broken again and again: in the state after step 0" in text(lamp(), breaks_in_the_end)
    assert "── for ever: step 1" in text(polling(), off_leads_to_on)


def test_what_came_before_the_goal_is_told() -> None:
    """A run that meets what is forbidden ends there, and says what that is."""

    @leads_to("toy", to=is_off, without=is_broken)
    def on_leads_to_off(lamp: On) -> bool:
        """The lamp is on."""
        return True

    assert text(lamp(), on_leads_to_off)[-3:] == [
        "breaks on-leads-to-off: The lamp is on.",
        "     before any goal is met: The lamp is broken.",
        "     not yet: is-off: The lamp is off.",
    ]


TOLD: tuple[tuple[Callable[[], Protocol], Property], ...] = (
    (lambda: calling(lost=Lost()), asking_is_answered),
    (lambda: shop(angry=True), customer_is_served),
    (lambda: shop(angry=False), thefts_end_of_themselves),
    (lamp, breaks_in_the_end),
)


@pytest.mark.parametrize("number", range(4))
def test_every_step_of_a_lasso_is_a_step_of_the_protocol(number: int) -> None:
    """What is told can be taken again, step by step, and the loop comes back to phases and channels alike."""
    make, claim = TOLD[number]
    protocol = make()
    trace = judged(protocol, claim).trace
    assert trace is not None
    assert trace.loop_from is not None
    again = replay(from_trace(protocol, trace), protocol, ())
    assert again.trace.steps == trace.steps
    first = [state for state, _ in again.hops][trace.loop_from] if trace.loop_from < len(again.hops) else None
    assert first is None or first == again.semantics.successors(again.hops[-1][0])[again.hops[-1][1]][0]


def test_a_part_that_names_no_slot_is_refused_before_the_search() -> None:
    """A goal of another protocol is a mistake that is told at once."""
    with pytest.raises(DeclarationError, match="property has-token: there is no slot 'customer'; name one of lamp"):
        search(lamp(), (leads_to("toy", to=has_token)(plain),), limits=Limits(states=1))


# --- others that read properties ---------------------------------------------------------------------


def test_a_finite_run_breaks_no_claim_about_the_rest_of_it() -> None:
    """Whoever judges single runs leaves these claims out."""
    semantics = Semantics(lamp())
    judges = Judges(semantics, (off_leads_to_broken, breaks_in_the_end, switching_ends))
    state = semantics.initial()
    assert list(judges.broken_in(state)) == []
    assert [p for _, step in semantics.successors(state) for p in judges.broken_by(state, step)] == []


def test_the_table_by_capability_has_them() -> None:
    """Property by capability: a lamp that nobody breaks is on for ever, and without its user off for ever."""
    matrix = verify_matrix(switched(KEEN), (off_leads_to_on, switching_ends), builtin=())
    assert matrix.row(off_leads_to_on) == (Verdict.PROVED, Verdict.REFUTED)
    assert matrix.row(switching_ends) == (Verdict.REFUTED, Verdict.VACUOUS)


def test_they_are_judged_with_all_others_under_their_capabilities() -> None:
    """One verification judges claims about states, and about what comes, each without the capabilities it names."""

    @always("toy")
    def sane(lamp: Off | On | Broken) -> bool:
        """The lamp is a lamp."""
        return True

    @leads_to("toy", to=is_broken, under=("user",), because="somebody may switch it off")
    def unattended(lamp: Off) -> bool:
        """Nobody is there."""
        return True

    answer = verify(switched(KEEN), (sane, off_leads_to_on, unattended), builtin=())
    assert [j.verdict for j in answer.properties] == [Verdict.PROVED, Verdict.PROVED, Verdict.REFUTED]
    assert answer.properties[2].under == ("user",)


def told() -> str:
    """Spell counterexamples out."""
    return "\n".join(line for make, claim in TOLD for line in text(make(), claim))


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """Lassos are the same whatever the order of sets in memory."""
    assert "for ever" in same_under_seeds("from tests.launchproof.test_liveness import told; print(told())")
