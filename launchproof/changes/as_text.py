"""A review for a terminal: the verdict, what differs, what breaks and how, on one screen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from attrs import evolve

from launchproof.changes.needs import NewNeed
from launchproof.changes.parts import Difference
from launchproof.changes.review import Behaviour, Review, counted, in_steps
from launchproof.changes.side import Claim, Run, ToldStep
from launchproof.report.trace_text import LOOP

FEW: Final = 8
"""So many differences are told; the others are counted, unless all is asked for."""

ALIKE: Final = ("changed", "never", "again")
"""Differences of these kinds are told together where they are alike."""

MARKS: Final = {"appears": "+", "vanishes": "−", "never": "!", "again": "!"}


def review_lines(review: Review, *, full: bool = False) -> list[str]:
    """Give a whole review, line by line; unless `full`, runs are folded to their key steps."""
    lines = [review.verdict, "", f"{review.title} ({review.where})", *difference_lines(review.differences, full=full)]
    shown = review.breaks if full else review.breaks[:1]
    for claim in shown:
        lines += ["", *broken_lines(claim, review.touched, full=full)]
    lines += [""] if review.breaks else []
    lines += [f"also breaks {in_steps(c)}: {c.meaning}" for c in review.breaks[len(shown) :]]
    lines += [f"repairs {c.name}: {c.meaning}" for c in review.repairs]
    lines += [f"refuted as before: {in_steps(c)}" for c in review.still_broken]
    lines += [*claim_lines(review), *surprise_lines(review), *need_lines(review.needs)]
    above = shown[0].run if shown and not full else None
    lines += [*behaviour_lines(review, above), count_line(review)]
    folded = any(len(c.run.steps) > 1 for c in review.breaks if c.run) or len(review.breaks) > len(shown)
    return [*lines, "--full tells every step of every run"] if folded and not full else lines


def difference_lines(differences: Sequence[Difference], *, full: bool = True) -> Iterator[str]:
    """Yield a line for each difference; parts that differ alike share one."""
    told = gathered(differences)
    shown = told if full else told[:FEW]
    yield from (f"  {line}" for line in shown)
    if len(told) > len(shown):
        yield f"  … and {len(told) - len(shown)} more"


def gathered(differences: Sequence[Difference]) -> list[str]:
    """Tell differences, those that are alike together."""
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for number, difference in enumerate(differences):
        alone = "" if difference.how in ALIKE else str(number)
        groups.setdefault((difference.kind, difference.how, *difference.details, alone), []).append(difference)
    return [f"{MARKS.get(group[0].how, '~')} {difference_text(joined(group))}" for group in groups.values()]


def joined(group: Sequence[Difference]) -> Difference:
    """Make one difference of several that are alike."""
    first = group[0]
    if len(group) == 1:
        return first
    return evolve(first, kind=f"{first.kind}s", name=", ".join(d.name for d in group))


def difference_text(difference: Difference) -> str:
    """Tell a difference in a line."""
    name, details = f"{difference.kind} {difference.name}", "; ".join(difference.details)
    tail = f": {details}" if details else ""
    match difference.how:
        case "renamed":
            return f"{difference.kind} {difference.was} is called {difference.name} now, and does the same"
        case "replaced":
            return f"{difference.kind} {difference.was} is {difference.name} now{tail}"
        case "changed":
            return f"{name}{tail}"
        case "never":
            return f"{name} can never happen any more"
        case "again":
            return f"{name} can happen now"
        case how:
            return f"{name} {how}{tail}"


def broken_lines(claim: Claim, touched: Collection[str], *, full: bool = False) -> Iterator[str]:
    """Yield a property that breaks, its run, and what is wrong at its end."""
    count = len(claim.run.steps) if claim.run else 0
    under = f" without {', '.join(claim.under)}" if claim.under else ""
    yield f"{claim.name} — refuted in {counted(count, 'step')}{under}"
    if claim.run is None:
        yield f"breaks {claim.name}: {claim.meaning}"
        return
    yield from run_lines(claim.run, touched, full=full)
    yield from claim.run.ends


def run_lines(run: Run, touched: Collection[str] = (), *, full: bool = False) -> Iterator[str]:
    """Yield a run; unless `full`, steps that the change does not touch are named only, but for the last."""
    if not run.steps:
        yield "(in the initial state)"
    folded: list[str] = []
    for number, step in enumerate(run.steps):
        key = full or number == len(run.steps) - 1 or any(name in touched for name in step.names)
        if folded and (key or run.loop_from == number):
            yield f"     {'; '.join(folded)}"
            folded = []
        if run.loop_from == number:
            yield LOOP
        if key:
            yield from step.lines
        else:
            folded.append(step.headline)


def claim_lines(review: Review) -> Iterator[str]:
    """Yield what is claimed that was not, what is not any more, and what is open."""
    if review.claims_new:
        yield f"claimed now: {', '.join(review.claims_new)}"
    if review.claims_gone:
        yield f"claimed no longer: {', '.join(review.claims_gone)}"
    if review.undecided:
        names = [c.name for c in review.undecided]
        why = review.after.stopped or "not every search came to an end"
        listed = ", ".join(names) if len(names) <= FEW else counted(len(names), "property")
        yield f"undecided, for {why}: {listed}"


def surprise_lines(review: Review) -> Iterator[str]:
    """Yield what never happens any more."""
    yield from (f"never any more: {s}" for s in review.surprises)


def need_lines(needs: Sequence[NewNeed] | None) -> Iterator[str]:
    """Yield the guards that are needed now, and those that are not any more."""
    if needs is None:
        return
    for need in needs:
        if need.critical:
            yield f"newly critical: guard {need.guard}; without it {need.of} breaks now"
        else:
            yield f"needless now: guard {need.guard}; without it nothing breaks, where {need.of} did"
    if not needs:
        yield "guards: each is as needed as before"


def behaviour_lines(review: Review, above: Run | None = None) -> Iterator[str]:
    """Yield a shortest run that is new, and one that is gone; in short where a run is told above already."""
    added, removed = review.added, review.removed
    if added is None or removed is None:
        return
    if added.run is None and removed.run is None and added.decided and removed.decided:
        yield "no run is added or removed, of whatever length"
        return
    yield from behaviour(added, "possible now", "no run is added", above)
    yield from behaviour(removed, "possible no longer", "no run is removed", above)


def behaviour(found: Behaviour, label: str, none: str, above: Run | None) -> Iterator[str]:
    """Yield one run: what was possible all along in a line, and then its last step."""
    if found.run is None:
        cut = f", up to {counted(found.depth, 'step')} at least; the search was cut short"
        yield none if found.decided else f"{none}{cut}"
        return
    *before, last = found.run.steps
    yield f"{label}, {after(before, above)}"
    if above is not None:
        yield f"     {', '.join([last.headline, *(name.replace('_', ' ') for name in last.names[1:])])}"
    else:
        yield from last.lines


def after(before: Sequence[ToldStep], above: Run | None) -> str:
    """Say after which steps something can happen."""
    if not before:
        return "at once"
    if above is not None and list(before) == list(above.steps[: len(before)]):
        return f"after {counted(len(before), 'step')} as above"
    return f"after {'; '.join(s.headline for s in before)}"


def count_line(review: Review) -> str:
    """Give states, steps and time before and after."""
    old, new = review.before, review.after
    return (
        f"states {old.states:,} → {new.states:,}, steps {old.steps:,} → {new.steps:,}, "
        f"depth {old.depth} → {new.depth}, {old.seconds:.1f} s → {new.seconds:.1f} s"
    )


__all__ = ["behaviour_lines", "broken_lines", "count_line", "difference_text", "review_lines", "run_lines"]
