"""The access token: to whom it goes, who takes it, and which one is held."""

from __future__ import annotations

from launchproof import Place, Posted, Sent, always, each_step, sometimes, wherever
from model.api import Serving
from model.backend import Trusted
from model.frame_phases import AnyPhase, Asking, Running, Waiting, document_origin
from model.host import Live, Mounted, Open, Refreshing
from model.messages import ApiCall, Auth, CallAnswered, CreateLaunch, CreateSession, RefreshAnswer, RefreshSession
from model.names import THEIR_SESSION, ManagementCredential, Origin, Window


@wherever("quickstart.mint-on-backend")
def credential_stays_on_backend(credential: ManagementCredential, place: Place) -> bool:
    """The management credential never leaves the backend, but for its own calls of the Session API."""
    return issubclass(place.holder, (Trusted, CreateSession, RefreshSession, CreateLaunch))


@each_step("quickstart.auth-on-ready", "quickstart.embed-origin")
def token_posted_to_embed_only(before: Mounted, said: Auth) -> bool:
    """The host posts an access token to the embed's origin, and to no other."""
    return said.target is Origin.EMBED


@each_step("quickstart.auth-on-ready", "quickstart.source")
def token_heard_by_embed_only(before: AnyPhase, heard: Posted[Auth]) -> bool | None:
    """Only a document of the embed's origin, in the window that was mounted, ever hears the host's token."""
    return document_origin(before) is Origin.EMBED if heard.source is Window.PARENT else None


@each_step("ours.auth-from-parent", "quickstart.auth-on-ready")
def token_taken_from_parent_only(before: Waiting | Running | Asking, heard: Posted[Auth], dropped: bool) -> bool | None:
    """The embed takes a token only from an allowed origin, and from its own parent."""
    return None if dropped else heard.source is Window.PARENT and heard.origin.value in before.shown.origins


@always("ours.session-check")
def nobody_works_in_anothers_session(frame: Running | Asking) -> bool:
    """Nobody is made to work in another customer's session."""
    return frame.shown.session != THEIR_SESSION and not frame.access.rigid


@always("ours.session-check", "refresh.same-session")
def token_of_launched_session(frame: Running | Asking, api: Serving) -> bool | None:
    """The token that the iframe holds belongs to the session that it was launched with."""
    session = api.by_access(frame.access)
    return session.id == frame.shown.session if session is not None else None


@each_step("bootstrap.refresh-over-auth", "public.stale-token", "quickstart.refresh-on-request")
def newer_token_stays(before: Running | Asking, heard: Posted[Auth], after: Running, api: Serving) -> bool | None:
    """A newer token is never replaced by an older one."""
    session = api.by_id(before.shown.session)
    if session is None:
        return None
    ages = (*session.older, session.access)
    if before.access not in ages or after.access not in ages:
        return None
    return ages.index(after.access) >= ages.index(before.access)


@each_step("quickstart.refresh-on-request", "public.stale-token")
def host_keeps_newest(before: Refreshing | Live, after: Live, api: Serving) -> bool | None:
    """The host never takes an older token for the current one."""
    session = api.by_id(before.session)
    if session is None or before.access == after.access:
        return None
    ages = (*session.older, session.access)
    if before.access not in ages or after.access not in ages:
        return None
    return ages.index(after.access) > ages.index(before.access)


@each_step("public.revoke")
def nothing_accepted_after_revocation(before: Serving, heard: Sent[ApiCall], said: CallAnswered) -> bool | None:
    """After revocation no call with the session's tokens is served."""
    session = before.by_access(heard.message.bearer)
    return not session.revoked if session is not None else None


@each_step("public.ttl-bounds")
def nothing_accepted_after_expiry(before: Serving, heard: Sent[ApiCall], said: CallAnswered) -> bool | None:
    """A lapsed access token serves no call."""
    session = before.by_access(heard.message.bearer)
    if session is None or heard.message.bearer != session.access:
        return None
    return not session.lapsed


@always("bootstrap.two-tokens", "refresh.same-session")
def one_session_per_page(frame: Running | Asking, host: Open) -> bool | None:
    """What the host and its iframe hold belongs to the same session."""
    return frame.shown.session == host.session if isinstance(host, Mounted) else None


@sometimes("bootstrap.refresh-over-auth", "refresh.scheduled")
def a_token_is_refreshed(frame: Running, api: Serving) -> bool:
    """A running embed can get to hold another token than its session's first."""
    session = api.by_id(frame.shown.session)
    return session is not None and bool(session.older) and session.access == frame.access


@each_step("ours.bound-answer", "bootstrap.access-after-ready")
def answer_reaches_who_asked(before: Waiting | Running | Asking, heard: Posted[Auth], dropped: bool) -> bool | None:
    """A token is taken only by the document that asked for it, not by the next one in its window."""
    return None if dropped else heard.message.document == before.shown.document


@each_step("quickstart.auth-on-ready", "quickstart.refresh-on-request")
def host_sends_its_current_token(before: Mounted, said: Auth, after: Mounted) -> bool:
    """What the host sends with meshes:auth is the newest token it knows."""
    return said.access == after.access and said.session == after.session


@each_step("refresh.host-steps", "quickstart.refresh-on-request")
def new_token_becomes_current(before: Refreshing | Live, heard: Sent[RefreshAnswer], after: Live) -> bool:
    """The token that a refresh gives becomes the host's current one."""
    return after.access == heard.message.access
