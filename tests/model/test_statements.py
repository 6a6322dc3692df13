"""Every statement of the specification is cited, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from launchproof import Exchange
from model import PROTOCOL
from model.statements import STATEMENTS
from properties import PROPERTIES
from properties.additions import ADDITIONS
from properties.scopes import SCOPES

PAGES = [
    "bootstrap.two-tokens",
    "bootstrap.launch-short-lived",
    "bootstrap.launch-starts-frame",
    "bootstrap.launch-is-not-runtime",
    "bootstrap.access-after-ready",
    "bootstrap.fresh-first-load",
    "bootstrap.client-navigation",
    "bootstrap.refresh-over-auth",
    "bootstrap.hard-reload",
    "bootstrap.no-token-in-url",
    "quickstart.mint-on-backend",
    "quickstart.mint-body",
    "quickstart.mint-answer",
    "quickstart.mount",
    "quickstart.embed-origin",
    "quickstart.source",
    "quickstart.auth-on-ready",
    "quickstart.refresh-on-request",
    "quickstart.resize",
    "quickstart.hard-reload",
    "refresh.same-session",
    "refresh.scheduled",
    "refresh.early",
    "refresh.host-steps",
    "refresh.no-launch-url",
    "refresh.rebootstrap",
    "oauth.hosted",
    "oauth.starts-in-frame",
    "oauth.leaves",
    "oauth.returns",
    "oauth.not-all-in-frame",
    "public.ttl-bounds",
    "public.mint-bounds",
    "public.session-id",
    "public.revoke",
    "public.token-expired",
    "public.stale-token",
    "public.launch-error",
]


def citations() -> Iterator[tuple[str, str]]:
    """Yield every citation of the project: who cites, and which statement."""
    for transition in PROTOCOL.transitions:
        yield from ((transition.name, cited) for cited in transition.cites)
        for guard in transition.guards:
            yield from ((f"{transition.name}/{guard.name}", cited) for cited in guard.cites)
    for channel in PROTOCOL.channels:
        if isinstance(channel, Exchange):
            yield from ((channel.name, cited) for cited in channel.cites)
    for prop in (*PROPERTIES, *(prop for scope in SCOPES for prop in scope.between)):
        yield from ((prop.name, cited) for cited in prop.cites)


KNOWN = {statement.id for statement in STATEMENTS}
CITED = {cited for _, cited in citations()}


def test_the_pages_statements_are_all_told() -> None:
    """The project tells each of the pages' statements, and no other but its own additions."""
    assert [s.id for s in STATEMENTS if not s.id.startswith("ours.")] == PAGES


@pytest.mark.parametrize("statement", sorted(KNOWN))
def test_every_statement_is_cited(statement: str) -> None:
    """A transition, guard, channel or property cites the statement."""
    assert statement in CITED


def test_nothing_cites_an_unknown_statement() -> None:
    """Whatever is cited is a statement."""
    assert {(who, cited) for who, cited in citations() if cited not in KNOWN} == set()


def test_every_transition_and_guard_cites() -> None:
    """Every transition and every guard cites a statement."""
    assert [t.name for t in PROTOCOL.transitions if not t.cites] == []
    assert [g.name for t in PROTOCOL.transitions for g in t.guards if not g.cites] == []


def test_every_addition_is_told_once() -> None:
    """Each of our own statements has the story of what happens without it."""
    assert sorted(a.id for a in ADDITIONS) == sorted(s for s in KNOWN if s.startswith("ours."))
