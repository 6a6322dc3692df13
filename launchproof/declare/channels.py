"""Channels: how a message said by one machine is heard by another.

===========  ==========================================================================================
`Post`       window messaging: first in, first out; the target origin is compared at delivery and a
             mismatch is silent (HTML, "Cross-document messaging", 9.3.3, the posted message task)
`Exchange`   requests and answers that overtake each other and may be lost
`Instant`    said and heard in one step: a call into the same process, or a message whose sender may
             say it at any moment, so that a queue in front of it would add nothing but delay
===========  ==========================================================================================

What is heard arrives in an envelope, `Posted` or `Sent`, which says where it came from.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Generic, TypeVar

from attrs import field, frozen

from launchproof.declare.fairness import Fairness
from launchproof.errors import DeclarationError

M_co = TypeVar("M_co", covariant=True)

ASKER: Final = "the asker"
"""A receiver: whoever sent the request that this message answers."""


@frozen
class Posted(Generic[M_co]):
    """A window message as its listener sees it: the data, the sender's origin, the sender's window."""

    message: M_co
    origin: Enum
    source: Enum


@frozen
class Overheard(Posted[M_co]):
    """A window message as one more listener at the same window sees it, in the same step."""


@frozen
class Sent(Generic[M_co]):
    """A message on an `Exchange` or `Instant` channel: who sent it to whom, and on which channel."""

    message: M_co
    sender: str
    receiver: str
    channel: str


@frozen
class Call:
    """A message by which copies of a machine do something at once; no property hears of it: each does it of itself."""


@frozen
class Listener:
    """One more machine that listens at a window, and the window that it takes the sender's for."""

    machine: str
    source: Enum


@frozen
class Post:
    """Window messages from one machine to another; `instant` ones carry a constant forged stamp.

    `fair` says whether what is in flight has to arrive (None: weakly, the default). `others` listen
    at the same window: each hears every message in the step in which the receiver does.
    """

    name: str
    sender: str
    receiver: str
    carries: tuple[type, ...]
    meaning: str = ""
    forged: tuple[Enum, Enum] | None = None
    fair: Fairness | None = None
    others: tuple[Listener, ...] = ()

    @property
    def instant(self) -> bool:
        """Whether the message is heard in the step that says it (only a forged one is)."""
        return self.forged is not None


@frozen
class Exchange:
    """Requests and answers between `caller` and others, in flight in no particular order.

    `routes` names the machine that hears each message type (or `ASKER`). Where `lost` is given, the
    `unreliable` capability may replace any item in flight by that message to the caller: before the
    server acted if the item is a request, after it if the item is an answer.
    A `coalesced` exchange holds at most one of each item: a signal, not a count.
    `fair` says whether what is in flight to a machine has to arrive (None: weakly, the default).
    """

    name: str
    caller: str
    routes: dict[type, str] = field(hash=False)
    meaning: str = ""
    lost: object | None = None
    unreliable: str | None = None
    cites: tuple[str, ...] = ()
    coalesced: bool = False
    fair: Fairness | None = None

    @property
    def carries(self) -> tuple[type, ...]:
        """The message types that travel here."""
        return tuple(self.routes)


@frozen
class Instant:
    """Messages heard in the very step that says them, answers included."""

    name: str
    senders: tuple[str, ...]
    routes: dict[type, str] = field(hash=False)
    meaning: str = ""

    @property
    def carries(self) -> tuple[type, ...]:
        """The message types that travel here."""
        return tuple(self.routes)


Channel = Post | Exchange | Instant


@frozen
class Lifetime:
    """What dies together: when a transition ends it, all that is in flight on these channels is gone."""

    name: str
    channels: tuple[str, ...]
    meaning: str

    def __attrs_post_init__(self) -> None:
        """Refuse a lifetime that ends nothing."""
        if not self.channels:
            raise DeclarationError(self.name, "the lifetime has no channels", "name what dies with it, or remove it")


def speaks_on(machine: str, channel: Channel) -> bool:
    """Whether a machine says things on a channel without naming it; a forgery is always named."""
    if isinstance(channel, Post):
        return channel.sender == machine and not channel.instant
    if isinstance(channel, Instant):
        return machine in channel.senders or machine in channel.routes.values()
    return machine == channel.caller or machine in channel.routes.values()


def has_queue(channel: Channel) -> bool:
    """Whether messages can be in flight on a channel; those of the others are heard as they are said."""
    return isinstance(channel, Exchange) or (isinstance(channel, Post) and not channel.instant)
