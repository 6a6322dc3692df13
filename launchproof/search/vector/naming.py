"""Canonical names for many states at once.

How a state's names are renumbered depends on its marks alone; what becomes of each slot's value, on
the value and the renumbering. Both are learned from the semantics, and looked up from then on.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import define, field

from launchproof.liveness.graph import distinct
from launchproof.search.vector.grid import Grid
from launchproof.search.vector.keys import HALF, Array, Column, Joint, Table
from launchproof.search.vector.layout import Words, rekeyed
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.semantics.interner import RenamedValues
from launchproof.semantics.steps import State


@define(eq=False)
class Naming:
    """All outcomes of forgetting that were met so far."""

    space: Space
    count: Column = field(factory=Column)
    begin: Column = field(factory=Column)
    tables: Column = field(factory=Column)
    renamings: list[RenamedValues] = field(factory=list)
    _table_ids: dict[int, int] = field(factory=dict)
    _outcomes: dict[tuple[int, ...], int] = field(factory=dict)
    _same: dict[tuple[int, ...], int] = field(factory=dict)
    _known: Table = field(factory=Table)
    _joint: Joint = field(factory=Joint)
    _renamed: list[Grid] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self._renamed = [Grid() for _ in self.space.semantics.slots]

    def forget(self) -> None:
        """Pack anew what was packed, after fields became wider."""
        self._known, self._joint = rekeyed(self._known, self.space.old_marks, self.space.marks.fields), Joint()

    def outcomes(self, raw: Words, marks: Words) -> Array:
        """Give for each state the number of its outcomes: an entry of `count` and `begin`, which is over `tables`."""
        keys = self._joint.join(marks)
        found = self._known.find(keys)
        if len(found) and int(found.min()) < 0:
            learns()
            unknown = np.flatnonzero(found < 0)
            new, at = np.unique(keys.take(unknown), return_index=True)
            states = self.space.values.states([word.take(unknown.take(at)) for word in raw])
            self._known.add(new, np.array([self._outcome(state) for state in states], np.int64))
            found = self._known.find(keys)
        return found

    def _outcome(self, raw: State) -> int:
        interner = self.space.semantics.interner
        key = tuple([interner.signature[v] for v in raw])
        found = self._outcomes.get(key)
        if found is None:
            tables = tuple([self._table(t) for t in self.space.semantics.renamings(raw)])
            found = self._same.get(tables)
            if found is None:
                found = self._same[tables] = self.count.size
                self.begin.append(self.tables.size)
                self.count.append(len(tables))
                self.tables.extend(tables)
            self._outcomes[key] = found
        return found

    def met(self) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        """Give the signatures of each state whose names were renumbered, with the renamings that do it, one per outcome."""
        for signatures, number in self._outcomes.items():
            begin = int(self.begin.view[number])
            yield signatures, self.tables.view[begin : begin + int(self.count.view[number])].tolist()

    def _table(self, table: RenamedValues) -> int:
        found = self._table_ids.get(id(table))
        if found is None:
            found = self._table_ids[id(table)] = len(self.renamings)
            self.renamings.append(table)
        return found

    def rename(self, raw: Words, tables: Array) -> Words:
        """Give states renamed, each by the renaming of a number."""
        fields = self.space.values.fields
        found = [word.copy() for word in raw]
        for slot, marks in enumerate(self.space.marks.values):
            if len(marks) > 1 or any(self.space.nameless != mark for mark in marks):
                word, shift = fields.word[slot], fields.shift[slot]
                values = fields.get(raw, slot)
                found[word] ^= (values ^ self._slot(slot, values, tables)) << shift
        return found

    def _slot(self, slot: int, values: Array, tables: Array) -> Array:
        grid = self._renamed[slot]
        grid.room(len(self.renamings), len(self.space.values.values[slot]))
        found = grid.find(tables, values)
        if len(found) and int(found.min()) < 0:
            learns()
            unknown = np.flatnonzero(found < 0)
            pairs = np.stack(np.divmod(distinct((tables.take(unknown) << HALF) | values.take(unknown)), 1 << HALF), axis=1)
            renamed = [self.renamings[table][self.space.values.values[slot][value]] for table, value in pairs.tolist()]
            grid.add(pairs, np.array([self.space.number(slot, value) for value in renamed], np.int64))
            self.space.check()
            found = grid.find(tables, values)
        return found
