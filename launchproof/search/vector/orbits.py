"""The search by arrays, with one state for all that differ by who is which copy.

Of each orbit the state that is reached first is searched; why that is enough, and where it is not, is told by
`launchproof.search.symmetry`. Twins are made column by column: what stands in a slot stands in
another one's afterwards, with other names on its envelopes, and all is numbered anew.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final, cast

import numpy as np
from attrs import define, evolve, field, frozen

from launchproof.declare.properties import Property
from launchproof.search.builtin import BOUNDED_QUEUES
from launchproof.search.growth import LONG, SUSPICIOUS, grows
from launchproof.search.shortest import Target
from launchproof.search.symmetry import Names, Symmetry, permuted
from launchproof.search.vector.ahead import Part
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.vector.keys import Array, Column
from launchproof.search.vector.layout import RegrownError, Words
from launchproof.search.vector.level import Expanded
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.search.verdicts import Coverage, PropertyResult, SearchResult, Verdict
from launchproof.semantics.steps import Semantics, State

FEW: Final = 5
"""So many states with a channel of each length are looked at, whether it grows without end."""

WEIGHT: Final = {Verdict.REFUTED: 3, Verdict.UNDECIDED: 2, Verdict.PROVED: 1, Verdict.VACUOUS: 0}
"""Of several variants of a claim, the verdict that weighs most is everyone's."""


@frozen(eq=False)
class Permuting:
    """One permutation: for each slot, where its value goes and what becomes of it."""

    space: Space
    names: Names
    goes: tuple[int, ...]
    becomes: list[Column]

    @classmethod
    def of(cls, space: Space, names: Names) -> Permuting:
        """Begin with nothing permuted."""
        slots = space.semantics.slots
        at = {slot: i for i, slot in enumerate(slots)}
        return cls(space, names, tuple(at[names.get(slot, slot)] for slot in slots), [Column() for _ in slots])

    def apply(self, states: Words) -> Words:
        """Give the states with their copies in other places."""
        columns = self.space.values.fields.columns(states)
        moved = list(columns)
        for slot, column in enumerate(columns):
            self._learn(slot)
            moved[self.goes[slot]] = self.becomes[slot].at(column)
        self.space.check()
        return self.space.values.fields.pack(moved)

    def _learn(self, slot: int) -> None:
        interner, there = self.space.semantics.interner, self.goes[slot]
        values = self.space.values.values[slot]
        if len(values) > self.becomes[slot].size:
            learns()
        for value in values[self.becomes[slot].size :]:
            new = interner.id(permuted(interner.values[value], self.names))
            self.becomes[slot].append(self.space.number(there, new))


@frozen(eq=False)
class WithTwins(Part):
    """A part with the twins, under each permutation, of the states that no earlier level has."""

    twins: tuple[Array, ...]


