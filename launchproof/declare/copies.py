"""Copies of a part of a protocol, side by side: another protocol, and what each copy calls its parts.

What is copied, of a scope's machines:

- the machines, with all their transitions and the lifetimes that these end;
- every channel on which one of them begins, and every window that belongs to one of them. What a shared
  machine answers goes back on the channel on which it was asked, so it answers each copy;
- what a shared machine does of itself on such a channel (``via=``): once for each copy.

A window message that all copies hear (``heard_by_all``) stays in the queue of its sender: the
platform keeps the messages of one sender in order, and promises nothing about those of two. Whoever
listens at the window hears it in the same step, the sender's own copy first, as one task runs all
listeners of an event. What comes from another copy's window reads as the scope says.

With one copy a protocol is what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, wraps
from itertools import permutations
from typing import Any

import attrs
from attrs import evolve, field, frozen

from launchproof.declare.channels import Call, Channel, Exchange, Instant, Lifetime, Listener, Post, Sent
from launchproof.declare.machine import Machine, To, Transition
from launchproof.declare.protocol import Protocol
from launchproof.declare.scopes import Scope
from launchproof.declare.signature import Heard, Parameter
from launchproof.errors import DeclarationError

Names = Mapping[str, str]


@frozen
class Copy:
    """One copy: its number in each scope, and what it calls the machines, channels and transitions that are not all copies'.

    What an outer scope copies and the inner ones do not is called the same by all copies within.
    """

    numbers: tuple[int, ...]
    names: Names = field(hash=False)

    def own(self, name: str) -> str:
        """Give this copy's name of a part; what is shared has one name."""
        return self.names.get(name, name)


@frozen
class Composition:
    """A protocol with several copies of a part, the scopes they were made by (the inner first), and the copies.

    `origin` tells what a transition that a copy has itself is called where it was declared.
    """

    protocol: Protocol
    scopes: tuple[Scope, ...]
    copies: tuple[Copy, ...]
    origin: Names

    def pairs(self, scope: Scope) -> Iterator[tuple[Copy, Copy]]:
        """Yield every two copies that differ in a scope, and stand in the same copy of what is around it."""
        at = self.scopes.index(scope)
        for one, other in permutations(self.copies, 2):
            if one.numbers[at] != other.numbers[at] and one.numbers[at + 1 :] == other.numbers[at + 1 :]:
                yield one, other


def composed(protocol: Protocol, wanted: Sequence[tuple[Scope, int]]) -> Composition:
    """Make so many copies for each scope, the inner scope first."""
    made = Composition(protocol, (), (Copy((), {}),), {})
    for scope, count in wanted:
        made = multiplied(made, scope, count)
    return made


def multiplied(given: Composition, scope: Scope, count: int) -> Composition:
    """Make copies of a composition's copies."""
    check_scope(given.protocol, scope)
    check_inner(given, scope)
    maker = Copier.of(given, scope)
    protocol = maker.protocol(count) if count > 1 else given.protocol
    taken = {name for copy in given.copies for name in copy.names.values()}
    around = {name: name for name in maker.own if name not in taken}
    copies = []
    for number in range(1, count + 1):
        for copy in given.copies:
            bases = around | dict(copy.names)
            names = {base: scope.called(name, number) if name in maker.own else name for base, name in bases.items()}
            names |= {scope.follower(name, 1): scope.follower(name, number) for name in scope.together.values()}
            copies.append(Copy((*copy.numbers, number), names))
    origin = dict(given.origin)
    for number in range(1, count + 1):
        origin |= {scope.called(name, number): given.origin.get(name, name) for name in maker.own}
        origin |= {scope.follower(name, number): given.origin.get(name, name) for name in scope.together.values()}
    return Composition(protocol, (*given.scopes, scope), tuple(copies), origin)


def check_scope(protocol: Protocol, scope: Scope) -> None:
    """Refuse parts that the protocol does not have."""
    culprit = f"scope {scope.name}"
    channels = {c.name: c for c in protocol.channels}
    machines = [m.name for m in protocol.machines]
    for name in (*scope.first, *scope.heard_by_all):
        if name not in channels:
            raise DeclarationError(culprit, f"there is no channel {name!r}", f"use one of {', '.join(channels)}")
    for name in scope.machines:
        if name not in machines:
            raise DeclarationError(culprit, f"there is no machine {name!r}", f"use one of {', '.join(machines)}")
    for name in scope.heard_by_all:
        if not isinstance(channels[name], Post):
            raise DeclarationError(culprit, f"{name} is no channel of window messages", "only these are heard by all")
    check_together(protocol, scope, culprit)


