"""Judges states and steps by properties, each at most once per distinct values that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Final

import attrs
from attrs import define, field

from launchproof.declare.channels import Call, Posted, Sent
from launchproof.declare.properties import STEP_WORDS, Place, Property, accepts, classes_of
from launchproof.declare.signature import Heard
from launchproof.errors import DeclarationError
from launchproof.semantics.plans import NOTHING, Plan
from launchproof.semantics.steps import Bundle, Semantics, State, Step
from launchproof.semantics.values import parts


def within(value: object, holder: type = object) -> Iterator[tuple[object, type]]:
    """Yield a value and everything inside it, each with the phase or message that holds it."""
    if isinstance(value, Posted | Sent):
        yield from within(value.message, type(value.message))
        return
    yield value, holder
    if isinstance(value, Enum):
        return
    inner = holder if holder is not object or not attrs.has(type(value)) else type(value)
    for part, _, _ in parts(value):
        yield from within(part, inner)


@define(eq=False)
class Judge:
    """One property over one semantics: a table from what it reads to what it says."""

    property: Property
    slots: tuple[int, ...]
    machine: int | None = None
    spoke: bool = False
    table: dict[tuple[int, ...], bool | None] = field(factory=dict)
    names: tuple[str, ...] = field(init=False)
    classes: tuple[tuple[type, ...], ...] = field(init=False)
    hears: tuple[Heard, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Read from the property what is asked again and again."""
        self.names = tuple(r.name for r in self.property.reads)
        self.classes = tuple(classes_of(r.types) for r in self.property.reads)
        self.hears = tuple(r.heard for r in self.property.reads if r.heard is not None)

    def fits(self, heard: object) -> bool:
        """Whether what was heard in a step is what the property speaks about."""
        return all(hears(wanted, heard) for wanted in self.hears)

    def of_values(self, values: Sequence[object]) -> bool | None:
        """Judge spelled-out values; None where they do not fit the premise."""
        for classes, value in zip(self.classes, values, strict=True):
            if not isinstance(value, classes):
                return None
        said = self.property.judge(*values)
        if said is not None:
            self.spoke = True
        return said


Told = tuple[Property, ...]
"""Properties that break."""

Open = tuple[tuple[Judge, Plan], ...]
"""Plans to be judged with slots of the state besides."""

SILENT: Final[tuple[Told, Open]] = ((), ())
"""What a plan tells of which no property says anything."""


def slot_of(semantics: Semantics, name: str, prop: Property) -> int:
    """Find the slot that a property's parameter names."""
    if name not in semantics.slots:
        raise DeclarationError(
            f"property {prop.name}",
            f"there is no slot {name!r}",
            f"name one of {', '.join(semantics.slots)}",
        )
    return semantics.slots.index(name)


def machine_of(semantics: Semantics, prop: Property) -> int:
    """Find the machine whose steps a step property is about, from the phases it names."""
    phases = [t for r in prop.reads if r.name in ("before", "after") for t in r.types]
    found = [
        i
        for i, machine in enumerate(semantics.protocol.machines)
        if any(p in machine.phases for p in phases) and prop.machine in ("", machine.name)
    ]
    if len(found) != 1:
        wrong = "two machines have its phases" if found else "no machine has its phases"
        raise DeclarationError(f"property {prop.name}", wrong, "name the phases of one machine in before and after")
    return found[0]


class StateJudges:
    """The `always` and `sometimes` properties: judged on states."""

    def __init__(self, semantics: Semantics, properties: Sequence[Property]) -> None:
        """Resolve each property's slots."""
        self.semantics = semantics
        self.judges = [
            Judge(p, tuple(slot_of(semantics, r.name, p) for r in p.reads))
            for p in properties
            if p.kind in ("always", "sometimes")
        ]

    def verdict(self, judge: Judge, state: State) -> bool | None:
        """Say what one property says of a state."""
        key = tuple([state[i] for i in judge.slots])
        try:
            return judge.table[key]
        except KeyError:
            values = [self.semantics.interner.values[v] for v in key]
            answer = judge.table[key] = judge.of_values(values)
            return answer


