"""Options that several commands share, and how what the user typed becomes a protocol."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from launchproof.declare import Protocol
    from launchproof.search.exhaustive import Limits

F = TypeVar("F", bound=Callable[..., Any])


def project_option(command: F) -> F:
    """Add ``--project``."""
    return click.option(
        "--project",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The directory whose pyproject.toml to use, instead of the nearest one upwards.",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output.")(command)


def property_option(command: F) -> F:
    """Add ``--property``."""
    return repeated("--property", "names", "NAME", "Judge this property only")(command)


def protocol_options(command: F) -> F:
    """Add ``--capability``, ``--without-capability`` and ``--assume``, for `derived`."""
    command = repeated("--assume", "assume", "KEY=VALUE", "Give an open question another answer")(command)
    command = repeated("--without-capability", "without", "NAME", "Switch it off")(command)
    return repeated("--capability", "only", "NAME", "Switch on exactly this capability")(command)


def repeated(option: str, parameter: str, metavar: str, what: str) -> Callable[[F], F]:
    """Make an option that can be given more than once."""
    return click.option(option, parameter, multiple=True, metavar=metavar, help=f"{what}; repeat for more.")


def workers_option(what: str) -> Callable[[F], F]:
    """Add ``--workers``: so many processes share something, one per core unless given."""
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=usable_cores,
        show_default="one per core",
        metavar="N",
        help=f"How many processes share {what}; the answer is the same.",
    )


def usable_cores() -> int:
    """Count the cores that this process may use."""
    from launchproof.search.shared import cores

    return cores()


class Size(click.ParamType):  # type: ignore[type-arg]  # not generic in all supported releases of Click
    """A number of bytes, written as ``500M`` or ``2G``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a size."""
        from launchproof.search.memory import parsed

        if isinstance(value, int):
            return value
        try:
            return parsed(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a size; write for example 500M or 2G.", param, ctx)


def limit_options(command: F) -> F:
    """Add ``--max-states``, ``--max-seconds`` and ``--max-memory``, for `limits_of`."""
    command = limit(
        "--max-memory", Size(), "SIZE", "before a process has more memory (2G; otherwise four fifths of what is free)"
    )(command)
    command = limit("--max-seconds", click.FloatRange(min=0, min_open=True), "S", "after so many seconds")(command)
    return limit("--max-states", click.IntRange(min=1), "N", "beyond so many states")(command)


def limit(option: str, kind: click.ParamType, metavar: str, when: str) -> Callable[[F], F]:  # type: ignore[type-arg]
    """Make an option that says when to give up."""
    return click.option(option, type=kind, metavar=metavar, help=f"Give up, undecided, {when}.")


def limits_of(states: int | None, seconds: float | None, memory: int | None) -> Limits:
    """Give the limits that the user set, and that of memory in any case, where it is known how much there is."""
    from launchproof.search.exhaustive import Limits
    from launchproof.search.memory import free, used

    left = free()
    if memory is None and left is not None:
        memory = used() + left * 4 // 5
    return Limits(states, seconds, memory)


def near(name: str, known: Iterable[str]) -> str:
    """Say what a misspelled name may have meant."""
    lowered = {k.lower(): k for k in known}
    close = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.5)
    close += [low for low in sorted(lowered) if name.lower() in low and low not in close][: 3 - len(close)]
    return f"did you mean {' or '.join(lowered[c] for c in close)}?" if close else "list all names with `launchproof show`"


def unknown(kind: str, name: str, known: Iterable[str]) -> ProjectError:
    """Say that there is nothing of a name."""
    return ProjectError(f"there is no {kind} {name!r}; {near(name, known)}")


def derived(protocol: Protocol, only: Sequence[str], without: Sequence[str], assume: Sequence[str]) -> Protocol:
    """Give the protocol with what the user switched and assumed."""
    capabilities = [c.name for c in protocol.capabilities]
    for name in (*only, *without):
        if name not in capabilities:
            raise unknown("capability", name, capabilities)
    if only:
        protocol = protocol.with_capabilities(*only)
    if without:
        protocol = protocol.without_capabilities(*without)
    for item in assume:
        key, equals, value = item.partition("=")
        if not equals or not key or not value:
            raise ProjectError(f"--assume {item}: it is not KEY=VALUE; write for example --assume {example(protocol)}")
        questions = [a.name for a in protocol.assumptions]
        if key.replace("_", "-") not in questions:
            raise unknown("assumption", key, questions)
        protocol = protocol.assuming(**{key: value})
    return protocol


def example(protocol: Protocol) -> str:
    """Give an assumption that could be made."""
    return next((f"{a.name}={a.choices[-1]}" for a in protocol.assumptions), "question=answer")
