"""A protocol of any size: clients that each get, renew and drop tokens of one server, over networks that lose things.

A small lifecycle in which fresh names are minted, held, renewed and forgotten for ever. The clients share nothing but the
server, which knows every token. With `n` of them there are 11 ** `n` states; where all tokens are one constant, so that no
name ever has to be renumbered, 10 ** `n`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from attrs import frozen

from launchproof import Capability, Exchange, Machine, Name, New, Protocol, Sent, To, when
from launchproof.declare.names import registry


class Token(Name):
    """What a client wants."""


@frozen
class Idle:
    """The client wants nothing yet."""


@frozen
class Launching:
    """The client asked for its first token."""


@frozen
class Live:
    """The client has a token."""

    token: Token


@frozen
class Refreshing:
    """The client has a token, and asked for another one."""

    token: Token


@frozen
class Expired:
    """The client's token is of no use any more."""


@frozen
class Failed:
    """The client got no token, and says so."""


@frozen
class Serving:
    """The server knows the tokens that it gave."""

    tokens: frozenset[Token] = registry()


@frozen
class Launch:
    """A request for a first token."""


@frozen
class Refresh:
    """A request for another token."""

    token: Token


@frozen
class Grant:
    """A token."""

    token: Token


@frozen
class Lost:
    """Nothing will come of the request."""


ALWAYS_THE_SAME: Final = Token(-1)
"""The token of servers that give no other."""

TIME: Final = Capability("time", "lets tokens expire.")
NETWORK: Final = Capability("network", "loses requests and answers.")


def known(server: Serving, heard: Sent[Refresh]) -> bool:
    """Tell whether the server gave that token."""
    return heard.message.token in server.tokens


def forgetful_server() -> Machine:
    """Make a server with a single token."""
    server = Machine("server", initial=Serving(), phases=(Serving,), meaning="who has a token")

    @server.transition("lifecycles")
    def answer(server: Serving, heard: Sent[Launch | Refresh]) -> To[Serving, Grant]:
        """Give the token."""
        del heard
        return To(server, Grant(ALWAYS_THE_SAME))

    return server


def knowing_server() -> Machine:
    """Make a server that gives a fresh token every time."""
    server = Machine("server", initial=Serving(), phases=(Serving,), meaning="who has tokens")

    @server.transition("lifecycles")
    def grant(server: Serving, heard: Sent[Launch], token: New[Token]) -> To[Serving, Grant]:
        """Give a token."""
        del heard
        return To(Serving(server.tokens | {token}), Grant(token))

    @server.transition("lifecycles")
    @when(known)
    def renew(server: Serving, heard: Sent[Refresh], token: New[Token]) -> To[Serving, Grant]:
        """Give another token for one that is known."""
        return To(Serving(server.tokens - {heard.message.token} | {token}), Grant(token))

    return server


def client_of(number: int) -> Machine:
    """Make one client."""
    phases = (Idle, Launching, Live, Refreshing, Expired, Failed)
    client = Machine(f"client_{number}", initial=Idle(), phases=phases, resting=(Idle, Live), meaning="who wants a token")

    def declare(effect: Callable[..., Any], capability: Capability | None = None) -> None:
        effect.__name__ = f"{effect.__name__}_{number}"
        client.transition("lifecycles", capability=capability)(effect)

    @declare
    def launch(client: Idle | Expired) -> To[Launching, Launch]:
        """Ask for a first token."""
        del client
        return To(Launching(), Launch())

    @declare
    def start(client: Launching, heard: Sent[Grant]) -> To[Live]:
        """Take the token."""
        del client
        return To(Live(heard.message.token))

    @declare
    def refresh(client: Live) -> To[Refreshing, Refresh]:
        """Ask for another token."""
        return To(Refreshing(client.token), Refresh(client.token))

    @declare
    def replace(client: Refreshing, heard: Sent[Grant]) -> To[Live]:
        """Take the other token for the one that was held."""
        del client
        return To(Live(heard.message.token))

    @declare
    def stop(client: Live) -> To[Idle]:
        """Want no token any more."""
        del client
        return To(Idle())

    @declare
    def give_up(client: Launching | Refreshing, heard: Sent[Lost]) -> To[Failed]:
        """Say that there is no token."""
        del client, heard
        return To(Failed())

    @declare
    def start_again(client: Failed) -> To[Idle]:
        """Start again from nothing."""
        del client
        return To(Idle())

    @partial(declare, capability=TIME)
    def expire(client: Live) -> To[Expired]:
        """Find the token of no use."""
        del client
        return To(Expired())

    return client


def lifecycles(clients: int, *, fresh: bool = True) -> Protocol:
    """Make so many clients, and their server."""
    server = knowing_server() if fresh else forgetful_server()
    machines = [client_of(number) for number in range(clients)]
    calls = [
        Exchange(
            f"calls_{number}",
            client.name,
            {Launch: server.name, Refresh: server.name, Grant: client.name, Lost: client.name},
            lost=Lost(),
            unreliable=NETWORK.name,
        )
        for number, client in enumerate(machines)
    ]
    return Protocol(f"lifecycles-{clients}", (*machines, server), tuple(calls), (NETWORK, TIME))
