"""The host page: mints, mounts, answers ready, refreshes, and mounts afresh when it must."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from launchproof import Machine, Posted, Sent, To, when
from model.channels import MINT, MOUNT, REFRESH
from model.environment import FRESH_LAUNCH, REFRESH_FAILURE, SECOND_REFRESH, USER
from model.messages import (
    AskLaunch,
    AskMint,
    AskRefresh,
    Auth,
    GoBack,
    LaunchAnswer,
    LeavePage,
    LoadedAgain,
    MintAnswer,
    MintRefused,
    Mount,
    Navigate,
    NetworkError,
    NoLaunch,
    PageTaken,
    Ready,
    RefreshAnswer,
    Resize,
    ReturnPage,
    SessionGone,
    SetHeight,
    TokenExpired,
    TokenRefresh,
    Unmount,
)
from model.names import AccessToken, DocumentId, Origin, Reported, SessionId, Window


@frozen
class Closed:
    """The page is not open."""


@frozen
class Unmounted:
    """The page is open, the component is not mounted."""


@frozen
class Minting:
    """The backend was asked for a session."""


@frozen
class Launching:
    """The iframe's source is set; the host waits for meshes:ready."""

    session: SessionId
    access: AccessToken
    embed: Origin


@frozen
class Live:
    """The iframe was given a token."""

    session: SessionId
    access: AccessToken
    embed: Origin


@frozen
class Refreshing:
    """The backend was asked for a new token, for the document that wanted one."""

    session: SessionId
    access: AccessToken
    embed: Origin
    document: DocumentId


@frozen
class Parted:
    """The embed said that it leaves its frame for authorization."""

    session: SessionId
    access: AccessToken
    embed: Origin


@frozen
class Relaunching:
    """The backend was asked for a fresh launch URL of the session (fresh-launch: yes)."""

    session: SessionId
    access: AccessToken


@frozen
class Failed:
    """The backend cannot mint; the user was told."""


Mounted = Launching | Live | Refreshing | Parted
Open = Unmounted | Minting | Launching | Live | Refreshing | Parted | Relaunching | Failed


def page_origin(phase: object) -> Origin | None:
    """Give the origin of the page's document, where there is one."""
    return None if isinstance(phase, Closed) else Origin.HOST


host: Final = Machine(
    "host",
    initial=Closed(),
    phases=(Closed, Unmounted, Minting, Launching, Live, Refreshing, Parted, Relaunching, Failed),
    resting=(Closed, Unmounted, Live, Parted, Failed),
    origin=page_origin,
    window=Window.PARENT,
    meaning="the customer's page, and the component on it that embeds the workspace",
)


def from_embed_origin(host: Mounted, heard: Posted[Any]) -> bool:
    """The message comes from the origin that the launch URL named."""
    return heard.origin is host.embed


def from_our_frame(_host: Mounted, heard: Posted[Any]) -> bool:
    """The message comes from the window that the host mounted."""
    return heard.source is Window.FRAME


def height_is_finite(_host: Mounted, heard: Posted[Resize]) -> bool:
    """The reported height is a finite number."""
    return heard.message.height not in (Reported.MISSING, Reported.INFINITE)


# -- minting and mounting ----------------------------------------------------------------------------


@host.transition("quickstart.mint-on-backend", "bootstrap.fresh-first-load")
def open_page(host: Closed) -> To[Minting, AskMint, PageTaken]:
    """Open the page: its component mounts, and asks the backend for a session."""
    return To(Minting(), AskMint(), PageTaken())


@host.transition(
    "quickstart.mount",
    "quickstart.mint-answer",
    "bootstrap.two-tokens",
    "quickstart.embed-origin",
    "ours.fresh-element",
    ends=MOUNT,
)
def mount(host: Minting, heard: Sent[MintAnswer]) -> To[Launching, Mount]:
    """Mount the launch URL in a fresh iframe, keep the access token back, and note the embed's origin."""
    answer = heard.message
    return To(Launching(answer.session, answer.access, answer.launch_url.origin), Mount(answer.launch_url))


@host.transition("public.mint-bounds")
def give_up_minting(host: Minting, heard: Sent[MintRefused]) -> To[Failed, Unmount]:
    """Tell the user that the workspace cannot be shown, in place of any iframe that the browser restored."""
    return To(Failed(), Unmount())


@host.transition("ours.retry")
def mint_again(host: Minting, heard: Sent[NetworkError]) -> To[Minting, AskMint]:
    """Ask again for a session after a passing failure."""
    return To(Minting(), AskMint())


