"""A renewed launch URL is put into the source of a healthy frame.

The page mints ahead of expiry and sets the iframe's source. The frame loads from the start, every hour,
and what the person had begun is gone.
"""

from __future__ import annotations

from launchproof import Posted, Protocol, To, when
from model.host import Live, Minting, from_embed_origin, from_our_frame, host
from model.messages import AskMint, TokenRefresh

SEEN_IN = "https://github.com/aws-samples/sample-voice-of-customer-datalake/pull/290"
REFUTED_BY = "refresh-happens-in-place"


@host.alternative("quickstart.refresh-on-request")
@when(from_embed_origin)
@when(from_our_frame)
def mint_to_refresh(host: Live, heard: Posted[TokenRefresh]) -> To[Minting, AskMint]:
    """Mint a launch URL for the frame that is there."""
    return To(Minting(), AskMint())


def apply(protocol: Protocol) -> Protocol:
    """Refresh so."""
    return protocol.replacing("ask_refresh", mint_to_refresh)
