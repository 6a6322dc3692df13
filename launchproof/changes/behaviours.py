"""A shortest run that one protocol allows and another does not.

A run is told by what is done in each step, heard and said: by the names of what each machine does and
by its messages, in which tokens and the like count only within the step (`Label`). *One protocol
allows a run that the other does not* means: the other, having done the same so far in any way that it
can, cannot do the last step. So a state of the one is paired with all the states in which the other may
be by then, and the pairs are searched breadth first. A set in which a smaller one is contained allows
nothing that the smaller one does not, and is not looked at again.

Where both are alike but for names, one sweep over the states of both side by side shows it at once,
and no pairs are needed (`alike`). Limits make the answer undecided, never wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import define, field, frozen

from launchproof.declare.protocol import Protocol
from launchproof.search.exhaustive import Progress
from launchproof.search.trace import Hop, Spelling, Trace, said_and_heard, tell
from launchproof.semantics.steps import Bundle, Semantics, State, Step

Label = tuple[object, ...]
Pair = tuple[State, frozenset[State]]

OFTEN: Final = 64
MANY: Final = 1_000_000
"""Give up, undecided, beyond so many pairs."""


@frozen
class Only:
    """What was found: a shortest run that the other protocol does not allow, if there is one.

    Undecided (`decided` False, no run) means that no run of up to `depth` steps is one.
    """

    trace: Trace | None
    decided: bool
    depth: int


@define(eq=False)
class Labels:
    """What the steps of one protocol are called, as numbers that it shares with the other."""

    semantics: Semantics
    known: dict[Label, int]
    renamed: Mapping[str, str] = field(factory=dict)
    _steps: dict[int, int] = field(factory=dict)
    _idle: dict[int, frozenset[int]] = field(factory=dict)

    def of(self, step: Step) -> int:
        """Give the number of what a step does."""
        found = self._steps.get(step.index)
        if found is None:
            label = self._label(step)
            found = self._steps[step.index] = self.known.setdefault(label, len(self.known))
        return found

    def idle(self, bundle: Bundle) -> frozenset[int]:
        """Give the numbers of steps that change nothing."""
        found = self._idle.get(bundle.index)
        if found is None:
            found = self._idle[bundle.index] = frozenset(self.of(step) for step in bundle.idle)
        return found

    def _label(self, step: Step) -> Label:
        spelling = Spelling()
        made: list[object] = []
        for plan in step.micros:
            told = tuple(spelling.spell(value) for value in said_and_heard(self.semantics, plan))
            made += [self.renamed.get(plan.name, plan.name), tuple(map(type, told)), told]
        return tuple(made)


@define(eq=False)
class Clock:
    """What a comparison may cost, and who is told how far it is."""

    seconds: float
    what: str = ""
    report: Callable[[str, Progress], None] | None = None
    started: float = field(factory=time.perf_counter)
    _told: float = 0.0

    def out(self, done: int, waiting: int, depth: int) -> bool:
        """Whether time is up; tells how far the search is every second."""
        if done % OFTEN:
            return False
        gone = time.perf_counter() - self.started
        if self.report is not None and gone - self._told > 1.0:
            self.report(self.what, Progress(done + waiting, 0, waiting, depth, gone))
            self._told = gone
        return gone > self.seconds


@define(eq=False)
class Comparison:
    """Two protocols side by side; `renamed` maps the second one's transitions to what the first calls them."""

    one: Protocol
    other: Protocol
    renamed: Mapping[str, str]
    seconds: float
    report: Callable[[str, Progress], None] | None = None
    _first: Labels = field(init=False)
    _second: Labels = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Let both share the numbers of labels."""
        known: dict[Label, int] = {}
        self._first = Labels(Semantics(self.one), known)
        self._second = Labels(Semantics(self.other), known, self.renamed)

    def both(self) -> tuple[Only, Only]:
        """Give a shortest run that only the second allows, and one that only the first does."""
        same = self.alike(self._clock("comparing runs"))
        if same is not None:
            return same, same
        return (
            only(self._second, self._first, self._clock("looking for new runs")),
            only(self._first, self._second, self._clock("looking for runs that are gone")),
        )

    def _clock(self, what: str) -> Clock:
        return Clock(self.seconds, what, self.report)

    def alike(self, clock: Clock) -> Only | None:
        """Sweep both side by side; None where they part, or time is up before it is known."""
        first, second = self._first, self._second
        start = (first.semantics.initial(), second.semantics.initial())
        twin, back = dict([start]), {start[1]: start[0]}
        depths = {start[0]: 0}
        waiting = [start[0]]
        for done, state in enumerate(waiting):
            mine, idle = first.semantics.expand(state)
            theirs, other_idle = second.semantics.expand(twin[state])
            if len(mine) != len(theirs) or [first.idle(b) for b in idle] != [second.idle(b) for b in other_idle]:
                return None
            for (here, step), (there, twin_step) in zip(mine, theirs, strict=True):
                if first.of(step) != second.of(twin_step) or twin.setdefault(here, there) != there:
                    return None
                if back.setdefault(there, here) != here:
                    return None
                if here not in depths:
                    depths[here] = depths[state] + 1
                    waiting.append(here)
            if clock.out(done, len(waiting) - done, depths[state]):
                return None
        return Only(None, decided=True, depth=depths[waiting[-1]])


def only(one: Labels, other: Labels, clock: Clock) -> Only:
    """Find a shortest run that one protocol allows, and the other does not."""
    start: Pair = (one.semantics.initial(), frozenset([other.semantics.initial()]))
    pairs: list[tuple[Pair, int, int, int]] = [(start, -1, -1, 0)]
    least: dict[State, list[frozenset[State]]] = {start[0]: [start[1]]}
    depth = 0
    for done, (pair, _, _, depth) in enumerate(pairs):
        moved, idle = one.semantics.expand(pair[0])
        allowed = offered(other, pair[1])
        for position, (state, step) in enumerate(moved):
            others = allowed.get(one.of(step))
            if others is None:
                return Only(told(one.semantics, pairs, done, position), decided=True, depth=depth + 1)
            if smallest(least.setdefault(state, []), others):
                pairs.append(((state, others), done, position, depth + 1))
        position = len(moved)
        for bundle in idle:
            for step in bundle.idle:
                if one.of(step) not in allowed:
                    return Only(told(one.semantics, pairs, done, position), decided=True, depth=depth + 1)
                position += 1
        if clock.out(done, len(pairs) - done, depth) or len(pairs) > MANY:
            return Only(None, decided=False, depth=depth)
    return Only(None, decided=True, depth=depth)


def offered(labels: Labels, states: frozenset[State]) -> dict[int, frozenset[State]]:
    """Give what can be done in some of the states, and where it leads."""
    found: dict[int, set[State]] = {}
    for state in states:
        moved, idle = labels.semantics.expand(state)
        for successor, step in moved:
            found.setdefault(labels.of(step), set()).add(successor)
        for bundle in idle:
            for label in labels.idle(bundle):
                found.setdefault(label, set()).add(state)
    return {label: frozenset(reached) for label, reached in found.items()}


def smallest(known: list[frozenset[State]], new: frozenset[State]) -> bool:
    """Keep a set unless one that is contained in it is known; forget those that it is contained in."""
    if any(old <= new for old in known):
        return False
    known[:] = [old for old in known if not new <= old]
    known.append(new)
    return True


def told(semantics: Semantics, pairs: Sequence[tuple[Pair, int, int, int]], last: int, position: int) -> Trace:
    """Tell the run to a step from a pair."""
    hops: list[Hop] = []
    while last >= 0:
        (state, _), before, taken, _ = pairs[last]
        hops.append((state, position))
        last, position = before, taken
    return tell(semantics, hops[::-1])


__all__ = ["Comparison", "Only"]
