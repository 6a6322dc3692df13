"""Reads a typed function's annotations, once, at import: what it takes and what it gives.

The annotations are the only declaration there is; the diagrams, the tables and the search all read
the `Signature` made here.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from launchproof.declare.channels import Posted, Sent
from launchproof.declare.names import FreshMark, Name, PickMark
from launchproof.errors import DeclarationError


@frozen
class Heard:
    """What a function hears: the kind of envelope, and the message types (empty: any)."""

    envelope: type
    messages: tuple[type, ...]


@frozen
class Parameter:
    """A parameter after the phase: `kind` is ``heard``, ``new``, ``pick`` or ``slot``."""

    name: str
    kind: str
    types: tuple[Any, ...]


@frozen
class Signature:
    """What a transition's annotations say: phases left, message heard, choices, and results."""

    leaves: tuple[type, ...]
    heard: Heard | None
    parameters: tuple[Parameter, ...]
    reaches: tuple[type, ...]
    says: tuple[type, ...]


def summary(function: Callable[..., object], culprit: str) -> str:
    """Give the first paragraph of the docstring as one line; refuse a function without one."""
    text = inspect.getdoc(function) or ""
    if not text.strip():
        raise DeclarationError(culprit, "it has no docstring", "say in a sentence what it means")
    return " ".join(text.split("\n\n")[0].split())


def hints_of(function: Callable[..., object], culprit: str) -> dict[str, Any]:
    """Resolve all annotations; an unresolvable or a missing one is a `DeclarationError`."""
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise DeclarationError(
            culprit,
            f"its annotation names {error.name!r}, which its module does not have",
            "import it outside TYPE_CHECKING",
        ) from None
    for name in inspect.signature(function).parameters:
        if name not in hints:
            raise DeclarationError(culprit, f"parameter {name!r} has no annotation", "annotate it")
    if "return" not in hints:
        raise DeclarationError(culprit, "it has no return annotation", "say what it gives")
    return hints


def union_members(annotation: Any) -> tuple[Any, ...]:
    """Flatten ``A | B`` (and a TypeVar's bound or constraints) into its members."""
    if isinstance(annotation, TypeVar):
        members = annotation.__constraints__ or (annotation.__bound__ or Any,)
        return tuple(m for member in members for m in union_members(member))
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(m for member in get_args(annotation) for m in union_members(member))
    return (annotation,)


def read_heard(annotation: Any) -> Heard | None:
    """Read ``Posted[Ready]`` or ``Sent[A | B]``; anything else is no envelope."""
    envelopes = [get_origin(m) or m for m in union_members(annotation)]
    if not all(e in (Posted, Sent) for e in envelopes):
        return None
    messages: list[type] = []
    for member in union_members(annotation):
        for argument in get_args(member):
            messages += [m for m in union_members(argument) if m not in (Any, object)]
    return Heard(envelopes[0], tuple(messages))


def read_parameter(name: str, annotation: Any, culprit: str) -> Parameter:
    """Tell what a parameter after the phase stands for."""
    heard = read_heard(annotation)
    if heard is not None:
        return Parameter(name, "heard", (heard,))
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        if any(isinstance(mark, FreshMark) for mark in marks):
            if not (isinstance(inner, type) and issubclass(inner, Name)):
                raise DeclarationError(culprit, f"parameter {name!r} is New, but {inner!r} is no Name", "subclass Name")
            return Parameter(name, "new", (inner,))
        if any(isinstance(mark, PickMark) for mark in marks):
            if not isinstance(inner, type):
                raise DeclarationError(culprit, f"parameter {name!r} picks from {inner!r}", "name one class")
            if not (issubclass(inner, Enum | Name) or attrs.has(inner)):
                raise DeclarationError(
                    culprit,
                    f"parameter {name!r} picks from {inner.__name__}",
                    "pick from an enum, a name or an attrs class",
                )
            return Parameter(name, "pick", (inner,))
    raise DeclarationError(
        culprit,
        f"parameter {name!r} is neither heard, New nor Pick",
        "annotate it Posted[...], Sent[...], New[...] or Pick[...]",
    )


def read_results(annotation: Any, to: type, culprit: str) -> Iterator[tuple[tuple[type, ...], tuple[type, ...]]]:
    """Yield (phases, said messages) of each ``To[...]`` in a return annotation."""
    for member in union_members(annotation):
        if get_origin(member) is not to:
            raise DeclarationError(culprit, f"it returns {member!r}", "return To[Phase, Message, ...]")
        phase, *said = get_args(member)
        yield union_members(phase), tuple(m for item in said for m in union_members(item))


def read_transition(function: Callable[..., object], to: type, culprit: str) -> Signature:
    """Read a transition's whole signature."""
    hints = hints_of(function, culprit)
    names = list(inspect.signature(function).parameters)
    if not names:
        raise DeclarationError(culprit, "it takes no phase", "let its first parameter be the phases it leaves")
    parameters = tuple(read_parameter(name, hints[name], culprit) for name in names[1:])
    heard = [p.types[0] for p in parameters if p.kind == "heard"]
    if len(heard) > 1:
        raise DeclarationError(culprit, "it hears two messages", "hear one; split the transition")
    reaches: dict[type, None] = {}
    says: dict[type, None] = {}
    for phases, said in read_results(hints["return"], to, culprit):
        reaches.update(dict.fromkeys(phases))
        says.update(dict.fromkeys(said))
    return Signature(
        leaves=union_members(hints[names[0]]),
        heard=heard[0] if heard else None,
        parameters=parameters,
        reaches=tuple(reaches),
        says=tuple(says),
    )
