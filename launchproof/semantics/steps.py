"""The one semantics: it answers what the successors of a state are.

A state is a tuple of integers, one per slot: every machine's phase, then every channel's content.
A step is what one machine does (of itself, or on hearing the head of a channel), with everything
that is told and answered in the same instant, and then forgets what nobody can use any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from attrs import frozen

from launchproof.declare.channels import Exchange, Post, Sent
from launchproof.declare.names import Name
from launchproof.declare.protocol import Protocol
from launchproof.errors import EffectError
from launchproof.semantics.forgetting import outcomes
from launchproof.semantics.interner import Interner, RenamedValues
from launchproof.semantics.plans import NOTHING, Affected, End, Operation, Plan, Planner, Push, Tell
from launchproof.semantics.unread import NO_FIELDS, Fields
from launchproof.semantics.values import Renaming

State = tuple[int, ...]
Micros = tuple[Plan, ...]

Done = tuple[State, Micros]
"""What a step leads to, and what each machine did in it."""

ONE_ORPHAN: Final = 1

ENDLESS: Final = 100
"""A step of more parts than this is taken to answer itself without end."""


@frozen(eq=False)
class Step:
    """One step: what each machine did in it, in order, and the slots that are different after it.

    `queue` is the slot that it takes a message from, or `NOTHING`. Steps are numbered from zero in
    the order in which they were first met.
    """

    index: int
    micros: Micros
    changes: tuple[tuple[int, int], ...]
    queue: int

    @property
    def actor(self) -> str:
        """Who began the step: a machine, or a capability of the environment."""
        return self.micros[0].actor

    @property
    def own(self) -> bool:
        """Whether a machine did it of itself, not the environment."""
        return self.micros[0].own


@frozen(eq=False)
class Bundle:
    """What a machine can do in a state: steps that change it, and steps that do not.

    Bundles with the same idle steps have the same number.
    """

    index: int
    moving: tuple[Step, ...]
    idle: tuple[Step, ...]


@frozen(eq=False)
class Detailed:
    """One step from a state, told in full.

    `after` is the canonical state it leads to and `raw` the one before names were renumbered by
    `names` (None: nothing was).
    """

    after: State
    step: Step
    raw: State
    names: Renaming | None

    @property
    def queue(self) -> int:
        """The slot that a message was taken from, or `NOTHING`."""
        return self.step.queue


@frozen
class Delivery:
    """An item that can be heard next: who hears it, and what is left of the channel."""

    item: int
    machine: int
    rest: int


class Semantics:
    """The successors of states of one protocol, by look-up in tables that fill as states are met."""

    def __init__(self, protocol: Protocol, keep_orphans: int = ONE_ORPHAN, without: Fields = NO_FIELDS) -> None:
        """Prepare the tables; `keep_orphans` is explained in `launchproof.semantics.forgetting`, `without` in `.unread`."""
        self.protocol = protocol
        self.keep_orphans = keep_orphans
        self.interner = Interner(without)
        self.planner = Planner(protocol, self.interner)
        self.machines = len(protocol.machines)
        self.queues = protocol.queues
        self.slots: tuple[str, ...] = tuple(m.name for m in protocol.machines) + tuple(q.name for q in self.queues)
        self.empty = self.interner.id(())
        self._pushed: dict[tuple[int, int, int], int] = {}
        self._deliveries: list[dict[int, tuple[Delivery, ...]]] = [{} for _ in self.queues]
        self._losses: list[dict[int, Bundle]] = [{} for _ in self.queues]
        self._footprints: dict[tuple[int, int, int, int], tuple[tuple[int, ...], dict[tuple[int, ...], Bundle]]] = {}
        self._idle: dict[tuple[int, ...], int] = {}
        self._numbered: dict[tuple[tuple[int, ...], tuple[tuple[int, int], ...], int], Step] = {}
        self._outcomes: dict[tuple[int, ...], tuple[RenamedValues, ...]] = {}
        self._tables: dict[frozenset[tuple[Name, Name]], RenamedValues] = {}

    def become(self, protocol: Protocol) -> Affected:
        """Answer for a protocol that differs in transitions and guards alone; keep what is the same, and tell what is not."""
        self.protocol = protocol
        self._footprints = {}
        return self.planner.become(protocol)

    def initial(self) -> State:
        """Give the first state: every machine in its initial phase, nothing in flight."""
        raw = tuple(self.interner.id(m.initial) for m in self.protocol.machines) + (self.empty,) * len(self.queues)
        return self._canonical(raw)[0][0]

    def values(self, state: State) -> dict[str, object]:
        """Spell a state out: the value of each slot by its name."""
        return {name: self.interner.values[v] for name, v in zip(self.slots, state, strict=True)}

    def successors(self, state: State) -> list[tuple[State, Step]]:
        """Give every state that one step leads to, with the step, in a fixed order.

        A step that changes nothing leads to the very state it was given; such steps come last.
        """
        moved, idle = self.expand(state)
        return moved + [(state, step) for bundle in idle for step in bundle.idle]

    def expand(self, state: State) -> tuple[list[tuple[State, Step]], list[Bundle]]:
        """Give the steps that change the state, and bundles of those that do not."""
        found: list[tuple[State, Step]] = []
        idle: list[Bundle] = []
        signature = self.interner.signature
        for start, bundle in self._bundles(state):
            if bundle.idle:
                idle.append(bundle)
            for step in bundle.moving:
                slots = list(start)
                same_names = True
                for slot, value in step.changes:
                    slots[slot] = value
                    same_names = same_names and signature[value] == signature[state[slot]]
                if same_names and start is not state:
                    same_names = all(signature[a] == signature[b] for a, b in zip(slots, state, strict=True))
                raw = tuple(slots)
                if same_names:
                    found.append((raw, step))
                else:
                    found += [(canonical, step) for canonical, _ in self._canonical(raw)]
        return found, idle

    def detailed_successors(self, state: State) -> list[Detailed]:
        """Like `successors`, in the same order, with the state before names were renumbered, and how."""
        moved, idle = self.expand_detailed(state)
        return moved + [Detailed(state, step, state, None) for bundle in idle for step in bundle.idle]

    def expand_detailed(self, state: State) -> tuple[list[Detailed], list[Bundle]]:
        """Like `expand`, in the same order, with each step told in full."""
        found: list[Detailed] = []
        idle: list[Bundle] = []
        signature = self.interner.signature
        for start, bundle in self._bundles(state):
            if bundle.idle:
                idle.append(bundle)
            for step in bundle.moving:
                slots = list(start)
                for slot, value in step.changes:
                    slots[slot] = value
                raw = tuple(slots)
                if all(signature[a] == signature[b] for a, b in zip(raw, state, strict=True)):
                    found.append(Detailed(raw, step, raw, None))
                else:
                    found += [Detailed(after, step, raw, names) for after, names in self._canonical(raw)]
        return found, idle

    def _bundles(self, state: State) -> Iterator[tuple[State, Bundle]]:
        """Yield the steps with the state they act on: the given one, less the message that is heard."""
        for machine in range(self.machines):
            yield state, self._bundle((machine, state[machine], NOTHING, NOTHING), state)
        for number in range(len(self.queues)):
            slot = self.machines + number
            content = state[slot]
            if content == self.empty:
                continue
            for delivery in self.deliveries(number, content):
                start = (*state[:slot], delivery.rest, *state[slot + 1 :])
                key = (delivery.machine, state[delivery.machine], delivery.item, slot)
                yield start, self._bundle(key, start)
            losses = self.losses(number, content)
            if losses.moving:
                yield state, losses

    def _bundle(self, key: tuple[int, int, int, int], start: State) -> Bundle:
        """Look up all that a machine can do, by the values of the slots that it touches beyond its own.

        The key is the machine, its phase, what it hears, and the slot which that is taken from.
        """
        footprint = self._footprints.get(key)
        if footprint is not None:
            slots, table = footprint
            found = table.get(tuple([start[i] for i in slots]))
            if found is not None:
                return found
        return self._learn(key, start)

    def _learn(self, key: tuple[int, int, int, int], start: State) -> Bundle:
        """Take a machine's steps from a state, and remember them by the slots that were touched."""
        touched: set[int] = set()
        made: list[Step] = []
        machine, phase, heard, queue = key
        for plan in self.planner.plans(machine, phase, heard):
            slots = list(start)
            slots[plan.machine] = plan.after
            for end, micros in self._do(slots, plan.operations, (plan,), touched):
                changes = tuple((i, b) for i, (a, b) in enumerate(zip(start, end, strict=True)) if a != b)
                made.append(self._step(micros, changes, queue))
        footprint = self._footprints.get(key)
        known = tuple(sorted(touched.union(footprint[0] if footprint else ())))
        if footprint is None or known != footprint[0]:
            footprint = self._footprints[key] = (known, {})
        found = footprint[1][tuple([start[i] for i in known])] = self._bundled(made, all_move=heard != NOTHING)
        return found

    def _bundled(self, steps: list[Step], *, all_move: bool) -> Bundle:
        """Part the steps that leave a state as it is (hearing a message never does) from the others."""
        moving = tuple(s for s in steps if s.changes or all_move)
        idle = tuple(s for s in steps if not (s.changes or all_move))
        key = tuple(s.index for s in idle)
        number = self._idle.setdefault(key, len(self._idle))
        return Bundle(number, moving, idle)

    def _step(self, micros: Micros, changes: tuple[tuple[int, int], ...], queue: int) -> Step:
        key = (tuple(p.index for p in micros), changes, queue)
        if key not in self._numbered:
            self._numbered[key] = Step(len(self._numbered), micros, changes, queue)
        return self._numbered[key]

    def deliveries(self, number: int, content: int) -> tuple[Delivery, ...]:
        """Give what can be heard next from a channel: the head of a `Post`, any item of an `Exchange`."""
        found = self._deliveries[number].get(content)
        if found is None:
            queue = self.queues[number]
            items = cast("tuple[object, ...]", self.interner.values[content])
            positions = [0] if isinstance(queue, Post) else [i for i, x in enumerate(items) if x not in items[:i]]
            made = []
            for i in positions:
                receiver = queue.receiver if isinstance(queue, Post) else cast("Sent[object]", items[i]).receiver
                rest = self.interner.id(items[:i] + items[i + 1 :])
                made.append(Delivery(self.interner.id(items[i]), self.planner.machine_index[receiver], rest))
            found = self._deliveries[number][content] = tuple(made)
        return found

    def losses(self, number: int, content: int) -> Bundle:
        """Give the ways in which an unreliable exchange can lose something; the caller is told.

        Such a step's plan has the channel's content, not a machine's phase, before and after it.
        """
        found = self._losses[number].get(content)
        if found is None:
            queue = self.queues[number]
            slot = self.machines + number
            steps = [self._step((plan,), ((slot, plan.after),), slot) for plan in self._lost(queue, content)]
            found = self._losses[number][content] = self._bundled(steps, all_move=True)
        return found

    def _lost(self, queue: Post | Exchange, content: int) -> Iterator[Plan]:
        if not isinstance(queue, Exchange) or queue.lost is None or queue.unreliable not in self.protocol.enabled:
            return
        items = cast("tuple[Sent[object], ...]", self.interner.values[content])
        slot = self.planner.queue_slot[queue.name]
        told = self.interner.id(Sent(queue.lost, queue.unreliable, queue.caller, queue.name))
        for i, item in enumerate(items):
            if item in items[:i] or type(item.message) is type(queue.lost):
                continue
            what = "answer" if item.receiver == queue.caller else "request"
            yield self.planner.add(
                name=f"lose_{what}_on_{queue.name}",
                actor=queue.unreliable,
                transition=None,
                machine=NOTHING,
                before=content,
                heard=self.interner.id(item),
                after=self._push(slot, self.interner.id((*items[:i], *items[i + 1 :])), told),
                said=(),
                operations=(),
                own=False,
            )

    def _do(self, slots: list[int], operations: tuple[Operation, ...], micros: Micros, read: set[int]) -> list[Done]:
        """Give what comes of operations, in each way in which those who are told something take it; tell which slots are read."""
        for i, operation in enumerate(operations):
            if isinstance(operation, Push):
                read.add(operation.slot)
                slots[operation.slot] = self._push(operation.slot, slots[operation.slot], operation.item)
            elif isinstance(operation, End):
                read.update(operation.slots)
                for slot in operation.slots:
                    slots[slot] = self.empty
            else:
                read.add(operation.machine)
                return self._told(slots, operation, operations[i + 1 :], micros, read)
        return [(tuple(slots), micros)]

    def _told(self, slots: list[int], tell: Tell, rest: tuple[Operation, ...], micros: Micros, read: set[int]) -> list[Done]:
        """Give what comes of a machine's being told something, and of the rest."""
        if len(micros) > ENDLESS:
            raise EffectError(endless(micros))
        hearer = tell.machine
        turn = [plan.machine for plan in micros].count(hearer)
        found: list[Done] = []
        for plan in self.planner.plans(hearer, slots[hearer], tell.item, turn):
            branch = slots.copy()
            branch[hearer] = plan.after
            found += self._do(branch, plan.operations + rest, (*micros, plan), read)
        return found

    def _push(self, slot: int, content: int, item: int) -> int:
        key = (slot, content, item)
        found = self._pushed.get(key)
        if found is None:
            items = cast("tuple[object, ...]", self.interner.values[content])
            added = self.interner.values[item]
            queue = self.queues[slot - self.machines]
            merged = isinstance(queue, Exchange) and queue.coalesced and added in items
            grown = items if merged else (*items, added)
            found = self._pushed[key] = self.interner.id(grown)
        return found

    def canonical(self, raw: State) -> State:
        """Give the canonical form of any state; of several (choices of orphans), the first."""
        return self._canonical(raw)[0][0]

    def _canonical(self, raw: State) -> list[tuple[State, Renaming]]:
        return [(tuple([table[v] for v in raw]), table.names) for table in self.renamings(raw)]

    def renamings(self, raw: State) -> tuple[RenamedValues, ...]:
        """Give the renamings that lead from any state to its canonical forms, one per choice of orphans."""
        key = tuple([self.interner.signature[v] for v in raw])
        tables = self._outcomes.get(key)
        if tables is None:
            found = outcomes([self.interner.anatomy[v] for v in raw], self.keep_orphans)
            tables = self._outcomes[key] = tuple(self._table(names) for names in found)
        return tables

    def _table(self, names: Renaming) -> RenamedValues:
        key = frozenset(names.items())
        if key not in self._tables:
            self._tables[key] = RenamedValues(self.interner, names)
        return self._tables[key]


def endless(micros: Micros) -> str:
    """Tell of a step in which machines answer each other without end."""
    names = ", ".join(dict.fromkeys(plan.name for plan in micros[-len(micros) // 2 :]))
    return f"transitions {names}: they answer each other in one step without end; let one of them go by a channel with a queue"
