"""Deliberately broken protocols: real mistakes, each with the story of its counterexample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from launchproof import New, Posted, Protocol, Sent, To
from model.api import LaunchState, Serving, Session, api
from model.backend import Trusted, backend
from model.channels import MOUNT
from model.environment import TIME, USER
from model.frame import frame
from model.frame_phases import Asking, Loaded, Running, Waiting
from model.host import Launching, Live, Minting, Mounted, Refreshing, Unmounted, host
from model.messages import (
    ApiCall,
    AskMint,
    AskRefresh,
    Auth,
    CallAnswered,
    CreateSession,
    Document,
    GetDocument,
    LoadedAgain,
    MintAnswer,
    Mount,
    OpenAuthorization,
    Ready,
    RefreshAnswer,
    RefreshSession,
    SessionCreated,
    SessionRefreshed,
    TokenRefresh,
)
from model.mint_body import GOOD
from model.names import AccessToken, DocumentId, LaunchToken, Origin, Page, SessionId, Url, Where
from model.setup import AtHosted, AtProvider, Connected, NoConnection, setup


@frozen
class Broken:
    """A way to break the protocol, the property that refutes it, in how many steps, and the story."""

    name: str
    breaks: Callable[[Protocol], Protocol]
    refuted_by: str
    steps: int
    story: str


# -- the host ----------------------------------------------------------------------------------------


@host.alternative("quickstart.auth-on-ready")
def answer_anyone(host: Launching | Live, heard: Posted[Ready]) -> To[Live, Auth]:
    """Answer ready with ``*`` as the target."""
    return To(
        Live(host.session, host.access, host.embed),
        Auth(host.access, host.session, heard.message.document, target=None),
    )


@host.alternative("quickstart.auth-on-ready")
def answer_sender(host: Launching | Live, heard: Posted[Ready]) -> To[Live, Auth]:
    """Answer ready to whatever origin it came from."""
    target = Origin(heard.origin)
    return To(
        Live(host.session, host.access, host.embed),
        Auth(host.access, host.session, heard.message.document, target=target),
    )


@host.alternative("refresh.host-steps")
def send_old_token(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live, Auth]:
    """Answer a refresh with the token from page load."""
    return To(Live(host.session, host.access, host.embed), Auth(host.access, host.session, host.document, target=host.embed))


@host.alternative("quickstart.hard-reload", ends=MOUNT)
def refresh_on_reload(host: Mounted, heard: Sent[LoadedAgain]) -> To[Mounted, AskRefresh]:
    """Take a second load for a token that expired."""
    return To(host, AskRefresh(host.session))


@host.alternative("quickstart.refresh-on-request")
def refresh_at_once(host: Launching | Live, heard: Posted[Ready]) -> To[Refreshing, AskRefresh]:
    """Refresh as soon as the embed is ready."""
    return To(Refreshing(host.session, host.access, host.embed, heard.message.document), AskRefresh(host.session))


@host.alternative("quickstart.hard-reload", capability=USER, ends=MOUNT)
def unmount_without_removing(host: Minting | Mounted) -> To[Unmounted]:
    """Unmount the component, and leave its iframe in the page."""
    return To(Unmounted())


@host.alternative("quickstart.mount")
def token_in_the_url(host: Minting, heard: Sent[MintAnswer]) -> To[Launching, Mount]:
    """Put the access token into the iframe's source, for server-side rendering."""
    answer = heard.message
    return To(
        Launching(answer.session, answer.access, answer.launch_url.origin), Mount(evolve(answer.launch_url, access=answer.access))
    )


@host.alternative("refresh.host-steps", capability=TIME)
def refresh_on_a_timer(host: Launching | Live) -> To[Launching | Live, AskRefresh]:
    """Refresh every so often, whoever asked, and whether a refresh is in flight or not."""
    return To(host, AskRefresh(host.session))


# -- the embed ---------------------------------------------------------------------------------------


