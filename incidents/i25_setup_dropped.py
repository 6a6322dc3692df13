"""Back from the provider, the page starts afresh, and drops the setup that was under way.

The page that returns asks for a new flow in place of going on with the one it left. The connection is
never there.
"""

from __future__ import annotations

from launchproof import Protocol, To, when
from model.environment import USER
from model.messages import ReturnFrame, ReturnPage
from model.setup import AtProvider, NoConnection, in_a_tab, in_the_page, setup

SEEN_IN = "https://github.com/plaid/tiny-quickstart/pull/54"
REFUTED_BY = "a-connection-becomes-available"
CAPABILITIES = ("user",)


@setup.alternative("oauth.returns", capability=USER)
@when(in_the_page)
def return_and_start_over(setup: AtProvider) -> To[NoConnection, ReturnPage]:
    """Grant access, and come back to a page that knows nothing of it."""
    return To(NoConnection(), ReturnPage())


@setup.alternative("oauth.returns", capability=USER)
@when(in_a_tab)
def return_to_another_flow(setup: AtProvider) -> To[NoConnection, ReturnFrame]:
    """Grant access, and come back to an embed that knows nothing of it."""
    return To(NoConnection(), ReturnFrame())


def apply(protocol: Protocol) -> Protocol:
    """Return so."""
    returning = protocol.replacing("authorize_in_page", return_and_start_over)
    return returning.replacing("authorize_in_tab", return_to_another_flow)
