"""Toy protocols whose states, steps and depths are counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import pytest
from attrs import frozen

from launchproof import (
    ASKER,
    Capability,
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
    Property,
    Protocol,
    Sent,
    To,
    always,
    each_step,
    memory,
    registry,
    sometimes,
    when,
    wherever,
)
from launchproof.search.exhaustive import Limits, search
from launchproof.search.trace import Trace
from launchproof.search.verdicts import PropertyResult, SearchResult, Verdict
from tests.seeds import same_under_seeds


class Tok(Name):
    """A token."""


class Origin(Enum):
    """Where documents come from."""

    EMBED = "embed"
    OTHER = "other"


class Window(Enum):
    """Where messages come from."""

    TOP = "top"
    EVIL = "evil"


class Colour(Enum):
    """Something to pick."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@frozen
class Count:
    """A counter's only phase."""

    at: int


@frozen
class Idle:
    """Nothing to do."""


@frozen
class Serving:
    """A server's only phase."""


@frozen
class Wait:
    """Something was asked."""


@frozen
class Done:
    """All is done."""


@frozen
class Got:
    """A message came."""


@frozen
class Away:
    """The document of another origin."""


@frozen
class Have:
    """A token is there."""

    tok: Tok


@frozen
class Both:
    """Two tokens are there."""

    first: Tok
    second: Tok


@frozen
class Log:
    """What was heard so far, in order."""

    heard: tuple[int, ...] = ()


@frozen
class Painted:
    """A colour was picked."""

    colour: Colour


@frozen
class Palette:
    """Rows without names, which nothing forgets."""

    left: frozenset[Colour] = registry()


@frozen
class Table:
    """A server's tokens."""

    rows: frozenset[Tok] = registry()


@frozen
class Pair:
    """A row of two names."""

    tok: Tok
    family: Tok


@frozen
class Families:
    """A server's rows, which share names."""

    rows: frozenset[Pair] = registry()


@frozen
class Seen:
    """What a thief remembers."""

    toks: frozenset[Tok] = memory()


@frozen
class Num:
    """A numbered message."""

    number: int


@frozen
class Ask:
    """A request."""


@frozen
class Give:
    """An answer with a token."""

    tok: Tok


@frozen
class Okay:
    """An answer."""


@frozen
class Lost:
    """What the caller sees of a lost message."""


@frozen
class Msg:
    """A window message, perhaps for one origin only."""

    target: Origin | None = None


@frozen
class Leak:
    """A token that a thief sees."""

    tok: Tok


@frozen
class Use:
    """A token that is presented."""

    tok: Tok


def counts(result: SearchResult) -> tuple[int, int, int]:
    """Give states, steps and depth of a search that closed."""
    assert result.closed, result.stopped
    return result.states, result.steps, result.depth


def answer(result: SearchResult, name: str) -> PropertyResult:
    """Find one property's result."""
    return next(r for r in result.properties if r.property.name == name)


def trace_of(result: SearchResult, name: str) -> Trace:
    """Find one property's counterexample or witness."""
    trace = answer(result, name).trace
    assert trace is not None
    return trace


def actors(trace: Trace) -> list[str]:
    """List who began each step."""
    return [step.actor for step in trace.steps]


# --- counting ------------------------------------------------------------------------------------


def counter(name: str, size: int) -> Machine:
    """Make a machine that counts modulo `size`."""
    machine = Machine(name, initial=Count(0), phases=(Count,))

    def tick(before: Count) -> To[Count]:
        """Count on."""
        return To(Count((before.at + 1) % size))

    tick.__name__ = f"tick_{name}"
    machine.transition("toy")(tick)
    return machine


@pytest.mark.parametrize("size", [1, 2, 7, 600])
def test_a_counter_has_a_state_per_number(size: int) -> None:
    """A counter modulo n has n states, one step from each, and reaches the last after n - 1 steps."""
    assert counts(search(Protocol("counter", (counter("a", size),), ()))) == (size, size, size - 1)


def test_independent_machines_multiply() -> None:
    """Counters modulo 3 and 4: 3 x 4 states, two steps from each, the furthest 2 + 3 steps away."""
    assert counts(search(Protocol("two", (counter("a", 3), counter("b", 4)), ()))) == (12, 24, 5)


