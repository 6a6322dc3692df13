"""Runs over real strings and a clock: they refine the model, and where they part both sides are shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import pairwise
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve, frozen
from cattrs.errors import ClassValidationError

from launchproof import (
    ASKER,
    Capability,
    Exchange,
    Instant,
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
    memory,
    registry,
    when,
    wherever,
)
from launchproof.concrete import OPAQUE, Act, Concretion, Deadline, Form, Run, Watcher, World, watcher
from launchproof.concrete.agree import Reading, agrees
from launchproof.concrete.concretion import Watch
from launchproof.concrete.run import Taken, find
from launchproof.concrete.texts import Texts
from launchproof.errors import DeclarationError, EffectError
from launchproof.search.exhaustive import Search
from launchproof.semantics.steps import Detailed, Semantics
from launchproof.walk import Check, Walker, Walks
from launchproof.walk.check import PROVED_STATES, REFINEMENT, Trouble
from launchproof.walk.walker import without_loops
from tests.launchproof.test_toys import (
    Ask,
    Colour,
    Origin,
    Tok,
    calling,
    forging,
    knocking,
    leaking,
    lossy,
    navigating,
    reloading,
    ring,
    signalling,
    two_numbers,
)

# -- protocols ---------------------------------------------------------------------------------------


class Key(Name):
    """What opens a room."""


class Bill(Name):
    """What is to be paid."""


class Site(Enum):
    """Where documents come from."""

    HERE = "https://here.example"
    THERE = "https://there.example"


class Pane(Enum):
    """Where messages come from."""

    LEFT = "left"
    RIGHT = "right"


@frozen
class Calm:
    """Nothing to do."""


@frozen
class Busy:
    """Something is under way."""


@frozen
class Inside:
    """A guest with two keys."""

    key: Key
    spare: Key


@frozen
class Let:
    """A room that is let."""

    key: Key
    spare: Key
    colour: Colour


@frozen
class Desk:
    """The rooms that are let, and a key that was there from the start."""

    master: Key
    rooms: frozenset[Let] = registry()


@frozen
class Book:
    """The request for a room."""


@frozen
class Handed:
    """Two keys."""

    key: Key
    spare: Key


@frozen
class Knock:
    """A key is tried."""

    key: Key


def guests() -> Machine:
    """Make somebody who comes and goes."""
    guest = Machine("guest", initial=Calm(), phases=(Calm, Busy, Inside))

    @guest.transition("toy")
    def book(before: Calm) -> To[Busy, Book]:
        """Ask for a room."""
        return To(Busy(), Book())

    @guest.transition("toy")
    def move_in(before: Busy, heard: Sent[Handed]) -> To[Inside]:
        """Take the keys."""
        return To(Inside(heard.message.key, heard.message.spare))

    @guest.transition("toy")
    def knock(before: Inside) -> To[Inside, Knock]:
        """Try the key."""
        return To(before, Knock(before.key))

    @guest.transition("toy")
    def leave(before: Inside) -> To[Calm]:
        """Throw the keys away."""
        return To(Calm())

    return guest


def hotel() -> Protocol:
    """Make a desk that lets rooms: rows, picks of rows and enums, two fresh names at once, and an initial name."""
    desk = Machine("desk", initial=Desk(Key(0)), phases=(Desk,))

    @desk.transition("toy")
    def let(before: Desk, heard: Sent[Book], key: New[Key], spare: New[Key], colour: Pick[Colour]) -> To[Desk, Handed]:
        """Let a room of some colour."""
        return To(evolve(before, rooms=before.rooms | {Let(key, spare, colour)}), Handed(key, spare))

    def known(before: Desk, heard: Sent[Knock]) -> bool:
        """The key is that of a room that is let."""
        return any(room.key == heard.message.key for room in before.rooms)

    @desk.transition("toy")
    @when(known)
    def greet(before: Desk, heard: Sent[Knock]) -> To[Desk]:
        """Open the door."""
        return To(before)

    @desk.transition("toy", otherwise=greet)
    def turn_out(before: Desk, heard: Sent[Knock]) -> To[Desk]:
        """Do not open."""
        return To(before)

    @desk.transition("toy")
    def change_lock(before: Desk, room: Pick[Let], key: New[Key]) -> To[Desk]:
        """Give a room another key, which nobody has yet."""
        return To(evolve(before, rooms=before.rooms - {room} | {evolve(room, spare=key)}))

    @desk.transition("toy")
    def change_master(before: Desk, key: New[Key]) -> To[Desk]:
        """Take another master key."""
        return To(evolve(before, master=key))

    @desk.transition("toy")
    def evict(before: Desk, room: Pick[Let]) -> To[Desk]:
        """Let a room no more."""
        return To(evolve(before, rooms=before.rooms - {room}))

    calls = Exchange("calls", "guest", {Book: "desk", Handed: ASKER})
    return Protocol("hotel", (desk, guests()), (calls, Instant("door", ("guest",), {Knock: "desk"})))


@frozen
class Link:
    """An address with a key in it."""

    key: Key


@frozen
class Mail:
    """A link for one site."""

    link: Link
    target: Site


@frozen
class Holding:
    """A key came."""

    key: Key


def mailing() -> Protocol:
    """Make a sender that posts a link with a fresh key to one origin, again and again."""
    sender = Machine("sender", initial=Calm(), phases=(Calm, Busy), origin=lambda _: Site.HERE, window=Pane.LEFT)
    reader = Machine("reader", initial=Calm(), phases=(Calm, Holding), origin=lambda _: Site.THERE, window=Pane.RIGHT)

    @sender.transition("toy")
    def mail(before: Calm, key: New[Key]) -> To[Busy, Mail]:
        """Post a link."""
        return To(Busy(), Mail(Link(key), Site.THERE))

    @sender.transition("toy")
    def rest(before: Busy) -> To[Calm]:
        """Be calm again."""
        return To(Calm())

    def from_here(before: Calm | Holding, heard: Posted[Mail]) -> bool:
        """It comes from where it should."""
        return heard.origin is Site.HERE and heard.source is Pane.LEFT

    @reader.transition("toy")
    @when(from_here)
    def keep(before: Calm | Holding, heard: Posted[Mail]) -> To[Holding]:
        """Keep the key."""
        return To(Holding(heard.message.link.key))

    return Protocol("mailing", (sender, reader), (Post("post", "sender", "reader", (Mail,)),))


@always("toy")
def never_holding(reader: Holding) -> bool:
    """The reader never has a key."""
    return False


@frozen
class Lease:
    """A key, and whether its time is over."""

    key: Key
    over: bool = False


@frozen
class Office:
    """The leases."""

    leases: frozenset[Lease] = registry()


@frozen
class Apply:
    """The request for a lease."""


@frozen
class Grant:
    """A lease's key."""

    key: Key


TIME = Capability("time", "It passes.")