@host.transition("ours.ready-timeout", "refresh.rebootstrap", ends=MOUNT)
def stop_waiting_for_ready(host: Launching) -> To[Minting, Unmount, AskMint]:
    """Mount afresh when the iframe does not get ready in time."""
    return To(Minting(), Unmount(), AskMint())


# -- speaking with the embed --------------------------------------------------------------------------


@host.transition("quickstart.auth-on-ready", "bootstrap.access-after-ready")
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def answer_ready(host: Launching | Live, heard: Posted[Ready]) -> To[Live, Auth]:
    """Send the current access token to the embed's origin, and nowhere else."""
    return To(
        Live(host.session, host.access, host.embed),
        Auth(host.access, host.session, heard.message.document, target=host.embed),
    )


@host.transition("quickstart.auth-on-ready", "ours.bound-answer")
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def answer_ready_meanwhile(host: Refreshing, heard: Posted[Ready]) -> To[Refreshing, Auth]:
    """Send the current access token to a document that got ready while a refresh is in flight."""
    return To(host, Auth(host.access, host.session, heard.message.document, target=host.embed))


@host.transition("quickstart.refresh-on-request", "refresh.host-steps")
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def ask_refresh(host: Live, heard: Posted[TokenRefresh]) -> To[Refreshing, AskRefresh]:
    """Have the backend refresh the session."""
    return To(Refreshing(host.session, host.access, host.embed, heard.message.document), AskRefresh(host.session))


@host.transition("ours.join-refresh", given=SECOND_REFRESH("join"))
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def join_refresh(host: Refreshing, heard: Posted[TokenRefresh]) -> To[Refreshing]:
    """Let a second request wait for the refresh that is in flight."""
    return To(Refreshing(host.session, host.access, host.embed, heard.message.document))


@host.transition("quickstart.refresh-on-request", given=SECOND_REFRESH("start-another"))
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def start_another_refresh(host: Refreshing, heard: Posted[TokenRefresh]) -> To[Refreshing, AskRefresh]:
    """Start a second refresh beside the one in flight."""
    return To(Refreshing(host.session, host.access, host.embed, heard.message.document), AskRefresh(host.session))


@host.transition("refresh.host-steps", "refresh.same-session", "bootstrap.refresh-over-auth")
def send_new_token(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live, Auth]:
    """Make the new token current, and send it to the document that wanted it."""
    access = heard.message.access
    return To(
        Live(host.session, access, host.embed),
        Auth(access, host.session, host.document, target=host.embed),
    )


@host.transition("public.token-expired", "refresh.rebootstrap", ends=MOUNT)
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def replace_session(host: Live | Refreshing, heard: Posted[TokenExpired]) -> To[Minting, Unmount, AskMint]:
    """Start over with a fresh session when the embed has no usable token left."""
    return To(Minting(), Unmount(), AskMint())


@host.transition("ours.announce-leaving", "oauth.not-all-in-frame", ends=REFRESH)
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
def let_it_leave(host: Live | Refreshing, heard: Posted[Navigate]) -> To[Parted]:
    """Leave the iframe alone while it shows the hosted authorization page."""
    return To(Parted(host.session, host.access, host.embed))


@host.transition("quickstart.resize")
@when(from_embed_origin, "quickstart.embed-origin")
@when(from_our_frame, "quickstart.source")
@when(height_is_finite, "ours.finite-height")
def resize(host: Launching | Live | Refreshing, heard: Posted[Resize]) -> To[Launching | Live | Refreshing, SetHeight]:
    """Give the iframe the reported height."""
    return To(host, SetHeight(heard.message.height))


@host.transition("refresh.host-steps", given=SECOND_REFRESH("start-another"))
def take_late_token(host: Live, heard: Sent[RefreshAnswer]) -> To[Live]:
    """Make the other refresh's token current when it comes second, whichever was asked for first."""
    return To(Live(host.session, heard.message.access, host.embed))


# -- when a refresh fails -----------------------------------------------------------------------------


@host.transition("ours.retry", given=REFRESH_FAILURE("retry-then-fresh"))
def refresh_again(host: Refreshing, heard: Sent[NetworkError]) -> To[Refreshing, AskRefresh]:
    """Ask again after a passing failure."""
    return To(host, AskRefresh(host.session))


@host.transition("ours.retry", "refresh.rebootstrap", given=REFRESH_FAILURE("retry-then-fresh"), ends=MOUNT)
def replace_gone_session(host: Refreshing, heard: Sent[SessionGone]) -> To[Minting, Unmount, AskMint]:
    """Start over with a fresh session when the old one is gone."""
    return To(Minting(), Unmount(), AskMint())


