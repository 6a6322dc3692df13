"""Decision diagrams: the one place that knows the package `dd` and its binding of CUDD.

R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", 1986.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, Self

from launchproof.errors import EngineError

MOST_BITS: Final = 1000
"""Of more bits than this, CUDD cannot count: the numbers are larger than a float can be."""

HOW_TO_INSTALL: Final = "the symbolic engine needs dd with CUDD: pip install 'launchproof[symbolic]', or choose --engine vector"


class Diagram(Protocol):
    """A Boolean function of bits; equal functions are the same diagram."""

    def __and__(self, other: Self) -> Self:
        """Hold where both do."""

    def __or__(self, other: Self) -> Self:
        """Hold where one of them does."""

    def __invert__(self) -> Self:
        """Hold where it does not."""


class Diagrams:
    """All diagrams of one search, and the bits that they depend on, by name."""

    def __init__(self) -> None:
        """Begin without bits."""
        try:
            from dd import cudd
        except ImportError:
            raise EngineError(HOW_TO_INSTALL) from None
        self._cudd: Any = cudd
        self._manager: Any = cudd.BDD()
        self._manager.configure(reordering=False)
        self.false: Diagram = self._manager.false
        self.true: Diagram = self._manager.true

    def add_bit(self, name: str, level: int) -> None:
        """Add a bit at a place in the order."""
        self._manager.insert_var(name, level)

    def level(self, name: str) -> int:
        """Give a bit's place in the order."""
        found: int = self._manager.level_of_var(name)
        return found

    def cube(self, bits: Mapping[str, bool]) -> Diagram:
        """Give the function that says what some bits are."""
        found: Diagram = self._manager.cube(bits)
        return found

    def some(self, diagram: Diagram, bits: Collection[str]) -> Diagram:
        """Forget some bits: whether there is a value for them."""
        found: Diagram = self._manager.exist(bits, diagram) if bits else diagram
        return found

    def product(self, one: Diagram, other: Diagram, bits: Collection[str]) -> Diagram:
        """Join two functions and forget some bits in one go (the relational product)."""
        found: Diagram = self._cudd.and_exists(one, other, bits)
        return found

    def swapped(self, diagram: Diagram, bits: Mapping[str, str]) -> Diagram:
        """Exchange bits for others."""
        found: Diagram = self._manager._swap(diagram, bits) if bits else diagram  # noqa: SLF001 - the only exchange there is
        return found

    def union(self, diagrams: Iterable[Diagram]) -> Diagram:
        """Join functions pairwise, which keeps what lies between small."""
        left = list(diagrams) or [self.false]
        while len(left) > 1:
            left = [a | b for a, b in zip(left[::2], left[1::2], strict=False)] + left[len(left) // 2 * 2 :]
        return left[0]

    def pick(self, diagram: Diagram) -> Mapping[str, bool]:
        """Give one assignment to the bits that matter; bits left out can be either."""
        found: Mapping[str, bool] = self._manager.pick(diagram)
        return found

    def assignments(self, diagram: Diagram, bits: Collection[str]) -> Iterator[Mapping[str, bool]]:
        """Give every assignment to some bits, which must be all that matter."""
        found: Iterator[Mapping[str, bool]] = self._manager.pick_iter(diagram, set(bits))
        return found

    def count(self, diagram: Diagram, bits: Collection[str]) -> int:
        """Count the assignments to some bits, exactly; they must be all that matter."""
        order = sorted(self.level(bit) for bit in bits)
        place = {level: i for i, level in enumerate(order)}
        ways: list[dict[Any, int]] = [{} for _ in range(len(order) + 1)]

        def put(node: Any, after: int, count: int) -> None:
            if node != self.false:
                at = len(order) if node == self.true else place[node.level]
                ways[at][node] = ways[at].get(node, 0) + (count << (at - after))

        put(diagram, 0, 1)
        for at in range(len(order)):
            for node, count in ways[at].items():
                _, low, high = self._manager.succ(node)
                for child in (low, high):
                    put(~child if node.negated else child, at + 1, count)
            ways[at].clear()
        return ways[-1].get(self.true, 0)

    def about(self, diagram: Diagram, bits: Collection[str]) -> float:
        """Count the assignments, quickly and roughly."""
        found: float = self._manager.count(diagram, len(bits)) if len(bits) < MOST_BITS else self.count(diagram, bits)
        return found

    def size(self, diagram: Diagram) -> int:
        """Count the nodes of a diagram."""
        return len(diagram)  # type: ignore[arg-type]

    @property
    def nodes(self) -> int:
        """Count the nodes in use."""
        return len(self._manager)

    @property
    def peak(self) -> int:
        """Count the nodes in use when there were most."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # dd tells of a change in a figure that is not read here
            found: int = self._manager.statistics()["peak_nodes"]
        return found
