"""A shortest run that one protocol allows and another does not.

A run is told by what is done in each step, heard and said: by the names of what each machine does, and
by its messages. Tokens and the like have no names of their own; what counts is which of them are the
same throughout the run. *One protocol allows a run that the other does not* means: the other, having done
the same so far in any way that it can, cannot do the last step. So a state of the one is paired with
all the states in which the other may be by then, each with which name here is which there (`Twins`), and
the pairs are searched breadth first. A set in which a smaller one is contained allows nothing that the
smaller one does not, and is not looked at again. Of a step that changes nothing it only counts that it can
be done, not with which of several tokens.

Where both protocols are alike, one sweep over the states of both side by side shows it at once (`alike`).
Limits make the answer undecided, never wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import define, field, frozen

from launchproof.declare.names import Name
from launchproof.declare.protocol import Protocol
from launchproof.search.exhaustive import Progress
from launchproof.search.trace import Hop, Spelling, Trace, said_and_heard, tell
from launchproof.semantics.steps import Bundle, Semantics, State, Step
from launchproof.semantics.values import Renaming
from launchproof.semantics.ways import FRESH

Label = tuple[object, ...]
Names = tuple[Name, ...]

Twins = frozenset[tuple[Name | None, Name | None]]
"""Names that were met in the run so far: which is which in the two protocols (None: forgotten there)."""

NONE_MET: Final[Twins] = frozenset()

Others = frozenset[tuple[State, Twins]]

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


@frozen(eq=False)
class Move:
    """What can be done in a state, with the names in it, and where it leads."""

    names: Names
    after: State
    renamed: Renaming | None
    twins: Twins


@define(eq=False)
class Labels:
    """What the steps of one protocol are called, as numbers that it shares with the other."""

    semantics: Semantics
    known: dict[Label, int]
    renamed: Mapping[str, str] = field(factory=dict)
    _steps: dict[int, tuple[int, Names]] = field(factory=dict)
    _idle: dict[int, frozenset[int]] = field(factory=dict)

    def of(self, step: Step) -> tuple[int, Names]:
        """Give the number of what a step does, and the names in it, as they are met."""
        found = self._steps.get(step.index)
        if found is None:
            label, names = self._label(step)
            found = self._steps[step.index] = (self.known.setdefault(label, len(self.known)), names)
        return found

    def idle(self, bundle: Bundle) -> frozenset[int]:
        """Give the numbers of steps that change nothing."""
        found = self._idle.get(bundle.index)
        if found is None:
            found = self._idle[bundle.index] = frozenset(self.of(step)[0] for step in bundle.idle)
        return found

    def _label(self, step: Step) -> tuple[Label, Names]:
        spelling = Spelling()
        made: list[object] = []
        for plan in step.micros:
            told = tuple(spelling.spell(value) for value in said_and_heard(self.semantics, plan))
            made += [self.renamed.get(plan.name, plan.name), tuple(map(type, told)), told]
        return tuple(made), tuple(spelling.known)


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
        """Sweep both side by side, name by name; None where they part, or time is up before it is known."""
        first, second = self._first, self._second
        start = (first.semantics.initial(), second.semantics.initial())
        twin, back = dict([start]), {start[1]: start[0]}
        depths = {start[0]: 0}
        waiting = [start[0]]
        same = Same()
        for done, state in enumerate(waiting):
            mine, idle = first.semantics.expand_detailed(state)
            theirs, other_idle = second.semantics.expand_detailed(twin[state])
            if len(mine) != len(theirs) or [first.idle(b) for b in idle] != [second.idle(b) for b in other_idle]:
                return None
            for taken, other in zip(mine, theirs, strict=True):
                here, there = taken.after, other.after
                if first.of(taken.step) != second.of(other.step) or not same.renaming(taken.names, other.names):
                    return None
                if twin.setdefault(here, there) != there or back.setdefault(there, here) != here:
                    return None
                if here not in depths:
                    depths[here] = depths[state] + 1
                    waiting.append(here)
            if clock.out(done, len(waiting) - done, depths[state]):
                return None
        return Only(None, decided=True, depth=depths[waiting[-1]])


@define(eq=False)
class Same:
    """Compares renamings, each pair of them once."""

    _known: dict[tuple[int, int], bool] = field(factory=dict)

    def renaming(self, one: Renaming | None, other: Renaming | None) -> bool:
        """Whether names are renumbered alike."""
        key = (id(one), id(other))
        if key not in self._known:
            self._known[key] = one == other
        return self._known[key]


def only(one: Labels, other: Labels, clock: Clock) -> Only:
    """Find a shortest run that one protocol allows, and the other does not."""
    here = one.semantics.initial()
    there: Others = frozenset([(other.semantics.initial(), NONE_MET)])
    pairs: list[tuple[State, Others, int, int, int]] = [(here, there, -1, -1, 0)]
    least: dict[State, list[Others]] = {here: [there]}
    depth = 0
    for done, (state, others, _, _, depth) in enumerate(pairs):
        moved, idle = one.semantics.expand_detailed(state)
        allowed = offered(other, others)
        for position, taken in enumerate(moved):
            label, names = one.of(taken.step)
            reached = matched(names, taken.names, allowed.get(label, ()))
            if not reached:
                return Only(told(one.semantics, pairs, done, position), decided=True, depth=depth + 1)
            if smallest(least.setdefault(taken.after, []), reached):
                pairs.append((taken.after, reached, done, position, depth + 1))
        position = len(moved)
        for bundle in idle:
            for step in bundle.idle:
                if one.of(step)[0] not in allowed:
                    return Only(told(one.semantics, pairs, done, position), decided=True, depth=depth + 1)
                position += 1
        if clock.out(done, len(pairs) - done, depth) or len(pairs) > MANY:
            return Only(None, decided=False, depth=depth)
    return Only(None, decided=True, depth=depth)


def offered(labels: Labels, others: Others) -> dict[int, list[Move]]:
    """Give what can be done in some of the states, and where it leads."""
    found: dict[int, list[Move]] = {}
    for state, twins in others:
        moved, idle = labels.semantics.expand_detailed(state)
        for taken in moved:
            label, names = labels.of(taken.step)
            found.setdefault(label, []).append(Move(names, taken.after, taken.names, twins))
        for bundle in idle:
            for step in bundle.idle:
                label, names = labels.of(step)
                found.setdefault(label, []).append(Move(names, state, None, twins))
    return found


def matched(names: Names, renamed: Renaming | None, moves: Sequence[Move]) -> Others:
    """Give where the other may be after a step of one: where it did the same, with the same names."""
    reached = set()
    for move in moves:
        twins = move.twins
        if names:
            here = {a: b for a, b in twins if a is not None}
            there = {b: a for a, b in twins if b is not None}
            if any(here.get(a, b) != b or there.get(b, a) != a for a, b in zip(names, move.names, strict=True)):
                continue
            twins = twins.union(zip(names, move.names, strict=True))
        reached.add((move.after, followed(twins, renamed, move.renamed)))
    return frozenset(reached)


def followed(twins: Twins, one: Renaming | None, other: Renaming | None) -> Twins:
    """Go on after names were renumbered on either side; what both have forgotten is dropped."""
    if one is None and other is None:
        return twins
    kept = ((None if a is None else now(a, one), None if b is None else now(b, other)) for a, b in twins)
    return frozenset(pair for pair in kept if pair != (None, None))


def now(name: Name, renamed: Renaming | None) -> Name | None:
    """Give what a name is called after a step; None if nobody can use it any more."""
    if renamed is None:
        return name if name.number < FRESH else None
    return renamed.get(name)


def smallest(known: list[Others], new: Others) -> bool:
    """Keep a set unless one that is contained in it is known; forget those that it is contained in."""
    if any(old <= new for old in known):
        return False
    known[:] = [old for old in known if not new <= old]
    known.append(new)
    return True


def told(semantics: Semantics, pairs: Sequence[tuple[State, Others, int, int, int]], last: int, position: int) -> Trace:
    """Tell the run to a step from a pair."""
    hops: list[Hop] = []
    while last >= 0:
        state, _, before, taken, _ = pairs[last]
        hops.append((state, position))
        last, position = before, taken
    return tell(semantics, hops[::-1])


__all__ = ["Comparison", "Only"]
