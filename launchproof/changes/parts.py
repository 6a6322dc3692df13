"""What a protocol is made of, as its declarations say, and how that differs between two protocols.

A part is plain data, so that those of two git revisions can be compared, each of which was loaded in
a process of its own. Its `code` is a fingerprint of the function behind it: of what it does, not of
its name, its docstring or its layout.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import field, frozen

from launchproof.declare.channels import Channel, Exchange, Instant, Post
from launchproof.declare.machine import Guard, Machine, Transition
from launchproof.declare.protocol import Protocol
from launchproof.search.verdicts import Coverage

FUNCTION: Final = "does something else"
GIVEN_BY_OTHERS: Final = ("cites", "meaning")
"""Facts that say nothing of what happens."""


@frozen
class Part:
    """Something declared: its facts, a fingerprint of its code, whether it ever happens (None: unknown)."""

    kind: str
    name: str
    facts: dict[str, str] = field(factory=dict, hash=False)
    code: str = ""
    happens: bool | None = None
    where: str = ""


@frozen
class Difference:
    """How a part differs; `how` is appears, vanishes, renamed, replaced, changed, never or again.

    `was` is its name before, where it was renamed or replaced; `details` say what is different.
    """

    kind: str
    name: str
    how: str
    was: str = ""
    details: tuple[str, ...] = ()
    where: str = ""


def parts_of(protocol: Protocol, coverage: Coverage | None = None) -> tuple[Part, ...]:
    """List what a protocol is made of; `coverage` is that of a search that closed."""
    return tuple(collect(protocol, coverage))


def collect(protocol: Protocol, coverage: Coverage | None) -> Iterator[Part]:
    """Yield every part, in the order of the declarations."""
    for assumption in protocol.assumptions:
        chosen = next(c.value for c in protocol.assumed if c.assumption == assumption.name)
        yield Part("assumption", assumption.name, {"answer": chosen, "choices": ", ".join(assumption.choices)})
    for capability in protocol.capabilities:
        yield Part("capability", capability.name, {"switched": "on" if capability.name in protocol.enabled else "off"})
    for machine in protocol.machines:
        yield from machine_parts(machine, coverage)
    active = {t.name: t for t in protocol.active}
    guards: dict[str, Guard] = {}
    for transition in protocol.transitions:
        fired = None if coverage is None else transition.name in coverage.fired
        yield transition_part(transition, fired if transition.name in active else None)
        guards |= {g.name: g for g in transition.guards}
    for guard in guards.values():
        yield Part("guard", guard.name, {"meaning": guard.meaning}, fingerprint(guard.function), None, place(guard.function))
    for channel in protocol.channels:
        yield Part("channel", channel.name, channel_facts(channel))
    for message in dict.fromkeys(m for channel in protocol.channels for m in channel.carries):
        heard = None if coverage is None else message in coverage.said and message in coverage.heard
        yield Part("message", message.__name__, {"fields": fields_of(message)}, happens=heard, where=place(message))


def machine_parts(machine: Machine, coverage: Coverage | None) -> Iterator[Part]:
    """Yield a machine and its phases."""
    yield Part("machine", machine.name, {"begins": repr(machine.initial), "rests": names(machine.resting)})
    for phase in machine.phases:
        reached = None if coverage is None else phase in coverage.phases
        yield Part("phase", f"{machine.name}.{phase.__name__}", {"fields": fields_of(phase)}, happens=reached, where=place(phase))


def transition_part(transition: Transition, fired: bool | None) -> Part:  # noqa: FBT001 - three answers, not a switch
    """Tell a transition's declaration."""
    signature = transition.signature
    facts = {
        "machine": transition.machine,
        "leaves": names(signature.leaves),
        "hears": names(signature.heard.messages) if signature.heard else "",
        "takes": ", ".join(f"{p.kind} {names(p.types)}" for p in signature.parameters if p.kind != "heard"),
        "guarded by": ", ".join(guarded(g) for g in transition.guards),
        "reaches": names(signature.reaches),
        "says": names(signature.says),
        "ends": ", ".join(life.name for life in transition.ends),
        "capability": transition.capability or "",
        "given": f"{transition.given.assumption} = {transition.given.value}" if transition.given else "",
        "otherwise": transition.otherwise or "",
        "via": transition.via or "",
        "cites": ", ".join(transition.cites),
        "meaning": transition.meaning,
    }
    return Part("transition", transition.name, facts, fingerprint(transition.function), fired, place(transition.function))


