"""A counterexample as a sequence: the run, and in its last step what it breaks, and why."""

from __future__ import annotations

from typing import Final

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Sequence
from launchproof.draw.sequences import EVERYTHING, Focus, sequence_of
from launchproof.report.broken import why_lines
from launchproof.search.trace import Trace

DETAILS: Final = ("taken in the loop", "possible")
"""Lines on fairness that are for the text: a picture shows the loop itself."""


def counterexample(prop: Property, trace: Trace, protocol: Protocol, focus: Focus = EVERYTHING) -> Sequence:
    """Draw the run that refutes a property."""
    reason = tuple(line for line in why_lines(prop, trace, protocol) if not line.startswith(DETAILS))
    return sequence_of(trace, protocol, prop.name, prop.meaning, prop.name, reason, focus=focus)