@frame.alternative("bootstrap.access-after-ready")
def take_early_token(frame: Loaded, heard: Posted[Auth]) -> To[Running]:
    """Take a token before having said ready."""
    return To(Running(frame.shown, heard.message.access, calling=False, repeated=False))


@frame.alternative("bootstrap.access-after-ready")
def take_any_token(frame: Waiting, heard: Posted[Auth]) -> To[Running]:
    """Take the first token that comes, from whomever it comes."""
    return To(Running(frame.shown, heard.message.access, calling=False, repeated=False))


@frame.alternative("bootstrap.access-after-ready")
def never_ready(frame: Loaded) -> To[Waiting]:
    """Forget to say ready."""
    return To(Waiting(evolve(frame.shown, location=Url(Origin.EMBED))))


@frame.alternative("oauth.leaves", capability=USER)
def authorize_inside(frame: Running | Asking) -> To[Running | Asking, OpenAuthorization]:
    """Show the provider inside the iframe."""
    return To(frame, OpenAuthorization(Where.FRAME))


@frame.alternative("refresh.early")
def ask_without_end(frame: Asking) -> To[Asking, TokenRefresh]:
    """Ask again and again while no token comes."""
    return To(frame, TokenRefresh(frame.shown.document))


@frame.alternative("bootstrap.client-navigation", capability=USER)
def navigate_with_token(frame: Running) -> To[Running]:
    """Put the access token into the location when navigating inside the embed."""
    return To(evolve(frame, shown=evolve(frame.shown, location=Url(Origin.EMBED, access=frame.access))))


# -- the server --------------------------------------------------------------------------------------


@api.alternative("bootstrap.launch-starts-frame")
def forget_the_spending(api: Serving, heard: Sent[GetDocument], document: New[DocumentId]) -> To[Serving, Document]:
    """Serve a document, and forget at once that the launch token was spent."""
    session = api.by_launch(heard.message.url.launch)
    if session is None or session.id.rigid:
        return To(api, Document(document, SessionId(-1), GOOD.grant.origins))
    return To(
        api.having(evolve(session, served=min(session.served + 1, 2))),
        Document(document, session.id, session.grant.origins),
    )


@api.alternative("refresh.same-session")
def refresh_to_another_session(
    api: Serving,
    heard: Sent[RefreshSession],
    session: New[SessionId],
    launch: New[LaunchToken],
    access: New[AccessToken],
) -> To[Serving, SessionRefreshed]:
    """Refresh by making another session."""
    made = Session(session, launch, access, GOOD.grant, older=())
    return To(api.having(made), SessionRefreshed(session, access, made.grant))


@api.alternative("refresh.no-launch-url")
def refresh_with_launch_url(
    api: Serving,
    heard: Sent[RefreshSession],
    access: New[AccessToken],
    launch: New[LaunchToken],
) -> To[Serving, SessionRefreshed]:
    """Refresh, and make a launch URL too."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    new = evolve(session, access=access, launch=launch, launch_state=LaunchState.UNSPENT, older=(*session.older, session.access))
    return To(api.having(new), SessionRefreshed(session.id, access, session.grant, Url(Origin.EMBED, launch)))


@api.alternative("refresh.same-session")
def refresh_to_the_same_token(api: Serving, heard: Sent[RefreshSession]) -> To[Serving, SessionRefreshed]:
    """Refresh, and give the old token again."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    return To(api.having(evolve(session, lapsed=False)), SessionRefreshed(session.id, session.access, session.grant))