def leasing() -> Protocol:
    """Make an office whose leases lapse, and a tenant who rests, and leaves by a timer."""
    office = Machine("office", initial=Office(), phases=(Office,))
    tenant = Machine("tenant", initial=Calm(), phases=(Calm, Busy, Holding))

    @tenant.transition("toy")
    def apply(before: Calm) -> To[Busy, Apply]:
        """Ask for a lease."""
        return To(Busy(), Apply())

    @office.transition("toy")
    def grant(before: Office, heard: Sent[Apply], key: New[Key]) -> To[Office, Grant]:
        """Give a lease."""
        return To(Office(before.leases | {Lease(key)}), Grant(key))

    @tenant.transition("toy")
    def accept(before: Busy, heard: Sent[Grant]) -> To[Holding]:
        """Take it."""
        return To(Holding(heard.message.key))

    @tenant.transition("toy")
    def rest(before: Holding) -> To[Holding]:
        """Do nothing."""
        return To(before)

    @tenant.transition("toy")
    def leave(before: Holding) -> To[Calm]:
        """Give the lease up."""
        return To(Calm())

    def running(before: Office, lease: Lease) -> bool:
        """It is not over."""
        return not lease.over

    @office.transition("toy", capability=TIME)
    @when(running)
    def lapse(before: Office, lease: Pick[Lease]) -> To[Office]:
        """Let it be over."""
        return To(Office(before.leases - {lease} | {evolve(lease, over=True)}))

    desk = Instant("desk", ("tenant",), {Apply: "office", Grant: ASKER})
    return Protocol("leasing", (office, tenant), (desk,), (TIME,))


def note_leases(world: World, act: Act) -> None:
    """Note when leases are over, and since when the tenant has one."""
    world.notes[act.name] = world.run.now
    for said in act.said:
        if isinstance(said, Grant):
            world.notes[said.key] = world.run.now + 10


def lapses(world: World) -> Iterator[Deadline]:
    """Give the end of each lease that the tenant still has."""
    for lease in world.phase("office").leases:
        if lease.key in world.reading.alive and not lease.over:
            yield Deadline(world.notes[lease.key], "lapse", lease)


def lapses_again(world: World) -> Iterator[Deadline]:
    """Give the end of leases that are over, too."""
    for lease in world.phase("office").leases:
        if lease.key in world.reading.alive:
            yield Deadline(world.notes[lease.key], "lapse", lease)


def when_due(world: World, chosen: Detailed) -> float:
    """Let the tenant leave five seconds after it came, and leases lapse at their end."""
    name = chosen.step.micros[0].name
    if name == "leave":
        return float(world.notes["accept"]) + 5
    return min((d.at for d in lapses(world)), default=world.run.now) if name == "lapse" else world.run.now


CLOCK = Concretion(deadlines=lapses, due=when_due, note=note_leases, pauses=(0.0, 0.5, 3.0, 30.0))


@frozen
class Heard:
    """The colours that were heard last."""

    colour: Colour | None = None


@frozen
class Say:
    """A colour."""

    colour: Colour


@frozen
class Rumour:
    """A colour, as neighbours tell it."""

    colour: Colour


NEIGHBOUR = Capability("neighbour", "It is overheard.")


def gossiping() -> Protocol:
    """Make a speaker, and a listener who hears colours from it, or from a neighbour until the first one came."""
    speaker = Machine("speaker", initial=Calm(), phases=(Calm,))
    stranger = Machine("stranger", initial=Busy(), phases=(Busy, Calm))
    listener = Machine("listener", initial=Heard(), phases=(Heard,))

    @speaker.transition("toy")
    def speak(before: Calm, colour: Pick[Colour]) -> To[Calm, Say]:
        """Say a colour."""
        return To(before, Say(colour))

    @stranger.transition("toy", capability=NEIGHBOUR)
    def spread(before: Busy, colour: Pick[Colour]) -> To[Calm, Rumour]:
        """Tell a colour, once."""
        return To(Calm(), Rumour(colour))

    @listener.transition("toy")
    def listen(before: Heard, heard: Sent[Say]) -> To[Heard]:
        """Note it."""
        return To(Heard(heard.message.colour))

    @listener.transition("toy")
    def overhear(before: Heard, heard: Sent[Rumour]) -> To[Heard]:
        """Note it, too."""
        return To(Heard(heard.message.colour))

    air = Instant("air", ("speaker",), {Say: "listener"})
    rumours = Instant("rumours", ("stranger",), {Rumour: "listener"})
    return Protocol("gossiping", (speaker, stranger, listener), (air, rumours), (NEIGHBOUR,))


def to_neighbours(world: World, act: Act) -> Iterable[tuple[str, object]]:
    """Tell the neighbours all that the listener hears from its speaker."""
    return [("spread", act.after.colour)] if act.name == "listen" else []


# -- taking steps ------------------------------------------------------------------------------------


def check_of(protocol: Protocol, concretion: Concretion = OPAQUE, properties: Sequence[Property] = (), **more: Any) -> Check:
    """Make a check of a protocol."""
    return Check(Semantics(protocol), properties, concretion, **more)


def take(check: Check, run: Run, name: str, world: int = 0, pause: float = 0.0) -> tuple[Taken | None, Trouble | None]:
    """Take the first step that begins with a transition."""
    return check.take(run, world, run.worlds[world].options.named[name][0], pause)


def trouble(check: Check, *names: str) -> Trouble | None:
    """Take steps, one after the other, up to the first trouble."""
    run = check.start({})
    for name in names:
        found = take(check, run, name)[1]
        if found is not None:
            return found
    return None


def walked(check: Check, runs: int = 8, steps: int = 80, seed: int = 0) -> Walks:
    """Take random runs up to the first trouble."""
    walker, done = Walker(check), Walks()
    for number in range(runs):
        done = done.and_then(walker.run(seed, number, steps))
        if done.failure is not None:
            break
    return done


# -- refinement --------------------------------------------------------------------------------------

TOYS: dict[str, tuple[Callable[[], Protocol], set[str]]] = {
    "posts to an origin": (mailing, {"mail", "keep"}),
    "posts to another origin": (lambda: navigating(Origin.EMBED), {"hear_there", "frame drops it"}),
    "posts to anybody": (lambda: navigating(None), {"hear_there", "frame drops it"}),
    "posts in order": (lambda: two_numbers(fifo=True), {"hear_posted"}),
    "posts on and on": (lambda: ring(3), {"give_0", "give_1", "give_2"}),
    "forged posts": (lambda: forging(guarded=True), {"forge", "frame drops it"}),
    "exchanges that overtake": (lambda: two_numbers(fifo=False), {"hear_sent"}),
    "exchanges with losses": (lossy, {"lose_request_on_http", "lose_answer_on_http", "give_up"}),
    "coalesced exchanges with losses": (lambda: lossy(coalesced=True), {"lose_request_on_http", "give_up"}),
    "signals": (lambda: signalling(lost=False), {"signal", "server drops it"}),
    "signals with losses": (lambda: signalling(lost=True), {"lose_request_on_bell", "client drops it"}),
    "instants that answer": (calling, {"respond", "receive"}),
    "lifetimes": (lambda: reloading(ends=True), {"reload", "hear"}),
    "registries and memories": (leaking, {"replay", "redeem", "overhear"}),
    "otherwise": (lambda: knocking(otherwise=True), {"turn_away", "let_in", "door drops it"}),
    "rows, names and enums": (hotel, {"let", "knock", "greet", "turn_out", "evict", "change_lock", "change_master"}),
    "time": (leasing, {"lapse", "leave"}),
    "rumours": (gossiping, {"spread", "overhear", "speak"}),
}