def guarded(guard: Guard) -> str:
    """Name a guard, with the answer to an open question that it is limited to."""
    return guard.name if guard.given is None else f"{guard.name} ({guard.given.assumption} = {guard.given.value})"


def channel_facts(channel: Channel) -> dict[str, str]:
    """Tell a channel's declaration."""
    if isinstance(channel, Post):
        forged = ", ".join(str(f.value) for f in channel.forged or ())
        facts = {"from": channel.sender, "to": channel.receiver, "carries": names(channel.carries), "forged": forged}
        others = ", ".join(f"{other.machine} as {other.source.value}" for other in channel.others)
        return facts | ({"heard too by": others} if others else {})
    routes = ", ".join(f"{message.__name__} to {receiver}" for message, receiver in channel.routes.items())
    if isinstance(channel, Instant):
        return {"from": ", ".join(channel.senders), "carries": routes}
    lost = channel.unreliable if channel.lost is not None else None
    return {"from": channel.caller, "carries": routes, "loses": lost or "", "coalesced": "yes" if exchange(channel) else ""}


def exchange(channel: Exchange) -> bool:
    """Whether an exchange holds each item once."""
    return channel.coalesced


def names(items: Sequence[Any]) -> str:
    """Name classes, in order."""
    return ", ".join(getattr(i, "__name__", str(i)) for i in items)


def fields_of(kind: type) -> str:
    """Name a class's fields with their types, as they are written."""
    if not attrs.has(kind):
        return ""
    return ", ".join(f"{a.name}: {a.type if isinstance(a.type, str) else names((a.type,))}" for a in attrs.fields(kind))


def place(thing: Callable[..., Any] | type) -> str:
    """Say where something is written: ``file:line``."""
    try:
        file, line = inspect.getsourcefile(thing), inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return ""
    return f"{file}:{line}" if file else ""


def fingerprint(function: Callable[..., Any]) -> str:
    """Tell functions apart by what they do: their syntax, but for decorators, name and docstring."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        code = getattr(function, "__code__", None)
        return hashlib.sha256(repr((code.co_code, code.co_names) if code else function).encode()).hexdigest()[:16]
    if isinstance(tree, ast.FunctionDef):
        tree.decorator_list, tree.name = [], ""
        if ast.get_docstring(tree) is not None:
            tree.body = tree.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16]


# -- comparing ---------------------------------------------------------------------------------------


def differences(before: Sequence[Part], after: Sequence[Part], root: Path | None = None) -> tuple[Difference, ...]:
    """List what differs between the parts of two protocols; places are told from `root`."""
    old, new = {(p.kind, p.name): p for p in before}, {(p.kind, p.name): p for p in after}
    gone = [p for key, p in old.items() if key not in new]
    come = [p for key, p in new.items() if key not in old]
    paired = dict(pairs(gone, come))
    found = [successor(paired[p.name], p) if p.kind == "transition" and p.name in paired else appears(p) for p in come]
    was = {p.name for p in paired.values()}
    found += [Difference(p.kind, p.name, "vanishes", where=p.where) for p in gone if p.kind != "transition" or p.name not in was]
    known = {p.name: n for n, p in paired.items()}
    for key, part in new.items():
        if key in old:
            found += changed(old[key], part, known)
    return tuple(attrs.evolve(d, where=relative(d.where, root)) for d in found)


def relative(where: str, root: Path | None) -> str:
    """Give a place from the project's root, where it is below that."""
    prefix = f"{root}/" if root is not None else ""
    return where.removeprefix(prefix)


def appears(part: Part) -> Difference:
    """Tell of a part that was not there before."""
    told = [f"{key} {value}" for key, value in part.facts.items() if value and key in ("leaves", "hears", "says", "guarded by")]
    if part.happens is False:
        told.append("it can never happen")
    return Difference(part.kind, part.name, "appears", details=tuple(told), where=part.where)


