"""Judges many states and steps at once, by the tables of `launchproof.search.judges`.

What a property reads is looked up for all of them; only combinations that were not met before are
judged. The answer is which properties break (or are witnessed), and by which state first: what
exactly happens there is then told by the plain rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from attrs import define, field

from launchproof.declare.properties import Property
from launchproof.search.judges import SILENT, Judge, Open, PlaceJudges, StateJudges, StepJudges, Told
from launchproof.search.vector.bundles import Bundles
from launchproof.search.vector.keys import Array, Column, Direct, Joint, Table
from launchproof.search.vector.layout import Words, rekeyed
from launchproof.search.vector.level import Expanded
from launchproof.search.vector.space import Space
from launchproof.search.vector.symbolic import Part
from launchproof.semantics.steps import State


@define(eq=False)
class Answers:
    """What was answered to some question, by the values of the slots that it reads."""

    space: Space
    slots: tuple[int, ...]
    told: list[Told] = field(factory=lambda: [()])
    _by_value: Direct = field(factory=Direct)
    _known: Table = field(factory=Table)
    _joined: Table = field(factory=Table)
    _joint: Joint = field(factory=Joint)

    def forget(self) -> None:
        """Pack anew what was packed, after fields became wider."""
        self._known, self._joint = rekeyed(self._known, self.space.old_values, self.space.values.fields), Joint()
        self._joined = Table()

    def of(self, states: Words, judge: AsksState) -> Array:
        """Give for each state the number of its answer, which is an entry of `told`."""
        if len(self.slots) == 1:
            numbers = self.space.values.fields.get(states, self.slots[0])  # which stay what they are, however wide the fields
            return self._answered(states, judge, numbers, self._by_value, None)
        bits = self.space.values.fields.over(self.slots)
        masked = [word & mine for word, mine in zip(states, bits, strict=True) if mine] or [np.zeros_like(states[0])]
        return self._answered(states, judge, self._joint.join(masked), self._known, None)

    def to(self, questions: Array, bits: Sequence[Array], states: Words, judge: AsksState) -> Array:
        """Give for each state the number of the answer to a question of its own, which reads some bits of it."""
        masked = [word & mine for word, mine in zip(states, bits, strict=True)]
        return self._answered(states, judge, self._joint.join([*masked, questions]), self._joined, questions)

    def _answered(self, states: Words, judge: AsksState, keys: Array, known: Table | Direct, questions: Array | None) -> Array:
        found = known.find(keys)
        if len(found) and int(found.min()) < 0:
            unknown = np.flatnonzero(found < 0)
            new, at = np.unique(keys.take(unknown), return_index=True)
            rows = unknown.take(at)
            asked = self.space.values.states([word.take(rows) for word in states])
            numbers = [0] * len(rows) if questions is None else questions[rows].tolist()
            answers = [self._number(judge(number, state)) for number, state in zip(numbers, asked, strict=True)]
            known.add(new, np.array(answers, np.int64))
            found = known.find(keys)
        return found

    def _number(self, told: Told) -> int:
        if told not in self.told:
            self.told.append(told)
        return self.told.index(told)


class AsksState:
    """Judges one state, when a question about it was not asked before."""

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that are answered."""
        raise NotImplementedError


@define(eq=False)
class OfStates(AsksState):
    """Some judges that read the same slots."""

    judges: StateJudges
    mine: list[Judge]

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that a state breaks, or witnesses."""
        del question
        return tuple(j.property for j in self.mine if self.judges.verdict(j, state) is (j.property.kind == "sometimes"))


@define(eq=False)
class OfPlaces(AsksState):
    """One slot's values."""

    judges: PlaceJudges
    slot: int

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that the slot's value breaks."""
        del question
        semantics = self.judges.semantics
        found = self.judges.judged(semantics.interner.values[state[self.slot]], semantics.slots[self.slot])
        return tuple(judge.property for judge in found)


@define(eq=False)
class StateAnswers:
    """The `always`, `sometimes` and `wherever` properties."""

    space: Space
    answers: list[tuple[Answers, AsksState]]

    @classmethod
    def of(cls, space: Space, states: StateJudges, places: PlaceJudges) -> StateAnswers:
        """Ask together what reads the same slots."""
        by_slots: dict[tuple[int, ...], list[Judge]] = {}
        for judge in states.judges:
            by_slots.setdefault(tuple(sorted(set(judge.slots))), []).append(judge)
        found: list[tuple[Answers, AsksState]] = [
            (Answers(space, slots), OfStates(states, mine)) for slots, mine in by_slots.items()
        ]
        if places.judges:
            found += [(Answers(space, (slot,)), OfPlaces(places, slot)) for slot in range(len(space.semantics.slots))]
        return cls(space, found)

    def forget(self) -> None:
        """Drop what was packed."""
        for answers, _ in self.answers:
            answers.forget()

    def parted(self, slots: Iterable[int]) -> tuple[StateAnswers, StateAnswers]:
        """Give those that read none of some slots, and the others."""
        free = [(answers, judge) for answers, judge in self.answers if set(slots).isdisjoint(answers.slots)]
        return StateAnswers(self.space, free), StateAnswers(self.space, [asked for asked in self.answers if asked not in free])

    def tell(self, states: Words, wanted: Sequence[Property]) -> Iterator[tuple[Told, Array]]:
        """Yield what is broken or witnessed of some properties, and by which states."""
        for answers, judge in self.answers:
            found = answers.of(states, judge)
            yield from told_by(answers.told, found, np.arange(len(found)), wanted)


