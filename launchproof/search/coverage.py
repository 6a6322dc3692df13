"""What happened in some run, read off the plans that a search made.

A plan is made only when a reachable state first needs it, so whatever is in a plan happened.
"""

from __future__ import annotations

from collections.abc import Iterable

from launchproof.declare.channels import Posted, Sent
from launchproof.search.verdicts import Coverage
from launchproof.semantics.plans import NOTHING, Plan
from launchproof.semantics.steps import Semantics


def coverage_of(semantics: Semantics, plans: Iterable[Plan] | None = None) -> Coverage:
    """Collect transitions that fired, phases reached, and messages said and heard (not dropped).

    Unless some plans are given, it is all that were made.
    """
    values = semantics.interner.values
    fired: set[str] = set()
    phases: set[type] = {type(m.initial) for m in semantics.protocol.machines}
    said: set[type] = set()
    heard: set[type] = set()
    for plan in semantics.planner.made if plans is None else plans:
        if plan.machine == NOTHING or plan.transition is not None:
            fired.add(plan.name)
        said.update(type(m) for m in plan.said)
        if plan.transition is None:
            continue
        phases.add(type(values[plan.after]))
        envelope = values[plan.heard] if plan.heard != NOTHING else None
        if isinstance(envelope, Posted | Sent):
            heard.add(type(envelope.message))
    return Coverage(frozenset(fired), frozenset(phases), frozenset(said), frozenset(heard))
