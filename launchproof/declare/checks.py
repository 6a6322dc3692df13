"""Checks of a whole protocol, made whenever one is built or derived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from itertools import combinations

from attrs import frozen

from launchproof.declare.channels import ASKER, Channel, Exchange, Instant, Post, Posted, has_queue, speaks_on
from launchproof.declare.environment import Assumption, Capability
from launchproof.declare.machine import Machine, Transition
from launchproof.errors import DeclarationError


@frozen
class Parts:
    """What a protocol is made of."""

    machines: tuple[Machine, ...]
    channels: tuple[Channel, ...]
    capabilities: tuple[Capability, ...]
    assumptions: tuple[Assumption, ...]
    transitions: tuple[Transition, ...]


def check_protocol(protocol: Parts) -> None:
    """Run every check; the first mistake is a `DeclarationError`."""
    slots = [m.name for m in protocol.machines] + [c.name for c in protocol.channels]
    once(slots, "slot", "give machines and channels different names")
    once((t.name for t in protocol.transitions), "transition", "rename one; names are how users speak of them")
    for channel in protocol.channels:
        check_channel(protocol, channel)
    check_listeners(protocol)
    for transition in protocol.transitions:
        check_transition(protocol, transition)


def once(names: Iterable[str], kind: str, fix: str) -> None:
    """Refuse a name that stands twice."""
    for name, count in Counter(names).items():
        if count > 1:
            raise DeclarationError(f"{kind} {name}", "there are two of that name", fix)


def check_channel(protocol: Parts, channel: Channel) -> None:
    """Refuse a channel between machines that do not exist."""
    machines = {m.name for m in protocol.machines}
    ends: tuple[str, ...]
    if isinstance(channel, Post):
        ends = (channel.sender, channel.receiver, *(other.machine for other in channel.others))
    elif isinstance(channel, Exchange):
        ends = (channel.caller, *channel.routes.values())
    else:
        ends = (*channel.senders, *channel.routes.values())
    for end in ends:
        if end not in machines and end != ASKER:
            raise DeclarationError(
                f"channel {channel.name}", f"there is no machine {end!r}", f"use one of {', '.join(sorted(machines))}"
            )
    if isinstance(channel, Post) and channel.instant and channel.fair is not None:
        raise DeclarationError(
            f"channel {channel.name}", "nothing is ever in flight on it, so its fair= has no effect", "take fair= away"
        )
    if isinstance(channel, Exchange) and channel.lost is not None:
        if channel.routes.get(type(channel.lost)) != channel.caller:
            raise DeclarationError(f"channel {channel.name}", "it does not carry its own lost message", "route it to the caller")
        if channel.unreliable not in {c.name for c in protocol.capabilities}:
            raise DeclarationError(
                f"channel {channel.name}",
                f"the protocol has no capability {channel.unreliable!r}",
                "name in unreliable= who loses messages",
            )


def check_listeners(protocol: Parts) -> None:
    """Refuse two channels by which the same message comes from the same window, and not to the same listeners."""
    windows = {m.name: m.window for m in protocol.machines}

    def comes(post: Post) -> tuple[str, Enum | None]:
        return post.receiver, post.forged[1] if post.forged else windows[post.sender]

    for one, other in combinations([c for c in protocol.channels if isinstance(c, Post)], 2):
        if comes(one) == comes(other) and set(one.carries) & set(other.carries) and one.others != other.others:
            raise DeclarationError(
                f"channel {one.name}", f"it has other listeners than {other.name}, by the same window", "let both have the same"
            )


def check_transition(protocol: Parts, transition: Transition) -> None:
    """Refuse unknown references, messages that cannot go anywhere, and messages that cannot come."""
    check_references(protocol, transition)
    check_channels(protocol, transition)
    for message in transition.signature.says:
        check_said(protocol, transition, message)
    if transition.signature.heard is not None:
        for message in transition.signature.heard.messages:
            check_heard(protocol, transition, message)
        check_fair(protocol, transition)


def check_references(protocol: Parts, transition: Transition) -> None:
    """Refuse a machine, capability or assumption that the protocol does not have."""
    culprit = f"transition {transition.name}"
    if transition.machine not in {m.name for m in protocol.machines}:
        raise DeclarationError(culprit, f"the protocol has no machine {transition.machine!r}", "add the machine")
    if transition.capability is not None and transition.capability not in {c.name for c in protocol.capabilities}:
        raise DeclarationError(culprit, f"the protocol has no capability {transition.capability!r}", "add the capability")
    known = {a.name for a in protocol.assumptions}
    for choice in (transition.given, *(g.given for g in transition.guards)):
        if choice is not None and choice.assumption not in known:
            raise DeclarationError(culprit, f"the protocol has no assumption {choice.assumption!r}", "add the assumption")


def check_channels(protocol: Parts, transition: Transition) -> None:
    """Refuse channels that do not exist, and lifetimes of channels in which nothing is ever in flight."""
    channels = {c.name for c in protocol.channels}
    ended = [(life, name) for life in transition.ends for name in life.channels]
    for name in [name for _, name in ended] + ([transition.via] if transition.via else []):
        if name not in channels:
            raise DeclarationError(
                f"transition {transition.name}",
                f"there is no channel {name!r}",
                f"use one of {', '.join(sorted(channels))}",
            )
    queued = {c.name for c in protocol.channels if has_queue(c)}
    for life, name in ended:
        if name not in queued:
            raise DeclarationError(
                f"lifetime {life.name}",
                f"nothing is ever in flight on {name!r}",
                "name channels with a queue",
            )


def check_said(protocol: Parts, transition: Transition, message: type) -> None:
    """Refuse an unroutable message, and one that two channels could carry."""
    culprit = f"transition {transition.name}"
    named = [c for c in protocol.channels if c.name == transition.via and message in c.carries]
    possible = named or [c for c in protocol.channels if message in c.carries and speaks_on(transition.machine, c)]
    replies = [c for c in possible if not isinstance(c, Post) and c.routes[message] == ASKER]
    if not possible:
        raise DeclarationError(
            culprit,
            f"no channel carries {message.__name__} from {transition.machine}",
            "add it to a channel's messages",
        )
    if len(possible) > 1 and not replies:
        names = ", ".join(c.name for c in possible)
        heard_on = {c.name for c in possible if not isinstance(c, Post) and hears_on(transition, c)}
        if not heard_on:
            raise DeclarationError(culprit, f"{message.__name__} could go on {names}", "pick one with via=")


def hears_on(transition: Transition, channel: Exchange | Instant) -> bool:
    """Whether what the transition hears can come on that channel."""
    heard = transition.signature.heard
    return heard is not None and any(m in channel.routes for m in heard.messages)


def check_heard(protocol: Parts, transition: Transition, message: type) -> None:
    """Refuse a message that no channel brings to this machine in that kind of envelope."""
    envelope = transition.signature.heard.envelope if transition.signature.heard else None
    if not any((envelope is Posted) is isinstance(c, Post) and brings(c, message, transition.machine) for c in protocol.channels):
        raise DeclarationError(
            f"transition {transition.name}",
            f"no channel brings {message.__name__} to {transition.machine}",
            "route it there",
        )


def brings(channel: Channel, message: type, machine: str) -> bool:
    """Whether a channel can bring a message to a machine."""
    if message not in channel.carries:
        return False
    if isinstance(channel, Post):
        return machine in (channel.receiver, *(other.machine for other in channel.others))
    if channel.routes[message] == ASKER:
        return machine in (channel.senders if isinstance(channel, Instant) else (channel.caller,))
    return channel.routes[message] == machine


def check_fair(protocol: Parts, transition: Transition) -> None:
    """Refuse fairness where a step never begins: of what is heard in the step that says it."""
    heard = transition.signature.heard
    if transition.fair is None or heard is None:
        return
    if not any(has_queue(c) and brings(c, m, transition.machine) for c in protocol.channels for m in heard.messages):
        raise DeclarationError(
            f"transition {transition.name}",
            "it is heard in the step that says it, so its fair= has no effect",
            "give fair= to the transition that says it",
        )
