"""What came of all mutants together: who kills which, which survive, what is said for those, and the score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import frozen

from launchproof.declare.project import Survivor
from launchproof.errors import ProjectError
from launchproof.mutation.crew import Load, Subject, jobs_of, work
from launchproof.mutation.judging import KILLED, NEEDLESS, SURVIVES, UNDECIDED, Outcome
from launchproof.mutation.mutant import Mutant


@frozen
class Told:
    """A mutant, what became of it, and what is said for its survival."""

    mutant: Mutant
    outcome: Outcome
    survivor: Survivor | None = None
    elsewhere: Outcome | None = None
    """What became of it where it is said to be killed."""

    @property
    def argued(self) -> bool:
        """Whether it survives, and somebody says why."""
        return self.outcome.verdict == SURVIVES and self.survivor is not None


@frozen
class Answer:
    """All mutants in the order in which they are made; `asked` is how many were to be judged."""

    told: tuple[Told, ...]
    asked: int
    stopped: str = ""

    def of(self, verdict: str) -> tuple[Told, ...]:
        """Give those of a verdict."""
        return tuple(t for t in self.told if t.outcome.verdict == verdict)

    @property
    def unargued(self) -> tuple[Told, ...]:
        """Those that survive without an argument."""
        return tuple(t for t in self.of(SURVIVES) if not t.argued)

    @property
    def exit_status(self) -> int:
        """Give 0 if all are killed or argued, 1 if one survives unargued, 3 if that is not decided."""
        if self.unargued:
            return 1
        return 3 if self.stopped or self.of(UNDECIDED) else 0


def mutate(
    load: Load,
    chosen: Sequence[Mutant],
    *,
    workers: int = 1,
    report: Callable[[int], None] | None = None,
) -> Answer:
    """Judge some mutants; an interruption ends it with those that were judged before.

    `report` hears how many are judged so far.
    """
    subject = load()
    check_names(subject)
    here: dict[str, Outcome] = {}
    elsewhere: dict[str, Outcome] = {}
    stopped = ""
    try:
        for done in work(load, tuple(jobs_of(subject, chosen)), workers):
            (here if done.job.survivor is None else elsewhere).update((o.name, o) for o in done.outcomes)
            if report is not None:
                report(len(here))
    except KeyboardInterrupt:
        stopped = "interrupted"
    said = {name: survivor for survivor in subject.survivors for name in survivor.names}
    told = (Told(m, here[m.name], said.get(m.name), elsewhere.get(m.name)) for m in chosen if m.name in here)
    return Answer(tuple(told), len(chosen), stopped)


def check_names(subject: Subject) -> None:
    """Refuse an argument for a mutant that does not exist, and two for one."""
    seen: set[str] = set()
    for name in (name for survivor in subject.survivors for name in survivor.names):
        if name not in subject.mutants:
            raise ProjectError(f"survivors: there is no mutant {name!r}; list them with `launchproof mutate --list`")
        if name in seen:
            raise ProjectError(f"survivors: there are two arguments for {name!r}; take one away")
        seen.add(name)


def wrong_arguments(answer: Answer) -> Iterator[str]:
    """Yield what is said for mutants that do not survive, or are not killed where it is said that they are."""
    for told in answer.told:
        if told.survivor is None:
            continue
        name, found, there = told.mutant.name, told.outcome, told.elsewhere
        if found.verdict == KILLED:
            yield f"survivors: {name} is killed ({found.by}); take its argument away"
        elif found.verdict == NEEDLESS:
            yield f"survivors: {name} is needless, as it changes nothing; take its argument away"
        elif there is not None and there.verdict != KILLED:
            yield f"survivors: {name} is not killed where killed_in says so either: it {there.verdict}; correct its argument"


def counted(answer: Answer) -> Mapping[str, int]:
    """Count the mutants by what became of them."""
    return {
        "mutants": len(answer.told) - len(answer.of(NEEDLESS)),
        "killed": len(answer.of(KILLED)),
        "argued": len([t for t in answer.told if t.argued]),
        "unargued": len(answer.unargued),
        "undecided": len(answer.of(UNDECIDED)),
        "needless": len(answer.of(NEEDLESS)),
    }
