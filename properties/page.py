"""The page: whom it listens to, what it shows, and what it does not lose."""

from __future__ import annotations

from typing import Any

from launchproof import Place, Posted, Sent, always, each_step, sometimes, wherever
from model.api import Serving
from model.element import Box
from model.frame_phases import AnyPhase, Asking, Ended, Hosted, NoFrame, Running
from model.host import Closed, Failed, Minting, Mounted, Open, Relaunching, Unmounted
from model.messages import (
    CreateSession,
    Document,
    LaunchRefused,
    LoadedAgain,
    MintRefused,
    Navigate,
    OpenAuthorization,
    PageTaken,
    Ready,
    Resize,
    SessionCreated,
    SetHeight,
    TabSession,
    TokenExpired,
    TokenRefresh,
    Unmount,
)
from model.names import Height, Origin, Where, Window
from model.second_tab import NoTab, TabLaunching, TabLive, TabMinting
from model.setup import AtHosted, AtProvider, Connected, NoConnection


@each_step("quickstart.embed-origin", "quickstart.source", "ours.late-messages")
def strangers_change_nothing(before: Open, heard: Posted[Any], after: Open, dropped: bool) -> bool | None:
    """A message from anywhere but the mounted window at the embed's origin changes nothing."""
    if heard.origin is Origin.EMBED and heard.source is Window.FRAME:
        return None
    return dropped and before == after


@each_step("bootstrap.access-after-ready", "quickstart.auth-on-ready")
def no_message_is_lost(
    before: Mounted, heard: Posted[Ready | TokenRefresh | TokenExpired | Navigate], dropped: bool
) -> bool | None:
    """Nothing that the mounted embed says is lost because nobody listened."""
    if heard.origin is not Origin.EMBED or heard.source is not Window.FRAME:
        return None
    return not dropped


@always("quickstart.resize", "ours.finite-height", "ours.capped-height")
def height_is_sane(element: Box) -> bool:
    """The iframe's height is a finite number, and at least 480 px."""
    return element.height is Height.WITHIN


@each_step("quickstart.resize", "ours.capped-height")
def height_is_taken(before: Box, heard: Sent[SetHeight], dropped: bool) -> bool:
    """A height that the host sets is not ignored: it is taken, or what is nearest to it within the bounds."""
    return not dropped


@each_step("quickstart.resize")
def resize_changes_the_height_only(before: Mounted, heard: Posted[Resize], after: Open) -> bool:
    """A reported height changes nothing of what the host knows."""
    return after == before


@each_step("quickstart.resize")
def reporting_changes_nothing(before: AnyPhase, said: Resize, after: AnyPhase) -> bool:
    """An embed that reports its height goes on with what it did."""
    return after == before


@wherever("oauth.hosted", "oauth.not-all-in-frame")
def provider_is_never_framed(at: AtProvider, place: Place) -> bool:
    """No provider's page is ever shown inside the iframe, so no authorization completes there."""
    return at.where is not Where.FRAME


@each_step("quickstart.mint-body", "public.mint-bounds", "public.ttl-bounds")
def mint_keeps_bounds(before: Serving, heard: Sent[CreateSession], said: SessionCreated) -> bool:
    """No session is made from a body with a field out of bounds."""
    return heard.message.body.acceptable


@always("quickstart.mount", "ours.abort-on-unmount", "ours.one-minter")
def no_frame_without_mount(host: Unmounted | Closed, frame: AnyPhase) -> bool:
    """A page that is closed, or has unmounted the component, shows no iframe."""
    return isinstance(frame, NoFrame)


@always("quickstart.mount")
def mounted_page_has_a_frame(host: Mounted, frame: AnyPhase) -> bool:
    """While the host has an iframe mounted, there is one."""
    return not isinstance(frame, NoFrame)


@always("refresh.rebootstrap", "ours.abort-on-unmount")
def no_embed_without_mount(host: Minting | Relaunching | Failed, frame: AnyPhase) -> bool:
    """Nobody works, or has given up, in an iframe while the host starts over: the old one is gone by then."""
    return not isinstance(frame, Running | Asking | Ended)


@always("ours.one-minter", "ours.retry", "ours.abort-on-unmount")
def mint_is_waited_for(host: Closed | Open, mint_call: tuple[Sent[object], ...]) -> bool:
    """Something is in flight between page and backend, for a mount, exactly while the host waits for it."""
    return bool(mint_call) == isinstance(host, Minting | Relaunching)


@each_step("public.mint-bounds")
def failure_follows_a_refused_mint(
    before: Closed | Unmounted | Minting | Mounted | Relaunching, heard: object, after: Failed
) -> bool:
    """The user is told that there is nothing to show only when a mint was refused."""
    return isinstance(heard, Sent) and isinstance(heard.message, MintRefused)


@always("ours.one-minter", "quickstart.mint-on-backend", "ours.abort-on-unmount")
def one_mint_in_flight(mint_call: tuple[Sent[object], ...]) -> bool | None:
    """At most one mint is in flight for a page."""
    return len(mint_call) == 1 if mint_call else None


@sometimes("oauth.returns")
def a_connection_becomes_available(setup: Connected) -> bool:
    """Authorization can lead to a connection in the workspace."""
    return True


@each_step("oauth.not-all-in-frame", "ours.announce-leaving")
def authorization_is_not_cut_off(before: Mounted, heard: Sent[LoadedAgain], said: Unmount) -> bool:
    """The host does not take the way to the authorization page for a reload, and remove the iframe on its account."""
    return not heard.message.leaving


@always("oauth.hosted", "oauth.not-all-in-frame")
def hosted_page_goes_with_its_frame(setup: AtHosted, frame: AnyPhase) -> bool:
    """The hosted page is open inside the iframe only while the iframe shows it."""
    return isinstance(frame, Hosted)


@always("oauth.leaves", "oauth.returns")
def page_and_provider_take_turns(setup: AtProvider, host: Open) -> bool:
    """While the page is open, no provider's page is in its place."""
    return setup.where is not Where.PAGE


@each_step("oauth.leaves")
def other_tab_goes_on(before: AtProvider, heard: Sent[PageTaken], after: object) -> bool | None:
    """Opening the page again does not end an authorization that runs in a tab of its own."""
    return after == before if before.where is Where.TAB else None


@each_step("oauth.leaves", "oauth.starts-in-frame")
def new_tab_shows_the_provider(
    before: NoConnection | AtHosted | AtProvider | Connected, heard: Sent[OpenAuthorization], after: object
) -> bool | None:
    """Setting a connection up in a new tab leads to the provider there."""
    return after == AtProvider(Where.TAB) if heard.message.where is Where.TAB else None


@each_step("oauth.returns", "oauth.not-all-in-frame")
def connection_takes_a_provider(before: NoConnection | AtHosted | AtProvider, heard: object, after: Connected) -> bool:
    """A connection comes from the provider's page, when access is granted there, and from nowhere else."""
    return isinstance(before, AtProvider) and heard is None


@each_step("oauth.returns")
def removed_connection_is_gone(before: Connected, heard: None, after: object) -> bool:
    """A connection that the user removes is not there any more."""
    return after == NoConnection()


@each_step("quickstart.mint-answer", "quickstart.mount")
def second_tab_is_told_once(
    before: NoTab | TabMinting | TabLaunching | TabLive, heard: Sent[TabSession | Document | LaunchRefused], dropped: bool
) -> bool:
    """The second tab gets one session, and one document, for which it waits."""
    return not dropped
