"""Why is it there? Take a guard, a transition or an answer away, and see what breaks, or what still protects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from attrs import field, frozen

from launchproof.changes.flags import flipped
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.trace import Trace
from launchproof.search.verdicts import Verdict
from launchproof.verify import verify
from launchproof.verify.budget import Report

GUARD: Final = "guard"
TRANSITION: Final = "transition"
ASSUMPTION: Final = "assumption"
FLAG: Final = "flag of a message"

Change = Callable[[Protocol], Protocol]


@frozen
class Part:
    """A part of a protocol that can be taken away: what it is, what it says, and the protocol without it."""

    kind: str
    name: str
    meaning: str
    cites: tuple[str, ...]
    taken: str
    away: Change = field(repr=False)


@frozen
class Broken:
    """A property that breaks without the part, and the run that shows it (None: a witness that is not there)."""

    claim: Property
    trace: Trace | None
    protocol: Protocol = field(repr=False)

    @property
    def steps(self) -> int:
        """How long the run is; a witness that is missing comes last."""
        return len(self.trace.steps) if self.trace is not None else 1_000_000


@frozen
class Behind:
    """Another guard that protects where the part does not: without both, this breaks."""

    guard: str
    broken: Broken


@frozen
class Why:
    """What a part is for: all that breaks without it, soonest first; or what stands behind it."""

    part: Part
    broken: tuple[Broken, ...]
    behind: tuple[Behind, ...] = ()
    tried: tuple[str, ...] = ()
    stopped: str = ""


def parts(protocol: Protocol, name: str) -> Iterator[Part]:
    """Yield what a name stands for: a guard, a transition, the other answers to an open question, or a flag of a message.

    A flag is a field, ``Message.field``, that is true or false, one of an enum's members, or may be nothing.
    """
    where = [(t, g) for t, g in protocol.guards_named(name) if any(t.name == a.name for a in protocol.active)]
    if where:
        cites = tuple(dict.fromkeys(c for _, g in where for c in g.cites))
        yield Part(GUARD, name, where[0][1].meaning, cites, f"without guard {name}", lambda p: p.without_guard(name))
    for t in protocol.active:
        if t.name == name:
            yield Part(TRANSITION, name, t.meaning, t.cites, f"without transition {name}", lambda p: p.without(name))
    for question in protocol.assumptions:
        if question.name == name:
            for choice in protocol_others(protocol, name):
                yield Part(ASSUMPTION, name, question.question, (), f"assuming {name} = {choice}", assuming(name, choice))
    for flip in flipped(protocol, name):
        yield Part(FLAG, name, meaning(flip.message), flip.cites(protocol), flip.says, flip.of)


def meaning(message: type) -> str:
    """Say in a line what a message is."""
    return (message.__doc__ or message.__name__).strip().splitlines()[0].replace("``", "")


def protocol_others(protocol: Protocol, name: str) -> list[str]:
    """Give the answers to a question that are not assumed."""
    question = next(a for a in protocol.assumptions if a.name == name)
    return [choice for choice in question.choices if question(choice) not in protocol.assumed]


def assuming(name: str, choice: str) -> Change:
    """Make a change of an assumption."""
    return lambda p: p.assuming(**{name: choice})


def why(part: Part, protocol: Protocol, properties: Sequence[Property], report: Report | None = None) -> Why:
    """Take the part away; if nothing breaks, take another guard away with it, one at a time."""
    broken, stopped = breaks(part.away(protocol), protocol, properties, report)
    if broken or stopped or part.kind == ASSUMPTION:
        return Why(part, broken, stopped=stopped)
    behind: list[Behind] = []
    alone = part.away(protocol)
    tried = tuple(guard for guard in near(part, protocol) if alone.guards_named(guard))
    for guard in tried:
        more, stopped = breaks(alone.without_guard(guard), protocol, properties, report)
        others, _ = breaks(protocol.without_guard(guard), protocol, properties, report) if more else ((), "")
        if more and not others:
            behind.append(Behind(guard, more[0]))
        if stopped:
            break
    return Why(part, (), tuple(behind), tried, stopped)


def breaks(
    changed: Protocol, reference: Protocol, properties: Sequence[Property], report: Report | None
) -> tuple[tuple[Broken, ...], str]:
    """Give the properties that a protocol breaks, soonest first, and what stopped the search."""
    answer = verify(changed, properties, reference=reference, report=report)
    found = [
        Broken(judged.property, judged.counterexample(), changed.without_capabilities(*judged.under))
        for judged in answer.properties
        if judged.verdict is Verdict.REFUTED or (judged.property.kind == "sometimes" and judged.verdict is Verdict.VACUOUS)
    ]
    return tuple(sorted(found, key=lambda b: b.steps)), "" if found else answer.stopped


def near(part: Part, protocol: Protocol) -> Iterator[str]:
    """Yield the other guards that may stand behind a part: in the same transitions, or asked for by the same statement."""
    mine = {t.name for t, _ in protocol.guards_named(part.name)} | {part.name}
    seen = {part.name}
    for transition in protocol.active:
        for guard in transition.guards:
            if guard.name not in seen and (transition.name in mine or set(guard.cites) & set(part.cites)):
                seen.add(guard.name)
                yield guard.name
