"""Several embeds on a page, and several tabs: what holds of one holds of each, and they keep apart."""

from __future__ import annotations

from functools import cache

import pytest
from attrs import evolve

from launchproof import Posted, Protocol, composed
from launchproof.declare.channels import Overheard
from launchproof.declare.lifting import between, lifted
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult, Verdict
from model import PROTOCOL
from properties import PROPERTIES
from properties.scopes import SCOPES

SAFETY = [p for p in PROPERTIES if not p.under and p.future is None]
ALONE = PROTOCOL.with_capabilities()
"""Nobody does anything but the machines themselves: no stranger, no forgery."""


@cache
def searched(protocol: Protocol, embeds: int, tabs: int) -> SearchResult:
    """Search so many copies, judging what holds of each and between every two."""
    composition = composed(protocol, list(zip(SCOPES, (embeds, tabs), strict=True)))
    claims = [made for prop in (lifted(composition, SAFETY), between(composition)) for _, made in prop]
    return search(composition.protocol, claims, engine="vector")


def refuted(result: SearchResult) -> set[str]:
    """Name the claims that do not hold (a witness that was not found is no such claim)."""
    return {r.property.name for r in result.properties if r.verdict is Verdict.REFUTED and r.property.kind != "sometimes"}


@pytest.mark.parametrize(
    ("embeds", "tabs", "counts"),
    [
        (2, 1, (3_699, 45_324, 40)),
        (1, 2, (3_871, 46_550, 41)),
    ],
)
def test_two_by_themselves_are_proved(embeds: int, tabs: int, counts: tuple[int, int, int]) -> None:
    """Two embeds on a page, or two tabs, with nobody else around: all that holds of one holds of both, and between them."""
    result = searched(ALONE, embeds, tabs)
    assert result.closed
    assert refuted(result) == set()
    assert (result.states, result.steps, result.depth) == counts
    spoke = {r.property.name: r.verdict for r in result.properties}
    pairs = [name for name in spoke if name.endswith(("-1.1-2.1", "-2.1-1.1", "-1.1-1.2", "-1.2-1.1"))]
    assert len(pairs) == (12 if embeds == 2 else 10)
    assert {spoke[name] for name in pairs} == {Verdict.PROVED}


@pytest.mark.thorough
@pytest.mark.parametrize("capability", sorted(PROTOCOL.enabled - {"user"}))
def test_two_embeds_under_one_capability_are_proved(capability: str) -> None:
    """Whatever else a single capability does, two embeds of a page keep apart."""
    result = searched(PROTOCOL.with_capabilities(capability), 2, 1)
    assert result.closed
    assert refuted(result) == set()


def test_without_the_source_check_two_embeds_are_mixed_up() -> None:
    """A host that does not look at the source takes the other embed's messages, with no stranger around."""
    result = searched(ALONE.without_guard("from_our_frame"), 2, 1)
    broken = refuted(result)
    assert {"strangers-change-nothing", "answers-stay-at-home-1.1-2.1", "answers-stay-at-home-2.1-1.1"} <= broken
    trace = next(r.trace for r in result.properties if r.property.name == "answers-stay-at-home-1.1-2.1")
    assert trace is not None
    answers = [act for act in trace.steps[-1].acts if act.name.startswith("answer_ready")]
    assert [(act.machine, type(act.heard), act.said[0].document) for act in answers] == [  # type: ignore[attr-defined]
        ("host_2", Posted, document := answers[0].said[0].document),  # type: ignore[attr-defined]
        ("host", Overheard, document),
    ]


def test_tabs_hear_nothing_of_each_other() -> None:
    """Each tab has a window of its own, so a host that does not look at the source hears its own iframe all the same."""
    assert refuted(searched(ALONE.without_guard("from_our_frame"), 1, 2)) == set()


def test_a_page_is_closed_for_all_its_embeds() -> None:
    """Unless what concerns the page concerns all its embeds at once, one is open on a page that is closed for another."""
    embeds = SCOPES[0]
    parts = {"open_page": "open_page"}
    alone = composed(ALONE, [(evolve(embeds, together={}), 2)])
    together = composed(ALONE, [(evolve(embeds, together=parts), 2)])
    for composition, verdict in ((alone, Verdict.REFUTED), (together, Verdict.PROVED)):
        claims = [made for prop, made in between(composition) if prop.name == "one-page"]
        found = search(composition.protocol, claims, engine="vector")
        assert {r.verdict for r in found.properties[:2]} == {verdict}
