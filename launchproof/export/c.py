"""The C that an exported model is written in: arrays, tables, functions; each definition is a text of its own.

SPIN reads no piece of C that is longer than 64 KB: a long array is defined in pieces, and put together when the
program starts.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import mul
from typing import Final

TYPES: Final = (("unsigned char", 0, 1 << 8), ("short", -(1 << 15), 1 << 15), ("int", -(1 << 31), 1 << 31))
"""C's types, and the numbers that they hold."""

WIDTH: Final = 120
LONGEST: Final = 1 << 15
"""A piece of C has at most so many characters, or is a single definition."""

PIECE: Final = 1 << 10
"""An array with more items than this is cut into pieces."""

CASES: Final = 1 << 8
"""A switch with more cases than this, or a function with more copies of pieces, is cut into pieces."""

TABLES: Final = """\
typedef unsigned long long word;
struct entry { word key; int number; };
struct table { int bits; struct entry *places; };
extern void (*uerror)(char *);

static int unmet(void)
{	uerror("the tables do not know this step");
	return 0;
}

static word home(const struct table *t, word key)
{	return (key * 0x9E3779B97F4A7C15ULL) >> (64 - t->bits);
}

static void fill(struct table *t, const struct entry *given, int size)
{	word at, mask;
	int i;
	for (t->bits = 1; (1 << t->bits) < 2 * size; t->bits++) ;
	mask = ((word) 1 << t->bits) - 1;
	t->places = malloc((mask + 1) * sizeof(struct entry));
	for (at = 0; at <= mask; at++) t->places[at].number = -1;
	for (i = 0; i < size; i++) {
		for (at = home(t, given[i].key); t->places[at].number >= 0; at = (at + 1) & mask) ;
		t->places[at] = given[i];
	}
}

static inline int find(const struct table *t, word key)
{	word at, mask = ((word) 1 << t->bits) - 1;
	for (at = home(t, key); t->places[at].number >= 0; at = (at + 1) & mask)
		if (t->places[at].key == key) return t->places[at].number;
	return unmet();
}
"""
"""Looks keys up; they are compared whole."""


def type_of(numbers: Sequence[int]) -> str:
    """Give the smallest type that holds some numbers."""
    low, high = min(numbers, default=0), max(numbers, default=0)
    return next(name for name, least, end in TYPES if least <= low and high < end)


def listed(head: str, items: Iterable[str]) -> str:
    """Define an array of items, on lines that can be read."""
    return "\n".join([f"{head}[] = {{", *textwrap.wrap(", ".join(items), WIDTH, break_on_hyphens=False), "};\n"])


def pieced(kind: str, name: str, items: Sequence[str], *then: str) -> Iterator[str]:
    """Define an array in pieces, and put it together when the program starts; some statements follow."""
    starts = range(0, len(items), PIECE)
    for start in starts:
        yield listed(f"static const {kind} {name}_{start}", items[start : start + PIECE])
    yield f"static {kind} {name}[{len(items)}];\n"
    copies = [f"memcpy({name} + {start}, {name}_{start}, sizeof {name}_{start});" for start in starts]
    some = [copies[start : start + CASES] for start in range(0, len(copies), CASES)]
    for number, mine in enumerate(some[1:]):
        yield function(f"static void join_{name}_{number}(void)", mine)
    calls = [f"join_{name}_{number}();" for number in range(len(some) - 1)]
    yield function(f"__attribute__((constructor)) static void join_{name}(void)", [*some[0], *calls, *then])


def array(name: str, numbers: Sequence[int]) -> Iterator[str]:
    """Define an array of numbers."""
    items = [str(number) for number in numbers or (0,)]
    if len(items) <= PIECE:
        yield listed(f"static const {type_of(numbers)} {name}", items)
    else:
        yield from pieced(type_of(numbers), name, items)


def table(name: str, numbers: Mapping[int, int]) -> Iterator[str]:
    """Define a table from keys to numbers."""
    items = [f"{{{key}ULL,{number}}}" for key, number in numbers.items()]
    yield f"static struct table {name};\n"
    yield from pieced("struct entry", f"{name}_given", items, f"fill(&{name}, {name}_given, {len(items)});")


def function(head: str, body: Sequence[str]) -> str:
    """Define a function that does one thing after the other."""
    return "\n\t".join([f"{head}\n{{", *body]) + "\n}\n"


def switch(head: str, by: str, cases: Sequence[str], otherwise: str = "") -> str:
    """Define a function that does one of several things."""
    return function(head, [f"switch ({by}) {{", *cases, "}", *([otherwise] if otherwise else [])])


def definition(name: str, text: str) -> str:
    """Define a name that stands for a text, where SPIN would take that as its own business."""
    return f"\\#define {name} {text}"


def firsts(lists: Iterable[Sequence[int]]) -> list[int]:
    """Give where each list begins in all of them together, and where the last one ends."""
    return [0, *accumulate(map(len, lists))]


def strides(sizes: Sequence[int]) -> list[int]:
    """Give what to multiply each of some numbers below these sizes with, so that the sum tells all of them."""
    return list(accumulate(sizes[:-1], mul, initial=1))


def joined(numbers: Sequence[int], steps: Sequence[int]) -> int:
    """Give that sum."""
    return sum(number * step for number, step in zip(numbers, steps, strict=True))


def pieces(definitions: Iterable[str]) -> Iterator[str]:
    """Put definitions together while SPIN can read them as one piece."""
    together: list[str] = []
    for definition in definitions:
        if together and sum(map(len, together)) + len(definition) > LONGEST:
            yield "\n".join(together)
            together = []
        together.append(definition)
    yield "\n".join(together)