@api.alternative("refresh.same-session")
def refresh_with_a_higher_role(
    api: Serving, heard: Sent[RefreshSession], access: New[AccessToken]
) -> To[Serving, SessionRefreshed]:
    """Refresh, and make an owner of whoever it is."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    new = evolve(session, access=access, grant=evolve(session.grant, role="owner"), older=(*session.older, session.access))
    return To(api.having(new), SessionRefreshed(session.id, access, new.grant))


@api.alternative("bootstrap.launch-is-not-runtime")
def serve_launch_bearers(api: Serving, heard: Sent[ApiCall]) -> To[Serving, CallAnswered]:
    """Serve whoever shows any token of a session."""
    return To(api, CallAnswered())


# -- the backend, and authorization --------------------------------------------------------------------


@backend.alternative("quickstart.mint-answer")
def pass_on_everything(backend: Trusted, heard: Sent[SessionCreated]) -> To[Trusted, MintAnswer]:
    """Hand the page the backend's credential beside what was minted."""
    got = heard.message
    return To(backend, MintAnswer(got.session, got.access, got.launch_url, backend.credential))  # type: ignore[arg-type]


@backend.alternative("quickstart.mint-body")
def mint_for_any_origin(backend: Trusted, heard: Sent[AskMint]) -> To[Trusted, CreateSession]:
    """Mint a session that may be embedded anywhere."""
    return To(backend, CreateSession(backend.credential, evolve(GOOD, allowed_origins=("*",)), Page.FIRST))


@setup.alternative("oauth.hosted")
def open_provider_anywhere(
    setup: NoConnection | AtHosted | AtProvider | Connected,
    heard: Sent[OpenAuthorization],
) -> To[AtProvider]:
    """Go on to the provider wherever the hosted page is."""
    return To(AtProvider(heard.message.where))


def without(*guards: str) -> Callable[[Protocol], Protocol]:
    """Give a function that takes guards away."""

    def taken(protocol: Protocol) -> Protocol:
        for guard in guards:
            protocol = protocol.without_guard(guard)
        return protocol

    return taken


