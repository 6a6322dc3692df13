"""Somebody else logs in on the page, and the frame of the one before stays.

The page has a session for the new person by now. What the frame shows, and its token, are the other's.
"""

from __future__ import annotations

from launchproof import Protocol, Sent, To
from model.environment import USER
from model.host import Live, Minting, host
from model.messages import AskMint, MintAnswer

SEEN_IN = "https://github.com/rancher/dashboard/issues/3884"
REFUTED_BY = "one-session-per-page"


@host.alternative("quickstart.mint-on-backend", capability=USER)
def log_in_as_another(host: Live) -> To[Minting, AskMint]:
    """Mint for the person who is logged in now."""
    return To(Minting(), AskMint())


@host.alternative("quickstart.mint-answer")
def keep_the_frame(host: Minting, heard: Sent[MintAnswer]) -> To[Live]:
    """Take over what was minted, and leave the iframe that is there."""
    got = heard.message
    return To(Live(got.session, got.access, got.launch_url.origin))


def apply(protocol: Protocol) -> Protocol:
    """Change the person, and not the frame."""
    return protocol.adding(log_in_as_another, keep_the_frame)
