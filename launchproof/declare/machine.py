"""Machines, transitions and guards: one typed pure function is one arrow of the diagram.

``@machine.transition("statement.id", ...)`` declares a transition, ``@when(guard)`` below it a
condition. A guard is a function of its own, so that it can be drawn, cited and taken away. Its
parameters are the transition's, by name, after the phase.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Generic, ParamSpec, TypeVar, TypeVarTuple

from attrs import evolve, field, frozen

from launchproof.declare.channels import Lifetime
from launchproof.declare.environment import Capability, Choice
from launchproof.declare.fairness import Fairness
from launchproof.declare.signature import Heard, Signature, hints_of, read_heard, read_transition, summary, union_members
from launchproof.errors import DeclarationError

P = ParamSpec("P")
R = TypeVar("R")
PhaseT = TypeVar("PhaseT", covariant=True)  # noqa: PLC0105 - reads as a phase in To[Phase, ...]
Said = TypeVarTuple("Said")


class To(Generic[PhaseT, *Said]):
    """What a transition gives: the phase it reaches, and what it says, in order."""

    __slots__ = ("phase", "said")

    def __init__(self, phase: PhaseT, *said: *Said) -> None:
        """Hold the phase and the messages."""
        self.phase = phase
        self.said: tuple[object, ...] = said


@frozen
class Guard:
    """A named condition of a transition; `given` limits it to one answer to an open question."""

    name: str
    function: Callable[..., bool] = field(repr=False)
    meaning: str = field(repr=False)
    cites: tuple[str, ...] = ()
    given: Choice | None = None


class Guarded(Generic[P, R]):
    """A function with the guards stacked on it so far."""

    def __init__(self, function: Callable[P, R], guards: tuple[Guard, ...]) -> None:
        """Keep the function and its guards, outermost first."""
        self.function = function
        self.guards = guards

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself; the guards are the semantics' business."""
        return self.function(*args, **kwargs)


def when(
    guard: Callable[..., bool],
    *cites: str,
    given: Choice | None = None,
) -> Callable[[Callable[P, R] | Guarded[P, R]], Guarded[P, R]]:
    """Add a guard to the transition below; `cites` are the statements that ask for it."""
    culprit = f"guard {guard.__name__}"
    made = Guard(guard.__name__, guard, summary(guard, culprit), cites, given)

    def add(function: Callable[P, R] | Guarded[P, R]) -> Guarded[P, R]:
        if isinstance(function, Guarded):
            return Guarded(function.function, (made, *function.guards))
        return Guarded(function, (made,))

    return add


@frozen
class Transition:
    """One arrow of a machine's diagram, as declared."""

    name: str
    machine: str
    function: Callable[..., To[Any, *tuple[Any, ...]]] = field(repr=False)
    guards: tuple[Guard, ...] = field(repr=False)
    signature: Signature = field(repr=False)
    meaning: str = field(repr=False)
    cites: tuple[str, ...] = ()
    capability: str | None = None
    given: Choice | None = None
    ends: tuple[Lifetime, ...] = ()
    via: str | None = None
    otherwise: str | None = None
    fair: Fairness | None = None

    def without_guard(self, name: str) -> Transition:
        """Give the same transition without the guard of that name."""
        return evolve(self, guards=tuple(g for g in self.guards if g.name != name))


class Machine:
    """A party of the protocol: its phases (frozen attrs classes), and the transitions between them.

    `resting` phases are those in which nothing is owed to anyone: a machine may stay there for
    ever without the run being stuck. `origin` gives the web origin of the document that a phase
    shows, and `window` the window that its messages come from.
    """

    def __init__(  # noqa: PLR0913 - a machine has this many properties of its own
        self,
        name: str,
        *,
        initial: object,
        phases: tuple[type, ...],
        resting: tuple[type, ...] = (),
        origin: Callable[[Any], Enum | None] | None = None,
        window: Enum | None = None,
        meaning: str = "",
    ) -> None:
        """Declare the machine; a wrong initial or resting phase is a `DeclarationError`."""
        self.name = name
        self.initial = initial
        self.phases = phases
        self.resting = resting
        self.origin = origin
        self.window = window
        self.meaning = meaning
        self._declared: dict[str, Transition] = {}
        for phase in (type(initial), *resting):
            if phase not in phases:
                raise DeclarationError(f"machine {name}", f"{phase.__name__} is none of its phases", "list it in phases=")
        for phase in phases:
            if not hasattr(phase, "__attrs_attrs__") or phase.__hash__ is None:
                raise DeclarationError(
                    f"machine {name}", f"phase {phase.__name__} is no frozen attrs class", "decorate it with @frozen"
                )

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """All that was declared, in the order of the source."""
        return tuple(self._declared.values())

    def transition(  # noqa: PLR0913 - a transition has this many properties of its own
        self,
        *cites: str,
        capability: Capability | None = None,
        given: Choice | None = None,
        ends: Lifetime | Iterable[Lifetime] = (),
        via: str | None = None,
        otherwise: object | None = None,
        fair: Fairness | None = None,
    ) -> Callable[[Callable[P, R] | Guarded[P, R]], Guarded[P, R]]:
        """Declare a transition of this machine.

        `cites` are the statements that ask for it; `capability` makes it the environment's; `given`
        limits it to an answer to an open question; `ends` names the lifetimes that end with it;
        `via` picks the channel where more than one carries what it says; `otherwise` lets it fire
        exactly when the transition named there cannot; `fair` says whether it has to happen where
        it can, and why (`launchproof.declare.fairness` has the defaults).
        """
        alternative = self.alternative(
            *cites,
            capability=capability,
            given=given,
            ends=ends,
            via=via,
            otherwise=otherwise,
            fair=fair,
        )

        def declare(function: Callable[P, R] | Guarded[P, R]) -> Guarded[P, R]:
            made = alternative(function)
            if made.otherwise is not None and made.otherwise not in self._declared:
                raise DeclarationError(
                    f"transition {made.name}",
                    f"machine {self.name} has no transition {made.otherwise!r} before it",
                    "declare that one first",
                )
            if made.name in self._declared:
                raise DeclarationError(f"transition {made.name}", f"machine {self.name} has two of that name", "rename one")
            self._declared[made.name] = made
            return function if isinstance(function, Guarded) else Guarded(function, ())

        return declare

    def alternative(  # noqa: PLR0913 - see transition
        self,
        *cites: str,
        capability: Capability | None = None,
        given: Choice | None = None,
        ends: Lifetime | Iterable[Lifetime] = (),
        via: str | None = None,
        otherwise: object | None = None,
        fair: Fairness | None = None,
    ) -> Callable[[Callable[..., Any] | Guarded[..., Any]], Transition]:
        """Make a transition that is not (yet) part of the machine, for a change under review.

        Hand it to `Protocol.adding` or `Protocol.replacing`; the parameters are `transition`'s.
        """

        def make(function: Callable[..., Any] | Guarded[..., Any]) -> Transition:
            guarded = function if isinstance(function, Guarded) else Guarded(function, ())
            return make_transition(
                self,
                guarded,
                cites=cites,
                capability=capability,
                given=given,
                ends=ends,
                via=via,
                otherwise=otherwise,
                fair=fair,
            )

        return make