BROKEN: Final = (
    Broken("no source check", without("from_our_frame"), "strangers-change-nothing", 4, "a sibling says ready, and is answered"),
    Broken(
        "no origin check",
        without("from_embed_origin"),
        "strangers-change-nothing",
        7,
        "another origin in our window is listened to",
    ),
    Broken("any height", without("height_is_finite"), "height-is-sane", 7, "a missing height makes NaN"),
    Broken("no minimum", without("not_below_minimum"), "height-is-sane", 7, "a short height is taken as it is"),
    Broken("no maximum", without("not_beyond_maximum"), "height-is-sane", 7, "growing content grows for ever"),
    Broken("any session's token", without("for_own_session"), "token-of-launched-session", 11, "a lured frame gets our token"),
    Broken(
        "launch spent twice", without("launch_unspent"), "launch-accepted-once", 5, "a scanner's request and ours are both served"
    ),
    Broken("late launch", without("launch_unexpired"), "launch-in-time", 5, "a launch URL is opened after its time"),
    Broken("revoked launch", without("launch_unrevoked"), "no-document-after-revocation", 5, "a revoked session is launched"),
    Broken("revoked refresh", without("session_unrevoked"), "nothing-new-after-revocation", 12, "a revoked session is refreshed"),
    Broken(
        "revoked call", without("token_unrevoked"), "nothing-accepted-after-revocation", 11, "a revoked session's call is served"
    ),
    Broken("lapsed call", without("token_unlapsed"), "nothing-accepted-after-expiry", 11, "a lapsed token's call is served"),
    Broken("any mint", without("body_within_bounds"), "mint-keeps-bounds", 2, "a defective body makes a session"),
    Broken(
        "stale refusals count", without("of_held_token"), "no-needless-refresh", 16, "a 401 for the old token asks for another"
    ),
    Broken("framed provider", without("outside_the_frame"), "provider-is-never-framed", 9, "the iframe shows the provider"),
    Broken("calls pile up", without("no_call_in_flight"), "bounded-queues", 11, "the embed calls and calls"),
    Broken(
        "token to *",
        lambda p: p.replacing("answer_ready", answer_anyone),
        "token-posted-to-embed-only",
        4,
        "ready is answered to anyone",
    ),
    Broken(
        "token to anyone there",
        lambda p: p.replacing("answer_ready", answer_anyone),
        "token-heard-by-embed-only",
        5,
        "elsewhere hears it",
    ),
    Broken(
        "answer the sender",
        lambda p: p.replacing("answer_ready", answer_sender),
        "token-posted-to-embed-only",
        4,
        "a stranger asks",
    ),
    Broken(
        "captured token",
        lambda p: p.replacing("send_new_token", send_old_token),
        "new-token-becomes-current",
        12,
        "a refresh changes nothing",
    ),
    Broken("no listener yet", lambda p: p.without("answer_ready"), "no-message-is-lost", 7, "ready is in vain"),
    Broken(
        "iframe left behind",
        lambda p: p.replacing("unmount", unmount_without_removing),
        "no-frame-without-mount",
        2,
        "the iframe stays",
    ),
    Broken(
        "token in the URL", lambda p: p.replacing("mount", token_in_the_url), "no-access-token-in-urls", 3, "the source has it"
    ),
    Broken(
        "refresh on a timer", lambda p: p.adding(refresh_on_a_timer), "one-refresh-in-flight", 5, "two timers' refreshes cross"
    ),
    Broken(
        "early token", lambda p: p.adding(take_early_token), "no-auth-before-ready", 6, "a reloaded document takes the last one's"
    ),
    Broken(
        "any first token",
        lambda p: p.adding(take_any_token),
        "nobody-works-in-anothers-session",
        7,
        "a stranger's token is taken",
    ),
    Broken(
        "never ready",
        lambda p: p.replacing("announce_ready", never_ready).without("stop_waiting_for_ready").with_capabilities(),
        "no-deadlock",
        6,
        "nobody begins",
    ),
    Broken("asking without end", lambda p: p.adding(ask_without_end), "bounded-queues", 11, "requests grow in front of the host"),
    Broken(
        "token in the location",
        lambda p: p.replacing("navigate_inside", navigate_with_token),
        "no-access-token-in-urls",
        9,
        "navigation leaks",
    ),
    Broken(
        "forgotten spending",
        lambda p: p.replacing("serve_document", forget_the_spending),
        "launch-accepted-once",
        5,
        "the second load is served",
    ),
    Broken(
        "another session",
        lambda p: p.replacing("refresh_session", refresh_to_another_session),
        "refresh-keeps-everything-but-the-token",
        11,
        "refresh makes one",
    ),
    Broken(
        "launch URL on refresh",
        lambda p: p.replacing("refresh_session", refresh_with_launch_url),
        "refresh-keeps-everything-but-the-token",
        11,
        "refresh gives one",
    ),
    Broken(
        "same token",
        lambda p: p.replacing("refresh_session", refresh_to_the_same_token),
        "refresh-keeps-everything-but-the-token",
        11,
        "refresh gives it again",
    ),
    Broken(
        "higher role",
        lambda p: p.replacing("refresh_session", refresh_with_a_higher_role),
        "refresh-keeps-everything-but-the-token",
        11,
        "refresh makes an owner",
    ),
    Broken(
        "launch as bearer",
        lambda p: p.replacing("serve_call", serve_launch_bearers),
        "launch-is-no-bearer",
        1,
        "a reader calls with the launch token",
    ),
    Broken(
        "readers served",
        lambda p: p.replacing("serve_call", serve_launch_bearers),
        "urls-yield-no-runtime",
        1,
        "a reader gets to work",
    ),
    Broken(
        "talkative backend",
        lambda p: p.replacing("pass_on_session", pass_on_everything),
        "credential-stays-on-backend",
        1,
        "the page is handed the key",
    ),
    Broken(
        "provider anywhere",
        lambda p: p.replacing("pass_through_hosted", open_provider_anywhere),
        "provider-is-never-framed",
        9,
        "the provider is framed",
    ),
    Broken(
        "refresh on reload",
        lambda p: p.replacing("remount_after_load", refresh_on_reload),
        "refresh-serves-a-mounted-frame",
        7,
        "a reload is taken for an expiry",
    ),
)
