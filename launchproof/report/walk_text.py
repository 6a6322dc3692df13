"""What random runs did, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.report.as_json import trace_json
from launchproof.report.broken import counterexample_lines
from launchproof.walk.crew import Plan
from launchproof.walk.walker import Walks

PER: Final = 10_000
"""Coverage is told for this many steps."""


def walk_lines(  # noqa: PLR0913 - the parts of one report
    done: Walks,
    plan: Plan,
    protocol: Protocol,
    properties: Sequence[Property],
    seconds: float,
    *,
    coverage: bool,
) -> Iterator[str]:
    """Yield the failure if there is one, the coverage if it is wanted, and the sum of it all."""
    if coverage:
        yield from coverage_lines(done, protocol)
        yield ""
    if done.failure is not None:
        broken = next(p for p in properties if p.name == done.failure.breaks)
        yield from counterexample_lines(broken, done.failure.trace, protocol)
        yield ""
        yield f"refuted: {broken.name}, in run {done.failure.run} of seed {plan.seed}"
    fired = [t for t in protocol.active if t.name in done.fired]
    yield (
        f"{'stopped after' if done.failure else 'nothing broke in'} {done.runs:,} runs, {done.steps:,} steps "
        f"({done.steps / seconds:,.0f} a second); {len(fired)} of {len(protocol.active)} transitions fired. "
        "Random runs prove nothing: launchproof verify does."
    )


def coverage_lines(done: Walks, protocol: Protocol) -> Iterator[str]:
    """Yield how often each transition fired per 10,000 steps, rarest first, and what never did."""
    width = max(len(t.name) for t in protocol.active)
    yield f"{'transition':<{width}}  per {PER:,} steps"
    for transition in sorted(protocol.active, key=lambda t: done.fired[t.name]):
        times = done.fired[transition.name]
        told = f"{times * PER / max(done.steps, 1):.1f}" if times else "never: only the proof covers it"
        yield f"{transition.name:<{width}}  {told}"
    yield f"{len(done.phases):,} combinations of phases were met"


def walk_json(done: Walks, plan: Plan, protocol: Protocol) -> str:
    """Give the same for programs; nothing in it depends on the time or on the number of workers."""
    failure = done.failure
    return json.dumps(
        {
            "verdict": "refuted" if failure else "undecided",
            "runs": done.runs,
            "steps": done.steps,
            "seed": plan.seed,
            "transitions": [{"name": t.name, "fired": done.fired[t.name]} for t in protocol.active],
            "phases": len(done.phases),
            "failure": None
            if failure is None
            else {
                "property": failure.breaks,
                "run": failure.run,
                "counterexample": trace_json(failure.trace, protocol),
            },
        },
        indent=2,
        ensure_ascii=False,
    )
