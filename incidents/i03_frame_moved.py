"""The iframe is moved in the page, and loads its source again.

A component that moves the element to another place takes it for the same one. The browser does not: the
old launch URL is requested again, refused, and nobody looks at the second load.
"""

from __future__ import annotations

from launchproof import Protocol, To
from model.channels import FRAME_DOCUMENT
from model.environment import USER
from model.frame import frame, request_again
from model.frame_phases import Requesting, Running
from model.messages import GetDocument, LoadedAgain
from model.names import Requester

SEEN_IN = "https://github.com/httptoolkit/react-reverse-portal/issues/14"
REFUTED_BY = "no-deadlock"
CAPABILITIES = ("user",)


@frame.alternative("bootstrap.hard-reload", capability=USER, ends=FRAME_DOCUMENT)
def be_moved(frame: Running) -> To[Requesting, GetDocument, LoadedAgain]:
    """Load the source again, since the element was taken out and put in elsewhere."""
    return request_again(frame.shown.source, Requester.RELOAD)


def apply(protocol: Protocol) -> Protocol:
    """Move the iframe, and take no notice of another load."""
    return protocol.adding(be_moved).without("remount_after_load", "reload_frame")
