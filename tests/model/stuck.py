"""Protocols that get stuck or go round in circles: real mistakes, each with the story of its lasso."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from launchproof import Exchange, Posted, Protocol, Sent, To, Transition
from model.api import Serving, api
from model.channels import FRAME_DOCUMENT, MOUNT
from model.frame import frame
from model.frame_phases import Asking, Hosted, Loaded, Requesting, Running, Waiting
from model.host import Launching, Live, Minting, Mounted, Refreshing, host
from model.messages import (
    ApiCall,
    AskMint,
    AskRefresh,
    Auth,
    GetDocument,
    LoadedAgain,
    NetworkError,
    Ready,
    RefreshAnswer,
    ReturnFrame,
    SessionGone,
    TokenExpired,
    Unauthorized,
    Unmount,
)
from model.names import DocumentId, Requester


@frozen
class Stuck:
    """A mistake, the claim of progress that it refutes, and the lengths of its run's stem and loop."""

    name: str
    breaks: Callable[[Protocol], Protocol]
    refuted_by: str
    stem: int
    loop: int
    story: str


# -- mistakes of the host's ----------------------------------------------------------------------------


@host.alternative("refresh.rebootstrap", ends=MOUNT)
def start_over_at_once(host: Refreshing, heard: Sent[NetworkError]) -> To[Minting, Unmount, AskMint]:
    """Take a passing failure for the end of the session."""
    return To(Minting(), Unmount(), AskMint())


@host.alternative("ours.retry")
def ask_a_gone_session_again(host: Refreshing, heard: Sent[SessionGone]) -> To[Refreshing, AskRefresh]:
    """Ask again although the session is gone."""
    return To(host, AskRefresh(host.session))


@host.alternative("refresh.host-steps")
def answer_nobody(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live]:
    """Keep the new token, and forget to send it."""
    return To(Live(host.session, heard.message.access, host.embed))


@host.alternative("refresh.host-steps")
def answer_another_document(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live, Auth]:
    """Send the new token to a document that was there before."""
    access = heard.message.access
    return To(Live(host.session, access, host.embed), Auth(access, host.session, DocumentId(-1), target=host.embed))


@host.alternative("ours.remount-on-reload", ends=MOUNT)
def shrug_at_reload(host: Mounted, heard: Sent[LoadedAgain]) -> To[Mounted]:
    """Take no notice of a second load."""
    return To(host)


@host.alternative("quickstart.auth-on-ready", ends=MOUNT)
def remount_when_ready(host: Launching | Live, heard: Posted[Ready]) -> To[Minting, Unmount, AskMint]:
    """Mount afresh whenever an iframe gets ready, since it must have been loaded."""
    return To(Minting(), Unmount(), AskMint())


@host.alternative("public.token-expired")
def shrug_at_expiry(host: Live | Refreshing, heard: Posted[TokenExpired]) -> To[Live | Refreshing]:
    """Take no notice of an embed without a token."""
    return To(host)


# -- mistakes of the embed's ---------------------------------------------------------------------------


@frame.alternative("bootstrap.access-after-ready")
def wait_without_a_word(frame: Loaded) -> To[Waiting]:
    """Forget to say ready."""
    return To(Waiting(frame.shown))


@frame.alternative("oauth.returns")
def stay_at_hosted(frame: Hosted, heard: Sent[ReturnFrame]) -> To[Hosted]:
    """Stay at the hosted page after authorization."""
    return To(frame)


@frame.alternative("refresh.early", ends=FRAME_DOCUMENT)
def reload_after_refusal(frame: Running | Asking, heard: Sent[Unauthorized]) -> To[Requesting, GetDocument, LoadedAgain]:
    """Reload the document after a 401."""
    url = evolve(frame.shown.location, launch=frame.shown.source)
    return To(Requesting(url, Requester.RELOAD), GetDocument(url, Requester.RELOAD), LoadedAgain())


# -- mistakes of the server's --------------------------------------------------------------------------


@api.alternative("refresh.early")
def lack_permission(api: Serving, heard: Sent[ApiCall]) -> To[Serving, Unauthorized]:
    """Answer a call that lacks a permission with a 401."""
    return To(api, Unauthorized(heard.message.bearer))


def weak_network(protocol: Protocol) -> Protocol:
    """Let the network fail for ever."""
    return evolve(protocol, channels=tuple(evolve(c, fair=None) if isinstance(c, Exchange) else c for c in protocol.channels))


def silent(protocol: Protocol) -> Protocol:
    """Have an embed that never says ready, and a host that waits for it without a timer."""
    return protocol.replacing("announce_ready", wait_without_a_word).without("stop_waiting_for_ready")


def always_refused(protocol: Protocol) -> Protocol:
    """Have an embed that reloads after each 401, and a server that always answers with one."""
    return protocol.replacing("serve_call", lack_permission).replacing("ask_after_refusal", reload_after_refusal)


def kept_back(protocol: Protocol) -> Protocol:
    """Have a host that keeps new tokens to itself, and an embed that does not give up."""
    return protocol.replacing("send_new_token", answer_nobody).without("give_up")


def misdirected(protocol: Protocol) -> Protocol:
    """Have a host that sends new tokens to a document of the past, and an embed that does not give up."""
    return protocol.replacing("send_new_token", answer_another_document).without("give_up")