def ring(size: int) -> Protocol:
    """Make a ring of stations that pass one token on by window messages."""
    machines = []
    for i in range(size):
        machine = Machine(f"s{i}", initial=Got() if i == 0 else Wait(), phases=(Wait, Got))

        def give(before: Got) -> To[Wait, Msg]:
            """Pass the token on."""
            del before
            return To(Wait(), Msg())

        def take(before: Wait, heard: Posted[Msg]) -> To[Got]:
            """Take the token."""
            del before, heard
            return To(Got())

        give.__name__, take.__name__ = f"give_{i}", f"take_{i}"
        machine.transition("toy")(give)
        machine.transition("toy")(take)
        machines.append(machine)
    posts = tuple(Post(f"from_s{i}", f"s{i}", f"s{(i + 1) % size}", (Msg,)) for i in range(size))
    return Protocol("ring", tuple(machines), posts)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_token_ring_is_one_cycle(size: int) -> None:
    """The token is at one of n stations or under way to one: 2n states in a single cycle."""
    assert counts(search(ring(size))) == (2 * size, 2 * size, 2 * size - 1)


# --- channels ------------------------------------------------------------------------------------


def two_numbers(*, fifo: bool) -> Protocol:
    """Make a machine that says 1 and 2, and one that logs what it hears."""
    teller = Machine("teller", initial=Count(0), phases=(Count,))
    logger = Machine("logger", initial=Log(), phases=(Log,))

    def unfinished(before: Count) -> bool:
        """There is something left to say."""
        return before.at < 2

    @teller.transition("toy")
    @when(unfinished)
    def tell(before: Count) -> To[Count, Num]:
        """Say the next number."""
        return To(Count(before.at + 1), Num(before.at + 1))

    if fifo:

        @logger.transition("toy")
        def hear_posted(before: Log, heard: Posted[Num]) -> To[Log]:
            """Log it."""
            return To(Log((*before.heard, heard.message.number)))

        return Protocol("fifo", (teller, logger), (Post("wire", "teller", "logger", (Num,)),))

    @logger.transition("toy")
    def hear_sent(before: Log, heard: Sent[Num]) -> To[Log]:
        """Log it."""
        return To(Log((*before.heard, heard.message.number)))

    return Protocol("overtaking", (teller, logger), (Exchange("wire", "teller", {Num: "logger"}),))


@always("toy")
def in_order(logger: Log) -> bool:
    """Numbers are heard in the order in which they were said."""
    return logger.heard == (1, 2)[: len(logger.heard)]


def test_window_messages_never_overtake() -> None:
    """Said s and heard h with h <= s <= 2: 6 states; 3 steps say, 3 hear; 4 steps to the end."""
    result = search(two_numbers(fifo=True), [in_order])
    assert counts(result) == (6, 6, 4)
    assert answer(result, "in-order").verdict is Verdict.PROVED


def test_exchanges_overtake() -> None:
    """Logs () | (), (1) | (), (1), (2), (12), (21) after 0 | 1 | 2 sayings: 8 states; 3 + 5 steps."""
    result = search(two_numbers(fifo=False), [in_order])
    assert counts(result) == (8, 8, 4)
    assert answer(result, "in-order").verdict is Verdict.REFUTED
    assert actors(trace_of(result, "in-order")) == ["teller", "teller", "logger"]


def lossy(*, coalesced: bool = False) -> Protocol:
    """Make a client that asks, and asks again when a message was lost."""
    client = Machine("client", initial=Idle(), phases=(Idle, Wait, Done), resting=(Done,))
    server = Machine("server", initial=Serving(), phases=(Serving,))

    @client.transition("toy")
    def ask(before: Idle) -> To[Wait, Ask]:
        """Ask."""
        del before
        return To(Wait(), Ask())

    @server.transition("toy")
    def serve(before: Serving, heard: Sent[Ask]) -> To[Serving, Okay]:
        """Answer."""
        del heard
        return To(before, Okay())

    @client.transition("toy")
    def finish(before: Wait, heard: Sent[Okay]) -> To[Done]:
        """Be content."""
        del before, heard
        return To(Done())

    @client.transition("toy")
    def give_up(before: Wait, heard: Sent[Lost]) -> To[Idle]:
        """Start again."""
        del before, heard
        return To(Idle())

    routes: dict[type, str] = {Ask: "server", Okay: ASKER, Lost: "client"}
    http = Exchange("http", "client", routes, lost=Lost(), unreliable="network", coalesced=coalesced)
    return Protocol("lossy", (client, server), (http,), (Capability("network", "It loses messages."),))


def test_an_exchange_loses_requests_and_answers() -> None:
    """Idle, asked, answered, lost, done: 5 states; ask, serve, finish, two losses, give up: 6 steps."""
    result = search(lossy())
    assert counts(result) == (5, 6, 3)
    assert {"lose_request_on_http", "lose_answer_on_http"} <= result.coverage.fired


