"""What a closed search has learned of a protocol's steps, as plain numbers: whole, and in a fixed order.

The values of each slot are numbered from zero. A step begins in one of several ways (`Beginning`); the
values of a few slots tell which effects it can have; and where an effect leaves names standing otherwise than they
stood before, the marks of all slots tell which renamings give the states that it leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import frozen

from launchproof.semantics.plans import NOTHING

if TYPE_CHECKING:
    from launchproof.search.vector.acts import Beginnings
    from launchproof.search.vector.bundles import Group
    from launchproof.search.vector.engine import VectorSearch
    from launchproof.search.vector.symbolic import Symbol

Numbers = tuple[int, ...]

UNMET: Final = -1
"""Stands where the search never looked."""


@frozen
class Slot:
    """What each value of a slot is, the initial one first, and how names stand in it (equal marks: alike)."""

    name: str
    values: tuple[object, ...]
    marks: Numbers


@frozen
class Offer:
    """Something that a channel's content offers: a beginning, and what is left of the content then."""

    beginning: int
    rest: int


@frozen
class Beginning:
    """A way in which a step begins: a machine (or `NOTHING`) acts of itself, or on what a channel (or `NOTHING`) offers.

    `cases` has, for each number of the machine's value (of no machine: for 0), what can happen then.
    """

    machine: int
    queue: int
    cases: dict[int, Case]


@frozen
class Case:
    """The slots whose values tell which effects a beginning has, and these effects."""

    slots: Numbers
    effects: dict[Numbers, Numbers]


NO_STEP: Final = Case((), {(): ()})
"""Stands where a beginning has no effect."""


@frozen
class Push:
    """What becomes of each number of a channel's content when something is put behind it."""

    slot: int
    results: Numbers


@frozen
class Effect:
    """Numbers that slots get, and pushes."""

    puts: tuple[tuple[int, int], ...]
    pushes: Numbers


@frozen
class Learned:
    """All steps of all reachable states of a protocol.

    `offers` are those of each channel's contents, `outcomes` the renamings by the marks of all slots, and `renamed` the numbers
    of values, by slot and renaming.
    """

    protocol: str
    states: int
    machines: int
    slots: tuple[Slot, ...]
    offers: tuple[tuple[tuple[Offer, ...], ...], ...]
    beginnings: tuple[Beginning, ...]
    effects: tuple[Effect, ...]
    pushes: tuple[Push, ...]
    outcomes: dict[Numbers, Numbers]
    renamed: tuple[tuple[Numbers, ...], ...]


def learned(search: VectorSearch) -> Learned:
    """Read the tables of a search that is closed."""
    complete(search)
    semantics, space = search.semantics, search.tables.space
    symbols, effects = effects_of(search)
    return Learned(
        protocol=semantics.protocol.name,
        states=search.store.size,
        machines=semantics.machines,
        slots=tuple(slot_of(search, i) for i in range(len(semantics.slots))),
        offers=tuple(offers_of(search, q) for q in range(len(semantics.queues))),
        beginnings=beginnings_of(search),
        effects=effects,
        pushes=tuple(push_of(search, symbol) for symbol in symbols),
        outcomes=dict(sorted(outcomes_of(search))),
        renamed=tuple(renamed_in(search, slot) for slot in range(len(space.values.values))),
    )


def complete(search: VectorSearch) -> None:
    """Look at all states once more where something was forgotten on the way."""
    from launchproof.search.vector.level import chunks

    groups = [group for group in search.tables.bundles.groups if group.lost]
    while groups:
        for group in groups:
            group.lost = False
        found = search.store.found()
        for start, end in chunks(0, len(found), search.chunk):
            search.tables.expand(found[start:end])
        groups = [group for group in search.tables.bundles.groups if group.lost]


def slot_of(search: VectorSearch, slot: int) -> Slot:
    """Give what is known of a slot."""
    space, semantics = search.tables.space, search.semantics
    values = tuple(semantics.interner.values[v] for v in space.values.values[slot])
    return Slot(semantics.slots[slot], values, tuple(space.mark_of[slot].view.tolist()))