class PlaceJudges:
    """The `wherever` properties: judged on slot values, and on what is said."""

    def __init__(self, semantics: Semantics, properties: Sequence[Property]) -> None:
        """Prepare one table of seen values per slot."""
        self.semantics = semantics
        self.judges = [Judge(p, ()) for p in properties if p.kind == "wherever"]
        self._seen: list[dict[int, tuple[Judge, ...]]] = [{} for _ in semantics.slots]

    def broken_by_state(self, state: State) -> tuple[Judge, ...]:
        """Give the properties that some slot's value breaks."""
        broken: tuple[Judge, ...] = ()
        for slot, value in enumerate(state):
            found = self._seen[slot].get(value)
            if found is None:
                found = self._seen[slot][value] = self.judged(self.semantics.interner.values[value], self.semantics.slots[slot])
            if found:
                broken += found
        return broken

    def judged(self, value: object, slot: str) -> tuple[Judge, ...]:
        """Give the properties that a value, held or said at a place, breaks."""
        broken = []
        inside = list(within(value)) if self.judges else []
        for judge in self.judges:
            answers = [
                judge.of_values((found, Place(slot, holder)))
                for kind in judge.property.reads[0].types
                for found, holder in inside
                if isinstance(found, kind)
            ]
            if False in answers:
                broken.append(judge)
        return tuple(broken)


class StepJudges:
    """The `each_step` properties, and `wherever` over messages that are never in a slot."""

    def __init__(self, semantics: Semantics, properties: Sequence[Property], places: PlaceJudges) -> None:
        """Resolve each property's machine and slots."""
        self.semantics = semantics
        self.places = places
        self.judges = [
            Judge(p, tuple(slot_of(semantics, r.name, p) for r in p.reads if r.name not in STEP_WORDS), machine_of(semantics, p))
            for p in properties
            if p.kind == "each-step"
        ]
        self._spelled: tuple[Plan | None, dict[str, Any]] = (None, {})
        self._fitting: dict[tuple[int, type, type, type], list[Judge]] = {}
        self._messages: dict[int, tuple[Judge, ...]] = {}
        self._plans: dict[int, tuple[tuple[Judge, ...], tuple[Judge, ...]]] = {}
        self._told: dict[int, tuple[Told, Open]] = {}
        self._bundles: dict[int, tuple[tuple[Judge, ...], tuple[Step, ...]]] = {}
        self._steps: dict[int, tuple[tuple[Judge, ...], tuple[tuple[Judge, Plan], ...]]] = {}

    def broken_by_step(self, state: State, step: Step) -> tuple[Judge, ...]:
        """Give the properties that a step from a state breaks."""
        found = self._steps.get(step.index)
        if found is None:
            sorted_ = [self.of_plan(plan) for plan in step.micros]
            broken = tuple(judge for b, _ in sorted_ for judge in b)
            open_ = tuple((judge, plan) for plan, (_, o) in zip(step.micros, sorted_, strict=True) for judge in o)
            found = self._steps[step.index] = (broken, open_)
        if not found[1]:
            return found[0]
        return (*found[0], *(judge for judge, plan in found[1] if self.with_slots(judge, plan, state) is False))

    def broken_by_idle(self, state: State, bundle: Bundle) -> tuple[Judge, ...]:
        """Give the properties that steps which leave a state as it is break."""
        found = self._bundles.get(bundle.index)
        if found is None:
            for step in bundle.idle:
                self.broken_by_step(state, step)
            broken = tuple(judge for step in bundle.idle for judge in self._steps[step.index][0])
            open_ = tuple(step for step in bundle.idle if self._steps[step.index][1])
            found = self._bundles[bundle.index] = (broken, open_)
        if not found[1]:
            return found[0]
        return (*found[0], *(judge for step in found[1] for judge in self.broken_by_step(state, step)))

    def reads_slots(self, step: Step) -> bool:
        """Whether what was said of a step depends on the state before it; it was judged before."""
        return bool(self._steps[step.index][1])

    def of_plan(self, plan: Plan) -> tuple[tuple[Judge, ...], tuple[Judge, ...]]:
        """Judge what the plan alone decides, once; give the others too, that need slots and may have something to say then."""
        found = self._plans.get(plan.index)
        if found is None:
            found = self._plans[plan.index] = self._judge_plan(plan)
        return found

    def told_of(self, plan: Plan) -> tuple[Told, Open]:
        """Give the properties that the plan alone breaks, and what is to be asked of the state besides, or `SILENT`."""
        found = self._told.get(plan.index)
        if found is None:
            broken, open_ = self.of_plan(plan)
            told = tuple([judge.property for judge in broken]), tuple([(judge, plan) for judge in open_])
            found = self._told[plan.index] = told if any(told) else SILENT
        return found

    def told_in(self, open_: Open, state: State) -> Told:
        """Give the properties that plans break in a state, of those that are to be asked of it; each once."""
        return tuple(dict.fromkeys([judge.property for judge, plan in open_ if self.with_slots(judge, plan, state) is False]))

    def _judge_plan(self, plan: Plan) -> tuple[tuple[Judge, ...], tuple[Judge, ...]]:
        broken: list[Judge] = []
        for message in plan.said:
            broken += self._said(message)
        open_: list[Judge] = []
        for judge in self._judges_of(plan):
            if judge.slots:
                if self._may_speak(judge, plan):
                    open_.append(judge)
            elif self._judge(judge, plan, {}) is False:
                broken.append(judge)
        return tuple(broken), tuple(open_)

    def _judges_of(self, plan: Plan) -> list[Judge]:
        """Give the judges of a machine's steps from a phase of this class, on hearing a message of this class."""
        if plan.silent or plan.machine == NOTHING:
            return []
        before = self.semantics.interner.values[plan.before]
        heard = None if plan.heard == NOTHING else self.semantics.interner.values[plan.heard]
        key = (plan.machine, type(before), type(heard), type(getattr(heard, "message", None)))
        if key not in self._fitting:
            mine = [judge for judge in self.judges if judge.machine == plan.machine and judge.fits(heard)]
            premises = [[r.types for r in judge.property.reads if r.name == "before"] for judge in mine]
            fit = [all(accepts(types, before) for types in premise) for premise in premises]
            self._fitting[key] = [judge for judge, fits in zip(mine, fit, strict=True) if fits]
        return self._fitting[key]

    def _said(self, message: object) -> tuple[Judge, ...]:
        """Judge a message wherever it goes, once."""
        if not self.places.judges:
            return ()
        key = self.semantics.interner.sameness.number(message)
        if key not in self._messages:
            self._messages[key] = self.places.judged(Sent(message, "", "", ""), "a message")
        return self._messages[key]

    def _may_speak(self, judge: Judge, plan: Plan) -> bool:
        """Whether a property can say anything of a plan, whatever the slots besides hold."""
        known = self._known(plan)
        if not judge.fits(known["heard"]):
            return False
        reads = [r for r in judge.property.reads if r.name in STEP_WORDS]
        for said in plan.said if "said" in judge.names else (None,):
            if all(accepts(r.types, said if r.name == "said" else known[r.name]) for r in reads):
                return True
        return False

    def with_slots(self, judge: Judge, plan: Plan, state: State) -> bool | None:
        """Say what a property says of a plan in a state."""
        key = (plan.index, *[state[i] for i in judge.slots])
        try:
            return judge.table[key]
        except KeyError:
            slots = {self.semantics.slots[i]: self.semantics.interner.values[state[i]] for i in judge.slots}
            answer = judge.table[key] = self._judge(judge, plan, slots)
            return answer

    def _judge(self, judge: Judge, plan: Plan, slots: dict[str, object]) -> bool | None:
        known = self._known(plan)
        if not judge.fits(known["heard"]):
            return None
        if slots:
            known = known | slots
        if "said" not in judge.names:
            return judge.of_values([known[name] for name in judge.names])
        answers = []
        for said in plan.said:
            values = [said if name == "said" else known[name] for name in judge.names]
            answers.append(judge.of_values(values))
        spoken = [a for a in answers if a is not None]
        return all(spoken) if spoken else None

    def _known(self, plan: Plan) -> dict[str, Any]:
        """Spell out what a plan alone tells; a plan is asked about many times in a row."""
        if self._spelled[0] is not plan:
            values = self.semantics.interner.values
            heard = None if plan.heard == NOTHING else values[plan.heard]
            known: dict[str, Any] = {
                "before": values[plan.before],
                "after": values[plan.after] if plan.reached is None else plan.reached,
                "dropped": plan.transition is None and not plan.silent,
                "heard": None if isinstance(heard, Sent) and isinstance(heard.message, Call) else heard,
            }
            self._spelled = (plan, known)
        return self._spelled[1]


