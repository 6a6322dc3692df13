"""What becomes of a mutant: something kills it, or it survives.

It is killed where `launchproof verify` would not prove it any more. What is told is the first of these:

==============  ======================================================================================
refuted         a property is, by a run of so many steps: the shortest one there is
cannot run      a transition, a guard or a property meets what it was not written for, and fails
no witness      what should sometimes be never is
vacuous         a transition never fires, a phase is never reached, a message never heard, a property
                never speaks
==============  ======================================================================================

The search ends where the first property breaks. What is wrong without the mistake, too (under another
answer to an open question, say), kills nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import LaunchproofError, users_line
from launchproof.mutation.ground import Ground, searched
from launchproof.mutation.mutant import DROP_GUARD, DROP_TRANSITION, NEGATE_GUARD, Mutant
from launchproof.mutation.sameness import does_the_same, reaches_the_same
from launchproof.search.exhaustive import Limits
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.verify.vacuity import Item
from launchproof.verify.whole import Group, vacuity

KILLED: Final = "killed"
SURVIVES: Final = "survives"
UNDECIDED: Final = "undecided"
NEEDLESS: Final = "needless"

REFUTED: Final = "refuted"
CANNOT_RUN: Final = "cannot run"
NO_WITNESS: Final = "no witness"
VACUOUS: Final = "vacuous"

TIMES: Final = 4
AT_LEAST: Final = 10_000
"""A mutant is given up beyond so many times as many states, and not before so many."""

SAME_STEPS: Final = "the same steps"
SAME_STATES: Final = "the same states"


@frozen
class Outcome:
    """What became of a mutant, as plain data.

    `by` is what killed it, `how` of the four ways, in a run of so many `steps`; of one that survives, `same` is
    what a search found to be no different. `states` is how many were searched.
    """

    name: str
    verdict: str
    by: str = ""
    how: str = ""
    steps: int | None = None
    same: str = ""
    states: int = 0


def judge(mutant: Mutant, ground: Ground, limits: Limits) -> Outcome:
    """Tell what becomes of a mutant.

    A swap that swaps nothing in any reachable state is needless, and no mutant; but a guard whose loss changes
    nothing survives: somebody has to say what it is there for.
    """
    changed = mutant.change(ground.protocol)
    try:
        if not ground.stopped and does_the_same(changed, ground.search.semantics):
            verdict = SURVIVES if mutant.kind in (DROP_GUARD, NEGATE_GUARD) else NEEDLESS
            return Outcome(mutant.name, verdict, same=SAME_STEPS)
        return judged(mutant.name, changed, ground, limits if limits.states is not None else room(ground))
    except Exception as error:
        if not isinstance(error, LaunchproofError) and users_line(error) is None:
            raise
        return Outcome(mutant.name, KILLED, f"{type(error).__name__}: {error}", CANNOT_RUN)


def room(ground: Ground) -> Limits:
    """Give a mutant room for many more states than there are without the mistake, but not for ever more."""
    return Limits(max(TIMES * len(ground.search.states), AT_LEAST))


def judged(name: str, changed: Protocol, ground: Ground, limits: Limits) -> Outcome:
    """Search a mutant until something breaks."""
    groups, searches = [], []
    for under, claimed in ground.claims.items():
        group, search = searched(changed, under, claimed, limits, until_broken=True)
        broken = refuted(group.result)
        if broken is not None:
            steps, prop = broken
            return Outcome(name, KILLED, prop, REFUTED, steps, states=group.result.states)
        groups.append(group)
        searches.append(search)
    states = groups[0].result.states
    stopped = ground.stopped or next((g.result.stopped for g in groups if g.result.stopped), "")
    if stopped:
        return Outcome(name, UNDECIDED, stopped, states=states)
    gone = missing(name, groups, ground)
    if gone is not None:
        return Outcome(name, KILLED, gone.what, NO_WITNESS if unwitnessed(gone) else VACUOUS, states=states)
    return Outcome(name, SURVIVES, same=SAME_STATES if reaches_the_same(searches[0], ground.search) else "", states=states)


def refuted(result: SearchResult) -> tuple[int, str] | None:
    """Give the shortest run that refutes something: its length, and what it refutes."""
    runs = [(len(r.trace.steps), r.property.name) for r in result.properties if r.verdict is Verdict.REFUTED and r.trace]
    return min(runs, key=lambda run: run[0], default=None)


def missing(name: str, groups: Sequence[Group], ground: Ground) -> Item | None:
    """Give something that never happens any more, a witness first; but not what was taken away."""
    gone = [item for group in groups for item in vacuity(group) if item not in ground.missing]
    gone = [item for item in gone if name != f"{DROP_TRANSITION}:{item.what}"]
    return min(gone, key=lambda item: not unwitnessed(item), default=None)


def unwitnessed(item: Item) -> bool:
    """Whether it is a witness that is gone."""
    return isinstance(item.sought, Property) and item.sought.kind == "sometimes"