def test_a_reliable_exchange_loses_nothing() -> None:
    """Without the capability nothing is lost: idle, asked, answered, done, with a step between each."""
    assert counts(search(lossy().without_capabilities("network"))) == (4, 3, 3)


def signalling(*, lost: bool) -> Protocol:
    """Make a client that signals again and again by a coalesced exchange, to a deaf server."""
    client = Machine("client", initial=Idle(), phases=(Idle,))
    server = Machine("server", initial=Idle(), phases=(Idle,))

    @client.transition("toy")
    def signal(before: Idle) -> To[Idle, Ask]:
        """Signal."""
        return To(before, Ask())

    routes: dict[type, str] = {Ask: "server", Lost: "client"}
    bell = Exchange("bell", "client", routes, lost=Lost() if lost else None, unreliable="network", coalesced=True)
    return Protocol("bell", (client, server), (bell,), (Capability("network", "It loses messages."),))


def test_a_coalesced_exchange_holds_one_of_each() -> None:
    """However often it is signalled the bell rings once: quiet or ringing; signal from each, drop from one."""
    assert counts(search(signalling(lost=False))) == (2, 3, 1)


def test_a_loss_is_coalesced_like_all_else() -> None:
    """The bell holds nothing, Ask, Lost, or Lost and Ask: 4 states.

    Steps: a signal from each (4); the ask is dropped (2) or lost (2); the loss is dropped (2).
    The furthest is Lost and Ask: signal, lose, signal. Losing the Ask beside a Lost adds no second one.
    """
    result = search(signalling(lost=True))
    assert counts(result) == (4, 10, 3)
    assert answer(result, "bounded-queues").verdict is Verdict.PROVED


def test_a_lifetime_takes_what_is_in_flight_with_it() -> None:
    """States: before; in flight; heard; gone. Steps: post, hear, and a reload from each of the 4."""
    assert counts(search(reloading(ends=True))) == (4, 6, 2)


def test_without_a_lifetime_messages_survive() -> None:
    """The same states, but a reload loses nothing: only by way of hearing is the message gone (3 steps)."""
    assert counts(search(reloading(ends=False))) == (4, 6, 3)


def reloading(*, ends: bool) -> Protocol:
    """Make a host that posts once, and a frame that reloads."""
    host = Machine("host", initial=Idle(), phases=(Idle, Done))
    frame = Machine("frame", initial=Wait(), phases=(Wait, Got))
    document = Lifetime("document", ("to_frame",), "A document and what was posted to it.")

    @host.transition("toy")
    def post(before: Idle) -> To[Done, Msg]:
        """Post."""
        del before
        return To(Done(), Msg())

    @frame.transition("toy")
    def hear(before: Wait, heard: Posted[Msg]) -> To[Got]:
        """Hear."""
        del before, heard
        return To(Got())

    @frame.transition("toy", ends=document if ends else ())
    def reload(before: Wait | Got) -> To[Wait]:
        """Begin a new document."""
        del before
        return To(Wait())

    return Protocol("reloading", (host, frame), (Post("to_frame", "host", "frame", (Msg,)),))


def navigating(target: Origin | None) -> Protocol:
    """Make a host that posts once to an origin, and a frame that may have gone elsewhere."""
    host = Machine("host", initial=Idle(), phases=(Idle, Done), window=Window.TOP)
    frame = Machine(
        "frame",
        initial=Wait(),
        phases=(Wait, Got, Away),
        origin=lambda p: Origin.OTHER if isinstance(p, Away) else Origin.EMBED,
    )

    @host.transition("toy")
    def post_to(before: Idle) -> To[Done, Msg]:
        """Post."""
        del before
        return To(Done(), Msg(target))

    @frame.transition("toy")
    def hear_there(before: Wait, heard: Posted[Msg]) -> To[Got]:
        """Hear."""
        del before, heard
        return To(Got())

    @frame.transition("toy")
    def navigate(before: Wait) -> To[Away]:
        """Go elsewhere."""
        del before
        return To(Away())

    return Protocol("navigating", (host, frame), (Post("to_frame", "host", "frame", (Msg,)),))


@each_step("toy")
def nothing_in_vain(before: Away, dropped: bool) -> bool:
    """What arrives elsewhere is handled."""
    del before
    return not dropped


