"""Takes a saved run again, step by step, on the protocol as it is now, and judges every step of it.

A step of the file says who acts, and what is done, heard, said and picked. Several steps of the
protocol may fit it, which differ in what nobody said (which abandoned session is kept, for one), so
all states that fit the file so far are followed. Where none is left the model has changed, and the
error says which step it does not allow any more, and which ones are the nearest to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import TraceError
from launchproof.search.builtin import BOUNDED_QUEUES, BUILTIN, NO_DEADLOCK
from launchproof.search.exhaustive import owes
from launchproof.search.growth import grows
from launchproof.search.judges import Judges
from launchproof.search.trace import Hop, Spelling, Trace, tell, tell_step
from launchproof.semantics.steps import Detailed, Semantics, State, Step
from launchproof.traces.nearest import impossible
from launchproof.traces.saved import SavedStep, SavedTrace, saved_step


@frozen
class Breach:
    """A property, and the first step that breaks it (0: the initial state does)."""

    property: Property
    at: int


@frozen
class Replayed:
    """A run as the protocol takes it, and all that it breaks, in the order in which it does.

    `expected` is the property that the file says it breaks. Where it does, `breaks` is that one.
    """

    trace: Trace
    breaches: tuple[Breach, ...]
    expected: str | None
    semantics: Semantics = field(repr=False)
    hops: tuple[Hop, ...] = field(repr=False)

    @property
    def protocol(self) -> Protocol:
        """The protocol in the setting of the run."""
        return self.semantics.protocol

    @property
    def breach(self) -> Breach | None:
        """The breach that is told: the expected one, or else the first."""
        expected = [b for b in self.breaches if b.property.name == self.expected]
        return next(iter((*expected, *self.breaches)), None)

    @property
    def breaks(self) -> Property | None:
        """The property that it breaks."""
        return None if self.breach is None else self.breach.property

    @property
    def at(self) -> int | None:
        """The step that breaks it; 0 is the initial state."""
        return None if self.breach is None else self.breach.at

    @property
    def as_expected(self) -> bool:
        """Whether what the file says is what happens."""
        return self.expected == (None if self.breaks is None else self.breaks.name)


@frozen(eq=False)
class Candidate:
    """One way in which the protocol takes the file's steps so far."""

    state: State
    spelling: Spelling
    hops: tuple[Hop, ...] = ()
    breaches: tuple[Breach, ...] = ()

    @property
    def states(self) -> list[State]:
        """The states that were met, the last one included."""
        return [*(state for state, _ in self.hops), self.state]

    def key(self) -> object:
        """Give what tells this candidate from others, as far as anything follows from it."""
        names = (self.spelling.known, self.spelling.counts, {b.property.name: b.at for b in self.breaches})
        return self.state, *(frozenset(table.items()) for table in names)

    def breaks(self, name: str | None) -> bool:
        """Whether it breaks a property."""
        return any(b.property.name == name for b in self.breaches)


def replay(
    saved: SavedTrace,
    protocol: Protocol,
    properties: Sequence[Property],
    file: object = "trace",
    besides: Sequence[str] = (),
) -> Replayed:
    """Take a saved run on a protocol; `file` is how errors speak of it.

    `besides` names what else than a property a run may be said to break. Judged are the properties that
    are claimed in the run's setting, and the one that it is said to break.
    """
    setting = derived(saved, protocol, file)
    every = (*properties, *(b for b in BUILTIN if b not in properties))
    known = [p.name for p in every]
    if saved.breaks is not None and saved.breaks not in (*known, *besides):
        raise TraceError(
            file, "$.breaks", f"there is no property {saved.breaks!r}", f"use null, or one of {', '.join((*known, *besides))}"
        )
    if any(p.name == saved.breaks and p.future is not None for p in every):
        wrong = f"{saved.breaks!r} is a claim about the rest of a run, and no run of a file is long enough to break it"
        raise TraceError(file, "$.breaks", wrong, "use null, or look at it with `launchproof verify`")
    claimed = tuple(p for p in every if p.name == saved.breaks or setting.enabled.isdisjoint(p.under))
    semantics = Semantics(setting)
    return followed(saved, semantics, Follower(semantics, claimed), file)


