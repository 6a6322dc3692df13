"""The search by levels of arrays: the same answers as `launchproof.search.exhaustive`, sooner.

States are found in the same order as there, so that they have the same numbers, and limits and
counterexamples are the same. A level is taken in chunks. What happens in a chunk that matters to a
verdict is found for all its states at once, as the first state from which it happens; then that
state alone is expanded by the plain rules, which tell what comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, cast

import numpy as np
import numpy.typing as npt
from attrs import Factory, define, field

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.liveness.graph import distinct
from launchproof.search.builtin import NO_DEADLOCK
from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import OFTEN, Limits, Search, owes
from launchproof.search.futures import Futures
from launchproof.search.garbage import uncollected
from launchproof.search.growth import LONG, SUSPICIOUS, TRIES
from launchproof.search.shortest import Target
from launchproof.search.vector.ahead import Ahead, Part
from launchproof.search.vector.futures import Labels, VectorFutures
from launchproof.search.vector.interruptions import Interruptions
from launchproof.search.vector.judging import StateAnswers, StepAnswers, first_of
from launchproof.search.vector.keys import Array, Column
from launchproof.search.vector.layout import RegrownError, Words
from launchproof.search.vector.level import Expanded, Tables, chunks
from launchproof.search.vector.resting import Resting
from launchproof.search.vector.runs import Runs
from launchproof.search.vector.store import Store
from launchproof.search.vector.views import Depths, Parents, States
from launchproof.search.verdicts import Coverage, SearchResult
from launchproof.semantics.plans import Plan
from launchproof.semantics.steps import State

CHUNK: Final = 4096
"""So many states are expanded at once."""

WIDEST: Final = 1 << 16
SHARE: Final = 4
"""Of a large level so much, and at most so many states: each chunk costs a look at all that was found, so fewer are cheaper."""


@define(eq=False)
class VectorSearch(Search):
    """One exhaustive search in progress; states, parents and depths are read as from `Search`."""

    tables: Tables = field(default=Factory(lambda self: Tables(self.semantics), takes_self=True))
    store: Store = field(factory=Store)
    chunk: int = CHUNK
    _took_over: bool = False
    _known: VectorFutures | None = None
    _told: float = 0.0
    _depth: int = 0
    _whole: int = 0
    _packings: int = 0
    _last: tuple[int, int] = (0, 0)
    _seen: list[Plan] | None = None
    _labels: Labels | None = None
    _interruptions: Interruptions = field(factory=Interruptions)
    _judged_states: StateAnswers = field(init=False)
    _judged_steps: StepAnswers = field(init=False)
    _lengths: list[Column] = field(init=False)
    _resting: Resting = field(init=False)
    _ahead_of: Ahead = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Read what was found through views."""
        self.states = cast("list[State]", States(self.tables.space, self.store))
        self.parents = cast("list[int]", Parents(self.store))
        self.depths = cast("list[int]", Depths(self.store))
        slots = len(self.semantics.slots)
        self._ahead_of = Ahead(self.workers, self._only_read)
        self._lengths, self._resting = [Column() for _ in range(slots)], Resting(self.tables.space)

    @property
    def bytes_per_state(self) -> float:
        """How much memory a state takes."""
        return self.store.bytes / max(1, self.store.size)

    def run(self) -> SearchResult:
        """Search until closed, or until a limit or an interruption stops it."""
        with uncollected(), Interruptions() as self._interruptions:
            return super().run()

    def onwards(
        self, protocol: Protocol, properties: Sequence[Property], limits: Limits | None = None, *, refute_only: bool = False
    ) -> VectorSearch:
        """Give a search that goes on from what this one has learned and judged, of a protocol that differs in transitions alone.

        The properties are among those that this one judged. This one is of no use any more. That a claim had something to say
        may have been seen in this one only: what is called proved then may be vacuous.
        """
        self.tables.become(protocol)
        search = VectorSearch(
            self.semantics,
            tuple(properties),
            limits or Limits(),
            refute_only=refute_only,
            briefly=self.briefly,
            tables=self.tables,
        )
        search._take_over(self)
        return search

    def _prepare(self, wanted: Sequence[Property]) -> None:
        if not self._took_over:
            super()._prepare(wanted)
            self._judged_states = StateAnswers.of(self.tables.space, self._state_judges, self._place_judges)
            self._judged_steps = StepAnswers(self.tables.space, self.tables.bundles, self._step_judges)

    def _take_over(self, before: VectorSearch) -> None:
        """Go on with the judges of another search, and with what they said."""
        self._state_judges, self._place_judges, self._step_judges = (
            before._state_judges,
            before._place_judges,
            before._step_judges,
        )
        self._judged_states, self._judged_steps = before._judged_states, before._judged_steps
        known = before.futures if isinstance(before.futures, VectorFutures) else before._known
        self._known = None if known is None else known.onwards(self.store, self.states)
        self._took_over = True

    def _ahead(self, properties: Sequence[Property]) -> Futures:
        made = self._known
        if made is None or made.properties != tuple(properties):
            made = VectorFutures(self.tables, self.store, self.states, properties)
        self._labels = made.labels
        return made

    def _explore(self) -> None:
        self._told = self.started
        self._begin()
        try:
            self._levels()
        except KeyboardInterrupt:
            self.store.cut(self._whole)
            raise
        finally:
            self._ahead_of.end()

    def _levels(self) -> None:
        start = 0
        while start < self.store.size and not self.stopped:
            end = self.store.size
            for at, part, before in self._parts(start, end):
                self._settle(at, part, before)
                if self.stopped:
                    self._last = (start, end)
                    break
            if self.stopped:
                return
            self.store.close()
            self._depth += 1
            start = end

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, Part, int]]:
        """Yield a level's parts, expanded, each with its first state and the number of plans before it."""
        width = self._width(end - start)
        spans = list(chunks(start, end, width))
        together = self.workers if width > self.chunk else 1
        for some in (spans[i : i + together] for i in range(0, len(spans), together)):
            self._interruptions.heed()
            self.store.between(*some[0])
            ahead = self._ahead_of.parts(some) if len(some) > 1 else [None]
            packing = self._packings
            for (at, to), part in zip(some, ahead, strict=True):
                before = len(self.semantics.planner.made)
                yield at, self._part(at, to) if part is None or packing != self._packings else part, before

    def _width(self, level: int) -> int:
        """Give how many states of a level are expanded at once."""
        wide = min(WIDEST, level // SHARE)
        return wide if wide > CHUNK else self.chunk

    def _begin(self) -> None:
        """Find the first state."""
        initial = self.semantics.initial()
        space = self.tables.space
        for slot, value in enumerate(initial):
            space.number(slot, value)
        self.tables.regrow()
        self.store.add(space.keys(space.values.packed([initial])), np.array([-1]))
        self._found_state(0, initial, 0)
        self.store.close()
        self._whole = 1

    def _expanded(self, start: int, end: int) -> Expanded:
        """Expand some states; where a field grows, pack everything anew and begin again."""
        while True:
            try:
                return self.tables.expand(self.store.between(start, end))
            except RegrownError:
                self._regrow()

    def _regrow(self) -> None:
        """Pack anew what was packed, with wider fields; parts that were expanded ahead are of no use then."""
        self._packings += 1
        self.store.rekey(*self.tables.regrow(self.store.keys, self.store.recent.keys))
        self._judged_states.forget()
        self._judged_steps.forget()
        if self._labels is not None:
            self._labels.forget()

    def _part(self, start: int, end: int) -> Part:
        """Expand some states, and look which of those that are reached were found in earlier levels."""
        return self._looked_up(self._expanded(start, end))

    def _only_read(self, start: int, end: int) -> Part:
        """Do the same in a thread that learns nothing."""
        return self._looked_up(self.tables.expand(self.store.between(start, end)))

    def _looked_up(self, expanded: Expanded) -> Part:
        keys, item = expanded.others()
        return Part(expanded, keys, item, self.store.old(keys))

    def _fresh(self, part: Part) -> tuple[Array, Array]:
        """Give the keys of states that are reached for the first time, and by which item."""
        new = self.store.unknown(part.keys, part.old)
        return part.keys[new], part.item[new]

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, Expanded]]:
        for at, to in chunks(start, end, self.chunk):
            yield at, self._expanded(at, to)

    # --- what a chunk's steps mean -----------------------------------------------------------------

    def _settle(self, at: int, part: Part, plans: int) -> None:
        """Take in what was reached, up to the state at which the search stops, if it does."""
        base, expanded = self.store.size, part.expanded
        keys, item = self._fresh(part)
        order = np.argsort(item)
        rows = expanded.row.take(item.take(order))
        self.store.add(keys.take(order), at + rows)
        words = self.tables.space.words(keys.take(order))
        last = self._happens(at, base, expanded, words, rows)
        if last is None:
            self.steps += int(expanded.steps.sum())
        else:
            self.steps += int(expanded.steps[: last + 1].sum())
            self.store.cut(base + int(np.searchsorted(rows, last, side="right")))
            self._seen = self._plans_until(expanded, last, plans)
        if self._labels is not None and last is None:
            self._labels.record(at, expanded)
        self._whole = self.store.size
        self._watch_clock(at, len(expanded.keys))

    def _happens(self, at: int, base: int, expanded: Expanded, words: Words, rows: Array) -> int | None:
        """Go through what happens in a chunk, in order; tell where the search stops."""
        judged = self._judged_rows(expanded, words, rows)
        suspects = self._suspects(words)
        limit = self._limit_row(base, rows)
        interesting = judged | {int(rows[i]) for i in suspects} | ({limit} if limit is not None else set())
        for row in sorted(interesting):
            low, high = (int(i) for i in np.searchsorted(rows, [row, row + 1]))
            if row in judged:
                self._replay(at + row, base + low, base + high, acting=bool(expanded.acting[row]))
            else:
                for i in suspects[(suspects >= low) & (suspects < high)].tolist():
                    self._watch_state(base + i, self.states[base + i], self._depth + 1)
            if row == limit:
                self.stopped = f"more than {self.limits.states} states"
            if self.stopped:
                return row
        return None

    def _judged_rows(self, expanded: Expanded, words: Words, rows: Array) -> set[int]:
        """Give the states at which a property gets its answer."""
        wanted = [p for p in self.properties if p.name not in self.targets]
        earliest = first_of(self._judged_steps.tell(expanded, wanted))
        if len(rows):
            told = self._judged_states.tell(words, wanted)
            for name, row in first_of((told_of, rows.take(mine)) for told_of, mine in told).items():
                earliest[name] = min(row, earliest.get(name, row))
        if NO_DEADLOCK in wanted:
            stuck = np.flatnonzero(~expanded.acting & self._resting.owing(expanded.states))
            if len(stuck):
                earliest[NO_DEADLOCK.name] = int(stuck[0])
        return set(earliest.values())

    def _replay(self, position: int, low: int, high: int, *, acting: bool) -> None:
        """Expand one state by the plain rules, to see in which order things happen."""
        state = self.states[position]
        fresh = {self.states[number]: number for number in range(low, high)}
        judged = bool(self._step_judges.judges or self._place_judges.judges)
        moved, idle = self.semantics.expand(state)
        for successor, step in moved:
            for judge in self._step_judges.broken_by_step(state, step) if judged else ():
                self._aim(judge.property.name, Target(self._depth + 1, step=(state, judge)))
            number = fresh.pop(successor, None)
            if number is not None:
                self._found_state(number, successor, self._depth + 1)
        for bundle in idle if judged else ():
            for judge in self._step_judges.broken_by_idle(state, bundle):
                self._aim(judge.property.name, Target(self._depth + 1, step=(state, judge)))
        if not acting and NO_DEADLOCK in self.properties and owes(self.semantics, state):
            self._aim(NO_DEADLOCK.name, Target(self._depth, deadlock=True))

    def _found_state(self, number: int, state: State, depth: int) -> None:
        """Judge a state by the plain rules."""
        self._judge_state(state, depth)
        self._watch_state(number, state, depth)

    def _suspects(self, words: Words) -> Array:
        """Give the new states with a channel so long that it may grow without end, and that are still looked at."""
        machines, fields = self.semantics.machines, self.tables.space.values.fields
        longest = np.zeros(len(words[0]), np.int64)
        for slot in range(machines, len(self.semantics.slots)):
            lengths = self._lengths[slot]
            values = self.tables.space.values.values[slot]
            lengths.extend([len(self._items(v)) for v in values[lengths.size :]])
            np.maximum(longest, lengths.at(fields.get(words, slot)), out=longest)
        at = np.flatnonzero(longest >= SUSPICIOUS)
        for length in distinct(longest[at]).tolist():
            if length <= LONG:
                left = max(0, TRIES - self.tries.get(length, 0))
                mine = at[longest[at] == length]
                at = np.setdiff1d(at, mine[left:], assume_unique=True)
        return at

    def _limit_row(self, base: int, rows: Array) -> int | None:
        """Give the state at which there are more states than the limit, if there is one."""
        if self.limits.states is None or base + len(rows) <= self.limits.states:
            return None
        return int(rows[self.limits.states - base]) if self.limits.states >= base else 0

    def _heed(self) -> None:
        self._interruptions.heed()
        super()._heed()

    def _watch_clock(self, at: int, size: int) -> None:
        if (at + size) // OFTEN > at // OFTEN and not self.stopped:
            self._told = self._pause(at + size, self._depth, self._told)

    # --- what is told in the end -------------------------------------------------------------------

    def _plans_until(self, expanded: Expanded, last: int, before: int) -> list[Plan]:
        """List the plans of all states up to one in a chunk."""
        return self.semantics.planner.made[:before] + self._plans_of(expanded, expanded.acts.row <= last)

    def _plans_of(self, expanded: Expanded, wanted: npt.NDArray[np.bool_]) -> list[Plan]:
        made = self.tables.bundles.made
        used = distinct(expanded.bundles[wanted]).tolist()
        steps = self.tables.effects.symbolic.steps
        return [plan for bundle in used for part in made[bundle] for step in part.steps for plan in steps[step]]

    def _finder(self) -> Callable[[Target], list[tuple[State, int]]]:
        return Runs(self.tables, self.store, self._pieces, partial(owes, self.semantics)).find

    def _coverage(self) -> Coverage:
        """Collect what happened; a run that is told may take steps of the level at which the search stopped."""
        plans = self._seen
        if plans is not None:
            told = [target for target in self.targets.values() if target.path is None]
            whole = any(target.depth > self._depth for target in told)
            stuck = any(target.deadlock and target.depth == self._depth for target in told)
            for _, expanded in self._pieces(*self._last) if whole or stuck else ():
                owing = self._resting.owing(expanded.states)
                plans = plans + self._plans_of(expanded, (owing | whole)[expanded.acts.row])
        return coverage_of(self.semantics, plans)
