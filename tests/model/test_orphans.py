"""One orphan is enough: keeping two changes no verdict."""

from __future__ import annotations

import pytest

from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult, Verdict
from model import PROTOCOL
from properties import PROPERTIES

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
