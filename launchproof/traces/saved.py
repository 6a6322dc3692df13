"""A run as a file, ``*.trace.json``: what is in it, how a run is recorded, read and written.

::

    {
      "format": "launchproof-trace/1",
      "protocol": "embed",                       the protocol's name
      "without": ["time"],                       capabilities that were switched off
      "assume": {"launch-use": "expiry-only"},   answers that differ from the default ones
      "breaks": "launch-accepted-once",          the property that its last step breaks, or null
      "setup": null,                             how names were made concrete, by name: scalars; or null
      "steps": [
        {
          "actor": "host",                       who began it: a machine, or a capability
          "pause": 0.0,                          seconds that passed before it (0 where there is no clock)
          "acts": [                              what each machine did in it, in order
            {
              "machine": "host",
              "does": "open_page",               the transition
              "hears": null,                     what it heard, in its envelope, or null
              "says": ["AskMint()"],             what it said
              "given": {"lie": "Lie.READY"}      the arguments that were picked for it
            }
          ]
        }
      ]
    }

What is heard, said and given is the value's full text, with names that mean the same throughout:
``access-token-2`` is the second access token of this run. Every key is needed, and no other is
allowed; a value of another type is refused, not converted. The same run is the same file, byte by
byte.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import field, frozen
from cattrs.errors import ClassValidationError

from launchproof.declare.names import Name
from launchproof.declare.protocol import Protocol
from launchproof.errors import TraceError
from launchproof.search.trace import Act, Hop, Trace, TraceStep, tell
from launchproof.semantics.steps import Semantics
from launchproof.semantics.values import order
from launchproof.traces.strict import first_fault, structured

FORMAT: Final = "launchproof-trace/1"
SUFFIX: Final = ".trace.json"

Scalar = str | int | float | bool | None


@frozen
class SavedAct:
    """What one machine did within a step."""

    machine: str
    does: str
    hears: str | None
    says: tuple[str, ...]
    given: dict[str, str] = field(hash=False)


@frozen
class SavedStep:
    """One step, and how many seconds passed before it."""

    actor: str
    pause: float
    acts: tuple[SavedAct, ...]


@frozen
class SavedTrace:
    """A run, the setting in which it was taken, and the property that its last step breaks."""

    protocol: str
    without: tuple[str, ...]
    assume: dict[str, str] = field(hash=False)
    breaks: str | None
    setup: dict[str, Scalar] | None = field(hash=False)
    steps: tuple[SavedStep, ...]


# -- recording ---------------------------------------------------------------------------------------


def record(
    semantics: Semantics,
    hops: Sequence[Hop],
    breaks: str | None = None,
    *,
    setup: Mapping[str, Scalar] | None = None,
    pauses: Sequence[float] = (),
) -> SavedTrace:
    """Give a path of states as a saved trace; `pauses` are the seconds before each step (none: no clock)."""
    return from_trace(semantics.protocol, tell(semantics, hops), breaks, setup=setup, pauses=pauses)


def from_trace(
    protocol: Protocol,
    trace: Trace,
    breaks: str | None = None,
    *,
    setup: Mapping[str, Scalar] | None = None,
    pauses: Sequence[float] = (),
) -> SavedTrace:
    """Give a run of a protocol's as a saved trace."""
    defaults = {a.name: a.default for a in protocol.assumptions}
    waits = pauses or [0.0] * len(trace.steps)
    return SavedTrace(
        protocol=protocol.name,
        without=tuple(c.name for c in protocol.capabilities if c.name not in protocol.enabled),
        assume={c.assumption: c.value for c in protocol.assumed if c.value != defaults[c.assumption]},
        breaks=breaks,
        setup=None if setup is None else dict(setup),
        steps=tuple(saved_step(step, float(wait)) for step, wait in zip(trace.steps, waits, strict=True)),
    )


def saved_step(step: TraceStep, pause: float = 0.0) -> SavedStep:
    """Give one step."""
    return SavedStep(step.actor, pause, tuple(saved_act(act) for act in step.acts))


def saved_act(act: Act) -> SavedAct:
    """Give what one machine did."""
    return SavedAct(
        machine=act.machine,
        does=act.name,
        hears=None if act.heard is None else full(act.heard),
        says=tuple(full(message) for message in act.said),
        given={name: full(value) for name, value in act.given},
    )


def full(value: Any) -> str:
    """Give a value in full: ``Auth(access=access-token-1, session=session-id-1, target=Origin.EMBED)``."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, frozenset):
        return "{" + ", ".join(full(item) for item in sorted(value, key=order)) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(full(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    if attrs.has(type(value)) and not isinstance(value, Name):
        parts = (f"{a.name}={full(getattr(value, a.name))}" for a in attrs.fields(type(value)))
        return f"{type(value).__name__}({', '.join(parts)})"
    return repr(value)


# -- files -------------------------------------------------------------------------------------------


def write(saved: SavedTrace, path: Path) -> None:
    """Write a file; who reads it meanwhile finds the old one or the new one whole."""
    text = json.dumps({"format": FORMAT, **attrs.asdict(saved)}, indent=2, ensure_ascii=False, allow_nan=False)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_text(f"{text}\n", encoding="utf-8", newline="\n")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise TraceError(path, "", f"it cannot be written ({error.strerror})", "name a folder that can be written to") from None


def read(path: Path) -> SavedTrace:
    """Read a file, and refuse whatever is not exactly as it should be."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        fix = "correct the name, or check its permissions"
        raise TraceError(path, "", f"it cannot be read ({error.strerror})", fix) from None
    except UnicodeDecodeError as error:
        raise TraceError(path, "", f"it is no valid UTF-8 ({error.reason})", "save the run again") from None
    try:
        found = json.loads(text, object_pairs_hook=once_each, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise TraceError(path, "", f"it is no valid JSON ({error})", "correct it, or save the run again") from None
    return checked(found, path)


def checked(found: Any, path: Path) -> SavedTrace:
    """Make a trace of what was read."""
    if not isinstance(found, dict):
        raise TraceError(path, "$", "it is not an object", 'write {"format": …, "steps": […]}, or save the run again')
    if "format" not in found:
        raise TraceError(path, "$.format", "the key is missing", f"add it, as {FORMAT!r}")
    if found.pop("format") != FORMAT:
        raise TraceError(path, "$.format", f"it is not {FORMAT!r}", "save the run again with this version of Launchproof")
    try:
        return structured(found, SavedTrace)
    except ClassValidationError as error:
        raise TraceError(path, *first_fault(error)) from None


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dictionary of an object's members; refuse a key that stands twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} stands twice in an object")
    return made


def refuse_constant(name: str) -> Any:
    """Refuse ``NaN`` and the infinities, which are no JSON."""
    raise ValueError(f"{name} is no number there")
