"""A protocol as a model for SPIN, with one stored state for each reachable state of the protocol.

A single process takes one step after the other, each a ``d_step``; what a step does is looked up in tables, in C.
The variables are the protocol's slots, and the comment at the top tells what their numbers stand for.
The tables have all that reachable states need. Where SPIN should ever need more, it stops with an error: a run
without one has taken the very steps that the search has taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchproof.export.c import TABLES, definition, pieces
from launchproof.export.naming import CHOICES, NAMELESS, NAMING, kept, marked, renumbered
from launchproof.export.steps import STEPS, Cases, Source, applied, offered, sources_of
from launchproof.export.tables import NOTHING, Learned, Slot
from launchproof.report.values import phase

SIZES = (("byte", 1 << 8), ("short", 1 << 15), ("int", 1 << 31))
"""Promela's types, and up to which number they count."""

PREFACE = """\
The protocol {name}: {states} states. Written by `launchproof export --to promela`.

spin -a FILE && gcc -O3 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -E -m10000000

stores as many states, and has "errors: 0". What the properties claim is not part of the model.

Names with numbers beyond a million were just minted, and get another number before the step ends.
"""


def promela(tables: Learned) -> str:
    """Write a protocol as a model for SPIN."""
    sources = sources_of(tables)
    cases = Cases(tables.beginnings, tables.slots)
    ways = [cases.most(source.beginnings) for source in sources]
    choices = max(map(len, tables.outcomes.values()), default=1)
    code = [TABLES, *c_code(tables, sources, cases, choices), *guards(ways, choices)]
    return "\n".join(
        [
            "/*",
            PREFACE.format(name=tables.protocol, states=tables.states),
            *legend(tables),
            "*/\n",
            *(f"{declared_type(slot)} {name};" for slot, name in zip(tables.slots, variables(tables), strict=True)),
            "",
            *(f"c_code {{\n{piece}}}\n" for piece in pieces(code)),
            f"active proctype {identifier(tables.protocol)}()\n{{\nend:\tdo",
            *options(tables, sources, ways, choices),
            "\tod\n}\n",
        ]
    )


def c_code(tables: Learned, sources: list[Source], cases: Cases, choices: int) -> Iterator[str]:
    """Give the tables, and the functions that read them."""
    places = [f"now.{name}" for name in variables(tables)]
    yield from offered(tables, sources, places)
    yield from cases.code(places)
    yield from applied(tables, places)
    yield STEPS
    if tables.outcomes:
        yield from marked(tables, places)
        yield from renumbered(tables, places)
    yield NAMING if tables.outcomes else NAMELESS
    if choices > 1:
        yield from kept(places)
        yield CHOICES


def guards(ways: list[int], choices: int) -> Iterator[str]:
    """Give a name to what guards ask for: SPIN takes no calls there."""
    for source, count in enumerate(ways):
        yield definition(f"ways_{source}", f"ways({source})")
        if choices > 1:
            yield from (definition(f"choices_{source}_{way}", f"choices({source}, {way})") for way in range(count))


def options(tables: Learned, sources: list[Source], ways: list[int], choices: int) -> Iterator[str]:
    """Give every option of the loop: a way to go on from a source, and a choice of what to forget."""
    for number, (source, count) in enumerate(zip(sources, ways, strict=True)):
        what = "of itself" if source.place == NOTHING else f"delivers or loses: {source.place + 1}"
        yield f"\t/* {tables.slots[source.slot].name}, {what} */"
        for way in range(count):
            yield option(f"ways_{number} > {way}", f"step({number}, {way}, 0);")
            for choice in range(1, choices):
                guard = f"ways_{number} > {way} && choices_{number}_{way} > {choice}"
                yield option(guard, f"step({number}, {way}, {choice});")
    if not any(ways):
        yield "\t:: false"


def option(guard: str, statement: str) -> str:
    """Give a step that can be taken where the guard holds."""
    return f"\t:: d_step {{ c_expr {{ {guard} }} -> c_code {{ {statement} }} }}"


def legend(tables: Learned) -> Iterator[str]:
    """Tell what the numbers in each variable stand for."""
    for slot, name in zip(tables.slots, variables(tables), strict=True):
        yield f"{name}:"
        yield from (f"  {number} {spelled(value)}" for number, value in enumerate(slot.values))
        yield ""


def spelled(value: object) -> str:
    """Tell what a value is, in a comment."""
    return phase(value).replace("*/", "* /")


def variables(tables: Learned) -> list[str]:
    """Name the slots' variables; a number keeps each apart from Promela's words and from the others."""
    return [f"s{number}_{identifier(slot.name)}" for number, slot in enumerate(tables.slots)]


def identifier(text: str) -> str:
    """Give a text as a name."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in text)


def declared_type(slot: Slot) -> str:
    """Give the smallest type for a slot's numbers; the first state has all of them at 0."""
    return next(name for name, size in SIZES if len(slot.values) <= size)


__all__ = ["promela"]
