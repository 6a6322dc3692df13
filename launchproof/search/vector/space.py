"""The packed form of one protocol's states, and of where names stand in them.

Two states whose slots have the same *marks* (`Interner.signature`) hold their names alike: whatever
renumbers the names of one renumbers those of the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import define, field

from launchproof.search.vector.keys import Array, Column, Joint
from launchproof.search.vector.layout import Fields, Numbering, RegrownError, Words, repacked
from launchproof.semantics.steps import Semantics

AT_ONCE: Final = 1 << 20
"""So many keys are made anew at once."""


@define(eq=False)
class Space:
    """Numbers slot values and their marks, side by side."""

    semantics: Semantics
    values: Numbering = field(init=False)
    marks: Numbering = field(init=False)
    mark_of: list[Column] = field(init=False)
    nameless: int = field(init=False)
    old_values: Fields = field(init=False)
    old_marks: Fields = field(init=False)
    _joint: Joint = field(factory=Joint)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing numbered."""
        slots = len(self.semantics.slots)
        self.nameless = self.semantics.interner.signature[self.semantics.empty]
        self.values, self.marks = Numbering(slots), Numbering(slots)
        self.mark_of = [Column() for _ in range(slots)]

    def number(self, slot: int, value: int) -> int:
        """Give a value's number in a slot, and see to its mark."""
        found = self.values.number(slot, value)
        if found == self.mark_of[slot].size:
            self.mark_of[slot].append(self.marks.number(slot, self.semantics.interner.signature[value]))
        return found

    def check(self) -> None:
        """Raise if anything that was numbered has no room."""
        if self.values.overflown or self.marks.overflown:
            raise RegrownError

    def regrow(self, *keys: Array) -> list[Array]:
        """Make room, and give the keys of states anew."""
        self.old_values, self.old_marks, joint = self.values.fields, self.marks.fields, self._joint
        if self.marks.overflown:
            self.marks.regrow()
        if not self.values.overflown:
            return list(keys)
        self.values.regrow()
        self._joint = Joint()
        return [self._anew(some, joint) for some in keys]

    def _anew(self, keys: Array, joint: Joint) -> Array:
        """Give keys anew, some at a time: spelled out they take twenty times the room."""
        found = np.empty_like(keys)
        for at in range(0, len(keys), AT_ONCE):
            words = joint.split(keys[at : at + AT_ONCE], self.old_values.words)
            found[at : at + AT_ONCE] = self.keys(repacked(words, self.old_values, self.values.fields))
        return found

    @property
    def repacked(self) -> bool:
        """Whether the last time that room was made, states were packed anew, and not their marks alone."""
        return self.values.fields is not self.old_values

    def marks_in(self, states: Words) -> Words:
        """Give the marks of packed states."""
        columns = self.values.fields.columns(states)
        return self.marks.fields.pack([self.mark_of[slot].at(column) for slot, column in enumerate(columns)])

    def keys(self, states: Words) -> Array:
        """Give one key for each state."""
        return self._joint.join(states)

    def words(self, keys: Array) -> Words:
        """Unpack keys."""
        return self._joint.split(keys, self.values.fields.words)
