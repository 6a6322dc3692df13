"""Property by capability: every property's verdict with everything on, and without each capability.

Properties that come down to the same set of capabilities share a search, whichever row and column
they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from attrs import evolve, field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from launchproof.search.engines import AUTO, chosen
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import share
from launchproof.search.verdicts import PropertyResult, Verdict
from launchproof.verify.budget import Budget, Report
from launchproof.verify.vacuity import unwitnessed
from launchproof.verify.whole import NO_LIMITS

EVERYTHING: Final = "everything on"

Enabled = frozenset[str]


@frozen
class Matrix:
    """The table: for each property a verdict per column, and whether anything stopped the searches."""

    protocol: Protocol
    columns: tuple[str, ...]
    properties: tuple[Property, ...]
    cells: Mapping[tuple[str, str], Verdict] = field(repr=False)
    states: Mapping[str, int] = field(repr=False)
    seconds: float
    stopped: str = ""
    engine: str = ""

    def row(self, prop: Property) -> tuple[Verdict, ...]:
        """Give a property's verdicts, column by column."""
        return tuple(self.cells[prop.name, column] for column in self.columns)

    @property
    def verdict(self) -> Verdict:
        """Refuted if any cell is; then undecided; then vacuous if a property is, with everything on."""
        found = set(self.cells.values())
        if Verdict.REFUTED in found:
            return Verdict.REFUTED
        if Verdict.UNDECIDED in found:
            return Verdict.UNDECIDED
        empty = any(self.cells[p.name, EVERYTHING] is Verdict.VACUOUS for p in self.properties)
        return Verdict.VACUOUS if empty else Verdict.PROVED


def verify_matrix(  # noqa: PLR0913 - the options of one verification
    protocol: Protocol,
    properties: Sequence[Property],
    *,
    limits: Limits = NO_LIMITS,
    report: Report | None = None,
    builtin: Sequence[Property] = BUILTIN,
    engine: str = AUTO,
    workers: int = 1,
) -> Matrix:
    """Judge every property with each capability switched off in turn, and with everything on.

    The searches are shared among so many `workers`, each a process; the answer is the same for any number.
    """
    each = limits if limits.memory is None else evolve(limits, memory=limits.memory // workers)
    budget = Budget(each, report, engine, workers)
    every = (*properties, *builtin)
    columns = {EVERYTHING: protocol.enabled} | {
        f"without {c.name}": protocol.enabled - {c.name} for c in protocol.capabilities if c.name in protocol.enabled
    }
    wanted: dict[Enabled, list[Property]] = {}
    for enabled in columns.values():
        for prop in every:
            wanted.setdefault(enabled.difference(prop.under), []).append(prop)
    tasks = [partial(searched, budget, protocol, enabled, list(dict.fromkeys(props))) for enabled, props in wanted.items()]
    found = dict(zip(wanted, share(tasks, workers, stop=budget), strict=True))
    cells = {
        (prop.name, column): found[enabled.difference(prop.under)][1][prop.name]
        for column, enabled in columns.items()
        for prop in every
    }
    return Matrix(
        protocol,
        tuple(columns),
        every,
        with_explanations(cells, every),
        {column: found[enabled][0] for column, enabled in columns.items() if enabled in found},
        budget.seconds,
        budget.stopped,
        chosen(engine),
    )


def searched(
    budget: Budget,
    protocol: Protocol,
    enabled: Enabled,
    properties: Sequence[Property],
) -> tuple[int, dict[str, Verdict]]:
    """Search with exactly these capabilities on; give the states and the verdicts."""
    off = [c.name for c in protocol.capabilities if c.name in protocol.enabled - enabled]
    result = budget.search(f"without {', '.join(off)}" if off else EVERYTHING, protocol.with_capabilities(*enabled), properties)
    return result.states, {r.property.name: mark(r) for r in result.properties}


def mark(result: PropertyResult) -> Verdict:
    """Take a witness that never was for vacuity; with everything on, it is taken back."""
    return Verdict.VACUOUS if unwitnessed(result) else result.verdict


def with_explanations(cells: dict[tuple[str, str], Verdict], properties: Sequence[Property]) -> dict[tuple[str, str], Verdict]:
    """Refute what should sometimes be and never is, even with everything on."""
    for prop in properties:
        if prop.kind == "sometimes" and cells[prop.name, EVERYTHING] is Verdict.VACUOUS:
            cells[prop.name, EVERYTHING] = Verdict.REFUTED
    return cells
