"""A protocol is an immutable value, from which others are derived.

``protocol.without_guard(...)``, ``.without(...)``, ``.replacing(...)``, ``.adding(...)``,
``.assuming(...)`` and ``.with_capabilities(...)`` each give another protocol; the first one stays
as it is. Every protocol is checked when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from launchproof.declare.channels import Channel, Exchange, Instant, Post, has_queue, speaks_on
from launchproof.declare.checks import Parts, check_protocol
from launchproof.declare.environment import Assumption, Capability, Choice
from launchproof.declare.machine import Guard, Machine, Transition, name_of
from launchproof.errors import DeclarationError


@frozen(eq=False, slots=False)
class Protocol:
    """Machines, the channels between them, what the environment may do, and what is assumed.

    The order of machines and channels is the order of a state's slots.
    """

    name: str
    machines: tuple[Machine, ...]
    channels: tuple[Channel, ...]
    capabilities: tuple[Capability, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    transitions: tuple[Transition, ...] = field()
    enabled: frozenset[str] = field()
    assumed: tuple[Choice, ...] = field()

    @transitions.default
    def _all_transitions(self) -> tuple[Transition, ...]:
        return tuple(t for machine in self.machines for t in machine.transitions)

    @enabled.default
    def _all_capabilities(self) -> frozenset[str]:
        return frozenset(c.name for c in self.capabilities)

    @assumed.default
    def _defaults(self) -> tuple[Choice, ...]:
        return tuple(a(a.default) for a in self.assumptions)

    def __attrs_post_init__(self) -> None:
        """Check the whole: every mistake is a `DeclarationError` that names the culprit."""
        check_protocol(Parts(self.machines, self.channels, self.capabilities, self.assumptions, self.transitions))

    @cached_property
    def active(self) -> tuple[Transition, ...]:
        """The transitions that can fire under the capabilities and assumptions of this protocol."""
        chosen = set(self.assumed)
        return tuple(
            evolve(t, guards=tuple(g for g in t.guards if g.given is None or g.given.holds(chosen)))
            for t in self.transitions
            if (t.capability is None or t.capability in self.enabled) and (t.given is None or t.given.holds(chosen))
        )

    def machine(self, name: str) -> Machine:
        """Find a machine by name."""
        return next(m for m in self.machines if m.name == name)

    def channel(self, name: str) -> Channel:
        """Find a channel by name."""
        return next(c for c in self.channels if c.name == name)

    @property
    def queues(self) -> tuple[Post | Exchange, ...]:
        """The channels that hold messages in flight: a slot each."""
        return tuple(c for c in self.channels if not isinstance(c, Instant) and has_queue(c))

    def transition(self, transition: object) -> Transition:
        """Find a transition by its name, or by the decorated function."""
        wanted = name_of(transition)
        for candidate in self.transitions:
            if candidate.name == wanted:
                return candidate
        raise DeclarationError(wanted, "the protocol has no such transition", "check the spelling with `launchproof show`")

    def guards_named(self, name: str) -> list[tuple[Transition, Guard]]:
        """Find every place where a guard stands."""
        return [(t, g) for t in self.transitions for g in t.guards if g.name == name]

    def without_guard(self, guard: Callable[..., Any] | str, of: object | None = None) -> Protocol:
        """Give the protocol without a guard, everywhere or in one transition only."""
        name = guard if isinstance(guard, str) else guard.__name__
        where = {t.name for t, _ in self.guards_named(name)} & (
            {name_of(of)} if of is not None else {t.name for t in self.transitions}
        )
        if not where:
            raise DeclarationError(name, "no such guard there", "check the spelling with `launchproof show`")
        return evolve(
            self,
            transitions=tuple(t.without_guard(name) if t.name in where else t for t in self.transitions),
        )

    def without(self, *transitions: object) -> Protocol:
        """Give the protocol without some transitions."""
        gone = {self.transition(t).name for t in transitions}
        return evolve(self, transitions=tuple(t for t in self.transitions if t.name not in gone))

    def replacing(self, old: object, new: Transition) -> Protocol:
        """Give the protocol with `new` where `old` stood; what referred to `old` refers to `new`."""
        gone = self.transition(old).name
        swapped = (new if t.name == gone else t for t in self.transitions)
        return evolve(
            self,
            transitions=tuple(evolve(t, otherwise=new.name) if t.otherwise == gone else t for t in swapped),
        )

    def adding(self, *transitions: Transition) -> Protocol:
        """Give the protocol with further transitions."""
        return evolve(self, transitions=(*self.transitions, *transitions))

    def assuming(self, **choices: str) -> Protocol:
        """Give the protocol under other answers to open questions, by name (``-`` as ``_``)."""
        chosen = {c.assumption: c for c in self.assumed}
        for key, value in choices.items():
            chosen[self.assumption(key).name] = self.assumption(key)(value)
        return evolve(self, assumed=tuple(chosen.values()))

    def assumption(self, name: str) -> Assumption:
        """Find an open question by name."""
        for candidate in self.assumptions:
            if candidate.name == name.replace("_", "-"):
                return candidate
        known = ", ".join(a.name for a in self.assumptions)
        raise DeclarationError(name, "there is no such assumption", f"use one of {known}")

    def with_capabilities(self, *names: str) -> Protocol:
        """Give the protocol with exactly these capabilities switched on."""
        self._known(names)
        return evolve(self, enabled=frozenset(names))

    def without_capabilities(self, *names: str) -> Protocol:
        """Give the protocol with these capabilities switched off: itself, if they are."""
        self._known(names)
        left = self.enabled.difference(names)
        return self if left == self.enabled else evolve(self, enabled=left)

    def _known(self, names: Iterable[str]) -> None:
        known = [c.name for c in self.capabilities]
        for name in names:
            if name not in known:
                raise DeclarationError(name, "there is no such capability", f"use one of {', '.join(known)}")

    def route(self, transition: Transition, message: type, heard_on: str | None) -> tuple[Channel, str]:
        """Tell on which channel a transition's message goes, and to which machine (or `ASKER`).

        In this order: the channel that ``via`` names, the one that the heard message came on, the
        only one on which this machine can say it.
        """
        names = (transition.via, heard_on)
        preferred = [c for name in names for c in self.channels if c.name == name and message in c.carries]
        possible = preferred or [c for c in self.channels if message in c.carries and speaks_on(transition.machine, c)]
        if not possible:
            raise DeclarationError(
                f"transition {transition.name}",
                f"no channel carries {message.__name__} from {transition.machine}",
                "add it to a channel's messages",
            )
        channel = possible[0]
        return channel, channel.receiver if isinstance(channel, Post) else channel.routes[message]
