"""The comparison of a protocol with and without a change, and its verdict in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from launchproof.changes.behaviours import Comparison, Only
from launchproof.changes.change import Change, line_in
from launchproof.changes.change import told as named
from launchproof.changes.needs import NewNeed, needs, new_needs
from launchproof.changes.parts import Difference, differences, other_names
from launchproof.changes.side import PROVED, UNDECIDED, VACUOUS, Claim, Run, Side, side_of, told
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import ChangeError, LaunchproofError
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits
from launchproof.search.shared import INTERRUPTED
from launchproof.verify.budget import Report

HARMLESS, BREAKS, OPEN = 0, 1, 3

FEW: Final = 4
"""So many names stand in a verdict; more are counted."""

RUN_SECONDS: Final = 30.0
"""How long to look for runs that only one of the two allows, each way."""


@frozen
class Behaviour:
    """A shortest run that only one of the two allows (None: there is none up to `depth` steps)."""

    run: Run | None
    decided: bool
    depth: int


@frozen
class Options:
    """What a review judges, and what it may cost."""

    properties: tuple[Property, ...]
    builtin: tuple[Property, ...] = BUILTIN
    limits: Limits = field(factory=Limits)
    run_seconds: float = RUN_SECONDS
    guards: bool = False
    report: Report | None = None
    root: Path | None = None


@frozen
class Review:
    """What a change does to a protocol; what was not asked, or cannot be told, is None."""

    title: str
    reason: str
    where: str
    line: int
    before: Side
    after: Side
    differences: tuple[Difference, ...] = ()
    added: Behaviour | None = None
    removed: Behaviour | None = None
    needs: tuple[NewNeed, ...] | None = None
    identical: bool = field(default=False)

    @property
    def breaks(self) -> tuple[Claim, ...]:
        """The properties that are refuted with the change, and were not without it; shortest runs first."""
        was = {c.name for c in self.before.broken}
        return tuple(c for c in self.after.broken if c.name not in was)

    @property
    def repairs(self) -> tuple[Claim, ...]:
        """The properties that were refuted, and hold with the change."""
        now = {c.name for c in self.after.claims if c.verdict == PROVED}
        return tuple(c for c in self.before.broken if c.name in now)

    @property
    def still_broken(self) -> tuple[Claim, ...]:
        """The properties that are refuted with the change as without it."""
        was = {c.name for c in self.before.broken}
        return tuple(c for c in self.after.broken if c.name in was)

    @property
    def undecided(self) -> tuple[Claim, ...]:
        """The properties of which nothing is known with the change."""
        return tuple(c for c in self.after.claims if c.verdict == UNDECIDED)

    @property
    def emptied(self) -> tuple[Claim, ...]:
        """The properties that held, and have nothing to speak of with the change."""
        was = {c.name for c in self.before.claims if c.verdict == PROVED}
        return tuple(c for c in self.after.claims if c.verdict == VACUOUS and c.name in was)

    @property
    def surprises(self) -> tuple[str, ...]:
        """What never happens any more, although nothing is switched off that would explain it."""
        return tuple(s for s in self.after.surprises if s not in self.before.surprises)

    @property
    def claims_gone(self) -> tuple[str, ...]:
        """The names of properties that are not claimed any more."""
        now = {c.name for c in self.after.claims}
        return tuple(c.name for c in self.before.claims if c.name not in now)

    @property
    def claims_new(self) -> tuple[str, ...]:
        """The names of properties that were not claimed before."""
        was = {c.name for c in self.before.claims}
        return tuple(c.name for c in self.after.claims if c.name not in was)

    @property
    def status(self) -> int:
        """The exit status: 0 nothing breaks, 1 something does, 3 it is not known or nothing is left to prove."""
        if self.breaks:
            return BREAKS
        if self.undecided or self.after.stopped or self.surprises or self.emptied or self.claims_gone:
            return OPEN
        return HARMLESS

    @property
    def touched(self) -> frozenset[str]:
        """The names of transitions that are not what they were."""
        how = ("appears", "replaced", "changed")
        return frozenset(d.name for d in self.differences if d.kind == "transition" and d.how in how)

    @property
    def verdict(self) -> str:
        """The whole answer in a sentence."""
        return verdict_of(self)


def verdict_of(review: Review) -> str:
    """Say what a change does, in a sentence."""
    if review.identical:
        return "Harmless: nothing differs."
    if review.breaks:
        broken = listed(
            [in_steps(c) for c in review.breaks[:FEW]] + [f"{len(review.breaks) - FEW} more"] * (len(review.breaks) > FEW)
        )
        return f"Breaks {len(review.breaks)} of {counted(len(review.after.claims), 'property')}: {broken}."
    if review.undecided or review.after.stopped:
        few = len(review.undecided) <= FEW
        names = listed(names_of(review.undecided)) if few else counted(len(review.undecided), "property")
        return f"Undecided: {review.after.stopped or 'not every search came to an end'}{f'; open: {names}' if names else ''}."
    repaired = f"Repairs {listed(c.name for c in review.repairs)}" if review.repairs else ""
    doubts = [f"{c.name} has nothing to speak of any more" for c in review.emptied]
    doubts += [s for s in review.surprises if not any(c.name in s for c in review.emptied)]
    doubts += [f"{name} is claimed no longer" for name in review.claims_gone]
    if doubts:
        return f"{f'{repaired}; n' if repaired else 'N'}othing breaks, but less is proved: {listed(doubts)}."
    kept = "nothing else" if repaired else "nothing that was proved"
    still = f"; refuted as before: {listed(c.name for c in review.still_broken)}" if review.still_broken else ""
    return f"{repaired or 'Harmless'}: {kept} breaks; {states(review)}{still}."


def in_steps(claim: Claim) -> str:
    """Name a property, and in how many steps it breaks."""
    count = len(claim.run.steps) if claim.run else None
    if count is None:
        return f"{claim.name}, which no run shows any more"
    return f"{claim.name} in {counted(count, 'step')}" if count else f"{claim.name} at once"


def states(review: Review) -> str:
    """Say how many states there are, and were."""
    old, new = review.before.states, review.after.states
    if old == new:
        return f"{new:,} states as before"
    return f"{new:,} states, {abs(new - old):,} {'more' if new > old else 'fewer'} than before"


def counted(number: int, what: str) -> str:
    """Give a number of things."""
    plural = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def listed(items: Iterator[str] | Sequence[str]) -> str:
    """Give items as a sentence lists them."""
    *others, last = list(items) or [""]
    return f"{', '.join(others)} and {last}" if others else last


# -- making one ----------------------------------------------------------------------------------------


def review(change: Change, protocol: Protocol, options: Options, before: Side | None = None) -> Review:
    """Compare a protocol with and without a change; `before` may have been found already."""
    changed = change.apply(protocol)
    known = before or side(protocol, options, "without the change")
    try:
        after = side(changed, options, "with the change")
        return compared(change, protocol, changed, known, after, options)
    except LaunchproofError:
        raise
    except Exception as error:
        line = line_in(change.file, error)
        if line is None:
            raise
        raise ChangeError(change.file, f"line {line}: {named(error)}", "correct the change") from error


def side(protocol: Protocol, options: Options, what: str) -> Side:
    """Verify one side of a review."""
    report = options.report
    tells: Report | None = None
    if report is not None:
        tell = report

        def tells(searched: str, progress: object) -> None:
            tell(f"{what}, {searched}" if searched else what, progress)  # type: ignore[arg-type]

    found = side_of(protocol, options.properties, builtin=options.builtin, limits=options.limits, report=tells)
    if found.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    return found


def compared(  # noqa: PLR0913, PLR0917 - both protocols, and what was found of each
    change: Change, protocol: Protocol, changed: Protocol, before: Side, after: Side, options: Options
) -> Review:
    """Compare two protocols of which both are verified."""
    different = differences(before.parts, after.parts, options.root)
    added, removed = runs(protocol, changed, before, after, options)
    return Review(
        title=change.title,
        reason=change.reason,
        where=str(change.file),
        line=change.line,
        before=before,
        after=after,
        differences=different,
        added=added,
        removed=removed,
        needs=guards(protocol, changed, before, after, options) if options.guards else None,
    )


def runs(
    protocol: Protocol, changed: Protocol, before: Side, after: Side, options: Options
) -> tuple[Behaviour, Behaviour] | tuple[None, None]:
    """Look for shortest runs that only one of two protocols allows."""
    if options.run_seconds <= 0:
        return None, None
    active = [{t.name for t in p.active} for p in (protocol, changed)]
    renamed = other_names(before.parts, after.parts, *active)
    added, removed = Comparison(protocol, changed, renamed, options.run_seconds, options.report).both()
    return behaviour(added, changed), behaviour(removed, protocol)


def behaviour(found: Only, protocol: Protocol) -> Behaviour:
    """Tell the run that was found."""
    return Behaviour(told(found.trace, protocol) if found.trace is not None else None, found.decided, found.depth)


def guards(protocol: Protocol, changed: Protocol, before: Side, after: Side, options: Options) -> tuple[NewNeed, ...]:
    """Compare which guards are needed."""
    old = needs(protocol, options.properties, names_of(before.broken), options.limits, options.report)
    new = needs(changed, options.properties, names_of(after.broken), options.limits, options.report)
    return tuple(new_needs(old, new))


def names_of(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Name properties."""
    return tuple(c.name for c in claims)


__all__ = ["Behaviour", "Options", "Review", "review"]
