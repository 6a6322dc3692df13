"""Finds out whether a channel can grow without end.

A run that comes back to the same phases and channels, but for one channel that holds more, can do
so again and again in two cases:

- nothing was heard from that channel on the way, and it holds the same messages as before with
  further ones behind them: what is in front makes no difference to a run that does not look;
- all that it holds, before and after, is one message many times over: whichever of them a run
  hears, it hears the same.

States are compared with the grown channel emptied, in canonical numbering. The two cases are
sufficient, not necessary: a channel that grows in another way ends the search undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from launchproof.semantics.steps import Semantics, State
from launchproof.semantics.values import held_names, renamed

SUSPICIOUS: Final = 3
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
        unheard = True
        last = len(content)
        here = parents[position]
        while here >= 0:
            mine = items(semantics, states[here], slot)
            unheard = unheard and len(mine) <= last
            last = len(mine)
            if (unheard and leads(mine, content)) or repeats(mine, content):
                if emptied(semantics, states[here], slot) == without:
                    return here
            here = parents[here]
    return None


def leads(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether a channel holds what it held, and more behind it."""
    return len(before) < len(after) and shapes(before) == shapes(after[: len(before)])


def repeats(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether a channel holds the one message that it held before more often."""
    return 0 < len(before) < len(after) and all(item == after[0] for item in (*before, *after))


def items(semantics: Semantics, state: State, slot: int) -> tuple[object, ...]:
    """Give what a channel holds in a state."""
    return cast("tuple[object, ...]", semantics.interner.values[state[slot]])


def emptied(semantics: Semantics, state: State, slot: int) -> State:
    """Give the canonical form of a state with one channel emptied."""
    return semantics.canonical((*state[:slot], semantics.empty, *state[slot + 1 :]))


def shapes(content: Sequence[object]) -> tuple[object, ...]:
    """Give messages with all names of a sort made equal."""
    return tuple(renamed(item, {n: type(n)(0) for n in held_names(item)}) for item in content)
