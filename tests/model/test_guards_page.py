"""GUARDS.md is what `launchproof cuts --catalogue` writes of the model as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchproof.cuts.catalogue import cited, guards
from launchproof.cuts.ground import Broken
from launchproof.cuts.lossy import guards_at_work
from launchproof.cuts.real import Job, Subject, broken_without
from launchproof.search.builtin import BUILTIN
from model import PROTOCOL
from properties import PROPERTIES

PAGE = Path(__file__).parent.parent.parent / "GUARDS.md"
AGAIN = "write it again: launchproof cuts --size 2 --catalogue GUARDS.md"
UNLIMITED = float("inf")
SUBJECT = Subject(PROTOCOL, (*PROPERTIES, *BUILTIN))


def sections() -> dict[str, str]:
    """Give what the page says of each guard and question."""
    parts = re.split(r"\n### `([^`]+)`\n", PAGE.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def breaches() -> Iterator[tuple[tuple[str, ...], str, int | None]]:
    """Yield each cut set of guards on the page: what is lost, what breaks, by how many steps."""
    for name in guards_at_work(PROTOCOL):
        for line in sections()[name].splitlines():
            lost = (name, *re.findall(r"`([^`]+)`", line.partition(":")[0])) if line.startswith("- with ") else (name,)
            if line.startswith(("- with ", "Without it `")):
                told = line.partition(":")[2] if len(lost) > 1 else line
                for claim, steps in re.findall(r"`([^`]+)` \((?:in (\d+) steps?|it never happens)\)", told):
                    yield tuple(sorted(lost)), claim, int(steps) if steps else None


def test_every_guard_stands_on_the_page() -> None:
    """Each guard of a machine has its section, with what it checks and who asks for it; those of the environment are listed."""
    found = sections()
    for guard in guards(PROTOCOL, at_work=True):
        assert guard.meaning in found[guard.name], AGAIN
        where = [t for t in PROTOCOL.active if any(g.name == guard.name for g in t.guards)]
        assert f"\nChecked by {', '.join(f'`{t.name}`' for t in where)}.\n" in found[guard.name], AGAIN
    text = PAGE.read_text(encoding="utf-8")
    for guard in guards(PROTOCOL, at_work=False):
        assert f"- `{guard.name}`: {guard.meaning}{cited(guard.cites)}" in text, AGAIN


def test_every_property_and_question_stands_on_the_page() -> None:
    """Each property has its row, and each open question its section."""
    text = PAGE.read_text(encoding="utf-8")
    for prop in SUBJECT.properties:
        assert f"| `{prop.name}` |" in text, AGAIN
    assert {question.name for question in PROTOCOL.assumptions} <= set(sections()), AGAIN


def test_a_cut_set_is_told_of_each_of_its_guards() -> None:
    """What several guards protect together is told of each of them, by the same number of steps."""
    told = list(breaches())
    assert len(told) > len(guards_at_work(PROTOCOL))
    for lost, claim, steps in told:
        assert told.count((lost, claim, steps)) == len(lost), AGAIN


@pytest.mark.parametrize(
    "most", [4, pytest.param(8, marks=pytest.mark.thorough), pytest.param(UNLIMITED, marks=pytest.mark.nightly)]
)
def test_what_the_page_says_is_true(most: float) -> None:
    """Without the guards of each cut set the property breaks, in as many steps (in few, unless there is time)."""
    by_loss: dict[tuple[str, ...], dict[str, int | None]] = {}
    for lost, claim, steps in breaches():
        if steps is None or steps <= most:
            by_loss.setdefault(lost, {})[claim] = steps
    assert by_loss
    for lost, claims in by_loss.items():
        found = broken_without(SUBJECT, Job(lost, tuple(claims), soon=True))
        assert {broken.property: broken.steps for broken in found if isinstance(broken, Broken)} == claims, AGAIN
