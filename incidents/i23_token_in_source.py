"""Tokens travel in the frame's source.

From there they get into the history, into logs, and to whoever reads the referrer.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import Protocol, Sent, To
from model.channels import MOUNT
from model.host import Launching, Minting, host
from model.messages import MintAnswer, Mount

SEEN_IN = "https://github.com/numbersprotocol/capture-cam/issues/3380"
REFUTED_BY = "no-access-token-in-urls"


@host.alternative("quickstart.mount", ends=MOUNT)
def mount_with_token(host: Minting, heard: Sent[MintAnswer]) -> To[Launching, Mount]:
    """Set the iframe's source to a URL with the access token."""
    answer = heard.message
    url = evolve(answer.launch_url, access=answer.access)
    return To(Launching(answer.session, answer.access, url.origin), Mount(url))


def apply(protocol: Protocol) -> Protocol:
    """Mount so."""
    return protocol.replacing("mount", mount_with_token)