def offers_of(search: VectorSearch, queue: int) -> tuple[tuple[Offer, ...], ...]:
    """Give what each content of a channel offers; one that no reachable state holds offers nothing."""
    offers = search.tables.beginnings.offers[search.semantics.machines + queue]
    kinds, rests = offers.kind.view.tolist(), offers.rest.view.tolist()
    every = [
        tuple(map(Offer, kinds[b : b + c], rests[b : b + c])) for b, c in zip(offers.begin.view, offers.count.view, strict=True)
    ]
    slot = search.tables.space.values.values[search.semantics.machines + queue]
    return (*every, *[()] * (len(slot) - len(every)))


def beginnings_of(search: VectorSearch) -> tuple[Beginning, ...]:
    """Give all beginnings with the cases that were met."""
    known = search.tables.beginnings
    cases = [dict.fromkeys(without(known, kind), NO_STEP) for kind in known.kinds]
    for kind, phase, group in search.tables.bundles.met():
        cases[kind][phase] = case_of(search, group)
    return tuple(Beginning(machine, queue, found) for (machine, _, queue, _), found in zip(known.kinds, cases, strict=True))


def without(known: Beginnings, kind: tuple[int, int, int, int]) -> list[int]:
    """Give the numbers of the phases in which a machine's act of its own does not begin, as it takes fewer turns."""
    machine, _, queue, turn = kind
    if machine == NOTHING or queue != NOTHING:
        return []
    return [phase for phase, count in enumerate(known.offers[machine].count.view.tolist()) if 0 <= count <= turn]


def case_of(search: VectorSearch, group: Group) -> Case:
    """Give the effects of a beginning in a phase, by the numbers of the values that matter."""
    bundles, numbers = search.tables.bundles, search.tables.space.values.numbers
    found: dict[Numbers, Numbers] = {}
    for values, bundle in group.bundles.items():
        key = tuple(numbers[slot][value] for slot, value in zip(group.slots, values, strict=True))
        begin = int(bundles.begin.view[bundle])
        found[key] = tuple(bundles.effect.view[begin : begin + int(bundles.count.view[bundle])].tolist())
    return Case(group.slots, dict(sorted(found.items())))


def effects_of(search: VectorSearch) -> tuple[list[Symbol], tuple[Effect, ...]]:
    """Give all effects, and what they put behind contents of channels."""
    numbers, symbolic = search.tables.space.values.numbers, search.tables.effects.symbolic
    symbols: dict[Symbol, int] = {}
    found = []
    for changes in search.tables.effects.met():
        puts = tuple((slot, numbers[slot][value]) for slot, value in changes if value >= 0)
        pushed = [symbolic.spelled(value) for _, value in changes if value < 0]
        found.append(Effect(puts, tuple(symbols.setdefault(symbol, len(symbols)) for symbol in pushed)))
    return list(symbols), tuple(found)


def push_of(search: VectorSearch, symbol: Symbol) -> Push:
    """Give what becomes of each content of a channel."""
    values = search.tables.space.values
    pushed = [search.tables.effects.symbolic.pushed(symbol, content) for content in values.values[symbol.slot]]
    return Push(symbol.slot, tuple(values.numbers[symbol.slot].get(content, UNMET) for content in pushed))


def outcomes_of(search: VectorSearch) -> Iterator[tuple[Numbers, Numbers]]:
    """Give the renamings of each state whose names were renumbered, by its marks."""
    numbers = search.tables.space.marks.numbers
    for signatures, renamings in search.tables.naming.met():
        yield tuple(of[signature] for of, signature in zip(numbers, signatures, strict=True)), tuple(renamings)


def renamed_in(search: VectorSearch, slot: int) -> tuple[Numbers, ...]:
    """Give, for each renaming, the numbers of a slot's values under it; nothing for a slot that never holds a name."""
    space = search.tables.space
    nameless = [mark == space.nameless for mark in space.marks.values[slot]]
    if all(nameless):
        return ()
    numbers, values, marks = space.values.numbers[slot], space.values.values[slot], space.mark_of[slot].view.tolist()
    return tuple(
        tuple(
            number if nameless[marks[number]] else numbers.get(table.get(value, UNMET), UNMET)
            for number, value in enumerate(values)
        )
        for table in search.tables.naming.renamings
    )


__all__ = ["NOTHING", "UNMET", "Beginning", "Case", "Effect", "Learned", "Offer", "Push", "Slot", "learned"]
