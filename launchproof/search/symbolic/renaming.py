"""Forgetting names in many states at once.

How a state's names are renumbered depends on where names stand, which marks tell. Names that stand in some
slots and never in others are renumbered without regard to these: slots are joined to one *corner* when
a value of one holds a name that stands in another.

A corner learns the outcomes for each combination of marks that it meets. Each renaming is then an action
like those of steps: it changes the slots in which some name is renumbered or forgotten.

Only so many orphans are kept in all (`launchproof.semantics.forgetting`), and every choice of which is
explored. Where it is one, a choice is which corner keeps one of its orphans while all others forget theirs.
Where more are kept, all slots that remember names are one corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import define, field

from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.fields import MARK, Fields
from launchproof.search.symbolic.places import Placed
from launchproof.search.symbolic.relations import Cluster, Function, Spelled
from launchproof.semantics.forgetting import unreferenced
from launchproof.semantics.interner import RenamedValues
from launchproof.semantics.steps import ONE_ORPHAN
from launchproof.semantics.values import Anatomy


@define(eq=False)
class Rows:
    """Combinations of marks, and the states that have them."""

    fields: Fields
    rows: list[Spelled] = field(factory=list)
    _made: int = 0
    _states: Diagram | None = None

    def forget(self) -> None:
        """Make the diagram anew when it is asked for."""
        self._made, self._states = 0, None

    @property
    def states(self) -> Diagram:
        """Give the states with these marks."""
        if self._states is None or self._made < len(self.rows):
            union = self.fields.diagrams.union
            new = union(self.fields.marked(row) for row in self.rows[self._made :])
            self._made, self._states = len(self.rows), new if self._states is None else self._states | new
        return self._states


@define(eq=False)
class Outcomes:
    """What becomes of the names in some slots, where so many orphans are kept."""

    fields: Fields
    semantics: Placed
    slots: tuple[int, ...]
    keep: int
    met: Rows = field(init=False)
    canonical: Rows = field(init=False)
    orphaned: Rows = field(init=False)
    clusters: dict[tuple[int, ...], Cluster] = field(factory=dict)
    _functions: dict[tuple[int, int], Function] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing met."""
        self.met, self.canonical, self.orphaned = Rows(self.fields), Rows(self.fields), Rows(self.fields)

    def forget(self) -> None:
        """Make the diagrams anew."""
        for rows in (self.met, self.canonical, self.orphaned):
            rows.forget()
        for function in self._functions.values():
            function.forget()
        for cluster in self.clusters.values():
            cluster.forget()

    def image(self, states: Diagram) -> Diagram:
        """Give the canonical forms of some states."""
        self.learn(states)
        found = [cluster.image(states) for cluster in self.clusters.values()]
        return self.fields.diagrams.union([states & self.canonical.states, *found])

    def preimage(self, states: Diagram) -> Diagram:
        """Give the states with given canonical forms, as far as they were met."""
        found = [cluster.preimage(states) for cluster in self.clusters.values()]
        return self.fields.diagrams.union([states & self.canonical.states, *found])

    def learn(self, states: Diagram) -> None:
        """Learn the outcomes for combinations of marks that were not met."""
        unknown = states & ~self.met.states
        for row in self.fields.marks_in(unknown, self.slots) if unknown != self.fields.diagrams.false else ():
            self.met.rows.append(row)
            anatomies = [self.semantics.anatomy(mark) for _, mark in row]
            if unreferenced(anatomies)[2]:
                self.orphaned.rows.append(row)
            for table in self.semantics.outcomes_of(anatomies, self.slots, self.keep):
                self._outcome(row, anatomies, table)

    def _outcome(self, row: Spelled, anatomies: Sequence[Anatomy], table: RenamedValues) -> None:
        changed = tuple(slot for slot, anatomy in zip(self.slots, anatomies, strict=True) if not unchanged(anatomy, table))
        if not changed:
            self.canonical.rows.append(row)
            return
        if changed not in self.clusters:
            self.clusters[changed] = Cluster(self.fields, changed)
        self.clusters[changed].add(id(table), lambda: [self._function(table, slot) for slot in changed], self.fields.marked, row)

    def _function(self, table: RenamedValues, slot: int) -> Function:
        key = (id(table), slot)
        if key not in self._functions:
            self._functions[key] = Function(self.fields, slot, table.__getitem__)
        return self._functions[key]


def unchanged(anatomy: Anatomy, table: RenamedValues) -> bool:
    """Whether a renaming leaves a value of this anatomy as it is."""
    return all(table.names.get(name) == name for name in anatomy.all_names)


@define(eq=False)
class Corner:
    """Slots that share names; `remembers` tells whether one of them holds a memory."""

    fields: Fields
    semantics: Placed
    slots: tuple[int, ...]
    remembers: bool
    _outcomes: dict[int, Outcomes] = field(factory=dict)

    def forget(self) -> None:
        """Make the diagrams anew."""
        for outcomes in self._outcomes.values():
            outcomes.forget()

    def keeping(self, keep: int) -> Outcomes:
        """Give the outcomes where so many orphans are kept."""
        if keep not in self._outcomes:
            self._outcomes[keep] = Outcomes(self.fields, self.semantics, self.slots, keep)
        return self._outcomes[keep]

    @property
    def orphaned(self) -> Diagram:
        """Give the states with an orphan in this corner."""
        return self.keeping(self.semantics.keep_orphans).orphaned.states


