"""Finds the states that lie on shortest runs to a target, so that only these are swept for the run that is told.

A sweep backwards from the target's states, level by level: a state is on such a run if it has a
step into the next level's. Leaving the others out changes neither which runs there are nor their
order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from attrs import define

from launchproof.liveness.graph import distinct
from launchproof.search.judges import PlaceJudges, StateJudges, StepJudges
from launchproof.search.shortest import Finder, Target
from launchproof.search.vector.judging import StateAnswers, StepAnswers
from launchproof.search.vector.keys import Array, Known
from launchproof.search.vector.level import Expanded, Tables
from launchproof.search.vector.store import Store
from launchproof.semantics.steps import State

Pieces = Callable[[int, int], Iterable[tuple[int, Expanded]]]
"""Takes every step of the states between two numbers, some at a time."""


@define(eq=False)
class Runs:
    """Tells shortest runs over a search that is over."""

    tables: Tables
    store: Store
    pieces: Pieces
    owes: Callable[[State], bool]

    def find(self, target: Target) -> list[tuple[State, int]]:
        """Give the run to a target as hops."""
        last = target.depth - 1 if target.step is not None else target.depth
        level = self._ends(target, *self._level(last))
        on_runs = [level]
        for depth in reversed(range(last)):
            level = self._before(level, *self._level(depth))
            on_runs.append(level)
        numbers = np.concatenate(on_runs)
        depths = np.repeat(np.arange(last, -1, -1), [len(some) for some in on_runs]).tolist()
        space = self.tables.space
        states = space.values.states(space.words(self.store.found()[numbers]))
        index = {state: i for i, state in enumerate(states)}
        return Finder(self.tables.semantics, index, depths, self.owes).find(target)

    def _level(self, depth: int) -> tuple[int, int]:
        """Give the numbers between which a level's states are."""
        bounds = [0, *self.store.levels, self.store.size]
        return bounds[depth], bounds[depth + 1]

    def _before(self, level: Array, start: int, end: int) -> Array:
        """Give the states with a step into a level's chosen states."""
        keys = np.sort(self.store.found()[level])
        chosen = Known(keys, np.zeros(len(keys), np.int64))
        found = [at + distinct(piece.row[chosen.find(piece.after) >= 0]) for at, piece in self.pieces(start, end)]
        return np.concatenate(found)

    def _ends(self, target: Target, start: int, end: int) -> Array:
        """Give the states that show the target, or from which a step does."""
        semantics, space = self.tables.semantics, self.tables.space
        if target.step is not None:
            prop = target.step[1].property
            judges = StepJudges(semantics, [prop], PlaceJudges(semantics, [prop]))
            found = []
            for at, piece in self.pieces(start, end):
                told = list(StepAnswers(space, self.tables.bundles, judges).tell(piece, [prop]))
                found += [at + distinct(rows) for _, rows in told]
            return distinct(np.concatenate(found))
        if target.deadlock:
            owing = np.array([self.owes(s) for s in space.values.states(space.words(self.store.found()[start:end]))])
            acting = np.concatenate([piece.acting for _, piece in self.pieces(start, end)])
            return start + np.flatnonzero(owing & ~acting)
        judge = target.state or target.place
        props = [judge.property] if judge is not None else []
        answers = StateAnswers.of(space, StateJudges(semantics, props), PlaceJudges(semantics, props))
        rows = [rows for _, rows in answers.tell(space.words(self.store.found()[start:end]), props)]
        return start + distinct(np.concatenate(rows))
