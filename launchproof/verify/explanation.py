"""Whether what never happened is explained by what was switched off.

An item is explained if it does happen in a protocol with more switched on: the reference (the
project's default), or this protocol with every capability. The search for it stops as soon as all
items in question have happened, and judges nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from attrs import define, field

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import Limits, Progress
from launchproof.search.judges import PlaceJudges, StateJudges, StepJudges
from launchproof.search.shared import INTERRUPTED
from launchproof.semantics.steps import Bundle, Semantics, State, Step
from launchproof.verify.budget import Budget
from launchproof.verify.vacuity import Item


def same(one: Protocol, other: Protocol) -> bool:
    """Whether two protocols have the same runs, as far as their declarations tell."""
    return one is other or (
        one.machines == other.machines
        and one.channels == other.channels
        and one.transitions == other.transitions
        and one.enabled == other.enabled
        and set(one.assumed) == set(other.assumed)
    )


def fuller(protocol: Protocol, reference: Protocol, under: Sequence[str]) -> Iterator[Protocol]:
    """Yield the protocols that may explain what never happens in this one."""
    known = {c.name for c in reference.capabilities}
    wide = reference.without_capabilities(*known.intersection(under))
    if not same(wide, protocol):
        yield wide
    wider = protocol.with_capabilities(*{c.name for c in protocol.capabilities}.difference(under))
    if not same(wider, protocol) and not same(wider, wide):
        yield wider


def explain(
    protocol: Protocol,
    reference: Protocol,
    under: Sequence[str],
    items: Sequence[Item],
    budget: Budget,
) -> dict[Item, bool | None]:
    """Tell of each item whether it is explained; None where the search for it did not close."""
    left = list(items)
    open_ = False
    for wide in fuller(protocol, reference, under) if items else ():
        if left:
            watch = Watch(Semantics(wide), left)
            open_ = not watch.run(budget) or open_
            left = [item for item in left if item not in watch.happened]
    return {item: (None if open_ else False) if item in left else True for item in items}


@define(eq=False)
class Watch:
    """A breadth-first search that only looks whether some items happen."""

    semantics: Semantics
    items: Sequence[Item]
    happened: set[Item] = field(factory=set)
    _plans: int = 0
    _witnessed: set[str] = field(factory=set)
    _states: StateJudges = field(init=False)
    _places: PlaceJudges = field(init=False)
    _steps: StepJudges = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare judges for the properties in question."""
        sought = [item.sought for item in self.items if isinstance(item.sought, Property)]
        properties = [p if p.future is None else p.future.about for p in sought]
        self._states = StateJudges(self.semantics, properties)
        self._places = PlaceJudges(self.semantics, properties)
        self._steps = StepJudges(self.semantics, properties, self._places)

    def run(self, budget: Budget) -> bool:
        """Search until all items have happened or the search closes; give False if it was cut short."""
        if budget.stopped:
            return False
        try:
            return self._explore(budget.left, budget.tells("what is switched off"))
        except KeyboardInterrupt:
            budget.stopped = INTERRUPTED
            return False

    def _explore(self, limits: Limits, report: Callable[[Progress], None] | None) -> bool:
        started = told = time.perf_counter()
        seen = {self.semantics.initial(): 0}
        waiting = list(seen)
        steps = 0
        for position, state in enumerate(waiting):
            self._look_at(state)
            moved, idle = self.semantics.expand(state)
            steps += len(moved)
            self._look_at_steps(state, moved, idle)
            for successor, _ in moved:
                if successor not in seen:
                    seen[successor] = seen[state] + 1
                    waiting.append(successor)
            if position % 256 == 0:
                if self._all_happened():
                    return True
                now = time.perf_counter()
                if beyond(limits, len(seen), now - started):
                    return False
                if report is not None and now - told > 1.0:
                    report(Progress(len(seen), steps, len(waiting) - position, seen[state], now - started))
                    told = now
        self._all_happened()
        return True

    def _look_at(self, state: State) -> None:
        for judge in self._states.judges:
            if self._states.verdict(judge, state) is True:
                self._witnessed.add(judge.property.name)
        self._places.broken_by_state(state)

    def _look_at_steps(self, state: State, moved: Sequence[tuple[State, Step]], idle: Sequence[Bundle]) -> None:
        if self._steps.judges or self._places.judges:
            for _, step in moved:
                self._steps.broken_by_step(state, step)
            for bundle in idle:
                self._steps.broken_by_idle(state, bundle)

    def _all_happened(self) -> bool:
        if len(self.semantics.planner.made) != self._plans:
            self._plans = len(self.semantics.planner.made)
            coverage = coverage_of(self.semantics)
            seen: dict[str, frozenset[str] | frozenset[type]] = {
                "transition": coverage.fired,
                "phase": coverage.phases,
                "message": coverage.heard,
            }
            self.happened.update(item for item in self.items if item.kind in seen and item.sought in seen[item.kind])
        spoke = {j.property.name for j in (*self._states.judges, *self._places.judges, *self._steps.judges) if j.spoke}
        for item in self.items:
            if isinstance(item.sought, Property):
                met = self._witnessed if item.sought.kind == "sometimes" else spoke
                if item.sought.name in met:
                    self.happened.add(item)
        return len(self.happened) == len(self.items)


def beyond(limits: Limits, states: int, seconds: float) -> bool:
    """Whether a limit was passed."""
    return (limits.states is not None and states > limits.states) or (limits.seconds is not None and seconds > limits.seconds)
