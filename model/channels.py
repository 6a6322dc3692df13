"""How the parties reach each other, and what dies together.

Window messages are queued per target window, in order, and compare the target origin at delivery
(HTML, "Cross-document messaging"). Three kinds of message need no queue, because their sender may
say them at any moment and what they say depends on nothing that changes meanwhile: forged messages,
reported heights, and calls between servers, whose loss is the loss of the page's own exchange.
"""

from __future__ import annotations

from typing import Final

from launchproof import ASKER, Channel, Exchange, Instant, Lifetime, Post, strongly
from model import messages as m
from model.environment import NETWORK
from model.names import Origin, Window

RECOVERS: Final = strongly("The network recovers: a call that keeps being tried succeeds in the end.")
PATIENT: Final = strongly("The host waits long enough: of loads that begin again and again, one is ready in time.")

HOST_HEARS: Final = (m.Ready, m.TokenRefresh, m.TokenExpired, m.Navigate, m.Resize)

TO_HOST: Final = Post("to_host", "frame", "host", HOST_HEARS[:-1], "what the embed posts to its parent", fair=PATIENT)
TO_FRAME: Final = Post("to_frame", "host", "frame", (m.Auth,), "what the host posts to its iframe's window")
HEIGHTS: Final = Post(
    "heights",
    "frame",
    "host",
    (m.Resize,),
    "heights, reported at any moment",
    forged=(Origin.EMBED, Window.FRAME),
)

MINT_CALL: Final = Exchange(
    "mint_call",
    "host",
    {
        m.AskMint: "backend",
        m.MintAnswer: "host",
        m.MintRefused: "host",
        m.AskLaunch: "backend",
        m.LaunchAnswer: "host",
        m.NoLaunch: "host",
        m.NetworkError: "host",
    },
    "the page's request to its backend for a session",
    lost=m.NetworkError(),
    unreliable=NETWORK.name,
    fair=RECOVERS,
    cites=("quickstart.mint-on-backend",),
)
REFRESH_CALL: Final = Exchange(
    "refresh_call",
    "host",
    {m.AskRefresh: "backend", m.RefreshAnswer: "host", m.SessionGone: "host", m.NetworkError: "host"},
    "the page's request to its backend to refresh",
    lost=m.NetworkError(),
    unreliable=NETWORK.name,
    fair=RECOVERS,
    cites=("refresh.host-steps",),
)
DOCUMENT_CALL: Final = Exchange(
    "document_call",
    "frame",
    {m.GetDocument: "api", m.Document: ASKER, m.LaunchRefused: ASKER, m.NetworkError: "frame"},
    "the iframe's document request",
    lost=m.NetworkError(),
    unreliable=NETWORK.name,
    fair=RECOVERS,
    cites=("bootstrap.launch-starts-frame",),
)
API_CALL: Final = Exchange(
    "api_call",
    "frame",
    {m.ApiCall: "api", m.CallAnswered: ASKER, m.Unauthorized: ASKER, m.NetworkError: "frame"},
    "a call of the embed's with its access token; one at a time stands for all",
    lost=m.NetworkError(),
    unreliable=NETWORK.name,
    fair=RECOVERS,
    cites=("refresh.early",),
)
LOAD_EVENTS: Final = Exchange(
    "load_events",
    "frame",
    {m.LoadedAgain: "host"},
    "load events of the iframe, in no order with its messages",
    coalesced=True,
)