@pytest.mark.parametrize(("target", "verdict"), [(Origin.EMBED, Verdict.VACUOUS), (None, Verdict.REFUTED)])
def test_a_target_origin_that_differs_is_silent(target: Origin | None, verdict: Verdict) -> None:
    """A mismatch leaves no trace, not even for properties; a message for anybody that nobody handles is dropped.

    Host before or after posting, frame there or away, the message in flight or not: 6 states
    (there: 2, heard: 1, away: 3). Steps: post 2, navigate 2, hear 1, drop 1. Three to the last.
    """
    result = search(navigating(target), [nothing_in_vain])
    assert counts(result) == (6, 6, 3)
    assert answer(result, "nothing-in-vain").verdict is verdict
    if verdict is Verdict.REFUTED:
        assert len(trace_of(result, "nothing-in-vain").steps) == 3


def forging(*, guarded: bool) -> Protocol:
    """Make a foreign window that posts at any moment, and a frame that may look where it comes from."""
    evil = Machine("evil", initial=Idle(), phases=(Idle,))
    frame = Machine("frame", initial=Wait(), phases=(Wait, Got))

    @evil.transition("toy", via="forged")
    def forge(before: Idle) -> To[Idle, Msg]:
        """Post something."""
        return To(before, Msg())

    def from_embed(before: Wait, heard: Posted[Msg]) -> bool:
        """The message comes from the embed."""
        del before
        return heard.origin is Origin.EMBED and heard.source is Window.TOP

    def believe(before: Wait, heard: Posted[Msg]) -> To[Got]:
        """Believe it."""
        del before, heard
        return To(Got())

    frame.transition("toy")(when(from_embed)(believe) if guarded else believe)
    return Protocol("forging", (evil, frame), (Post("forged", "evil", "frame", (Msg,), forged=(Origin.OTHER, Window.EVIL)),))


@pytest.mark.parametrize(("guarded", "expected"), [(False, (2, 2, 1)), (True, (1, 1, 0))])
def test_a_forged_message_is_heard_at_once(guarded: bool, expected: tuple[int, int, int]) -> None:
    """Waiting and believing, forged at in each: 2 states and steps; behind a guard one of each."""
    assert counts(search(forging(guarded=guarded))) == expected


def calling() -> Protocol:
    """Make a client that is given a token by an instant call."""
    client = Machine("client", initial=Idle(), phases=(Idle, Wait, Have))
    server = Machine("server", initial=Idle(), phases=(Idle,))

    @client.transition("toy")
    def call(before: Idle) -> To[Wait, Ask]:
        """Call."""
        del before
        return To(Wait(), Ask())

    @server.transition("toy")
    def respond(before: Idle, heard: Sent[Ask], tok: New[Tok]) -> To[Idle, Give]:
        """Give a fresh token to whoever asked."""
        del heard
        return To(before, Give(tok))

    @client.transition("toy")
    def receive(before: Wait, heard: Sent[Give]) -> To[Have]:
        """Take it."""
        del before
        return To(Have(heard.message.tok))

    return Protocol("calling", (client, server), (Instant("call", ("client",), {Ask: "server", Give: ASKER}),))


@always("toy")
def never_have(client: Have) -> bool:
    """The client never has a token."""
    del client
    return False


def test_an_instant_call_is_one_step() -> None:
    """Idle and then having: call, response and receipt are one step, and waiting is no state."""
    result = search(calling(), [never_have])
    assert counts(result) == (2, 1, 1)
    (step,) = trace_of(result, "never-have").steps
    assert [act.name for act in step.acts] == ["call", "respond", "receive"]
    assert step.actor == "client"


# --- names ---------------------------------------------------------------------------------------


def test_fresh_names_close_by_forgetting() -> None:
    """Every renewal forgets the token before: without a token or with one, 2 states and 2 steps."""
    holder = Machine("holder", initial=Idle(), phases=(Idle, Have))

    @holder.transition("toy")
    def renew(before: Idle | Have, tok: New[Tok]) -> To[Have]:
        """Get another token."""
        del before
        return To(Have(tok))

    assert counts(search(Protocol("renewing", (holder,), ()))) == (2, 2, 1)


def test_names_are_compared_and_never_more() -> None:
    """Shifting fresh names through two places: none, then two that differ; never a third state."""
    holder = Machine("holder", initial=Idle(), phases=(Idle, Both))

    @holder.transition("toy")
    def start(before: Idle, one: New[Tok], other: New[Tok]) -> To[Both]:
        """Get two tokens."""
        del before
        return To(Both(one, other))

    @holder.transition("toy")
    def shift(before: Both, tok: New[Tok]) -> To[Both]:
        """Get a further token."""
        return To(Both(before.second, tok))

    @holder.transition("toy")
    def swap(before: Both) -> To[Both]:
        """Exchange them."""
        return To(Both(before.second, before.first))

    assert counts(search(Protocol("shifting", (holder,), ()))) == (2, 3, 1)


