"""Breadth-first search of every reachable state; a proof when it closes.

States are stored whole, so no state is missed by a collision. The order of everything is the order
of the declarations, so the same protocol gives the same counts and counterexamples every time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from attrs import define, field, frozen

from launchproof.declare.checks import once
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BOUNDED_QUEUES, BUILTIN, NO_DEADLOCK
from launchproof.search.coverage import coverage_of
from launchproof.search.engines import PLAIN, engine_of
from launchproof.search.futures import Futures
from launchproof.search.growth import LONG, SUSPICIOUS, TRIES, grows
from launchproof.search.judges import Judge, PlaceJudges, StateJudges, StepJudges
from launchproof.search.memory import spelled, used
from launchproof.search.shared import INTERRUPTED, share
from launchproof.search.shortest import Target, shortest
from launchproof.search.trace import tell
from launchproof.search.verdicts import Coverage, PropertyResult, SearchResult, Verdict, told_classes
from launchproof.semantics.steps import ONE_ORPHAN, Semantics, State

WORTH: Final = 200_000
"""With fewer edges than this, claims are judged sooner than another process begins."""

JUDGING: Final = 64
"""Bytes that judging takes for each edge, beyond those in which it was recorded."""

OFTEN: Final = 128
"""The clock and the memory are read after this many states."""


@frozen
class Limits:
    """Where a search gives up, undecided; None is no limit.

    `memory` is in bytes, of the whole process.
    """

    states: int | None = None
    seconds: float | None = None
    memory: int | None = None


@frozen
class Progress:
    """How far a search is."""

    states: int
    steps: int
    frontier: int
    depth: int
    seconds: float


@define(eq=False)
class Search:
    """One exhaustive search in progress.

    `refute_only` stops as soon as every property is refuted or witnessed, for the impatient;
    `until_broken` as soon as one is refuted. `briefly` tells no runs, only how long they are.
    Claims about the rest of a run are judged by as many `workers`, each a process, and the search by
    arrays expands so many parts of a large level at once.
    """

    semantics: Semantics
    properties: tuple[Property, ...]
    limits: Limits = Limits()
    report: Callable[[Progress], None] | None = None
    refute_only: bool = False
    workers: int = 1
    until_broken: bool = False
    briefly: bool = False
    states: list[State] = field(factory=list)
    index: dict[State, int] = field(factory=dict)
    parents: list[int] = field(factory=list)
    depths: list[int] = field(factory=list)
    steps: int = 0
    stopped: str = ""
    targets: dict[str, Target] = field(factory=dict)
    loop: tuple[int, int] | None = None
    tries: dict[int, int] = field(factory=dict)
    futures: Futures | None = None
    started: float = 0.0
    memory: int = 0
    """The most bytes that this process was seen to have beyond those at the start."""
    _had: int = 0

    def run(self) -> SearchResult:
        """Search until closed, or until a limit or an interruption stops it."""
        self.started, self._had = time.perf_counter(), used()
        wanted = [p for p in self.properties if p.kind != "builtin"]
        self._prepare(wanted)
        ahead = [p for p in wanted if p.future is not None]
        self.futures = self._ahead(ahead) if ahead else None
        if self.futures is not None:
            self.futures.briefly = self.briefly
        try:
            self._explore()
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        return self._result()

    def _prepare(self, wanted: Sequence[Property]) -> None:
        """Prepare to judge states and steps."""
        self._state_judges = StateJudges(self.semantics, wanted)
        self._place_judges = PlaceJudges(self.semantics, wanted)
        self._step_judges = StepJudges(self.semantics, wanted, self._place_judges)

    def _ahead(self, properties: Sequence[Property]) -> Futures | None:
        """Prepare to judge claims about the rest of a run, if they can be judged."""
        return Futures(self.semantics, properties)

    _state_judges: StateJudges = field(init=False)
    _place_judges: PlaceJudges = field(init=False)
    _step_judges: StepJudges = field(init=False)

    def _explore(self) -> None:
        self._found(self.semantics.initial(), parent=-1, depth=0)
        position = 0
        told = self.started
        deadlocks = any(p is NO_DEADLOCK for p in self.properties)
        while position < len(self.states) and not self.stopped:
            state = self.states[position]
            depth = self.depths[position]
            own = self._expand(position, state, depth)
            if deadlocks and not own and owes(self.semantics, state):
                self._aim(NO_DEADLOCK.name, Target(depth, deadlock=True))
            position += 1
            if self.limits.states is not None and len(self.states) > self.limits.states:
                self.stopped = f"more than {self.limits.states} states"
            if position % OFTEN == 0:
                told = self._pause(position, depth, told)

    def _expand(self, position: int, state: State, depth: int) -> bool:
        """Take every step from a state; tell whether a machine can change it of itself."""
        judged = bool(self._step_judges.judges or self._place_judges.judges)
        moved, idle = self.semantics.expand(state)
        self.steps += len(moved) + sum([len(bundle.idle) for bundle in idle])
        for successor, step in moved:
            if judged:
                for judge in self._step_judges.broken_by_step(state, step):
                    self._aim(judge.property.name, Target(depth + 1, step=(state, judge)))
            if successor not in self.index:
                self._found(successor, position, depth + 1)
        if self.futures is not None:
            self.futures.recorder.record(position, state, moved, idle, self.index)
        if judged:
            for bundle in idle:
                for judge in self._step_judges.broken_by_idle(state, bundle):
                    self._aim(judge.property.name, Target(depth + 1, step=(state, judge)))
        return any(step.own and successor != state for successor, step in moved)

    def _found(self, state: State, parent: int, depth: int) -> None:
        self.index[state] = len(self.states)
        self.states.append(state)
        self.parents.append(parent)
        self.depths.append(depth)
        self._judge_state(state, depth)
        self._watch_state(len(self.states) - 1, state, depth)

    def _judge_state(self, state: State, depth: int) -> None:
        for judge in self._state_judges.judges:
            answer = self._state_judges.verdict(judge, state)
            if answer is (judge.property.kind == "sometimes") and judge.property.name not in self.targets:
                self._aim(judge.property.name, Target(depth, state=judge))
        if self._place_judges.judges:
            for judge in self._place_judges.broken_by_state(state):
                self._aim(judge.property.name, Target(depth, place=judge))

    def _aim(self, name: str, target: Target) -> None:
        if name not in self.targets:
            self.targets[name] = target
            if self.refute_only and all(p.name in self.targets for p in self.properties):
                self.stopped = "every property asked for has its answer"
            if self.until_broken and any(p.name == name and p.kind != "sometimes" for p in self.properties):
                self.stopped = "a property broke"

    def _watch_state(self, position: int, state: State, depth: int) -> None:
        """Look whether a channel grows without end."""
        longest = max((len(self._items(v)) for v in state[self.semantics.machines :]), default=0)
        if longest < SUSPICIOUS:
            return
        self.tries[longest] = self.tries.get(longest, 0) + 1
        if self.tries[longest] > TRIES and longest <= LONG:
            return
        start = grows(self.semantics, self.states, self.parents, position)
        if start is not None:
            self.loop = (start, position)
            self._aim(BOUNDED_QUEUES.name, Target(depth, path=self._path(position)))
            self.stopped = "a channel grows without end"
        elif longest > LONG:
            self.stopped = f"a channel holds more than {LONG} messages, and no loop was found that grows it"

    def _items(self, value: int) -> tuple[object, ...]:
        items = self.semantics.interner.values[value]
        return items if isinstance(items, tuple) else ()

    def _path(self, position: int) -> list[int]:
        path = [position]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        return path[::-1]

    def _pause(self, position: int, depth: int, told: float) -> float:
        now = time.perf_counter()
        self._heed_time(now)
        self._heed_memory()
        if self.report is not None and now - told > 1.0:
            self.report(Progress(len(self.states), self.steps, len(self.states) - position, depth, now - self.started))
            return now
        return told

    def _heed_time(self, now: float) -> None:
        if self.limits.seconds is not None and now - self.started > self.limits.seconds:
            self.stopped = f"more than {self.limits.seconds:g} seconds"

    def _heed_memory(self) -> None:
        """Look how much memory there is, and will be where the claims about the rest of a run are judged."""
        now = used()
        self.memory = max(self.memory, now - self._had)
        needed = 0 if self.futures is None else self.futures.edges * JUDGING
        if self.limits.memory is not None and now + needed > self.limits.memory:
            self.stopped = f"more than {spelled(self.limits.memory)} of memory"

    def _result(self) -> SearchResult:
        closed = not self.stopped
        found = {result.property.name: result for result in self._results(closed=closed)}
        self.memory = max(self.memory, used() - self._had)
        return SearchResult(
            states=len(self.states),
            steps=self.steps,
            depth=self.depths[-1] if self.depths else 0,
            seconds=time.perf_counter() - self.started,
            closed=closed,
            properties=tuple(found[p.name] for p in self.properties),
            coverage=self._coverage(),
            stopped=self.stopped,
            memory=self.memory,
        )

    def _results(self, *, closed: bool) -> list[PropertyResult]:
        """Judge all properties: claims about the rest of a run each by itself, as long as time and patience last."""
        claims = [p for p in self.properties if p.future is not None]
        others = partial(self._others, closed=closed)
        if self.futures is None or not closed:
            return [*others(), *(PropertyResult(p, Verdict.UNDECIDED) for p in claims)]
        workers = self.workers if self.futures.work() >= WORTH else 1
        tasks = [others, *(partial(self._in_time, p, self.futures) for p in claims)]
        shared = share(tasks, workers, [*self.properties, *told_classes(self.semantics.protocol)], self)
        found = [result for some in shared for result in some]
        if not self.stopped and any(result.verdict is Verdict.UNDECIDED for result in found):
            self._heed_time(time.perf_counter())
        return found

    def _others(self, *, closed: bool) -> list[PropertyResult]:
        """Judge all that is not about the rest of a run; asked again after an interruption of that, leave it open."""
        mine = [p for p in self.properties if p.future is None]
        if closed and self.stopped:
            return [PropertyResult(p, Verdict.UNDECIDED) for p in mine]
        finder = self._finder()
        return [self._judged(p, finder, closed=closed) for p in mine]

    def _in_time(self, claim: Property, futures: Futures) -> list[PropertyResult]:
        """Judge a claim, unless it is too late."""
        try:
            self._heed()
            if not self.stopped:
                return [futures.judged(claim, self.states)]
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        return [PropertyResult(claim, Verdict.UNDECIDED)]

    def _heed(self) -> None:
        """Look whether there is a reason to stop."""
        self._heed_time(time.perf_counter())

    def _finder(self) -> Callable[[Target], list[tuple[State, int]]]:
        return shortest(self.semantics, self.index, self.depths, partial(owes, self.semantics))

    def _coverage(self) -> Coverage:
        return coverage_of(self.semantics)

    def _judged(self, prop: Property, finder: Callable[[Target], list[tuple[State, int]]], *, closed: bool) -> PropertyResult:
        target = self.targets.get(prop.name)
        if target is not None:
            answer = Verdict.PROVED if prop.kind == "sometimes" else Verdict.REFUTED
            if self.briefly:
                return PropertyResult(prop, answer, length=target.depth)
            hops = self._hops(target.path) if target.path else finder(target)
            loop_from = len(self._path(self.loop[0])) - 1 if target.path and self.loop else None
            trace = tell(self.semantics, hops, loop_from)
            return PropertyResult(prop, answer, trace, length=len(trace.steps))
        if not closed:
            return PropertyResult(prop, Verdict.UNDECIDED)
        if prop.kind == "sometimes":
            return PropertyResult(prop, Verdict.REFUTED)
        return PropertyResult(prop, Verdict.PROVED if self._spoke(prop) else Verdict.VACUOUS)

    def _spoke(self, prop: Property) -> bool:
        judges: Sequence[Judge] = (*self._state_judges.judges, *self._place_judges.judges, *self._step_judges.judges)
        return prop.kind == "builtin" or any(j.spoke for j in judges if j.property is prop)

    def _hops(self, path: Sequence[int]) -> list[tuple[State, int]]:
        hops = []
        for here, there in pairwise(path):
            reached = [s for s, _ in self.semantics.successors(self.states[here])]
            hops.append((self.states[here], reached.index(self.states[there])))
        return hops


def owes(semantics: Semantics, state: State) -> bool:
    """Whether some machine is in none of the phases in which it may rest."""
    values = semantics.interner.values
    return any(
        not isinstance(values[v], m.resting) for m, v in zip(semantics.protocol.machines, state, strict=False) if m.resting
    )


def search(  # noqa: PLR0913 - the options of one search
    protocol: Protocol,
    properties: Sequence[Property] = (),
    *,
    limits: Limits | None = None,
    report: Callable[[Progress], None] | None = None,
    refute_only: bool = False,
    keep_orphans: int = ONE_ORPHAN,
    engine: str = PLAIN,
) -> SearchResult:
    """Search a protocol's reachable states, and judge the properties on all of them.

    `NO_DEADLOCK` and `BOUNDED_QUEUES` are judged too, unless `refute_only` asks for no more than
    the given properties' counterexamples. The answers are the same whatever the engine.
    """
    once((p.name for p in properties), "property", "rename one; names are how users speak of them")
    wanted = tuple(properties) if refute_only else (*properties, *(b for b in BUILTIN if b not in properties))
    return engine_of(engine)(Semantics(protocol, keep_orphans), wanted, limits or Limits(), report, refute_only).run()


__all__ = ["Limits", "Progress", "Search", "owes", "search"]
