"""What a verification answers, and the rule that makes one verdict of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.search.trace import Trace
from launchproof.search.verdicts import Coverage, Verdict

MEASURABLE: Final = 10_000
"""Of fewer states, what each takes is lost in what a process takes."""

EXIT_STATUS: Final = {Verdict.PROVED: 0, Verdict.REFUTED: 1, Verdict.VACUOUS: 3, Verdict.UNDECIDED: 3}


@frozen
class Judged:
    """One property's verdict; `under` names the capabilities that were switched off for it alone.

    `why` says what an engine that could not decide it, or tell a run, is short of.
    """

    property: Property
    verdict: Verdict
    trace: Trace | None = None
    under: tuple[str, ...] = ()
    why: str = ""

    def counterexample(self) -> Trace | None:
        """Give the run that refutes it; a witness is no counterexample."""
        return self.trace if self.verdict is Verdict.REFUTED else None


@frozen
class Fired:
    """An active transition, and whether it fired in some run."""

    name: str
    machine: str
    fired: bool


@frozen
class Vacuous:
    """Something that never happened; `explained` if it does with more switched on, None if unknown."""

    what: str
    kind: str
    explained: bool | None


@frozen
class Verification:
    """The whole answer; `states`, `steps`, `depth` and `memory` (bytes) are those of the main search (`UNTOLD`: not counted).

    `choice` says which engine searched, and why. `reduced` names the reductions of the search, and `left_out`
    the properties that were not judged on purpose.
    """

    protocol: Protocol
    verdict: Verdict
    states: int
    steps: int
    depth: int
    seconds: float
    properties: tuple[Judged, ...]
    transitions: tuple[Fired, ...]
    vacuous: tuple[Vacuous, ...]
    stopped: str = ""
    engine: str = ""
    choice: str = ""
    coverage: Coverage = field(default=Coverage(), repr=False)
    reduced: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    memory: int = field(default=0, eq=False)

    @property
    def bytes_per_state(self) -> int | None:
        """The memory that a state took, with all that was recorded and learned; None where too few were found to tell."""
        return self.memory // self.states if self.memory and self.states >= MEASURABLE else None


def overall(properties: Iterable[Judged], vacuous: Iterable[Vacuous], stopped: str) -> Verdict:
    """Make one verdict: a refuted property decides, then what is open, then unexpected vacuity."""
    verdicts = {judged.verdict for judged in properties}
    explained = {item.explained for item in vacuous}
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if stopped or Verdict.UNDECIDED in verdicts or None in explained:
        return Verdict.UNDECIDED
    return Verdict.VACUOUS if False in explained else Verdict.PROVED


def exit_status(verdict: Verdict) -> int:
    """Give the exit status: 0 proved, 1 refuted, 3 undecided or vacuous (2 is bad input)."""
    return EXIT_STATUS[verdict]
