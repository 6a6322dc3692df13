"""What one machine does in one phase with one message: evaluated once, then looked up.

A `Plan` is a transition evaluated on the values it touches: the phase before and after, and what it
says, already routed to channels. Plans know nothing of the rest of the state, so a table of them by
(phase, heard message) serves every state in which the two meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from launchproof.declare.channels import ASKER, Channel, Overheard, Post, Posted, Sent, has_queue
from launchproof.declare.machine import Machine, To, Transition
from launchproof.declare.properties import accepts
from launchproof.declare.protocol import Protocol
from launchproof.declare.signature import Parameter
from launchproof.errors import EffectError
from launchproof.semantics.interner import Interner
from launchproof.semantics.ways import arguments, candidates

NOTHING: Final = -1
"""Stands for "heard nothing": the machine acts of its own accord."""


@frozen
class Push:
    """Put an envelope at the end of a channel's slot."""

    slot: int
    item: int


@frozen
class End:
    """Empty the slots of channels whose lifetime ends."""

    slots: tuple[int, ...]


@frozen
class Tell:
    """Have a machine hear an envelope in this very step."""

    machine: int
    item: int


Operation = Push | End | Tell


@frozen(eq=False)
class Plan:
    """One thing that one machine can do; `transition` is None where a message fell on the floor.

    `machine`, `before`, `after` and `heard` are integers of the `Interner`; `heard` may be
    `NOTHING`. `own` tells whether a machine does it of itself (not the environment). `given` are
    the transition's further arguments by name: what was picked, and the fresh names. Where fields are left out, `reached`
    is the phase as the transition gave it.
    """

    index: int
    name: str
    actor: str
    transition: Transition | None
    machine: int
    before: int
    heard: int
    after: int
    said: tuple[object, ...]
    operations: tuple[Operation, ...]
    own: bool
    silent: bool = False
    given: tuple[tuple[str, object], ...] = ()
    reached: object = None


Affected = Callable[[int, int, int], bool]
"""Tells whether a change of transitions may change what a machine does in a phase, on hearing an envelope (or `NOTHING`)."""