def test_names_born_in_one_step_differ() -> None:
    """A server that is called twice in one step gives two different tokens."""
    client = Machine("client", initial=Idle(), phases=(Idle, Wait, Have, Both))
    server = Machine("server", initial=Idle(), phases=(Idle,))

    @client.transition("toy")
    def call_twice(before: Idle) -> To[Wait, Ask, Ask]:
        """Call twice."""
        del before
        return To(Wait(), Ask(), Ask())

    @server.transition("toy")
    def respond(before: Idle, heard: Sent[Ask], tok: New[Tok]) -> To[Idle, Give]:
        """Give a fresh token."""
        del heard
        return To(before, Give(tok))

    @client.transition("toy")
    def receive_one(before: Wait, heard: Sent[Give]) -> To[Have]:
        """Take the first."""
        del before
        return To(Have(heard.message.tok))

    @client.transition("toy")
    def receive_other(before: Have, heard: Sent[Give]) -> To[Both]:
        """Take the second."""
        return To(Both(before.tok, heard.message.tok))

    @always("toy")
    def they_differ(client: Both) -> bool:
        """Two tokens differ."""
        return client.first != client.second

    call = Instant("call", ("client",), {Ask: "server", Give: ASKER})
    result = search(Protocol("twice", (client, server), (call,)), [they_differ])
    assert counts(result) == (2, 1, 1)
    assert answer(result, "they-differ").verdict is Verdict.PROVED


def leaking() -> Protocol:
    """Make a shop that mints tokens which only a thief remembers, and who presents them."""
    shop = Machine("shop", initial=Table(), phases=(Table,))
    thief = Machine("thief", initial=Seen(), phases=(Seen,))

    @shop.transition("toy")
    def mint(before: Table, tok: New[Tok]) -> To[Table, Leak]:
        """Mint a token, which leaks."""
        return To(Table(before.rows | {tok}), Leak(tok))

    @thief.transition("toy")
    def overhear(before: Seen, heard: Sent[Leak]) -> To[Seen]:
        """Remember it."""
        return To(Seen(before.toks | {heard.message.tok}))

    @thief.transition("toy")
    def replay(before: Seen, tok: Pick[Tok]) -> To[Seen, Use]:
        """Present it."""
        return To(before, Use(tok))

    def known(before: Table, heard: Sent[Use]) -> bool:
        """The token is one of the shop's."""
        return heard.message.tok in before.rows

    @shop.transition("toy")
    @when(known)
    def redeem(before: Table, heard: Sent[Use]) -> To[Table]:
        """Take a token, once."""
        return To(Table(before.rows - {heard.message.tok}))

    leak, counter = Instant("leak", ("shop",), {Leak: "thief"}), Instant("counter", ("thief",), {Use: "shop"})
    return Protocol("leaking", (shop, thief), (leak, counter))


@each_step("toy")
def memory_is_good(before: Table, heard: Sent[Use], dropped: bool) -> bool:
    """What the thief remembers is always still accepted: who was redeemed is forgotten."""
    del before, heard
    return not dropped


@always("toy")
def shop_is_empty(shop: Table) -> bool:
    """No token is ever in the shop's table."""
    return not shop.rows


@pytest.mark.parametrize(("keep", "expected"), [(1, (2, 4, 1)), (2, (3, 8, 2))])
def test_orphans_pile_up_to_as_many_as_are_kept(keep: int, expected: tuple[int, int, int]) -> None:
    """Abandoned tokens pile up without end; with k kept there are 0 to k of them, and k + 1 states.

    Minting into a full table leaves each choice of k of the k + 1, and each orphan can be replayed.
    k = 1: 1 mint; 2 choices, 1 replay: 4 steps. k = 2: 1; 1 and 1; 3 and 2: 8 steps. Verdicts are alike.
    """
    result = search(leaking(), [memory_is_good, shop_is_empty], keep_orphans=keep)
    assert counts(result) == expected
    assert answer(result, "memory-is-good").verdict is Verdict.PROVED
    assert answer(result, "shop-is-empty").verdict is Verdict.REFUTED
    assert len(trace_of(result, "shop-is-empty").steps) == 1


