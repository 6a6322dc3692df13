"""Forgetting names: why the reachable states are finite without a bound on anything.

Three rules, applied after every step.

1. *Live names.* A name is live while a phase or a message in flight holds it. A registry's row is
   kept while one of its names is live, and then all the names it holds are. Every other row, and
   every remembered name that no row knows, is forgotten: nobody can ever present it again, so no
   run can tell it from one that never was.

2. *Orphans.* A row that only a memory refers to (an abandoned session whose launch URL leaked) is
   an orphan. It can still be used, but by nobody except whoever remembers it. Orphans pile up
   without end, so at most `keep` (one) are kept, and every choice of which is explored.
   A property that speaks of one row at a time misses nothing by it. Take a run that violates it at
   row r. Rows interact only through a machine or message that holds names of both; two orphans are
   held by neither, so dropping the other orphans from that run leaves a run, and r is kept in one
   of the choices. *Limits*: the argument needs that the property speaks of a single row, that no
   transition reads two orphan rows at once (or counts them), and that a memory is only ever used
   one name at a time (by each, where copies act together). A row is an orphan only where its registry
   says that it is of use alone.
   And a name of no use can still be handed on by who remembers it: where a machine may come to hold
   such a name, the memory needs a constant that stands for all of them from the start, or runs in
   which nothing else is remembered are missed.

3. *Numbers.* Names are numbered by where they stand: slots in order, held names first, then rows
   ordered by the names already numbered. Two states that differ by a renaming of what runs can
   only compare are bisimilar, so they need to be stored once only. Where rows tie (two orphans, or
   rows that share a name) such states may be stored twice; that costs states, never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from launchproof.declare.names import Name
from launchproof.semantics.values import Anatomy, Renaming, Row, name_of


def live_names(held: Iterable[Name], rows: Iterable[Row]) -> tuple[set[Name], list[Row]]:
    """Close the held names under "a row with a live name holds its names"; give the other rows too."""
    live = set(held)
    waiting = list(rows)
    growing = bool(waiting)
    while growing:
        still = []
        for row in waiting:
            if not row.holds or not live.isdisjoint(row.holds):
                live.update(row.holds)
            else:
                still.append(row)
        growing = 0 < len(still) < len(waiting)
        waiting = still
    return live, waiting


def unreferenced(anatomies: Sequence[Anatomy]) -> tuple[set[Name], list[Row], list[Row]]:
    """Give the live names, the rows that hold none of them, and which of these are orphans."""
    live, rows = live_names([n for a in anatomies for n in a.holds], [r for a in anatomies for r in a.rows])
    remembered = {n for a in anatomies for item in a.remembers for n in item} if rows else set()
    return live, rows, [row for row in rows if row.alone and not remembered.isdisjoint(row.holds)]


def choices(anatomies: Sequence[Anatomy], keep: int) -> Iterator[set[Name]]:
    """Yield the sets of live names, one for each choice of the orphans to keep."""
    live, rows, orphans = unreferenced(anatomies)
    if not orphans:
        yield live
        return
    for chosen in combinations(orphans, min(keep, len(orphans))):
        yield live_names(live.union(*(row.holds for row in chosen)), rows)[0]


def numbering(anatomies: Sequence[Anatomy], live: set[Name]) -> Renaming:
    """Give the live names numbers by where they stand."""
    numbered: dict[Name, Name] = {}
    counts: dict[type[Name], int] = {}

    def number(names: Iterable[Name]) -> None:
        for name in names:
            if name not in numbered:
                sort = type(name)
                next_ = counts.get(sort, 0)
                numbered[name] = name_of(sort, next_)
                counts[sort] = next_ + 1

    def standing(row: Row) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((type(n).__name__, numbered[n].number) for n in row.holds if n in numbered)) or (("~", 0),)

    for anatomy in anatomies:
        number(anatomy.holds)
    for anatomy in anatomies:
        alive = [row for row in anatomy.rows if not live.isdisjoint(row.holds)]
        for row in sorted(alive, key=standing) if len(alive) > 1 else alive:
            number(row.holds)
    return numbered


def outcomes(anatomies: Sequence[Anatomy], keep: int) -> tuple[Renaming, ...]:
    """Give the renamings that lead from a raw state to its canonical forms, one per choice of orphans."""
    named = [a for a in anatomies if a.holds or a.rows or a.remembers]
    return tuple(numbering(named, live) for live in choices(named, keep))
