"""Claims that do not hold of the toy, and one that cannot be refuted where it is claimed."""

from __future__ import annotations

from launchproof import Place, Sent, always, each_step, sometimes, wherever
from tests.toy.toy_protocol import Holding, Idle, Lost, Serving, Token, Tries, Waiting


@always("toy.ask")
def never_holds(client: Holding) -> bool:
    """The client never holds a token."""
    return False


@each_step("toy.answer")
def never_takes(before: Waiting, after: Holding, server: Serving) -> bool:
    """The client never takes anything."""
    return False


@wherever("toy.answer")
def nowhere(token: Token, place: Place) -> bool:
    """There are no tokens."""
    return False


@always("toy.ask")
def never_idle(client: Idle) -> bool:
    """The client is never idle."""
    return False


@sometimes("toy.lossy")
def asked_again(client: Waiting) -> bool:
    """The client asks again."""
    return client.tries is Tries.AGAIN


@each_step("toy.lossy", under=("network",), because="a mistake")
def never_speaks(before: Waiting, heard: Sent[Lost]) -> bool:
    """Losses are noticed."""
    return True
