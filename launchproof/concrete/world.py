"""One lifecycle over real strings, run beside the abstract model and compared with it at every step.

The abstract model says which steps there are; one of them is chosen. The world then takes it with
its own values: it hears what it reads from the wire, asks its own guards, calls the same functions
on its own phases, and writes what they say. Nothing is forgotten or renumbered here. After every
act the two must agree, under a reading of the abstract names as concrete ones (`agrees`):

- the transitions that the concrete guards allow are those that the abstract ones allow;
- what is heard, said and reached is the same.

So each concrete step refines an abstract one, and the states it reaches stand for states that the
model reaches. Where they part, `Mismatch` shows the two sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from launchproof.concrete.agree import Reading, agrees
from launchproof.concrete.choices import Choices, Options
from launchproof.declare.channels import Exchange, Posted, Sent
from launchproof.declare.machine import Transition
from launchproof.declare.names import Name
from launchproof.errors import LaunchproofError
from launchproof.semantics.plans import NOTHING, End, Plan, Push, misses_target
from launchproof.semantics.steps import Detailed, State
from launchproof.semantics.values import all_names, held_names, parts, renamed
from launchproof.semantics.ways import FRESH, arguments, holds

if TYPE_CHECKING:
    from launchproof.concrete.run import Run


class Mismatch(LaunchproofError):  # noqa: N818 - a finding, not a failure of the program
    """The concrete step and the abstract one part: one of the two is wrong."""

    def __init__(self, act: str, what: str, model: object, reality: object, world: int = 0) -> None:
        """Say at which act, in what, and both sides."""
        super().__init__(f"{act}: {what} differs; the model has {model!s}; in reality it is {reality!s}")
        self.act = act
        self.what = what
        self.model = model
        self.reality = reality
        self.world = world


@frozen
class Item:
    """Something in flight: its text, and what the channel adds to it."""

    text: str
    stamp: tuple[str | None, Enum | None] | None = None
    kind: type[Enum] | None = None
    address: tuple[str, str, str] | None = None


@frozen(eq=False)
class Act:
    """What one machine did, with its own values; the texts are what crossed the wire."""

    machine: str
    name: str
    transition: Transition | None
    before: Any
    heard: Posted[object] | Sent[object] | None
    heard_text: str
    after: Any
    said: tuple[object, ...]
    said_texts: tuple[str, ...]


@define(eq=False)
class World:
    """One lifecycle: its abstract state, and beside it every machine's phase and channel as it really is."""

    run: Run
    choices: Choices
    state: State
    reading: Reading = field(factory=Reading)
    phases: list[Any] = field(factory=list)
    queues: list[tuple[Item, ...]] = field(factory=list)
    notes: dict[Any, Any] = field(factory=dict)

    @classmethod
    def new(cls, run: Run, choices: Choices) -> World:
        """Start where the protocol starts."""
        semantics = choices.semantics
        made = cls(run, choices, semantics.initial())
        first = [semantics.interner.values[v] for v in made.state[: semantics.machines]]
        for phase in first:
            for name in all_names(phase):
                if not name.rigid and name not in made.reading:
                    made.reading[name] = run.texts.mint(type(name))
        made.phases = [renamed(phase, made.reading) for phase in first]
        made.queues = [() for _ in semantics.queues]
        return made

    @property
    def options(self) -> Options:
        """What the model allows now."""
        return self.choices.of(self.state)

    def phase(self, machine: str) -> Any:
        """Give a machine's phase as it really is."""
        return self.phases[self.choices.semantics.planner.machine_index[machine]]

    def follow(self, position: int) -> list[Act]:
        """Take the step at a position, here and in the model; raise `Mismatch` where they part."""
        detailed = self.options.steps[position]
        taken = Following(self, detailed, Reading(self.reading))
        acts = taken.acts()
        self.state = detailed.after
        if detailed.names is not None:
            self.reading = taken.reading.renumbered(detailed.names.items())
        self._compare_lengths(detailed, acts)
        return acts

    def _compare_lengths(self, detailed: Detailed, acts: list[Act]) -> None:
        values = self.choices.semantics.interner.values
        machines = self.choices.semantics.machines
        for number, queue in enumerate(self.queues):
            expected = values[detailed.after[machines + number]]
            if isinstance(expected, tuple) and len(expected) != len(queue):
                name = self.choices.semantics.slots[machines + number]
                raise Mismatch(acts[-1].name, f"what is in flight on {name}", expected, queue)


