"""A client gets a key from a server, again and again: every mistake in it can be thought through."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from launchproof import (
    Assumption,
    Capability,
    Exchange,
    Lifetime,
    Machine,
    Name,
    New,
    Post,
    Posted,
    Protocol,
    Sent,
    Survivor,
    To,
    each_step,
    sometimes,
    when,
)


class Key(Name):
    """What the client wants."""


class Room(Enum):
    """Where a machine is."""

    CLIENT = "the client's room"
    SERVER = "the server's room"


@frozen
class Idle:
    """The client has a key."""

    key: Key


@frozen
class Waiting:
    """The client asked for another one."""

    key: Key


@frozen
class Done:
    """The client has another one."""

    key: Key


@frozen
class Serving:
    """The server answers; it counts its answers up to three."""

    answers: int


@frozen
class Ask:
    """A request for a key."""


@frozen
class Give:
    """A key, for whoever is there."""

    key: Key
    target: Room | None


SOMEBODY: Final = Capability("somebody", "wants another key.")
PATIENCE: Final = Assumption("patience", "Does the client wait as long as it takes?", ("yes", "no"), "yes")
WORDS: Final = ("none", "one", "two", "three")

client: Final = Machine(
    "client", initial=Idle(Key(-1)), phases=(Idle, Waiting, Done), resting=(Idle, Done), origin=lambda _: Room.CLIENT
)
server: Final = Machine("server", initial=Serving(0), phases=(Serving,), origin=lambda _: Room.SERVER, window=Room.SERVER)
ASKING: Final = Exchange("asking", "client", {Ask: "server"})
GIVING: Final = Post("giving", "server", "client", (Give,))
WAIT: Final = Lifetime("the wait", ("asking", "giving"), "Who does not wait any more hears nothing.")


def from_the_server(client: Waiting, heard: Posted[Give]) -> bool:
    """It comes from the server: nobody else is there."""
    return heard.source is Room.SERVER


def not_yet_three(server: Serving, heard: Sent[Ask]) -> bool:
    """The server can count on."""
    return server.answers < len(WORDS) - 1


@client.transition("toy.ask")
def ask(client: Idle) -> To[Waiting, Ask]:
    """Ask for another key."""
    return To(Waiting(client.key), Ask())


@client.transition("toy.take")
@when(from_the_server, "toy.take")
def take(client: Waiting, heard: Posted[Give]) -> To[Done]:
    """Keep the new key."""
    return To(Done(heard.message.key))


@client.transition("toy.ask", capability=SOMEBODY)
def want_another(client: Done) -> To[Idle]:
    """Begin again."""
    return To(Idle(client.key))


@client.transition("toy.ask", given=PATIENCE("no"), ends=WAIT)
def give_up(client: Waiting) -> To[Idle]:
    """Wait no longer."""
    return To(Idle(client.key))


@server.transition("toy.give")
@when(not_yet_three, "toy.count")
def give(server: Serving, heard: Sent[Ask], key: New[Key]) -> To[Serving, Give]:
    """Give a new key, and count."""
    return To(Serving(WORDS.index(WORDS[server.answers + 1])), Give(key, target=Room.CLIENT))


@server.transition("toy.give", otherwise=give)
def give_uncounted(server: Serving, heard: Sent[Ask], key: New[Key]) -> To[Serving, Give]:
    """Give a new key."""
    return To(server, Give(key, target=Room.CLIENT))


@each_step("toy.take")
def the_new_key_is_kept(before: Waiting, heard: Posted[Give], after: Done) -> bool:
    """What the client has in the end is what it was given."""
    return after.key == heard.message.key


@each_step("toy.give")
def keys_are_for_the_client(before: Serving, said: Give) -> bool:
    """No key is given to whoever is there."""
    return said.target is Room.CLIENT


@each_step("toy.take")
def keys_are_taken(before: Idle | Waiting | Done, heard: Posted[Give], dropped: bool) -> bool:
    """The client takes what it is given."""
    return not dropped


@sometimes("toy.take")
def the_client_gets_a_key(client: Done) -> bool:
    """The client can get a key."""
    return True


PROTOCOL: Final = Protocol("keys", (client, server), (ASKING, GIVING), (SOMEBODY,), (PATIENCE,))
CLAIMS: Final = (the_new_key_is_kept, keys_are_for_the_client, keys_are_taken, the_client_gets_a_key)
SURVIVORS: Final = (Survivor(("drop-guard:take:from_the_server",), "beyond the model", "Nobody else is there to give keys."),)