@pytest.mark.parametrize("toy", TOYS)
def test_a_run_refines_the_model(toy: str) -> None:
    """However a run goes, over opaque texts it does what the model does, and says and reaches the same."""
    make, expected = TOYS[toy]
    done = walked(check_of(make()), runs=60, steps=40)
    assert done.failure is None
    assert expected <= set(done.fired)


@pytest.mark.parametrize("toy", TOYS)
def test_runs_beside_each_other_refine_the_model(toy: str) -> None:
    """Three lifecycles at once are three runs of the model, and share no name."""
    check = check_of(TOYS[toy][0](), embeds=3)
    assert walked(check, runs=5, steps=60).failure is None


def test_a_run_with_a_clock_refines_the_model() -> None:
    """What time forces is what the model allows, in one lifecycle and in two."""
    for embeds in (1, 2):
        done = walked(check_of(leasing(), CLOCK, embeds=embeds), runs=20)
        assert done.failure is None
        assert {"lapse", "leave", "rest"} <= set(done.fired)


def test_a_state_beside_a_run_is_what_its_values_stand_for() -> None:
    """The values are the run's own: names are never renumbered or used again, and rows are never forgotten."""
    check = check_of(hotel())
    run = check.start({})
    for _ in range(3):
        for name in ("book", "let", "move_in", "leave"):
            assert take(check, run, name)[1] is None
    world = run.worlds[0]
    rooms = world.phase("desk").rooms
    assert {(room.key, room.spare) for room in rooms} == {(Key(1), Key(2)), (Key(3), Key(4)), (Key(5), Key(6))}
    assert world.phase("desk").master == Key(0)
    abstract = check.semantics.values(world.state)["desk"]
    assert isinstance(abstract, Desk)
    assert not abstract.rooms
    assert agrees(abstract, world.phase("desk"), world.reading)


@frozen
class Meter:
    """What somebody remembers, and a tick."""

    keys: frozenset[Key] = memory()


def test_what_is_picked_on_hearing_something_is_alive() -> None:
    """Where the model has forgotten all that could be picked, nothing is picked in reality either."""
    teller = Machine("teller", initial=Calm(), phases=(Calm,))
    thief = Machine("thief", initial=Meter(), phases=(Meter,))

    @teller.transition("toy")
    def tell(before: Calm, key: New[Key]) -> To[Calm, Knock]:
        """Say a key that nobody but the thief notes."""
        return To(before, Knock(key))

    @teller.transition("toy")
    def ring_bell(before: Calm) -> To[Calm, Book]:
        """Ring."""
        return To(before, Book())

    @thief.transition("toy")
    def remember(before: Meter, heard: Sent[Knock]) -> To[Meter]:
        """Note the key."""
        return To(Meter(before.keys | {heard.message.key}))

    @thief.transition("toy")
    def drop_one(before: Meter, heard: Sent[Book], key: Pick[Key]) -> To[Meter]:
        """Throw one away when it rings."""
        return To(Meter(before.keys - {key}))

    air = Instant("air", ("teller",), {Knock: "thief", Book: "thief"})
    assert trouble(check_of(Protocol("dead", (teller, thief), (air,))), "tell", "ring_bell") is None


# -- texts -------------------------------------------------------------------------------------------


def test_every_name_has_a_text_of_its_own() -> None:
    """Minted names are numbered by their sort, each with its text, which reads as that name again."""
    texts = Texts(lambda name: f"<{name!r}>")
    assert [texts.mint(Key), texts.mint(Key), texts.mint(Bill)] == [Key(0), Key(1), Bill(0)]
    assert texts.of(Key(1)) == "<key-2>"
    assert texts.read((Bill, Key), "<key-2>") == Key(1)
    assert list(texts.minted(Key)) == ["<key-1>", "<key-2>"]
    assert list(texts.minted(Tok)) == []
    assert texts.of(Key(-1)) == "<key-of-theirs>"
    assert texts.read((Key,), "<key-of-theirs>") == Key(-1)


def test_two_names_of_one_text_are_refused() -> None:
    """A concretion that spells two names of a sort alike cannot be used; names of two sorts may read alike."""
    texts = Texts(lambda name: "same")
    texts.mint(Key)
    assert texts.of(Bill(0)) == "same"
    with pytest.raises(EffectError, match="key-2 and key-1 both read 'same'; make every text a fresh one"):
        texts.mint(Key)
    assert trouble_of_spelling("same", "mail") is None
    with pytest.raises(EffectError, match="both read 'same'"):
        trouble_of_spelling("same", "mail", "rest", "mail")


def trouble_of_spelling(text: str, *names: str) -> Trouble | None:
    """Take steps where every name reads the same."""
    return trouble(check_of(mailing(), Concretion(spell=lambda run, name: text)), *names)


def test_a_text_that_nobody_minted_is_a_stray() -> None:
    """A stray text is read as one name, always the same and none that was minted, and says so again."""
    texts = Texts(repr)
    minted = {texts.mint(Key) for _ in range(3)}
    stray, other = texts.read((Key, Bill), "nobody"), texts.read((Key, Bill), "nothing")
    assert isinstance(stray, Key)
    assert stray not in minted
    assert stray != other
    assert texts.read((Bill, Key), "nobody") == stray
    assert texts.of(stray) == "nobody"
    assert texts.mint(Key) == Key(3)


def test_opaque_texts_tell_their_sort_and_no_more() -> None:
    """Texts of two runs with different salts have nothing in common but the sort."""
    check = check_of(mailing())
    spelled = []
    for salt in (1, 1, 2):
        run = check.start({"salt": salt})
        spelled.append([run.texts.of(run.texts.mint(Key)) for _ in range(2)])
    assert spelled[0] == spelled[1]
    assert len({*spelled[0], *spelled[2]}) == 4
    assert all(text.startswith("key-") and len(text) == 28 for text in spelled[0])


# -- the wire ----------------------------------------------------------------------------------------

REFUSALS = (ClassValidationError, KeyError, TypeError, ValueError)


@frozen
class Tag:
    """A part of a message."""

    key: Key
    size: int


@frozen
class Label:
    """Another part of a message, with the same fields."""

    key: Key
    size: int


@frozen
class Parcel:
    """A message with a field of many kinds."""

    key: Key
    either: Key | Bill
    perhaps: Bill | None
    absent: Bill | None
    colour: Colour
    hue: Colour | None
    tag: Tag
    sticker: Tag | Label
    keys: tuple[Key, ...]
    mixed: tuple[Key | Bill, ...]
    stickers: tuple[Tag | Label, ...]
    pair: tuple[Key, int]
    count: int
    text: str
    fragile: bool
    weight: float
    limit: int | None
    theirs: Key


