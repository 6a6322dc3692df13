"""What a search answers."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.trace import Trace


class Verdict(Enum):
    """Proved, refuted, vacuous (nothing to prove was met), or undecided (a limit was reached)."""

    PROVED = "proved"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    UNDECIDED = "undecided"


@frozen
class PropertyResult:
    """One property's verdict, with the counterexample that refutes it or the witness it asked for.

    `length` is how many steps that run has, which is known where it was not to be told, too (None: there is no such run, or
    nobody knows). `why` says what an engine that could not decide it, or tell a run, is short of.
    """

    property: Property
    verdict: Verdict
    trace: Trace | None = None
    why: str = ""
    length: int | None = None


@frozen
class Coverage:
    """What happened in some run: transitions that fired, phases reached, messages said and heard."""

    fired: frozenset[str] = frozenset()
    phases: frozenset[type] = frozenset()
    said: frozenset[type] = frozenset()
    heard: frozenset[type] = frozenset()


@frozen
class SearchResult:
    """A whole search: how far it came, what each property's verdict is, and what never happened.

    `steps` and `depth` are `UNTOLD` where an engine takes states by sets and not by steps.
    `memory` is how many bytes it took at most, as far as that was seen.
    """

    states: int
    steps: int
    depth: int
    seconds: float
    closed: bool
    properties: tuple[PropertyResult, ...]
    coverage: Coverage = field(repr=False)
    stopped: str = ""
    memory: int = field(default=0, eq=False)


def told_classes(protocol: Protocol) -> list[type]:
    """List the classes that coverage and runs tell of: phases and messages."""
    phases = [phase for machine in protocol.machines for phase in machine.phases]
    return [*phases, *(message for channel in protocol.channels for message in channel.carries)]
