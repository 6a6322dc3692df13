"""A graph of integers whose edges belong to groups, in compact arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
        resting: Flags = np.logical_not(np.logical_or.reduce(self.enabled, axis=0, initial=False))
        return resting

    @cached_property
    def belongs(self) -> Flags:
        """For each fair group, in order, and each label: whether the label's edges belong to it."""
        made = np.zeros((len(self.fair), max(len(self.groups), 1)), dtype=np.bool_)
        for label, groups in enumerate(self.groups):
            for row, group in enumerate(self.fair):
                made[row, label] = group in groups
        return made

    @cached_property
    def enabled(self) -> Flags:
        """For each fair group, in order, and each node: whether the group is enabled there."""
        made = np.zeros((len(self.fair), self.size), dtype=np.bool_)
        for row, labels in enumerate(self.belongs):
            made[row, self.source[labels[self.label]]] = True
        return made

    def edges_of(self, nodes: Ints) -> Ints:
        """Give the edges that start at nodes, node by node."""
        return spans(self.first[nodes], self.first[nodes + 1])


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
    return ordered[new]


def nothing(graph: Graph) -> Marks:
    """Mark no node and no edge."""
    return Marks(np.zeros(graph.size, dtype=np.bool_), np.zeros(len(graph.source), dtype=np.bool_))