@frozen
class Bag:
    """A message with sets."""

    keys: frozenset[Key]
    tags: frozenset[Tag]
    colours: frozenset[Colour]


@frozen
class Choice:
    """A message with a part that is one of two sorts, or none."""

    name: Key | Bill | None


@frozen
class Sticker:
    """A message with a part of one of two classes, or none."""

    part: Tag | Label | None


@frozen
class Count:
    """A message with plain parts."""

    number: int = 0
    text: str = ""
    yes: bool = False
    keys: tuple[Key, ...] = ()


def parcels() -> Check:
    """Make a check of a protocol that carries these messages."""
    sender = Machine("sender", initial=Calm(), phases=(Calm,))
    taker = Machine("taker", initial=Calm(), phases=(Calm,))
    kinds = (Parcel, Bag, Choice, Sticker, Count)
    return check_of(Protocol("parcels", (sender, taker), (Post("cart", "sender", "taker", kinds),)))


def parcel(run: Run) -> Parcel:
    """Make a parcel with a run's names."""
    key, other, bill = run.texts.mint(Key), run.texts.mint(Key), run.texts.mint(Bill)
    return Parcel(
        key=key,
        either=bill,
        perhaps=bill,
        absent=None,
        colour=Colour.GREEN,
        hue=Colour.RED,
        tag=Tag(other, 3),
        sticker=Label(key, 4),
        keys=(key, other, key),
        mixed=(bill, key),
        stickers=(Tag(key, 1), Label(key, 1)),
        pair=(other, 7),
        count=-5,
        text="\u00e9\n\"'#&",
        fragile=True,
        weight=1.5,
        limit=None,
        theirs=Key(-1),
    )


def test_what_is_written_is_read_again() -> None:
    """Every kind of field comes back as it was: names as their texts, and classes told apart by their names."""
    check = parcels()
    run = check.start({})
    sent = parcel(run)
    text = check.wire.write(sent)
    assert check.wire.read(text) == sent
    data = json.loads(text)["data"]
    assert data["either"] == run.texts.of(Bill(0))
    assert (data["absent"], data["colour"]) == (None, "GREEN")
    assert data["sticker"] == {"type": "Label", "data": {"key": run.texts.of(Key(0)), "size": 4}}


def test_sets_are_written_and_read_again() -> None:
    """A message may hold sets of names, of enums and of classes."""
    check = parcels()
    run = check.start({})
    key = run.texts.mint(Key)
    sent = Bag(frozenset({key, run.texts.mint(Key)}), frozenset({Tag(key, 1)}), frozenset(Colour))
    assert check.wire.read(check.wire.write(sent)) == sent


def test_unions_with_none_are_written_and_read_again() -> None:
    """A union of sorts or of classes may allow None as well."""
    check = parcels()
    run = check.start({})
    key, bill = run.texts.mint(Key), run.texts.mint(Bill)
    for sent in (Choice(key), Choice(bill), Choice(None), Sticker(Tag(key, 1)), Sticker(Label(key, 1)), Sticker(None)):
        assert check.wire.read(check.wire.write(sent)) == sent


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"key": 3},
        {"key": None},
        {"either": ["x"]},
        {"perhaps": 3},
        {"colour": "PINK"},
        {"colour": "green"},
        {"colour": 2},
        {"tag": 3},
        {"tag": {"key": "x"}},
        {"tag": {"key": "x", "size": 1, "more": 1}},
        {"sticker": {"type": "Parcel", "data": {}}},
        {"sticker": {"key": "x", "size": 1}},
        {"keys": [1]},
        {"pair": ["x"]},
        {"count": "many"},
    ],
    ids=str,
)
def test_what_is_no_message_is_not_read(change: dict[str, Any]) -> None:
    """An unknown key, an unknown class or member, and what is no text where a name belongs raise."""
    check = parcels()
    found = json.loads(check.wire.write(parcel(check.start({}))))
    found["data"] |= change
    with pytest.raises(REFUSALS):
        check.wire.read(json.dumps(found))


@pytest.mark.parametrize("missing", ["key", "absent", "count", "tag"])
def test_what_is_missing_is_not_read(missing: str) -> None:
    """Every field without a default must be there."""
    check = parcels()
    found = json.loads(check.wire.write(parcel(check.start({}))))
    del found["data"][missing]
    with pytest.raises(REFUSALS):
        check.wire.read(json.dumps(found))


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '{"type":"Stranger","data":{}}', '{"type":"Count"}'])
def test_other_texts_are_no_message(text: str) -> None:
    """Anything but a message of the protocol raises."""
    check = parcels()
    check.start({})
    with pytest.raises(REFUSALS):
        check.wire.read(text)


@pytest.mark.parametrize("change", [{"number": "3"}, {"number": 3.5}, {"text": 3}, {"yes": "no"}, {"keys": "ab"}], ids=str)
def test_nothing_is_converted(change: dict[str, Any]) -> None:
    """A value of another type is refused, and not made one that fits."""
    check = parcels()
    check.start({})
    with pytest.raises(REFUSALS):
        check.wire.read(json.dumps({"type": "Count", "data": {"number": 0, "text": "", "yes": False, "keys": []} | change}))


def test_a_form_says_how_values_read() -> None:
    """Where a class has a form its functions write and read it, with the run, and inside of other values, too."""

    def write(run: Run, link: Link) -> str:
        return f"https://there.example/#{run.texts.of(link.key)}/{run.setup['flavour']}"

    def read(run: Run, text: str) -> Link:
        return Link(run.texts.read((Key,), text.partition("#")[2].partition("/")[0]))

    written: list[str] = []

    def note(world: World, act: Act) -> None:
        written.extend(json.loads(text)["data"]["link"] for text in act.said_texts)

    concretion = Concretion(options={"flavour": ("plain", "mint")}, forms={Link: Form(write, read)}, note=note)
    check = check_of(mailing(), concretion)
    run = check.start({"flavour": "mint"})
    assert all(take(check, run, name)[1] is None for name in ("mail", "keep", "rest", "mail", "keep"))
    assert written == [f"https://there.example/#{text}/mint" for text in run.texts.minted(Key)]
    assert check.wire.text_of(Link(Key(0))) == written[0]
    assert check.wire.read_as(Link, written[0]) == Link(Key(0))


# -- agreeing ----------------------------------------------------------------------------------------


@frozen
class Row:
    """A row whose first name may be missing."""

    perhaps: Key | None
    key: Key


@frozen
class Club:
    """A row that is known by its members."""

    members: frozenset[Key]


@frozen
class Ledger:
    """Rows of several kinds, which are kept only while referred to."""

    rows: tuple[Row, ...] = registry()
    clubs: frozenset[Club] = registry()
    pairs: frozenset[Inside] = memory()
    colours: frozenset[Colour] = registry()


def reading(**names: int) -> Reading:
    """Read keys: ``k0=3`` reads the model's first key as the run's fourth."""
    return Reading({Key(int(name[1:])): Key(number) for name, number in names.items()})


