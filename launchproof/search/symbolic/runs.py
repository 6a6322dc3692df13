"""Shortest runs to a set of states, level by level, and back through the levels.

A sweep backwards from the states that show what is asked for leaves, of each level, the states on
shortest runs. Among these the run is told that every engine tells (`launchproof.search.shortest`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from attrs import define

from launchproof.search.shortest import Finder, Target
from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.reach import Reach
from launchproof.semantics.steps import State

MANY: Final = 100_000
"""Of more states on shortest runs, one run is taken instead of the one with the fewest changes of actor."""


@define(eq=False)
class Runs:
    """Tells shortest runs to some sets of states; of a step, to the states from which it is taken."""

    reach: Reach
    owes: Callable[[State], bool]
    _taken: int = 0

    def take(self, levels: Iterable[Diagram]) -> Iterator[Diagram]:
        """Pass levels on, and keep them."""
        for level in levels:
            self.reach.kept["level", self._taken] = level
            self._taken += 1
            yield level

    def find(self, target: Target, ends: Diagram) -> list[tuple[State, int]]:
        """Give the run to a target as hops; ends are the states that show it, or from which a step does."""
        last = target.depth - (target.step is not None)
        on_runs = [self.reach.kept["level", last] & ends]
        for depth in reversed(range(last)):
            on_runs.append(self.reach.kept["level", depth] & self.reach.before(on_runs[-1]))
        on_runs.reverse()
        some = [self.reach.spelled(s) for s in on_runs] if self._few(on_runs) else self._one(on_runs)
        index = {state: number for number, state in enumerate(s for level in some for s in level)}
        depths = [number for number, level in enumerate(some) for _ in level]
        return Finder(self.reach.semantics, index, depths, self.owes).find(target)

    def _few(self, levels: list[Diagram]) -> bool:
        """Whether there are so few states that all of them can be looked at."""
        return sum(self.reach.about(level) for level in levels) <= MANY

    def _one(self, levels: list[Diagram]) -> list[list[State]]:
        """Take the first run, in the order of the semantics."""
        state = self.reach.semantics.initial()
        found = [[state]]
        for level in levels[1:]:
            successors = self.reach.semantics.expand(state)[0]
            state = next(after for after, _ in successors if self.reach.holds(level, after))
            found.append([state])
        return found
