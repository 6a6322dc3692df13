"""What random runs did, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from launchproof.report.as_json import trace_json
from launchproof.report.broken import counterexample_lines
from launchproof.report.trace_text import trace_lines
from launchproof.walk.check import Check
from launchproof.walk.crew import Plan
from launchproof.walk.gap import Gap
from launchproof.walk.walker import Failure, Walks

PER: Final = 10_000
"""Coverage is told for this many steps."""


def walk_lines(done: Walks, plan: Plan, check: Check, seconds: float, gap: Gap | None) -> Iterator[str]:
    """Yield the coverage if it is wanted, the failure if there is one, and the sum of it all."""
    protocol = check.semantics.protocol
    if gap is not None:
        yield from coverage_lines(done, check)
        yield from gap_lines(done, gap)
        yield ""
    if done.failure is not None:
        yield from failure_lines(done.failure, check)
        yield ""
        yield f"refuted: {done.failure.breaks}, in run {done.failure.run} of seed {plan.seed}"
    fired = [t for t in protocol.active if t.name in done.fired]
    yield (
        f"{'stopped after' if done.failure else 'nothing broke in'} {done.runs:,} runs, {done.steps:,} steps "
        f"({done.steps / seconds:,.0f} a second); {len(fired)} of {len(protocol.active)} transitions fired. "
        "Random runs prove nothing: launchproof verify does."
    )


def failure_lines(failure: Failure, check: Check) -> Iterator[str]:
    """Yield the run that broke something, and what it broke."""
    protocol = check.semantics.protocol
    broken = next((p for p in check.properties if p.name == failure.breaks), None)
    if broken is not None:
        yield from counterexample_lines(broken, failure.trace, protocol)
        return
    yield from trace_lines(failure.trace, protocol)
    watcher = next((w for w in check.watchers if w.name == failure.breaks), None)
    yield f"breaks {failure.breaks}{f': {watcher.meaning}' if watcher else ''}"
    yield f"     {failure.detail}"
    if failure.setup:
        yield f"     with {', '.join(f'{name}={value!r}' for name, value in failure.setup.items())}"


def coverage_lines(done: Walks, check: Check) -> Iterator[str]:
    """Yield how often each transition fired per 10,000 steps, rarest first."""
    active = check.semantics.protocol.active
    width = max(len(t.name) for t in active)
    yield f"{'transition':<{width}}  per {PER:,} steps"
    for transition in sorted(active, key=lambda t: done.fired[t.name]):
        times = done.fired[transition.name]
        yield f"{transition.name:<{width}}  {f'{times * PER / max(done.steps, 1):.1f}' if times else 'never'}"


def gap_lines(done: Walks, gap: Gap) -> Iterator[str]:
    """Yield what only the proof covers."""
    yield ""
    whole = "" if gap.closed else " (the search did not close: there may be more)"
    met = gap.pairs_in_all - len(gap.pairs)
    yield f"pairs of phases: {met:,} of {gap.pairs_in_all:,} were met{whole}; {len(done.pairs):,} in these runs"
    if gap.transitions:
        yield f"only the proof covers the transitions {', '.join(gap.transitions)}"
    if gap.never:
        yield f"nothing reaches the transitions {', '.join(gap.never)}"
    for (one, phase, other), found in groupby(gap.pairs, key=lambda pair: pair[:3]):
        yield f"only the proof covers {one} {phase} with {other} {', '.join(pair[3] for pair in found)}"


def walk_json(done: Walks, plan: Plan, check: Check, gap: Gap | None) -> str:
    """Give the same for programs; nothing in it depends on the time or on the number of workers."""
    protocol = check.semantics.protocol
    failure = done.failure
    found: dict[str, Any] = {
        "verdict": "refuted" if failure else "undecided",
        "runs": done.runs,
        "steps": done.steps,
        "seed": plan.seed,
        "transitions": [{"name": t.name, "fired": done.fired[t.name]} for t in protocol.active],
        "phase_pairs": len(done.pairs),
        "failure": None
        if failure is None
        else {
            "breaks": failure.breaks,
            "detail": failure.detail,
            "run": failure.run,
            "setup": dict(failure.setup),
            "counterexample": trace_json(failure.trace, protocol),
        },
    }
    if gap is not None:
        found["only_proved"] = {
            "transitions": list(gap.transitions),
            "phase_pairs": [list(pair) for pair in gap.pairs],
            "closed": gap.closed,
        }
    return json.dumps(found, indent=2, ensure_ascii=False)
