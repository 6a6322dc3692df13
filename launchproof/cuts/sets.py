"""Sets of guards, and families of them in which none holds another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from attrs import define, field

Loss = frozenset[str]
"""Guards that are lost, by name."""

NONE: Loss = frozenset()


def spelled(loss: Loss) -> tuple[str, ...]:
    """Give a set in an order that does not depend on hashes."""
    return tuple(sorted(loss))


def ordered(losses: Iterable[Loss]) -> list[Loss]:
    """Sort sets: the small ones first, then by name."""
    return sorted(losses, key=lambda loss: (len(loss), spelled(loss)))


def proper_subsets(loss: Loss) -> Iterator[Loss]:
    """Yield every smaller set within a set, the small ones first."""
    names = spelled(loss)
    return (frozenset(some) for size in range(len(names)) for some in combinations(names, size))


@define(eq=False)
class Minimal:
    """The least of the sets that were put in: none of them holds another."""

    sets: list[Loss] = field(factory=list)

    def covers(self, loss: Loss) -> bool:
        """Whether a set, or one within it, was put in."""
        return any(known <= loss for known in self.sets)

    def put(self, loss: Loss) -> bool:
        """Put a set in; tell whether it was not covered before."""
        if self.covers(loss):
            return False
        self.sets = [known for known in self.sets if not loss <= known]
        self.sets.append(loss)
        return True
