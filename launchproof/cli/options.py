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