def check_inner(given: Composition, scope: Scope) -> None:
    """Refuse an outer scope whose copies do more at once than live side by side."""
    if len(given.copies) > 1 and (scope.together or scope.heard_by_all):
        raise DeclarationError(
            f"scope {scope.name}",
            "its copies have copies, and do things together",
            "let only the inner scope have together= and heard_by_all=",
        )


def check_together(protocol: Protocol, scope: Scope, culprit: str) -> None:
    """Refuse what copies cannot do at once."""
    for name, follows in scope.together.items():
        for transition in (protocol.transition(name), protocol.transition(follows)):
            if transition.machine not in scope.machines:
                raise DeclarationError(culprit, f"{transition.name} is shared", "name transitions of its machines in together=")
        if protocol.transition(follows).signature.heard is not None:
            raise DeclarationError(culprit, f"{follows} hears something", "let the others do what hears nothing")


@cache
def call(name: str) -> type:
    """Make the message by which a copy has another one do something in the same step."""
    spelled = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return attrs.make_class(spelled, [], bases=(Call,), frozen=True)


@frozen(eq=False)
class Copier:
    """Makes the copies of one scope of a protocol; `own` names all that is copied."""

    given: Protocol
    scope: Scope
    machines: frozenset[str]
    own: frozenset[str]

    @classmethod
    def of(cls, given: Composition, scope: Scope) -> Copier:
        """Find what is copied."""
        protocol = given.protocol
        machines = frozenset(copy.own(name) for copy in given.copies for name in scope.machines)
        channels = {c.name for c in protocol.channels if is_copied(c, machines, scope)}
        transitions = {t.name for t in protocol.transitions if t.machine in machines or t.via in channels}
        return cls(protocol, scope, machines, machines | channels | transitions)

    def called(self, name: str, number: int) -> str:
        """Name a part of a copy."""
        return self.scope.called(name, number) if name in self.own else name

    def protocol(self, count: int) -> Protocol:
        """Compose the protocol of so many copies."""
        numbers = range(2, count + 1)
        given = self.given
        machines = [self.machine(m, n) for n in numbers for m in given.machines if m.name in self.machines]
        channels = [self.channel(c, n, count) for n in numbers for c in given.channels if c.name in self.own]
        first = [self.channel(c, 1, count) for c in given.channels]
        transitions = [self.transition(t, n) for n in (1, *numbers) for t in self.to_copy(n)]
        calls, followers, transitions = self.together(transitions, count)
        return evolve(
            given,
            name=f"{given.name}, {count} {self.scope.name}",
            machines=(*given.machines, *machines),
            channels=(*first, *channels, *calls),
            transitions=(*transitions, *followers),
        )

    # -- machines and channels ------------------------------------------------------------------------

    def machine(self, machine: Machine, number: int) -> Machine:
        """Copy a machine; its transitions are the protocol's business."""
        return Machine(
            self.called(machine.name, number),
            initial=machine.initial,
            phases=machine.phases,
            resting=machine.resting,
            origin=machine.origin,
            window=machine.window,
            meaning=machine.meaning,
        )

    def channel(self, channel: Channel, number: int, count: int) -> Channel:
        """Copy a channel, with the ends that the copy has there."""
        name = self.called(channel.name, number)
        if isinstance(channel, Post):
            sender, receiver = self.called(channel.sender, number), self.called(channel.receiver, number)
            return evolve(channel, name=name, sender=sender, receiver=receiver, others=self.listeners(channel, number, count))
        routes = {message: self.called(end, number) for message, end in channel.routes.items()}
        if isinstance(channel, Exchange):
            return evolve(channel, name=name, caller=self.called(channel.caller, number), routes=routes)
        return evolve(channel, name=name, senders=tuple(self.called(s, number) for s in channel.senders), routes=routes)

    def listeners(self, channel: Post, number: int, count: int) -> tuple[Listener, ...]:
        """Tell who else hears what is posted: the other copies, each with those that listened before."""
        mine = tuple(evolve(other, machine=self.called(other.machine, number)) for other in channel.others)
        if channel.name not in self.scope.heard_by_all:
            return mine
        sent_from = channel.forged[1] if channel.forged else self.given.machine(channel.sender).window
        if sent_from is None:
            raise DeclarationError(f"channel {channel.name}", f"machine {channel.sender} has no window", "give it window=")
        read = self.scope.reads.get(sent_from, sent_from)
        others = [n for n in range(1, count + 1) if n != number]
        return (*mine, *(Listener(self.scope.called(channel.receiver, n), read) for n in others))

    # -- transitions ----------------------------------------------------------------------------------

    def to_copy(self, number: int) -> Iterator[Transition]:
        """Yield the transitions that a copy has; what is told to the first copy only is not for the others."""
        shared = (c for c in self.given.channels if c.name not in self.scope.first)
        known = {message for channel in shared for message in channel.carries}
        for transition in self.given.transitions:
            if number == 1 or (transition.name in self.own and known.issuperset(messages(transition))):
                yield transition

    def transition(self, transition: Transition, number: int) -> Transition:
        """Copy a transition."""
        return evolve(
            transition,
            name=self.called(transition.name, number),
            machine=self.called(transition.machine, number),
            ends=tuple(self.lifetime(life, number) for life in transition.ends),
            via=None if transition.via is None else self.called(transition.via, number),
            otherwise=None if transition.otherwise is None else self.called(transition.otherwise, number),
        )

    def lifetime(self, life: Lifetime, number: int) -> Lifetime:
        """Copy what dies together."""
        name = life.name if number == 1 else f"{life.name} ({number})"
        return evolve(life, name=name, channels=tuple(self.called(c, number) for c in life.channels))

    # -- what all copies do at once --------------------------------------------------------------------

    def together(
        self, transitions: Iterable[Transition], count: int
    ) -> tuple[tuple[Channel, ...], list[Transition], list[Transition]]:
        """Have all copies do at once what concerns them all: the calls, the followers, and all other transitions."""
        given, scope = self.given, self.scope
        leaders = {scope.called(name, n): (name, n) for name in scope.together for n in range(1, count + 1)}
        others: list[Transition] = []
        called: dict[type, str] = {}
        followers: dict[str, Transition] = {}
        for transition in transitions:
            name, number = leaders.get(transition.name, ("", 1))
            if not name:
                others.append(transition)
                continue
            action = given.transition(scope.together[name])
            calls = {n: call(scope.follower(action.name, n)) for n in range(1, count + 1) if n != number}
            others.append(leading(transition, tuple(calls.values())))
            for n, message in calls.items():
                called[message] = scope.called(action.machine, n)
                follower = scope.follower(action.name, n)
                followers[follower] = following(self.transition(action, n), follower, message)
        senders = tuple(dict.fromkeys(t.machine for t in others if t.name in leaders))
        channel = Instant(f"{scope.name}_together", senders, called, f"what concerns all {scope.name} at once")
        return ((channel,) if called else ()), list(followers.values()), others


