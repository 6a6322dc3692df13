"""Traces: a path of states, told step by step with names that mean the same throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen

from launchproof.declare.channels import Posted, Sent
from launchproof.declare.names import Name
from launchproof.semantics.plans import NOTHING, Plan
from launchproof.semantics.steps import Detailed, Semantics, State
from launchproof.semantics.values import all_names, renamed
from launchproof.semantics.ways import FRESH

Hop = tuple[State, int]
"""A state, and which of its successors (by position) comes next."""


@frozen
class Act:
    """What one machine did within a step: what it heard, what it said, and where it went.

    `given` are the arguments that were picked for it, by name.
    """

    machine: str
    name: str
    meaning: str
    heard: object | None
    said: tuple[object, ...]
    before: object | None
    after: object | None
    given: tuple[tuple[str, object], ...] = ()


@frozen
class TraceStep:
    """One step: who began it, what each machine did in it, and which slots changed."""

    actor: str
    acts: tuple[Act, ...]
    changes: tuple[tuple[str, object, object], ...]


@frozen
class Fairly:
    """Why it is fair to go around a loop for ever.

    `taken` are the fair groups that it takes, and `paused` those that it could take somewhere, and
    elsewhere could not. `unfair` are the steps in it that no fairness asks for; of a loop without
    steps, those that could be taken out of it.
    """

    taken: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    unfair: tuple[str, ...] = ()


@frozen
class Trace:
    """A run from the initial state; `loop_from` is the step after which it can repeat for ever.

    Of a claim about the rest of a run there is more to tell, each counted in steps from the start:
    `premise_at` is the step (or the state after so many) in which the premise held, `broken_at` the
    step (or state) in the loop that breaks what should settle. `forbidden` is what held at the end and
    must not before a goal does, and `fairly` why the loop is fair. A loop without steps begins at the end.
    """

    steps: tuple[TraceStep, ...]
    last: dict[str, object]
    loop_from: int | None = None
    premise_at: int | None = None
    broken_at: int | None = None
    forbidden: str = ""
    fairly: Fairly | None = None

    @property
    def changes_of_actor(self) -> int:
        """How often the run changes from one actor to another."""
        actors = [s.actor for s in self.steps]
        return sum(a != b for a, b in pairwise(actors))


class Spelling:
    """Gives every name of a run a number of its own, whatever the numbers in its states are."""

    def __init__(self) -> None:
        """Start with no names."""
        self.counts: dict[type[Name], int] = {}
        self.known: dict[Name, Name] = {}

    def copy(self) -> Spelling:
        """Give another one that knows the same names, and goes its own way from here."""
        made = Spelling()
        made.counts = dict(self.counts)
        made.known = dict(self.known)
        return made

    def meet(self, value: object) -> None:
        """Give numbers to the names of a value that were not met before."""
        for name in all_names(value):
            if name not in self.known:
                sort = type(name)
                self.known[name] = sort(self.counts.get(sort, 0))
                self.counts[sort] = self.counts.get(sort, 0) + 1

    def spell(self, value: Any) -> Any:
        """Give a value with the names of this run."""
        self.meet(value)
        return renamed(value, self.known)

    def follow(self, names: Mapping[Name, Name]) -> None:
        """Go on after names were renumbered; those that were forgotten are dropped."""
        self.known = {new: self.known[old] for old, new in names.items() if old in self.known}


def tell(semantics: Semantics, hops: Sequence[Hop], loop_from: int | None = None) -> Trace:
    """Spell a path of states out as a trace."""
    spelling = Spelling()
    values = semantics.interner.values
    steps: list[TraceStep] = []
    end = hops[0][0] if hops else semantics.initial()
    for state, position in hops:
        taken = semantics.detailed_successors(state)[position]
        steps.append(tell_step(semantics, state, taken, spelling))
        end = taken.after
    last = {slot: spelling.spell(values[v]) for slot, v in zip(semantics.slots, end, strict=True)}
    return Trace(tuple(steps), last, loop_from)


def tell_step(semantics: Semantics, state: State, taken: Detailed, spelling: Spelling) -> TraceStep:
    """Spell one step from a state out, and take the spelling on to the state after it."""
    values = semantics.interner.values
    for plan in taken.step.micros:
        for value in said_and_heard(semantics, plan):
            spelling.meet(value)
    changes = tuple(
        (slot, spelling.spell(values[a]), spelling.spell(values[b]))
        for slot, a, b in zip(semantics.slots, state, taken.raw, strict=True)
        if a != b
    )
    acts = tuple(act(semantics, plan, spelling) for plan in taken.step.micros)
    spelling.follow({n: n for n in spelling.known if n.number < FRESH} if taken.names is None else taken.names)
    return TraceStep(taken.step.actor, acts, changes)


def said_and_heard(semantics: Semantics, plan: Plan) -> list[object]:
    """List the values of a plan in the order in which a reader meets them."""
    heard = [semantics.interner.values[plan.heard]] if plan.heard != NOTHING else []
    return [*heard, *plan.said]


def act(semantics: Semantics, plan: Plan, spelling: Spelling) -> Act:
    """Tell one machine's part of a step."""
    values = semantics.interner.values
    envelope = values[plan.heard] if plan.heard != NOTHING else None
    on_machine = plan.machine != NOTHING
    return Act(
        machine=semantics.slots[plan.machine] if on_machine else plan.actor,
        name=plan.name,
        meaning=plan.transition.meaning if plan.transition else "",
        heard=spelling.spell(envelope) if envelope is not None else None,
        said=tuple(spelling.spell(m) for m in plan.said),
        before=spelling.spell(values[plan.before]) if on_machine else None,
        after=spelling.spell(values[plan.after]) if on_machine else None,
        given=tuple((name, spelling.spell(value)) for name, value in picked(plan)),
    )


def picked(plan: Plan) -> list[tuple[str, object]]:
    """List the arguments of a plan that were picked among others."""
    parameters = plan.transition.signature.parameters if plan.transition else ()
    fresh = {p.name for p in parameters if p.kind == "new"}
    return [(name, value) for name, value in plan.given if name not in fresh]


def message_in(envelope: object) -> object:
    """Take a message out of its envelope."""
    return envelope.message if isinstance(envelope, Posted | Sent) else envelope
