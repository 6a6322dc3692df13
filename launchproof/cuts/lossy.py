"""A protocol that may lose guards on its way: what a loss allows is a step like any other, with a label.

Wherever guards keep a transition from firing, it may fire all the same, and the step is labelled with the
guards that had to be lost for it. All that could be done with every guard in place stays possible: a
message that nobody hears is still dropped, although somebody would hear it with a guard less, and a
transition still steps in for one that its guard holds back.

So this protocol can do whatever the protocol without some guards can, by steps whose labels lie within
those guards, and perhaps more. With more guards lost it can never do less. Both are what the search for cut
sets rests on (`launchproof.cuts.lifted`); whether what it finds is real, is asked afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from launchproof.cuts.sets import Loss
from launchproof.declare.channels import Post
from launchproof.declare.machine import Transition
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.semantics.interner import Interner
from launchproof.semantics.plans import Operation, Plan, Planner, Push
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import NO_FIELDS, Fields
from launchproof.semantics.ways import judged_ways

LEDGER: Final = "(lost)"
"""The slot in which a step leaves its label. No channel of a project has such a name."""

RUNS: Final = Property(
    name="runs",
    kind="builtin",
    meaning="No transition fails, as one may that was written for what its guards let through.",
    cites=(),
    judge=lambda: None,
    reads=(),
)


class LossyPlanner(Planner):
    """Also plans what a transition does where some guards are lost; `labels` has these, by the plan's index.

    `failures` are plans of transitions that fail, as they were not written for what they meet now, and why; they do nothing.
    """

    def __init__(self, protocol: Protocol, interner: Interner, guards: Loss, size: int) -> None:
        """Let at most `size` of the guards be lost at once."""
        super().__init__(protocol, interner)
        self.guards = guards
        self.size = size
        self.labels: dict[int, Loss] = {}
        self.failures: dict[int, Exception] = {}
        self._ledger = self.queue_slot[LEDGER]
        self._held_back: list[tuple[Transition, dict[str, Any], Loss]] = []

    def _evaluate(self, machine: int, phase: int, heard: int, turn: int) -> Iterator[Plan]:
        self._held_back = []
        yield from super()._evaluate(machine, phase, heard, turn)
        for transition, chosen, loss in self._held_back:
            labelled = Push(self._ledger, self.interner.id(loss))
            plan = self._fire(transition, machine, phase, heard, chosen, (labelled,))
            self.labels[plan.index] = loss
            yield plan

    def _chosen(self, transition: Transition, number: int, phase: object, envelope: object) -> list[dict[str, Any]]:
        """Give the arguments for each way in which a transition can fire; keep those for which guards would have to be lost."""
        found = []
        for chosen, guards in judged_ways(transition, number, phase, envelope, self.candidates):
            loss = frozenset([guard.name for guard in guards])
            if not guards:
                found.append(chosen)
            elif loss <= self.guards and len(loss) <= self.size:
                self._held_back.append((transition, chosen, loss))
        return found

    def _fire(  # noqa: PLR0913, PLR0917 - what a plan is made of
        self,
        transition: Transition,
        machine: int,
        phase: int,
        heard: int,
        chosen: dict[str, Any],
        first: tuple[Operation, ...] = (),
    ) -> Plan:
        """Plan a transition that may not have been written for this."""
        try:
            return super()._fire(transition, machine, phase, heard, chosen, first)
        except Exception as why:  # noqa: BLE001 - whatever it was not written for
            failed = self.add(
                name=f"{transition.name} fails",
                actor=transition.capability or transition.machine,
                transition=None,
                machine=machine,
                before=phase,
                heard=heard,
                after=phase,
                said=(),
                operations=first,
                own=transition.capability is None,
                silent=True,
            )
            self.failures[failed.index] = why
            return failed


class Lossy(Semantics):
    """The semantics of a protocol that may lose guards."""

    planner: LossyPlanner

    def __init__(self, protocol: Protocol, guards: Loss, size: int, without: Fields = NO_FIELDS) -> None:
        """Let at most `size` of the guards be lost in one step."""
        machine = protocol.machines[0].name
        there = evolve(protocol, channels=(*protocol.channels, Post(LEDGER, machine, machine, ())))
        super().__init__(there, without=without)
        self.planner = LossyPlanner(self.protocol, self.interner, guards, size)
        self.ledger = self.slots.index(LEDGER)


def guards_at_work(protocol: Protocol) -> Loss:
    """Give the guards that a machine checks; those of the environment say what it is like, and protect nothing."""
    return frozenset(guard.name for t in protocol.active if t.capability is None for guard in t.guards)
