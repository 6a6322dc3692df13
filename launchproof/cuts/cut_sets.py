"""Finds the minimal cut sets of properties.

Every guard, and every other answer to an open question, is taken away alone, and the protocol without it is
verified. For larger sets of guards, one search of all of them together gives candidates
(`launchproof.cuts.lifted`), and each of these is searched for real. Where a candidate turns out to break nothing,
the sets that hold it are searched in its place.

What is claimed of whole runs, or of what sometimes is, is no matter of one state or step, so no candidates are
found for it: of such claims the single points of failure are known, and no larger sets.

All searches leave out what nothing reads (`launchproof.semantics.unread`); where it turns out that something does,
a search begins again with that field.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Final

from attrs import define, evolve, field

from launchproof.crew import Crew
from launchproof.cuts.answer import LIFTED, Cut, CutSets, in_order
from launchproof.cuts.folded import UnfoldableError
from launchproof.cuts.ground import Broken
from launchproof.cuts.lifted import Lifted
from launchproof.cuts.lossy import RUNS, Lossy, guards_at_work
from launchproof.cuts.real import Job, Subject, broken_without, ground_of
from launchproof.cuts.sets import NONE, Loss, Minimal, ordered, spelled
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BOUNDED_QUEUES
from launchproof.search.exhaustive import Limits
from launchproof.search.memory import spelled as memory_spelled
from launchproof.search.memory import used
from launchproof.search.shared import INTERRUPTED
from launchproof.semantics.unread import NO_FIELDS, FieldReadError, Fields, passed_on, spelled_field
from launchproof.verify.whole import grouped

SIZE: Final = 3
ONE: Final = 1

Report = Callable[[str, str, float], None]
"""Takes what is being done, how far it is, and for how many seconds."""


def cut_sets(  # noqa: PLR0913 - the options of one search
    load: Callable[[], Subject],
    *,
    size: int = SIZE,
    workers: int = 1,
    guards: Loss | None = None,
    limits: Limits | None = None,
    report: Report | None = None,
) -> CutSets:
    """Find all minimal cut sets of a protocol's properties, up to a size; interrupted, those found so far.

    With `guards`, only these are lost, and every question keeps its answer. Beyond the `limits` it ends as if it had
    been interrupted: up to which size all are known then, the answer says of each property.
    """
    started = time.perf_counter()
    stopped = ""
    with Crew(load, broken_without, workers) as crew:
        subject = crew.subject
        parts = () if guards is not None else tuple(answers(subject.protocol))
        lost = guards_at_work(subject.protocol) if guards is None else guards
        unread = passed_on(subject.protocol, subject.properties)
        work = Work(subject, size, crew, lost, unread, answers=parts, limits=limits or Limits(), report=report, workers=workers)
        try:
            while True:
                try:
                    work.run()
                    break
                except FieldReadError as read:
                    work = evolve(work, unread=work.unread - {read.field})
                except UnfoldableError as found:
                    work = evolve(work, apart=work.apart | {found.machine})
        except KeyboardInterrupt:
            stopped = INTERRUPTED
            work.harvest()
            crew.abandon()
        except LimitError as limit:
            stopped = str(limit)
            work.harvest()
            crew.abandon()
    return CutSets(
        protocol=subject.protocol,
        properties=subject.properties,
        cuts=in_order(work.least, subject.properties),
        sizes=work.sizes,
        grows=tuple(spelled(loss) for loss in ordered(work.grows.sets)),
        fails=work.fails,
        silent=spelled(work.silent),
        unread=work.left_out,
        broken=work.broken,
        sets=work.sets,
        states=work.states,
        seconds=time.perf_counter() - started,
        stopped=stopped,
    )


class LimitError(Exception):
    """A limit is passed; the text says which."""


@define(eq=False)
class Work:
    """The search for the cut sets of one protocol, as far as it is."""

    subject: Subject
    size: int
    crew: Crew[Subject, Job, tuple[Broken, ...]]
    guards: Loss
    unread: Fields = NO_FIELDS
    apart: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()
    limits: Limits = field(factory=Limits)
    report: Report | None = None
    workers: int = 1
    started: float = field(factory=time.perf_counter)
    process: int = field(factory=os.getpid)
    cuts: list[Cut] = field(factory=list, init=False)
    sizes: dict[str, int] = field(factory=dict, init=False)
    grows: Minimal = field(factory=Minimal, init=False)
    silent: Loss = field(default=NONE, init=False)
    sets: int = field(default=0, init=False)
    states: int = field(default=0, init=False)
    _known: dict[str, Minimal] = field(factory=dict, init=False)
    _candidates: dict[str, list[Loss]] = field(factory=dict, init=False)
    _searched: int = field(default=0, init=False)
    _begun: list[tuple[Job, Future[tuple[Broken, ...]]]] = field(factory=list, init=False)

    def run(self) -> None:
        """Find them all."""
        self._known = {prop.name: Minimal() for prop in (*self.subject.properties, RUNS)}
        searches = list(self._searches())
        for search in searches:
            search.begin()
        labels = [label for search in searches for label in search.labels]
        self.silent = frozenset(g for g in self.guards if frozenset([g]) not in labels)
        self._alone(searches)
        for size in range(ONE + 1, self.size + 1):
            self._together(searches, size)

    def _searches(self) -> Iterator[Lifted]:
        """Make a search for each set of capabilities that properties are claimed without."""
        protocol = self.subject.protocol
        lifted = [prop for prop in self.subject.properties if prop.kind in LIFTED]
        for under, claimed in grouped(protocol, lifted).items():
            if claimed:
                there = protocol.without_capabilities(*under)
                lossy = Lossy(there, self.guards, self.size, self.unread)
                yield Lifted(lossy, claimed, self.size, self._grows, self._tells, apart=self.apart)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The fields that the searches leave out, as ``Class.field``."""
        return spelled(frozenset(map(spelled_field, self.unread)))

    @property
    def least(self) -> list[Cut]:
        """The cut sets found so far; one that was found before a smaller one is none."""
        return [cut for cut in self.cuts if frozenset(cut.lost) in self._known[cut.claim].sets and cut.lost]

    @property
    def broken(self) -> tuple[str, ...]:
        """The properties that break with nothing lost."""
        return tuple(name for name, found in self._known.items() if NONE in found.sets)

    @property
    def fails(self) -> tuple[tuple[str, ...], ...]:
        """The least sets without which some transition fails."""
        found = self._known.get(RUNS.name, Minimal())
        return tuple(spelled(loss) for loss in ordered(found.sets))

    # --- alone ---------------------------------------------------------------------------------------------

    def _alone(self, searches: Sequence[Lifted]) -> None:
        """Verify the protocol without each part; other processes leave time to search sets together, but for the largest."""
        everything = tuple(prop.name for prop in self.subject.properties)
        parts = (*self.answers, *sorted(self.guards - self.silent))  # other answers first: without them, much more is possible
        jobs = [Job(lost, everything, unread=self.left_out) for lost in ((), *((part,) for part in parts))]
        ground_of(self.subject, self.unread)  # which all of them go on from
        self._begun = self.crew.start(jobs)
        self._search(searches, ONE)
        self._collect(searches, ONE)
        if self._begun:
            self._search(searches, self.size - 1)
        self._settle(jobs, self._begun, "single points of failure")
        self._widen(ONE)
        self.sizes = {prop.name: ONE for prop in self.subject.properties}

    # --- together ------------------------------------------------------------------------------------------

    def _together(self, searches: Sequence[Lifted], size: int) -> None:
        """Search all sets of a size together, and each candidate for real."""
        self._search(searches, size)
        self._collect(searches, size)
        self._heed(self.states)
        wanted: dict[Loss, list[str]] = {}
        for name, losses in self._candidates.items():
            for loss in losses:
                if len(loss) == size and not self._known[name].covers(loss):
                    wanted.setdefault(loss, []).append(name)
        jobs = [Job(spelled(loss), tuple(wanted[loss]), soon=True, unread=self.left_out) for loss in ordered(wanted)]
        self._settle(jobs, self.crew.start(jobs), f"sets of {size}")
        self._widen(size)
        self.sizes |= {prop.name: size for prop in self.subject.properties if prop.kind in LIFTED}

    def _search(self, searches: Sequence[Lifted], up_to: int) -> None:
        """Search all sets together up to a size, as far as that was not done before."""
        while self._searched < up_to:
            self._searched += 1
            for search in searches:
                search.search(self._searched, self.workers)

    def _collect(self, searches: Sequence[Lifted], size: int) -> None:
        """Take the candidates of a size from the searches."""
        self.sets = sum(search.sets for search in searches)
        self.states = sum(search.states for search in searches)
        for search in searches:
            for loss in search.grows.sets:
                self.grows.put(loss)
            for name, found in search.candidates.items():
                mine = self._candidates.setdefault(name, [])
                mine += [x for x in ordered([*found.sets, *search.fails.sets]) if len(x) == size and x not in mine]

    def _widen(self, size: int) -> None:
        """Where a candidate broke nothing, look at the sets that hold it, but not at those that grow without end."""
        for name, losses in self._candidates.items():
            phantoms = [loss for loss in losses if len(loss) == size and not self._known[name].covers(loss)]
            wider = {loss | {guard} for loss in phantoms for guard in self.guards - loss}
            losses += [loss for loss in ordered(wider) if not self._ends(loss) and loss not in losses]

    def _ends(self, loss: Loss) -> bool:
        """Whether there is no point in losing more: a channel grows without end, or a transition fails."""
        return self.grows.covers(loss) or self._known[RUNS.name].covers(loss)

    # --- for real ------------------------------------------------------------------------------------------

    def _settle(self, jobs: Sequence[Job], started: Sequence[tuple[Job, Future[tuple[Broken, ...]]]], what: str) -> None:
        """Do jobs, and write down what breaks."""
        begun = time.perf_counter()
        for number, (job, broken) in enumerate(self.crew.each(jobs, started), 1):
            self._note(job, broken)
            if self.report is not None:
                self.report(what, f"{what}: {number} of {len(jobs)} searched for real", time.perf_counter() - begun)
            self._heed(0)

    def _note(self, job: Job, broken: Iterable[Broken]) -> None:
        for found in broken:
            if self._known[found.property].put(frozenset(job.lost)) and found.property != RUNS.name:
                self.cuts.append(Cut(found.property, job.lost, found.steps))

    def harvest(self) -> None:
        """Write down what broke in the searches for single points of failure that came to their end before anybody asked."""
        done = [(job, future.result()) for job, future in self._begun if future.done()]
        for job, broken in done:
            self._note(job, broken)
        if done and len(done) == len(self._begun) and not self.sizes:
            self.sizes = {prop.name: ONE for prop in self.subject.properties}

    def _grows(self, loss: Loss, states: int) -> bool:
        """Tell whether a channel really grows without end, as far as some states show."""
        job = Job(spelled(loss), (BOUNDED_QUEUES.name,), soon=True, unread=self.left_out, states=states)
        return bool(broken_without(self.subject, job))

    def _tells(self, loss: Loss, states: int, seconds: float) -> None:
        if self.report is not None and os.getpid() == self.process:
            what = f"without {', '.join(spelled(loss))}" if loss else "with every guard in place"
            self.report(what, f"{what}: {states:,} states in all, {seconds:.0f} s", seconds)
        self._heed(states)

    def _heed(self, states: int) -> None:
        """Raise `LimitError` where a limit is passed."""
        limits = self.limits
        if limits.states is not None and states > limits.states:
            raise LimitError(f"more than {limits.states} states")
        if limits.seconds is not None and time.perf_counter() - self.started > limits.seconds:
            raise LimitError(f"more than {limits.seconds:g} seconds")
        if limits.memory is not None and used() > limits.memory:
            raise LimitError(f"more than {memory_spelled(limits.memory)} of memory")


def answers(protocol: Protocol) -> list[str]:
    """Give every other answer to an open question, as ``question=answer``."""
    return [
        f"{question.name}={choice}"
        for question in protocol.assumptions
        for choice in question.choices
        if question(choice) not in protocol.assumed
    ]