def name_of(transition: object) -> str:
    """Name a transition given as its decorated function, as a `Transition`, or by its name."""
    if isinstance(transition, str):
        return transition
    if isinstance(transition, Transition):
        return transition.name
    function = transition.function if isinstance(transition, Guarded) else transition
    return str(getattr(function, "__name__", function))


def make_transition(  # noqa: PLR0913 - see Machine.transition
    machine: Machine,
    function: Guarded[P, R],
    *,
    cites: tuple[str, ...],
    capability: Capability | None = None,
    given: Choice | None = None,
    ends: Lifetime | Iterable[Lifetime] = (),
    via: str | None = None,
    otherwise: object | None = None,
    fair: Fairness | None = None,
) -> Transition:
    """Read and check one transition; every mistake is a `DeclarationError` that names it."""
    plain: Callable[..., Any] = function.function
    culprit = f"transition {plain.__name__}"
    signature = read_transition(plain, To, culprit)
    for phase in (*signature.leaves, *signature.reaches):
        if phase not in machine.phases:
            label = getattr(phase, "__name__", repr(phase))
            raise DeclarationError(
                culprit, f"{label} is no phase of machine {machine.name}", "correct the annotation or add the phase"
            )
    if not cites:
        raise DeclarationError(culprit, "it cites no statement", "cite the id of the statement that asks for it")
    if signature.heard is not None and not signature.heard.messages:
        raise DeclarationError(culprit, "it hears any message", "name the message types it handles")
    for guard in function.guards:
        check_guard(guard, signature, culprit)
    return Transition(
        name=plain.__name__,
        machine=machine.name,
        function=plain,
        guards=function.guards,
        signature=signature,
        meaning=summary(plain, culprit),
        cites=cites,
        capability=capability.name if capability else None,
        given=given,
        ends=(ends,) if isinstance(ends, Lifetime) else tuple(ends),
        via=via,
        otherwise=name_of(otherwise) if otherwise is not None else None,
        fair=fair,
    )


def check_guard(guard: Guard, signature: Signature, culprit: str) -> None:
    """Refuse a guard for another phase, another message, or with a parameter the transition lacks."""
    mine = f"{culprit}, guard {guard.name}"
    hints = hints_of(guard.function, mine)
    if hints["return"] is not bool:
        raise DeclarationError(mine, "it does not return bool", "annotate it -> bool")
    taken = inspect.signature(guard.function).parameters
    if not taken or any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in taken.values()):
        raise DeclarationError(
            mine, "its parameters are not plain ones", "take the phase, and the transition's parameters by name"
        )
    first, *others = taken
    accepted = union_members(hints[first])
    for phase in signature.leaves:
        if not any(a in (Any, object) or (isinstance(a, type) and issubclass(phase, a)) for a in accepted):
            raise DeclarationError(
                mine, f"it does not accept phase {phase.__name__}", "widen its annotation or leave the phase out"
            )
    known = {p.name: p for p in signature.parameters}
    for name in others:
        if name not in known:
            raise DeclarationError(mine, f"the transition has no parameter {name!r}", f"use one of {', '.join(known) or 'none'}")
        heard = read_heard(hints[name])
        if heard is not None and signature.heard is not None:
            check_hears(heard, signature.heard, mine)


def check_hears(guard: Heard, transition: Heard, culprit: str) -> None:
    """Refuse a guard that cannot read the envelope, or a message, that its transition hears."""
    if guard.envelope is not transition.envelope:
        raise DeclarationError(
            culprit,
            f"it reads {guard.envelope.__name__}, the transition hears {transition.envelope.__name__}",
            "annotate it alike",
        )
    missing = [m.__name__ for m in transition.messages if guard.messages and not issubclass(m, guard.messages)]
    if missing:
        raise DeclarationError(culprit, f"it does not accept message {', '.join(missing)}", "widen its annotation")
