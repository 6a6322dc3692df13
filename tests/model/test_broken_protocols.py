"""Protocols with a mistake in them are refuted by the property that one would expect."""

from __future__ import annotations

import pytest

from launchproof.declare import Property
from launchproof.search.engines import VECTOR
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import Verdict
from model import PROTOCOL
from tests.model.broken import BROKEN, Broken, without

pytestmark = pytest.mark.thorough

ENOUGH = 25
PARENT_CHECKS = ("from_allowed_origin", "from_own_parent")


@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: f"{b.name}-{b.refuted_by}")
def test_a_mistake_is_found(broken: Broken, by_name: dict[str, Property]) -> None:
    """The expected property is refuted, by a shortest counterexample of the expected length."""
    found = search(broken.breaks(PROTOCOL), [by_name[broken.refuted_by]], refute_only=True, engine=VECTOR).properties[0]
    assert found.verdict is Verdict.REFUTED
    assert found.trace is not None
    assert len(found.trace.steps) == broken.steps


def test_there_are_enough_mistakes() -> None:
    """Twenty-five broken protocols at the least, each told apart."""
    assert len({(b.name, b.refuted_by) for b in BROKEN}) == len(BROKEN) >= ENOUGH


@pytest.mark.parametrize("guard", [*PARENT_CHECKS, "for_this_document"])
def test_what_stands_behind_another_defence(guard: str, by_name: dict[str, Property]) -> None:
    """Each of the embed's checks of a token's sender can go alone: the other two still protect."""
    alone = without(guard)(PROTOCOL).with_capabilities("other-customer")
    found = search(alone, [by_name["nobody-works-in-anothers-session"]], engine=VECTOR)
    assert found.closed
    assert found.properties[0].verdict is Verdict.PROVED


def test_all_defences_gone_is_an_attack(by_name: dict[str, Property]) -> None:
    """Without all three of them somebody is made to work in another customer's session."""
    gone = without(*PARENT_CHECKS, "for_this_document")(PROTOCOL).with_capabilities("other-customer")
    found = search(gone, [by_name["nobody-works-in-anothers-session"]], refute_only=True, engine=VECTOR)
    assert found.properties[0].verdict is Verdict.REFUTED
