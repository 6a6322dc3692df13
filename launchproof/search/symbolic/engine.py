"""The search with decision diagrams: the answers of `launchproof.search.exhaustive` to what can be asked of sets of states.

It proves, refutes and counts; it tells no number of steps and no depth, since it takes no state and no level
by itself. Claims about the rest of a run are left undecided, and so is whether a channel grows without end
once one is long: the search by arrays answers these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from attrs import define, evolve, field

from launchproof.declare.properties import Property
from launchproof.search.builtin import NO_DEADLOCK
from launchproof.search.engines import UNTOLD
from launchproof.search.exhaustive import Progress, Search, owes
from launchproof.search.shortest import Target
from launchproof.search.symbolic.deadlocks import deadlocks
from launchproof.search.symbolic.diagrams import Diagram
from launchproof.search.symbolic.judging import Judging
from launchproof.search.symbolic.reach import Reach
from launchproof.search.symbolic.runs import Runs
from launchproof.search.verdicts import PropertyResult, SearchResult, Verdict
from launchproof.semantics.steps import State

OF_RUNS: Final = "the symbolic engine judges no claim about the rest of a run; --engine vector does"
TOO_LONG: Final = "a channel holds so many messages that it may grow without end; --engine vector tells"
UNSEEN: Final = "the time was up before a shortest run was found"
TOO_MANY: Final = "too many states would have to be looked at one by one; --engine vector does"

LONGEST: Final = 10
"""A channel with more messages than this ends the search undecided: it may grow without end."""


@define(eq=False)
class SymbolicSearch(Search):
    """One exhaustive search in progress."""

    reach: Reach = field(init=False)
    _ends: dict[str, dict[int, Target]] = field(factory=dict)
    _why: dict[str, str] = field(factory=dict)
    _runs: Runs = field(init=False)
    _counted: int = 0

    def __attrs_post_init__(self) -> None:
        """Begin with the first state."""
        self.reach = Reach(self.semantics)
        self._runs = Runs(self.reach, partial(owes, self.semantics))

    def _ahead(self, properties: Sequence[Property]) -> None:
        """Record no steps: they are not taken one by one."""

    def _results(self, *, closed: bool) -> list[PropertyResult]:
        """Leave the claims about the rest of a run open, and say why."""
        claims = [p for p in self.properties if p.future is not None]
        return [*self._others(closed=closed), *(PropertyResult(p, Verdict.UNDECIDED, why=OF_RUNS) for p in claims)]

    def _explore(self) -> None:
        self._sweep()
        self._counted = self.reach.count(self.reach.kept["reached"])
        self._judge()
        self._measure()

    def _sweep(self) -> None:
        told = self.started
        for _ in self.reach.sweeps():
            told = self._watch(told)
            if self.stopped:
                break

    def _watch(self, told: float) -> float:
        """Look whether a limit is passed; say how far it is."""
        states, new = (self.reach.about(self.reach.kept[name]) for name in ("reached", "new"))
        if self.limits.states is not None and states > self.limits.states:
            self.stopped = f"more than {self.limits.states} states"
        if self.reach.steps.longest > LONGEST:
            self.stopped = TOO_LONG
        now = time.perf_counter()
        self._heed_time(now)
        self._heed_memory()
        if self.report is not None and now - told > 1.0:
            self.report(Progress(int(states), UNTOLD, int(new), UNTOLD, now - self.started))
            return now
        return told

    def _late(self, now: float) -> bool:
        return self.limits.seconds is not None and now - self.started > self.limits.seconds

    # --- what was reached ----------------------------------------------------------------------------

    def _judge(self) -> None:
        """Find the states that break a property, or witness it, or from which a step does."""
        judging = Judging(self.reach, self.reach.kept["reached"])
        for judge in self._state_judges.judges:
            self._end(judge.property, Target(0, state=judge), judging.of_states(judge))
        for judge, states in judging.of_places(self._place_judges):
            self._end(judge.property, Target(0, place=judge), states)
        if NO_DEADLOCK in self.properties:
            stuck = deadlocks(judging)
            if stuck is None:
                self._why[NO_DEADLOCK.name] = TOO_MANY
            else:
                self._end(NO_DEADLOCK, Target(0, deadlock=True), stuck)
        for judge, states in judging.of_steps(self._step_judges):
            self._end(judge.property, Target(1, step=(self.semantics.initial(), judge)), states)

    def _end(self, prop: Property, target: Target, states: Diagram) -> None:
        """Keep where runs end that a property is answered by: the states, or those before a last step."""
        if states != self.reach.diagrams.false:
            self._ends.setdefault(prop.name, {}).setdefault(target.depth, target)
            key = ("ends", prop.name, target.depth)
            self.reach.kept[key] = self.reach.kept.get(key, self.reach.diagrams.false) | states

    def _measure(self) -> None:
        """Tell how far away what refutes a property is, level by level."""
        refuted = [p.name for p in self.properties if p.name in self._ends and p.kind != "sometimes"]
        for depth, _ in enumerate(self._runs.take(self.reach.levels()) if refuted else ()):
            for name in refuted:
                for behind, target in sorted(self._ends[name].items()):
                    if name not in self.targets and self._met(depth, name, behind):
                        self.targets[name] = evolve(target, depth=depth + behind)
            if all(name in self.targets for name in refuted) or self._late(time.perf_counter()):
                break

    def _met(self, depth: int, name: str, behind: int) -> bool:
        kept = self.reach.kept
        return kept["level", depth] & kept["ends", name, behind] != self.reach.diagrams.false

    # --- what is told in the end ---------------------------------------------------------------------

    def _finder(self) -> Callable[[Target], list[tuple[State, int]]]:
        return self._run

    def _run(self, target: Target) -> list[tuple[State, int]]:
        name = next(name for name, mine in self.targets.items() if mine is target)
        return self._runs.find(target, self.reach.kept["ends", name, int(target.step is not None)])

    def _result(self) -> SearchResult:
        states = self._counted or self.reach.count(self.reach.kept["reached"])
        return evolve(super()._result(), states=states, steps=UNTOLD, depth=UNTOLD)

    def _judged(self, prop: Property, finder: Callable[[Target], list[tuple[State, int]]], *, closed: bool) -> PropertyResult:
        if prop.name in self._why:
            return PropertyResult(prop, Verdict.UNDECIDED, why=self._why[prop.name])
        if prop.name in self._ends and prop.name not in self.targets:
            if prop.kind == "sometimes":
                return PropertyResult(prop, Verdict.PROVED)
            return PropertyResult(prop, Verdict.REFUTED, why=UNSEEN)
        return super()._judged(prop, finder, closed=closed)