def asked_for_ever(protocol: Protocol) -> Protocol:
    """Have a host that asks a gone session again, and an embed that does not give up."""
    return protocol.replacing("replace_gone_session", ask_a_gone_session_again).without("give_up")


def without(*transitions: str) -> Callable[[Protocol], Protocol]:
    """Give a function that takes transitions away."""
    return lambda protocol: protocol.without(*transitions)


def replacing(name: str, other: Transition) -> Callable[[Protocol], Protocol]:
    """Give a function that puts one transition in the place of another."""
    return lambda protocol: protocol.replacing(name, other)


NO_TIMER: Final = without("stop_waiting_for_ready")
HANGING: Final = without("show_error", "stop_waiting_for_ready")
UNSEEN: Final = without("show_document", "stop_waiting_for_ready")
DEAF: Final = without("answer_ready", "stop_waiting_for_ready")
UNHEARD: Final = without("replace_gone_session", "give_up")
SHRUGS: Final = replacing("remount_after_load", shrug_at_reload)
FORBIDDEN: Final = replacing("serve_call", lack_permission)

STUCK: Final = (
    Stuck("never ready", replacing("announce_ready", wait_without_a_word), "opened-page-works", 1, 5, "mounted again and again"),
    Stuck("no network", weak_network, "opened-page-works", 1, 2, "every mint is lost"),
    Stuck("error page stays", NO_TIMER, "opened-page-works", 5, 0, "nobody notices the error page"),
    Stuck("reload unnoticed", SHRUGS, "reload-leads-to-fresh-launch", 11, 0, "the reload ends in an error page"),
    Stuck("loads unheard", without("remount_after_load"), "reload-leads-to-fresh-launch", 11, 0, "nobody hears of the reload"),
    Stuck("token kept back", kept_back, "request-is-answered", 15, 4, "the embed works on with what it has, until it cannot"),
    Stuck("wrong document", misdirected, "request-is-answered", 16, 4, "the answer goes to a document that is gone"),
    Stuck(
        "failures ignored", lambda p: p.assuming(refresh_failure="nothing"), "request-is-answered", 12, 4, "one loss was enough"
    ),
    Stuck("no permission", FORBIDDEN, "refusal-leads-to-a-served-call", 11, 8, "401, refresh, 401"),
    Stuck("token kept back", kept_back, "refusal-leads-to-a-served-call", 15, 4, "every call is made with a dead token"),
    Stuck("no permission", FORBIDDEN, "refusals-come-to-an-end", 1, 15, "401, refresh, 401"),
    Stuck(
        "two askers", lambda p: p.assuming(second_refresh="join"), "refusals-come-to-an-end", 1, 17, "one request ahead for ever"
    ),
    Stuck(
        "starts over", replacing("refresh_again", start_over_at_once), "passing-failure-keeps-session", 23, 0, "one loss ends it"
    ),
    Stuck("asked by success", without("refresh_again"), "passing-failure-keeps-session", 12, 4, "nobody asks after a loss"),
    Stuck("asks for ever", asked_for_ever, "revoked-session-is-left", 13, 6, "the server says no, the host asks again"),
    Stuck("gone unheard", UNHEARD, "revoked-session-is-left", 15, 4, "the embed calls in vain"),
    Stuck(
        "frame stays",
        replacing("return_to_embed", stay_at_hosted),
        "authorization-ends-well",
        12,
        0,
        "connected, at the hosted page",
    ),
    Stuck("return unnoticed", SHRUGS, "authorization-ends-well", 14, 0, "decided, before an error page"),
    Stuck("no second mint", without("mint_again"), "mint-ends", 3, 0, "one loss, and the page waits"),
    Stuck("no network", weak_network, "mint-ends", 1, 2, "every mint is lost"),
    Stuck("no timer", NO_TIMER, "launch-ends", 5, 0, "an error page says no ready"),
    Stuck("never ready, no timer", silent, "launch-ends", 5, 0, "nobody begins"),
    Stuck("no second refresh", without("refresh_again"), "refresh-ends", 12, 4, "one loss, and the host waits"),
    Stuck("asks for ever", asked_for_ever, "refresh-ends", 13, 6, "the server says no, the host asks again"),
    Stuck("failed load hangs", HANGING, "document-request-ends", 5, 0, "the load failed, and nothing shows it"),
    Stuck("answer unseen", UNSEEN, "document-request-ends", 5, 0, "the document is not shown"),
    Stuck("ready unheard", DEAF, "auth-comes", 7, 1, "nobody listened when ready was said"),
    Stuck("never ready, no timer", silent, "auth-comes", 6, 1, "nobody begins"),
    Stuck("expiry unheard", without("replace_session"), "nothing-dead-stays", 18, 0, "the embed gave up, and stays"),
    Stuck(
        "expiry ignored",
        replacing("replace_session", shrug_at_expiry),
        "nothing-dead-stays",
        18,
        0,
        "the embed gave up, and stays",
    ),
    Stuck("error page stays", NO_TIMER, "nothing-dead-stays", 5, 0, "nobody notices the error page"),
    Stuck(
        "remounts when ready", replacing("answer_ready", remount_when_ready), "mounting-comes-to-an-end", 1, 6, "a reload loop"
    ),
    Stuck("reloads when refused", always_refused, "mounting-comes-to-an-end", 1, 11, "a reload loop with a 401 in it"),
)
