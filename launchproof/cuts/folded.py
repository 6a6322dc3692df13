"""States folded over a few machines: one key for all that differ in these only, with a bit for each combination of their phases.

Machines of few phases that hold no names, as a box of some height or a form that is open or not, stand beside nearly every
state of the others. What does not concern them is done once for a key, whatever its bits are, and has all of these
bits afterwards. Nothing is approximated: a key and a bit are a state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from math import prod
from types import NoneType, UnionType
from typing import Final, get_args

import attrs
import numpy as np
from attrs import define, evolve, field, frozen

from launchproof.declare.machine import Machine
from launchproof.declare.properties import STEP_WORDS, Property
from launchproof.declare.protocol import Protocol
from launchproof.search.vector.acts import Acts
from launchproof.search.vector.keys import Array, Column, empty, spread
from launchproof.search.vector.layout import Words
from launchproof.search.vector.level import Begun, Entries, Flags, Tables, Taken
from launchproof.semantics.unread import held_by

BITS: Final = 62
"""So many combinations at most."""

WORD: Final = 64
"""So many bits has the word in which they stand."""


class UnfoldableError(Exception):
    """A machine has more phases than its classes can have by what they are declared to hold."""

    def __init__(self, machine: str) -> None:
        """Name the machine."""
        super().__init__(machine)
        self.machine = machine


@frozen(eq=False)
class States:
    """A set of states: distinct keys, sorted, each with the bits of the combinations that stand beside it."""

    keys: Array = field(factory=empty)
    bits: Array = field(factory=empty)

    @classmethod
    def of(cls, keys: Array, bits: Array, *, runs: bool = False) -> States:
        """Put together what has the same key; keys that come in sorted `runs` are merged."""
        if not len(keys):
            return cls()
        order = np.argsort(keys, kind="stable" if runs else None)
        keys, bits = keys.take(order), bits.take(order)
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        return cls(keys.take(first), np.bitwise_or.reduceat(bits, first))

    @classmethod
    def all_of(cls, some: Sequence[States]) -> States:
        """Put several sets together."""
        if not some:
            return cls()
        if len(some) == 1:
            return some[0]
        return cls.of(np.concatenate([s.keys for s in some]), np.concatenate([s.bits for s in some]), runs=True)

    def less(self, known: States) -> States:
        """Give the states that are not in another set."""
        if not len(known.keys) or not len(self.keys):
            return self
        at = np.minimum(np.searchsorted(known.keys, self.keys), len(known.keys) - 1)
        bits = self.bits & ~np.where(known.keys.take(at) == self.keys, known.bits.take(at), 0)
        left = np.flatnonzero(bits)
        return States(self.keys.take(left), bits.take(left))

    def part(self, start: int, end: int) -> States:
        """Give some of the keys."""
        return States(self.keys[start:end], self.bits[start:end])

    def __len__(self) -> int:
        """Count the states."""
        return int(np.unpackbits(self.bits.view(np.uint8)).sum())


@frozen(eq=False)
class Folded:
    """All steps of some states, as they were taken.

    For each state that is reached: `bare` is what is left of it without the folded phases, `bits` what stands beside that, and
    `every` tells that the step was taken once for all bits of the key that it starts from. For each state: `owner` is that key.
    """

    steps: Taken
    owner: Array
    bare: Words
    bits: Array
    every: Flags


@define(eq=False)
class Fold:
    """Takes the steps of states that are folded over the machines in some slots; `sizes` tell how many phases each can have."""

    tables: Tables
    slots: tuple[int, ...]
    sizes: tuple[int, ...]
    _reads: Column = field(factory=Column)

    @classmethod
    def over(cls, tables: Tables, properties: Sequence[Property], apart: frozenset[str] = frozenset()) -> Fold:
        """Fold over as many machines as there is room for, those of few phases first, but for those that are to stay apart."""
        slots: list[int] = []
        sizes: list[int] = []
        foldable = phases_of(tables.semantics.protocol, properties)
        for slot, size in sorted(foldable.items(), key=lambda item: item[1]):
            if prod(sizes) * size <= BITS and tables.semantics.slots[slot] not in apart:
                slots.append(slot)
                sizes.append(size)
        return cls(tables, tuple(slots), tuple(sizes))

    # --- keys and bits -----------------------------------------------------------------------------------

    def folded(self, words: Words) -> tuple[Words, Array]:
        """Give states without the folded phases, and the number of the bit that stands for these."""
        values = self.tables.space.values
        fields = values.fields
        number = np.zeros(len(words[0]), np.int64)
        for slot, size in zip(self.slots, self.sizes, strict=True):
            if len(values.values[slot]) > size:
                raise UnfoldableError(self.tables.semantics.slots[slot])
            number = number * size + fields.get(words, slot)
        bare = [word & ~bits for word, bits in zip(words, fields.over(self.slots), strict=True)]
        return bare, number

    def spread(self, states: States) -> tuple[Words, Array]:
        """Give every state in full, key by key, and whose key each has."""
        bits = np.unpackbits(states.bits.astype("<i8").view(np.uint8), bitorder="little")
        at = np.flatnonzero(bits.view(np.bool_))
        owner, number = at // WORD, at % WORD
        words = [word.take(owner) for word in self.tables.space.words(states.keys)]
        rows = np.arange(len(owner))
        for slot, size in zip(reversed(self.slots), reversed(self.sizes), strict=True):
            number, phase = np.divmod(number, size)
            self.tables.space.values.fields.put(words, slot, rows, phase)
        return words, owner

    # --- steps -------------------------------------------------------------------------------------------

    def take(self, states: States, entries: Entries | None = None) -> Folded:
        """Take every step of some states that is among some `entries`: what concerns no folded machine once for each key.

        That something concerns one may turn out only now; then all is done again, which is quick, as it is known by now.
        """
        tables, space = self.tables, self.tables.space
        words, owner = self.spread(states)
        begun = Begun(words, space.marks_in(words))
        first = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        others = [slot for slot in range(len(space.semantics.slots)) if slot not in self.slots]
        shared = tables.beginnings.of([w.take(first) for w in words], [w.take(first) for w in begun.marks], others)
        own = tables.beginnings.of(words, begun.marks, self.slots)
        groups = -1
        while groups != len(tables.bundles.groups):
            reading, groups = self._reading(shared), len(tables.bundles.groups)
            acts = self._each(shared, first, reading, begun)
            steps = tables.begun(begun, Acts.all_of([acts, own]), entries or tables.bundles.entries)
        every = np.arange(len(steps.acts.row)) < np.count_nonzero(~reading)
        bare, number = self.folded(steps.reached)
        taken = every.take(steps.act)
        bits = np.where(taken, states.bits.take(owner.take(steps.row)), np.int64(1) << number)
        return Folded(steps, owner, bare, bits, taken)

    def _each(self, shared: Acts, first: Array, reading: Flags, begun: Begun) -> Acts:
        """Give what begins in some keys: first what is taken once for each, then what is taken in each of its states."""
        once, several = np.flatnonzero(~reading), np.flatnonzero(reading)
        counts = np.diff(np.append(first, len(begun.states[0]))).take(shared.row.take(several))
        owner, part = spread(counts)
        again = shared.at(several.take(owner), first.take(shared.row.take(several)).take(owner) + part)
        folded = self.tables.space.values.fields.over(self.slots)
        started = zip(again.start, begun.states, folded, strict=True)
        start = [(word & ~bits) | (state.take(again.row) & bits) for word, state, bits in started]
        return Acts.all_of([shared.at(once, first.take(shared.row.take(once))), evolve(again, start=start)])

    def _reading(self, acts: Acts) -> Flags:
        """Tell which beginnings read the phase of a folded machine, as far as that is known."""
        groups = self.tables.bundles.groups
        of_group = self.tables.bundles.groups_of(acts)
        self._reads.extend([int(not set(self.slots).isdisjoint(group.slots)) for group in groups[self._reads.size :]])
        reading: Flags = self._reads.at(of_group) > 0
        return reading


def phases_of(protocol: Protocol, properties: Sequence[Property]) -> dict[int, int]:
    """Give the machines that can be folded, with how many phases each can have; no step of others is judged by their phases."""
    read = {r.name for prop in properties if prop.kind == "each-step" for r in prop.reads if r.name not in STEP_WORDS}
    counts = {i: counted(machine) for i, machine in enumerate(protocol.machines) if machine.name not in read}
    return {slot: count for slot, count in counts.items() if count is not None}


def counted(machine: Machine) -> int | None:
    """Count the phases that a machine can have, if they hold nothing but members of enums."""
    held = held_by(machine.phases)
    fields = {phase: [held[phase].get(field.name) for field in attrs.fields(phase)] for phase in machine.phases}
    return if_known([if_known([values_of(hint) for hint in hints], prod) for hints in fields.values()], sum)


def values_of(hint: object) -> int | None:
    """Count the values that a type has: an enum, a bool, nothing, or one of these."""
    if hint is NoneType:
        return 1
    if isinstance(hint, UnionType):
        return if_known([values_of(part) for part in get_args(hint)], sum)
    if isinstance(hint, type) and issubclass(hint, Enum | bool):
        return 2 if hint is bool else len(hint)
    return None


def if_known(counts: Sequence[int | None], together: Callable[[list[int]], int]) -> int | None:
    """Put counts together, where all are known."""
    known = [count for count in counts if count is not None]
    return together(known) if len(known) == len(counts) else None
