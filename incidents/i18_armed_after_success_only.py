"""The network is down once when the refresh is due, and the timer was to be set again after success.

The page does nothing about the failure, the embed holds its calls back until a token comes, and none
ever will.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import Protocol, To, when
from model.frame import frame, no_call_in_flight
from model.frame_phases import Running
from model.messages import ApiCall

SEEN_IN = "https://github.com/apache/superset/issues/29902"
REFUTED_BY = "no-deadlock"
CAPABILITIES = ("network",)


@frame.alternative("refresh.early")
@when(no_call_in_flight)
def call_while_not_asking(frame: Running) -> To[Running, ApiCall]:
    """Call the API, unless a new token was asked for."""
    return To(evolve(frame, calling=True), ApiCall(frame.access))


def apply(protocol: Protocol) -> Protocol:
    """Give up at the first failure."""
    return protocol.assuming(refresh_failure="nothing").replacing("call_api", call_while_not_asking)
