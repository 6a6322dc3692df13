"""Cut sets are exactly what taking every set of guards away, one after the other, shows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations

import pytest
from attrs import evolve

from launchproof.cuts import CutSets, cut_sets
from launchproof.cuts.lossy import guards_at_work
from launchproof.cuts.real import Subject
from launchproof.cuts.sets import Minimal
from launchproof.declare.machine import Guard
from launchproof.declare.properties import Property, Reads
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.semantics.steps import Semantics
from tests.launchproof.test_against_naive import random_case

ROOM = 300
CHUNKS = 8
PER_CHUNK = 60


def never(phase: object) -> bool:
    """Nothing is ever let through."""
    del phase
    return False


def checked(seed: int) -> Protocol:
    """Make a random protocol in which every guard has a name of its own, and more transitions are guarded."""
    rng = random.Random(seed)
    protocol = random_case(seed).protocol
    transitions = []
    for transition in protocol.transitions:
        guards = [*transition.guards, *([Guard("", never, "Nothing is let through.")] if rng.random() < 0.4 else [])]
        named = tuple(evolve(guard, name=f"{transition.name}.{number}") for number, guard in enumerate(guards))
        transitions.append(evolve(transition, guards=named))
    return evolve(protocol, transitions=tuple(transitions))


def claims(protocol: Protocol) -> Iterator[Property]:
    """Claim of each phase and content that only comes with losses, that it never comes."""
    everything = protocol
    for guard in sorted(guards_at_work(protocol)):
        everything = everything.without_guard(guard)
    (before, _), (after, _) = searched(protocol, ()), searched(everything, ())
    slots = before.semantics.slots
    for slot, name in enumerate(slots):
        held = {repr(before.semantics.interner.values[state[slot]]) for state in before.states}
        new = {repr(after.semantics.interner.values[state[slot]]) for state in after.states} - held
        for number, told in enumerate(sorted(new)[:3]):
            yield Property(
                f"{name}-{number}", "always", "It never is.", ("x",), lambda value, told=told: repr(value) != told,
                (Reads(name, (object,)),),
            )  # fmt: skip


def searched(protocol: Protocol, properties: tuple[Property, ...]) -> tuple[Search, SearchResult]:
    """Search a protocol, a little."""
    search = Search(Semantics(protocol), properties, Limits(states=ROOM))
    return search, search.run()


def one_by_one(protocol: Protocol, properties: tuple[Property, ...], size: int) -> dict[str, set[tuple[str, ...]]] | None:
    """Take every set of guards away in turn; nothing, where a search does not end or a transition fails."""
    least = {prop.name: Minimal() for prop in properties}
    for number in range(1, size + 1):
        for lost in combinations(sorted(guards_at_work(protocol)), number):
            changed = protocol
            for guard in lost:
                changed = changed.without_guard(guard)
            try:
                _, result = searched(changed, properties)
            except RuntimeError:
                return None
            if not result.closed:
                return None
            for found in result.properties:
                if found.verdict is Verdict.REFUTED:
                    least[found.property.name].put(frozenset(lost))
    return {name: {tuple(sorted(loss)) for loss in found.sets} for name, found in least.items()}


def found_by(answer: CutSets) -> dict[str, set[tuple[str, ...]]]:
    """Give the cut sets by property."""
    return {prop.name: {cut.lost for cut in answer.of(prop)} for prop in answer.properties}


def test_every_minimal_cut_set_is_found() -> None:
    """On a few random protocols the cut sets up to three guards are those that 'one after the other' finds."""
    compared, several = compare(range(20))
    assert compared >= 5
    assert several >= 1


@pytest.mark.parametrize(
    "chunk", [pytest.param(c, marks=pytest.mark.nightly if c else pytest.mark.thorough) for c in range(CHUNKS)]
)
def test_every_minimal_cut_set_is_found_on_many(chunk: int) -> None:
    """On many random protocols, too, some of which have cut sets of several guards."""
    compared, several = compare(range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK))
    assert compared >= 5
    assert several >= 1


def compare(seeds: Iterable[int]) -> tuple[int, int]:
    """Hold the cut sets of random protocols against each other; count the protocols, and the cut sets of several guards."""
    compared = several = 0
    for seed in seeds:
        protocol = checked(seed)
        if not 2 <= len(guards_at_work(protocol)) <= 9:
            continue
        try:
            properties = (*claims(protocol), *BUILTIN)
        except RuntimeError:
            continue
        _, base = searched(protocol, properties)
        if any(found.verdict is Verdict.REFUTED for found in base.properties) or not base.closed:
            continue
        expected = one_by_one(protocol, properties, 3)
        if expected is not None:
            compared += 1
            several += any(len(lost) > 1 for losses in expected.values() for lost in losses)
            assert found_by(cut_sets(partial(Subject, protocol, properties))) == expected, seed
    return compared, several
