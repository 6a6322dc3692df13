"""Incidents: failures seen elsewhere, each as a change that a property refutes.

An incident is a change file with two or three names more::

    SEEN_IN = "https://github.com/OWNER/REPOSITORY/issues/1"   # empty for a pattern without a report
    REFUTED_BY = "a-property"
    CAPABILITIES = ("user",)                                   # optional: exactly these are on
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from launchproof.changes.change import Change, line_in, load_change
from launchproof.changes.change import told as named
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import ChangeError, LaunchproofError, ProjectError
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Progress, search
from launchproof.search.trace import Trace
from launchproof.search.verdicts import Verdict

LINK: Final = "https://"


@frozen
class Incident:
    """A failure seen elsewhere: its change, where it was reported, and the property that refutes it."""

    name: str
    change: Change
    seen_in: str
    refuted_by: str
    capabilities: tuple[str, ...] | None = None


@frozen
class Outcome:
    """What came of an incident: the verdict on its property, the run, and the protocol that it is a run of."""

    incident: Incident
    claim: Property
    verdict: Verdict
    trace: Trace | None
    protocol: Protocol = field(repr=False)

    @property
    def refuted(self) -> bool:
        """Whether it is refuted, as it should be."""
        return self.verdict is Verdict.REFUTED


def load_incidents(folder: Path) -> tuple[Incident, ...]:
    """Read all incidents of a folder, in the order of their names."""
    if not folder.is_dir():
        raise ProjectError(f"{folder}: there is no such folder; correct incidents in [tool.launchproof]")
    files = [f for f in sorted(folder.glob("*.py")) if not f.name.startswith("_")]
    if not files:
        raise ProjectError(f"{folder}: there are no incidents in it; add a change file with SEEN_IN and REFUTED_BY")
    return tuple(load_incident(file) for file in files)


def load_incident(file: Path) -> Incident:
    """Read one incident."""
    change = load_change(file)
    told = vars(change.module) if change.module is not None else {}
    seen_in, refuted_by, capabilities = told.get("SEEN_IN"), told.get("REFUTED_BY"), told.get("CAPABILITIES")
    if not isinstance(refuted_by, str):
        raise ChangeError(file, "it has no REFUTED_BY", 'write REFUTED_BY = "the-property-that-refutes-it"')
    if not isinstance(seen_in, str) or (seen_in and not seen_in.startswith(LINK)):
        raise ChangeError(file, "its SEEN_IN is no link", f'write SEEN_IN = "{LINK}…", or "" for a pattern')
    if capabilities is not None and not (isinstance(capabilities, tuple) and all(isinstance(c, str) for c in capabilities)):
        raise ChangeError(file, "its CAPABILITIES are no tuple of names", 'write CAPABILITIES = ("user",) or leave it out')
    return Incident(file.stem, change, seen_in, refuted_by, capabilities)


def happen(
    incident: Incident,
    protocol: Protocol,
    properties: Sequence[Property],
    report: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Search for the run that refutes an incident."""
    file = incident.change.file
    prop = next((p for p in (*properties, *BUILTIN) if p.name == incident.refuted_by), None)
    if prop is None:
        raise ChangeError(file, f"there is no property {incident.refuted_by!r} to refute it", "correct its REFUTED_BY")
    changed = incident.change.apply(protocol)
    try:
        there = narrowed(incident, changed, prop)
        result = search(there, [prop], refute_only=True, report=report)
    except LaunchproofError as error:
        raise ChangeError(file, str(error), "correct the incident") from error
    except Exception as error:
        line = line_in(file, error)
        if line is None:
            raise
        raise ChangeError(file, f"line {line}: {named(error)}", "correct the incident") from error
    if result.stopped == "interrupted":
        raise KeyboardInterrupt
    (found,) = result.properties
    return Outcome(incident, prop, found.verdict, found.trace, there)


def narrowed(incident: Incident, changed: Protocol, prop: Property) -> Protocol:
    """Switch on exactly what the incident names, or else what the property is claimed under."""
    if incident.capabilities is not None:
        return changed.with_capabilities(*incident.capabilities)
    return changed.without_capabilities(*changed.enabled.intersection(prop.under))


__all__ = ["Incident", "Outcome", "happen", "load_incident", "load_incidents"]
