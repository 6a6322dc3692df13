"""Messages as text, and back: what is said crosses every channel as JSON and nothing else.

cattrs writes and reads attrs classes by their fields, strictly; a name crosses as its text alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs

from launchproof.concrete.concretion import Concretion
from launchproof.declare.names import Name
from launchproof.declare.protocol import Protocol
from launchproof.declare.signature import union_members
from launchproof.semantics.values import order

if TYPE_CHECKING:
    from launchproof.concrete.run import Run


class Wire:
    """Writes and reads one protocol's messages, in the texts of the run it is set to."""

    run: Run

    def __init__(self, protocol: Protocol, concretion: Concretion) -> None:
        """Learn the classes of all messages; set `run` before use."""
        from cattrs import Converter

        self._kinds = {kind.__name__: kind for channel in protocol.channels for kind in channel.carries}
        self._converter = Converter(forbid_extra_keys=True, prefer_attrib_converters=False)
        self._add_names()
        self._add_enums()
        self._add_unions()
        self._add_plain()
        for kind, form in concretion.forms.items():
            self._converter.register_unstructure_hook(kind, self._writer(form.write))
            self._converter.register_structure_hook(kind, self._reader(form.read))

    def write(self, message: object) -> str:
        """Give a message as the text that crosses the wire."""
        data = self._converter.unstructure(message)
        return json.dumps({"type": type(message).__name__, "data": data}, separators=(",", ":"))

    def read(self, text: str) -> object:
        """Give the message that a text is; anything else than a message of the protocol raises."""
        found = json.loads(text)
        return self._converter.structure(found["data"], self._kinds[found["type"]])

    def text_of(self, value: object) -> Any:
        """Give a part of a message, a URL for example, as it reads within one."""
        return self._converter.unstructure(value)

    def read_as(self, kind: type, data: Any) -> Any:
        """Give the value of a class that a part of a message is."""
        return self._converter.structure(data, kind)

    def _writer(self, write: Callable[[Run, Any], Any]) -> Callable[[Any], Any]:
        return lambda value: write(self.run, value)

    def _reader(self, read: Callable[[Run, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda data, _: read(self.run, data)

    def _text(self, name: Name | None) -> str | None:
        return None if name is None else self.run.texts.of(name)

    def _add_names(self) -> None:
        def read(text: Any, kind: Any) -> Name | None:
            if text is None and type(None) in union_members(kind):
                return None
            name: Name = self.run.texts.read(members(kind), strict_text(text))
            return name

        self._converter.register_unstructure_hook_func(are_names, self._text)
        self._converter.register_structure_hook_func(are_names, read)

    def _add_unions(self) -> None:
        """Tell attrs classes of a union apart by their names."""

        def write(value: Any) -> Any:
            data = self._converter.unstructure(value)
            return None if value is None else {"type": type(value).__name__, "data": data}

        def read(data: Any, kind: Any) -> Any:
            if data is None and type(None) in union_members(kind):
                return None
            return self._converter.structure(data["data"], next(k for k in members(kind) if k.__name__ == data["type"]))

        self._converter.register_unstructure_hook_func(are_classes, write)
        self._converter.register_structure_hook_func(are_classes, read)

    def _add_plain(self) -> None:
        """Write sets as lists in a fixed order; refuse what is of another type than it should be."""

        def listed(value: frozenset[Any]) -> list[Any]:
            return [self._converter.unstructure(item) for item in sorted(value, key=order)]

        self._converter.register_unstructure_hook_func(is_set, listed)
        self._converter.register_structure_hook_func(is_collection, self._collected)
        for kind in (bool, int, float, str):
            self._converter.register_structure_hook(kind, strictly)

    def _collected(self, data: Any, kind: Any) -> Any:
        """Read a list as a tuple or set; each item by its class."""
        if not isinstance(data, list):
            raise TypeError(f"{data!r} is no list")
        kinds, each = get_args(kind), get_origin(kind)
        if each is tuple and kinds[-1:] != (Ellipsis,):
            return tuple(self._converter.structure(item, its) for item, its in zip(data, kinds, strict=True))
        return each(self._converter.structure(item, kinds[0]) for item in data)

    def _add_enums(self) -> None:
        self._converter.register_unstructure_hook(Enum, lambda member: member.name)
        self._converter.register_structure_hook(Enum, lambda name, kind: kind[name])


def members(kind: Any) -> list[Any]:
    """Give the members of a union but for None, or a class alone."""
    return [member for member in union_members(kind) if member is not type(None)]


def are_names(kind: Any) -> bool:
    """Whether a class, or every member of a union, is a sort of names."""
    found = members(kind)
    return bool(found) and all(isinstance(member, type) and issubclass(member, Name) for member in found)


def are_classes(kind: Any) -> bool:
    """Whether this is a union of several attrs classes."""
    found = members(kind)
    return len(found) > 1 and not are_names(kind) and all(isinstance(m, type) and attrs.has(m) for m in found)


def is_set(kind: Any) -> bool:
    """Whether this is a set of something."""
    return (get_origin(kind) or kind) is frozenset


def is_collection(kind: Any) -> bool:
    """Whether this is a set or tuple of something."""
    return get_origin(kind) in (frozenset, tuple)


def strictly(value: object, kind: Any) -> Any:
    """Give a plain value as it is; one of another type is refused, not converted."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def strict_text(text: object) -> str:
    """Refuse what is no text where a name belongs."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no text")
    return text