Choice = tuple[Diagram, list[Outcomes]]
"""Some raw states, and how their names are forgotten."""


@define(eq=False)
class Corners:
    """All corners, which grow together as values are met; `together` are slots in which a step puts the same fresh name."""

    fields: Fields
    semantics: Placed
    together: list[tuple[int, int]]
    _joined: int = 0
    _owner: dict[int, int] = field(factory=dict)
    _remembering: set[int] = field(factory=set)
    _seen: list[int] = field(init=False)
    corners: dict[int, Corner] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with every slot on its own."""
        self._seen = [0] * len(self.semantics.slots)

    def forget(self) -> None:
        """Make the diagrams anew."""
        for corner in self.corners.values():
            corner.forget()

    def all(self) -> list[Corner]:
        """Give all corners."""
        self._grow()
        return list(self.corners.values())

    def of(self, slots: Iterable[int]) -> list[Corner]:
        """Give the corners that some slots stand in."""
        self._grow()
        roots = {self._root(slot) for slot in slots if slot in self._owner}
        return [self.corners[root] for root in sorted(roots)]

    def affected(self, slots: Iterable[int]) -> frozenset[int]:
        """Give all slots that may be different after some slots changed."""
        slots = frozenset(slots)
        changed = self.of(slots)
        return slots.union(*(corner.slots for corner in (*changed, *self._sharing(changed))))

    def image(self, slots: Iterable[int], raw: Diagram) -> Diagram:
        """Give the canonical forms of states in which some slots changed."""
        changed = self.of(slots)
        for corner in self._sharing(changed):
            corner.keeping(self.semantics.keep_orphans).learn(raw)
        found = []
        for some, outcomes in self._choices(changed, raw):
            after = some
            for outcome in outcomes:
                after = outcome.image(after)
            found.append(after)
        return self.fields.diagrams.union(found)

    def preimage(self, slots: Iterable[int], states: Diagram) -> Diagram:
        """Give the states with given canonical forms, in which some slots changed."""
        found = []
        for raw, outcomes in self._choices(self.of(slots), self.fields.diagrams.true):
            before = states
            for outcome in reversed(outcomes):
                before = outcome.preimage(before)
            found.append(before & raw)
        return self.fields.diagrams.union(found)

    def _sharing(self, changed: list[Corner]) -> list[Corner]:
        """Give the corners among which a choice of orphans is made, if there is any."""
        remembering = [corner for corner in self.corners.values() if corner.remembers]
        return remembering if len(remembering) > 1 and any(corner.remembers for corner in changed) else []

    def _choices(self, changed: list[Corner], raw: Diagram) -> Iterator[Choice]:
        """Part states by which corner keeps an orphan; one that did not change may have to forget its own."""
        keep = self.semantics.keep_orphans
        nothing = self.fields.diagrams.false
        orphaned = {id(corner): raw & corner.orphaned for corner in self._sharing(changed)}
        yield raw & ~self.fields.diagrams.union(orphaned.values()), [corner.keeping(keep) for corner in changed]
        for keeper in self._sharing(changed):
            mine = orphaned[id(keeper)]
            if mine != nothing:
                others = [c for c in self._sharing(changed) if c not in changed and mine & orphaned[id(c)] != nothing]
                yield mine, [corner.keeping(keep if corner is keeper else 0) for corner in (*changed, *others)]

    def _root(self, slot: int) -> int:
        while self._owner[slot] != slot:
            slot = self._owner[slot]
        return slot

    def _grow(self) -> None:
        """Look where the names of new marks stand."""
        before = dict(self._owner), len(self._remembering)
        for slot, here in enumerate(self.fields.slots):
            marks = list(here.parts[MARK].ids)
            for mark in marks[self._seen[slot] :]:
                self._meet(slot, self.semantics.anatomy(mark))
            self._seen[slot] = len(marks)
        for one, other in self.together[self._joined :]:
            self._join(one, other)
        self._joined = len(self.together)
        if before != (self._owner, len(self._remembering)):
            self._gather()

    def _meet(self, slot: int, anatomy: Anatomy) -> None:
        if anatomy.all_names or anatomy.rows or anatomy.remembers:
            self._join(slot, slot)
        for name in anatomy.all_names:
            home = self.semantics.home(name)
            self._join(slot, slot if home is None else home)
        if anatomy.remembers:
            self._remembering.add(slot)
            if self.semantics.keep_orphans != ONE_ORPHAN:
                for other in sorted(self._remembering):
                    self._join(slot, other)

    def _join(self, one: int, other: int) -> None:
        for slot in (one, other):
            self._owner.setdefault(slot, slot)
        low, high = sorted((self._root(one), self._root(other)))
        self._owner[high] = low

    def _gather(self) -> None:
        """Make a corner of all slots with the same root; one that did not grow stays."""
        slots: dict[int, list[int]] = {}
        for slot in sorted(self._owner):
            slots.setdefault(self._root(slot), []).append(slot)
        old = self.corners
        self.corners = {}
        for root, mine in slots.items():
            known = old.get(root)
            remembers = not self._remembering.isdisjoint(mine)
            if known is None or known.slots != tuple(mine):
                known = Corner(self.fields, self.semantics, tuple(mine), remembers)
            known.remembers = remembers
            self.corners[root] = known
