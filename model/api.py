"""The Session API and the embed server: who has which session, and which tokens are good."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from launchproof import Machine, New, Pick, Sent, To, registry, when
from model.environment import ADMINISTRATOR, FRESH_LAUNCH, LAUNCH_USE, SUPERSEDING, TIME
from model.messages import (
    ApiCall,
    BodyRefused,
    CallAnswered,
    CreateLaunch,
    CreateSession,
    Document,
    GetDocument,
    LaunchCreated,
    LaunchRefused,
    LaunchUnavailable,
    RefreshRefused,
    RefreshSession,
    SessionCreated,
    SessionRefreshed,
    Unauthorized,
)
from model.mint_body import GOOD
from model.names import (
    THEIR_ACCESS,
    THEIR_LAUNCH,
    THEIR_SESSION,
    AccessToken,
    DocumentId,
    Grant,
    LaunchToken,
    ManagementCredential,
    Origin,
    Page,
    SessionId,
    Url,
)


class LaunchState(Enum):
    """What the server knows of a launch token."""

    UNSPENT = "unspent"
    SPENT = "spent"
    EXPIRED = "expired"


@frozen
class Session:
    """A session as the server keeps it.

    `older` are superseded access tokens that somebody still holds, oldest first; `page` is the tab
    that the session was minted for. `served` is for observers only: how many documents were served for
    the launch token, where two stand for more.
    """

    id: SessionId
    launch: LaunchToken
    access: AccessToken
    grant: Grant
    page: Page = Page.FIRST
    launch_state: LaunchState = LaunchState.UNSPENT
    lapsed: bool = False
    revoked: bool = False
    served: int = 0
    older: tuple[AccessToken, ...] = registry()


def of_use_alone(session: Session) -> bool:
    """Whether somebody who only ever read the launch URL can still get anything for it."""
    return session.launch_state is LaunchState.UNSPENT and not session.revoked


THEIRS: Final = Session(THEIR_SESSION, THEIR_LAUNCH, THEIR_ACCESS, GOOD.grant, older=())


@frozen
class Serving:
    """The server is up; it forgets a session that nobody refers to any more."""

    sessions: frozenset[Session] = registry(alone=of_use_alone)

    def by_launch(self, launch: LaunchToken | None) -> Session | None:
        """Find the session of a launch token."""
        return next((s for s in self.sessions if s.launch == launch), None)

    def by_id(self, session: SessionId) -> Session | None:
        """Find a session."""
        return next((s for s in self.sessions if s.id == session), None)

    def by_access(self, bearer: AccessToken | LaunchToken) -> Session | None:
        """Find the session that an access token was ever good for."""
        return next((s for s in self.sessions if bearer == s.access or bearer in s.older), None)

    def having(self, new: Session) -> Serving:
        """Give the server with one session changed or added."""
        return Serving(frozenset(s for s in self.sessions if s.id != new.id) | {new})


api: Final = Machine(
    "api",
    initial=Serving(frozenset({THEIRS})),
    phases=(Serving,),
    meaning="the Session API, and the server of the embed's documents",
)


# -- minting -----------------------------------------------------------------------------------------


def has_credential(_api: Serving, heard: Sent[CreateSession | RefreshSession | CreateLaunch]) -> bool:
    """The caller shows the customer's management credential."""
    return heard.message.credential == ManagementCredential()


def body_within_bounds(_api: Serving, heard: Sent[CreateSession]) -> bool:
    """Every field of the body keeps its bounds."""
    return heard.message.body.within_bounds


def path_stays_in_workspace(_api: Serving, heard: Sent[CreateSession]) -> bool:
    """The page to start on lies in the workspace once its dot segments are resolved, too."""
    return heard.message.body.stays_in_workspace


@api.transition("quickstart.mint-on-backend", "quickstart.mint-answer", "bootstrap.two-tokens", "public.session-id")
@when(has_credential, "quickstart.mint-on-backend")
@when(body_within_bounds, "quickstart.mint-body", "public.ttl-bounds", "public.mint-bounds")
@when(path_stays_in_workspace, "ours.resolved-path")
def create_session(
    api: Serving,
    heard: Sent[CreateSession],
    session: New[SessionId],
    launch: New[LaunchToken],
    access: New[AccessToken],
) -> To[Serving, SessionCreated]:
    """Make a session, with a launch URL and an access token."""
    body = heard.message.body
    made = Session(session, launch, access, body.grant, heard.message.page, older=())
    url = Url(Origin.EMBED, launch)
    return To(api.having(made), SessionCreated(heard.message.page, session, access, url, body.ttl_seconds))


@api.transition("public.mint-bounds", otherwise=create_session)
def refuse_body(api: Serving, heard: Sent[CreateSession]) -> To[Serving, BodyRefused]:
    """Refuse a mint that is out of bounds."""
    return To(api, BodyRefused())


# -- documents ---------------------------------------------------------------------------------------


def launch_unspent(api: Serving, heard: Sent[GetDocument]) -> bool:
    """The launch token was not used before."""
    session = api.by_launch(heard.message.url.launch)
    return session is not None and session.launch_state is not LaunchState.SPENT


