"""Unmounting clears the page, but not the refresh timer.

The timer of each mount that was goes on asking for tokens, one loop more with every visit.
"""

from __future__ import annotations

from attrs import frozen

from launchproof import Protocol, To, when
from model.channels import MOUNT
from model.environment import TIME, USER
from model.host import Live, Unmounted, host
from model.messages import AskRefresh, Unmount
from model.names import SessionId

SEEN_IN = "https://github.com/apache/superset/issues/34529"
REFUTED_BY = "refresh-serves-a-mounted-frame"


@frozen
class Ticking(Unmounted):
    """The component is gone, its timer is not."""

    session: SessionId


def ticks(host: Unmounted) -> bool:
    """There is a timer left."""
    return isinstance(host, Ticking)


@host.alternative("ours.abort-on-unmount", capability=USER, ends=MOUNT)
def unmount_but_tick(host: Live) -> To[Unmounted, Unmount]:
    """Remove the iframe only."""
    return To(Ticking(host.session), Unmount())


@host.alternative("refresh.host-steps", capability=TIME)
@when(ticks)
def fire(host: Unmounted) -> To[Unmounted, AskRefresh]:
    """Ask for a token that nobody wants."""
    return To(host, AskRefresh(host.session if isinstance(host, Ticking) else SessionId(-1)))


def apply(protocol: Protocol) -> Protocol:
    """Leave the timer on."""
    return protocol.adding(unmount_but_tick, fire)
