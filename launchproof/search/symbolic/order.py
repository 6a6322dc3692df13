"""The order of the slots' fields: what talks to each other stands together.

A diagram must remember, between two bits that depend on each other, what the first one was. So a machine
stands beside its channels, and parts of a protocol that hardly talk stand one behind the other.
"""

from __future__ import annotations

from launchproof.declare.channels import Channel, Exchange, Post, has_queue
from launchproof.semantics.steps import Semantics


def order_of(semantics: Semantics) -> tuple[int, ...]:
    """Order the slots: next comes the one that talks most to those before it, and least to those behind."""
    links = links_of(semantics)
    order = [0]
    left = set(range(1, len(semantics.slots)))
    while left:
        placed = set(order)
        order.append(max(left, key=lambda s: (len(links[s] & placed) - len(links[s] & left) / len(links), -s)))
        left.remove(order[-1])
    return tuple(order)


def links_of(semantics: Semantics) -> list[set[int]]:
    """Give for each slot those it talks to."""
    number = {name: slot for slot, name in enumerate(semantics.slots)}
    links: list[set[int]] = [set() for _ in semantics.slots]
    for talkers in map(talking_over, semantics.protocol.channels):
        slots = {number[name] for name in talkers if name in number}
        for slot in slots:
            links[slot] |= slots - {slot}
    return links


def talking_over(channel: Channel) -> tuple[str, ...]:
    """Give who talks to each other over a channel, which counts itself if it has a slot."""
    itself = (channel.name,) if has_queue(channel) else ()
    if isinstance(channel, Post):
        return (channel.sender, channel.receiver, *itself)
    if isinstance(channel, Exchange):
        return (channel.caller, *channel.routes.values(), *itself)
    return (*channel.senders, *channel.routes.values())
