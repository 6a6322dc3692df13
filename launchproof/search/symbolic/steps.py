"""Learns steps: for every way in which one can begin, what the phases that it reads make of it.

A step is learned in a state, without the contents of channels (`launchproof.search.vector.symbolic`), and
holds in every state with the same phases where it looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from attrs import define, field, frozen

from launchproof.declare.channels import has_queue
from launchproof.declare.names import Name
from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.fields import Fields
from launchproof.search.symbolic.order import talking_over
from launchproof.search.symbolic.places import Placed
from launchproof.search.symbolic.relations import Apply, Cluster, Function, Spelled
from launchproof.search.vector.symbolic import Changes, Symbolic
from launchproof.semantics.plans import NOTHING
from launchproof.semantics.steps import Micros, Semantics, State


@frozen(eq=False)
class Way:
    """One step: what each machine does in it, and what it changes (None: nothing, whatever the state)."""

    micros: Micros
    changes: Changes | None


@frozen(eq=False)
class Row:
    """The steps that can be taken wherever some phases are found."""

    spelled: Spelled
    steps: tuple[Way, ...]


@define(eq=False)
class Beginning:
    """A machine of itself, or one that hears an item from a channel (whose contents offer it)."""

    machine: int
    heard: int = NOTHING
    queue: int = NOTHING
    contents: list[int] = field(factory=list)
    touched: set[int] = field(factory=set)
    rows: list[Row] = field(factory=list)
    known: Diagram | None = None
    offered: Diagram | None = None


@define(eq=False)
class Steps:
    """All steps learned so far."""

    fields: Fields
    semantics: Placed
    symbolic: Symbolic = field(init=False)
    beginnings: dict[tuple[int, int, int], Beginning] = field(factory=dict)
    clusters: dict[tuple[int, ...], Cluster] = field(factory=dict)
    longest: int = 0
    together: list[tuple[int, int]] = field(factory=list)
    _told: list[set[int]] = field(init=False)
    _met: list[dict[int, None]] = field(init=False)
    _met_diagrams: list[Diagram | None] = field(init=False)
    _functions: dict[tuple[object, ...], Function] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with the machines' own acts."""
        self.symbolic = Symbolic(self.semantics)
        for machine in range(self.semantics.machines):
            self.beginnings[machine, NOTHING, NOTHING] = Beginning(machine, touched={machine})
        self._told = told_at_once(self.semantics)
        self._met = [{} for _ in self.semantics.queues]
        self._met_diagrams = [None for _ in self.semantics.queues]

    def forget(self) -> None:
        """Make the diagrams anew."""
        for function in self._functions.values():
            function.forget()
        for cluster in self.clusters.values():
            cluster.forget()
        for beginning in self.beginnings.values():
            beginning.known = beginning.offered = None
        self._met_diagrams = [None for _ in self.semantics.queues]

    # --- what states begin ---------------------------------------------------------------------------

    def learn(self, states: Diagram, slots: frozenset[int]) -> None:
        """Learn every step that some states begin and that touches one of some slots."""
        if states == self.fields.diagrams.false:
            return
        for queue in range(len(self.semantics.queues)):
            if self.semantics.machines + queue in slots:
                self._learn_contents(queue, states)
        seen = self._seen(states, slots)
        for beginning in self.beginnings.values():
            if not slots.isdisjoint(beginning.touched):
                self._learn_rows(beginning, seen)

    def _seen(self, states: Diagram, slots: frozenset[int]) -> Diagram:
        """Forget of some states what no beginning that touches some slots can look at."""
        fields = self.fields
        touching = [beginning for beginning in self.beginnings.values() if not slots.isdisjoint(beginning.touched)]
        machines = {machine for beginning in touching for machine in self._told[beginning.machine]}
        return fields.diagrams.some(states, fields.others(slots.union(machines, *(beginning.touched for beginning in touching))))

    def _learn_contents(self, queue: int, states: Diagram) -> None:
        """Learn what can be heard from, or lost on, a channel with contents that were not met."""
        fields, semantics = self.fields, self.semantics
        slot = semantics.machines + queue
        known = self._met_diagrams[queue]
        if known is None:
            known = fields.diagrams.union(fields.cube(slot, content) for content in self._met[queue])
        for (content,) in fields.rows(states & ~known, (slot,)):
            self._met[queue][content] = None
            self.longest = max(self.longest, len(cast("tuple[object, ...]", semantics.interner.values[content])))
            known |= fields.cube(slot, content)
            if content == semantics.empty:
                continue
            for delivery in semantics.deliveries(queue, content):
                key = (delivery.machine, delivery.item, slot)
                beginning = self.beginnings.setdefault(key, Beginning(*key, touched={delivery.machine, slot}))
                beginning.contents.append(content)
                beginning.offered = None
            for step in semantics.losses(queue, content).moving:
                self._add(slot, None, step.changes, ((slot, content),))
        self._met_diagrams[queue] = known

    def begun(self, beginning: Beginning) -> Diagram:
        """Give the states in which a beginning can happen."""
        fields = self.fields
        if beginning.queue == NOTHING:
            return fields.diagrams.true
        if beginning.offered is None:
            beginning.offered = fields.diagrams.union(fields.cube(beginning.queue, content) for content in beginning.contents)
        return beginning.offered

    def _learn_rows(self, beginning: Beginning, states: Diagram) -> None:
        fields, diagrams = self.fields, self.fields.diagrams
        if beginning.known is None:
            beginning.known = diagrams.union(fields.cubes(row.spelled) for row in beginning.rows)
        known = beginning.known
        unknown = states & self.begun(beginning) & ~known
        if unknown == diagrams.false:
            return
        told = self._told[beginning.machine]
        unknown = diagrams.some(unknown, fields.others(told))
        rows: list[Diagram] = []
        for (phase,) in fields.rows(unknown, (beginning.machine,)):
            left = unknown & fields.cube(beginning.machine, phase)
            while left != diagrams.false:
                row = self._row(beginning, fields.phases(diagrams.pick(left), told))
                left &= ~row
                rows.append(row)
        beginning.known = diagrams.union([known, *rows])

    def _row(self, beginning: Beginning, phases: State) -> Diagram:
        """Learn what a beginning leads to from some phases; give the states in which it leads to the same."""
        machine = beginning.machine
        touched: set[int] = {machine}
        steps: list[Way] = []
        for plan in self.semantics.planner.plans(machine, phases[machine], beginning.heard):
            part = self.symbolic.part(plan, phases, touched)
            steps += [Way(self.symbolic.steps[n], changes) for n, changes in zip(part.steps, part.changes, strict=True)]
        beginning.touched |= touched
        spelled = tuple((slot, phases[slot]) for slot in sorted(touched))
        beginning.rows.append(Row(spelled, tuple(steps)))
        for changes in dict.fromkeys(way.changes for way in steps if way.changes is not None):
            self._add(beginning.queue, beginning.heard, changes, spelled)
        return self.fields.cubes(spelled)

    # --- what they lead to ---------------------------------------------------------------------------

    def _add(self, queue: int, heard: int | None, changes: Changes, row: Spelled) -> None:
        """Put an action into the cluster of the slots that it changes."""
        slots = {slot for slot, _ in changes}
        if heard is not None and queue != NOTHING:
            slots.add(queue)
        changed = tuple(sorted(slots))
        if changed not in self.clusters:
            self.clusters[changed] = Cluster(self.fields, changed)
        homes: dict[Name, int] = {}
        for slot, after in changes:
            for name in self._fresh_names(after):
                self.together.append((homes.setdefault(name, slot), slot))
        key = (queue, heard, changes)
        self.clusters[changed].add(
            key, lambda: list(self._functions_of(queue, heard, dict(changes), changed)), self.fields.cubes, row
        )

    def _fresh_names(self, after: int) -> Iterator[Name]:
        """Yield the names that a step mints in a slot."""
        for value in (after,) if after >= 0 else self.symbolic.spelled(after).behind:
            yield from (n for n in self.semantics.interner.anatomy[value].all_names if self.semantics.home(n) is None)

    def _functions_of(self, queue: int, heard: int | None, changes: dict[int, int], slots: tuple[int, ...]) -> Iterator[Function]:
        for slot in slots:
            after = changes.get(slot)
            if slot == queue and heard is not None:
                yield self._function((slot, heard, after), slot, taken(self.symbolic, queue, heard, after))
            elif after is None or after >= 0:
                yield self._function((slot, after), slot, None, -1 if after is None else after)
            else:
                yield self._function((slot, after), slot, pushed(self.symbolic, after))

    def _function(self, key: tuple[object, ...], slot: int, apply: Apply | None, constant: int = -1) -> Function:
        if key not in self._functions:
            self._functions[key] = Function(self.fields, slot, apply, constant)
        return self._functions[key]


