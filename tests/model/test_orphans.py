"""One orphan is enough: keeping two changes no verdict."""

from __future__ import annotations

import pytest

from launchproof import composed
from launchproof.declare.lifting import between, lifted
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult, Verdict
from model import PROTOCOL
from properties import PROPERTIES
from properties.scopes import SCOPES

pytestmark = pytest.mark.thorough

FEW = PROTOCOL.with_capabilities("user", "url-reader")
CLAIMS = [p for p in PROPERTIES if not p.under]


def verdicts(result: SearchResult) -> dict[str, Verdict]:
    """Give each property's verdict."""
    return {r.property.name: r.verdict for r in result.properties}


def test_two_orphans_change_no_verdict() -> None:
    """The same properties hold of runs that keep two leaked, unspent sessions as of those that keep one."""
    one, two = search(FEW, CLAIMS), search(FEW, CLAIMS, keep_orphans=2)
    assert one.closed
    assert two.closed
    assert two.states > one.states
    assert verdicts(one) == verdicts(two)


@pytest.mark.parametrize("capabilities", [(), ("time",), ("network",)])
def test_two_orphans_change_no_verdict_of_two_embeds(capabilities: tuple[str, ...]) -> None:
    """Two embeds may use what is remembered in one step; keeping two leaked sessions for them changes no verdict."""
    composition = composed(PROTOCOL.with_capabilities(*capabilities), [(SCOPES[0], 2)])
    safety = [p for p in CLAIMS if p.future is None]
    claims = [made for _, made in (*lifted(composition, safety), *between(composition))]
    one, two = (search(composition.protocol, claims, keep_orphans=keep, engine="vector") for keep in (1, 2))
    assert one.closed
    assert two.closed
    assert two.states > one.states
    assert verdicts(one) == verdicts(two)


def test_two_orphans_change_no_refutation() -> None:
    """A server that does not spend launch tokens is refuted alike, in as many steps."""
    unspent = FEW.without_guard("launch_unspent")
    claims = [p for p in CLAIMS if p.name == "launch-accepted-once"]
    one, two = (search(unspent, claims, refute_only=True, keep_orphans=keep) for keep in (1, 2))
    assert verdicts(one) == verdicts(two) == {"launch-accepted-once": Verdict.REFUTED}
    first, second = one.properties[0].trace, two.properties[0].trace
    assert first is not None
    assert second is not None
    assert len(first.steps) == len(second.steps)