def launch_unexpired(api: Serving, heard: Sent[GetDocument]) -> bool:
    """The launch token's time is not over."""
    session = api.by_launch(heard.message.url.launch)
    return session is not None and session.launch_state is not LaunchState.EXPIRED


def launch_unrevoked(api: Serving, heard: Sent[GetDocument]) -> bool:
    """The launch token's session is not revoked."""
    session = api.by_launch(heard.message.url.launch)
    return session is not None and not session.revoked


def served_once_more(session: Session) -> Session:
    """Count, for observers, a document that is served for the session's launch token."""
    return evolve(session, served=min(session.served + 1, 2))


@api.transition("bootstrap.launch-starts-frame", "bootstrap.launch-short-lived", given=LAUNCH_USE("spent"))
@when(launch_unspent, "bootstrap.launch-starts-frame", "public.launch-error")
@when(launch_unexpired, "bootstrap.launch-short-lived", "public.launch-error")
@when(launch_unrevoked, "public.revoke")
def serve_document(api: Serving, heard: Sent[GetDocument], document: New[DocumentId]) -> To[Serving, Document]:
    """Serve the embed's document for a launch token, and spend the token."""
    session = api.by_launch(heard.message.url.launch)
    if session is None or session.id.rigid:
        return To(api, Document(document, THEIR_SESSION, THEIRS.grant.origins))
    spent = evolve(session, launch_state=LaunchState.SPENT)
    return To(api.having(served_once_more(spent)), Document(document, session.id, session.grant.origins))


@api.transition("public.launch-error", otherwise=serve_document, given=LAUNCH_USE("spent"))
def refuse_document(api: Serving, heard: Sent[GetDocument]) -> To[Serving, LaunchRefused]:
    """Show the error page for a launch token that is spent, over, revoked or unknown."""
    return To(api, LaunchRefused())


@api.transition("bootstrap.launch-short-lived", given=LAUNCH_USE("expiry-only"))
@when(launch_unexpired, "bootstrap.launch-short-lived", "public.launch-error")
@when(launch_unrevoked, "public.revoke")
def serve_document_until_expiry(api: Serving, heard: Sent[GetDocument], document: New[DocumentId]) -> To[Serving, Document]:
    """Serve the embed's document for a launch token, as often as it is asked for in time."""
    session = api.by_launch(heard.message.url.launch)
    if session is None or session.id.rigid:
        return To(api, Document(document, THEIR_SESSION, THEIRS.grant.origins))
    return To(api.having(served_once_more(session)), Document(document, session.id, session.grant.origins))


@api.transition("public.launch-error", otherwise=serve_document_until_expiry, given=LAUNCH_USE("expiry-only"))
def refuse_late_document(api: Serving, heard: Sent[GetDocument]) -> To[Serving, LaunchRefused]:
    """Show the error page for a launch token that is over, revoked or unknown."""
    return To(api, LaunchRefused())


# -- refreshing --------------------------------------------------------------------------------------


def session_known(api: Serving, heard: Sent[RefreshSession | CreateLaunch]) -> bool:
    """There is such a session."""
    return api.by_id(heard.message.session) is not None


def session_unrevoked(api: Serving, heard: Sent[RefreshSession | CreateLaunch]) -> bool:
    """The session is not revoked."""
    session = api.by_id(heard.message.session)
    return session is not None and not session.revoked


@api.transition("refresh.same-session", "refresh.no-launch-url", "public.stale-token")
@when(has_credential, "quickstart.mint-on-backend")
@when(session_unrevoked, "public.revoke")
def refresh_session(api: Serving, heard: Sent[RefreshSession], access: New[AccessToken]) -> To[Serving, SessionRefreshed]:
    """Give the session another access token, in place of the one it had."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    new = evolve(session, access=access, lapsed=False, older=(*session.older, session.access))
    return To(api.having(new), SessionRefreshed(session.id, access, session.grant))


@api.transition("public.revoke", otherwise=refresh_session)
def refuse_refresh(api: Serving, heard: Sent[RefreshSession]) -> To[Serving, RefreshRefused]:
    """Refuse to refresh a session that is revoked or unknown."""
    return To(api, RefreshRefused(heard.message.session))


@api.transition("quickstart.hard-reload", given=FRESH_LAUNCH("yes"))
@when(has_credential, "quickstart.mint-on-backend")
@when(session_unrevoked, "public.revoke")
def create_launch(api: Serving, heard: Sent[CreateLaunch], launch: New[LaunchToken]) -> To[Serving, LaunchCreated]:
    """Give the session another launch URL, in place of the one it had."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    new = evolve(session, launch=launch, launch_state=LaunchState.UNSPENT, served=0)
    return To(api.having(new), LaunchCreated(session.id, Url(Origin.EMBED, launch)))


@api.transition("public.revoke", given=FRESH_LAUNCH("yes"), otherwise=create_launch)
def refuse_launch(api: Serving, heard: Sent[CreateLaunch]) -> To[Serving, LaunchUnavailable]:
    """Refuse a launch URL for a session that is revoked or unknown."""
    return To(api, LaunchUnavailable())


