"""The steps of many states at once: a function of these states, whatever else was found.

Its tables fill as it meets what it has not met before; how they are numbered changes no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from attrs import asdict, define, field, frozen

from launchproof.declare.protocol import Protocol
from launchproof.search.vector.acts import Acts, Beginnings
from launchproof.search.vector.bundles import Bundles
from launchproof.search.vector.effects import Effects
from launchproof.search.vector.keys import Array, firsts, places, spread
from launchproof.search.vector.layout import Words
from launchproof.search.vector.naming import Naming
from launchproof.search.vector.space import Space
from launchproof.search.vector.symbolic import Symbolic
from launchproof.semantics.plans import NOTHING
from launchproof.semantics.steps import Semantics

Flags = npt.NDArray[np.bool_]

Entries = Callable[[Array], tuple[Array, Array]]
"""Gives the entries of some bundles to take: which of the bundles each is of, and its number."""


@frozen(eq=False)
class Begun:
    """Some states, with their marks."""

    states: Words
    marks: Words


@frozen(eq=False)
class Taken:
    """Steps of some states.

    For each beginning: its state and bundle (`acts`, `bundles`). For each distinct effect of a beginning, once per outcome:
    its state (`row`), its beginning (`act`), its entry in the bundles' tables, and the state that it leads to (`reached`).
    For each state: how many steps it has.
    """

    states: Words
    acts: Acts
    bundles: Array
    row: Array
    act: Array
    entry: Array
    reached: Words
    steps: Array


@frozen(eq=False)
class Expanded(Taken):
    """All steps of some states, by their keys; that of the state that each leads to; and which a machine can change of itself."""

    keys: Array
    after: Array
    acting: Flags

    def others(self) -> tuple[Array, Array]:
        """Give the distinct other states that are reached, sorted by key, and by which item first."""
        moved = np.flatnonzero(self.after != self.keys[self.row])
        keys, at = firsts(self.after.take(moved))
        return keys, moved.take(at)


@define(eq=False)
class Tables:
    """All that was learned of a protocol's steps; what these do to a slot that is left `aside` is not done."""

    semantics: Semantics
    aside: int = NOTHING
    space: Space = field(init=False)
    beginnings: Beginnings = field(init=False)
    effects: Effects = field(init=False)
    bundles: Bundles = field(init=False)
    naming: Naming = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing learned."""
        self.space = Space(self.semantics)
        self.beginnings = Beginnings(self.space)
        self.effects = Effects(self.space, Symbolic(self.semantics), self.aside)
        self.bundles = Bundles(self.space, self.beginnings, self.effects)
        self.naming = Naming(self.space)

    def become(self, protocol: Protocol) -> None:
        """Go on with a protocol that differs in transitions and guards alone; keep what was learned and is the same there."""
        affected = self.semantics.become(protocol)
        self.bundles.renew(affected)
        self.beginnings.renew(affected)

    def regrow(self, *keys: Array) -> list[Array]:
        """Make fields wider, and give the keys of states anew."""
        found = self.space.regrow(*keys)
        self.effects.forget()
        if self.space.repacked:
            self.bundles.forget()
            self.bundles.repack()
        self.naming.forget()
        return found

    def expand(self, keys: Array) -> Expanded:
        """Take every step of some states; a field that grows raises `RegrownError`, and nothing is lost."""
        taken = self.take(keys)
        after = self.space.keys(taken.reached)
        acting = np.zeros(len(keys), bool)
        acting[taken.row[(after != keys.take(taken.row)) & (self.bundles.own.at(taken.entry) > 0)]] = True
        return Expanded(**asdict(taken, recurse=False), keys=keys, after=after, acting=acting)

    def take(self, keys: Array) -> Taken:
        """Take every step of some states; a field that grows raises `RegrownError`."""
        states = self.space.words(keys)
        marks = self.space.marks_in(states)
        return self.begun(Begun(states, marks), self.beginnings.of(states, marks), self.bundles.entries)

    def begun(self, begun: Begun, acts: Acts, entries: Entries) -> Taken:
        """Take the steps of some states that have certain beginnings, as far as they are among some `entries`."""
        states, marks, count = begun.states, begun.marks, len(begun.states[0])
        bundles = self.bundles.of(acts)
        act, entry = entries(bundles)
        start, marked = [word.take(act) for word in acts.start], [word.take(act) for word in acts.marks]
        raw, marked = self.effects.apply(start, marked, self.bundles.effect.at(entry))
        steps = np.bincount(acts.row, weights=self.bundles.steps.at(bundles), minlength=count).astype(np.int64)
        row = acts.row.take(act)
        renamed = np.any([a != b.take(row) for a, b in zip(marked, marks, strict=True)], axis=0)
        differ = np.flatnonzero(renamed)
        if len(differ):
            outcome = self.naming.outcomes([w.take(differ) for w in raw], [w.take(differ) for w in marked])
            counts = self.naming.count.at(outcome)
            if int(counts.max()) > 1:
                extra = (counts - 1) * self.bundles.times.at(entry.take(differ))
                steps += np.bincount(row.take(differ), weights=extra, minlength=count).astype(np.int64)
                all_counts = np.ones(len(row), np.int64)
                all_counts[differ] = counts
                owner, _ = spread(all_counts)
                at = np.flatnonzero(renamed.take(owner))
                raw, row, act, entry = [w.take(owner) for w in raw], row.take(owner), act.take(owner), entry.take(owner)
            else:
                at = differ
            _, tables = places(self.naming.begin, self.naming.count, outcome)
            anew = self.naming.rename([w.take(at) for w in raw], self.naming.tables.at(tables))
            for word, new in zip(raw, anew, strict=True):
                word[at] = new
        return Taken(states, acts, bundles, row, act, entry, raw, steps)


def chunks(start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut a range into pieces."""
    for at in range(start, end, size):
        yield at, min(end, at + size)