@host.transition("refresh.host-steps", given=REFRESH_FAILURE("nothing"))
def let_refresh_fail(host: Refreshing, heard: Sent[NetworkError | SessionGone]) -> To[Live]:
    """Do nothing about a refresh that failed."""
    return To(Live(host.session, host.access, host.embed))


# -- reloads, and the user ----------------------------------------------------------------------------


@host.transition(
    "ours.remount-on-reload",
    "bootstrap.hard-reload",
    "quickstart.hard-reload",
    given=FRESH_LAUNCH("no"),
    ends=MOUNT,
)
def remount_after_load(host: Mounted, heard: Sent[LoadedAgain]) -> To[Minting, Unmount, AskMint]:
    """Mount afresh, with a fresh session, when the iframe was loaded a second time."""
    return To(Minting(), Unmount(), AskMint())


@host.transition("bootstrap.hard-reload", "quickstart.hard-reload", given=FRESH_LAUNCH("yes"), ends=MOUNT)
def relaunch_after_load(host: Mounted, heard: Sent[LoadedAgain]) -> To[Relaunching, Unmount, AskLaunch]:
    """Get a fresh launch URL of the same session when the iframe was loaded a second time."""
    return To(Relaunching(host.session, host.access), Unmount(), AskLaunch(host.session))


@host.transition("bootstrap.hard-reload", "ours.fresh-element", given=FRESH_LAUNCH("yes"), ends=MOUNT)
def mount_again(host: Relaunching, heard: Sent[LaunchAnswer]) -> To[Launching, Mount]:
    """Mount the fresh launch URL of the same session in a fresh iframe."""
    url = heard.message.launch_url
    return To(Launching(host.session, host.access, url.origin), Mount(url))


@host.transition("ours.retry", given=FRESH_LAUNCH("yes"))
def relaunch_again(host: Relaunching, heard: Sent[NetworkError]) -> To[Relaunching, AskLaunch]:
    """Ask again for a fresh launch URL after a passing failure."""
    return To(host, AskLaunch(host.session))


@host.transition("ours.retry", given=FRESH_LAUNCH("yes"), ends=MINT)
def mint_instead(host: Relaunching, heard: Sent[NoLaunch]) -> To[Minting, AskMint]:
    """Start over with a fresh session when the old one is gone."""
    return To(Minting(), AskMint())


@host.transition("ours.abort-on-unmount", capability=USER, ends=MOUNT)
def unmount(host: Minting | Mounted | Relaunching | Failed) -> To[Unmounted, Unmount]:
    """Remove the iframe, and abort what is in flight for it."""
    return To(Unmounted(), Unmount())


@host.transition("refresh.rebootstrap", capability=USER)
def mount_anew(host: Unmounted) -> To[Minting, AskMint]:
    """Mount the component again: with a fresh session."""
    return To(Minting(), AskMint())


@host.transition("ours.one-minter", capability=USER, ends=MINT)
def mount_twice(host: Minting) -> To[Minting, AskMint]:
    """Mount, unmount and mount in a row, as React's strict mode does: the first mint is aborted."""
    return To(Minting(), AskMint())


@host.transition("quickstart.hard-reload", capability=USER, ends=MOUNT)
def reload_page(host: Open) -> To[Minting, Unmount, AskMint]:
    """Reload the whole page: nothing it knew is left, and it mints afresh."""
    return To(Minting(), Unmount(), AskMint())


@host.transition("quickstart.hard-reload", capability=USER, ends=MOUNT)
def close_page(host: Open) -> To[Closed, Unmount]:
    """Close the page, or go elsewhere with it."""
    return To(Closed(), Unmount())


@host.transition("quickstart.hard-reload", capability=USER)
def go_back(host: Closed) -> To[Minting, GoBack, AskMint, PageTaken]:
    """Come back to the page: the browser restores the iframe's old address, the page mints afresh."""
    return To(Minting(), GoBack(), AskMint(), PageTaken())


@host.transition("oauth.leaves", ends=MOUNT)
def leave_for_authorization(host: Mounted, heard: Sent[LeavePage]) -> To[Closed, Unmount]:
    """Be redirected, as a whole, to the hosted authorization page."""
    return To(Closed(), Unmount())


@host.transition("oauth.returns", "refresh.rebootstrap")
def return_from_authorization(host: Closed, heard: Sent[ReturnPage]) -> To[Minting, AskMint]:
    """Open again after authorization: with a fresh session."""
    return To(Minting(), AskMint())
