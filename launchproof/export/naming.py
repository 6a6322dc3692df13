"""The C of an exported model that renumbers names: how they stand, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from launchproof.export.c import array, firsts, function, joined, strides, table
from launchproof.export.tables import Learned, Numbers

ROOM: Final = 1 << 62
"""Marks are joined as long as they make fewer combinations than this."""

RESULTS: Final = 1 << 31
"""There are fewer combinations than this of the marks that were joined before."""

NAMELESS: Final = """\
/* Go; names stand as they stood. */
static inline void step(int source, int way, int choice)
{	go(source, way);
}
"""

NAMING: Final = """\
/* Go, and number names by where they stand. */
static inline void step(int source, int way, int choice)
{	struct marks before, after;
	mark(&before);
	go(source, way);
	mark(&after);
	if (differ(&before, &after)) renumber(renamings[first_renaming[outcome(&after)] + choice]);
}
"""

CHOICES: Final = """\
/* In how many ways names can be renumbered then: one for each choice of what to forget. */
static int choices(int source, int way)
{	struct slots kept;
	struct marks before, after;
	int number, found = 1;
	keep(&kept);
	mark(&before);
	go(source, way);
	mark(&after);
	if (differ(&before, &after)) {
		number = outcome(&after);
		found = first_renaming[number + 1] - first_renaming[number];
	}
	put_back(&kept);
	return found;
}
"""


def named(tables: Learned) -> list[int]:
    """List the slots that ever hold a name."""
    return [slot for slot, renamed in enumerate(tables.renamed) if renamed]


def parted(tables: Learned) -> list[list[int]]:
    """Part these slots so that the marks of each part make one number."""
    parts: list[list[int]] = [[]]
    room = ROOM
    for slot in named(tables):
        size = marks_in(tables, slot)
        if room < size:
            parts.append([])
            room = ROOM // RESULTS
        room //= size
        parts[-1].append(slot)
    return parts


def marks_in(tables: Learned, slot: int) -> int:
    """Count a slot's marks."""
    return 1 + max(tables.slots[slot].marks)


def steps_in(tables: Learned, part: Sequence[int]) -> list[int]:
    """Give what to multiply the marks of a part with."""
    return strides([marks_in(tables, slot) for slot in part])


def marked(tables: Learned, places: Sequence[str]) -> Iterator[str]:
    """Tell how names stand in a state: a number for each part of the slots."""
    parts = parted(tables)
    for slot in named(tables):
        yield from array(f"mark_{slot}", tables.slots[slot].marks)
    yield f"struct marks {{ word part[{len(parts)}]; }};\n"
    body = []
    for number, part in enumerate(parts):
        terms = [f"mark_{s}[{places[s]}] * {step}ULL" for s, step in zip(part, steps_in(tables, part), strict=True)]
        body.append(f"m->part[{number}] = {' + '.join(terms)};")
    yield function("static inline void mark(struct marks *m)", body)
    different = " || ".join(f"a->part[{number}] != b->part[{number}]" for number in range(len(parts)))
    yield function("static inline int differ(const struct marks *a, const struct marks *b)", [f"return {different};"])


def renumbered(tables: Learned, places: Sequence[str]) -> Iterator[str]:
    """Tell what becomes of names that stand in a certain way, and do it."""
    distinct = {outcome: number for number, outcome in enumerate(dict.fromkeys(tables.outcomes.values()))}
    yield from array("first_renaming", firsts(distinct))
    yield from array("renamings", [renaming for outcome in distinct for renaming in outcome])
    yield from looked_up(tables, distinct)
    body = []
    for slot in named(tables):
        renamed, size = tables.renamed[slot], len(tables.slots[slot].values)
        yield from array(f"renamed_{slot}", [number for numbers in renamed for number in numbers])
        result = f"renamed_{slot}[renaming * {size} + {places[slot]}]"
        body += [f"if ({result} < 0) unmet();", f"{places[slot]} = {result};"]
    yield function("static inline void renumber(int renaming)", body)


def looked_up(tables: Learned, distinct: dict[Numbers, int]) -> Iterator[str]:
    """Look the outcome of some marks up, part by part: each by its number and the result of the part before."""
    parts = parted(tables)
    before = dict.fromkeys(tables.outcomes, 0)
    body = ["int found = 0;"]
    for number, part in enumerate(parts):
        count = 1 + max(before.values())
        steps = steps_in(tables, part)
        keys = {marks: joined([marks[s] for s in part], steps) * count + before[marks] for marks in tables.outcomes}
        if number == len(parts) - 1:
            results = {keys[marks]: distinct[outcome] for marks, outcome in tables.outcomes.items()}
        else:
            results = {key: result for result, key in enumerate(dict.fromkeys(keys.values()))}
        before = {marks: results[key] for marks, key in keys.items()}
        yield from table(f"outcomes_{number}", results)
        body.append(f"found = find(&outcomes_{number}, m->part[{number}] * {count}ULL + found);")
    yield function("static inline int outcome(const struct marks *m)", [*body, "return found;"])


def kept(places: Sequence[str]) -> Iterator[str]:
    """Keep a state, and put it back."""
    yield "struct slots { int " + ", ".join(f"slot_{i}" for i in range(len(places))) + "; };\n"
    yield function("static void keep(struct slots *s)", [f"s->slot_{i} = {place};" for i, place in enumerate(places)])
    yield function("static void put_back(struct slots *s)", [f"{place} = s->slot_{i};" for i, place in enumerate(places)])


__all__ = ["CHOICES", "NAMELESS", "NAMING", "kept", "marked", "renumbered"]
