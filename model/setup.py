"""Authorization of a connection: a hosted page, the provider's page, and the way back."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof import Machine, Sent, To, weakly, when
from model.environment import USER
from model.messages import HostedClosed, OpenAuthorization, PageTaken, ReturnFrame, ReturnPage
from model.names import Where

DECIDES: Final = weakly("Who is asked to authorize agrees, refuses, or gives up.")


@frozen
class NoConnection:
    """No authorization is under way, and no connection is there."""


@frozen
class AtHosted:
    """The hosted authorization page is open."""

    where: Where


@frozen
class AtProvider:
    """The provider's page is open."""

    where: Where


@frozen
class Connected:
    """The connection is available in the workspace."""


setup: Final = Machine(
    "setup",
    initial=NoConnection(),
    phases=(NoConnection, AtHosted, AtProvider, Connected),
    resting=(NoConnection, AtHosted, AtProvider, Connected),
    meaning="the authorization of a connection, and the connection in the workspace",
)


def outside_the_frame(_setup: object, heard: Sent[OpenAuthorization]) -> bool:
    """The hosted page is not opened inside the iframe, where no provider may be shown."""
    return heard.message.where is not Where.FRAME


def in_a_tab(setup: AtProvider) -> bool:
    """The provider's page is in a tab of its own."""
    return setup.where is Where.TAB


def in_the_page(setup: AtProvider) -> bool:
    """The provider's page took the place of the host's."""
    return setup.where is Where.PAGE


@setup.transition("oauth.hosted", "oauth.starts-in-frame", "oauth.leaves")
@when(outside_the_frame, "oauth.not-all-in-frame")
def pass_through_hosted(
    setup: NoConnection | AtHosted | AtProvider | Connected,
    heard: Sent[OpenAuthorization],
) -> To[AtProvider]:
    """Show the hosted page, which goes on to the provider at once; a setup under way is abandoned."""
    return To(AtProvider(heard.message.where))


@setup.transition("oauth.hosted", "oauth.starts-in-frame", otherwise=pass_through_hosted)
def open_hosted(setup: NoConnection | AtHosted | AtProvider | Connected, heard: Sent[OpenAuthorization]) -> To[AtHosted]:
    """Show the hosted page inside the iframe; a setup under way is abandoned."""
    return To(AtHosted(heard.message.where))


@setup.transition("oauth.not-all-in-frame", "oauth.leaves", capability=USER, fair=DECIDES)
def break_out(setup: AtHosted) -> To[AtProvider]:
    """Go on to the provider in a new tab, since it is not shown inside an iframe."""
    return To(AtProvider(Where.TAB))


@setup.transition("oauth.returns", capability=USER, fair=DECIDES)
@when(in_a_tab, "oauth.returns")
def authorize_in_tab(setup: AtProvider) -> To[Connected, ReturnFrame]:
    """Grant access; an iframe that shows the hosted page goes back to the embed."""
    return To(Connected(), ReturnFrame())


@setup.transition("oauth.returns", capability=USER, fair=DECIDES)
@when(in_the_page, "oauth.returns")
def authorize_in_page(setup: AtProvider) -> To[Connected, ReturnPage]:
    """Grant access; the page goes back to the host's."""
    return To(Connected(), ReturnPage())


@setup.transition("oauth.returns", capability=USER, fair=DECIDES)
@when(in_a_tab, "oauth.returns")
def deny_in_tab(setup: AtProvider) -> To[NoConnection, ReturnFrame]:
    """Refuse access; an iframe that shows the hosted page goes back to the embed."""
    return To(NoConnection(), ReturnFrame())


@setup.transition("oauth.returns", capability=USER, fair=DECIDES)
@when(in_the_page, "oauth.returns")
def deny_in_page(setup: AtProvider) -> To[NoConnection, ReturnPage]:
    """Refuse access; the page goes back to the host's."""
    return To(NoConnection(), ReturnPage())


@setup.transition("oauth.not-all-in-frame")
def lose_hosted(setup: AtHosted, heard: Sent[HostedClosed]) -> To[NoConnection]:
    """End with the iframe that showed the hosted page."""
    return To(NoConnection())


@setup.transition("oauth.leaves")
@when(in_the_page, "oauth.leaves")
def be_left(setup: AtProvider, heard: Sent[PageTaken]) -> To[NoConnection]:
    """End when the page's tab goes back to the host's page before the provider is done."""
    return To(NoConnection())


@setup.transition("oauth.leaves", capability=USER, fair=DECIDES)
def abandon(setup: AtHosted | AtProvider) -> To[NoConnection]:
    """Close the tab, or never come back."""
    return To(NoConnection())


@setup.transition("oauth.returns", capability=USER)
def remove_connection(setup: Connected) -> To[NoConnection]:
    """Remove the connection again."""
    return To(NoConnection())
