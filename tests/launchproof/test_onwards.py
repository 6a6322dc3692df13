"""Searches that go on from what another one has learned give the answers that they would give anew."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain

import pytest

from launchproof import Property, Protocol, always
from launchproof.cuts.ground import Ground
from launchproof.cuts.lossy import guards_at_work
from launchproof.cuts.real import Job, Subject, broken_without
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import CHILDREN, FORKS, apart
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.vector.layout import Numbering
from launchproof.search.verdicts import SearchResult
from launchproof.semantics.steps import Semantics
from launchproof.semantics.unread import NO_FIELDS
from model import PROTOCOL
from properties import PROPERTIES
from tests.launchproof.test_against_naive import random_case
from tests.launchproof.test_cuts import checked, claims
from tests.launchproof.test_liveness import Off, lamp, off_leads_to_broken, off_leads_to_on

ROOM = 2_000

forking = pytest.mark.skipif(not FORKS, reason="processes are not forked here")


def anew(protocol: Protocol, properties: Sequence[Property], *, briefly: bool = True) -> VectorSearch:
    """Prepare a search that nothing is known of."""
    return VectorSearch(Semantics(protocol), tuple(properties), Limits(states=ROOM), briefly=briefly)


def refuted(result: SearchResult) -> dict[str, int | None]:
    """Give what is refuted, with how long it takes."""
    return {found.property.name: found.length for found in result.properties if found.verdict.value == "refuted"}


def told(result: SearchResult) -> tuple[object, ...]:
    """Give what should be the same."""
    return result.states, result.steps, result.depth, result.closed, refuted(result)


def test_a_search_goes_on_with_another_protocol() -> None:
    """Guards are taken away and put back in turn: each search finds the states, steps and breaches that one begun anew finds."""
    compared = broken = 0
    for seed in range(60):
        protocol = checked(seed)
        guards = sorted(guards_at_work(protocol))
        try:
            properties = (*claims(protocol), *BUILTIN)
            search = anew(protocol, properties)
            search.run()
            for guard in chain.from_iterable((name, None) for name in guards):
                changed = protocol if guard is None else protocol.without_guard(guard)
                expected = told(anew(changed, properties).run())
                if not expected[3]:
                    break
                search = search.onwards(changed, properties)
                assert told(search.run()) == expected, (seed, guard)
                compared += 1
                broken += bool(expected[4])
        except RuntimeError:  # a transition that was not written for what its guards keep away
            continue
    assert compared > 100
    assert broken > 20


@pytest.mark.thorough
@pytest.mark.parametrize(
    "lost", [("got_a_refusal",), ("second-refresh=join",), ("launch_unexpired",), ("session_unrevoked",), ()]
)
def test_the_default_protocol_without_a_part(lost: tuple[str, ...]) -> None:
    """What breaks, claims about the rest of a run included, is what breaks in a search that is begun anew, and as soon."""
    subject = Subject(PROTOCOL, (*PROPERTIES, *BUILTIN))
    job = Job(lost, tuple(prop.name for prop in subject.properties))
    found = broken_without(subject, job)
    assert [ground.searches.keys() for ground in subject.grounds.values()] != [set()]
    subject.grounds.clear()
    subject.grounds[NO_FIELDS] = Ground(NO_FIELDS)  # to go on from nothing
    assert sorted(broken_without(subject, job), key=repr) == sorted(found, key=repr)


@always("toy")
def it_cannot_be_judged(lamp: Off) -> bool:
    """The lamp is on."""
    raise RuntimeError


def test_of_a_protocol_that_fails_nothing_is_known() -> None:
    """Where a search fails with nothing lost, there is nothing to go on from."""
    ground = Ground.of(lamp(), (it_cannot_be_judged,), NO_FIELDS)
    assert not ground.searches
    assert ground.goes_on((), lamp(), (it_cannot_be_judged,), Limits(), soon=False) is None


def test_a_run_that_is_not_told_is_as_long() -> None:
    """Told briefly, the verdicts are the same, and so is how long each run is; runs themselves are not there."""
    runs = 0
    for seed in range(7200, 7230):
        case = random_case(seed)
        properties = (*case.states, *(p for p, _ in case.steps), *BUILTIN)
        whole, brief = (anew(case.protocol, properties, briefly=briefly).run() for briefly in (False, True))
        for one, other in zip(whole.properties, brief.properties, strict=True):
            assert (one.verdict, one.length) == (other.verdict, other.length)
            assert other.trace is None
            assert one.length == (None if one.trace is None else len(one.trace.steps))
            runs += one.trace is not None
    assert runs > 20


def test_a_lasso_that_is_not_told_is_as_long() -> None:
    """So are runs that refute claims about the rest of a run."""
    for claim in (off_leads_to_on, off_leads_to_broken):
        whole, brief = (anew(lamp(), (claim,), briefly=briefly).run().properties[0] for briefly in (False, True))
        assert (whole.verdict, whole.length) == (brief.verdict, brief.length)
        assert whole.length == (None if whole.trace is None else len(whole.trace.steps))


@forking
def test_what_a_task_changes_apart_is_not_changed_here() -> None:
    """It is done in another process, whose answer comes back; no process is left."""
    here: list[int] = []

    def task() -> tuple[int, int]:
        here.append(1)
        return os.getpid(), len(here)

    process, length = apart(task) or (0, 0)
    assert process not in {0, os.getpid()}
    assert length == 1
    assert here == []
    assert not CHILDREN


@forking
def test_a_task_that_fails_apart_gives_nothing() -> None:
    """Neither does one whose answer cannot be sent."""
    assert apart(lambda: 1 // 0) is None
    assert apart(lambda: lambda: 0) is None


@pytest.mark.parametrize(
    ("bits", "first", "grown", "then"),
    [(22, (40, 22), 23, (40, 25)), (21, (40, 21), 22, (40, 22)), (20, (41, 21), 22, (40, 22))],
)
def test_a_field_that_grows_without_room_to_spare_grows_ahead(
    bits: int, first: tuple[int, ...], grown: int, then: tuple[int, ...]
) -> None:
    """It gets up to two bits more than it must have, if no word more; where there is room, all get some."""
    numbering = Numbering(2)
    numbering.values = [range(1 << 40), range(1 << bits)]  # type: ignore[list-item]
    numbering.regrow()
    assert numbering.fields.widths == first
    numbering.values[1] = range(1 << grown)  # type: ignore[call-overload]
    assert numbering.overflown
    numbering.regrow()
    assert numbering.fields.widths == then
    assert not numbering.overflown
