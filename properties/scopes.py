"""What must hold between two embeds, and between two tabs.

Each embed of a page is judged by all that holds of a single one; here is what the others must not do
to it. ``other_`` stands before what is the other one's.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from launchproof import Posted, Property, Scope, always
from model import scopes
from model.frame_phases import Asking, Ended, Loaded, Running, Waiting
from model.host import Closed, Mounted, Open
from model.messages import Auth

Shows = Loaded | Waiting | Running | Asking | Ended
"""Phases in which the iframe shows a document of the embed's."""


def auths(queue: tuple[Posted[object], ...]) -> list[Auth]:
    """List the tokens on their way to an iframe."""
    return [p.message for p in queue if isinstance(p.message, Auth)]


@always("quickstart.mint-on-backend", "refresh.rebootstrap")
def sessions_are_apart(host: Mounted, other_host: Mounted) -> bool:
    """No two embeds share a session, nor an access token."""
    return host.session != other_host.session and host.access != other_host.access


@always("bootstrap.launch-starts-frame", "public.launch-error")
def documents_are_apart(frame: Shows, other_frame: Shows) -> bool | None:
    """No two iframes show documents of one session, but for one that a stranger led both to."""
    if frame.shown.session.rigid:
        return None
    return frame.shown.session != other_frame.shown.session


@always("quickstart.source", "quickstart.auth-on-ready")
def tokens_stay_at_home(frame: Running | Asking, other_host: Mounted) -> bool:
    """No iframe works with a token of another embed's session."""
    return frame.access != other_host.access


@always("quickstart.source", "quickstart.auth-on-ready")
def answers_stay_at_home(to_frame: tuple[Posted[object], ...], other_frame: Shows) -> bool | None:
    """A host answers its own iframe: no token is on its way to one for the document that another one shows."""
    sent = auths(to_frame)
    return all(auth.document != other_frame.shown.document for auth in sent) if sent else None


@always("quickstart.source", "refresh.same-session")
def nothing_is_sent_for_another(to_frame: tuple[Posted[object], ...], other_host: Mounted) -> bool | None:
    """No token on its way to an iframe is of another embed's session."""
    sent = auths(to_frame)
    return all(auth.session != other_host.session for auth in sent) if sent else None


@always("quickstart.hard-reload", "oauth.leaves")
def one_page(host: Closed, other_host: Closed | Open) -> bool:
    """A page is closed for all its embeds, or for none."""
    return isinstance(other_host, Closed)


APART: Final[tuple[Property, ...]] = (
    sessions_are_apart,
    documents_are_apart,
    tokens_stay_at_home,
    answers_stay_at_home,
    nothing_is_sent_for_another,
)

SCOPES: Final[tuple[Scope, ...]] = (
    evolve(scopes.EMBEDS, between=(*APART, one_page)),
    evolve(scopes.TABS, between=APART),
)
"""The inner scope first: a tab has embeds."""
