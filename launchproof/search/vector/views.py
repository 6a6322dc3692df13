"""What was found, as the sequences that other parts of the search read: states, parents, depths."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from attrs import define, field

from launchproof.search.vector.space import Space
from launchproof.search.vector.store import Store
from launchproof.semantics.steps import State


@define(eq=False)
class States(Sequence[State]):
    """All states in the order in which they were found."""

    space: Space
    store: Store
    _spelled: dict[int, State] = field(factory=dict)

    def __len__(self) -> int:
        """Count them."""
        return self.store.size

    @overload
    def __getitem__(self, at: int) -> State: ...

    @overload
    def __getitem__(self, at: slice) -> list[State]: ...

    def __getitem__(self, at: int | slice) -> State | list[State]:
        """Give one, or some."""
        if isinstance(at, slice):
            return self.space.values.states(self.space.words(self.store.found()[at]))
        at = range(self.store.size)[at]
        if at not in self._spelled:
            self._spelled[at] = self[at : at + 1][0]
        return self._spelled[at]

    def __iter__(self) -> Iterator[State]:
        """Give all."""
        return iter(self[:])


@define(eq=False)
class PerState(Sequence[int]):
    """A number for each state."""

    store: Store

    def __len__(self) -> int:
        """Count the states."""
        return self.store.size

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> list[int]: ...

    def __getitem__(self, at: int | slice) -> int | list[int]:
        """Give one, or some."""
        if isinstance(at, slice):
            return [self.of(i) for i in range(self.store.size)[at]]
        return self.of(range(self.store.size)[at])

    @abstractmethod
    def of(self, state: int) -> int:
        """Give the number of one state."""


class Parents(PerState):
    """For each state the one that it was first reached from; -1 for the first."""

    def of(self, state: int) -> int:
        """Give the state before one."""
        return self.store.parent(state)


class Depths(PerState):
    """For each state how many steps it is away."""

    def of(self, state: int) -> int:
        """Give the depth of one state."""
        return bisect_right(self.store.levels, state)
