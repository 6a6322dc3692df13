"""What must come about: claims about the rest of a run, not about a state or a step of it.

============  =====================================================================================
`leads_to`    wherever the premise holds, one of the goals holds sooner or later
`settles`     from some point on, the claim holds for ever
============  =====================================================================================

Both speak of every *fair* run (`launchproof.declare.fairness`), and of runs that end: a run in which
nothing more happens stays in its last state for ever.

The parts are typed functions like those of other properties. One that names slots alone speaks of
states; one that names ``before`` or ``after`` speaks of steps, and holds of a step in which it gives
True for what some machine did, or for some message said.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from attrs import evolve

from launchproof.declare.properties import STEP_WORDS, Future, Judge, Property, check_step, declare, names_like
from launchproof.errors import DeclarationError

Parts = Judge | tuple[Judge, ...]
LEADS_TO = "leads-to"
SETTLES = "settles"


def leads_to(
    *cites: str,
    to: Parts,
    without: Parts = (),
    quiet: tuple[str, ...] = (),
    because: str = "",
    under: tuple[str, ...] = (),
) -> Callable[[Judge], Property]:
    """Declare that whenever the function holds, one of the goals `to` holds sooner or later.

    It holds in a state, which may itself be the goal; or in a step, and then in the state after it
    (a step that is itself a goal is satisfied at once). Nothing of `without` may hold before the
    goal does. `quiet` names capabilities and transitions that are taken to happen finitely often in
    a run, and `because` says why.
    """

    def make(function: Judge) -> Property:
        made = declare(LEADS_TO, cites, under, because)(function)
        check_reasons(made, quiet, because)
        goals, bads = as_parts(to), as_parts(without)
        if not goals:
            raise DeclarationError(f"property {made.name}", "it leads to nothing", "name a goal in to=")
        premise = part(function, made.cites)
        told = tuple(part(f, made.cites) for f in goals), tuple(part(f, made.cites) for f in bads)
        return evolve(made, future=Future(premise, *told, quiet))

    return make


def settles(
    *cites: str,
    quiet: tuple[str, ...] = (),
    because: str = "",
    under: tuple[str, ...] = (),
) -> Callable[[Judge], Property]:
    """Declare that from some point of every fair run on, no state (or step) breaks the claim any more."""

    def make(function: Judge) -> Property:
        made = declare(SETTLES, cites, under, because)(function)
        check_reasons(made, quiet, because)
        claim = evolve(made, kind=kind_of(made), under=(), because="")
        return evolve(made, future=Future(claim, (), (), quiet))

    return make


def as_parts(given: Parts) -> tuple[Judge, ...]:
    """Take one function for a tuple of one."""
    return given if isinstance(given, tuple) else (given,)


def check_reasons(prop: Property, quiet: tuple[str, ...], because: str) -> None:
    """Refuse what is taken to be quiet without a reason."""
    if quiet and not because.strip():
        raise DeclarationError(
            f"property {prop.name}", f"it takes {', '.join(quiet)} to be quiet without a reason", "say why in because="
        )


def kind_of(prop: Property) -> str:
    """Tell whether a part speaks of steps or of states, from the parameters that it names."""
    if not any(r.name in STEP_WORDS for r in prop.reads):
        return "always"
    check_step(prop)
    return "each-step"


def part(function: Judge, cites: tuple[str, ...]) -> Property:
    """Make a claim that breaks exactly where the function says True."""
    if isinstance(function, Property):
        raise DeclarationError(f"property {function.name}", "it is a part of another one", "take its decorator away")
    made = declare("always", cites, (), "")(function)

    @wraps(function)
    def never(*values: object) -> bool | None:
        return False if function(*values) else None

    return evolve(made, name=names_like(function), kind=kind_of(made), judge=never)
