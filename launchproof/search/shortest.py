"""Finds, among the shortest runs to a target, the one with the fewest changes of actor.

The search has already told every state's depth. A second sweep goes forward through the same
levels and keeps, for each state and each actor that could have acted last, the run with the fewest
changes of actor. Ties go to the run that comes first in the order of the declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import define, field, frozen

from launchproof.search.judges import Judge, PlaceJudges, StateJudges, StepJudges
from launchproof.semantics.steps import Semantics, State, Step


@frozen(eq=False)
class Target:
    """What a run is to show, at which depth: a judged state or step, a deadlock, or a given path."""

    depth: int
    state: Judge | None = None
    place: Judge | None = None
    step: tuple[State, Judge] | None = None
    deadlock: bool = False
    path: list[int] | None = None


@frozen(eq=False)
class Way:
    """How a state was reached: changes of actor so far, from which way, by which successor."""

    changes: int
    state: State
    actor: str
    before: Way | None
    position: int


@define(eq=False)
class Finder:
    """Sweeps the levels once, as deep as anybody asks."""

    semantics: Semantics
    index: Mapping[State, int]
    depths: Sequence[int]
    owes: Callable[[State], bool]
    levels: list[dict[tuple[State, str], Way]] = field(factory=list)

    def find(self, target: Target) -> list[tuple[State, int]]:
        """Give the run to a target as hops: states, and the position of the successor taken."""
        if target.step is not None:
            return self._to_step(target, target.step[1])
        reached = [w for w in self._level(target.depth).values() if self._shows(target, w.state)]
        return hops(min(reached, key=lambda way: way.changes))

    def _to_step(self, target: Target, judge: Judge) -> list[tuple[State, int]]:
        places = PlaceJudges(self.semantics, [judge.property])
        judges = StepJudges(self.semantics, [judge.property], places)
        best: tuple[int, Way, int] | None = None
        for way in self._level(target.depth - 1).values():
            for position, (_, step) in enumerate(self.semantics.successors(way.state)):
                changes = way.changes + changed(way, step)
                if (best is None or changes < best[0]) and judges.broken_by_step(way.state, step):
                    best = (changes, way, position)
        if best is None:
            raise AssertionError("a step that broke the property is not there any more")
        return [*hops(best[1]), (best[1].state, best[2])]

    def _shows(self, target: Target, state: State) -> bool:
        if target.state is not None:
            wanted = target.state.property.kind == "sometimes"
            return StateJudges(self.semantics, [target.state.property]).verdict(target.state, state) is wanted
        if target.place is not None:
            return bool(PlaceJudges(self.semantics, [target.place.property]).broken_by_state(state))
        return self.owes(state) and not any(
            step.own and successor != state for successor, step in self.semantics.successors(state)
        )

    def _level(self, depth: int) -> dict[tuple[State, str], Way]:
        if not self.levels:
            start = self.semantics.initial()
            self.levels.append({(start, ""): Way(0, start, "", None, -1)})
        while len(self.levels) <= depth:
            self.levels.append(self._next(len(self.levels)))
        return self.levels[depth]

    def _next(self, depth: int) -> dict[tuple[State, str], Way]:
        found: dict[tuple[State, str], Way] = {}
        successors: dict[State, list[tuple[State, Step]]] = {}
        for way in self.levels[-1].values():
            if way.state not in successors:
                successors[way.state] = self.semantics.successors(way.state)
            for position, (state, step) in enumerate(successors[way.state]):
                if state not in self.index or self.depths[self.index[state]] != depth:
                    continue
                changes = way.changes + changed(way, step)
                key = (state, step.actor)
                if key not in found or changes < found[key].changes:
                    found[key] = Way(changes, state, step.actor, way, position)
        return found


def changed(way: Way, step: Step) -> int:
    """Count a change of actor, unless the run only begins."""
    return int(way.actor not in ("", step.actor))


def hops(way: Way) -> list[tuple[State, int]]:
    """Follow a way back to the start."""
    found = []
    while way.before is not None:
        found.append((way.before.state, way.position))
        way = way.before
    return found[::-1]


def shortest(
    semantics: Semantics,
    index: Mapping[State, int],
    depths: Sequence[int],
    owes: Callable[[State], bool],
) -> Callable[[Target], list[tuple[State, int]]]:
    """Give a function that finds the run to a target; all targets share one sweep."""
    return Finder(semantics, index, depths, owes).find
