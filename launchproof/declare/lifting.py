"""Properties of a protocol as properties of its copies.

A property that is declared for one of everything is claimed of each copy, under that copy's names. One
that says ``other_client`` is claimed of every two copies. What speaks of shared parts alone is claimed once,
and so is what speaks of a value wherever it is: there a copy's slot goes by the name that was declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps

from attrs import evolve

from launchproof.declare.copies import Composition, Copy
from launchproof.declare.properties import Place, Property
from launchproof.declare.protocol import Protocol
from launchproof.declare.scopes import OTHER

Named = Callable[[str], str]


def lifted(composition: Composition, properties: Sequence[Property]) -> Iterator[tuple[Property, Property]]:
    """Yield the properties of every copy, each after the one that was declared."""
    for prop in properties:
        if prop.kind == "wherever":
            yield prop, anywhere(composition, prop)
            continue
        found: list[Property] = []
        for copy in composition.copies:
            made = of_copy(composition.protocol, prop, copy, copy.own)
            if made not in found:
                found.append(made)
                yield prop, evolve(made, name=name_for(composition, prop, copy))


def anywhere(composition: Composition, prop: Property) -> Property:
    """Have a property of places take every copy's slot for the declared one."""

    @wraps(prop.judge)
    def judge(value: object, place: Place) -> bool | None:
        return prop.judge(value, Place(composition.origin.get(place.slot, place.slot), place.holder))

    return evolve(prop, judge=judge)


def between(composition: Composition) -> Iterator[tuple[Property, Property]]:
    """Yield the properties of every two copies, each after the one that was declared."""
    for scope in composition.scopes:
        for prop in scope.between:
            for one, other in composition.pairs(scope):
                names = pair_of_names(one, other)
                made = of_copy(composition.protocol, prop, one, names)
                numbers = "-".join(".".join(map(str, copy.numbers)) for copy in (one, other))
                yield prop, evolve(made, name=f"{prop.name}-{numbers}")


def pair_of_names(one: Copy, other: Copy) -> Named:
    """Give what the parts of one copy are called, and after ``other_`` those of the other."""

    def named(name: str) -> str:
        base = name.removeprefix(OTHER)
        return other.own(base) if base != name and base in other.names else one.own(name)

    return named


def of_copy(protocol: Protocol, prop: Property, copy: Copy, named: Named) -> Property:
    """Claim a property of a copy; its name stays."""
    future = prop.future
    if future is not None:

        def part(claim: Property) -> Property:
            return of_copy(protocol, claim, copy, named)

        future = evolve(
            future,
            about=part(future.about),
            goals=tuple(part(p) for p in future.goals),
            without=tuple(part(p) for p in future.without),
            quiet=tuple(named(name) for name in future.quiet),
        )
    reads = tuple(evolve(read, name=named(read.name)) for read in prop.reads)
    return evolve(prop, reads=reads, machine=own_machine(protocol, prop, copy), future=future)


def own_machine(protocol: Protocol, prop: Property, copy: Copy) -> str:
    """Tell whose steps a property is about in a copy, where there are several such machines."""
    phases = [t for r in prop.reads if r.name in ("before", "after") for t in r.types]
    fitting = [m.name for m in protocol.machines if any(p in m.phases for p in phases)]
    mine = [name for name in fitting if name in copy.names.values()]
    return mine[0] if len(fitting) > 1 and len(mine) == 1 else prop.machine


def name_for(composition: Composition, prop: Property, copy: Copy) -> str:
    """Name the property of a copy."""
    name = prop.name
    for scope, number in zip(composition.scopes, copy.numbers, strict=True):
        name = scope.called(name, number)
    return name.replace("_", "-")
