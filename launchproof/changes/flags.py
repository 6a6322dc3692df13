"""Flags of messages: fields that are true or false, one of an enum's members, or may be nothing. Each can be flipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from launchproof.declare.altered import with_message
from launchproof.declare.protocol import Protocol
from launchproof.declare.signature import union_members

DOT: Final = "."


@frozen
class Flip:
    """A flag with another value wherever the message is said: what it says then, and who says it."""

    message: type
    name: str
    says: str
    value: Callable[[Any], Any] = field(repr=False)

    def cites(self, protocol: Protocol) -> tuple[str, ...]:
        """Give the statements that the transitions cite which say the message."""
        return tuple(dict.fromkeys(cite for t in protocol.active if self.message in t.signature.says for cite in t.cites))

    def of(self, protocol: Protocol) -> Protocol:
        """Give the protocol in which it is flipped."""
        for transition in protocol.transitions:
            if self.message in transition.signature.says:
                protocol = protocol.replacing(transition.name, with_message(transition, self.message, self._flipped))
        return protocol

    def _flipped(self, said: Any) -> Any:
        return evolve(said, **{self.name: self.value(getattr(said, self.name))})


def messages(protocol: Protocol) -> dict[str, type]:
    """Give every message that an active transition says, by name."""
    return {message.__name__: message for t in protocol.active for message in t.signature.says}


def flag_names(protocol: Protocol) -> list[str]:
    """List the flags of all messages that are said, as ``Message.field``."""
    return [
        f"{name}{DOT}{a.name}"
        for name, message in messages(protocol).items()
        for a in fields_of(message)
        if any(True for _ in values(a))
    ]


def flipped(protocol: Protocol, name: str) -> Iterator[Flip]:
    """Yield the ways to flip a flag."""
    said, _, wanted = name.partition(DOT)
    message = messages(protocol).get(said)
    for a in fields_of(message) if message is not None else ():
        if message is not None and a.name == wanted:
            for says, value in values(a):
                yield Flip(message, wanted, f"{name} = {says}", value)


def fields_of(message: type) -> tuple[attrs.Attribute[Any], ...]:
    """Give a message's fields, with their types."""
    return attrs.fields(attrs.resolve_types(message)) if attrs.has(message) else ()


def values(a: attrs.Attribute[Any]) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield what a field could be instead: nothing, where it may be that; else the opposite, or each member of its enum."""
    kinds = union_members(a.type)
    if type(None) in kinds:
        yield "nothing", lambda _: None
    elif bool in kinds:
        yield "the opposite", lambda value: not value
    else:
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Enum):
                yield from ((str(member.value), lambda _, member=member: member) for member in kind)
