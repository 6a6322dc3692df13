"""Judges sets of states: by the tables of `launchproof.search.judges`, once per distinct values that a property reads.

The answer is a set: the states that break a property (or witness it), or from which a step does.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define

from launchproof.declare.properties import accepts
from launchproof.search.judges import Judge, PlaceJudges, StepJudges
from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.reach import Reach
from launchproof.search.symbolic.steps import Beginning, Row
from launchproof.semantics.plans import Plan


@define(eq=False)
class Judging:
    """Judges the states that were reached."""

    reach: Reach
    states: Diagram

    def of_states(self, judge: Judge) -> Diagram:
        """Give the states that break a property, or witness it."""
        fields, values = self.reach.fields, self.reach.placed.interner.values
        premise = self.states
        for slot, read in zip(judge.slots, judge.property.reads, strict=True):
            fitting = [value for (value,) in fields.rows(premise, (slot,)) if accepts(read.types, values[value])]
            premise &= self.reach.diagrams.union(fields.cube(slot, value) for value in fitting)
        slots = tuple(dict.fromkeys(judge.slots))
        wanted = judge.property.kind == "sometimes"
        found = []
        for row in fields.rows(premise, slots):
            by_slot = dict(zip(slots, row, strict=True))
            if judge.of_values([values[by_slot[slot]] for slot in judge.slots]) is wanted:
                found.append(fields.cubes(by_slot.items()))
        return self.states & self.reach.diagrams.union(found)

    def of_places(self, judges: PlaceJudges) -> Iterator[tuple[Judge, Diagram]]:
        """Yield the properties of values anywhere that some states break, slot by slot."""
        semantics = self.reach.placed
        for slot, name in enumerate(semantics.slots):
            for (value,) in self.reach.fields.rows(self.states, (slot,)) if judges.judges else ():
                for judge in judges.judged(semantics.interner.values[value], name):
                    yield judge, self.states & self.reach.fields.cube(slot, value)

    def of_steps(self, judges: StepJudges) -> Iterator[tuple[Judge, Diagram]]:
        """Yield the properties that steps break, with the states from which they do."""
        fields = self.reach.fields
        for plan, begun in self._begun().items():
            broken, open_ = judges.of_plan(plan)
            for judge in broken:
                yield judge, begun
            for judge in open_:
                for row in fields.rows(begun, judge.slots):
                    spelled = tuple(zip(judge.slots, row, strict=True))
                    state = dict(spelled)
                    if judges.with_slots(judge, plan, tuple(state.get(s, 0) for s in range(len(fields.slots)))) is False:
                        yield judge, begun & fields.cubes(spelled)

    def _begun(self) -> dict[Plan, Diagram]:
        """Give for each plan the states that begin a step in which it happens."""
        found: dict[Plan, list[Diagram]] = {}
        for beginning, row, states in self.rows():
            del beginning
            for plan in dict.fromkeys(plan for step in row.steps for plan in step.micros):
                found.setdefault(plan, []).append(states)
        return {plan: self.reach.diagrams.union(mine) for plan, mine in found.items()}

    def rows(self) -> Iterator[tuple[Beginning, Row, Diagram]]:
        """Yield what was learned, and the states that it is about."""
        steps = self.reach.steps
        for beginning in steps.beginnings.values():
            begun = self.states & steps.begun(beginning)
            for row in beginning.rows:
                yield beginning, row, begun & self.reach.fields.cubes(row.spelled)