def test_names_agree_by_the_reading() -> None:
    """A name stands for the one that it is read as, and a constant for itself."""
    read = reading(k0=3)
    assert agrees(Key(0), Key(3), read)
    assert not agrees(Key(0), Key(0), read)
    assert not agrees(Key(1), Key(3), read)
    assert not agrees(Key(0), Bill(3), read)
    assert agrees(Key(-1), Key(-1), read)
    assert not agrees(Key(-1), Key(-2), read)
    assert not agrees(Key(-1), Key(3), read)
    assert agrees(Inside(Key(0), Key(-1)), Inside(Key(3), Key(-1)), read)


def test_values_agree_part_by_part() -> None:
    """Classes, members and plain values must be the same, and the order of a tuple matters."""
    read = reading(k0=5, k1=4)
    assert agrees((Key(0), Key(1)), (Key(5), Key(4)), read)
    assert not agrees((Key(0), Key(1)), (Key(4), Key(5)), read)
    assert not agrees((Key(0),), (Key(5), Key(4)), read)
    assert agrees(Heard(Colour.RED), Heard(Colour.RED), read)
    assert not agrees(Heard(Colour.RED), Heard(Colour.BLUE), read)
    assert not agrees(Heard(Colour.RED), Heard(None), read)
    assert not agrees(Calm(), Busy(), read)
    assert not agrees((1,), (True,), read)
    assert not agrees(Tag(Key(0), 1), Label(Key(5), 1), read)


def test_a_set_agrees_whole() -> None:
    """Outside of registries nothing is forgotten: a set has the same items, in whatever order."""
    read = reading(k0=5, k1=4)
    assert agrees(frozenset({Key(0), Key(1)}), frozenset({Key(4), Key(5)}), read)
    assert not agrees(frozenset({Key(0)}), frozenset({Key(4), Key(5)}), read)
    assert not agrees(frozenset({Key(0), Key(1)}), frozenset({Key(5), Key(6)}), read)
    assert agrees(frozenset({Tag(Key(0), 1), Tag(Key(0), 2)}), frozenset({Tag(Key(5), 2), Tag(Key(5), 1)}), read)


def test_forgotten_rows_may_be_left_over_and_live_ones_may_not() -> None:
    """A row that the model has forgotten stays in reality; one whose names are alive must be in both."""
    read = reading(k0=5, k1=4)
    one, two = Let(Key(0), Key(1), Colour.RED), Let(Key(5), Key(4), Colour.RED)
    dead = Let(Key(7), Key(8), Colour.RED)
    desk = Desk(Key(-1), frozenset({one}))
    assert agrees(desk, Desk(Key(-1), frozenset({two, dead})), read)
    assert agrees(Desk(Key(-1)), Desk(Key(-1), frozenset({dead})), read)
    assert not agrees(desk, Desk(Key(-1), frozenset({dead})), read)
    assert not agrees(desk, Desk(Key(-1), frozenset({evolve(two, colour=Colour.BLUE)})), read)
    assert not agrees(Desk(Key(-1)), Desk(Key(-1), frozenset({two})), read)
    assert not agrees(desk, Desk(Key(-1), frozenset({two, evolve(two, colour=Colour.BLUE)})), read)


def test_rows_without_names_are_never_left_over() -> None:
    """What holds no name is never forgotten."""
    assert agrees(Ledger(colours=frozenset(Colour)), Ledger(colours=frozenset(Colour)), reading())
    assert not agrees(Ledger(), Ledger(colours=frozenset({Colour.RED})), reading())
    assert not agrees(Ledger(colours=frozenset({Colour.RED})), Ledger(), reading())


LIVE, SAME = Row(Key(0), Key(1)), Row(Key(5), Key(4))
FORGOTTEN = {
    "a row without its first name": (Ledger(rows=(LIVE,)), Ledger(rows=(SAME, Row(None, Key(9))))),
    "a row whose first name is a constant": (Ledger(rows=(LIVE,)), Ledger(rows=(SAME, Row(Key(-1), Key(9))))),
    "a row beside a live one that has no first name either": (
        Ledger(rows=(LIVE, Row(None, Key(0)))),
        Ledger(rows=(SAME, Row(None, Key(9)), Row(None, Key(5)))),
    ),
    "a memory's item with a live name": (Ledger(), Ledger(pairs=frozenset({Inside(Key(5), Key(9))}))),
    "a memory's item beside one of the same name": (
        Ledger(pairs=frozenset({Inside(Key(0), Key(1))})),
        Ledger(pairs=frozenset({Inside(Key(5), Key(9)), Inside(Key(5), Key(4))})),
    ),
}


@pytest.mark.parametrize("left", FORGOTTEN)
def test_what_the_model_forgets_may_be_left_over(left: str) -> None:
    """The model forgets a row without a live name, and a memory's item with a dead one, wherever the names stand."""
    abstract, concrete = FORGOTTEN[left]
    assert agrees(abstract, concrete, reading(k0=5, k1=4))


def test_a_row_may_be_known_by_a_set() -> None:
    """Rows that hold their names in a set agree whatever the numbers of those are."""
    abstract, concrete = Ledger(clubs=frozenset({Club(frozenset({Key(0), Key(1)}))})), Club(frozenset({Key(5), Key(4)}))
    assert agrees(abstract, Ledger(clubs=frozenset({concrete})), reading(k0=5, k1=4))


# -- planted faults ----------------------------------------------------------------------------------

BASE = "https://there.example/"


def spell_oddly(run: Run, name: Name) -> str:
    """Spell names with all that addresses trip over."""
    return f"Key&{name.number}=A#B"


def read_query(run: Run, text: str) -> Link:
    """Read the key from the query, as it should be."""
    return Link(run.texts.read((Key,), parse_qs(urlsplit(text).query, strict_parsing=True)["key"][0]))


def fail(run: Run, value: Any) -> Any:
    """Fail."""
    raise LookupError("no such thing")


