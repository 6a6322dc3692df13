"""A client asks a server for a token; the network may lose what they say."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from launchproof import (
    Assumption,
    Capability,
    Exchange,
    Machine,
    Name,
    New,
    Protocol,
    Sent,
    To,
    when,
)


class Token(Name):
    """What the client wants."""


class Tries(Enum):
    """How often the client asked."""

    FIRST = "the first time"
    AGAIN = "again"


@frozen
class Idle:
    """The client wants nothing yet."""


@frozen
class Waiting:
    """The client asked."""

    tries: Tries


@frozen
class Holding:
    """The client has its token."""

    token: Token


@frozen
class Serving:
    """The server answers."""


@frozen
class Ask:
    """A request for a token."""


@frozen
class Give:
    """A token."""

    token: Token


@frozen
class Lost:
    """Nothing will come of the request."""


NETWORK: Final = Capability("network", "loses requests and answers.")
GREED: Final = Capability("greed", "lets the client throw its token away.")
RETRYING: Final = Assumption(
    "retrying",
    "Does the client ask again?",
    ("yes", "no"),
    "yes",
    "Without it the client may wait for ever.",
)

client: Final = Machine(
    "client",
    initial=Idle(),
    phases=(Idle, Waiting, Holding),
    resting=(Idle, Holding),
    meaning="who wants a token",
)
server: Final = Machine("server", initial=Serving(), phases=(Serving,), meaning="who has tokens")
CALLS: Final = Exchange(
    "calls",
    "client",
    {Ask: "server", Give: "client", Lost: "client"},
    lost=Lost(),
    unreliable="network",
    cites=("toy.lossy",),
)


def first_time(client: Waiting) -> bool:
    """The client asked only once."""
    return client.tries is Tries.FIRST


@client.transition("toy.ask")
def ask(client: Idle) -> To[Waiting, Ask]:
    """Ask for a token."""
    return To(Waiting(Tries.FIRST), Ask())


@client.transition("toy.ask")
def take(client: Waiting, heard: Sent[Give]) -> To[Holding]:
    """Keep the token."""
    return To(Holding(heard.message.token))


@client.transition("ours.retry", given=RETRYING("yes"))
@when(first_time, "ours.retry")
def retry(client: Waiting, heard: Sent[Lost]) -> To[Waiting, Ask]:
    """Ask again."""
    return To(Waiting(Tries.AGAIN), Ask())


@client.transition("ours.retry", given=RETRYING("yes"), otherwise=retry)
def give_up(client: Waiting, heard: Sent[Lost]) -> To[Idle]:
    """Stop asking."""
    return To(Idle())


@client.transition("toy.ask", capability=GREED)
def throw_away(client: Holding) -> To[Idle]:
    """Want another token."""
    return To(Idle())


@server.transition("toy.answer")
def give(server: Serving, heard: Sent[Ask], token: New[Token]) -> To[Serving, Give]:
    """Give a token."""
    return To(Serving(), Give(token))


PROTOCOL: Final = Protocol("toy", (client, server), (CALLS,), (NETWORK, GREED), (RETRYING,))
