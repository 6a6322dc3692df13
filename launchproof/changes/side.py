"""One side of a review: what a verification answers of a protocol, told in full, as plain data.

The two sides of a review may come from different processes: those of git revisions do. So a side
holds no protocol and no property, and can be written as JSON and read again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import cattrs
from attrs import field, frozen

from launchproof.changes.parts import Part, parts_of
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import DrawError
from launchproof.report.broken import why_lines
from launchproof.report.text import VACUITY
from launchproof.report.trace_text import heading, step_lines
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits
from launchproof.search.trace import Trace
from launchproof.search.verdicts import Verdict
from launchproof.verify import verify
from launchproof.verify.answer import Judged
from launchproof.verify.budget import Report

REFUTED: Final = Verdict.REFUTED.value
PROVED: Final = Verdict.PROVED.value
VACUOUS: Final = Verdict.VACUOUS.value
UNDECIDED: Final = Verdict.UNDECIDED.value


@frozen
class ToldStep:
    """One step of a run: in a few words, in full, and the names of what was done in it."""

    headline: str
    lines: tuple[str, ...]
    names: tuple[str, ...]


@frozen
class Run:
    """A run, told step by step; `ends` says what is wrong at its end, `drawing` is its sequence in Mermaid."""

    steps: tuple[ToldStep, ...]
    ends: tuple[str, ...] = ()
    loop_from: int | None = None
    drawing: str = field(default="", repr=False)


@frozen
class Claim:
    """A property, its verdict, and the run that refutes it."""

    name: str
    meaning: str
    kind: str
    cites: tuple[str, ...]
    verdict: str
    under: tuple[str, ...] = ()
    run: Run | None = None


@frozen
class Side:
    """A protocol as it was verified."""

    verdict: str
    stopped: str
    states: int
    steps: int
    depth: int
    seconds: float
    claims: tuple[Claim, ...] = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    surprises: tuple[str, ...] = ()
    """What never happens, although nothing is switched off that would explain it."""

    @property
    def broken(self) -> tuple[Claim, ...]:
        """The properties that are refuted, those with the shortest run first."""
        refuted = [c for c in self.claims if c.verdict == REFUTED]
        return tuple(sorted(refuted, key=lambda c: len(c.run.steps) if c.run else 0))


def side_of(
    protocol: Protocol,
    properties: Sequence[Property],
    *,
    builtin: Sequence[Property] = BUILTIN,
    limits: Limits | None = None,
    report: Report | None = None,
) -> Side:
    """Verify a protocol, and tell all about it."""
    answer = verify(protocol, properties, limits=limits or Limits(), report=report, builtin=builtin)
    return Side(
        verdict=answer.verdict.value,
        stopped=answer.stopped,
        states=answer.states,
        steps=answer.steps,
        depth=answer.depth,
        seconds=answer.seconds,
        claims=tuple(claim(judged, protocol) for judged in answer.properties),
        parts=parts_of(protocol, None if answer.stopped else answer.coverage),
        surprises=tuple(VACUITY[v.kind].format(v.what) for v in answer.vacuous if v.explained is False),
    )


def claim(judged: Judged, protocol: Protocol) -> Claim:
    """Tell a property's verdict, with its counterexample."""
    prop, trace = judged.property, judged.counterexample()
    run = None
    if trace is not None:
        there = protocol.without_capabilities(*judged.under)
        ends = (f"breaks {prop.name}: {prop.meaning}", *(f"     {line}" for line in why_lines(prop, trace, there)))
        run = told(trace, there, ends, sequence_mermaid(prop, trace, there))
    return Claim(prop.name, prop.meaning, prop.kind, prop.cites, judged.verdict.value, judged.under, run)


def told(trace: Trace, protocol: Protocol, ends: tuple[str, ...] = (), drawing: str = "") -> Run:
    """Tell a run step by step."""
    steps = tuple(
        ToldStep(
            f"{number}. {heading(step.acts[0], step.actor)}",
            tuple(step_lines(number, step, protocol)),
            tuple(act.name for act in step.acts),
        )
        for number, step in enumerate(trace.steps, 1)
    )
    return Run(steps, ends, trace.loop_from, drawing)


def sequence_mermaid(prop: Property, trace: Trace, protocol: Protocol) -> str:
    """Draw a counterexample as a sequence in Mermaid; nothing where it cannot be drawn."""
    try:
        counterexample = import_module("launchproof.draw.counterexample").counterexample
        rendered = import_module("launchproof.draw.render").rendered
        drawing: bytes = rendered(counterexample(prop, trace, protocol), "mermaid")
    except (ModuleNotFoundError, DrawError):
        return ""
    return drawing.decode("utf-8").strip()


def as_json(side: Side) -> str:
    """Write a side for another process."""
    return json.dumps(cattrs.unstructure(side), ensure_ascii=False)


def from_json(text: str) -> Side:
    """Read a side that another process wrote."""
    read: Any = json.loads(text)
    return cattrs.structure(read, Side)


__all__ = ["Claim", "Run", "Side", "ToldStep", "as_json", "from_json", "side_of", "told"]
