"""What nothing reads can be left out: fewer states, the same answers; and whoever reads it is seen."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from attrs import evolve, field, frozen, validators

from launchproof import Machine, Name, Pick, Place, Post, Property, Protocol, To, Transition, always, each_step, when, wherever
from launchproof.cuts import cut_sets
from launchproof.cuts.lifted import Lifted
from launchproof.cuts.lossy import Lossy
from launchproof.cuts.real import Subject
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import FieldReadError, Fields, Unread, Veil, held_by, passed_on
from tests.launchproof.test_cuts import found_by, one_by_one

# -- a shop that sends parcels ---------------------------------------------------------------------------


@frozen
class Parcel:
    """A parcel, of some weight, with a note on it."""

    weight: int
    note: str


class Goods(Enum):
    """What there is to be sent."""

    BOOK = Parcel(1, "a")
    ANVIL = Parcel(30, "b")
    VASE = Parcel(1, "c")


@frozen
class Empty:
    """Nothing is packed."""


@frozen
class Packed:
    """A parcel is packed."""

    parcel: Parcel
    sealed: bool = False
    labels: tuple[str, ...] = ()


@frozen
class Opened:
    """Somebody opened the parcel."""

    parcel: Parcel


shop = Machine("shop", initial=Empty(), phases=(Empty, Packed, Opened), resting=(Empty, Packed, Opened))


def locked(_shop: Packed) -> bool:
    """Nobody gets in."""
    return False


def watched(_shop: Packed) -> bool:
    """Somebody looks."""
    return False


@shop.transition("toy.pack")
def pack(_shop: Empty, goods: Pick[Goods]) -> To[Packed]:
    """Pack a parcel."""
    return To(Packed(goods.value))


@shop.transition("toy.seal")
def seal(shop: Packed) -> To[Packed]:
    """Seal the parcel."""
    return To(evolve(shop, sealed=True))


@shop.transition("toy.send")
def send(_shop: Packed) -> To[Empty]:
    """Send the parcel."""
    return To(Empty())


@shop.transition("toy.open")
@when(locked, "toy.lock")
@when(watched, "toy.watch")
def open_it(shop: Packed) -> To[Opened]:
    """Open the parcel, and look at it."""
    return To(Opened(shop.parcel))


@always("toy.shut")
def stays_shut(shop: Empty | Packed | Opened) -> bool:
    """No parcel is opened."""
    return not isinstance(shop, Opened)


@each_step("toy.same")
def parcel_stays_the_same(before: Packed, after: Packed) -> bool:
    """No parcel changes in the shop."""
    return before.parcel == after.parcel


PROTOCOL = Protocol("shop", (shop,), (), (), ())
WEIGHT, NOTE = (Parcel, "weight"), (Parcel, "note")
BOTH: Fields = frozenset([WEIGHT, NOTE])


def states(protocol: Protocol, without: Fields = frozenset(), properties: tuple[Property, ...] = ()) -> int:
    """Count the states, by both engines."""
    found = [engine(Semantics(protocol, without=without), properties, Limits()).run() for engine in (Search, VectorSearch)]
    assert {r.verdict for result in found for r in result.properties} <= {Verdict.PROVED}
    (count,) = {result.states for result in found}
    return count


def with_transition(function: Callable[..., Any], *guards: Callable[..., bool]) -> Protocol:
    """Give the shop with one more transition."""
    machine = Machine("shop", initial=Empty(), phases=(Empty, Packed, Opened))
    for guard in guards:
        function = when(guard, "toy.more")(function)
    machine.transition("toy.more")(function)
    added: tuple[Transition, ...] = Protocol("more", (machine,), (), (), ()).transitions
    return PROTOCOL.adding(*added)


# -- fewer states ------------------------------------------------------------------------------------------


def test_what_differs_in_nothing_else_is_one_state() -> None:
    """Three parcels make seven states; without the notes two are the same, and without both fields all three are."""
    assert [states(PROTOCOL, without) for without in (frozenset(), frozenset([NOTE]), BOTH)] == [7, 5, 3]


def test_what_goes_along_with_a_whole_is_not_read() -> None:
    """That a parcel stays the same is proved of parcels of which nothing is known: it is the same one."""
    assert states(PROTOCOL, BOTH, (stays_shut, parcel_stays_the_same)) == 3


def test_every_text_and_number_that_is_only_passed_on_is_found() -> None:
    """Fields of phases, and of what they hold, are sought, if they are texts or numbers and nothing checks them."""
    assert passed_on(PROTOCOL, ()) == BOTH


@frozen
class Ticket(Name):
    """A name."""


@frozen
class Letter:
    """A message with all sorts of fields."""

    ticket: Ticket
    urgent: bool
    goods: Goods
    parcels: frozenset[Parcel]
    either: int | None
    checked: int = field(validator=validators.ge(0))
    made: int = field(converter=int)
    pages: int = 0


def test_only_plain_texts_and_numbers_are_left_out() -> None:
    """No names, truth values, members of enums, nor what may be missing, or is checked or converted; messages count."""
    post = Protocol("post", (shop,), (Post("post", "shop", "shop", (Letter,)),), (), ())
    assert passed_on(post, ()) == BOTH | {(Letter, "pages")}


def test_what_is_looked_for_everywhere_is_not_left_out() -> None:
    """A property of all numbers wherever they are looks at each."""

    @wherever("toy.light")
    def is_light(weight: int, place: Place) -> bool:
        """All is light."""
        return weight < 100 and bool(place)

    assert passed_on(PROTOCOL, (is_light,)) == {NOTE}


def test_an_annotation_that_means_nothing_here_leaves_nothing_out() -> None:
    """Of a class whose annotations cannot be looked up, nothing is known."""

    @frozen
    class Odd:
        number: int
        what: Missing  # type: ignore[name-defined]  # noqa: F821 - that is the point

    assert held_by([Odd]) == {Odd: {}}


# -- whoever reads it is seen ----------------------------------------------------------------------------


READERS: dict[str, Callable[[Any], object]] = {
    "compares": lambda x: x == 1,
    "compares the other way round": lambda x: 1 == x,  # noqa: SIM300 - that is the point
    "tells apart": lambda x: x != 1,
    "orders": lambda x: x < 1,
    "asks for its truth": bool,
    "adds": lambda x: 1 + x,
    "takes the least": lambda x: min(x, 2),
    "counts": len,
    "goes through": list,
    "looks inside": lambda x: "a" in x,
    "spells": str,
    "puts into a text": lambda x: f"{x}",
    "asks for a method": lambda x: x.upper(),
    "takes for an index": lambda x: [1, 2][x],
    "makes a number": int,
    "masks": lambda x: 6 & x,
    "shifts by it": lambda x: 1 << x,
    "looks for it in a set": lambda x: x in {"a", "b"},
    "looks it up": lambda x: {"a": 1}[x],
    "looks a pair up": lambda x: (x, 1) in {("a", 1), ("b", 2)},
    "looks for it among others": lambda x: x in {1, Unread(*WEIGHT)},
}


@pytest.mark.parametrize("how", READERS)
def test_whatever_looks_at_it_reads_it(how: str) -> None:
    """Comparing, computing, spelling and asking for anything is reading, and the field is named."""
    with pytest.raises(FieldReadError, match=r"Parcel\.weight is read") as read:
        READERS[how](Unread(*WEIGHT))
    assert read.value.field == WEIGHT


def test_keeping_it_is_not_reading_it() -> None:
    """It can be kept in sets and classes, and is the same as itself; every value has its own."""
    one, two = (Veil(BOTH).over(Packed(Parcel(1, "a"))) for _ in range(2))
    assert one == one.__class__(one.parcel)
    assert one.parcel in {one.parcel, 1}
    assert repr(one.parcel) == "Parcel(weight=..., note=...)"
    assert not one.parcel != one.parcel  # noqa: SIM202 - that is the point
    with pytest.raises(FieldReadError):
        one == two  # noqa: B015 - that is the point


def weigh(shop: Packed) -> To[Packed]:
    """Seal what is light."""
    return To(evolve(shop, sealed=shop.parcel.weight < 10))


def relabel(shop: Packed) -> To[Packed]:
    """Put the note where it is read."""
    return To(evolve(shop, labels=(shop.parcel.note,)))


def swap(shop: Packed) -> To[Packed]:
    """Put another parcel in the place of this one."""
    return To(evolve(shop, parcel=Goods.BOOK.value))


def unwrap(shop: Packed) -> To[Empty]:
    """Unwrap the parcel."""
    return To(Empty())


def is_a_book(shop: Packed) -> bool:
    """The parcel is a book."""
    return shop.parcel == Goods.BOOK.value


@pytest.mark.parametrize(
    ("protocol", "properties", "seen"),
    [
        (with_transition(weigh), (), {WEIGHT}),
        (with_transition(relabel), (), {NOTE}),
        (with_transition(unwrap, is_a_book), (), BOTH),
        (with_transition(swap), (parcel_stays_the_same,), BOTH),
    ],
    ids=[
        "an effect chooses by it",
        "it is copied to where it is read",
        "a guard compares the whole",
        "a property compares two wholes",
    ],
)
def test_every_reader_is_seen(protocol: Protocol, properties: tuple[Property, ...], seen: Fields) -> None:
    """Guards, effects and properties that read a field, or compare what holds it, are seen when they do."""
    left: Fields = BOTH
    while True:
        try:
            Search(Semantics(protocol, without=left), properties, Limits()).run()
        except FieldReadError as read:
            left -= {read.field}
        else:
            break
    assert left == BOTH - seen


# -- cut sets ------------------------------------------------------------------------------------------------


def look(shop: Packed) -> To[Packed]:
    """Seal it if it is light."""
    return weigh(shop)


@pytest.mark.parametrize(
    ("protocol", "unread"),
    [
        (PROTOCOL, ("Parcel.note", "Parcel.weight")),
        (with_transition(weigh), ("Parcel.note",)),
        (with_transition(look, watched), ("Parcel.note",)),
        (with_transition(unwrap, is_a_book), ()),
    ],
    ids=["nothing reads it", "an effect reads it", "an effect reads it once a guard is lost", "a guard reads it"],
)
def test_cut_sets_are_those_of_the_whole(protocol: Protocol, unread: tuple[str, ...]) -> None:
    """Whatever is left out, and whenever it turns out to be read, the cut sets are found that single searches find."""
    properties = (stays_shut, parcel_stays_the_same)
    found = cut_sets(lambda: Subject(protocol, properties))
    assert found_by(found) == one_by_one(protocol, properties, 3)
    assert found.unread == unread


def zipped(_shop: Packed) -> bool:
    """The bag is zipped."""
    return False


def peek(shop: Packed) -> To[Packed]:
    """Open the bag."""
    return To(evolve(shop, labels=("seen",)))


def weigh_what_was_seen(shop: Packed) -> To[Packed]:
    """Seal what is light, if anything of it was seen."""
    return weigh(shop) if shop.labels else To(shop)


def test_what_another_process_reads_is_told() -> None:
    """What is read first in one of several processes, each at sets of its own, is told by the process that began them."""
    protocol = PROTOCOL.adding(*with_transition(peek, zipped, watched).transitions[-1:])
    protocol = protocol.adding(*with_transition(weigh_what_was_seen).transitions[-1:])
    search = Lifted(Lossy(protocol, frozenset(["locked", "watched", "zipped"]), 2, BOTH), (stays_shut,), 2, lambda *_: False)
    search.begin()
    search.search(1)
    with pytest.raises(FieldReadError, match=r"Parcel\.weight is read"):
        search.search(2, workers=2)
