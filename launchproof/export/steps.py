"""The C of an exported model that takes steps: what is offered, which effects that has, and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import frozen

from launchproof.export.c import CASES, array, firsts, function, joined, strides, switch, table
from launchproof.export.tables import NOTHING, UNMET, Beginning, Learned, Numbers, Slot

STEPS: Final = """\
/* How many ways there are to go on from what a source offers. */
static inline int ways(int source)
{	int beginning = offered(source);
	int found;
	if (beginning < 0) return 0;
	found = case_of(beginning);
	return first_way[found + 1] - first_way[found];
}

/* Go one of them; names stand as they happen to. */
static inline void go(int source, int way)
{	int effect = effects[first_way[case_of(offered(source))] + way];
	take(source);
	apply(effect);
}
"""


@frozen
class Source:
    """What steps come from: one of a machine's turns (its place is `NOTHING`), or a place in what a channel offers."""

    slot: int
    place: int
    beginnings: frozenset[int]


def sources_of(tables: Learned) -> list[Source]:
    """List all sources of steps."""
    own = [(begin.machine, number) for number, begin in enumerate(tables.beginnings) if begin.queue == NOTHING]
    found = [Source(machine, NOTHING, frozenset({number})) for machine, number in sorted(own)]
    for queue, offers in enumerate(tables.offers):
        for place in range(max(map(len, offers), default=0)):
            begin = frozenset(offer[place].beginning for offer in offers if len(offer) > place)
            found.append(Source(tables.machines + queue, place, begin))
    return found


def offered(tables: Learned, sources: Sequence[Source], places: Sequence[str]) -> Iterator[str]:
    """Tell which beginning a source offers now, and take it: that changes a channel."""
    offering, taking = [], []
    for number, source in enumerate(sources):
        if source.place == NOTHING:
            offering += [f"case {number}: return {beginning};" for beginning in source.beginnings]
            continue
        offers = [o[source.place] if len(o) > source.place else None for o in tables.offers[source.slot - tables.machines]]
        yield from array(f"offers_{number}", [o.beginning if o else UNMET for o in offers])
        yield from array(f"rests_{number}", [o.rest if o else UNMET for o in offers])
        place = places[source.slot]
        offering.append(f"case {number}: return offers_{number}[{place}];")
        taking.append(f"case {number}: {place} = rests_{number}[{place}]; break;")
    yield switch("static inline int offered(int source)", "source", offering, "return -1;")
    yield switch("static inline void take(int source)", "source", taking)


def applied(tables: Learned, places: Sequence[str]) -> Iterator[str]:
    """Change what effects change."""
    for number, push in enumerate(tables.pushes):
        yield from array(f"push_{number}", push.results)

    def pushed(number: int) -> str:
        push = tables.pushes[number]
        place, result = places[push.slot], f"push_{number}[{places[push.slot]}]"
        check = f"if ({result} < 0) unmet(); " if UNMET in push.results else ""
        return f"{check}{place} = {result};"

    cases = []
    for number, effect in enumerate(tables.effects):
        changes = [*(f"{places[slot]} = {value};" for slot, value in effect.puts), *map(pushed, effect.pushes)]
        cases.append(f"case {number}: {' '.join(changes)} break;")
    calls = []
    for number, start in enumerate(range(0, len(cases), CASES)):
        yield switch(f"static void apply_{number}(int effect)", "effect", cases[start : start + CASES])
        calls.append(f"case {number}: apply_{number}(effect); break;")
    yield switch("static inline void apply(int effect)", f"effect / {CASES}", calls)


class Cases:
    """Which effects a beginning has: lists of them, looked up by one slot's value, or (a *group*) by those of several.

    In `direct` stands, for each beginning and value of its machine, the number of a list, or `UNMET`, or below that a group.
    """

    def __init__(self, beginnings: Sequence[Beginning], slots: Sequence[Slot]) -> None:
        """Give lists and groups their numbers."""
        self.beginnings = beginnings
        self.sizes = [len(slot.values) for slot in slots]
        self.lists: dict[Numbers, int] = {(): 0}
        self.shapes: dict[Numbers, int] = {}
        self.groups: list[int] = []
        self.keys: list[dict[int, int]] = []
        self.first: list[int] = []
        self.direct: list[int] = []
        for beginning in beginnings:
            self.first.append(len(self.direct))
            count = 1 if beginning.machine == NOTHING else self.sizes[beginning.machine]
            self.direct += [self.case(beginning, value) for value in range(count)]

    def case(self, beginning: Beginning, value: int) -> int:
        """Give what stands in `direct`."""
        case = beginning.cases.get(value)
        if case is None:
            return UNMET
        if not case.slots:
            return self.listed(case.effects[()])
        steps = strides([self.sizes[slot] for slot in case.slots])
        self.keys.append({joined(key, steps): self.listed(effects) for key, effects in case.effects.items()})
        self.groups.append(self.shapes.setdefault(case.slots, len(self.shapes)))
        return UNMET - len(self.groups)

    def listed(self, effects: Numbers) -> int:
        """Give the number of a list of effects."""
        return self.lists.setdefault(effects, len(self.lists))

    def most(self, beginnings: Iterable[int]) -> int:
        """Give the length of the longest list that one of some beginnings can have."""
        cases = [case for b in beginnings for case in self.beginnings[b].cases.values()]
        return max((len(effects) for case in cases for effects in case.effects.values()), default=0)

    def code(self, places: Sequence[str]) -> Iterator[str]:
        """Give the tables, and the function that reads them."""
        yield from array("first_way", firsts(self.lists))
        yield from array("effects", [effect for effects in self.lists for effect in effects])
        yield from array("machines", [beginning.machine for beginning in self.beginnings])
        reads = [f"case {m}: return {places[m]};" for m in sorted({b.machine for b in self.beginnings} - {NOTHING})]
        yield switch("static inline int value_of(int beginning)", "machines[beginning]", reads, "return 0;")
        yield from array("first_case", self.first)
        yield from array("cases", self.direct)
        body = ["int found = cases[first_case[beginning] + value_of(beginning)];"]
        if self.groups:
            yield from self.grouped(places)
            body.append(f"if (found < {UNMET}) return in_group({UNMET - 1} - found);")
        body.append("return found < 0 ? unmet() : found;")
        yield function("static inline int case_of(int beginning)", body)

    def grouped(self, places: Sequence[str]) -> Iterator[str]:
        """Look a list up by the values of several slots."""
        yield from array("shapes", self.groups)
        reads = []
        for slots, number in self.shapes.items():
            terms = [f"{places[i]} * {step}ULL" for i, step in zip(slots, strides([self.sizes[i] for i in slots]), strict=True)]
            reads.append(f"case {number}: return {' + '.join(terms)};")
        yield switch("static inline word values(int shape)", "shape", reads, "return 0;")
        count = len(self.groups)
        every = {key * count + group: effects for group, keys in enumerate(self.keys) for key, effects in keys.items()}
        yield from table("by_values", every)
        body = [f"return find(&by_values, values(shapes[group]) * {count}ULL + group);"]
        yield function("static inline int in_group(int group)", body)