def told_at_once(semantics: Semantics) -> list[set[int]]:
    """Give for each machine those whose phases its steps can depend on: who may be told something in the same step."""
    protocol = semantics.protocol
    number = {machine.name: slot for slot, machine in enumerate(protocol.machines)}
    found = [{slot} for slot in number.values()]
    for channel in protocol.channels:
        if not has_queue(channel):
            names = {*talking_over(channel), *(t.machine for t in protocol.transitions if t.via == channel.name)}
            together = set[int]().union(*(found[number[name]] for name in names if name in number))
            for slot in together:
                found[slot] = together
    return found


def pushed(semantics: Symbolic, after: int) -> Apply:
    """Give what becomes of a channel behind which something is put."""
    symbol = semantics.spelled(after)
    return lambda content: semantics.pushed(symbol, content)


def taken(semantics: Symbolic, slot: int, heard: int, after: int | None) -> Apply:
    """Give what becomes of a channel from which an item is taken."""

    def apply(content: int) -> int | None:
        offered = semantics.deliveries(slot - semantics.machines, content) if content != semantics.empty else ()
        rest = next((delivery.rest for delivery in offered if delivery.item == heard), None)
        if rest is None or after is None:
            return rest
        return after if after >= 0 else semantics.pushed(semantics.spelled(after), rest)

    return apply
