"""The embed's clock is five minutes slow, and the refresh is timed by it.

The token has expired before the refresh is due. Calls are refused, the embed takes that for an error like
any other, and the timer that would help is set for later.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import Protocol, Sent, To
from model.environment import TIME
from model.frame import frame
from model.frame_phases import Asking, Running
from model.messages import TokenRefresh, Unauthorized

SEEN_IN = "https://github.com/apache/superset/issues/25153"
REFUTED_BY = "refusal-leads-to-a-served-call"


@frame.alternative("refresh.scheduled", capability=TIME)
def ask_ahead(frame: Running) -> To[Asking, TokenRefresh]:
    """Ask when the slow clock says so: perhaps never."""
    asking = Asking(frame.shown, frame.access, frame.calling, frame.repeated, early=False)
    return To(asking, TokenRefresh(frame.shown.document))


@frame.alternative("refresh.early")
def show_an_error(frame: Running | Asking, heard: Sent[Unauthorized]) -> To[Running | Asking]:
    """Go on as if nothing had been refused."""
    return To(evolve(frame, calling=False))


def apply(protocol: Protocol) -> Protocol:
    """Ask by the clock alone."""
    slow = protocol.without("wait_on", "ignore_stale_refusal").replacing("ask_ahead", ask_ahead)
    return slow.replacing("ask_after_refusal", show_an_error)
