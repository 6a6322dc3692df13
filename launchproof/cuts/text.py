"""How cut sets are told: a table with the single points of failure first, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from launchproof.cuts.answer import Cut, CutSets
from launchproof.declare.properties import Property

TOGETHER = " + "


def rows(found: CutSets, properties: Sequence[Property]) -> Iterator[tuple[str, str, str]]:
    """Yield a property, a cut set, and how soon it breaks; the property's name stands in its first row only."""
    for prop in properties:
        for number, cut in enumerate(found.of(prop)):
            yield prop.name if number == 0 else "", TOGETHER.join(cut.lost), length(cut)


def length(cut: Cut) -> str:
    """Say how long the shortest run is that breaks the property."""
    return "never" if cut.steps is None else f"{cut.steps}"


def notes(found: CutSets, properties: Sequence[Property]) -> Iterator[str]:
    """Yield what has to be known besides the table."""
    for size in sorted({found.sizes.get(prop.name, 0) for prop in properties}, reverse=True):
        looked = [prop.name for prop in properties if found.sizes.get(prop.name, 0) == size and prop.name not in found.broken]
        whole = [name for name in looked if not found.of(name)]
        if whole:
            yield f"{unbroken(size)}: {', '.join(whole)}"
    if found.broken:
        yield f"broken with nothing lost, so nothing is said of it: {', '.join(found.broken)}"
    for losses, says in (
        (found.grows, "a channel grows without end, so nothing else was lost, without"),
        (found.fails, "a transition fails, so nothing else was lost, without"),
    ):
        if losses:
            yield f"{says} {', '.join(TOGETHER.join(lost) for lost in losses)}"
    if found.silent:
        yield f"alone they hold nothing back that no other guard does: {', '.join(found.silent)}"
    if found.unread:
        yield f"left out of the search for sets, as nothing reads it: {', '.join(found.unread)}"


def unbroken(size: int) -> str:
    """Say up to which size nothing breaks some properties."""
    return "not looked at" if size == 0 else f"no loss of {counted(size)} breaks"


def so_far(found: CutSets) -> str:
    """Say what is known of all claims about states and steps where the search ended too soon."""
    if not found.complete:
        return "not even single losses are known"
    return f"all cut sets of up to {found.complete} are known, and of larger ones only these"


def counted(size: int) -> str:
    """Say how many guards."""
    return "one guard, nor another answer," if size == 1 else f"up to {size} guards"


def summary(found: CutSets) -> str:
    """Say how many there are."""
    singles = len({cut.lost for cut in found.cuts if cut.single})
    return (
        f"{len(found.cuts)} minimal cut sets; {singles} single points of failure; "
        f"{found.sets:,} sets, {found.states:,} states, {found.seconds:.0f} s"
    )


def cuts_json(found: CutSets, properties: Sequence[Property]) -> dict[str, Any]:
    """Give everything as plain data."""
    return {
        "properties": [
            {
                "name": prop.name,
                "known_up_to": found.sizes.get(prop.name, 0),
                "cut_sets": [{"lost": list(cut.lost), "steps": cut.steps} for cut in found.of(prop)],
            }
            for prop in properties
        ],
        "grow": [list(lost) for lost in found.grows],
        "fail": [list(lost) for lost in found.fails],
        "silent": list(found.silent),
        "unread": list(found.unread),
        "broken": list(found.broken),
        "sets": found.sets,
        "states": found.states,
        "seconds": round(found.seconds, 3),
        "stopped": found.stopped,
    }