def derived(saved: SavedTrace, protocol: Protocol, file: object) -> Protocol:
    """Give the protocol in the setting that the run was taken in."""
    if saved.protocol != protocol.name:
        wrong = f"it is a run of {saved.protocol!r}, and the project's protocol is {protocol.name!r}"
        raise TraceError(file, "$.protocol", wrong, "name the run's project with --project")
    capabilities = [c.name for c in protocol.capabilities]
    for number, name in enumerate(saved.without):
        if name not in capabilities:
            place, fix = f"$.without[{number}]", f"use one of {', '.join(capabilities) or 'none'}"
            raise TraceError(file, place, f"there is no capability {name!r}", fix)
    answers = {a.name: a.default for a in protocol.assumptions}
    choices = {a.name: a.choices for a in protocol.assumptions}
    for name, answer in saved.assume.items():
        place = f"$.assume[{name!r}]"
        if name not in choices:
            raise TraceError(file, place, "there is no such assumption", f"use one of {', '.join(choices) or 'none'}")
        if answer not in choices[name]:
            raise TraceError(file, place, f"{answer!r} is no choice", f"use one of {', '.join(choices[name])}")
        answers[name] = answer
    on = [name for name in capabilities if name not in saved.without]
    return protocol.with_capabilities(*on).assuming(**answers)


# -- following ---------------------------------------------------------------------------------------


def followed(saved: SavedTrace, semantics: Semantics, judges: Follower, file: object) -> Replayed:
    """Take every step of the file, and tell the run that came through and breaks what it should."""
    start = Candidate(semantics.initial(), Spelling())
    candidates = [judges.judged(start, None)]
    for number, wanted in enumerate(saved.steps):
        after: dict[object, Candidate] = {}
        for candidate in (c for before in candidates for c in fitting(semantics, judges, before, wanted)):
            after.setdefault(candidate.key(), candidate)
        if not after:
            raise impossible(wanted, possible(semantics, candidates), number, file)
        candidates = list(after.values())
    best = next((c for c in candidates if c.breaks(saved.breaks)), None) or max(candidates, key=lambda c: bool(c.breaches))
    grown = any(b == Breach(BOUNDED_QUEUES, len(best.hops)) for b in best.breaches)
    trace = tell(semantics, best.hops, growing_from(semantics, best) if grown else None)
    return Replayed(trace, best.breaches, saved.breaks, semantics, best.hops)


def fitting(semantics: Semantics, judges: Follower, before: Candidate, wanted: SavedStep) -> list[Candidate]:
    """List the ways to go on from a candidate that fit a step of the file."""
    names = [act.does for act in wanted.acts]
    found = []
    for position, taken in enumerate(semantics.detailed_successors(before.state)):
        if taken.step.actor != wanted.actor or [plan.name for plan in taken.step.micros] != names:
            continue
        after, told = gone_on(semantics, before, position, taken)
        if told.acts == wanted.acts:
            found.append(judges.judged(after, taken.step))
    return found


def possible(semantics: Semantics, candidates: Sequence[Candidate]) -> list[SavedStep]:
    """List every step that can come next, as a file would have it."""
    return [
        gone_on(semantics, candidate, position, taken)[1]
        for candidate in candidates
        for position, taken in enumerate(semantics.detailed_successors(candidate.state))
    ]


def gone_on(semantics: Semantics, before: Candidate, position: int, taken: Detailed) -> tuple[Candidate, SavedStep]:
    """Take one step from a candidate; give it as a file would have it, too."""
    spelling = before.spelling.copy()
    told = saved_step(tell_step(semantics, before.state, taken, spelling))
    return Candidate(taken.after, spelling, (*before.hops, (before.state, position)), before.breaches), told


def growing_from(semantics: Semantics, candidate: Candidate) -> int | None:
    """Give the step from which a channel grows for ever by the end, if one does."""
    states = candidate.states
    return grows(semantics, states, range(-1, len(states) - 1), len(states) - 1)


@define(eq=False)
class Follower:
    """Judges the steps of a run by every property."""

    semantics: Semantics
    properties: tuple[Property, ...]
    _judges: Judges = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Resolve what the properties read."""
        self._judges = Judges(self.semantics, self.properties)

    def judged(self, candidate: Candidate, step: Step | None) -> Candidate:
        """Give a candidate with what its last step (None: none was taken) broke for the first time."""
        broken = dict.fromkeys(p.name for p in self._broken(candidate, step) if not candidate.breaks(p.name))
        new = (Breach(p, len(candidate.hops)) for p in self.properties if p.name in broken)
        return Candidate(candidate.state, candidate.spelling, candidate.hops, (*candidate.breaches, *new))

    def _broken(self, candidate: Candidate, step: Step | None) -> Iterator[Property]:
        state = candidate.state
        if step is not None:
            yield from self._judges.broken_by(candidate.hops[-1][0], step)
        yield from self._judges.broken_in(state)
        if owes(self.semantics, state) and not self._own_step(state):
            yield NO_DEADLOCK
        if growing_from(self.semantics, candidate) is not None:
            yield BOUNDED_QUEUES

    def _own_step(self, state: State) -> bool:
        return any(step.own and after != state for after, step in self.semantics.successors(state))