class Planner:
    """Evaluates transitions, each at most once per distinct phase and message."""

    def __init__(self, protocol: Protocol, interner: Interner) -> None:
        """Index the protocol's active transitions by machine."""
        self.protocol = protocol
        self.interner = interner
        self.machines = protocol.machines
        self.machine_index = {m.name: i for i, m in enumerate(protocol.machines)}
        self.queue_slot = {q.name: len(self.machines) + i for i, q in enumerate(protocol.queues)}
        self.made: list[Plan] = []
        self._transitions = self._numbered(protocol)
        self._hearing: dict[tuple[int, type, type, type], list[tuple[int, Transition]]] = {}
        self._plans: dict[tuple[int, int, int, int], tuple[Plan, ...]] = {}
        self._candidates: dict[tuple[int, tuple[Any, ...]], Sequence[object]] = {}
        self._routes: dict[tuple[str, type, str | None], tuple[Channel, str]] = {}
        self._listened = [c for c in protocol.channels if isinstance(c, Post) and c.others]

    def _numbered(self, protocol: Protocol) -> list[list[tuple[int, Transition]]]:
        """Give the transitions of each machine that can fire, each with its number among all that are declared."""
        active = {t.name: t for t in protocol.active}
        numbered = [(i, active[t.name]) for i, t in enumerate(protocol.transitions) if t.name in active]
        return [[(i, t) for i, t in numbered if t.machine == m.name] for m in self.machines]

    def become(self, protocol: Protocol) -> Affected:
        """Plan for a protocol that differs in transitions and guards alone, and forget what may go otherwise there; tell what."""
        before = {t for mine in self._transitions for _, t in mine}
        self.protocol, self._transitions = protocol, self._numbered(protocol)
        changed = before.symmetric_difference(t for mine in self._transitions for _, t in mine)
        known: dict[tuple[int, int, int], bool] = {}

        def affected(machine: int, phase: int, heard: int) -> bool:
            key = (machine, phase, heard)
            if key not in known:
                name, value = self.machines[machine].name, self.interner.values[phase]
                envelope: Any = None if heard == NOTHING else self.interner.values[heard]
                known[key] = any(t.machine == name and hears(t, value, envelope) for t in changed)
            return known[key]

        self._plans = {key: plans for key, plans in self._plans.items() if not affected(*key[:3])}
        self._hearing, self._routes = {}, {}
        return affected

    def plans(self, machine: int, phase: int, heard: int, turn: int = 0) -> tuple[Plan, ...]:
        """Give what a machine can do in a phase, having heard an envelope (or `NOTHING`).

        `turn` counts what the machine did before in the same step: its fresh names must be others.
        """
        key = (machine, phase, heard, turn)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = tuple(self._evaluate(machine, phase, heard, turn))
        return found

    def known(self, machine: int) -> Iterator[tuple[tuple[int, int, int, int], tuple[Plan, ...]]]:
        """Yield what a machine was asked for so far, and the answer."""
        return ((key, plans) for key, plans in self._plans.items() if key[0] == machine)

    def add(self, **fields: Any) -> Plan:
        """Make a plan and remember it, so that reports can tell what ever happened."""
        made = Plan(index=len(self.made), **fields)
        self.made.append(made)
        return made

    def _evaluate(self, machine: int, phase: int, heard: int, turn: int) -> Iterator[Plan]:
        declared = self.machines[machine]
        value: object = self.interner.values[phase]
        envelope: Any = None if heard == NOTHING else self.interner.values[heard]
        if envelope is not None and misses_target(declared, value, envelope):
            yield self._drop(machine, phase, heard, silent=True)
            return
        enabled: dict[str, list[tuple[Transition, dict[str, Any]]]] = {}
        births = turn * len(self.protocol.transitions)
        for number, transition in self._that_hear(machine, value, envelope):
            found = self._chosen(transition, births + number, value, envelope)
            if found:
                enabled[transition.name] = [(transition, chosen) for chosen in found]
        for choices in enabled.values():
            for transition, chosen in choices:
                if transition.otherwise not in enabled:
                    yield self._fire(transition, machine, phase, heard, chosen)
        if heard != NOTHING and all(t.otherwise in enabled for c in enabled.values() for t, _ in c):
            yield self._drop(machine, phase, heard, silent=False)

    def _chosen(self, transition: Transition, number: int, phase: object, envelope: object) -> list[dict[str, Any]]:
        """Give the arguments for each way in which a transition can fire."""
        return list(arguments(transition, number, phase, envelope, self.candidates))

    def candidates(self, parameter: Parameter, phase: object) -> Sequence[object]:
        """List what a `Pick` parameter can be in an interned phase, once."""
        key = (self.interner.sameness.number(phase), parameter.types)
        found = self._candidates.get(key)
        if found is None:
            found = self._candidates[key] = candidates(parameter, phase, self.interner.items)
        return found

    def _that_hear(self, machine: int, phase: object, envelope: Any) -> list[tuple[int, Transition]]:
        """Give the transitions that leave a phase of this class and hear a message of this class."""
        key = (machine, type(phase), type(envelope), type(getattr(envelope, "message", None)))
        found = self._hearing.get(key)
        if found is None:
            found = self._hearing[key] = [(n, t) for n, t in self._transitions[machine] if hears(t, phase, envelope)]
        return found

    def _drop(self, machine: int, phase: int, heard: int, *, silent: bool) -> Plan:
        name = self.machines[machine].name
        return self.add(
            name=f"{name} drops it",
            actor=name,
            transition=None,
            machine=machine,
            before=phase,
            heard=heard,
            after=phase,
            said=(),
            operations=self._overheard(machine, self.interner.values[heard]),
            own=True,
            silent=silent,
        )

    def _fire(  # noqa: PLR0913, PLR0917 - what a plan is made of
        self,
        transition: Transition,
        machine: int,
        phase: int,
        heard: int,
        chosen: dict[str, Any],
        first: tuple[Operation, ...] = (),
    ) -> Plan:
        """Plan a transition; some operations come `first`."""
        before = self.interner.values[phase]
        result = transition.function(before, **chosen)
        check_result(transition, result)
        envelope: Any = None if heard == NOTHING else self.interner.values[heard]
        operations: list[Operation] = [*first]
        if transition.ends:
            slots = {self.queue_slot[c] for life in transition.ends for c in life.channels}
            operations.append(End(tuple(sorted(slots))))
        operations += [self._send(transition, before, envelope, message) for message in result.said]
        operations += self._overheard(machine, envelope)
        return self.add(
            name=transition.name,
            actor=transition.capability or transition.machine,
            transition=transition,
            machine=machine,
            before=phase,
            heard=heard,
            after=self.interner.id(result.phase),
            said=result.said,
            operations=tuple(operations),
            own=transition.capability is None,
            given=tuple((name, value) for name, value in chosen.items() if value is not envelope),
            reached=result.phase if self.interner.without else None,
        )

    def _send(self, transition: Transition, before: object, envelope: Any, message: object) -> Operation:
        heard_on = envelope.channel if isinstance(envelope, Sent) else None
        key = (transition.name, type(message), heard_on)
        if key not in self._routes:
            self._routes[key] = self.protocol.route(transition, type(message), heard_on)
        channel, receiver = self._routes[key]
        if isinstance(channel, Post):
            stamp = channel.forged or self._stamp(transition, before)
            item: object = Posted(message, *stamp)
        else:
            if receiver == ASKER:
                if not isinstance(envelope, Sent):
                    raise EffectError(f"transition {transition.name}: it answers with {message!r}, but nobody asked")
                receiver = envelope.sender
            item = Sent(message, transition.machine, receiver, channel.name)
        number = self.interner.id(item)
        if has_queue(channel):
            return Push(self.queue_slot[channel.name], number)
        return Tell(self.machine_index[receiver], number)

    def _overheard(self, machine: int, envelope: object) -> tuple[Tell, ...]:
        """Have everybody else who listens at the same window hear a message, too."""
        if not isinstance(envelope, Posted) or isinstance(envelope, Overheard):
            return ()
        for post in self._listened:
            source = post.forged[1] if post.forged else self.protocol.machine(post.sender).window
            mine = (post.receiver, source) == (self.machines[machine].name, envelope.source)
            if mine and type(envelope.message) in post.carries:
                told = (Overheard(envelope.message, envelope.origin, other.source) for other in post.others)
                hearers = (self.machine_index[other.machine] for other in post.others)
                return tuple(Tell(hearer, self.interner.id(item)) for hearer, item in zip(hearers, told, strict=True))
        return ()

    def _stamp(self, transition: Transition, before: object) -> tuple[Any, Any]:
        machine = self.protocol.machine(transition.machine)
        origin = machine.origin(before) if machine.origin else None
        return origin, machine.window