@define(eq=False)
class StepAnswers(AsksState):
    """The `each_step` properties, and `wherever` over what is said."""

    space: Space
    bundles: Bundles
    judges: StepJudges
    broken: Column = field(factory=Column)
    open: Column = field(factory=Column)
    told: list[Told] = field(factory=lambda: [()])
    opened: list[Open] = field(factory=lambda: [()])
    _open_ids: dict[Open, int] = field(factory=lambda: {(): 0})
    _bits: list[Column] = field(init=False)
    _same: dict[tuple[int, ...], tuple[int, int]] = field(factory=dict)
    _parts: dict[int, tuple[Told, Open]] = field(factory=dict)
    answers: Answers = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing answered."""
        self.answers = Answers(self.space, ())
        self._note()

    def forget(self) -> None:
        """Drop what was packed."""
        self.answers.forget()
        self._note()

    def _note(self) -> None:
        """Note which bits of a state each question reads."""
        self._bits = [Column() for _ in range(self.space.values.fields.words)]
        for open_ in self.opened:
            self._read(open_)

    def _read(self, open_: Open) -> None:
        """Note that of one more."""
        slots = {slot for judge, _ in open_ for slot in judge.slots}
        for column, bits in zip(self._bits, self.space.values.fields.over(sorted(slots)), strict=True):
            column.append(bits)

    def tell(self, expanded: Expanded, wanted: Sequence[Property]) -> Iterator[tuple[Told, Array]]:
        """Yield what is broken of some properties, and by steps from which states (each once or more, in order)."""
        if not (self.judges.judges or self.judges.places.judges):
            return
        self._learn()
        broken = self.broken.at(expanded.bundles)
        at = np.flatnonzero(broken)
        if len(at):
            yield from told_by(self.told, broken.take(at), expanded.acts.row.take(at), wanted)
        questions = self.open.at(expanded.bundles)
        at = np.flatnonzero(questions)
        if len(at):
            rows, asked = expanded.acts.row.take(at), questions.take(at)
            bits = [column.at(asked) for column in self._bits]
            found = self.answers.to(asked, bits, [word.take(rows) for word in expanded.states], self)
            yield from told_by(self.answers.told, found, rows, wanted)

    def _learn(self) -> None:
        """Judge what bundles alone decide."""
        for bundle in self.bundles.made[self.broken.size :]:
            for part in bundle:
                if part.number not in self._parts:
                    self._parts[part.number] = self._of_part(part)
            key = tuple([part.number for part in bundle if self._parts[part.number] is not SILENT])
            found = self._same.get(key)
            if found is None:
                found = self._same[key] = self._numbers([self._parts[number] for number in key])
            self.broken.append(found[0])
            self.open.append(found[1])

    def _numbers(self, answers: Sequence[tuple[Told, Open]]) -> tuple[int, int]:
        """Give the numbers of what some parts tell, and of what they leave open."""
        told = tuple(dict.fromkeys(p for mine, _ in answers for p in mine))
        open_ = tuple(dict.fromkeys(o for _, mine in answers for o in mine))
        if told not in self.told:
            self.told.append(told)
        if open_ not in self._open_ids:
            self._open_ids[open_] = len(self.opened)
            self.opened.append(open_)
            self._read(open_)
        return self.told.index(told), self._open_ids[open_]

    def _of_part(self, part: Part) -> tuple[Told, Open]:
        """Judge steps by their plans."""
        steps = self.bundles.effects.symbolic.steps
        plans = {plan.index: plan for step in part.steps for plan in steps[step]}
        answers = [self.judges.told_of(plan) for plan in plans.values()]
        found = tuple(p for told, _ in answers for p in told), tuple(o for _, more in answers for o in more)
        return found if any(found) else SILENT

    def __call__(self, question: int, state: State) -> Told:
        """Give the properties that some of the open plans break in a state."""
        return self.judges.told_in(self.opened[question], state)


def told_by(told: Sequence[Told], found: Array, rows: Array, wanted: Sequence[Property]) -> Iterator[tuple[Told, Array]]:
    """Give the states that were told something of the properties that are still wanted."""
    for number, properties in enumerate(told):
        mine = tuple(p for p in properties if p in wanted)
        if mine:
            at = rows.compress(found == number)
            if len(at):
                yield mine, at


def first_of(told: Iterator[tuple[Told, Array]]) -> dict[str, int]:
    """Give for each property, by name, the first state that is told of."""
    first: dict[str, int] = {}
    for properties, rows in told:
        at = int(rows.min())
        for prop in properties:
            first[prop.name] = min(at, first.get(prop.name, at))
    return first
