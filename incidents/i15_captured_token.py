"""The refresh callback returns the token that was there when the page loaded.

The page knows a new one. What it sends is the old, over and over, which has expired.
"""

from __future__ import annotations

from launchproof import Protocol, Sent, To
from model.host import Live, Refreshing, host
from model.messages import Auth, RefreshAnswer

SEEN_IN = "https://github.com/getlago/lago-front/pull/3816"
REFUTED_BY = "host-sends-its-current-token"


@host.alternative("refresh.host-steps")
def send_captured_token(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live, Auth]:
    """Keep the new token, and send the one that the callback closed over."""
    auth = Auth(host.access, host.session, host.document, target=host.embed)
    return To(Live(host.session, heard.message.access, host.embed), auth)


def apply(protocol: Protocol) -> Protocol:
    """Answer so."""
    return protocol.replacing("send_new_token", send_captured_token)
