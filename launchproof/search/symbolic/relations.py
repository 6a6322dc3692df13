"""Steps as relations: what becomes of each slot, when; joined to one relation for all that change the same slots.

A *function* says what becomes of one slot's value. An *action* applies functions to some slots in the
states that its guard describes. All actions that change the same slots make one *cluster*: a relation over
the slots that its guards read, and those it changes, and no others. The rest of a state stays as it is
without being mentioned.

Functions are learned value by value, as states are met in which their actions apply. What was learned are
facts, kept apart from the diagrams that are made of them, so that these can be made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from attrs import define, field

from launchproof.search.symbolic.diagrams import Diagram, Diagrams
from launchproof.search.symbolic.fields import Fields, primed

Spelled = tuple[tuple[int, int], ...]
"""Slots, each with a value (or with a mark)."""

Apply = Callable[[int], int | None]
"""Gives what becomes of a value; None where it does not apply."""


@define(eq=False)
class Function:
    """What becomes of one slot's value: learned value by value, or always the same."""

    fields: Fields
    slot: int
    apply: Apply | None
    constant: int = -1
    facts: dict[int, int | None] = field(factory=dict)
    _known: Diagram | None = None
    _relation: Diagram | None = None

    def forget(self) -> None:
        """Make the diagrams anew when they are asked for."""
        self._known = self._relation = None

    @property
    def known(self) -> Diagram:
        """Give the states in which it is known what becomes of the value."""
        if self._known is None:
            cubes = (self.fields.cube(self.slot, before) for before in self.facts)
            self._known = self.fields.diagrams.true if self.apply is None else self.fields.diagrams.union(cubes)
        return self._known

    @property
    def relation(self) -> Diagram:
        """Give what becomes of the values of which it is known."""
        if self._relation is None:
            if self.apply is None:
                self._relation = self.fields.cube(self.slot, self.constant, after=True)
            else:
                facts = [(before, after) for before, after in self.facts.items() if after is not None]
                self._relation = self.fields.diagrams.union(self._fact(before, after) for before, after in facts)
        return self._relation

    def learn(self, states: Diagram) -> None:
        """Learn what becomes of the values that the slot has in some states."""
        if self.apply is None:
            return
        for (value,) in self.fields.rows(states & ~self.known, (self.slot,)):
            after = self.facts[value] = self.apply(value)
            self._known = self.known | self.fields.cube(self.slot, value)
            if after is not None:
                self._relation = self.relation | self._fact(value, after)

    def _fact(self, before: int, after: int) -> Diagram:
        return self.fields.cube(self.slot, before) & self.fields.cube(self.slot, after, after=True)


@define(eq=False)
class Action:
    """What some slots become in the states that its rows describe."""

    functions: tuple[Function, ...]
    spell: Callable[[Spelled], Diagram]
    rows: list[Spelled] = field(factory=list)
    guard: Diagram | None = None
    lacking: Diagram | None = None
    spelled: int = 0
    facts: int = -1

    def forget(self) -> None:
        """Make the diagrams anew."""
        self.guard = self.lacking = None
        self.spelled, self.facts = 0, -1

    def outdated(self) -> bool:
        """Whether more is known than when last asked."""
        facts = len(self.rows) + sum([len(function.facts) for function in self.functions])
        if facts == self.facts:
            return False
        self.facts = facts
        return True

    def refresh(self, diagrams: Diagrams) -> Diagram:
        """Take in what was learned: give the relation, and set the states in which more must be learned first."""
        new = [self.spell(row) for row in self.rows[self.spelled :]]
        self.spelled = len(self.rows)
        self.guard = diagrams.union(new if self.guard is None else [self.guard, *new])
        found, known = self.guard, diagrams.true
        for function in self.functions:
            found &= function.relation
            known &= function.known
        self.lacking = self.guard & ~known
        return found


@define(eq=False)
class Cluster:
    """All actions that change the same slots."""

    fields: Fields
    slots: tuple[int, ...]
    actions: dict[Hashable, Action] = field(factory=dict)
    relation: Diagram = field(init=False)
    missing: Diagram = field(init=False)
    _back: dict[str, str] = field(factory=dict)
    _reads: set[int] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        """Begin without actions."""
        self._reads.update(self.slots)
        self.forget()

    def forget(self) -> None:
        """Make the diagrams anew."""
        self.relation = self.missing = self.fields.diagrams.false
        self._back = {bit: primed(bit) for bit in self.fields.bits(self.slots)}
        for action in self.actions.values():
            action.forget()

    def add(
        self, key: Hashable, functions: Callable[[], Sequence[Function]], spell: Callable[[Spelled], Diagram], row: Spelled
    ) -> None:
        """Describe more states in which an action applies."""
        action = self.actions.get(key)
        if action is None:
            action = self.actions[key] = Action(tuple(functions()), spell)
        action.rows.append(row)
        self._reads.update(slot for slot, _ in row)

    def image(self, states: Diagram) -> Diagram:
        """Give the states that some states lead to."""
        self.learn(states)
        diagrams = self.fields.diagrams
        after = diagrams.product(states, self.relation, self._back.keys())
        return after if after == diagrams.false else diagrams.swapped(after, self._back)

    def preimage(self, states: Diagram) -> Diagram:
        """Give the states that lead to some states, as far as was learned."""
        self.refresh()
        diagrams = self.fields.diagrams
        return diagrams.product(diagrams.swapped(states, self._back), self.relation, self._back.values())

    def learn(self, states: Diagram) -> None:
        """Learn what is needed to tell what becomes of some states."""
        self.refresh()
        diagrams, fields = self.fields.diagrams, self.fields
        while (lacking := states & self.missing) != diagrams.false:
            seen = diagrams.some(lacking, fields.others(self._reads))
            for action in self.actions.values():
                if action.lacking is not None and (here := seen & action.lacking) != diagrams.false:
                    for function in action.functions:
                        function.learn(here)
            self.refresh()

    def refresh(self) -> None:
        """Take in what was learned."""
        diagrams = self.fields.diagrams
        outdated = [action for action in self.actions.values() if action.outdated()]
        if outdated:
            self.relation = diagrams.union([self.relation, *(action.refresh(diagrams) for action in outdated)])
            lacking = (action.lacking for action in self.actions.values())
            self.missing = diagrams.union(states for states in lacking if states is not None and states != diagrams.false)
