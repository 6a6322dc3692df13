"""``--copies SCOPE=N``, or in short ``--SCOPE N``: several of what the project declares scopes for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from launchproof.declare import Property, Protocol, Scope
    from launchproof.project import Project
    from launchproof.verify.source import Source

F = TypeVar("F", bound=Callable[..., Any])


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


def claimed(
    protocol: Protocol, wanted: Sequence[tuple[Scope, int]], properties: Sequence[Property], names: Sequence[str]
) -> tuple[Protocol, tuple[Property, ...], Source]:
    """Give a protocol with copies, what is claimed of each and of every two (of some names, if any are given), and its source."""
    from launchproof.declare.copies import composed
    from launchproof.declare.lifting import between, lifted
    from launchproof.verify.source import Source

    composition = composed(protocol, wanted)
    each = {made.name: (prop, made) for prop, made in lifted(composition, properties)}
    pairs = [made for prop, made in between(composition) if not names or prop.name in names]
    source = Source(protocol, {name: prop for name, (prop, _) in each.items()}, composition.origin)
    return composition.protocol, (*(made for _, made in each.values()), *pairs), source
