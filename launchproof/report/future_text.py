"""What a counterexample shows of a claim about the rest of a run: the marks between its steps, and why it is fair."""

from __future__ import annotations

from collections.abc import Iterator

from launchproof.declare.progress import SETTLES
from launchproof.declare.properties import Future, Property
from launchproof.report.trace_text import MARK
from launchproof.search.trace import Fairly, Trace


def marks(prop: Property, trace: Trace) -> dict[int, list[str]]:
    """Give the lines that stand between the steps: where the premise held, and what goes on for ever."""
    found: dict[int, list[str]] = {}
    if prop.future is not None and trace.premise_at is not None:
        found[trace.premise_at] = [f"{MARK}from here on: {prop.future.about.meaning}"]
    if trace.loop_from is not None:
        found.setdefault(trace.loop_from, []).append(f"{MARK}{loop_text(trace, trace.loop_from)}")
    return found


def loop_text(trace: Trace, start: int) -> str:
    """Say which steps go on for ever."""
    count = len(trace.steps)
    if start == count:
        return "nothing more need happen"
    return f"for ever: step {count}" if start + 1 == count else f"for ever: steps {start + 1} to {count}"


def future_lines(prop: Property, future: Future, trace: Trace) -> Iterator[str]:
    """Yield what was to come about and does not, and why that is a run to reckon with."""
    if trace.forbidden:
        yield f"before any goal is met: {trace.forbidden}"
    elif prop.kind == SETTLES and trace.broken_at is not None:
        where = "in step" if future.about.kind == "each-step" else "in the state after step"
        yield f"broken again and again: {where} {trace.broken_at}"
    for goal in future.goals:
        yield f"{'not yet' if trace.forbidden else 'never'}: {goal.name}: {goal.meaning}"
    if trace.fairly is not None:
        yield from fair_lines(trace.fairly, stays=trace.loop_from == len(trace.steps))
    if future.quiet and not trace.forbidden:
        yield f"finitely often: {', '.join(future.quiet)} ({prop.because})"


def fair_lines(fairly: Fairly, *, stays: bool) -> Iterator[str]:
    """Yield why a loop is fair."""
    if stays:
        yield "fair: nothing that is weakly or strongly fair is possible there"
        if fairly.unfair:
            yield f"possible there, but unfair: {', '.join(fairly.unfair)}"
        return
    yield "fair: whatever is weakly or strongly fair is taken in the loop, or disabled in it"
    if fairly.taken:
        yield f"taken in the loop: {', '.join(fairly.taken)}"
    if fairly.paused:
        yield f"possible in some of it only, and not taken: {', '.join(fairly.paused)}"
    if fairly.unfair:
        yield f"unfair steps in the loop: {', '.join(fairly.unfair)}"
