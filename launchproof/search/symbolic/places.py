"""Names that tell where they stand, so that what happens in one corner of a state renames nothing elsewhere.

The semantics numbers names through the whole state: one more name in the first slot gives all that
stand behind it other numbers. As a relation over all slots that would be large. Here a canonical state's
names are numbered once more, by the first slot that holds them and how many of their sort it holds before:
a number that depends on nothing but the slots in which that name stands.

Each canonical state is spelled in one way, so there are as many states as ever, and the same steps between
them. Nothing that a step may do depends on a name's number: the semantics only ever compares numbers of
one sort, and the new ones are in the same order as the old.
"""

from __future__ import annotations

from collections.abc import Sequence

from launchproof.declare.names import Name
from launchproof.semantics.forgetting import outcomes
from launchproof.semantics.interner import RenamedValues
from launchproof.semantics.steps import Semantics
from launchproof.semantics.values import Anatomy, Renaming, name_of
from launchproof.semantics.ways import FRESH


class Placed(Semantics):
    """The semantics of another one, with its tables, where names tell where they stand."""

    def __init__(self, semantics: Semantics) -> None:
        """Share the tables that do not depend on how names are numbered."""
        vars(self).update(vars(semantics))
        self.stride = FRESH // (2 * len(self.slots))
        self._outcomes = {}
        self._tables = {}
        self._anatomies: dict[int, Anatomy] = {}
        self._scanned = 0

    def anatomy(self, mark: int) -> Anatomy:
        """Give where the names of values with a mark stand."""
        signatures = self.interner.signature
        for value in range(self._scanned, len(signatures)):
            self._anatomies.setdefault(signatures[value], self.interner.anatomy[value])
        self._scanned = len(signatures)
        return self._anatomies[mark]

    def home(self, name: Name) -> int | None:
        """Give the slot that a name's number names; a fresh one has none yet."""
        return name.number // self.stride % len(self.slots) if name.number < FRESH else None

    def outcomes_of(self, anatomies: Sequence[Anatomy], slots: Sequence[int], keep: int) -> tuple[RenamedValues, ...]:
        """Give the renamings of what stands in some slots, none of whose names stand in others."""
        return tuple(self._table(self.placed(anatomies, slots, names)) for names in outcomes(anatomies, keep))

    def renamings(self, raw: Sequence[int]) -> tuple[RenamedValues, ...]:
        """Give the renamings that lead from any state to its canonical forms, one per choice of orphans."""
        return self.outcomes_of([self.interner.anatomy[v] for v in raw], range(len(raw)), self.keep_orphans)

    def placed(self, anatomies: Sequence[Anatomy], slots: Sequence[int], names: Renaming) -> Renaming:
        """Give numbers to the names that live on by where they stand: held ones first, then rows' as they are numbered now."""
        found: dict[Name, Name] = {}
        for held in (True, False):
            for slot, anatomy in zip(slots, anatomies, strict=True):
                place = slot if held else slot + len(self.slots)
                mine = anatomy.holds if held else (name for row in anatomy.rows for name in row.holds)
                counts: dict[type[Name], int] = {}
                for name in sorted(
                    dict.fromkeys(n for n in mine if n in names and n not in found), key=lambda n: names[n].number
                ):
                    sort = type(name)
                    found[name] = name_of(sort, place * self.stride + counts.setdefault(sort, 0))
                    counts[sort] += 1
        return found
