"""The one semantics: what are the successors of this state?

A state is a tuple of integers, one per slot: every machine's phase, then every channel's content.
A step is what one machine does (of itself, or on hearing the head of a channel), with everything
that is told and answered in the same instant, and then forgets what nobody can use any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from attrs import frozen

from launchproof.declare.channels import Exchange, Post, Sent
from launchproof.declare.protocol import Protocol
from launchproof.semantics.forgetting import outcomes
from launchproof.semantics.plans import NOTHING, End, Operation, Plan, Planner, Push
from launchproof.semantics.values import Interner, Renaming

State = tuple[int, ...]
Micros = tuple[Plan, ...]

ONE_ORPHAN: Final = 1


@frozen
class Delivery:
    """An item that can be heard next: who hears it, and what is left of the channel."""

    item: int
    machine: int
    rest: int


class Semantics:
    """The successors of states of one protocol, by look-up in tables that fill as states are met."""

    def __init__(self, protocol: Protocol, keep_orphans: int = ONE_ORPHAN) -> None:
        """Prepare the tables; `keep_orphans` is explained in `launchproof.semantics.forgetting`."""
        self.protocol = protocol
        self.keep_orphans = keep_orphans
        self.interner = Interner()
        self.planner = Planner(protocol, self.interner)
        self.machines = len(protocol.machines)
        self.queues = protocol.queues
        self.slots: tuple[str, ...] = tuple(m.name for m in protocol.machines) + tuple(q.name for q in self.queues)
        self.empty = self.interner.id(())
        self._pushed: dict[tuple[int, int, int], int] = {}
        self._deliveries: list[dict[int, tuple[Delivery, ...]]] = [{} for _ in self.queues]
        self._losses: list[dict[int, tuple[Plan, ...]]] = [{} for _ in self.queues]
        self._outcomes: dict[tuple[int, ...], tuple[Renaming, ...]] = {}
        self._spontaneous: list[dict[int, tuple[Plan, ...]]] = [{} for _ in protocol.machines]

    def initial(self) -> State:
        """Give the first state: every machine in its initial phase, nothing in flight."""
        raw = tuple(self.interner.id(m.initial) for m in self.protocol.machines) + (self.empty,) * len(self.queues)
        return self._canonical(raw)[0][0]

    def values(self, state: State) -> dict[str, object]:
        """Spell a state out: the value of each slot by its name."""
        return {name: self.interner.values[v] for name, v in zip(self.slots, state, strict=True)}

    def successors(self, state: State) -> list[tuple[State, Micros]]:
        """Give every state that one step leads to, with what happened, in a fixed order."""
        found: list[tuple[State, Micros]] = []
        signature = self.interner.signature
        for raw, micros in self.raw_successors(state):
            if all(a == b or signature[a] == signature[b] for a, b in zip(raw, state, strict=True)):
                found.append((raw, micros))
            else:
                found += [(canonical, micros) for canonical, _ in self._canonical(raw)]
        return found

    def detailed_successors(self, state: State) -> list[tuple[State, Micros, State, Renaming]]:
        """Like `successors`, in the same order, with the state before names were renumbered, and how.

        An empty renaming means that nothing was renumbered.
        """
        found: list[tuple[State, Micros, State, Renaming]] = []
        signature = self.interner.signature
        for raw, micros in self.raw_successors(state):
            if all(a == b or signature[a] == signature[b] for a, b in zip(raw, state, strict=True)):
                found.append((raw, micros, raw, {}))
            else:
                found += [(canonical, micros, raw, names) for canonical, names in self._canonical(raw)]
        return found

    def raw_successors(self, state: State) -> Iterator[tuple[State, Micros]]:
        """Yield the states after each step, before names are forgotten and renumbered."""
        for machine in range(self.machines):
            phase = state[machine]
            plans = self._spontaneous[machine].get(phase)
            if plans is None:
                plans = self._spontaneous[machine][phase] = self.planner.plans(machine, phase, NOTHING)
            for plan in plans:
                slots = list(state)
                yield from self._run(slots, plan)
        for number in range(len(self.queues)):
            slot = self.machines + number
            content = state[slot]
            if content == self.empty:
                continue
            for delivery in self.deliveries(number, content):
                for plan in self.planner.plans(delivery.machine, state[delivery.machine], delivery.item):
                    slots = list(state)
                    slots[slot] = delivery.rest
                    yield from self._run(slots, plan)
            for plan in self.losses(number, content):
                slots = list(state)
                slots[slot] = plan.after
                yield tuple(slots), (plan,)

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

    def losses(self, number: int, content: int) -> tuple[Plan, ...]:
        """Give the ways in which an unreliable exchange can lose something; the caller is told.

        Such a plan's `after` is the channel's content, not a machine's phase.
        """
        found = self._losses[number].get(content)
        if found is None:
            queue = self.queues[number]
            made: list[Plan] = []
            if isinstance(queue, Exchange) and queue.lost is not None and queue.unreliable in self.protocol.enabled:
                items = cast("tuple[Sent[object], ...]", self.interner.values[content])
                told = Sent(queue.lost, queue.unreliable, queue.caller, queue.name)
                for i, item in enumerate(items):
                    if item in items[:i] or type(item.message) is type(queue.lost):
                        continue
                    what = "answer" if item.receiver == queue.caller else "request"
                    made.append(
                        self.planner.add(
                            name=f"lose_{what}_on_{queue.name}", actor=queue.unreliable, transition=None, machine=NOTHING,
                            before=content, heard=self.interner.id(item),
                            after=self.interner.id(items[:i] + items[i + 1 :] + (told,)), said=(), operations=(), own=False,
                        )
                    )
            found = self._losses[number][content] = tuple(made)
        return found

    def _run(self, slots: list[int], plan: Plan) -> Iterator[tuple[State, Micros]]:
        slots[plan.machine] = plan.after
        if not plan.operations:
            yield tuple(slots), (plan,)
            return
        yield from self._do(slots, plan.operations, (plan,))

    def _do(self, slots: list[int], operations: tuple[Operation, ...], micros: Micros) -> Iterator[tuple[State, Micros]]:
        for i, operation in enumerate(operations):
            if isinstance(operation, Push):
                slots[operation.slot] = self._push(operation.slot, slots[operation.slot], operation.item)
            elif isinstance(operation, End):
                for slot in operation.slots:
                    slots[slot] = self.empty
            else:
                rest = operations[i + 1 :]
                for plan in self.planner.plans(operation.machine, slots[operation.machine], operation.item):
                    branch = slots.copy()
                    branch[operation.machine] = plan.after
                    yield from self._do(branch, plan.operations + rest, (*micros, plan))
                return
        yield tuple(slots), micros

    def _push(self, slot: int, content: int, item: int) -> int:
        key = (slot, content, item)
        found = self._pushed.get(key)
        if found is None:
            items = cast("tuple[object, ...]", self.interner.values[content])
            added = self.interner.values[item]
            queue = self.queues[slot - self.machines]
            if isinstance(queue, Exchange) and queue.coalesced and added in items:
                grown = items
            else:
                grown = (*items, added)
            found = self._pushed[key] = self.interner.id(grown)
        return found

    def canonical(self, raw: State) -> State:
        """Give the canonical form of any state; of several (choices of orphans), the first."""
        return self._canonical(raw)[0][0]

    def _canonical(self, raw: State) -> list[tuple[State, Renaming]]:
        key = tuple([self.interner.signature[v] for v in raw])
        names = self._outcomes.get(key)
        if names is None:
            names = self._outcomes[key] = outcomes([self.interner.anatomy[v] for v in raw], self.keep_orphans)
        rename = self.interner.rename
        return [(tuple([rename(v, renaming) for v in raw]), renaming) for renaming in names]
