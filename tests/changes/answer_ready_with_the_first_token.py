"""Answer ready with the token from page load.

The page renders the token into the component once; a refreshed one is passed on, and not kept.
"""

from __future__ import annotations

from launchproof import Protocol, Sent, To
from model.host import Live, Refreshing, host
from model.messages import Auth, RefreshAnswer


@host.alternative("refresh.host-steps")
def pass_on_new_token(host: Refreshing, heard: Sent[RefreshAnswer]) -> To[Live, Auth]:
    """Send the new token to the document that wanted it, and keep the one from page load."""
    auth = Auth(heard.message.access, host.session, host.document, target=host.embed)
    return To(Live(host.session, host.access, host.embed), auth)


def apply(protocol: Protocol) -> Protocol:
    """Keep the first token for good."""
    return protocol.replacing("send_new_token", pass_on_new_token)
