"""Makes attrs values of what was read from JSON, and converts nothing: what does not fit is refused.

A number is no string, ``true`` is no number, null stands only where it is allowed, every key is
needed and no other is known. The first place that does not fit is told as a JSON path.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

KINDS: Final[dict[type, str]] = {str: "a string", list: "a list", dict: "an object"}


class Fault(NamedTuple):
    """The first place that does not fit: its JSON path, what is wrong there, and the fix."""

    place: str
    wrong: str
    fix: str


class UnfitError(Exception):
    """A value does not fit where it stands."""

    def __init__(self, value: object, wanted: str) -> None:
        """Say what it is, and what was wanted."""
        super().__init__()
        self.wrong = f"it is {KINDS.get(type(value)) or json.dumps(value)}, not {wanted}"
        self.fix = f"write {wanted} there"


def structured(found: Any, kind: type[T]) -> T:
    """Make a value of a class of what was read; `first_fault` tells of the error that it raises."""
    return CONVERTER.structure(found, kind)


# -- what fits ---------------------------------------------------------------------------------------


def text(value: Any, _kind: Any) -> str:
    """Take a string."""
    if not isinstance(value, str):
        raise UnfitError(value, "a string")
    return value


def seconds(value: Any, _kind: Any) -> float:
    """Take a number of seconds."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf:
        wanted = "a number of seconds from 0 on"
        raise UnfitError(value, wanted)
    return float(value)


def scalar(value: Any, _kind: Any) -> Any:
    """Take a string, a number, true, false or null."""
    if isinstance(value, list | dict):
        raise UnfitError(value, "a single value")
    return value


def items(value: Any, kind: Any) -> tuple[Any, ...]:
    """Take a list."""
    if not isinstance(value, list):
        raise UnfitError(value, "a list")
    return tuple(made for _, made in each(enumerate(value), get_args(kind)[0], kind))


def members(value: Any, kind: Any) -> dict[str, Any]:
    """Take an object with any keys."""
    if not isinstance(value, dict):
        raise UnfitError(value, "an object")
    return dict(each(value.items(), get_args(kind)[1], kind))


def each(pairs: Iterable[tuple[Any, Any]], inner: Any, kind: Any) -> list[tuple[Any, Any]]:
    """Make each value of a list or an object; an error is noted with where it happened."""
    made = []
    for key, value in pairs:
        try:
            made.append((key, CONVERTER.structure(value, inner)))
        except (ClassValidationError, IterableValidationError, UnfitError) as error:
            error.add_note(IterableValidationNote("", key, inner))
            raise IterableValidationError("", [error], kind) from None
    return made


def object_hook(kind: type) -> Hook:
    """Give the hook that makes a value of an attrs class."""
    make: Hook = make_dict_structure_fn(kind, CONVERTER, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True)

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            raise UnfitError(value, "an object")
        return make(value, wanted)

    return hook


def made_of(kind: Any) -> object:
    """Give the class behind an annotation with parameters."""
    return get_origin(kind)


def strict_converter() -> Converter:
    """Make the converter."""
    made = Converter(forbid_extra_keys=True, detailed_validation=True)
    made.register_structure_hook(str, text)
    made.register_structure_hook(float, seconds)
    made.register_structure_hook_func(lambda kind: set(get_args(kind)) == {str, int, float, bool, type(None)}, scalar)
    made.register_structure_hook_func(lambda kind: made_of(kind) is tuple, items)
    made.register_structure_hook_func(lambda kind: made_of(kind) is dict, members)
    made.register_structure_hook_factory(attrs.has, object_hook)
    return made


CONVERTER: Final = strict_converter()


# -- what does not -----------------------------------------------------------------------------------


def first_fault(error: Exception, place: str = "$") -> Fault:
    """Tell of the first place that does not fit; an error of another kind is raised again."""
    if isinstance(error, ClassValidationError):
        noted, others = error.group_exceptions()
        if others:
            return first_fault(others[0], place)
        return first_fault(noted[0][0], f"{place}.{noted[0][1].name}")
    if isinstance(error, IterableValidationError):
        inner, note = error.group_exceptions()[0][0]
        return first_fault(inner, f"{place}[{note.index!r}]")
    if isinstance(error, ForbiddenExtraKeysError):
        known = ", ".join(a.name for a in attrs.fields(error.cl))
        return Fault(place, f"there is an unknown key {min(error.extra_fields)!r}", f"take it out; the keys are {known}")
    if isinstance(error, KeyError):
        return Fault(place, "the key is missing", "add it, or save the run again")
    if isinstance(error, UnfitError):
        return Fault(place, error.wrong, error.fix)
    raise error