def is_copied(channel: Channel, machines: frozenset[str], scope: Scope) -> bool:
    """Whether each copy has a channel of its own."""
    if isinstance(channel, Post):
        return channel.sender in machines or (channel.receiver in machines and channel.name not in scope.heard_by_all)
    begins = channel.senders if isinstance(channel, Instant) else (channel.caller,)
    if not machines.isdisjoint(begins):
        return True
    if not machines.isdisjoint(channel.routes.values()) and channel.name not in scope.first:
        raise DeclarationError(
            f"scope {scope.name}",
            f"on {channel.name} shared machines begin, and what they say reaches one copy",
            "name it in first=, or let its receiver be shared",
        )
    return False


def messages(transition: Transition) -> tuple[type, ...]:
    """List what a transition hears and says."""
    heard = transition.signature.heard
    return (*(heard.messages if heard else ()), *transition.signature.says)


def leading(transition: Transition, calls: tuple[type, ...]) -> Transition:
    """Give a transition that calls the other copies besides."""
    effect = transition.function

    @wraps(effect)
    def led(*values: Any, **named: Any) -> To[Any, *tuple[Any, ...]]:
        done = effect(*values, **named)
        said = (*done.said, *(message() for message in calls))
        return To(done.phase, *said)

    signature = evolve(transition.signature, says=(*transition.signature.says, *calls))
    return evolve(transition, function=led, signature=signature)


def following(transition: Transition, name: str, message: type) -> Transition:
    """Give what a copy does when another one calls it."""
    effect: Callable[..., To[Any, *tuple[Any, ...]]] = transition.function

    @wraps(effect)
    def follow(phase: Any, heard: Any, **named: Any) -> To[Any, *tuple[Any, ...]]:
        del heard
        done: To[Any, *tuple[Any, ...]] = effect(phase, **named)
        return done

    heard = Heard(Sent, (message,))
    parameters = (Parameter("heard", "heard", (heard,)), *transition.signature.parameters)
    signature = evolve(transition.signature, heard=heard, parameters=parameters)
    return evolve(transition, name=name, function=follow, signature=signature, capability=None, given=None, fair=None)


__all__ = ["Composition", "Copy", "composed"]