@define(eq=False)
class Judges:
    """All claims that a finite run can break, for whoever follows a single one."""

    semantics: Semantics
    properties: Sequence[Property]
    _states: StateJudges = field(init=False)
    _places: PlaceJudges = field(init=False)
    _steps: StepJudges = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Resolve what the properties read."""
        claims = [p for p in self.properties if p.kind not in ("sometimes", "builtin") and p.future is None]
        self._states = StateJudges(self.semantics, claims)
        self._places = PlaceJudges(self.semantics, claims)
        self._steps = StepJudges(self.semantics, claims, self._places)

    def broken_by(self, before: State, step: Step) -> Iterator[Property]:
        """Yield the properties that a step from a state breaks."""
        yield from (judge.property for judge in self._steps.broken_by_step(before, step))

    def broken_in(self, state: State) -> Iterator[Property]:
        """Yield the properties that a state breaks."""
        yield from (judge.property for judge in self._places.broken_by_state(state))
        yield from (judge.property for judge in self._states.judges if self._states.verdict(judge, state) is False)


def hears(wanted: Heard, envelope: object) -> bool:
    """Whether what was heard in a step is what a property speaks about."""
    if not isinstance(envelope, Posted | Sent) or not isinstance(envelope, wanted.envelope):
        return False
    return not wanted.messages or isinstance(envelope.message, wanted.messages)