# -- calls -------------------------------------------------------------------------------------------


def is_access_token(_api: Serving, heard: Sent[ApiCall]) -> bool:
    """The bearer is an access token, not a launch token."""
    return isinstance(heard.message.bearer, AccessToken)


def token_known(api: Serving, heard: Sent[ApiCall]) -> bool:
    """The bearer was issued for a session."""
    return api.by_access(heard.message.bearer) is not None


def token_current(api: Serving, heard: Sent[ApiCall]) -> bool:
    """No refresh has superseded the token."""
    session = api.by_access(heard.message.bearer)
    return session is None or session.access == heard.message.bearer


def token_unlapsed(api: Serving, heard: Sent[ApiCall]) -> bool:
    """The token's time is not over."""
    session = api.by_access(heard.message.bearer)
    return session is None or not session.lapsed or session.access != heard.message.bearer


def token_unrevoked(api: Serving, heard: Sent[ApiCall]) -> bool:
    """The token's session is not revoked."""
    session = api.by_access(heard.message.bearer)
    return session is None or not session.revoked


@api.transition("bootstrap.access-after-ready", "refresh.same-session")
@when(is_access_token, "bootstrap.launch-is-not-runtime")
@when(token_known, "bootstrap.launch-is-not-runtime")
@when(token_current, "public.stale-token", given=SUPERSEDING("at-once"))
@when(token_unlapsed, "public.ttl-bounds")
@when(token_unrevoked, "public.revoke")
def serve_call(api: Serving, heard: Sent[ApiCall]) -> To[Serving, CallAnswered]:
    """Serve a call made with a good access token."""
    return To(api, CallAnswered())


@api.transition("refresh.early", "public.stale-token", otherwise=serve_call)
def refuse_call(api: Serving, heard: Sent[ApiCall]) -> To[Serving, Unauthorized]:
    """Refuse a call with a 401."""
    return To(api, Unauthorized(heard.message.bearer))


# -- time and administration -------------------------------------------------------------------------


def ours(_api: Serving, session: Session) -> bool:
    """The session is the first page's.

    The other customer keeps theirs alive, which is the worst case; and what becomes of the second
    tab's session matters to that tab alone, whose page is the first page's twin.
    """
    return not session.id.rigid and session.page is Page.FIRST


def still_unspent(_api: Serving, session: Session) -> bool:
    """The launch token waits to be used."""
    return session.launch_state is LaunchState.UNSPENT


def outlives_its_launch(_api: Serving, session: Session) -> bool:
    """The launch token is over: an access token lives longer, whatever the two lifetimes are."""
    return session.launch_state is not LaunchState.UNSPENT


def not_lapsed(_api: Serving, session: Session) -> bool:
    """The access token's time is not over yet."""
    return not session.lapsed


def not_revoked(_api: Serving, session: Session) -> bool:
    """The session is not revoked: time makes no difference to one that is."""
    return not session.revoked


def superseded_some(_api: Serving, session: Session) -> bool:
    """Somebody holds an older token of the session."""
    return bool(session.older)


@api.transition("bootstrap.launch-short-lived", "public.ttl-bounds", capability=TIME)
@when(ours, "public.ttl-bounds")
@when(still_unspent, "public.ttl-bounds")
@when(not_revoked, "public.revoke")
def expire_launch(api: Serving, session: Pick[Session]) -> To[Serving]:
    """Let a launch token's time run out."""
    return To(api.having(evolve(session, launch_state=LaunchState.EXPIRED)))


@api.transition("public.ttl-bounds", capability=TIME)
@when(ours, "public.ttl-bounds")
@when(outlives_its_launch, "public.ttl-bounds")
@when(not_lapsed, "public.ttl-bounds")
@when(not_revoked, "public.revoke")
def lapse_access(api: Serving, session: Pick[Session]) -> To[Serving]:
    """Let an access token's time run out."""
    return To(api.having(evolve(session, lapsed=True)))


@api.transition("public.stale-token", capability=TIME, given=SUPERSEDING("own-expiry"))
@when(ours, "public.ttl-bounds")
@when(superseded_some, "public.stale-token")
def lapse_older(api: Serving, session: Pick[Session]) -> To[Serving]:
    """Let the time of all superseded tokens run out."""
    return To(api.having(evolve(session, older=())))


@api.transition("public.revoke", capability=ADMINISTRATOR)
@when(ours, "public.revoke")
@when(not_revoked, "public.revoke")
def revoke(api: Serving, session: Pick[Session]) -> To[Serving]:
    """Revoke a session, ``DELETE /api/v1/sessions/:id``; which of its times were over makes no difference then."""
    spent = session.launch_state is LaunchState.SPENT
    state = LaunchState.SPENT if spent else LaunchState.UNSPENT
    return To(api.having(evolve(session, launch_state=state, lapsed=False, revoked=True)))


__all__ = ["api", "field"]
