"""Strict mode mounts, unmounts and mounts: the one-time code is exchanged twice.

Each mount's effect sends the code it finds. The second request may be the one that is served, and
what the first was given in the end is an error.
"""

from __future__ import annotations

from launchproof import Protocol, Sent, To
from model.channels import FRAME_DOCUMENT
from model.frame import frame
from model.frame_phases import AnyPhase, Requesting
from model.messages import GetDocument, Mount, Visited
from model.names import Requester

SEEN_IN = "https://github.com/soofstad/react-oauth2-pkce/issues/50"
REFUTED_BY = "launch-by-its-mount-only"


@frame.alternative("quickstart.mount", ends=FRAME_DOCUMENT)
def request_twice(frame: AnyPhase, heard: Sent[Mount]) -> To[Requesting, GetDocument, GetDocument, Visited]:
    """Request the launch URL once for each time that the effect runs."""
    url, first, second = heard.message.url, Requester.FIRST_LOAD, Requester.RELOAD
    return To(Requesting(url, first), GetDocument(url, first), GetDocument(url, second), Visited(url))


def apply(protocol: Protocol) -> Protocol:
    """Request so."""
    return protocol.replacing("navigate_to_launch", request_twice)
