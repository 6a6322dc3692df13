"""Navigate to the page, away, and back: two sessions are minted.

The component goes without taking back what it asked for, and the next mount asks again. Both answers
arrive, two frames are mounted, and one is told that its session is over.
"""

from __future__ import annotations

from launchproof import Protocol, To
from model.environment import USER
from model.host import Failed, Minting, Mounted, Relaunching, Unmounted, host
from model.messages import Unmount

SEEN_IN = "https://github.com/awslabs/amazon-quicksight-embedding-sdk/issues/127"
REFUTED_BY = "one-mint-in-flight"


@host.alternative("ours.abort-on-unmount", capability=USER)
def unmount_and_forget(host: Minting | Mounted | Relaunching | Failed) -> To[Unmounted, Unmount]:
    """Remove the iframe, and let what was asked for come."""
    return To(Unmounted(), Unmount())


def apply(protocol: Protocol) -> Protocol:
    """Unmount so."""
    return protocol.replacing("unmount", unmount_and_forget)
