"""Something good happens: what leads to what, in every fair run.

A run is fair as the transitions, channels and capabilities declare it: machines go on, deliveries arrive, a call
that keeps being tried succeeds in the end, whoever is asked to authorize answers or gives up. What an adversary or
the user does for ever can keep any page from working: `quiet` says whose disturbances come to an end, and why.
"""

from __future__ import annotations

from typing import Final

from launchproof import Posted, Sent, leads_to, settles
from model.api import Serving
from model.environment import (
    ADMINISTRATOR,
    FOREIGN_WINDOW,
    NAVIGATED_FRAME,
    OTHER_CUSTOMER,
    SCANNER,
    TIME,
    URL_READER,
    USER,
)
from model.frame_phases import (
    AnyPhase,
    Asking,
    Elsewhere,
    Ended,
    Hosted,
    Loaded,
    NoFrame,
    Refused,
    Requesting,
    Running,
    Waiting,
)
from model.host import Closed, Failed, Launching, Live, Minting, Parted, Refreshing, Relaunching, Unmounted
from model.messages import (
    AskMint,
    CallAnswered,
    LeavePage,
    LoadedAgain,
    Mount,
    Navigate,
    NetworkError,
    RefreshAnswer,
    SessionGone,
    TokenExpired,
    TokenRefresh,
    Unauthorized,
)
from model.names import Requester
from model.setup import AtHosted, AtProvider, Connected, NoConnection

SPOILERS: Final = (
    USER.name,
    TIME.name,
    SCANNER.name,
    URL_READER.name,
    FOREIGN_WINDOW.name,
    NAVIGATED_FRAME.name,
    OTHER_CUSTOMER.name,
    ADMINISTRATOR.name,
)

LOADERS: Final = (USER.name, NAVIGATED_FRAME.name, OTHER_CUSTOMER.name)
"""Whoever can load something else into the iframe."""

# -- goals -------------------------------------------------------------------------------------------


def embed_works(frame: Running | Asking) -> bool:
    """The embed has an access token."""
    return True


def user_left(host: Closed | Unmounted) -> bool:
    """The page is closed, or the component is not mounted."""
    return True


def user_is_told(host: Failed) -> bool:
    """The page shows that it cannot show the workspace."""
    return True


def embed_was_mounted_afresh(before: Minting | Relaunching, said: Mount) -> bool:
    """The host mounts the iframe with a fresh launch URL."""
    return True


def call_was_served(before: Running | Asking, heard: Sent[CallAnswered]) -> bool:
    """A call of the embed's is served."""
    return True


def left_for_authorization(frame: Hosted) -> bool:
    """The iframe shows the hosted authorization page."""
    return True


# -- loading -----------------------------------------------------------------------------------------


@leads_to(
    "bootstrap.access-after-ready",
    "ours.ready-timeout",
    "ours.retry",
    to=(embed_works, user_left, user_is_told),
    quiet=SPOILERS,
    because="Who reloads for ever, fetches each launch URL first, or lets it expire before its use, keeps the page from loading.",
)
def opened_page_works(host: Minting | Launching | Relaunching) -> bool:
    """A page that was opened gets to an embed with an access token, or the user left, or is told."""
    return True


@leads_to(
    "bootstrap.hard-reload",
    "quickstart.hard-reload",
    "ours.remount-on-reload",
    to=(embed_was_mounted_afresh, embed_works, user_left, user_is_told),
)
def reload_leads_to_fresh_launch(frame: Requesting) -> bool:
    """A reload of the iframe leads to a fresh launch."""
    return frame.by in (Requester.RELOAD, Requester.RETURNED)


# -- tokens ------------------------------------------------------------------------------------------


def has_its_answer(frame: Running | Ended | NoFrame | Requesting | Loaded | Refused | Hosted | Elsewhere) -> bool:
    """The embed has a new token, has said that it has none, or is gone."""
    return True


@leads_to("quickstart.refresh-on-request", "refresh.host-steps", to=has_its_answer)
def request_is_answered(frame: Asking) -> bool:
    """Every token-refresh leads to a new auth, to token-expired, or to a fresh mount."""
    return True


@leads_to(
    "refresh.early",
    "refresh.rebootstrap",
    to=(call_was_served, embed_was_mounted_afresh, left_for_authorization, user_left, user_is_told),
    quiet=(TIME.name, "ask_ahead"),
    because="A token that expires, or is replaced ahead of time, before any call arrives serves none.",
)
def refusal_leads_to_a_served_call(before: Running | Asking, heard: Sent[Unauthorized]) -> bool:
    """A 401 leads to a call that is served, or to a fresh session."""
    return True


@settles(
    "refresh.early",
    "ours.one-request",
    quiet=(TIME.name, ADMINISTRATOR.name, *LOADERS),
    because="Each expiry and revocation causes a refusal; so can a further load during a refresh, where the session survives it.",
)
def refusals_come_to_an_end(before: Running | Asking, heard: Sent[Unauthorized], said: TokenRefresh) -> bool:
    """No refresh storm: requests after a 401 come to an end."""
    return False


def token_came(before: Refreshing, heard: Sent[RefreshAnswer]) -> bool:
    """The new token came."""
    return True


def session_is_gone(before: Refreshing, heard: Sent[SessionGone]) -> bool:
    """The server says that the session is gone."""
    return True


def embed_ended_it(before: Refreshing, heard: Posted[TokenExpired | Navigate]) -> bool:
    """The embed says that it has no token left, or leaves its frame."""
    return True