class Following:
    """Takes one step of a world act by act, in the order of the model's."""

    def __init__(self, world: World, detailed: Detailed, reading: Reading) -> None:
        """Start before the first act."""
        self.world = world
        self.detailed = detailed
        self.reading = reading
        self.semantics = world.choices.semantics
        self.values = self.semantics.interner.values
        self._plans = iter(detailed.step.micros)
        self._turns: dict[int, int] = {}
        self._acts: list[Act] = []

    def acts(self) -> list[Act]:
        """Take the whole step."""
        plan = next(self._plans)
        if plan.machine == NOTHING:
            self._done(self._lose(plan))
        else:
            self._act(plan, self._take_out(plan) if plan.heard != NOTHING else None)
        return self._acts

    def _done(self, act: Act) -> None:
        """Note an act."""
        self._acts.append(act)
        self.world.run.concretion.note(self.world, act)

    def _take_out(self, plan: Plan) -> Item:
        """Take what the step hears out of its channel."""
        number = self.detailed.queue - self.semantics.machines
        queue = self.world.queues[number]
        items = self.values[self.world.state[self.detailed.queue]]
        position = items.index(self.values[plan.heard]) if isinstance(items, tuple) else 0
        self.world.queues[number] = queue[:position] + queue[position + 1 :]
        return queue[position]

    def _lose(self, plan: Plan) -> Act:
        """Let an item be lost, and its caller be told."""
        item = self._take_out(plan)
        number = self.detailed.queue - self.semantics.machines
        channel = self.semantics.queues[number]
        if isinstance(channel, Exchange):
            told = self.world.run.wire.write(channel.lost)
            address = (channel.unreliable or "", channel.caller, channel.name)
            self._push(number, Item(told, address=address))
        heard = self._read(item, plan)
        return Act(plan.actor, plan.name, None, None, heard, item.text, None, (), ())

    def _read(self, item: Item, plan: Plan) -> Posted[object] | Sent[object]:
        """Read an item from the wire, and compare it with what the model hears."""
        try:
            made = self._envelope(item)
        except Exception as error:
            raise Mismatch(plan.name, "what is heard", self.values[plan.heard], f"{item.text} ({error!r})") from error
        self._compare(plan, "what is heard", plan.heard, made, item.text)
        return made

    def _envelope(self, item: Item) -> Posted[object] | Sent[object]:
        """Read what is in flight."""
        wire = self.world.run.wire
        message = wire.read(item.text)
        if item.stamp is not None:
            origin, source = item.stamp
            return Posted(message, wire.read_as(item.kind, origin) if item.kind else None, source)  # type: ignore[arg-type]
        return Sent(message, *(item.address or ("", "", "")))

    def _compare(self, plan: Plan, what: str, abstract: int, concrete: object, text: str = "") -> None:
        if not agrees(self.values[abstract], concrete, self.reading):
            raise Mismatch(plan.name, what, self.values[abstract], f"{concrete}{f' from {text}' if text else ''}")

    def _act(self, plan: Plan, item: Item | None) -> None:
        """Let one machine act as the model does, and then whoever hears it at once."""
        world, transition = self.world, plan.transition
        before = world.phases[plan.machine]
        turn = self._turns.get(plan.machine, 0)
        self._turns[plan.machine] = turn + 1
        heard = self._read(item, plan) if item is not None else None
        given = {name: self._given(value) for name, value in plan.given}
        self._ask_guards(plan, before, heard, given, turn)
        text = item.text if item is not None else ""
        if transition is None:
            name = self.semantics.protocol.machines[plan.machine].name
            self._done(Act(name, plan.name, None, before, heard, text, before, (), ()))
            return
        spoken = next((p.name for p in transition.signature.parameters if p.kind == "heard"), None)
        result = transition.function(before, **given, **({spoken: heard} if spoken else {}))
        if plan.after != plan.before or result.phase is not before:
            self._compare(plan, "the phase reached", plan.after, result.phase)
        said = result.said
        if len(said) != len(plan.said) or not all(agrees(a, c, self.reading) for a, c in zip(plan.said, said, strict=True)):
            raise Mismatch(plan.name, "what is said", plan.said, said)
        world.phases[plan.machine] = result.phase
        texts = tuple(self._write(plan, message) for message in said)
        act = Act(transition.machine, plan.name, transition, before, heard, text, result.phase, said, texts)
        self._done(act)
        self._say(plan, texts)

    def _write(self, plan: Plan, message: object) -> str:
        """Write what is said."""
        try:
            return self.world.run.wire.write(message)
        except Exception as error:
            raise Mismatch(plan.name, "what is said", message, f"it cannot be written ({error!r})") from error

    def _given(self, value: object) -> Any:
        """Give an argument: a fresh name is minted, the model's choice is read as our own."""
        if isinstance(value, Name) and value.number >= FRESH:
            self.reading[value] = self.world.run.texts.mint(type(value))
            return self.reading[value]
        if isinstance(value, Name | Enum):
            return self.reading.get(value, value) if isinstance(value, Name) else value
        return next(row for row in self._rows(value) if agrees(value, row, self.reading))

    def _rows(self, like: object) -> Iterator[Any]:
        for phase in self.world.phases:
            for part, _, _ in parts(phase):
                if isinstance(part, tuple | frozenset):
                    yield from (row for row in part if type(row) is type(like))

    def _ask_guards(self, plan: Plan, before: Any, heard: Any, given: dict[str, Any], turn: int) -> None:
        """Compare what the concrete guards allow with what the model allows."""
        if heard is None:
            if plan.transition and not all(holds(guard, before, given) for guard in plan.transition.guards):
                raise Mismatch(plan.name, "whether it can happen", "it can", f"a guard refuses it in {before}")
            return
        machine = self.semantics.protocol.machines[plan.machine]
        missed = misses_target(machine, before, heard)
        if missed != plan.silent:
            raise Mismatch(plan.name, "whether the target origin fits", not plan.silent, not missed)
        if missed:
            return
        transitions = self.world.choices.hearing(plan.machine, before, heard)
        enabled = {t.name: t for t in transitions if any(self._known(t, a) for a in arguments(t, 0, before, heard))}
        allowed = {n for n, t in enabled.items() if t.otherwise not in enabled} or {f"{machine.name} drops it"}
        expected = self.world.choices.allowed(plan, turn)
        if allowed != expected:
            raise Mismatch(plan.name, "what can happen", sorted(expected), sorted(allowed))

    def _known(self, transition: Transition, given: dict[str, Any]) -> bool:
        """Whether the model still knows what a transition would pick: it may have forgotten some rows."""
        picked = [given[p.name] for p in transition.signature.parameters if p.kind == "pick"]
        return all(name in self.reading.alive for value in picked for name in held_names(value))

    def _say(self, plan: Plan, texts: tuple[str, ...]) -> None:
        """Put what was said on its channels; what is heard at once is heard."""
        world = self.world
        messages = iter(texts)
        for operation in plan.operations:
            if isinstance(operation, End):
                for slot in operation.slots:
                    world.queues[slot - self.semantics.machines] = ()
                continue
            envelope = self.values[operation.item]
            text = next(messages)
            if isinstance(envelope, Posted):
                origin = envelope.origin
                written = world.run.wire.text_of(origin) if origin is not None else None
                item = Item(text, stamp=(written, envelope.source), kind=type(origin) if origin is not None else None)
            else:
                item = Item(text, address=(envelope.sender, envelope.receiver, envelope.channel))  # type: ignore[attr-defined]
            if isinstance(operation, Push):
                self._push(operation.slot - self.semantics.machines, item)
            else:
                self._act(next(self._plans), item)

    def _push(self, number: int, item: Item) -> None:
        queue = self.world.queues[number]
        channel = self.semantics.queues[number]
        if not (isinstance(channel, Exchange) and channel.coalesced and item in queue):
            self.world.queues[number] = (*queue, item)


__all__ = ["Act", "Item", "Mismatch", "World"]
