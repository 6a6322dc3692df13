"""Several copies of one protocol side by side, each with machines and channels of its own, under one environment."""

from __future__ import annotations

from attrs import evolve

from launchproof import ASKER, Channel, Exchange, Machine, Post, Protocol
from launchproof.declare.machine import Transition


def copies(protocol: Protocol, count: int) -> Protocol:
    """Give so many copies; they share capabilities, and at most one orphan is kept among all of them."""
    numbers = range(1, count + 1)
    return evolve(
        protocol,
        name=f"{count} × {protocol.name}",
        machines=tuple(machine_of(machine, n) for n in numbers for machine in protocol.machines),
        channels=tuple(channel_of(channel, n) for n in numbers for channel in protocol.channels),
        transitions=tuple(transition_of(transition, n) for n in numbers for transition in protocol.transitions),
    )


def own(name: str, number: int) -> str:
    """Name what belongs to one copy."""
    return name if name == ASKER else f"{name}_{number}"


def machine_of(machine: Machine, number: int) -> Machine:
    """Copy a machine, but for its transitions."""
    return Machine(
        own(machine.name, number),
        initial=machine.initial,
        phases=machine.phases,
        resting=machine.resting,
        origin=machine.origin,
        window=machine.window,
        meaning=machine.meaning,
    )


def channel_of(channel: Channel, number: int) -> Channel:
    """Copy a channel."""
    name = own(channel.name, number)
    if isinstance(channel, Post):
        return evolve(channel, name=name, sender=own(channel.sender, number), receiver=own(channel.receiver, number))
    routes = {message: own(receiver, number) for message, receiver in channel.routes.items()}
    if isinstance(channel, Exchange):
        return evolve(channel, name=name, caller=own(channel.caller, number), routes=routes)
    return evolve(channel, name=name, senders=tuple(own(sender, number) for sender in channel.senders), routes=routes)


def transition_of(transition: Transition, number: int) -> Transition:
    """Copy a transition."""
    return evolve(
        transition,
        name=own(transition.name, number),
        machine=own(transition.machine, number),
        via=transition.via and own(transition.via, number),
        otherwise=transition.otherwise and own(transition.otherwise, number),
        ends=tuple(evolve(life, channels=tuple(own(c, number) for c in life.channels)) for life in transition.ends),
    )