def pairs(gone: Sequence[Part], come: Sequence[Part]) -> Iterator[tuple[str, Part]]:
    """Yield transitions that stand where others stood: their names, and the parts before.

    First those that do the same under another name, then those that leave and hear alike.
    """
    left = [p for p in gone if p.kind == "transition"]
    arrived = [p for p in come if p.kind == "transition"]
    for alike in (does_the_same, stands_for):
        for part in list(arrived):
            match = [p for p in left if alike(p, part)]
            if match:
                left.remove(match[0])
                arrived.remove(part)
                yield part.name, match[0]


def other_names(before: Sequence[Part], after: Sequence[Part], was: Collection[str], now: Collection[str]) -> dict[str, str]:
    """Tell which transitions among those active now stand where others were active; by name, what those were."""
    gone = [p for p in before if p.kind == "transition" and p.name in was and p.name not in now]
    come = [p for p in after if p.kind == "transition" and p.name in now and p.name not in was]
    return {name: part.name for name, part in pairs(gone, come)}


def does_the_same(one: Part, other: Part) -> bool:
    """Whether two transitions differ in their names at most."""
    return one.code == other.code and not told_apart(one.facts, other.facts, GIVEN_BY_OTHERS)


def stands_for(one: Part, other: Part) -> bool:
    """Whether a transition leaves some of the phases, and hears some of the messages, that another does."""
    alike = all(overlap(one.facts[k], other.facts[k]) for k in ("leaves", "hears"))
    return alike and one.facts["machine"] == other.facts["machine"]


def overlap(one: str, other: str) -> bool:
    """Whether two lists share an item, or are both empty."""
    first, second = set(one.split(", ")), set(other.split(", "))
    return bool(first & second)


def told_apart(one: Mapping[str, str], other: Mapping[str, str], but: Sequence[str] = ()) -> list[str]:
    """List the facts in which two parts differ."""
    return [key for key in {**one, **other} if key not in but and one.get(key, "") != other.get(key, "")]


def successor(old: Part, new: Part) -> Difference:
    """Tell of a transition in another's place."""
    if does_the_same(old, new):
        return Difference(new.kind, new.name, "renamed", old.name, where=new.where)
    return Difference(new.kind, new.name, "replaced", old.name, details(old, new), where=new.where)


def changed(old: Part, new: Part, known: Mapping[str, str]) -> Iterator[Difference]:
    """Yield how a part of the same name differs, and whether it happens; `known` are transitions with another name now."""
    follows = known.get(old.facts.get("otherwise", ""))
    if follows is not None:
        old = attrs.evolve(old, facts={**old.facts, "otherwise": follows})
    found = details(old, new)
    if found:
        yield Difference(new.kind, new.name, "changed", details=found, where=new.where)
    if old.happens is True and new.happens is False:
        yield Difference(new.kind, new.name, "never", where=new.where)
    if old.happens is False and new.happens is True:
        yield Difference(new.kind, new.name, "again", where=new.where)


def details(old: Part, new: Part) -> tuple[str, ...]:
    """Say in which facts two parts differ, and whether their code does."""
    apart = told_apart(old.facts, new.facts, GIVEN_BY_OTHERS)
    told = [detail(key, old.facts.get(key, ""), new.facts.get(key, "")) for key in apart]
    if old.code != new.code:
        told.append(FUNCTION)
    return tuple(told)


def detail(fact: str, old: str, new: str) -> str:
    """Say how a fact differs: item by item where it is a list, or else what it was and is."""
    if fact in ("answer", "switched"):
        return f"{old} → {new}"
    was, now = [i for i in old.split(", ") if i], [i for i in new.split(", ") if i]
    gone, come = [i for i in was if i not in now], [i for i in now if i not in was]
    if fact in ("begins", "otherwise", "given", "capability", "machine", "to"):
        return f"{fact}: {old or 'none'} → {new or 'none'}"
    parts = [f"no longer {fact} {', '.join(gone)}"] * bool(gone) + [f"now {fact} {', '.join(come)}"] * bool(come)
    return "; ".join(parts) or f"{fact} in another order"


__all__ = ["Difference", "Part", "differences", "other_names", "parts_of"]
