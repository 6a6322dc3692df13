"""What must hold of the toy."""

from __future__ import annotations

from typing import Final

from launchproof import (
    Addition,
    Place,
    Scope,
    Sent,
    Statement,
    always,
    each_step,
    sometimes,
    wherever,
)
from tests.toy.toy_protocol import Holding, Lost, Token, Tries, Waiting


@sometimes("toy.answer")
def client_gets_a_token(client: Holding) -> bool:
    """The client gets a token."""
    return True


@always("toy.ask", under=("network",), because="only the network makes the client ask again")
def asked_once(client: Waiting) -> bool:
    """Where nothing is lost, the client asks once."""
    return client.tries is Tries.FIRST


@each_step("toy.lossy")
def loss_is_noticed(before: Waiting, heard: Sent[Lost], dropped: bool) -> bool:
    """The client does something about every loss."""
    return not dropped


@wherever("toy.answer")
def tokens_are_tokens(token: Token, place: Place) -> bool:
    """Only who waits for a token is given one."""
    return place.holder.__name__ in {"Holding", "Give"}


@always("toy.answer")
def tokens_differ(client: Holding, other_client: Holding) -> bool:
    """No two clients hold the same token."""
    return client.token != other_client.token


CLAIMS: Final = (client_gets_a_token, asked_once, loss_is_noticed, tokens_are_tokens)
STATEMENTS: Final = (
    Statement("toy.ask", "The client asks.", "The toy's page"),
    Statement("toy.answer", "The server answers.", "The toy's page"),
    Statement("toy.lossy", "The network loses messages.", "The toy's page"),
    Statement("ours.retry", "The client asks again.", "ours"),
)
ADDITIONS: Final = (Addition("ours.retry", "The client asks again.", lambda p: p.without("retry", "give_up"), "no-deadlock", 3),)
SCOPES: Final = (Scope("clients", "clients of one server", ("client",), between=(tokens_differ,)),)
