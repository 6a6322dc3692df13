"""A link inside the frame loads another document; the page goes on with the old one.

The page took the first ready for the last. The new document says ready, too, is not answered, and waits
for its token for ever.
"""

from __future__ import annotations

from launchproof import Posted, Protocol, To, when
from model.host import Launching, Live, from_embed_origin, from_our_frame, host
from model.messages import Auth, Ready

SEEN_IN = "https://github.com/apache/superset/issues/44468"
REFUTED_BY = "no-deadlock"
CAPABILITIES = ("user",)


@host.alternative("quickstart.auth-on-ready")
@when(from_embed_origin)
@when(from_our_frame)
def answer_first_ready(host: Launching, heard: Posted[Ready]) -> To[Live, Auth]:
    """Answer the first ready of a mount."""
    auth = Auth(host.access, host.session, heard.message.document, target=host.embed)
    return To(Live(host.session, host.access, host.embed), auth)


def apply(protocol: Protocol) -> Protocol:
    """Answer once, where a frame can load again, and nobody mounts it afresh."""
    answering = protocol.replacing("answer_ready", answer_first_ready).without("remount_after_load")
    return answering.assuming(launch_use="expiry-only")