def misses_target(machine: Machine, phase: object, envelope: object) -> bool:
    """Whether a posted message names a target origin that the receiving document does not have.

    HTML, "posted message task": where the target origin differs from the document's, return
    without a trace.
    """
    if not isinstance(envelope, Posted) or machine.origin is None:
        return False
    target = getattr(envelope.message, "target", None)
    return target is not None and target != machine.origin(phase)


def hears(transition: Transition, phase: object, envelope: Posted[object] | Sent[object] | None) -> bool:
    """Whether a transition leaves this phase and hears this envelope."""
    if not accepts(transition.signature.leaves, phase):
        return False
    wanted = transition.signature.heard
    if wanted is None or envelope is None:
        return wanted is None and envelope is None
    return isinstance(envelope, wanted.envelope) and isinstance(envelope.message, wanted.messages)


def check_result(transition: Transition, result: object) -> None:
    """Refuse a result that the return annotation does not name."""
    culprit = f"transition {transition.name}"
    if not isinstance(result, To):
        raise EffectError(f"{culprit}: it returned {result!r}; return To(phase, message, ...)")
    if not accepts(transition.signature.reaches, result.phase):
        raise EffectError(f"{culprit}: it reached {result.phase!r}, which its annotation does not name; widen To[...]")
    for message in result.said:
        if not accepts(transition.signature.says, message):
            raise EffectError(f"{culprit}: it said {message!r}, which its annotation does not name; widen To[...]")
