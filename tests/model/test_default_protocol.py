"""The default protocol is proved, and its counts are what they were."""

from __future__ import annotations

import pytest

from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult, Verdict
from model import PROTOCOL
from properties import PROPERTIES

# A change of these belongs into the changelog, with its reason.
STATES = 27_560
STEPS = 1_454_802
DEPTH = 31


def test_counts_are_pinned(proof: SearchResult) -> None:
    """The default protocol has as many states, steps and levels as the changelog says."""
    assert (proof.states, proof.steps, proof.depth) == (STATES, STEPS, DEPTH)


def test_the_search_closes(proof: SearchResult) -> None:
    """The search ends of itself, with no bound on anything."""
    assert proof.closed
    assert proof.stopped == ""


def test_every_property_is_proved(proof: SearchResult) -> None:
    """Every property that is claimed under all capabilities holds of every run, and speaks of some state."""
    assert {r.property.name: r.verdict for r in proof.properties if r.verdict is not Verdict.PROVED} == {}
    assert len(proof.properties) == len([p for p in PROPERTIES if not p.under]) + 2


def test_every_transition_fires(proof: SearchResult) -> None:
    """Each transition that the default assumptions leave in fires in some run."""
    assert [t.name for t in PROTOCOL.active if t.name not in proof.coverage.fired] == []


def test_every_loss_happens(proof: SearchResult) -> None:
    """Every exchange loses requests in some run and answers in another."""
    exchanges = ("mint_call", "refresh_call", "document_call", "api_call")
    assert {f"lose_{what}_on_{c}" for what in ("request", "answer") for c in exchanges} <= proof.coverage.fired


@pytest.mark.parametrize("prop", [p for p in PROPERTIES if p.under], ids=lambda p: p.name)
def test_properties_under_conditions_are_proved(prop: object) -> None:
    """A property that is claimed without some capabilities is proved there, and refuted with all of them."""
    claimed = next(p for p in PROPERTIES if p is prop)
    there = search(PROTOCOL.without_capabilities(*claimed.under), [claimed])
    assert there.closed
    assert there.properties[0].verdict is Verdict.PROVED
    for capability in claimed.under:
        fewer = [c for c in claimed.under if c != capability]
        with_one = search(PROTOCOL.without_capabilities(*fewer), [claimed], refute_only=True)
        assert with_one.properties[0].verdict is Verdict.REFUTED, capability