def test_an_orphan_keeps_the_rows_that_share_its_names() -> None:
    """A row is kept while one of its names is live, also where an orphan's are what keeps it."""
    shop = Machine("shop", initial=Families(), phases=(Families,))
    thief = Machine("thief", initial=Seen(), phases=(Seen,))

    def still_empty(before: Families) -> bool:
        """Nothing was opened yet."""
        return not before.rows

    @shop.transition("toy")
    @when(still_empty)
    def open_family(before: Families, one: New[Tok], other: New[Tok], family: New[Tok]) -> To[Families, Leak]:
        """Make two rows of one family, and leak the token of one."""
        return To(Families(before.rows | {Pair(one, family), Pair(other, family)}), Leak(one))

    @thief.transition("toy")
    def overhear_one(before: Seen, heard: Sent[Leak]) -> To[Seen]:
        """Remember it."""
        return To(Seen(before.toks | {heard.message.tok}))

    @sometimes("toy")
    def both_rows(shop: Families) -> bool:
        """Both rows are kept."""
        return len(shop.rows) == 2

    result = search(Protocol("families", (shop, thief), (Instant("leak", ("shop",), {Leak: "thief"}),)), [both_rows])
    assert counts(result) == (2, 1, 1)
    assert answer(result, "both-rows").verdict is Verdict.PROVED


# --- choosing ------------------------------------------------------------------------------------


def knocking(*, otherwise: bool) -> Protocol:
    """Make a door that lets in when open, and turns away."""
    guest = Machine("guest", initial=Idle(), phases=(Idle,))
    door = Machine("door", initial=Wait(), phases=(Wait, Have, Done, Got))

    @guest.transition("toy")
    def knock(before: Idle) -> To[Idle, Ask]:
        """Knock."""
        return To(before, Ask())

    @door.transition("toy")
    def unlock(before: Wait) -> To[Done]:
        """Unlock."""
        del before
        return To(Done())

    def unlocked(before: Wait | Done) -> bool:
        """The door is unlocked."""
        return isinstance(before, Done)

    @door.transition("toy")
    @when(unlocked)
    def let_in(before: Wait | Done, heard: Sent[Ask]) -> To[Got]:
        """Let in."""
        del before, heard
        return To(Got())

    @door.transition("toy", otherwise=let_in if otherwise else None)
    def turn_away(before: Wait | Done, heard: Sent[Ask]) -> To[Wait | Done]:
        """Turn away."""
        del heard
        return To(before)

    return Protocol("knocking", (guest, door), (Instant("knocker", ("guest",), {Ask: "door"}),))


@pytest.mark.parametrize(("otherwise", "expected"), [(True, (3, 4, 2)), (False, (3, 5, 2))])
def test_otherwise_fires_exactly_when_the_other_cannot(otherwise: bool, expected: tuple[int, int, int]) -> None:
    """Locked, unlocked, inside. Unlock, turned away while locked, let in, nobody answers inside: 4 steps.

    Without `otherwise` the guest can be turned away from the unlocked door too: a fifth step.
    """
    assert counts(search(knocking(otherwise=otherwise))) == expected


def test_pick_tries_every_member_of_an_enum() -> None:
    """Blank, or painted in one of three colours: 4 states, 3 steps."""
    painter = Machine("painter", initial=Idle(), phases=(Idle, Painted))

    @painter.transition("toy")
    def paint(before: Idle, colour: Pick[Colour]) -> To[Painted]:
        """Paint."""
        del before
        return To(Painted(colour))

    assert counts(search(Protocol("painting", (painter,), ()))) == (4, 3, 1)


def test_pick_tries_every_row() -> None:
    """Striking tokens off a table of three, each told from the others by a list: 2^3 tables, 3 x 4 steps."""
    keeper = Machine("keeper", initial=Listed((Tok(0), Tok(1), Tok(2))), phases=(Listed,))
    shop = Machine("shop", initial=Table(frozenset({Tok(0), Tok(1), Tok(2)})), phases=(Table,))

    @shop.transition("toy")
    def strike(before: Table, tok: Pick[Tok]) -> To[Table]:
        """Take one off."""
        return To(Table(before.rows - {tok}))

    assert counts(search(Protocol("striking", (keeper, shop), ()))) == (8, 12, 3)


@frozen
class Listed:
    """A list of tokens."""

    toks: tuple[Tok, ...]


# --- judging -------------------------------------------------------------------------------------


def chattering() -> Protocol:
    """Make a machine that never stops talking."""
    teller = Machine("teller", initial=Idle(), phases=(Idle,))
    logger = Machine("logger", initial=Idle(), phases=(Idle,))

    @teller.transition("toy")
    def chatter(before: Idle) -> To[Idle, Num]:
        """Talk."""
        return To(before, Num(0))

    return Protocol("chattering", (teller, logger), (Post("wire", "teller", "logger", (Num,)),))