def frame_was_loaded_again(before: Refreshing, heard: Sent[LoadedAgain | LeavePage]) -> bool:
    """The iframe is loaded again, or the page is left for authorization."""
    return True


def user_ended_it(before: Refreshing, heard: None, after: Minting | Closed | Unmounted) -> bool:
    """The user closes or reloads the page, or takes the component away."""
    return True


def failure_ended_it(
    before: Refreshing, heard: Sent[NetworkError], after: Minting | Closed | Unmounted | Parted | Relaunching | Live
) -> bool:
    """The failure itself ends the attempt."""
    return True


@leads_to(
    "ours.retry",
    "refresh.host-steps",
    to=(token_came, session_is_gone, embed_ended_it, frame_was_loaded_again, user_ended_it),
    without=failure_ended_it,
)
def passing_failure_keeps_session(before: Refreshing, heard: Sent[NetworkError]) -> bool:
    """A refresh that fails for a passing reason does not end the session."""
    return True


def session_was_left(frame: AnyPhase, api: Serving) -> bool:
    """The embed works in the revoked session no more."""
    return not in_revoked_session(frame, api)


def in_revoked_session(frame: AnyPhase, api: Serving) -> bool:
    """Tell whether the embed works in a session that was revoked."""
    if not isinstance(frame, Running | Asking):
        return False
    session = api.by_id(frame.shown.session)
    return session is not None and session.revoked


@leads_to("public.revoke", "refresh.rebootstrap", to=session_was_left)
def revoked_session_is_left(frame: Running | Asking, api: Serving) -> bool:
    """After revocation the embed stops, without endless retries: the user gets a fresh session, or is told."""
    return in_revoked_session(frame, api)


# -- authorization -----------------------------------------------------------------------------------


def decided_and_usable(setup: Connected | NoConnection, frame: Running | Asking) -> bool:
    """The connection is there or visibly not, and the embed is usable."""
    return True


def decided_without_a_page(setup: Connected | NoConnection, host: Closed | Unmounted | Failed) -> bool:
    """The connection is there or not, and nobody looks at the page."""
    return True


def gave_up_inside(setup: NoConnection, frame: Hosted) -> bool:
    """The user gave up with the hosted page before them, inside the iframe."""
    return True


@leads_to(
    "oauth.returns",
    "oauth.leaves",
    "ours.announce-leaving",
    to=(decided_and_usable, decided_without_a_page, gave_up_inside),
    quiet=SPOILERS,
    because="Whoever begins to authorize again and again, or keeps the page from loading, does not get to the end of it.",
)
def authorization_ends_well(setup: AtHosted | AtProvider) -> bool:
    """Every setup ends with a connection or a visible refusal, and a usable embed, or the user has left."""
    return True


# -- waits -------------------------------------------------------------------------------------------


def no_longer_minting(host: Closed | Unmounted | Launching | Failed) -> bool:
    """The host got what it asked the backend for, or the user left."""
    return True


@leads_to(
    "ours.retry",
    "ours.abort-on-unmount",
    to=no_longer_minting,
)
def mint_ends(host: Minting | Relaunching) -> bool:
    """The wait for the backend comes to an end."""
    return True


def no_longer_launching(host: Closed | Unmounted | Minting | Live | Parted | Relaunching) -> bool:
    """The iframe got ready, or the host started over."""
    return True


@leads_to("ours.ready-timeout", to=no_longer_launching)
def launch_ends(host: Launching) -> bool:
    """The wait for ready comes to an end."""
    return True


def no_longer_refreshing(host: Closed | Unmounted | Minting | Live | Parted | Relaunching) -> bool:
    """The host has a token, or started over, or left the iframe alone."""
    return True


@leads_to("ours.retry", "refresh.host-steps", to=no_longer_refreshing)
def refresh_ends(host: Refreshing) -> bool:
    """The wait for a new token comes to an end."""
    return True


def no_longer_requesting(frame: NoFrame | Loaded | Refused | Waiting | Running) -> bool:
    """The iframe shows something, or is gone."""
    return True


@leads_to(
    "bootstrap.launch-starts-frame",
    to=no_longer_requesting,
)
def document_request_ends(frame: Requesting) -> bool:
    """The wait for a document comes to an end."""
    return True


def no_longer_waiting(frame: NoFrame | Requesting | Running | Asking | Elsewhere) -> bool:
    """The embed has a token, or is gone."""
    return True


@leads_to("bootstrap.access-after-ready", to=no_longer_waiting)
def auth_comes(frame: Loaded | Waiting) -> bool:
    """The wait for a token comes to an end."""
    return True


def replaced(frame: NoFrame | Requesting | Elsewhere) -> bool:
    """The iframe is gone, or loads afresh."""
    return True


@leads_to("public.token-expired", "public.launch-error", to=replaced)
def nothing_dead_stays(frame: Ended | Refused) -> bool:
    """An embed that has given up, and an error page, do not stay."""
    return True


# -- rest --------------------------------------------------------------------------------------------


@settles(
    "bootstrap.hard-reload",
    "ours.remount-on-reload",
    quiet=(*SPOILERS, "give_up"),
    because="Each of them can make the host start over.",
)
def mounting_comes_to_an_end(before: Minting, said: AskMint | Mount) -> bool:
    """No reload loop: the host mints and mounts no more in the end."""
    return False
