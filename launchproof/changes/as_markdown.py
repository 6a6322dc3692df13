"""A review as Markdown for a comment on a pull request: the verdict first, all else folded away.

A comment has a size limit. What does not fit is left out whole, the least important first, and a line
says what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from launchproof.changes.as_text import (
    behaviour_lines,
    broken_lines,
    claim_lines,
    count_line,
    gathered,
    need_lines,
    surprise_lines,
)
from launchproof.changes.review import BREAKS, HARMLESS, Review, counted

LIMIT: Final = 65_000
"""A comment may have 65,536 characters."""

SIGNS: Final = {HARMLESS: "✅", BREAKS: "❌"}


@frozen
class Section:
    """A part of the comment, what it is called when it is left out, and how important it is (0: always there)."""

    text: str
    name: str
    rank: int


def markdown(reviews: Sequence[Review], limit: int = LIMIT) -> str:
    """Give one comment for all reviews, within the limit."""
    sections = [section for number, review in enumerate(reviews) for section in sections_of(review, first=not number)]
    left_out: list[Section] = []
    while len(text := written(sections, left_out)) > limit:
        last = max((s for s in sections if s.rank), key=lambda s: (s.rank, len(s.text)), default=None)
        if last is None:
            return f"{text[: limit - 2].rstrip()} …"
        sections.remove(last)
        left_out.append(last)
    return text


def written(sections: Sequence[Section], left_out: Sequence[Section]) -> str:
    """Join sections, and say what was left out."""
    names = ", ".join(dict.fromkeys(s.name for s in left_out))
    note = f"\n\n_Left out, for want of room: {names}._" if left_out else ""
    return "\n\n".join(s.text for s in sections) + note + "\n"


def sections_of(review: Review, *, first: bool) -> Iterator[Section]:
    """Yield the parts of one review."""
    rule = "" if first else "---\n\n"
    yield Section(f"{rule}{SIGNS.get(review.status, '❔')} **{review.verdict}**", "", 0)
    reason = f"\n> {' '.join(review.reason.split())}" if review.reason else ""
    yield Section(f"_{review.title}_ (`{review.where}`){reason}", "the change's title", 0 if not reason else 1)
    notes = [*claim_lines(review), *surprise_lines(review), *(f"repairs {c.name}: {c.meaning}" for c in review.repairs)]
    notes += [f"refuted as before: {c.name}" for c in review.still_broken]
    if notes:
        yield Section("\n".join(f"- {note}" for note in notes), "notes", 1)
    for number, claim in enumerate(review.breaks):
        drawing = claim.run.drawing if claim.run else ""
        heading = f"{claim.name}: {claim.meaning}"
        yield Section(folded(heading, fenced(broken_lines(claim, review.touched, full=True))), claim.name, 2 + min(number, 5))
        if drawing:
            picture = folded(f"{claim.name}, drawn", fenced([drawing], "mermaid"))
            yield Section(picture, f"the drawing of {claim.name}", 8 + number)
    yield from details(review)


def details(review: Review) -> Iterator[Section]:
    """Yield what differs, which runs are new or gone, the guards and the counts."""
    if review.differences:
        listed = "\n".join(f"- {line[2:]}" for line in gathered(review.differences))
        yield Section(folded(counted(len(review.differences), "difference"), listed), "the differences", 4)
    told = list(behaviour_lines(review))
    if told:
        yield Section(folded("Runs that only one of the two allows", fenced(told)), "runs that only one of the two allows", 5)
    needs = list(need_lines(review.needs))
    if needs:
        yield Section(folded("Guards", "\n".join(f"- {line}" for line in needs)), "the guards", 6)
    yield Section(f"<sub>{count_line(review)}</sub>", "the counts", 7)


def folded(heading: str, body: str) -> str:
    """Fold something away behind its heading."""
    safe = heading.replace("&", "&amp;").replace("<", "&lt;")
    return f"<details><summary>{safe}</summary>\n\n{body}\n\n</details>"


def fenced(lines: Iterator[str] | Sequence[str], language: str = "text") -> str:
    """Quote lines as they are."""
    return "\n".join([f"```{language}", *lines, "```"])


__all__ = ["LIMIT", "markdown"]
