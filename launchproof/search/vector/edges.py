"""The steps between states, recorded as arrays.

States go by the numbers in which they were found, which are those of the plain search. A step goes
by its number in `Symbolic.steps`: what each machine did in it, whatever the rest of the state.
"""

from __future__ import annotations

import numpy as np
from attrs import define, field, frozen

from launchproof.search.vector.bundles import Bundles
from launchproof.search.vector.keys import Array, Column, spread
from launchproof.search.vector.level import Expanded
from launchproof.search.vector.store import Store


@frozen(eq=False)
class Edges:
    """The steps of one level's states, sorted by the source; of one source, those that leave it as it is come last."""

    sources: Array
    targets: Array
    steps: Array


@define(eq=False)
class Recorder:
    """Takes the steps of each chunk down; `levels` has those of the levels that were searched."""

    bundles: Bundles
    store: Store
    levels: list[Edges] = field(factory=list)
    _chunks: list[Edges] = field(factory=list)
    _made: int = 0
    _begin: Column = field(factory=Column)
    _count: Column = field(factory=Column)
    _steps: Column = field(factory=Column)
    _idle_begin: Column = field(factory=Column)
    _idle_count: Column = field(factory=Column)
    _idle_steps: Column = field(factory=Column)

    def record(self, at: int, expanded: Expanded, last: int | None) -> None:
        """Take down the steps of a chunk's states, up to the last one that counts."""
        self._learn()
        owner, part = spread(self._count.view[expanded.entry])
        idle, idle_part = spread(self._idle_count.view[expanded.bundles])
        stays = expanded.acts.row[idle]
        sources = np.concatenate([expanded.row[owner], stays])
        targets = np.concatenate([self.store.number(expanded.after)[owner], at + stays])
        steps = np.concatenate(
            [
                self._steps.view[self._begin.view[expanded.entry][owner] + part],
                self._idle_steps.view[self._idle_begin.view[expanded.bundles][idle] + idle_part],
            ]
        )
        order = np.argsort(sources, kind="stable")
        if last is not None:
            order = order[sources[order] <= last]
        self._chunks.append(Edges(at + sources[order], targets[order], steps[order]))

    def close(self) -> None:
        """End a level."""
        if self._chunks:
            arrays = [[e.sources for e in self._chunks], [e.targets for e in self._chunks], [e.steps for e in self._chunks]]
            self.levels.append(Edges(*(np.concatenate(some) for some in arrays)))
        self._chunks = []

    def _learn(self) -> None:
        """Tabulate the steps of bundles that were made since."""
        for parts in self.bundles.made[self._made :]:
            steps: dict[int, list[int]] = {}
            for part in parts:
                for step, effect in zip(part.steps, part.effects, strict=True):
                    steps.setdefault(effect, []).append(step)
            idle = steps.pop(-1, [])
            self._idle_begin.append(self._idle_steps.size)
            self._idle_count.append(len(idle))
            self._idle_steps.extend(idle)
            for some in steps.values():
                self._begin.append(self._steps.size)
                self._count.append(len(some))
                self._steps.extend(some)
        self._made = len(self.bundles.made)
