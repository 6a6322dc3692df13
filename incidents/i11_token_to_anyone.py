"""The page posts the token to `*`.

Whatever the frame shows by then gets it: another origin, if the frame was led there.
"""

from __future__ import annotations

from launchproof import Posted, Protocol, To, when
from model.host import Launching, Live, from_embed_origin, from_our_frame, host
from model.messages import Auth, Ready

SEEN_IN = "https://github.com/adobe/da-live/pull/1154"
REFUTED_BY = "token-heard-by-embed-only"
CAPABILITIES = ("navigated-frame",)


@host.alternative("quickstart.auth-on-ready")
@when(from_embed_origin)
@when(from_our_frame)
def answer_anyone(host: Launching | Live, heard: Posted[Ready]) -> To[Live, Auth]:
    """Answer ready without a target origin."""
    auth = Auth(host.access, host.session, heard.message.document, target=None)
    return To(Live(host.session, host.access, host.embed), auth)


def apply(protocol: Protocol) -> Protocol:
    """Answer so."""
    return protocol.replacing("answer_ready", answer_anyone)