@define(eq=False)
class OrbitSearch(VectorSearch):
    """One search of orbits in progress."""

    symmetry: Symmetry | None = None
    _permutings: list[Permuting] = field(init=False)

    def run(self) -> SearchResult:
        """Search; a claim has the verdict of all its variants, and what is refuted is told by the full search."""
        self._permutings = [Permuting.of(self.tables.space, names) for names in self._symmetry.renamings()]
        unsound = self._symmetry.unsound(self.semantics, ())
        self.stopped = f"symmetry does not hold: {unsound}" if unsound else ""
        found = super().run()
        unsound = unsound or self._symmetry.unsound(self.semantics, self.tables.effects.symbolic.steps)
        if unsound:
            why = f"symmetry does not hold: {unsound}; leave it out of --reduce"
            undecided = tuple(PropertyResult(r.property, Verdict.UNDECIDED) for r in found.properties)
            return evolve(found, closed=False, stopped=why, properties=undecided)
        return self._retold(evolve(found, properties=self._merged(found.properties)))

    @property
    def _symmetry(self) -> Symmetry:
        if self.symmetry is None:
            raise AssertionError("a search of orbits needs the symmetry")
        return self.symmetry

    # --- one state of each orbit -----------------------------------------------------------------------

    def _part(self, start: int, end: int) -> Part:
        while True:
            try:
                return super()._part(start, end)
            except RegrownError:
                self._regrow()

    def _looked_up(self, expanded: Expanded) -> Part:
        """Make the twins of what may be new, too: several threads can, before it is known what the parts before found."""
        part = super()._looked_up(expanded)
        words = self.tables.space.words(part.keys[~part.old])
        twins = tuple(self._canonical(permuting.apply(words)) for permuting in self._permutings if len(words[0]))
        return WithTwins(part.expanded, part.keys, part.item, part.old, twins)

    def _fresh(self, part: Part) -> tuple[Array, Array]:
        """Leave out new states that are a twin of one that was found before, in this chunk or an earlier one."""
        new = self.store.unknown(part.keys, part.old)
        keys, item = part.keys[new], part.item[new]
        order = np.argsort(item)
        place = np.empty(len(keys), np.int64)
        place[order] = np.arange(len(keys))
        late = np.zeros(len(keys), bool)
        for twins in cast("WithTwins", part).twins if len(keys) else ():
            mine = twins[new[~part.old]]
            late |= ~self.store.unknown(mine)
            at = np.minimum(np.searchsorted(keys, mine), len(keys) - 1)
            late |= (keys[at] == mine) & (place[at] < place)
        return keys[~late], item[~late]

    def _canonical(self, raw: Words) -> Array:
        """Give the keys of states with their names numbered anew."""
        naming, space = self.tables.naming, self.tables.space
        outcome = naming.outcomes(raw, space.marks_in(raw))
        tables = naming.tables.at(naming.begin.at(outcome))
        return space.keys(naming.rename(raw, tables))

    # --- what is told ------------------------------------------------------------------------------------

    def _watch_state(self, position: int, state: State, depth: int) -> None:
        """Look whether a channel grows without end, along a run that leads to the state."""
        longest = max((len(self._items(v)) for v in state[self.semantics.machines :]), default=0)
        self.tries[longest] = self.tries.get(longest, 0) + 1
        if longest < SUSPICIOUS or (self.tries[longest] > FEW and longest <= LONG):
            return
        run = self._run_to(position)
        if grows(self.semantics, run, range(-1, len(run) - 1), len(run) - 1) is not None:
            self._aim(BOUNDED_QUEUES.name, Target(depth))
            self.stopped = "a channel grows without end"
        elif longest > LONG:
            self.stopped = f"a channel holds more than {LONG} messages, and no loop was found that grows it"

    def _run_to(self, position: int) -> list[State]:
        """Give a run to a twin of a state: each of its states is a twin of the one that was kept."""
        path = [self.states[number] for number in self._path(position)]
        run = path[:1]
        for _, there in pairwise(path):
            twins = {there, *self._symmetry.twins(self.semantics, there)}
            run.append(next(state for state, _ in self.semantics.successors(run[-1]) if state in twins))
        return run

    def _finder(self) -> Callable[[Target], list[tuple[State, int]]]:
        return lambda _: []

    def _judged(self, prop: Property, finder: Callable[[Target], list[tuple[State, int]]], *, closed: bool) -> PropertyResult:
        if prop.name in self.targets:
            return PropertyResult(prop, Verdict.PROVED if prop.kind == "sometimes" else Verdict.REFUTED)
        return super()._judged(prop, finder, closed=closed)

    def _coverage(self) -> Coverage:
        """Collect what happened, to whichever copy."""
        found = super()._coverage()
        fired = set(found.fired)
        for names in self._symmetry.renamings():
            fired |= {names.get(name, name) for name in found.fired}
        return evolve(found, fired=frozenset(fired))

    def _merged(self, results: tuple[PropertyResult, ...]) -> tuple[PropertyResult, ...]:
        """Give every variant of a claim the verdict of all of them."""
        groups: dict[str, list[PropertyResult]] = {}
        for result in results:
            groups.setdefault(self._group(result.property), []).append(result)
        found = []
        for result in results:
            mine = groups[self._group(result.property)]
            witnesses = {r.verdict for r in mine}
            if result.property.kind == "sometimes" and Verdict.PROVED in witnesses:
                found.append(evolve(result, verdict=Verdict.PROVED))
            else:
                found.append(evolve(result, verdict=max(witnesses, key=lambda verdict: WEIGHT[verdict])))
        return tuple(found)

    def _group(self, prop: Property) -> str:
        return self._symmetry.variants.get(prop.name, prop.name)

    def _retold(self, result: SearchResult) -> SearchResult:
        """Have the full search tell what is refuted."""
        refuted = tuple(r.property for r in result.properties if r.verdict is Verdict.REFUTED and r.property.kind != "sometimes")
        if not refuted or self.refute_only or self.stopped == "interrupted":
            return result
        left = self.limits if self.limits.seconds is None else evolve(self.limits, seconds=self._left(result.seconds))
        full = VectorSearch(Semantics(self.semantics.protocol), refuted, left, self.report, refute_only=True).run()
        told = {r.property.name: r for r in full.properties if r.verdict is Verdict.REFUTED}
        return evolve(result, properties=tuple(told.get(r.property.name, r) for r in result.properties))

    def _left(self, seconds: float) -> float:
        return max(0.0, (self.limits.seconds or 0.0) - seconds)


__all__ = ["OrbitSearch"]
