"""``launchproof show``: explains one part of the project, or lists them all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from launchproof.cli.options import json_option, project_option, unknown
from launchproof.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from launchproof.declare import Addition, Property, Protocol
    from launchproof.project import Project
    from launchproof.report.entries import Entry
    from launchproof.search.verdicts import PropertyResult


@click.command()
@click.argument("name", required=False)
@json_option
@project_option
def show(name: str | None, as_json: bool, project: Path | None) -> None:  # noqa: FBT001 - Click hands flags over
    """Explain NAME, or list everything that has a name.

    NAME is a machine, transition, guard, message, channel, property, capability, assumption, statement or
    addition. An addition is shown with the counterexample that appears without it, a property that is
    claimed without some capabilities with the one that appears with them.
    """
    from launchproof.project import load_project
    from launchproof.report.entries import entries

    loaded = load_project(project)
    every = list(entries(loaded))
    if name is None:
        show_all(every, as_json=as_json)
        return
    found = [e for e in every if name == e.name] or [e for e in every if same_name(name, e.name)]
    if not found:
        raise unknown("part of the project", name, (e.name for e in every))
    additions = [a for a in loaded.additions if a.id in {e.name for e in found}]
    runs = {a.id: without_addition(loaded, a) for a in additions}
    claims = [p for p in loaded.properties if p.under and p.name in {e.name for e in found}]
    runs |= {p.name: refuted(loaded.protocol, p, f"{p.name} with every capability") for p in claims}
    if as_json:
        click.echo(json.dumps([entry_json(e, runs) for e in found], indent=2, ensure_ascii=False))
    else:
        show_entries(found, runs)


def same_name(typed: str, name: str) -> bool:
    """Whether two names differ in case, blanks, hyphens and underscores at most."""
    return plain(typed) == plain(name)


def plain(name: str) -> str:
    """Take from a name what a user may get wrong."""
    return name.lower().replace("_", "-").replace(" ", "-")


def show_all(every: Iterable[Entry], *, as_json: bool) -> None:
    """List every name, by kind."""
    from launchproof.report.entry_text import list_lines

    if as_json:
        listed = [{"kind": e.kind, "name": e.name, "meaning": e.meaning} for e in every]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(list_lines(every)))


def show_entries(found: Iterable[Entry], runs: dict[str, tuple[Protocol, PropertyResult]]) -> None:
    """Write entries; an addition's, or a property's that is claimed under conditions, with its counterexample."""
    from launchproof.report.broken import counterexample_lines
    from launchproof.report.entry_text import entry_lines

    for number, entry in enumerate(found):
        if number:
            click.echo()
        click.echo("\n".join(entry_lines(entry)))
        if entry.name in runs:
            protocol, result = runs[entry.name]
            click.echo()
            if result.trace is None:
                click.echo(f"without it: {result.property.name} is {result.verdict.value}; no counterexample shows its need")
            else:
                click.echo("\n".join(counterexample_lines(result.property, result.trace, protocol)))


def entry_json(entry: Entry, runs: dict[str, tuple[Protocol, PropertyResult]]) -> dict[str, Any]:
    """Give an entry for programs."""
    made: dict[str, Any] = {"kind": entry.kind, "name": entry.name, "meaning": entry.meaning, **entry.facts}
    if entry.name in runs:
        from launchproof.report.as_json import future_json, trace_json

        protocol, result = runs[entry.name]
        made["breaks"] = result.property.name
        made["counterexample"] = None if result.trace is None else trace_json(result.trace, protocol)
        made |= {} if result.trace is None else future_json(result.trace)
    return made


def without_addition(project: Project, addition: Addition) -> tuple[Protocol, PropertyResult]:
    """Search the protocol without an addition for the counterexample that shows the need for it."""
    prop = broken_property(project, addition)
    protocol = addition.removed(project.protocol)
    protocol = protocol.without_capabilities(*protocol.enabled.intersection(prop.under))
    return refuted(protocol, prop, f"without {addition.id}")


def refuted(protocol: Protocol, prop: Property, told: str) -> tuple[Protocol, PropertyResult]:
    """Search for the counterexample of one property."""
    from launchproof.cli.progress import ProgressLine
    from launchproof.verify.budget import Budget

    with ProgressLine() as progress:
        budget = Budget(report=progress)
        result = budget.search(told, protocol, (prop,), refute_only=True)
    if budget.stopped:
        raise KeyboardInterrupt
    return protocol, result.properties[0]


def broken_property(project: Project, addition: Addition) -> Property:
    """Find the property that an addition names."""
    from launchproof.search.builtin import BUILTIN

    for prop in (*project.properties, *BUILTIN):
        if prop.name == addition.breaks:
            return prop
    raise ProjectError(f"addition {addition.id}: there is no property {addition.breaks!r} to break; correct its breaks")
