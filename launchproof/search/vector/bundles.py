"""All steps of a beginning, looked up by the phases that matter for them.

Which phases matter is learned with the steps (a footprint): a table per beginning and phase, from
the other phases that its steps read to a *bundle* of effects.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import define, field

from launchproof.search.vector.acts import Acts, Beginnings
from launchproof.search.vector.effects import Effects
from launchproof.search.vector.keys import BITS, Array, Column, Joint, Table, places, read
from launchproof.search.vector.layout import repacked
from launchproof.search.vector.reading import learns
from launchproof.search.vector.space import Space
from launchproof.search.vector.symbolic import Part
from launchproof.semantics.plans import NOTHING, Affected
from launchproof.semantics.steps import State


@define(eq=False)
class Group:
    """One kind of beginning in one phase: the other machines whose phases matter, and the bundles by these.

    `lost` says that bundles were forgotten, as their phases were too few, and are there again only where these were met again.
    """

    kind: int
    phase: int
    slots: tuple[int, ...] = ()
    bundles: dict[tuple[int, ...], int] = field(factory=dict)
    grown: bool = False
    lost: bool = False


@define(eq=False)
class Bundles:
    """All bundles met so far, by number: their steps, the slot that these take a message from, and their distinct effects."""

    space: Space
    beginnings: Beginnings
    effects: Effects
    made: list[tuple[Part, ...]] = field(factory=list)
    queues: list[int] = field(factory=list)
    steps: Column = field(factory=Column)
    begin: Column = field(factory=Column)
    count: Column = field(factory=Column)
    effect: Column = field(factory=Column)
    times: Column = field(factory=Column)
    own: Column = field(factory=Column)
    groups: list[Group] = field(factory=list)
    _group_ids: dict[tuple[int, int], int] = field(factory=dict)
    _same: dict[tuple[int, ...], int] = field(factory=dict)
    _parts: int = 0
    _known: Table = field(factory=Table)
    _joined: Table = field(factory=Table)
    _joint: Joint = field(factory=Joint)
    _grouped: Array = field(factory=lambda: np.full((8, 8), -1, np.int64))
    _masks: list[Column] = field(factory=list)
    _footprints: dict[tuple[int, ...], int] = field(factory=dict)
    _footprint: Column = field(factory=Column)
    _phases: tuple[Array, Array, Array] | None = None

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self.forget()

    def forget(self) -> None:
        """Pack anew what was packed, after fields became wider."""
        self._joined, self._joint = Table(), Joint()
        self._masks = [Column() for _ in range(self.space.values.fields.words)]
        for slots in self._footprints:
            self._mask(slots)
        self._phases = None

    def repack(self) -> None:
        """Keep what is known of beginnings, under the keys that they have now."""
        machines, old, new = self.space.semantics.machines, self.space.old_values, self.space.values.fields
        if any(old.word[:machines]) or any(new.word[:machines]):
            self._known = Table()
            return
        low = sum(old.widths[:machines])
        wide = sum(new.widths[:machines])

        def anew(keys: Array) -> Array:
            phases = keys & ((1 << low) - 1)
            words = [phases, *(np.zeros_like(phases) for _ in range(old.words - 1))]
            return ((keys >> low) << wide) | repacked(words, old, new)[0]

        self._known = self._known.rekeyed(anew)

    def renew(self, affected: Affected) -> None:
        """Forget the bundles that a change affects."""
        changed = self.effects.symbolic.renew(self.space.semantics, affected)
        bundles = [any(changed(part) for part in parts) for parts in self.made]
        for kind, phase, group in list(self.met()):
            machine, heard, *_ = self.beginnings.kinds[kind]
            mine = machine != NOTHING and affected(machine, self.space.values.values[machine][phase], heard)
            if mine or any(bundles[number] for number in group.bundles.values()):
                self._enter(Group(kind, phase, group.slots))

    def of(self, acts: Acts) -> Array:
        """Give the bundle of each beginning."""
        while True:
            keys, known = self._keys(acts)
            found = known.find(keys)
            if not len(found) or int(found.min()) >= 0:
                return found
            self._learn(acts, keys, known, found)

    def entries(self, bundles: Array) -> tuple[Array, Array]:
        """Give every entry of some bundles: which of them each is of, and its number."""
        return places(self.begin, self.count, bundles)

    def _keys(self, acts: Acts) -> tuple[Array, Table]:
        """Give the keys of beginnings in their phases, and the table that they are looked up in."""
        groups = self.groups_of(acts)
        machines = self.space.semantics.machines
        fields = self.space.values.fields
        footprints = self._footprint.at(groups)
        masked = [word & mask.at(footprints) for word, mask in zip(acts.start, self._masks, strict=True)]
        low = sum(fields.widths[:machines])
        if low + len(self.groups).bit_length() <= BITS and not any(fields.word[:machines]):
            return (groups << low) | masked[0], self._known
        return self._joint.join([groups, *masked]), self._joined

    def groups_of(self, acts: Acts) -> Array:
        """Give the number of each beginning in its phase."""
        phases = self._phase(acts)
        kinds, wide = self._grouped.shape
        most = max((len(v) for v in self.space.values.values[: self.space.semantics.machines]), default=1)
        if len(self.beginnings.kinds) > kinds or most > wide:
            learns()
            grown = np.full((max(kinds, 2 * len(self.beginnings.kinds)), max(wide, 2 * most)), -1, np.int64)
            grown[:kinds, :wide] = self._grouped
            self._grouped = grown
        found = read(self._grouped, acts.kind, phases)
        if len(found) and int(found.min()) < 0:
            learns()
            unknown = np.flatnonzero(found < 0)
            pairs = set(zip(acts.kind[unknown].tolist(), phases[unknown].tolist(), strict=True))
            for kind, phase in sorted(pairs):
                self._enter(Group(kind, phase))
            found = read(self._grouped, acts.kind, phases)
        return found

    def met(self) -> Iterator[tuple[int, int, Group]]:
        """Give every beginning that was met, by its kind and the number of its machine's phase (of a loss, 0), with its group."""
        for kind, phase in np.argwhere(self._grouped >= 0).tolist():
            yield kind, phase, self.groups[self._grouped[kind, phase]]

    def _phase(self, acts: Acts) -> Array:
        """Read the phase of each beginning's machine; of a loss, nothing."""
        fields = self.space.values.fields
        kinds = self.beginnings.kinds
        if self._phases is None or len(self._phases[0]) != len(kinds):
            at = [(0, 0, 0) if k[0] == NOTHING else (fields.word[k[0]], fields.shift[k[0]], fields.mask[k[0]]) for k in kinds]
            word, shift, mask = np.array(at, np.int64).reshape(len(at), 3).T.copy()
            self._phases = (word, shift, mask)
        word, shift, mask = self._phases
        phase = (acts.start[0] >> shift.take(acts.kind)) & mask.take(acts.kind)
        for w in range(1, max(fields.word[: self.space.semantics.machines]) + 1):
            other = np.flatnonzero(word.take(acts.kind) == w)
            kind = acts.kind.take(other)
            phase[other] = (acts.start[w].take(other) >> shift.take(kind)) & mask.take(kind)
        return phase

    def _enter(self, group: Group) -> None:
        """Give a group the next number."""
        self._grouped[group.kind, group.phase] = len(self.groups)
        self.groups.append(group)
        if group.slots not in self._footprints:
            self._footprints[group.slots] = len(self._footprints)
            self._mask(group.slots)
        self._footprint.append(self._footprints[group.slots])

    def _mask(self, slots: tuple[int, ...]) -> None:
        for mask, bits in zip(self._masks, self.space.values.fields.over(slots), strict=True):
            mask.append(bits)

    def _learn(self, acts: Acts, keys: Array, known: Table, found: Array) -> None:
        """Take the steps of one beginning of each kind that is not known.

        Where a footprint grows, what was looked up by the narrower one is not valid any more: the
        group gets another number, under which all is looked up again.
        """
        learns()
        unknown = np.flatnonzero(found < 0)
        new, at = np.unique(keys.take(unknown), return_index=True)
        rows = unknown.take(at)
        states = self.space.values.states([word.take(rows) for word in acts.start])
        groups = self.groups_of(acts)[rows].tolist()
        learned = [
            self._bundle(kind, self.groups[g], state)
            for kind, g, state in zip(acts.kind[rows].tolist(), groups, states, strict=True)
        ]
        grown = {g for g in groups if self.groups[g].grown}
        fresh = np.array([g not in grown for g in groups])
        known.add(new[fresh], np.array(learned, np.int64)[fresh])
        for number in sorted(grown):
            self.groups[number].grown = False
            self._enter(self.groups[number])
        self.space.check()  # at the end, so that a group whose footprint grew has its new number by then

    def _bundle(self, kind: int, group: Group, state: State) -> int:
        """Give a beginning's bundle in a state."""
        found = group.bundles.get(tuple([state[i] for i in group.slots]))
        if found is not None:
            return found
        touched: set[int] = set()
        parts = self._parts_of(kind, state, touched)
        slots = tuple(sorted(touched.union(group.slots)))
        if slots != group.slots:
            group.lost = group.lost or bool(group.bundles)
            group.slots, group.bundles, group.grown = slots, {}, True
        found = group.bundles[tuple([state[i] for i in slots])] = self._made(parts, self.beginnings.kinds[kind][2])
        return found

    def _parts_of(self, kind: int, state: State, touched: set[int]) -> list[Part]:
        machine, heard, queue, content = self.beginnings.kinds[kind]
        semantics = self.effects.symbolic
        if machine == NOTHING:
            losses = semantics.losses(queue - semantics.machines, content).moving
            return [Part(tuple(semantics.number(s.micros) for s in losses), tuple(s.changes for s in losses))]
        phase, own = state[machine], heard == NOTHING
        plans = self.beginnings.turns(machine, phase)[content] if own else semantics.planner.plans(machine, phase, heard)
        found = semantics.parts(plans, state[: semantics.machines], touched)
        touched.discard(machine)
        return found

    def _made(self, parts: list[Part], queue: int) -> int:
        for part in parts:
            if part.number < 0:
                part.number = self._parts
                part.effects = tuple(-1 if c is None else self.effects.number(c) for c in part.changes)
                self._parts += 1
        key = (queue, *[part.number for part in parts])
        found = self._same.get(key)
        if found is None:
            found = self._same[key] = len(self.made)
            self.made.append(tuple(parts))
            self.queues.append(queue)
            self._tabulate(parts)
        return found

    def _tabulate(self, parts: list[Part]) -> None:
        """Write a bundle's distinct effects into the tables."""
        steps = self.effects.symbolic.steps
        times: dict[int, int] = {}
        own: dict[int, bool] = {}
        for part in parts:
            for step, effect in zip(part.steps, part.effects, strict=True):
                if effect >= 0:
                    times[effect] = times.get(effect, 0) + 1
                    own[effect] = own.get(effect, False) or steps[step][0].own
        self.steps.append(sum([len(part.steps) for part in parts]))
        self.begin.append(self.effect.size)
        self.count.append(len(times))
        self.effect.extend(list(times))
        self.times.extend(list(times.values()))
        self.own.extend(list(own.values()))
