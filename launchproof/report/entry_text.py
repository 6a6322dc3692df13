"""An entry, or the list of all of them, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from launchproof.report.entries import KINDS, Entry

PLURALS = {"capability": "capabilities", "property": "properties"}


def entry_lines(entry: Entry) -> Iterator[str]:
    """Yield one entry: its kind and name, its meaning, then fact by fact."""
    yield f"{entry.kind} {entry.name}"
    if entry.meaning:
        yield f"  {entry.meaning}"
    for name, value in entry.facts.items():
        if isinstance(value, str):
            yield f"  {name}: {value}"
        else:
            yield f"  {name}:"
            yield from (f"    {item}" for item in value)


def list_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield every entry's name and meaning, by kind."""
    every = list(entries)
    for kind in KINDS:
        of_kind = [e for e in every if e.kind == kind]
        if of_kind:
            yield f"{PLURALS.get(kind, kind + 's')} ({len(of_kind)})"
            width = max(len(e.name) for e in of_kind)
            yield from (f"  {e.name:<{width}}  {e.meaning}".rstrip() for e in of_kind)
