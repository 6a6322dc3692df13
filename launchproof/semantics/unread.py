"""Fields that nothing reads: what they hold makes no difference, and states that differ in nothing else are the same.

Some data is only passed on: no guard asks for it, no effect chooses by it, no property looks at it. A search that puts
`Unread` in its place finds fewer states, and the same answers. That nothing reads it is not believed but seen: whoever
compares an `Unread`, computes with it or asks for its truth gets a `FieldReadError`, which names the field, and the search
begins again with that field as it is. So does one that puts it into a field that is not left out.

*Argument.* A function of the model that ends without reading an `Unread` gave what it would have given for any value
in its place. No two values of a search share one, so that comparing whole values reads it, unless one was made from the other in
the same step and the field went along, which then is the same.

*Limits.* Python lets nobody see ``is``, ``type()`` and ``id()``. So only fields that are declared to hold an ``int`` or a
``str`` are left out, of which no program should ask these. And a whole value that holds such a field can be looked up in
a set or a dictionary unseen, as that asks for its hash first: a model must compare it, or look up by its parts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final, NoReturn, get_args, get_type_hints

import attrs
from attrs import evolve, frozen

from launchproof.declare.names import Name
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol

Fields = frozenset[tuple[type, str]]
"""Fields of classes, by class and name."""

NO_FIELDS: Final[Fields] = frozenset()

PASSED_ON: Final = (int, str)
"""What a field holds that may be left out."""


class FieldReadError(BaseException):
    """Something reads a field that was to be left out. No model should catch this, so it is no `Exception`."""

    def __init__(self, kind: type, name: str) -> None:
        """Name the field."""
        super().__init__(f"{kind.__name__}.{name} is read")
        self.field = (kind, name)


@frozen(eq=False, repr=False)
class Unread:
    """Stands in a field for whatever it holds."""

    kind: type
    name: str

    def read(self, *_: object) -> NoReturn:
        """Tell that somebody reads the field."""
        raise FieldReadError(self.kind, self.name)

    def __repr__(self) -> str:
        """Say nothing of what it stands for."""
        return "..."

    def __hash__(self) -> int:
        """Give the same for all within a value that is hashed, which is to keep it; to look it up by itself is to read it."""
        if not sys._getframe(1).f_code.co_filename.startswith("<attrs generated"):  # noqa: SLF001 - who asks is in no argument
            self.read()
        return 0

    def __eq__(self, other: object) -> bool:
        """Be the same as itself; whoever compares it to something else reads it."""
        return other is self or self.read()

    def __ne__(self, other: object) -> bool:
        """Be no other than itself; whoever compares it to something else reads it."""
        return other is not self and self.read()

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = __contains__ = read
    __getitem__ = __str__ = __format__ = __int__ = __float__ = __index__ = __neg__ = __abs__ = __round__ = read
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = read
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __divmod__ = __rdivmod__ = __and__ = __or__ = __xor__ = read
    __lshift__ = __rshift__ = __invert__ = __pos__ = __rand__ = __ror__ = __rxor__ = __rlshift__ = __rrshift__ = read
    __reversed__ = __bytes__ = __complex__ = __trunc__ = __floor__ = __ceil__ = read

    def __getattr__(self, name: str) -> NoReturn:
        """Have no attribute of a text or a number without telling."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise FieldReadError(self.kind, self.name)


class Veil:
    """Leaves fields of values out; parts that it has met stay with it, and are not gone through again."""

    def __init__(self, without: Fields) -> None:
        """Tell which fields to leave out."""
        self.without = without
        self._veiled: dict[int, object] = {}

    def over(self, value: Any) -> Any:
        """Give a value with an `Unread` of its own in each field that is left out."""
        if id(value) in self._veiled or isinstance(value, Name | Enum):
            return value
        if isinstance(value, tuple | frozenset):
            items = [self.over(item) for item in value]
            found = value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
        elif attrs.has(type(value)):
            changes = {name: new for name, old, new in self._fields(value) if new is not old}
            found = evolve(value, **changes) if changes else value
        else:
            return value
        self._veiled[id(found)] = found
        return found

    def _fields(self, value: Any) -> Iterator[tuple[str, object, object]]:
        """Yield each field of a value, by the name that it is made with, with what it holds now and then."""
        kind = type(value)
        for field in attrs.fields(kind):
            old = getattr(value, field.name)
            new = Unread(kind, field.name) if (kind, field.name) in self.without else self.over(old)
            yield field.alias or field.name, old, new


def passed_on(protocol: Protocol, properties: Iterable[Property]) -> Fields:
    """Give the fields of phases and messages that can be left out, as long as nobody is seen to read them."""
    sought = [kind for prop in properties if prop.kind == "wherever" for kind in prop.reads[0].types]
    wanted = [kind for kind in PASSED_ON if not any(issubclass(kind, other) for other in sought)]
    phases = [phase for machine in protocol.machines for phase in machine.phases]
    messages = [message for channel in protocol.channels for message in channel.carries]
    return frozenset(
        (kind, field.name)
        for kind, hints in held_by([*phases, *messages]).items()
        for field in attrs.fields(kind)
        if field.init and field.converter is None and field.validator is None and hints.get(field.name) in wanted
    )


def spelled_field(field: tuple[type, str]) -> str:
    """Give a field as ``Class.field``."""
    kind, name = field
    return f"{kind.__name__}.{name}"


def held_by(kinds: Iterable[type]) -> dict[type, dict[str, Any]]:
    """Find the attrs classes that some classes hold, with the types of their fields."""
    found: dict[type, dict[str, Any]] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind in found or not attrs.has(kind) or issubclass(kind, Name):
            continue
        try:
            hints = get_type_hints(kind)
        except NameError:  # an annotation that cannot be looked up: what it means is not known, so nothing is left out
            hints = {}
        found[kind] = hints
        waiting += [part for hint in hints.values() for part in types_in(hint)]
    return found


def types_in(hint: Any) -> Iterator[type]:
    """Yield the classes that a type is made of."""
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for part in get_args(hint):
        yield from types_in(part)
