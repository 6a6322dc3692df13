"""The frame is put into the page, and only then is the listener added.

What the frame posts before is lost, and nothing is posted again. (So the report suspected; what its
author had met turned out to be a wrong target origin, which loses the message as well.)
"""

from __future__ import annotations

from launchproof import Posted, Protocol, To, when
from model.host import Live, from_embed_origin, from_our_frame, host
from model.messages import Auth, Ready

SEEN_IN = "https://github.com/keycloak/keycloak/issues/9360"
REFUTED_BY = "no-message-is-lost"


@host.alternative("quickstart.auth-on-ready")
@when(from_embed_origin)
@when(from_our_frame)
def answer_once_listening(host: Live, heard: Posted[Ready]) -> To[Live, Auth]:
    """Answer ready, but not yet while the iframe is launching."""
    return To(host, Auth(host.access, host.session, heard.message.document, target=host.embed))


def apply(protocol: Protocol) -> Protocol:
    """Listen late."""
    return protocol.replacing("answer_ready", answer_once_listening)
