"""Says that the protocol allows no step like one of a file's, and which of its steps are the nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from launchproof.errors import TraceError
from launchproof.traces.saved import SavedAct, SavedStep

NEAREST: Final = 5
"""How many of the possible steps are told."""


def impossible(wanted: SavedStep, possible: Sequence[SavedStep], number: int, file: object) -> TraceError:
    """Say so of a step by its number, from the first part of it on that none of the possible steps has."""
    depth = max((alike(wanted, other) for other in possible), default=0)
    near = sorted((o for o in possible if alike(wanted, o) == depth), key=lambda o: distance(wanted, o, depth))
    told = list(dict.fromkeys(part(other, depth, differences(wanted, other, depth)) for other in near))[:NEAREST]
    only_says = any(differences(wanted, other, depth) == ("says",) for other in near)
    asked = part(wanted, depth, ("given", "hears", "says") if only_says else ("given", "hears"))
    return TraceError(
        file,
        f"$.steps[{number}]" + (f".acts[{depth}]" if depth else ""),
        f"the model allows no such {'act in this step' if depth else 'step'}: {asked}",
        f"possible there: {'; '.join(told) or 'nothing at all'}",
    )


def alike(wanted: SavedStep, other: SavedStep) -> int:
    """Count the parts that two steps have in common, from the first one on."""
    if wanted.actor != other.actor:
        return 0
    same = [mine == theirs for mine, theirs in zip(wanted.acts, other.acts, strict=False)]
    return (*same, False).index(False)


def distance(wanted: SavedStep, other: SavedStep, depth: int) -> tuple[bool, ...]:
    """Sort steps by what their parts at a place have in common: the nearest come first."""
    mine, theirs = act_at(wanted, depth), act_at(other, depth)
    if mine is None or theirs is None:
        return (wanted.actor != other.actor, mine is not theirs)
    same = (getattr(mine, name) != getattr(theirs, name) for name in ("machine", "does", "hears", "given"))
    return (wanted.actor != other.actor, *same)


def differences(wanted: SavedStep, other: SavedStep, depth: int) -> tuple[str, ...]:
    """Name what tells two acts of the same name apart, at a place of two steps."""
    mine, theirs = act_at(wanted, depth), act_at(other, depth)
    if mine is None or theirs is None or (mine.machine, mine.does) != (theirs.machine, theirs.does):
        return ()
    return tuple(name for name in ("given", "hears", "says") if getattr(mine, name) != getattr(theirs, name))


def act_at(step: SavedStep, depth: int) -> SavedAct | None:
    """Give one of a step's acts, if it has so many."""
    return step.acts[depth] if depth < len(step.acts) else None


def part(step: SavedStep, depth: int, details: tuple[str, ...]) -> str:
    """Give one part of a step in words, with these details."""
    act = act_at(step, depth)
    if act is None:
        return "nothing more" if depth else "nothing"
    who = step.actor if depth == 0 else act.machine
    whom = f" ({act.machine})" if act.machine != who else ""
    picks = "".join(f", given {name}={value}" for name, value in act.given.items() if "given" in details)
    hears = f", which hears {act.hears}" if act.hears and "hears" in details else ""
    says = f", which says {', '.join(act.says) or 'nothing'}" if "says" in details else ""
    return printable(f"{who} · {act.does.removeprefix(f'{act.machine} ')}{whom}{picks}{hears}{says}")


def printable(text: str) -> str:
    """Give a text of the file so that it can be written to any terminal."""
    return text if text.isprintable() else repr(text)[1:-1]
