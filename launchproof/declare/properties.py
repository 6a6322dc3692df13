"""What must hold: properties as typed functions, whose annotations are their premise.

=============  ====================================================================================
`always`       of every state; parameters name slots, and their annotations say when it speaks
`each_step`    of every step of one machine; parameters ``before``, ``heard``, ``said``, ``after``,
               ``dropped`` (whether nobody handled it), and slots as they were before the step
`wherever`     of every value of one class, wherever it is held or said; the second parameter is
               the `Place`
`sometimes`    of at least one reachable state: a witness that the model can do it at all
`leads_to`     of the rest of every fair run, from where the premise holds on
`settles`      of all of every fair run but its beginning; both in `launchproof.declare.progress`
=============  ====================================================================================

A property returns ``bool``, or ``None`` where it has nothing to say. A property that never spoke
is vacuous, and a vacuous property is no proof.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, get_origin

from attrs import field, frozen

from launchproof.declare.signature import Heard, hints_of, read_heard, summary, union_members
from launchproof.errors import DeclarationError

Judge = Callable[..., bool | None]
STEP_WORDS = ("before", "after", "heard", "said", "dropped")


@frozen
class Place:
    """Where a value was found: the slot, and the phase or message class that holds it there."""

    slot: str
    holder: type


@frozen
class Reads:
    """One parameter of a property: its name, and the classes (or envelope) that it speaks about."""

    name: str
    types: tuple[Any, ...]
    heard: Heard | None = None


@frozen
class Future:
    """What a claim about the rest of a run is made of; see `launchproof.declare.progress`.

    Each part is a claim about states or steps. `about`, `goals` and `without` break where they are met;
    of a property that settles, `about` is the claim itself.
    """

    about: Property
    goals: tuple[Property, ...]
    without: tuple[Property, ...]
    quiet: tuple[str, ...]

    @property
    def parts(self) -> tuple[Property, ...]:
        """Every part."""
        return (self.about, *self.goals, *self.without)


@frozen(cache_hash=True)
class Property:
    """A claim about every run, and the statements it comes from.

    `under` names capabilities that the claim is made without, and `because` says why. `future` has
    the parts of a claim about the rest of a run. `machine` names whose steps it is about, where the
    phases do not tell.
    """

    name: str
    kind: str
    meaning: str
    cites: tuple[str, ...]
    judge: Judge = field(repr=False)
    reads: tuple[Reads, ...] = field(repr=False)
    under: tuple[str, ...] = ()
    because: str = ""
    future: Future | None = None
    machine: str = ""


def accepts(types: tuple[Any, ...], value: object) -> bool:
    """Whether a value fits one of the annotated classes; ``object`` and ``Any`` fit all."""
    return isinstance(value, classes_of(types))


@cache
def classes_of(types: tuple[Any, ...]) -> tuple[type, ...]:
    """Give the classes that annotations name, as ``isinstance`` takes them."""
    kinds = [get_origin(wanted) or wanted for wanted in types]
    return tuple(object if kind is Any else kind for kind in kinds if kind is Any or isinstance(kind, type))


def declare(kind: str, cites: tuple[str, ...], under: tuple[str, ...], because: str) -> Callable[[Judge], Property]:
    """Make a property of a function: its annotations are the premise, its docstring the meaning."""

    def make(function: Judge) -> Property:
        culprit = f"property {getattr(function, '__name__', function)}"
        hints = hints_of(function, culprit)
        if not cites:
            raise DeclarationError(culprit, "it cites no statement", "cite the id of the statement it comes from")
        if set(union_members(hints["return"])) - {bool, type(None)}:
            raise DeclarationError(
                culprit, "it returns something else than bool or None", "annotate it -> bool or -> bool | None"
            )
        if under and not because:
            raise DeclarationError(culprit, "it leaves capabilities out without a reason", "say why in because=")
        names = list(inspect.signature(function).parameters)
        if not names:
            raise DeclarationError(culprit, "it reads nothing", "name the slots that it reads")
        reads = tuple(Reads(n, union_members(hints[n]), read_heard(hints[n])) for n in names)
        return Property(
            names_like(function),
            kind,
            summary(function, culprit),
            cites,
            function,
            reads,
            under,
            because,
        )

    return make


def names_like(function: Judge) -> str:
    """Spell a property's name as users type it: the function's, with hyphens."""
    return str(getattr(function, "__name__", function)).replace("_", "-")


def always(*cites: str, under: tuple[str, ...] = (), because: str = "") -> Callable[[Judge], Property]:
    """Declare a claim about every reachable state."""
    return declare("always", cites, under, because)


def each_step(*cites: str, under: tuple[str, ...] = (), because: str = "") -> Callable[[Judge], Property]:
    """Declare a claim about every step of the machine whose phases ``before`` names."""

    def make(function: Judge) -> Property:
        made = declare("each-step", cites, under, because)(function)
        check_step(made)
        return made

    return make


def check_step(prop: Property) -> None:
    """Refuse a claim about steps that does not say whose."""
    if not any(r.name in ("before", "after") for r in prop.reads):
        raise DeclarationError(
            f"property {prop.name}",
            "it names neither before nor after",
            "say whose steps it is about: before: Phase",
        )


def sometimes(*cites: str) -> Callable[[Judge], Property]:
    """Declare that some reachable state satisfies the function."""
    return declare("sometimes", cites, (), "")


def wherever(*cites: str, under: tuple[str, ...] = (), because: str = "") -> Callable[[Judge], Property]:
    """Declare a claim about every value of the first parameter's class, in any slot or message."""

    def make(function: Judge) -> Property:
        made = declare("wherever", cites, under, because)(function)
        if len(made.reads) != 2 or made.reads[1].types != (Place,):  # noqa: PLR2004 - the value and its place
            raise DeclarationError(f"property {made.name}", "it needs two parameters", "take the value, and place: Place")
        return made

    return make