FAULTS: dict[str, tuple[Form, str, str, str]] = {
    "a reader that truncates": (
        Form(lambda run, link: run.texts.of(link.key), lambda run, text: Link(run.texts.read((Key,), text.partition("#")[0]))),
        "keep",
        "what is heard",
        "Mail(link=Link(key=key-1)",
    ),
    "a writer that forgets to encode": (
        Form(lambda run, link: f"{BASE}?key={run.texts.of(link.key)}", read_query),
        "keep",
        "what is heard",
        "Key&0=A#B",
    ),
    "a writer that changes case": (
        Form(lambda run, link: run.texts.of(link.key).lower(), lambda run, text: Link(run.texts.read((Key,), text))),
        "keep",
        "what is heard",
        "key&0=a#b",
    ),
    "a writer that raises": (Form(fail, fail), "mail", "what is said", "LookupError('no such thing')"),
    "a writer of what is no JSON": (Form(lambda run, link: {1, 2}, fail), "mail", "what is said", "it cannot be written"),
    "a reader that raises": (Form(lambda run, link: "x", fail), "keep", "what is heard", "LookupError('no such thing')"),
    "a reader that gives something else": (
        Form(lambda run, link: "x", lambda run, text: text),
        "keep",
        "what is heard",
        "link='x'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_form_is_a_mismatch(fault: str) -> None:
    """The act and the difference are named, and both sides shown, with the text in which they differ."""
    form, act, what, shows = FAULTS[fault]
    check = check_of(mailing(), Concretion(spell=spell_oddly, forms={Link: form}))
    found = trouble(check, "mail", "keep")
    assert found is not None
    assert (found.breaks, found.world) == (REFINEMENT, 0)
    assert found.detail.startswith(f"{act}: {what} differs; the model has ")
    assert "; in reality it is " in found.detail
    assert shows in found.detail
    random = walked(check)
    assert random.failure is not None
    assert random.failure.breaks == REFINEMENT


def test_an_address_that_is_read_wrongly_is_a_mismatch() -> None:
    """The origin that a message comes from crosses the wire as the concretion writes it."""
    sites: dict[type, Form] = {Site: Form(lambda run, site: f"{site.value}:443", lambda run, text: Site(text))}
    found = trouble(check_of(mailing(), Concretion(forms=sites)), "mail", "keep")
    assert found is not None
    assert found.detail.startswith("keep: what is heard differs")
    assert "example:443' is not a valid Site" in found.detail


def test_a_reality_in_which_a_guard_answers_otherwise_is_a_mismatch() -> None:
    """What the guards allow on the run's own values is what they allow in the model."""
    check = check_of(hotel())
    run = check.start({})
    for name in ("book", "let", "move_in"):
        take(check, run, name)
    run.worlds[0].phases[0] = Desk(Key(0))
    found = take(check, run, "knock")[1]
    assert found is not None
    assert found.detail == "greet: what can happen differs; the model has ['greet']; in reality it is ['turn_out']"


def test_what_is_in_flight_is_counted() -> None:
    """A signal that reads otherwise each time it is given is no signal: there are more of it in flight than the model has."""
    turns = iter(range(100))
    bells: dict[type, Form] = {Ask: Form(lambda run, ask: {"turn": next(turns)}, lambda run, data: Ask())}
    check = check_of(signalling(lost=False), Concretion(forms=bells))
    assert trouble(check, "signal") is None
    found = trouble(check, "signal", "signal")
    assert found is not None
    assert found.detail.startswith("signal: what is in flight on bell differs; the model has (Sent(message=Ask(), ")


def counting() -> Protocol:
    """Make a machine that does what it must not: it looks at the numbers of its names."""
    holder = Machine("holder", initial=Inside(Key(0), Key(1)), phases=(Inside,), origin=site_of)
    wall = Machine("wall", initial=Calm(), phases=(Calm,))

    @holder.transition("toy")
    def swap(before: Inside) -> To[Inside]:
        """Exchange the keys."""
        return To(Inside(before.spare, before.key))

    @holder.transition("toy")
    def sort(before: Inside) -> To[Inside]:
        """Put the lower one first."""
        return To(Inside(min(before.key, before.spare), max(before.key, before.spare)))

    @holder.transition("toy")
    def tell_lower(before: Inside) -> To[Inside, Knock]:
        """Say the lower one."""
        return To(before, Knock(min(before.key, before.spare)))

    def in_order(before: Inside) -> bool:
        """The lower one comes first."""
        return before.key < before.spare

    @holder.transition("toy")
    @when(in_order)
    def be_content(before: Inside) -> To[Inside]:
        """See that they are in order."""
        return To(before)

    @wall.transition("toy")
    def call(before: Calm) -> To[Calm, Mail]:
        """Post something to where the holder is."""
        return To(before, Mail(Link(Key(-1)), Site.HERE))

    @holder.transition("toy")
    def answer(before: Inside, heard: Posted[Mail]) -> To[Inside]:
        """Hear it."""
        return To(before)

    air, post = Instant("air", ("holder",), {Knock: "wall"}), Post("post", "wall", "holder", (Mail,))
    return Protocol("counting", (holder, wall), (air, post))


def site_of(phase: Inside) -> Site:
    """Give an origin that depends on a number, as it must not."""
    return Site.HERE if phase.key < phase.spare else Site.THERE


@pytest.mark.parametrize(
    ("coming", "says"),
    [
        (["sort"], "sort: the phase reached differs; the model has Inside(key=key-1, spare=key-2); in reality it is Inside("),
        (["tell_lower"], "tell_lower: what is said differs; the model has (Knock(key=key-1),); in reality it is (Knock("),
        (["be_content"], "be_content: whether it can happen differs; the model has it can; in reality it is a guard refuses it"),
        (["call", "answer"], "answer: whether the target origin fits differs; the model has True; in reality it is False"),
    ],
    ids=lambda item: str(item[-1]) if isinstance(item, list) else "",
)
def test_who_looks_at_the_numbers_of_names_is_found_out(coming: list[str], says: str) -> None:
    """The model numbers names anew, and reality does not: what depends on numbers differs, wherever it shows."""
    assert trouble(check_of(counting()), *coming) is None
    found = trouble(check_of(counting()), "swap", *coming)
    assert found is not None
    assert found.breaks == REFINEMENT
    assert found.detail.startswith(says)


# -- time --------------------------------------------------------------------------------------------


def applied(check: Check) -> Run:
    """Start a run with a lease."""
    run = check.start({})
    assert take(check, run, "apply")[1] is None
    return run


def names(taken: Taken | None) -> list[str]:
    """Name what was done."""
    assert taken is not None
    return [act.name for act in taken.acts]


def test_a_timer_moves_the_clock() -> None:
    """A step that has to wait for its timer is taken at that moment, and a pause comes on top."""
    check = check_of(leasing(), CLOCK)
    run = applied(check)
    position = run.worlds[0].options.named["leave"][0]
    assert run.due(0, position) == 5.0
    taken, _ = take(check, run, "leave")
    assert names(taken) == ["leave"]
    assert (run.now, run.hops[-1].pause) == (5.0, 5.0)
    run = applied(check)
    take(check, run, "leave", pause=2.0)
    assert (run.now, run.hops[-1].pause) == (7.0, 7.0)


def test_a_pause_passes_before_a_step() -> None:
    """The clock stands still but for pauses, and a hop tells how long its pause was."""
    check = check_of(leasing(), CLOCK)
    run = applied(check)
    assert run.now == 0.0
    for _ in range(3):
        take(check, run, "rest", pause=2.0)
    assert run.now == 6.0
    assert [hop.pause for hop in run.hops] == [0.0, 2.0, 2.0, 2.0]


def test_a_deadline_comes_before_the_step_that_was_asked_for() -> None:
    """What time forces on the way happens at its moment, instead; asked again, the step is taken."""
    check = check_of(leasing(), CLOCK)
    run = applied(check)
    taken, found = take(check, run, "rest", pause=20.0)
    assert (names(taken), found) == (["lapse"], None)
    assert (run.now, run.hops[-1].pause) == (10.0, 10.0)
    assert names(take(check, run, "rest", pause=20.0)[0]) == ["rest"]
    assert run.now == 30.0


def test_deadlines_come_in_their_order_in_all_worlds() -> None:
    """The first to be due is forced first, in whichever lifecycle; of two at once, that of the first."""
    check = check_of(leasing(), CLOCK, embeds=3)
    run = check.start({})
    for world, pause in ((2, 1.0), (0, 2.0), (1, 0.0)):
        take(check, run, "apply", world, pause)
    happened = []
    for _ in range(4):
        taken, found = take(check, run, "rest", pause=30.0)
        assert found is None
        assert taken is not None
        happened.append((taken.world, names(taken), run.now))
    assert happened == [(2, ["lapse"], 11.0), (0, ["lapse"], 13.0), (1, ["lapse"], 13.0), (0, ["rest"], 43.0)]
    assert [len(run.path(world)) for world in range(3)] == [3, 2, 2]


def test_a_deadline_that_the_model_does_not_allow_is_a_mismatch() -> None:
    """Where a clock forces what cannot happen, both sides are shown, in the lifecycle in which it is due."""
    check = check_of(leasing(), evolve(CLOCK, deadlines=lapses_again), embeds=2)
    run = check.start({})
    take(check, run, "apply", 1)
    take(check, run, "apply", 0, pause=5.0)
    assert names(take(check, run, "rest", 0, pause=6.0)[0]) == ["lapse"]
    taken, found = take(check, run, "rest", 0)
    assert taken is None
    assert found is not None
    assert (found.breaks, found.world) == (REFINEMENT, 1)
    assert found.detail == (
        "lapse: what time does differs; the model has it does not let this happen yet; "
        f"in reality it is due at 10 s: {Lease(Key(0), over=True)}"
    )


def test_pauses_are_drawn_from_the_concretion() -> None:
    """A random run waits before each step as long as one of the pauses."""
    moments: list[float] = []

    def note(world: World, act: Act) -> None:
        moments.append(world.run.now)

    assert walked(check_of(mailing(), Concretion(pauses=(2.0, 3.0), note=note)), runs=1).failure is None
    waits = {later - earlier for earlier, later in pairwise(moments)}
    assert waits == {2.0, 3.0}


# -- side by side ------------------------------------------------------------------------------------


def speak(check: Check, run: Run, world: int, colour: Colour) -> tuple[Taken | None, Trouble | None]:
    """Let the speaker of a lifecycle say a colour, after four seconds."""
    position = find(run.worlds[world], "speak", colour)
    assert position is not None
    return check.take(run, world, position, 4.0)


def test_one_lifecycle_overhears_another() -> None:
    """What the listener of one hears happens to all others in the same instant, as their model has it."""
    check = check_of(gossiping(), Concretion(overheard=to_neighbours), embeds=3)
    run = check.start({})
    taken, found = speak(check, run, 1, Colour.BLUE)
    assert found is None
    assert taken is not None
    assert [(hop.world, hop.pause) for hop in taken.hops] == [(1, 4.0), (0, 0.0), (2, 0.0)]
    assert [world.phase("listener") for world in run.worlds] == [Heard(Colour.BLUE)] * 3
    assert [type(world.phase("stranger")) for world in run.worlds] == [Calm, Busy, Calm]


def test_what_the_model_does_not_have_is_not_overheard() -> None:
    """Where the model of another lifecycle has no such step, nothing happens there."""
    check = check_of(gossiping(), Concretion(overheard=to_neighbours), embeds=2)
    run = check.start({})
    for colour in (Colour.RED, Colour.BLUE):
        speak(check, run, 0, colour)
    assert [world.phase("listener") for world in run.worlds] == [Heard(Colour.BLUE), Heard(Colour.RED)]
    assert len(run.path(1)) == 1


def test_alone_nobody_overhears() -> None:
    """A single lifecycle has no neighbours."""
    check = check_of(gossiping(), Concretion(overheard=to_neighbours))
    run = check.start({})
    taken, _ = take(check, run, "speak")
    assert taken is not None
    assert len(taken.hops) == 1


@wherever("toy")
def never_red(said: Say, place: Place) -> bool:
    """Nobody says red."""
    return said.colour is not Colour.RED


@always("toy")
def no_rumours(stranger: Calm) -> bool:
    """Nobody spreads anything."""
    return False


def test_what_another_lifecycle_overhears_is_judged() -> None:
    """A property that breaks where something is overheard is reported for that lifecycle."""
    check = check_of(gossiping(), Concretion(overheard=to_neighbours), [no_rumours], embeds=2)
    run = check.start({})
    taken, found = take(check, run, "speak", world=1)
    assert taken is not None
    assert found == Trouble("no-rumours", 0)


def test_a_property_is_reported_before_a_mismatch_of_what_is_overheard() -> None:
    """What the step itself breaks is told, although another lifecycle cannot read what it overhears."""
    deaf: dict[type, Form] = {Rumour: Form(lambda run, rumour: "x", fail)}
    check = check_of(gossiping(), Concretion(overheard=to_neighbours, forms=deaf), [never_red], embeds=2)
    assert speak(check, check.start({}), 0, Colour.RED)[1] == Trouble("never-red", 0)


# -- judging -----------------------------------------------------------------------------------------


def test_a_property_is_reported_before_a_mismatch_of_the_same_step() -> None:
    """Where the model's own step breaks a property, that is what is told; without the property, the mismatch is."""
    truncating = Concretion(spell=spell_oddly, forms={Link: FAULTS["a reader that truncates"][0]})
    assert trouble(check_of(mailing(), truncating, [never_holding]), "mail", "keep") == Trouble("never-holding", 0)
    found = trouble(check_of(mailing(), truncating), "mail", "keep")
    assert found is not None
    assert found.breaks == REFINEMENT


def test_a_state_that_was_not_proved_is_reported() -> None:
    """Every state must be among those that the search met; all of a closed search's are."""
    semantics = Semantics(lossy())
    search = Search(semantics, ())
    assert search.run().closed
    assert walked(Check(semantics, (), proved=search.index), runs=20).failure is None
    check = Check(semantics, (), proved={semantics.initial()})
    found = trouble(check, "ask")
    assert found is not None
    assert (found.breaks, found.world) == (PROVED_STATES, 0)
    assert found.detail == "the exhaustive search has not met the state that this run reaches"
    failure = walked(check).failure
    assert failure is not None
    assert (failure.breaks, len(failure.hops)) == (PROVED_STATES, 1)


def test_a_broken_property_is_reported_before_an_unproved_state() -> None:
    """Where a step breaks a property and leaves what was proved, the property is told."""
    semantics = Semantics(mailing())
    first = semantics.initial()
    proved = {first, *(state for state, _ in semantics.successors(first))}
    assert trouble(Check(semantics, [never_holding], proved=proved), "mail", "keep") == Trouble("never-holding", 0)
    found = trouble(Check(semantics, (), proved=proved), "mail", "keep")
    assert found is not None
    assert found.breaks == PROVED_STATES


def recorder(seen: list[str]) -> Watcher:
    """Make a watcher that notes all acts."""

    @watcher("toy")
    def notes_everything() -> Watch:
        """Everything is noted."""

        def watch(world: World, act: Act) -> str | None:
            seen.append(act.name)
            return None

        return watch

    return notes_everything


def test_a_watcher_sees_every_act_once() -> None:
    """Acts within a step, losses, and what falls on the floor are all shown, in order."""
    for make in (lossy, hotel, leaking, lambda: signalling(lost=False), lambda: navigating(None)):
        seen: list[str] = []
        done = walked(check_of(make(), watchers=[recorder(seen)]), runs=5)
        assert Counter(seen) == done.fired


def test_a_watcher_sees_an_act_with_its_own_values_and_texts() -> None:
    """The phases before and after, what was heard and said, and the texts that crossed the wire."""
    acts: list[Act] = []

    @watcher("toy")
    def notes_acts() -> Watch:
        """Acts are noted."""

        def watch(world: World, act: Act) -> str | None:
            acts.append(act)
            return None

        return watch

    check = check_of(mailing(), watchers=[notes_acts])
    assert trouble(check, "mail", "rest", "mail", "keep") is None
    first, _, _, last = acts
    assert (first.machine, first.before, first.heard, first.after) == ("sender", Calm(), None, Busy())
    assert first.said == (Mail(Link(Key(0)), Site.THERE),)
    assert last.heard_text == first.said_texts[0]
    assert last.heard == Posted(first.said[0], Site.HERE, Pane.LEFT)
    assert last.transition is not None
    assert last.after == Holding(Key(0))


@watcher("toy", "toy.other")
def at_most_twice() -> Watch:
    """Nobody knocks three times."""
    count = 0

    def watch(world: World, act: Act) -> str | None:
        nonlocal count
        count += act.name == "knock"
        return f"knocked {count} times" if count > 2 else None

    return watch


def test_a_watchers_finding_is_reported_with_its_name() -> None:
    """The name is the function's, with hyphens; what it says is told; and every run has an observer of its own."""
    assert (at_most_twice.name, at_most_twice.cites) == ("at-most-twice", ("toy", "toy.other"))
    assert at_most_twice.meaning == "Nobody knocks three times."
    check = check_of(hotel(), watchers=[at_most_twice])
    coming = ("book", "let", "move_in", "knock", "knock")
    for _ in range(3):
        assert trouble(check, *coming) is None
    assert trouble(check, *coming, "knock") == Trouble("at-most-twice", 0, "knocked 3 times")
    failure = walked(check, runs=20).failure
    assert failure is not None
    assert (failure.breaks, failure.detail) == ("at-most-twice", "knocked 3 times")
    assert [step.acts[0].name for step in failure.trace.steps].count("knock") == 3


def test_a_watcher_sees_what_is_overheard() -> None:
    """Acts of all lifecycles are shown, those that overhear something too."""
    seen: list[str] = []
    check = check_of(gossiping(), Concretion(overheard=to_neighbours), watchers=[recorder(seen)], embeds=2)
    take(check, check.start({}), "speak")
    assert seen == ["speak", "listen", "spread", "overhear"]


def test_every_act_is_noted() -> None:
    """A concretion's note is shown all that its watchers are shown."""
    noted: list[str] = []
    seen: list[str] = []
    concretion = Concretion(note=lambda world, act: noted.append(act.name))
    walked(check_of(lossy().without("give_up"), concretion, watchers=[recorder(seen)]), runs=20)
    assert Counter(noted) == Counter(seen)


def test_a_run_without_its_loops_breaks_the_same() -> None:
    """A failing run is told without what it did between two visits of a state, with the pauses of what is left."""
    check = check_of(mailing(), Concretion(pauses=(1.0,)), [never_holding])
    failure = walked(check, runs=1, steps=200).failure
    assert failure is not None
    assert failure.breaks == "never-holding"
    assert len({hop.state for hop in failure.hops}) == len(failure.hops)
    assert without_loops(failure.hops) == list(failure.hops)
    run = check.start(failure.setup)
    for hop in failure.hops[:-1]:
        assert check.take(run, 0, hop.position, hop.pause)[1] is None
    assert check.take(run, 0, failure.hops[-1].position, failure.hops[-1].pause)[1] == Trouble("never-holding", 0)


def test_a_run_is_told_whole_where_without_its_loops_it_breaks_nothing() -> None:
    """What only a watcher saw may need the loops: then they are kept."""
    failure = walked(check_of(mailing(), watchers=[third_key()]), runs=1, steps=200).failure
    assert failure is not None
    assert [step.acts[0].name for step in failure.trace.steps].count("mail") == 3


def third_key() -> Watcher:
    """Make a watcher that counts keys."""

    @watcher("toy")
    def no_third_key() -> Watch:
        """There are no three keys."""

        def watch(world: World, act: Act) -> str | None:
            return "three keys" if len(list(world.run.texts.minted(Key))) > 2 else None

        return watch

    return no_third_key


@watcher("toy")
def leaves_early() -> Watch:
    """The tenant leaves before two seconds are over."""

    def watch(world: World, act: Act) -> str | None:
        return f"left at {world.run.now:g} s" if act.name == "leave" else None

    return watch


def test_a_shortened_run_waits_no_longer() -> None:
    """Where a run is taken again to be shortened, a timer fires at the moment at which it did."""
    clock = evolve(CLOCK, deadlines=OPAQUE.deadlines, pauses=(0.0,))
    failure = walked(check_of(leasing(), clock, watchers=[leaves_early]), runs=30).failure
    assert failure is not None
    assert [step.acts[0].name for step in failure.trace.steps][-1] == "leave"
    assert sum(hop.pause for hop in failure.hops) == float(failure.detail.split()[2])
    assert failure.hops[-1].pause <= 5.0


# -- declaring ---------------------------------------------------------------------------------------


def test_an_option_has_values() -> None:
    """An option without a value is refused where it is declared."""
    with pytest.raises(DeclarationError) as caught:
        Concretion(options={"size": ("small",), "colour": ()})
    assert str(caught.value) == "option colour: it has no values; give the plainest first"


def test_a_setup_has_a_value_for_each_option() -> None:
    """Every run draws one of each option's values, and a salt; about every third has the plainest throughout."""
    concretion = Concretion(options={"size": ("small", "big", "huge"), "colour": (None, 3)})
    setups = [concretion.setup(Random(seed)) for seed in range(300)]
    assert {setup["size"] for setup in setups} == {"small", "big", "huge"}
    assert {setup["colour"] for setup in setups} == {None, 3}
    plain = [setup for setup in setups if (setup["size"], setup["colour"]) == ("small", None)]
    assert len(setups) / 3 < len(plain) < len(setups) * 2 / 3
    assert len({setup["salt"] for setup in setups}) == len(setups)
    assert concretion.setup(Random(7)) == concretion.setup(Random(7))


def test_a_watcher_cites_and_means_something() -> None:
    """A watcher without a statement, or without a docstring, is refused where it is declared."""

    def silent() -> Watch:
        return lambda world, act: None

    def homeless() -> Watch:
        """Nothing is asked for."""
        return lambda world, act: None

    with pytest.raises(DeclarationError, match=r"watcher homeless: it cites no statement; cite the id of the statement"):
        watcher()(homeless)
    with pytest.raises(DeclarationError, match=r"watcher silent: it has no docstring; say in a sentence what it means"):
        watcher("toy")(silent)
