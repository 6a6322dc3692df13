"""Verifies a protocol: one search per set of capabilities that a property is claimed without.

The main search is the protocol's own. A property claimed ``under=("scanner",)`` is judged by a
search of the protocol with the scanner switched off, together with all others claimed so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from launchproof.search.engines import AUTO, choice_of, chosen
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import share
from launchproof.search.symmetry import Symmetry
from launchproof.search.verdicts import PropertyResult, SearchResult, Verdict, told_classes
from launchproof.verify.answer import Fired, Judged, Vacuous, Verification, overall
from launchproof.verify.budget import Budget, Report
from launchproof.verify.explanation import explain
from launchproof.verify.source import Source
from launchproof.verify.vacuity import Item, never_happened, never_met, unwitnessed

Under = tuple[str, ...]
MAIN: Final[Under] = ()
NO_LIMITS: Final = Limits()


@frozen(eq=False)
class Group:
    """The properties claimed under the same capabilities, and the search that judged them."""

    under: Under
    protocol: Protocol
    result: SearchResult


def verify(  # noqa: PLR0913 - the options of one verification
    protocol: Protocol,
    properties: Sequence[Property],
    *,
    reference: Protocol | None = None,
    limits: Limits = NO_LIMITS,
    report: Report | None = None,
    builtin: Sequence[Property] = BUILTIN,
    engine: str = AUTO,
    workers: int = 1,
    source: Source | None = None,
    symmetry: Symmetry | None = None,
    left_out: tuple[str, ...] = (),
) -> Verification:
    """Judge every property, and look for what never happens.

    `reference` is the project's default protocol: what never happens here but does there is
    explained by the difference. Of a protocol with copies, `source` says what they are copies of, and
    with a `symmetry` one state stands for all that differ by which copy is which. `left_out` is told, and no more.
    The searches, and the claims about the rest of a run, are shared among so many `workers`, each a
    process; the answer is the same for any number.
    """
    budget = Budget(limits, report, engine, workers, symmetry)
    groups = searched(budget, protocol, grouped(protocol, properties, builtin))
    found = [(group, item) for group in groups for item in vacuity(group)]
    explained = explanations(found, reference or protocol, budget, source)
    vacuous = tuple(Vacuous(item.what, item.kind, explained[item]) for _, item in found)
    judged = in_order((*properties, *builtin), groups, explained)
    main = groups[0]
    stopped = next((g.result.stopped for g in groups if g.result.stopped), budget.stopped)
    return Verification(
        protocol=protocol,
        verdict=overall(judged, vacuous, stopped),
        states=main.result.states,
        steps=main.result.steps,
        depth=main.result.depth,
        seconds=budget.seconds,
        properties=judged,
        transitions=tuple(Fired(t.name, t.machine, t.name in main.result.coverage.fired) for t in protocol.active),
        vacuous=vacuous,
        stopped=stopped,
        engine=chosen(engine),
        choice=choice_of(engine),
        coverage=main.result.coverage,
        reduced=("symmetry",) if symmetry is not None else (),
        left_out=left_out,
        memory=main.result.memory,
    )


def grouped(protocol: Protocol, properties: Sequence[Property], builtin: Sequence[Property] = ()) -> dict[Under, list[Property]]:
    """Group properties by the capabilities to switch off for them; the main group comes first."""
    groups: dict[Under, list[Property]] = {MAIN: []}
    for prop in properties:
        under = tuple(sorted(protocol.enabled.intersection(prop.under)))
        groups.setdefault(under, []).append(prop)
    groups[MAIN] += builtin
    return groups


def searched(budget: Budget, protocol: Protocol, claimed: Mapping[Under, Sequence[Property]]) -> list[Group]:
    """Search the protocols that groups of properties are claimed of."""
    narrowed = {under: protocol.without_capabilities(*under) for under in claimed}
    tasks = [
        partial(
            budget.search,
            f"without {', '.join(under)}" if under else "",
            narrowed[under],
            mine,
            workers=budget.workers if under == MAIN else 1,
        )
        for under, mine in claimed.items()
    ]
    found = share(tasks, budget.workers, [*chain(*claimed.values()), *told_classes(protocol)], budget)
    return [Group(under, narrowed[under], result) for under, result in zip(claimed, found, strict=True)]


def vacuity(group: Group) -> list[Item]:
    """List what never happened in a search that closed; transitions and the like in the main one only."""
    if not group.result.closed:
        return []
    happened = never_happened(group.protocol, group.result.coverage) if group.under == MAIN else ()
    return [*happened, *never_met(group.result.properties)]


def explanations(
    found: Sequence[tuple[Group, Item]], reference: Protocol, budget: Budget, source: Source | None
) -> dict[Item, bool | None]:
    """Tell of each item whether it is explained by what is switched off or assumed."""
    told: dict[Item, bool | None] = {}
    for group in dict.fromkeys(group for group, _ in found):
        items = [item for where, item in found if where is group]
        if source is None:
            told.update(explain(group.protocol, reference, group.under, items, budget))
            continue
        declared = {item: source.of(item) for item in items}
        narrowed = source.protocol.without_capabilities(*group.under)
        sought = list(dict.fromkeys(base for base in declared.values() if base is not None))
        answers = explain(narrowed, reference, group.under, sought, budget)
        told.update({item: base is not None and answers[base] for item, base in declared.items()})
    return told


def in_order(properties: Sequence[Property], groups: Sequence[Group], explained: dict[Item, bool | None]) -> tuple[Judged, ...]:
    """Give the results in the order of the properties."""
    by_name = {item.what: clear for item, clear in explained.items() if item.kind == "property"}
    results = {r.property.name: (g, r) for g in groups for r in g.result.properties}
    judged = []
    for prop in properties:
        group, result = results[prop.name]
        judged.append(Judged(prop, verdict_of(result, by_name.get(prop.name)), result.trace, group.under, result.why))
    return tuple(judged)


def verdict_of(result: PropertyResult, explained: bool | None) -> Verdict:  # noqa: FBT001 - three answers, not a switch
    """Take a witness that could not be there, because of what is switched off, for no refutation."""
    if not unwitnessed(result) or explained is False:
        return result.verdict
    return Verdict.VACUOUS if explained else Verdict.UNDECIDED
