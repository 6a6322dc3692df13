"""What never happened in any run, although the protocol has it: a proof of nothing is a defect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.verdicts import Coverage, PropertyResult, Verdict


@frozen
class Item:
    """Something that never happened: its kind, its name, and what to look for in another search."""

    kind: str
    what: str
    sought: str | type | Property


def never_happened(protocol: Protocol, coverage: Coverage) -> Iterator[Item]:
    """Yield active transitions that never fired, phases never reached, messages said but never heard.

    A phase that only inactive transitions reach is inactive like them.
    """
    inactive = {p for t in protocol.transitions for p in t.signature.reaches}
    inactive -= {p for t in protocol.active for p in t.signature.reaches}
    for transition in protocol.active:
        if transition.name not in coverage.fired:
            yield Item("transition", transition.name, transition.name)
    for machine in protocol.machines:
        for phase in machine.phases:
            if phase not in coverage.phases and phase not in inactive:
                yield Item("phase", f"{machine.name}.{phase.__name__}", phase)
    for message in dict.fromkeys(m for channel in protocol.channels for m in channel.carries):
        if message in coverage.said and message not in coverage.heard:
            yield Item("message", message.__name__, message)


def never_met(results: Iterable[PropertyResult]) -> Iterator[Item]:
    """Yield properties whose premise was never met, and those that asked for a witness and had none."""
    for result in results:
        if result.verdict is Verdict.VACUOUS or unwitnessed(result):
            yield Item("property", result.property.name, result.property)


def unwitnessed(result: PropertyResult) -> bool:
    """Whether a whole search found no witness of what should sometimes be."""
    return result.property.kind == "sometimes" and result.verdict is Verdict.REFUTED