SERVERS: Final = Instant(
    "servers",
    ("backend",),
    {
        m.CreateSession: "api",
        m.SessionCreated: "backend",
        m.BodyRefused: "backend",
        m.RefreshSession: "api",
        m.SessionRefreshed: "backend",
        m.RefreshRefused: "backend",
        m.CreateLaunch: "api",
        m.LaunchCreated: "backend",
        m.LaunchUnavailable: "backend",
    },
    "the backend's calls of the Session API",
)
BROWSER: Final = Instant(
    "browser",
    ("host", "frame", "urls", "setup"),
    {
        m.Mount: "frame",
        m.Unmount: "frame",
        m.Visited: "urls",
        m.GoBack: "urls",
        m.Restore: "frame",
        m.SetHeight: "element",
        m.ResetHeight: "element",
        m.OpenAuthorization: "setup",
        m.HostedClosed: "setup",
        m.PageTaken: "setup",
        m.LeavePage: "host",
        m.ReturnFrame: "frame",
        m.ReturnPage: "host",
    },
    "what happens at once inside the browser",
)
REPLAYS: Final = Instant(
    "replays",
    ("urls",),
    {
        m.GetDocument: "api",
        m.Document: ASKER,
        m.LaunchRefused: ASKER,
        m.ApiCall: "api",
        m.CallAnswered: ASKER,
        m.Unauthorized: ASKER,
    },
    "requests by whoever read a URL, at any moment",
)
SECOND_TAB: Final = Instant(
    "second_tab_calls",
    ("second_tab",),
    {
        m.AskTabSession: "backend",
        m.TabSession: "second_tab",
        m.GetDocument: "api",
        m.Document: ASKER,
        m.LaunchRefused: ASKER,
    },
    "the second tab's requests; what matters is what the first page does meanwhile",
)


def forgery(name: str, receiver: str, carries: tuple[type, ...], origin: Origin, source: Window) -> Post:
    """Make a channel of posts that somebody else makes, at any moment."""
    return Post(name, "urls", receiver, carries, "posts of somebody else's", forged=(origin, source))


FOREIGN_TO_HOST: Final = forgery("foreign_to_host", "host", HOST_HEARS, Origin.FOREIGN, Window.FOREIGN)
FOREIGN_TO_FRAME: Final = forgery("foreign_to_frame", "frame", (m.Auth,), Origin.FOREIGN, Window.FOREIGN)
SIBLING_TO_HOST: Final = forgery("sibling_to_host", "host", HOST_HEARS, Origin.EMBED, Window.SIBLING)
SIBLING_TO_FRAME: Final = forgery("sibling_to_frame", "frame", (m.Auth,), Origin.EMBED, Window.SIBLING)
FORMER_TO_HOST: Final = forgery("former_to_host", "host", HOST_HEARS, Origin.EMBED, Window.FORMER_FRAME)
ELSEWHERE_TO_HOST: Final = Post(
    "elsewhere_to_host",
    "frame",
    "host",
    HOST_HEARS,
    "posts of another origin in our window",
    forged=(Origin.FOREIGN, Window.FRAME),
)

CHANNELS: Final[tuple[Channel, ...]] = (
    TO_HOST,
    TO_FRAME,
    MINT_CALL,
    REFRESH_CALL,
    DOCUMENT_CALL,
    API_CALL,
    LOAD_EVENTS,
    HEIGHTS,
    SERVERS,
    BROWSER,
    REPLAYS,
    SECOND_TAB,
    FOREIGN_TO_HOST,
    FOREIGN_TO_FRAME,
    SIBLING_TO_HOST,
    SIBLING_TO_FRAME,
    FORMER_TO_HOST,
    ELSEWHERE_TO_HOST,
)

FRAME_DOCUMENT: Final = Lifetime(
    "the iframe's document",
    ("to_frame", "document_call", "api_call"),
    "Messages go to the document that is there when they are posted, and die with it, as do its requests.",
)
MOUNT: Final = Lifetime(
    "the mount",
    ("mint_call", "refresh_call", "to_host", "load_events"),
    "With the iframe go its load events and what it posted (see `former_frame_posts`); with the mount, what it asked for.",
)
MINT: Final = Lifetime("the mint in flight", ("mint_call",), "A mint that nobody waits for is aborted.")
REFRESH: Final = Lifetime("the refresh in flight", ("refresh_call",), "A refresh that nobody waits for is aborted.")
CALLS: Final = Lifetime("the embed's calls", ("api_call",), "What the embed asked for with a token it gives up.")
