"""Put the access token in the URL for server-side rendering.

The embed's server could render the first page with data, one round trip earlier.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import Protocol, Sent, To
from model.channels import MOUNT
from model.host import Launching, Minting, host
from model.messages import MintAnswer, Mount


@host.alternative("quickstart.mount", "ours.fresh-element", ends=MOUNT)
def mount_with_token(host: Minting, heard: Sent[MintAnswer]) -> To[Launching, Mount]:
    """Mount the launch URL with the access token in its query."""
    answer = heard.message
    url = evolve(answer.launch_url, access=answer.access)
    return To(Launching(answer.session, answer.access, url.origin), Mount(url))


def apply(protocol: Protocol) -> Protocol:
    """Mount so from now on."""
    return protocol.replacing("mount", mount_with_token)
