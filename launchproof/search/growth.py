"""Finds out whether a channel can grow without end.

A run that comes back to the same phases and channels, but for one channel that holds the same
messages and further ones behind them, can do so again, provided that nothing was heard from that
channel on the way (what is in front of it then makes no difference). Names apart: states are
compared with the grown channel emptied, in canonical numbering.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from launchproof.semantics.steps import Semantics, State
from launchproof.semantics.values import held_names, renamed

SUSPICIOUS: Final = 6
"""From this many messages in a channel on, every further state is checked."""

LONG: Final = 64
"""A channel this long, without a loop that explains it, ends the search undecided."""


def grows(semantics: Semantics, states: Sequence[State], parents: Sequence[int], position: int) -> int | None:
    """Give an earlier state on the way to this one from which a channel grows for ever, if any."""
    grown = states[position]
    for slot in range(semantics.machines, len(grown)):
        content = items(semantics, grown, slot)
        if len(content) < SUSPICIOUS:
            continue
        without = emptied(semantics, grown, slot)
        last = len(content)
        here = parents[position]
        while here >= 0:
            mine = items(semantics, states[here], slot)
            if len(mine) > last:
                break
            last = len(mine)
            if len(mine) < len(content) and shapes(mine) == shapes(content[: len(mine)]):
                if emptied(semantics, states[here], slot) == without:
                    return here
            here = parents[here]
    return None


def items(semantics: Semantics, state: State, slot: int) -> tuple[object, ...]:
    """Give what a channel holds in a state."""
    return cast("tuple[object, ...]", semantics.interner.values[state[slot]])


def emptied(semantics: Semantics, state: State, slot: int) -> State:
    """Give the canonical form of a state with one channel emptied."""
    return semantics.canonical((*state[:slot], semantics.empty, *state[slot + 1 :]))


def shapes(content: Sequence[object]) -> tuple[object, ...]:
    """Give messages with all names of a sort made equal."""
    return tuple(renamed(item, {n: type(n)(0) for n in held_names(item)}) for item in content)
