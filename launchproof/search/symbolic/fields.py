"""How a state is spelled in bits: each slot's value in a field of its own.

A value is spelled as where its names stand (its *mark*, `Interner.signature`), and what is left of it (its
*frame*: the value with its names numbered as they come). So what only renames, moves the bits of marks, and
what only compares marks reads no others. A field's bits stand together in the order, those of
the state after a step next to those of the state before.

A field has room for the values seen so far. When one more does not fit, `RegrownError` is raised: whoever
was at work makes diagrams anew, and begins again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from attrs import define, field

from launchproof.declare.names import Name
from launchproof.search.symbolic.diagrams import Diagram, Diagrams
from launchproof.semantics.steps import Semantics, State
from launchproof.semantics.values import name_of, renamed

MARK: Final = "mark"
FRAME: Final = "frame"
PARTS: Final = (FRAME, MARK)


class RegrownError(Exception):
    """A field became wider."""


@define(eq=False)
class Part:
    """One part of a slot's values, numbered as it is met, and the bits for the number."""

    name: str
    ids: dict[int, int] = field(factory=dict)
    bits: list[str] = field(factory=list)

    def number(self, what: int) -> int:
        """Give the number of a part, a new one at first sight."""
        return self.ids.setdefault(what, len(self.ids))

    @property
    def needed(self) -> int:
        """How many bits its numbers need."""
        return (len(self.ids) - 1).bit_length() if self.ids else 0

    def spelled(self, number: int) -> dict[str, bool]:
        """Spell a number in bits."""
        return {bit: bool(number >> i & 1) for i, bit in enumerate(self.bits)}

    def read(self, bits: Mapping[str, bool]) -> int:
        """Read a number; a bit that can be either is taken as none."""
        return sum(1 << i for i, bit in enumerate(self.bits) if bits.get(bit))


@define(eq=False)
class Slot:
    """One slot's values."""

    parts: dict[str, Part]
    values: dict[tuple[int, int], int] = field(factory=dict)
    codes: dict[int, tuple[int, int]] = field(factory=dict)
    cubes: dict[tuple[int, bool], Diagram] = field(factory=dict)

    @property
    def bits(self) -> list[str]:
        """All bits."""
        return [bit for part in self.parts.values() for bit in part.bits]


def primed(bit: str) -> str:
    """Give the bit of the state after a step."""
    return bit + "'"