def test_a_queue_that_grows_without_end_is_found() -> None:
    """The search stops at three messages, tells the step that can be repeated, and decides nothing else."""

    @always("toy")
    def talks(teller: Idle) -> bool:
        """The teller is idle."""
        del teller
        return True

    result = search(chattering(), [talks])
    assert not result.closed
    assert answer(result, "bounded-queues").verdict is Verdict.REFUTED
    assert answer(result, "talks").verdict is Verdict.UNDECIDED
    trace = trace_of(result, "bounded-queues")
    assert actors(trace) == ["teller"] * 3
    assert trace.loop_from == 2


def stuck(resting: tuple[type, ...]) -> Protocol:
    """Make a machine that waits for nothing."""
    client = Machine("client", initial=Idle(), phases=(Idle, Wait), resting=resting)

    @client.transition("toy")
    def begin(before: Idle) -> To[Wait]:
        """Begin to wait."""
        del before
        return To(Wait())

    return Protocol("stuck", (client,), ())


def test_a_deadlock_is_a_state_where_somebody_owes_and_nobody_acts() -> None:
    """Waiting for ever is a deadlock one step away; where one may rest there is none."""
    result = search(stuck((Idle,)))
    assert answer(result, "no-deadlock").verdict is Verdict.REFUTED
    assert len(trace_of(result, "no-deadlock").steps) == 1
    assert answer(search(stuck((Idle, Wait))), "no-deadlock").verdict is Verdict.PROVED


def test_what_only_the_environment_can_end_is_a_deadlock() -> None:
    """A wait that only passing time may end is a deadlock: the environment owes nobody anything."""
    client = Machine("client", initial=Wait(), phases=(Idle, Wait), resting=(Idle,))
    time = Capability("time", "It passes.")

    @client.transition("toy", capability=time)
    def expire(before: Wait) -> To[Idle]:
        """Stop waiting."""
        del before
        return To(Idle())

    result = search(Protocol("waiting", (client,), (), (time,)))
    assert counts(result) == (2, 1, 1)
    assert answer(result, "no-deadlock").verdict is Verdict.REFUTED
    assert trace_of(result, "no-deadlock").steps == ()


def test_hearing_in_vain_is_an_act_of_its_own() -> None:
    """The client is stuck only after the server has dropped what it asked."""
    result = search(lossy().without("serve").without_capabilities("network"))
    assert answer(result, "no-deadlock").verdict is Verdict.REFUTED
    assert [s.acts[0].name for s in trace_of(result, "no-deadlock").steps] == ["ask", "server drops it"]


def test_a_property_without_a_case_is_vacuous() -> None:
    """A claim about a phase that is never reached proves nothing, and says so."""
    result = search(stuck((Idle, Wait)).without("begin"), [never_wait])
    assert answer(result, "never-wait").verdict is Verdict.VACUOUS


@always("toy")
def never_wait(client: Wait) -> bool:
    """The client never waits."""
    del client
    return False


@sometimes("toy")
def waits(client: Wait) -> bool:
    """The client waits at some time."""
    del client
    return True


def test_sometimes_is_witnessed_or_refuted() -> None:
    """A reachable state is a witness of one step; where it is gone there is none."""
    result = search(stuck(()), [waits])
    assert answer(result, "waits").verdict is Verdict.PROVED
    assert len(trace_of(result, "waits").steps) == 1
    result = search(stuck(()).without("begin"), [waits])
    assert answer(result, "waits").verdict is Verdict.REFUTED
    assert answer(result, "waits").trace is None


def test_wherever_finds_a_value_in_a_slot_and_in_an_instant_message() -> None:
    """A token is found in the phase that holds it, and in the answer that carried it, though never in flight."""
    found: set[tuple[str, str]] = set()

    @wherever("toy")
    def tokens(value: Tok, place: Place) -> bool:
        """Every token is somewhere."""
        del value
        found.add((place.slot, place.holder.__name__))
        return True

    @wherever("toy")
    def not_in_messages(value: Tok, place: Place) -> bool:
        """No token is in an answer."""
        del value
        return place.holder is not Give

    @wherever("toy")
    def not_in_phases(value: Tok, place: Place) -> bool:
        """The client holds no token."""
        del value
        return place.slot != "client"

    result = search(calling(), [tokens, not_in_messages, not_in_phases])
    assert found == {("client", "Have"), ("a message", "Give")}
    assert [r.verdict for r in result.properties[:3]] == [Verdict.PROVED, Verdict.REFUTED, Verdict.REFUTED]
    assert len(trace_of(result, "not-in-messages").steps) == len(trace_of(result, "not-in-phases").steps) == 1


