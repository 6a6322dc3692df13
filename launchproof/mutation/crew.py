"""Judges many mutants, on every core: the same answer however many processes share them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Final

from attrs import frozen

from launchproof.crew import Crew
from launchproof.declare.environment import Choice
from launchproof.declare.project import Survivor
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.mutation.ground import Ground
from launchproof.mutation.judging import Outcome, judge
from launchproof.mutation.mutant import Mutant
from launchproof.mutation.mutants import assuming, mutants_of
from launchproof.search.exhaustive import Limits
from launchproof.verify.whole import NO_LIMITS

HANDFUL: Final = 8
"""Mutants of the protocol as it is are handed to a process so many at a time."""


@frozen(slots=False)
class Subject:
    """What is mutated: the protocol, what should notice, and what is known to survive."""

    protocol: Protocol
    properties: tuple[Property, ...]
    survivors: tuple[Survivor, ...] = ()
    limits: Limits = NO_LIMITS

    @cached_property
    def mutants(self) -> dict[str, Mutant]:
        """Every mutant, by its name."""
        return {m.name: m for m in mutants_of(self.protocol)}


@frozen
class Job:
    """Mutants that are judged one after the other on the same ground.

    It is the protocol under an answer to an open question, or the place where a survivor is said to be killed.
    """

    names: tuple[str, ...]
    assumed: Choice | None = None
    survivor: int | None = None

    def ground(self, subject: Subject) -> Ground:
        """Search the ground."""
        there = None if self.survivor is None else subject.survivors[self.survivor].killed_in
        protocol = assuming(subject.protocol, self.assumed)
        return Ground.of(there(protocol) if there is not None else protocol, subject.properties, subject.limits)


@frozen
class Done:
    """A job, and what came of it."""

    job: Job
    outcomes: tuple[Outcome, ...]


Load = Callable[[], Subject]
"""Gives what is mutated; picklable, as every process calls it once where processes cannot be forked."""


def jobs_of(subject: Subject, chosen: Sequence[Mutant]) -> Iterator[Job]:
    """Yield the jobs of judging some mutants, the long ones first."""
    names = [m.name for m in chosen]
    for number, survivor in enumerate(subject.survivors):
        claimed = tuple(name for name in survivor.names if name in names)
        if survivor.killed_in is not None and claimed:
            yield Job(claimed, subject.mutants[claimed[0]].assumed, number)
    for choice in dict.fromkeys(m.assumed for m in chosen):
        if choice is not None:
            yield Job(tuple(m.name for m in chosen if m.assumed == choice), choice)
    plain = [m.name for m in chosen if m.assumed is None]
    for first in range(0, len(plain), HANDFUL):
        yield Job(tuple(plain[first : first + HANDFUL]))


def work(load: Load, jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    """Do all jobs, and yield what comes of each as soon as it is done."""
    with Crew(partial(Bench.loaded, load), Bench.do, min(workers, len(jobs))) as crew:
        yield from (done for _, done in crew.each(jobs))


class Bench:
    """Does jobs one after the other, and keeps the ground of the last one."""

    def __init__(self, subject: Subject) -> None:
        """Begin without a ground."""
        self.subject = subject
        self._ground: tuple[object, Ground] | None = None

    @classmethod
    def loaded(cls, load: Load) -> Bench:
        """Load what is mutated."""
        return cls(load())

    def do(self, job: Job) -> Done:
        """Judge the mutants of a job."""
        where = (job.assumed, job.survivor)
        if self._ground is None or self._ground[0] != where:
            self._ground = (where, job.ground(self.subject))
        ground = self._ground[1]
        return Done(job, tuple(judge(self.subject.mutants[name], ground, self.subject.limits) for name in job.names))