@define(eq=False)
class Fields:
    """Where each slot's value stands, in an order of the slots."""

    semantics: Semantics
    diagrams: Diagrams
    order: tuple[int, ...]
    slots: list[Slot] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing numbered."""
        self.slots = [Slot({part: Part(f"{number}.{part}") for part in PARTS}) for number in range(len(self.semantics.slots))]

    # --- numbers -----------------------------------------------------------------------------------

    def number(self, slot: int, value: int) -> tuple[int, int]:
        """Give the numbers of a value's frame and mark."""
        here = self.slots[slot]
        found = here.codes.get(value)
        if found is None:
            frame = here.parts[FRAME].number(self.frame(value))
            mark = here.parts[MARK].number(self.semantics.interner.signature[value])
            found = here.codes[value] = frame, mark
            here.values[found] = value
        return found

    def frame(self, value: int) -> int:
        """Give the integer of a value whose names are numbered as they come."""
        interner = self.semantics.interner
        counts: dict[type[Name], int] = {}
        names: dict[Name, Name] = {}
        for name in interner.anatomy[value].all_names:
            sort = type(name)
            names[name] = name_of(sort, counts.setdefault(sort, 0))
            counts[sort] += 1
        return interner.id(renamed(interner.values[value], names)) if names else value

    def fits(self) -> bool:
        """Whether all that is numbered has room."""
        return all(part.needed <= len(part.bits) for slot in self.slots for part in slot.parts.values())

    def regrow(self) -> Diagram:
        """Make room, with some to spare; give what holds of all states that were spelled before."""
        new: list[str] = []
        level = 0
        for number in self.order:
            here = self.slots[number]
            for part in here.parts.values():
                level += 2 * len(part.bits)
                while len(part.bits) < part.needed or (
                    new and new[-1].startswith(part.name) and len(part.bits) < part.needed + 1
                ):
                    bit = f"{part.name}.{len(part.bits)}"
                    self.diagrams.add_bit(bit, level)
                    self.diagrams.add_bit(primed(bit), level + 1)
                    level += 2
                    part.bits.append(bit)
                    new.append(bit)
            here.cubes.clear()
        return self.diagrams.cube(dict.fromkeys(new, False))

    # --- diagrams ----------------------------------------------------------------------------------

    def cube(self, slot: int, value: int, *, after: bool = False) -> Diagram:
        """Say that a slot has a value, before or after a step."""
        here = self.slots[slot]
        found = here.cubes.get((value, after))
        if found is None:
            bits: dict[str, bool] = {}
            for part, number in zip(here.parts.values(), self.number(slot, value), strict=True):
                if part.needed > len(part.bits):
                    raise RegrownError
                bits |= part.spelled(number)
            found = self.diagrams.cube({primed(bit): b for bit, b in bits.items()} if after else bits)
            here.cubes[value, after] = found
        return found

    def cubes(self, spelled: Iterable[tuple[int, int]]) -> Diagram:
        """Say that some slots have given values."""
        found = self.diagrams.true
        for slot, value in spelled:
            found &= self.cube(slot, value)
        return found

    def marked(self, spelled: Iterable[tuple[int, int]]) -> Diagram:
        """Say how names stand in some slots."""
        bits: dict[str, bool] = {}
        for slot, mark in spelled:
            part = self.slots[slot].parts[MARK]
            if part.needed > len(part.bits):
                raise RegrownError
            bits |= part.spelled(part.number(mark))
        return self.diagrams.cube(bits)

    def bits(self, slots: Iterable[int], parts: Collection[str] = PARTS) -> list[str]:
        """Give the bits of some slots, before a step."""
        return [bit for slot in slots for name in parts for bit in self.slots[slot].parts[name].bits]

    def others(self, slots: Collection[int], parts: Collection[str] = PARTS) -> list[str]:
        """Give all other bits."""
        mine = set(self.bits(slots, parts))
        return [bit for bit in self.bits(self.order) if bit not in mine]

    # --- reading -----------------------------------------------------------------------------------

    def phases(self, bits: Mapping[str, bool], machines: Collection[int]) -> State:
        """Read the phases of some machines; the others' are not told."""
        return tuple(self.value(slot, bits) if slot in machines else -1 for slot in range(self.semantics.machines))

    def value(self, slot: int, bits: Mapping[str, bool]) -> int:
        """Read a slot's value."""
        here = self.slots[slot]
        frame, mark = (part.read(bits) for part in here.parts.values())
        return here.values[frame, mark]

    def rows(self, states: Diagram, slots: Sequence[int]) -> list[tuple[int, ...]]:
        """List the distinct values that some slots have together."""
        seen = self.diagrams.some(states, self.others(slots))
        found = self.diagrams.assignments(seen, self.bits(slots))
        return sorted(tuple(self.value(slot, bits) for slot in slots) for bits in found)

    def marks_in(self, states: Diagram, slots: Sequence[int]) -> list[tuple[tuple[int, int], ...]]:
        """List the distinct marks that some slots have together."""
        seen = self.diagrams.some(states, self.others(slots, (MARK,)))
        found = self.diagrams.assignments(seen, self.bits(slots, (MARK,)))
        parts = [(slot, self.slots[slot].parts[MARK], list(self.slots[slot].parts[MARK].ids)) for slot in slots]
        return sorted(tuple((slot, marks[part.read(bits)]) for slot, part, marks in parts) for bits in found)
