"""Symmetry between copies: of states that differ by who is which copy, one is enough.

Copies of a part (`launchproof.declare.copies`) are declared alike. Give the copies of a state each
other's places, with all that is in flight, and the state that comes of it, a *twin*, can do the same
under other names. So whichever of an orbit of twins is reached first stands for all of them:
whatever holds of every copy and of every two in the states that were searched holds in all.

What this rests on, and how it is seen to:

- every property is claimed of each copy and of every two, so that the claims are the same whoever is
  which copy; a claim has the verdict that all its variants have together;
- what several copies do in one step (hear a message, act together) goes in some order, which is
  another one for a twin. It makes no difference as long as no shared machine changes and nothing is put
  on a shared channel in such a step: `unsound` finds the steps that do;
- the copy that a shared machine's channel reaches (`first`) is another one for a twin. It makes no
  difference as long as nothing waits there, that machine never changes, and what it alone does is no more
  than to answer: `unsound` looks at that, too;
- transitions and properties tell nobody's name: envelopes name machines and channels, and who would
  compare such a name to that of one copy could tell the copies apart. Nothing looks after that.

Claims about the rest of a run speak of each run, and who keeps what in which copy matters along it:
they are refused. What is refuted is told by the full search, which goes no deeper than the run that it tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, permutations
from typing import Any

import attrs
from attrs import evolve, frozen

from launchproof.declare.channels import Channel, Instant, Sent
from launchproof.declare.copies import Composition, Copy
from launchproof.declare.names import Name
from launchproof.semantics.plans import NOTHING, Plan, Push
from launchproof.semantics.steps import Micros, Semantics, State

Names = Mapping[str, str]


@frozen(eq=False)
class Symmetry:
    """The permutations of a composition's copies; `variants` groups properties that are claimed alike, by name."""

    composition: Composition
    variants: Mapping[str, str]

    def renamings(self) -> tuple[Names, ...]:
        """Give every permutation, but for the identity, as what it makes of the copies' names."""
        copies = self.composition.copies
        found = (dict(zip(copies, chosen, strict=True)) for chosen in permutations(copies))
        return tuple(names_of(to) for to in found if self.fits(to) and any(a != b for a, b in to.items()))

    def fits(self, to: Mapping[Copy, Copy]) -> bool:
        """Whether copies that stand in the same copy of an outer scope do so afterwards."""
        outer = range(1, len(self.composition.scopes))
        return all(
            (one.numbers[at:] == other.numbers[at:]) == (to[one].numbers[at:] == to[other].numbers[at:])
            for one, other in combinations(self.composition.copies, 2)
            for at in outer
        )

    def twins(self, semantics: Semantics, state: State) -> Iterator[State]:
        """Yield what a state is with its copies in other places, canonically numbered."""
        at = {slot: i for i, slot in enumerate(semantics.slots)}
        for names in self.renamings():
            raw = list(state)
            for slot, value in zip(semantics.slots, state, strict=True):
                moved = permuted(semantics.interner.values[value], names)
                raw[at[names.get(slot, slot)]] = semantics.interner.id(moved)
            yield semantics.canonical(tuple(raw))

    def unsound(self, semantics: Semantics, steps: Iterable[Micros]) -> str:
        """Name what tells copies apart, as declared or in the steps that were taken; nothing if they are alike."""
        apart = Apart.of(self.composition, semantics)
        told = (apart.in_step(micros) for micros in steps)
        return apart.declared() or next((why for why in told if why), "")


@frozen(eq=False)
class Apart:
    """Looks for what tells copies apart.

    `owner` numbers the copy of each name that is one copy's alone, `reached` are machines that channels of the `first` copy's
    lead to, and `lacking` transitions that the other copies have no counterpart of.
    """

    semantics: Semantics
    owner: Mapping[str, int]
    first: tuple[Channel, ...]
    reached: frozenset[str]
    lacking: frozenset[str]

    @classmethod
    def of(cls, composition: Composition, semantics: Semantics) -> Apart:
        """Prepare to look."""
        named = {name for scope in composition.scopes for name in scope.first}
        first = tuple(c for c in composition.protocol.channels if c.name in named)
        owners: dict[str, list[int]] = {}
        for i, copy in enumerate(composition.copies):
            for name in copy.names.values():
                owners.setdefault(name, []).append(i)
        owner = {name: mine[0] for name, mine in owners.items() if len(mine) == 1}
        reached = frozenset(end for c in first if isinstance(c, Instant) for end in c.routes.values() if end in owner)
        known = {t.name for t in composition.protocol.transitions}
        alike = ({copy.own(base) for copy in composition.copies} for base in composition.copies[0].names)
        lacking = frozenset(name for names in alike if not names <= known for name in names & known)
        return cls(semantics, owner, first, reached, lacking)

    def declared(self) -> str:
        """Name a channel of the first copy's on which messages wait."""
        waiting = next((c.name for c in self.first if not isinstance(c, Instant)), "")
        return f"messages wait for the first copy on {waiting}" if waiting else ""

    def in_step(self, micros: Micros) -> str:
        """Name what tells copies apart in a step."""
        acting = {self.copy_of(plan) for plan in micros} - {None}
        for plan in micros:
            moves = plan.before != plan.after
            if moves and self.slot(plan) in self.reached:
                return f"{self.slot(plan)} is reached on a channel of the first copy's, and changes in {plan.name}"
            if plan.name in self.lacking and (self.pushes(plan) or self.copy_of(micros[0]) is not None):
                return f"the first copy alone has {plan.name}, and does more in it than answer"
            if len(acting) > 1 and self.shares(plan):
                return f"several copies act in {micros[0].name}, and in {plan.name} something shared changes"
        return ""

    def slot(self, plan: Plan) -> str:
        """Name the machine of a plan, if it is one's."""
        return "" if plan.machine == NOTHING else self.semantics.slots[plan.machine]

    def copy_of(self, plan: Plan) -> int | None:
        """Give the number of the copy that a plan is of; none if it is a shared machine's."""
        return self.owner.get(self.slot(plan))

    def pushes(self, plan: Plan) -> tuple[str, ...]:
        """Name the channels on which a plan puts something."""
        return tuple(self.semantics.slots[o.slot] for o in plan.operations if isinstance(o, Push))

    def shares(self, plan: Plan) -> bool:
        """Whether a plan changes a shared machine, or puts something on a shared channel."""
        if self.slot(plan) and self.copy_of(plan) is None and plan.before != plan.after:
            return True
        return any(slot not in self.owner for slot in self.pushes(plan))


def names_of(to: Mapping[Copy, Copy]) -> Names:
    """Tell what each name becomes."""
    return {name: other.own(base) for one, other in to.items() for base, name in one.names.items() if name != other.own(base)}


def permuted(value: Any, names: Names) -> Any:
    """Give a value with other machines and channels on its envelopes."""
    if isinstance(value, Sent):
        told = (names.get(name, name) for name in (value.sender, value.receiver, value.channel))
        return Sent(permuted(value.message, names), *told)
    if isinstance(value, tuple | frozenset):
        return type(value)(permuted(item, names) for item in value)
    if isinstance(value, Name) or not attrs.has(type(value)):
        return value
    parts = {a.alias or a.name: permuted(getattr(value, a.name), names) for a in attrs.fields(type(value))}
    return evolve(value, **parts) if parts else value


__all__ = ["Symmetry", "permuted"]
