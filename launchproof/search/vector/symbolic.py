"""Steps told without the contents of channels.

The semantics takes its steps from given phases, but every channel holds a symbol that stands for
whatever is in flight there. What is put behind it makes another symbol. So the same step serves
all contents, and what it does to each is looked up content by content.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from attrs import define, field, frozen

from launchproof.semantics.plans import NOTHING, Affected, Operation, Plan, Tell
from launchproof.semantics.steps import Micros, Semantics, State

Changes = tuple[tuple[int, int], ...]
"""Slots, each with the value or the symbol that it has after a step."""


@frozen
class Symbol:
    """What a channel held before, with further items behind it."""

    slot: int
    behind: tuple[int, ...]


@define(eq=False)
class Part:
    """The ways in which something can go: step by step its number, and what it changes (None: nothing, whatever the state).

    `number` and `effects` are for whoever tabulates parts.
    """

    steps: tuple[int, ...]
    changes: tuple[Changes | None, ...]
    number: int = -1
    effects: tuple[int, ...] = ()


@frozen(eq=False)
class Run:
    """Plans that stand one after the other and read the same slots, with all their ways as one part by what these hold."""

    plans: tuple[Plan, ...]
    slots: tuple[int, ...]
    parts: dict[tuple[int, ...], Part] = field(factory=dict)


class Symbolic(Semantics):
    """The semantics of another one, with its tables, for states whose channels hold symbols."""

    def __init__(self, semantics: Semantics) -> None:
        """Share the tables."""
        vars(self).update(vars(semantics))
        self.symbols: list[Symbol] = []
        self.steps: list[Micros] = []
        self._step_ids: dict[tuple[int, ...], int] = {}
        self._symbol_ids: dict[Symbol, int] = {}
        self._parts: dict[int, tuple[tuple[int, ...], dict[tuple[int, ...], Part]]] = {}
        self._runs: dict[int, list[Run]] = {}
        self._changes: dict[tuple[Operation, ...], Changes] = {}
        self._channels = tuple(self.symbol(Symbol(self.machines + i, ())) for i in range(len(self.queues)))

    def renew(self, semantics: Semantics, affected: Affected) -> Callable[[Part], bool]:
        """Go on with a semantics that became another; forget what a change affects, and tell of each part whether it does."""
        vars(self).update(vars(semantics))
        known: dict[int, bool] = {}

        def changed(part: Part) -> bool:
            return any(known[s] if s in known else known.setdefault(s, self._changed(s, affected)) for s in part.steps)

        self._runs = {}
        self._parts = {
            plan: (slots, parts) for plan, (slots, parts) in self._parts.items() if not any(map(changed, parts.values()))
        }
        return changed

    def _changed(self, step: int, affected: Affected) -> bool:
        """Tell whether a change affects a step."""
        return any(plan.machine != NOTHING and affected(plan.machine, plan.before, plan.heard) for plan in self.steps[step])

    def symbol(self, symbol: Symbol) -> int:
        """Give the negative integer of a symbol."""
        if symbol not in self._symbol_ids:
            self._symbol_ids[symbol] = -2 - len(self.symbols)
            self.symbols.append(symbol)
        return self._symbol_ids[symbol]

    def number(self, micros: Micros) -> int:
        """Give the number of a step, told without what it changes: an entry of `steps`."""
        key = tuple([plan.index for plan in micros])
        found = self._step_ids.get(key)
        if found is None:
            found = self._step_ids[key] = len(self.steps)
            self.steps.append(micros)
        return found

    def spelled(self, symbol: int) -> Symbol:
        """Give the symbol of a negative integer."""
        return self.symbols[-2 - symbol]

    def pushed(self, symbol: Symbol, content: int) -> int:
        """Give what becomes of a content."""
        for item in symbol.behind:
            content = self._push(symbol.slot, content, item)
        return content

    def _push(self, slot: int, content: int, item: int) -> int:
        if content >= 0:
            return super()._push(slot, content, item)
        return self.symbol(Symbol(slot, (*self.spelled(content).behind, item)))

    def parts(self, plans: tuple[Plan, ...], phases: State, touched: set[int]) -> list[Part]:
        """Give the ways in which a machine's plans can go from given phases, in few parts; tell whose phases matter."""
        found: list[Part] = []
        for run in self._runs_of(plans):
            key = tuple([phases[i] for i in run.slots])
            known = run.parts.get(key)
            if known is None:
                known = run.parts[key] = joined([self.part(plan, phases, touched) for plan in run.plans])
                if any(self._parts[plan.index][0] != run.slots for plan in run.plans):
                    self._runs.pop(plans[0].index, None)
            touched.update(run.slots)
            found.append(known)
        return found

    def _runs_of(self, plans: tuple[Plan, ...]) -> list[Run]:
        """Divide plans into runs of such as read the same slots, as far as that is known."""
        if not plans:
            return []
        found = self._runs.get(plans[0].index)
        if found is None:
            read = [self._parts[plan.index][0] if plan.index in self._parts else () for plan in plans]
            together = groupby(zip(plans, read, strict=True), key=itemgetter(1))
            found = self._runs[plans[0].index] = [Run(tuple([plan for plan, _ in some]), slots) for slots, some in together]
        return found

    def part(self, plan: Plan, phases: State, touched: set[int]) -> Part:
        """Give the ways in which a plan can go from given phases; tell whose phases matter."""
        known = self._parts.get(plan.index)
        if known is not None:
            found = known[1].get(tuple([phases[i] for i in known[0]]))
            if found is not None:
                touched.update(known[0])
                return found
        read: set[int] = set()
        if any(isinstance(operation, Tell) for operation in plan.operations):
            ends = self._ends(plan, phases, read)
        else:
            moved = ((plan.machine, plan.after),) if plan.after != plan.before else ()
            ends = [(moved + self._into_channels(plan.operations), (plan,))]
        changes = [changed for changed, _ in ends]
        steps = tuple([self.number(micros) for _, micros in ends])
        found = Part(steps, tuple([c if c or plan.heard != NOTHING else None for c in changes]))
        read = {i for i in read if i < self.machines and i != plan.machine}
        slots_read = tuple(sorted(read.union(known[0] if known else ())))
        if known is None or known[0] != slots_read:
            known = self._parts[plan.index] = (slots_read, {})
        known[1][tuple([phases[i] for i in slots_read])] = found
        touched.update(slots_read)
        return found

    def _ends(self, plan: Plan, phases: State, read: set[int]) -> list[tuple[Changes, Micros]]:
        """Give what a plan changes, in each way in which those whom it tells something take it."""
        start = (*phases, *self._channels)
        slots = list(start)
        slots[plan.machine] = plan.after
        ends = self._do(slots, plan.operations, (plan,), read)
        return [(differences(start, end), micros) for end, micros in ends]

    def _into_channels(self, operations: tuple[Operation, ...]) -> Changes:
        """Give what operations that tell nobody anything change, which is the same in all states."""
        found = self._changes.get(operations)
        if found is None:
            start = (*[self.empty] * self.machines, *self._channels)
            ((end, _),) = self._do(list(start), operations, (), set())
            found = self._changes[operations] = differences(start, end)
        return found


def differences(start: State, end: State) -> Changes:
    """Give the slots that hold something else in the end, each with what it holds then."""
    return tuple([(i, b) for i, (a, b) in enumerate(zip(start, end, strict=True)) if a != b])


def joined(parts: list[Part]) -> Part:
    """Put the ways of several parts behind each other."""
    if len(parts) == 1:
        return parts[0]
    return Part(tuple([step for part in parts for step in part.steps]), tuple([c for part in parts for c in part.changes]))
