"""A graph of integers whose edges belong to groups, in compact arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WORD: Final = 62
"""So many bits of a set stand in one integer."""


@frozen(eq=False)
class Marks:
    """The nodes and the edges that something is true of."""

    nodes: Flags
    edges: Flags


@frozen(eq=False, slots=False)
class Graph:
    """Nodes ``0 … size - 1`` (0 is the start), and edges in the order of their sources.

    Every edge has a label, and `groups` tells for each label the groups that its edges belong to.
    `weak` and `strong` are the groups that are fair; the others are not.
    """

    size: int
    source: Ints = field(repr=False)
    target: Ints = field(repr=False)
    label: Ints = field(repr=False)
    groups: Sequence[Sequence[int]]
    weak: tuple[int, ...]
    strong: tuple[int, ...]
    remembered: dict[str, Any] = field(factory=dict, init=False, repr=False)
    """What other modules found out about the whole graph, and need again."""

    @cached_property
    def first(self) -> Ints:
        """Where each node's edges begin; they end where the next node's begin."""
        return np.searchsorted(self.source, np.arange(self.size + 1))

    @cached_property
    def fair(self) -> tuple[int, ...]:
        """The fair groups: the weak ones, then the strong ones."""
        return (*self.weak, *self.strong)

    @cached_property
    def rests(self) -> Flags:
        """The nodes in which no fair group is enabled, so that it is fair to stay there for ever."""
        resting: Flags = np.logical_not(np.any(self.enabled, axis=0))
        return resting

    @cached_property
    def weakly(self) -> Ints:
        """The bits of the weak groups, word by word; the other bits are those of strong ones."""
        return in_bits([range(len(self.weak))], len(self.fair))[:, 0]

    @cached_property
    def belongs(self) -> Ints:
        """For each label the bits of the fair groups, in order, to which its edges belong: a row for each word of them."""
        place = {group: number for number, group in enumerate(self.fair)}
        return in_bits([[place[group] for group in groups if group in place] for groups in self.groups or [()]], len(self.fair))

    @cached_property
    def enabled(self) -> Ints:
        """For each node the bits of the fair groups, in order, that are enabled there: a row for each word of them."""
        made = np.zeros((len(self.belongs), self.size), dtype=np.int64)
        leaving = np.flatnonzero(self.first[1:] > self.first[:-1])
        if len(leaving):
            made[:, leaving] = np.bitwise_or.reduceat(self.belongs.take(self.label, axis=1), self.first.take(leaving), axis=1)
        return made

    def edges_of(self, nodes: Ints) -> Ints:
        """Give the edges that start at nodes, node by node."""
        return spans(self.first.take(nodes), self.first.take(nodes + 1))


def in_bits(sets: Sequence[Iterable[int]], size: int) -> Ints:
    """Give sets of integers below some size in bits: a row for each word of so many bits, a column for each set."""
    made = np.zeros((-(-size // WORD), len(sets)), dtype=np.int64)
    for column, numbers in enumerate(sets):
        for number in numbers:
            made[number // WORD, column] |= 1 << number % WORD
    return made


def from_bits(words: Ints) -> int:
    """Give the bits of one set as one integer."""
    return sum(int(word) << WORD * row for row, word in enumerate(words))


def spans(begin: Ints, end: Ints) -> Ints:
    """Give all integers of the half-open spans, one after the other."""
    lengths = end - begin
    before = np.cumsum(lengths) - lengths
    return np.repeat(begin - before, lengths) + np.arange(int(lengths.sum()))


def distinct(items: Ints) -> Ints:
    """Give integers in order, each once; NumPy's own `unique` imports what is never needed here."""
    ordered = np.sort(items)
    new = np.ones(len(ordered), dtype=np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered.compress(new)


def nothing(graph: Graph) -> Marks:
    """Mark no node and no edge."""
    return Marks(np.zeros(graph.size, dtype=np.bool_), np.zeros(len(graph.source), dtype=np.bool_))