def test_a_step_property_sees_what_is_dropped() -> None:
    """A message that nobody handles is dropped: two steps, the saying and the hearing in vain."""

    @each_step("toy")
    def handled(before: Serving, heard: Sent[Ask], dropped: bool) -> bool:
        """Whatever is asked is handled."""
        del before, heard
        return not dropped

    @each_step("toy")
    def moves_on(before: Idle, after: object) -> bool:
        """The client moves on from being idle."""
        del before
        return not isinstance(after, Idle)

    result = search(lossy().without("serve"), [handled])
    assert answer(result, "handled").verdict is Verdict.REFUTED
    trace = trace_of(result, "handled")
    assert actors(trace) == ["client", "server"]
    assert trace.steps[-1].acts[0].name == "server drops it"
    assert answer(search(lossy(), [handled]), "handled").verdict is Verdict.PROVED
    assert answer(search(lossy(), [moves_on]), "moves-on").verdict is Verdict.PROVED


def test_the_shortest_counterexample_with_the_fewest_changes_of_actor_is_told() -> None:
    """Two counters reach (2, 2) in four steps in six ways; the two with a single change are preferred."""

    @always("toy")
    def not_both(a: Count, b: Count) -> bool:
        """Not both are at two."""
        return (a.at, b.at) != (2, 2)

    trace = trace_of(search(Protocol("two", (counter("a", 5), counter("b", 5)), ()), [not_both]), "not-both")
    assert len(trace.steps) == 4
    assert trace.changes_of_actor == 1
    assert actors(trace) == ["a", "a", "b", "b"]


def test_a_trace_tells_tokens_apart_that_were_forgotten_between() -> None:
    """Tokens that are said and forgotten at once are different tokens in the run that is told."""
    teller = Machine("teller", initial=Count(0), phases=(Count,))
    deaf = Machine("deaf", initial=Idle(), phases=(Idle,))

    @teller.transition("toy")
    def say_one(before: Count, tok: New[Tok]) -> To[Count, Give]:
        """Say a fresh token to somebody deaf."""
        return To(Count(before.at + 1), Give(tok))

    @always("toy")
    def below_three(teller: Count) -> bool:
        """Not three were said."""
        return teller.at < 3

    protocol = Protocol("deaf", (teller, deaf), (Instant("air", ("teller",), {Give: "deaf"}),))
    trace = trace_of(search(protocol, [below_three], refute_only=True), "below-three")
    assert [step.acts[0].said for step in trace.steps] == [(Give(Tok(0)),), (Give(Tok(1)),), (Give(Tok(2)),)]


@pytest.mark.parametrize("limits", [Limits(states=600), Limits(seconds=0.0)])
def test_a_limit_decides_nothing(limits: Limits) -> None:
    """A search that is stopped never passes: it is undecided, and says why."""

    @always("toy")
    def counts_on(a: Count) -> bool:
        """The counter counts."""
        return a.at >= 0

    result = search(Protocol("long", (counter("a", 5000),), ()), [counts_on], limits=limits)
    assert not result.closed
    assert "more than" in result.stopped
    assert {r.verdict for r in result.properties} == {Verdict.UNDECIDED}


def test_a_counterexample_found_before_the_limit_counts() -> None:
    """What was refuted before a search was stopped is refuted."""

    @always("toy")
    def stays_low(a: Count) -> bool:
        """The counter stays below ten."""
        return a.at < 10

    result = search(Protocol("long", (counter("a", 5000),), ()), [stays_low], limits=Limits(states=600))
    assert answer(result, "stays-low").verdict is Verdict.REFUTED
    assert len(trace_of(result, "stays-low").steps) == 10


# --- the same every time ---------------------------------------------------------------------------

SAMPLES: tuple[tuple[Callable[[], Protocol], tuple[Property, ...]], ...] = (
    (leaking, (shop_is_empty, memory_is_good)),
    (lossy, ()),
    (calling, (never_have,)),
    (chattering, ()),
    (lambda: two_numbers(fifo=False), (in_order,)),
)


def told() -> str:
    """Spell out the results of some searches."""
    lines = []
    for make, properties in SAMPLES:
        result = search(make(), properties, keep_orphans=2)
        lines.append(f"{result.states} {result.steps} {result.depth} {result.stopped}")
        for r in result.properties:
            runs = [(s.actor, [(a.name, a.heard, a.said) for a in s.acts]) for s in r.trace.steps] if r.trace else None
            lines.append(f"{r.property.name} {r.verdict.value} {runs}")
    return "\n".join(lines)


def test_the_hash_seed_changes_nothing() -> None:
    """Counts, verdicts and counterexamples are the same whatever the order of sets in memory."""
    assert "never-have refuted" in same_under_seeds("from tests.launchproof.test_toys import told; print(told())")
