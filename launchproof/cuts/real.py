"""What really breaks without some parts of a protocol: one search of the protocol without them.

Fields that nothing reads are left out (`launchproof.semantics.unread`); one that somebody does read is put back.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from launchproof.cuts.ground import Broken, Ground, broken_of, whole
from launchproof.cuts.lossy import RUNS
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.exhaustive import Limits
from launchproof.search.vector.engine import VectorSearch
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import FieldReadError, Fields, passed_on, spelled_field
from launchproof.verify.whole import grouped

ANSWER = "="
"""Stands in what is no guard, but an answer to an open question."""


@frozen
class Subject:
    """A protocol, and what is claimed of it, the builtin properties included; `grounds` are what was learned of its steps."""

    protocol: Protocol
    properties: tuple[Property, ...]
    grounds: dict[Fields, Ground] = field(factory=dict, init=False, eq=False, repr=False)


@frozen
class Job:
    """Parts to take away, and the properties to look at, by name; `soon`: only to refute them.

    `unread` are the fields to leave out, as ``Class.field``; `states` is how many to look at (None: all).
    """

    lost: tuple[str, ...]
    properties: tuple[str, ...]
    soon: bool = False
    unread: tuple[str, ...] = ()
    states: int | None = None


def without(protocol: Protocol, lost: tuple[str, ...]) -> Protocol:
    """Take guards away, and answer open questions otherwise."""
    for part in lost:
        question, equals, answer = part.partition(ANSWER)
        protocol = protocol.assuming(**{question: answer}) if equals else protocol.without_guard(part)
    return protocol


def broken_without(subject: Subject, job: Job) -> tuple[Broken, ...]:
    """Give which of the properties break, or that a transition fails; `KeyboardInterrupt` goes through."""
    try:
        return searched(subject, job)
    except Exception:  # noqa: BLE001 - whatever a transition was not written for
        return (Broken(RUNS.name, None),)


def searched(subject: Subject, job: Job) -> tuple[Broken, ...]:
    """Search the protocol without some parts."""
    changed = without(subject.protocol, job.lost)
    wanted = [prop for prop in subject.properties if prop.name in job.properties]
    unread = frozenset(field for field in passed_on(changed, wanted) if spelled_field(field) in job.unread)
    while True:
        try:
            return tuple(broken_in(changed, wanted, job, ground_of(subject, unread)))
        except FieldReadError as read:
            unread -= {read.field}


def ground_of(subject: Subject, unread: Fields) -> Ground:
    """Give what is known of a protocol with nothing lost; it is searched once."""
    if unread not in subject.grounds:
        subject.grounds[unread] = Ground.of(subject.protocol, subject.properties, unread)
    return subject.grounds[unread]


def broken_in(changed: Protocol, wanted: list[Property], job: Job, ground: Ground) -> Iterator[Broken]:
    """Yield which of some properties a protocol breaks."""
    for under, claimed in grouped(changed, wanted).items():
        if claimed:
            there = changed.without_capabilities(*under)
            limits = Limits(states=job.states)
            found = ground.goes_on(under, there, claimed, limits, soon=job.soon)
            if found is None:
                semantics = Semantics(there, without=ground.unread)
                found = broken_of(whole(VectorSearch(semantics, tuple(claimed), limits, refute_only=job.soon, briefly=True)))
            yield from found
