"""``--copies SCOPE=N``, or in short ``--SCOPE N``: several of what the project declares scopes for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from launchproof.declare import Property, Protocol, Scope
    from launchproof.project import Project
    from launchproof.search.symmetry import Symmetry
    from launchproof.verify.source import Source

F = TypeVar("F", bound=Callable[..., Any])

REDUCTIONS: Final = ("symmetry",)
"""Ways to make a search with copies smaller."""


class Copying(click.Command):
    """A command that takes an unknown ``--NAME N`` for ``--copies NAME=N``: the project names its scopes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Spell the short forms out."""
        known = {option for parameter in self.get_params(ctx) for option in (*parameter.opts, *parameter.secondary_opts)}
        return super().parse_args(ctx, list(spelled_out(args, known)))


def spelled_out(args: Sequence[str], known: set[str]) -> Iterator[str]:
    """Yield the arguments with each short form spelled out."""
    rest = iter([*args, ""])
    for arg in rest:
        name, equals, value = arg.partition("=")
        if not name.startswith("--") or name in known or name == "--":
            if arg:
                yield arg
            continue
        following = value if equals else next(rest)
        if following and not following.startswith("--"):
            yield from ("--copies", f"{name.removeprefix('--')}={following}")
        else:
            yield from (part for part in ((arg,) if equals else (arg, following)) if part)


def copies_option(command: F) -> F:
    """Add ``--copies``."""
    return click.option(
        "--copies",
        multiple=True,
        metavar="SCOPE=N",
        help="Compose N copies of a scope of the project's (in short: --SCOPE N); repeat for more scopes.",
    )(command)


def counted(project: Project, copies: Sequence[str]) -> tuple[tuple[Scope, int], ...]:
    """Read how many copies of which scopes are wanted, the inner scope first; one copy is none."""
    known = {scope.name: scope for scope in project.scopes}
    example = next(iter(known), "SCOPE")
    wanted: dict[str, int] = {}
    for item in copies:
        name, _, number = item.partition("=")
        if not number.isdecimal() or int(number) < 1:
            raise ProjectError(f"--copies {item}: it is not SCOPE=N with N at least 1; write for example --copies {example}=2")
        if name not in known:
            raise ProjectError(f"--copies {item}: there is no scope {name!r}; {choices(known)}")
        if wanted.setdefault(name, int(number)) != int(number):
            raise ProjectError(f"--copies {item}: there are {wanted[name]} of them already; say it once")
    return tuple((scope, wanted[name]) for name, scope in known.items() if wanted.get(name, 1) > 1)


def choices(known: Iterable[str]) -> str:
    """Say which scopes there are."""
    names = ", ".join(known)
    return f"the project declares {names}" if names else "the project declares none"


def names_between(wanted: Sequence[tuple[Scope, int]]) -> tuple[str, ...]:
    """List the properties that are claimed of two copies."""
    return tuple(dict.fromkeys(prop.name for scope, _ in wanted for prop in scope.between))


class Claimed(NamedTuple):
    """A protocol with copies, what is claimed of it, what it is made of, and what makes its search smaller."""

    protocol: Protocol
    properties: tuple[Property, ...]
    source: Source
    symmetry: Symmetry


def claimed(
    protocol: Protocol, wanted: Sequence[tuple[Scope, int]], properties: Sequence[Property], names: Sequence[str]
) -> Claimed:
    """Compose copies; what is claimed is claimed of each and of every two (of some names, if any are given)."""
    from launchproof.declare.copies import composed
    from launchproof.declare.lifting import between, lifted
    from launchproof.search.symmetry import Symmetry
    from launchproof.verify.source import Source

    composition = composed(protocol, wanted)
    each = tuple(lifted(composition, properties))
    pairs = [(prop, made) for prop, made in between(composition) if not names or prop.name in names]
    source = Source(protocol, {made.name: prop for prop, made in each}, composition.origin)
    symmetry = Symmetry(composition, {made.name: prop.name for prop, made in (*each, *pairs)})
    return Claimed(composition.protocol, tuple(made for _, made in (*each, *pairs)), source, symmetry)


def reduction(reduce: str | None, given: Claimed | None, engine: str) -> Symmetry | None:
    """Give the symmetry, if it is wanted, or say why it cannot be had."""
    from launchproof.search.engines import VECTOR, chosen

    if reduce is None:
        return None
    if given is None:
        raise ProjectError(f"--reduce {reduce}: there is one of everything; compose copies with --copies SCOPE=N")
    if chosen(engine) != VECTOR:
        raise ProjectError(f"--reduce {reduce}: the {engine} engine cannot do it; leave --engine out")
    ahead = [prop.name for prop in given.properties if prop.future is not None]
    if ahead:
        more = f" and {len(ahead) - 1} others speak" if len(ahead) > 1 else " speaks"
        raise ProjectError(f"--reduce {reduce}: {ahead[0]}{more} of the rest of a run, which it cannot judge; add --safety")
    return given.symmetry
