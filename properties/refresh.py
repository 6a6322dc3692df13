"""Refreshing, and what a revoked session may still do."""

from __future__ import annotations

from attrs import evolve

from launchproof import Posted, Sent, always, each_step, sometimes
from model.api import Serving
from model.frame_phases import AnyPhase, Asking, Ended, Requesting, Running
from model.host import Live, Open, Refreshing
from model.messages import (
    AskRefresh,
    Auth,
    CreateLaunch,
    Document,
    GetDocument,
    LaunchCreated,
    RefreshAnswer,
    RefreshSession,
    SessionRefreshed,
    TokenExpired,
    TokenRefresh,
    Unauthorized,
)
from model.names import Requester


@each_step("refresh.same-session", "refresh.no-launch-url", "public.mint-bounds")
def refresh_keeps_everything_but_the_token(
    before: Serving, heard: Sent[RefreshSession], said: SessionRefreshed, after: Serving
) -> bool:
    """A refresh keeps session, workspace, role and origins, gives a new token, and no launch URL."""
    old, new = before.by_id(said.session), after.by_id(said.session)
    if old is None or new is None or heard.message.session != said.session:
        return False
    kept = (old.grant, old.launch, old.launch_state) == (new.grant, new.launch, new.launch_state)
    return kept and said.grant == old.grant and said.access == new.access != old.access and said.launch_url is None


@each_step("refresh.same-session", "quickstart.hard-reload")
def what_is_given_is_new(
    before: Serving, heard: Sent[RefreshSession | CreateLaunch], said: SessionRefreshed | LaunchCreated, after: Serving
) -> bool:
    """The token, or the launch URL, that a session is given anew is another than before, and the one that the server goes by."""
    old, new = before.by_id(said.session), after.by_id(said.session)
    if old is None or new is None:
        return False
    if isinstance(said, LaunchCreated):
        return said.launch_url.launch == new.launch != old.launch
    return said.access == new.access != old.access


@each_step("public.stale-token")
def superseded_token_is_known_as_older(before: Serving, heard: Sent[RefreshSession], after: Serving) -> bool | None:
    """The server knows the token that a refresh supersedes as the session's latest older one."""
    old, new = before.by_id(heard.message.session), after.by_id(heard.message.session)
    return None if old is None or new is None or new == old else new.older == (*old.older, old.access)


@each_step("refresh.no-launch-url")
def refresh_serves_a_mounted_frame(before: Open, said: AskRefresh) -> bool:
    """A refresh is only asked for an iframe that is mounted, and for its session."""
    return isinstance(before, Live | Refreshing) and said.session == before.session


@each_step("bootstrap.refresh-over-auth", "refresh.no-launch-url")
def refresh_happens_in_place(before: Running | Asking, after: Requesting) -> bool:
    """A working embed is never given another launch URL to load: it is refreshed in place, or unmounted."""
    return after.by is not Requester.FIRST_LOAD


@always("quickstart.refresh-on-request", "ours.join-refresh")
def one_refresh_in_flight(refresh_call: tuple[Sent[object], ...]) -> bool | None:
    """At most one refresh is in flight per session."""
    asked = [s.message.session for s in refresh_call if isinstance(s.message, AskRefresh | RefreshAnswer)]
    return len(asked) == len(set(asked)) if asked else None


@always("ours.repeat-once", "quickstart.refresh-on-request")
def refreshes_do_not_pile_up(refresh_call: tuple[Sent[object], ...]) -> bool | None:
    """Whatever a host does with a second request, no more than two refreshes are in flight: each was asked for."""
    return len(refresh_call) <= len(("ahead of expiry", "after a 401")) if refresh_call else None


@each_step("public.revoke")
def nothing_new_after_revocation(
    before: Serving, heard: Sent[RefreshSession | CreateLaunch], said: SessionRefreshed | LaunchCreated
) -> bool:
    """After revocation no token and no launch URL is made for the session."""
    session = before.by_id(heard.message.session)
    return session is not None and not session.revoked


@each_step("public.revoke")
def no_document_after_revocation(before: Serving, heard: Sent[GetDocument], said: Document) -> bool | None:
    """After revocation no document is served for the session's launch token."""
    session = before.by_launch(heard.message.url.launch)
    return not session.revoked if session is not None else None


@each_step("refresh.early", "public.stale-token", "ours.stale-refusal")
def no_needless_refresh(before: Running, heard: Sent[Unauthorized], said: TokenRefresh) -> bool:
    """A 401 makes the embed ask for a new token only where it still holds the refused one."""
    return heard.message.bearer == before.access


@always("ours.repeat-once", "refresh.scheduled", "refresh.early")
def requests_do_not_pile_up(to_host: tuple[Posted[object], ...]) -> bool | None:
    """At most two refresh requests wait for the host: one ahead of expiry, and one after a 401."""
    waiting = [p for p in to_host if isinstance(p.message, TokenRefresh)]
    return len(waiting) <= len(("ahead of expiry", "after a 401")) if waiting else None


@each_step("refresh.early", "ours.one-request")
def refusal_is_heeded(before: Running | Asking, heard: Sent[Unauthorized], after: AnyPhase) -> bool | None:
    """A 401 for the token that the embed holds makes it want another one."""
    return isinstance(after, Asking) and after.early if heard.message.bearer == before.access else None


@each_step("ours.repeat-once", "refresh.early")
def refusals_are_asked_about_once(before: Running | Asking, heard: Sent[Unauthorized], said: TokenRefresh) -> bool:
    """A 401 makes the embed ask only where no 401 has made it ask before, and no answer came since."""
    return isinstance(before, Running) or not before.early


@each_step("ours.stale-refusal", "public.stale-token")
def stale_refusal_changes_nothing(before: Running | Asking, heard: Sent[Unauthorized], after: AnyPhase) -> bool | None:
    """A 401 for a token that was replaced ends the call, and nothing else."""
    return after == evolve(before, calling=False) if heard.message.bearer != before.access else None


@sometimes("refresh.scheduled")
def a_refresh_is_asked_for_ahead(frame: Asking) -> bool:
    """The embed can ask for a new token before any call was refused."""
    return not frame.early


@each_step("public.token-expired")
def giving_up_follows_a_refusal(before: Asking, said: TokenExpired) -> bool:
    """The embed says that it has no usable token only after a 401."""
    return before.early


@each_step("public.token-expired")
def giving_up_stands(before: Ended, heard: Posted[Auth], after: AnyPhase) -> bool:
    """Who has given up takes no token any more: the host is about to mount afresh."""
    return after == before


@always("refresh.host-steps", "ours.retry")
def refresh_is_in_flight(host: Refreshing, refresh_call: tuple[Sent[object], ...]) -> bool:
    """While the host waits for a refresh, there is one in flight."""
    return bool(refresh_call)


@always("refresh.early", "ours.retry")
def one_call_in_flight(frame: AnyPhase, api_call: tuple[Sent[object], ...]) -> bool:
    """A call is in flight, in whatever form, exactly while the embed waits for what comes of it."""
    return len(api_call) == (isinstance(frame, Running | Asking) and frame.calling)
