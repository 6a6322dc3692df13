"""A delay of more than 2³¹ − 1 milliseconds fires at once.

The timer for the next refresh is set for weeks ahead, and fires; it is set again, and fires again.
"""

from __future__ import annotations

from launchproof import Protocol, To
from model.frame import frame
from model.frame_phases import Asking
from model.messages import TokenRefresh

SEEN_IN = "https://github.com/directus/directus/issues/4054"
REFUTED_BY = "requests-do-not-pile-up"


@frame.alternative("refresh.scheduled")
def fire_at_once(frame: Asking) -> To[Asking, TokenRefresh]:
    """Ask again, before the last request was answered."""
    return To(frame, TokenRefresh(frame.shown.document))


def apply(protocol: Protocol) -> Protocol:
    """Set the timer too far ahead."""
    return protocol.adding(fire_at_once)
