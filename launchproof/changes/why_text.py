"""How the answer of `launchproof.changes.why` is told."""

from __future__ import annotations

from collections.abc import Iterator

from launchproof.changes.why import Broken, Why
from launchproof.report.broken import counterexample_lines


def why_lines(answer: Why) -> Iterator[str]:
    """Yield what a part is for: the story of the soonest failure without it, or what still protects."""
    part = answer.part
    yield f"{part.name}: {part.meaning}"
    if part.cites:
        yield f"asked for by {', '.join(part.cites)}"
    yield ""
    if answer.broken:
        yield from story(part.taken, answer.broken)
        return
    if answer.stopped:
        yield f"{part.taken}, nothing was seen to break; undecided: {answer.stopped}"
        return
    yield f"{part.taken}, nothing breaks."
    for behind in answer.behind:
        broken = behind.broken
        yield f"{behind.guard} still protects: without both, {broken.claim.name} breaks{length(broken)}."
    if not answer.behind and answer.tried:
        yield f"It does not break without one more of {', '.join(answer.tried)} either."


def story(taken: str, broken: tuple[Broken, ...]) -> Iterator[str]:
    """Yield the shortest failure, and name the others."""
    first, *others = broken
    if first.trace is None:
        yield f"{taken}, this never happens: {first.claim.name}: {first.claim.meaning}"
    else:
        yield f"{taken}:"
        yield from counterexample_lines(first.claim, first.trace, first.protocol)
    if others:
        yield ""
        yield f"it also breaks {', '.join(f'{b.claim.name}{length(b)}' for b in others)}"


def length(broken: Broken) -> str:
    """Say how long a run is."""
    if broken.trace is None:
        return " (no run shows it)"
    return f" in {broken.steps} step{'' if broken.steps == 1 else 's'}"


def why_json(answer: Why) -> dict[str, object]:
    """Give the answer as plain data."""
    return {
        "name": answer.part.name,
        "kind": answer.part.kind,
        "meaning": answer.part.meaning,
        "cites": list(answer.part.cites),
        "taken": answer.part.taken,
        "breaks": [broken_json(b) for b in answer.broken],
        "behind": [{"guard": b.guard, **broken_json(b.broken)} for b in answer.behind],
        "tried": list(answer.tried),
        "stopped": answer.stopped,
    }


def broken_json(broken: Broken) -> dict[str, object]:
    """Give a property that breaks, and what happens until it does."""
    told = None if broken.trace is None else [step.acts[0].name for step in broken.trace.steps]
    return {"property": broken.claim.name, "meaning": broken.claim.meaning, "run": told}
