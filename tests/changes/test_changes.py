"""The review of each example says what a good colleague would say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from launchproof.changes.as_markdown import LIMIT, markdown
from launchproof.changes.as_text import review_lines
from launchproof.changes.change import load_change
from launchproof.changes.review import Options, Review, review, side
from launchproof.changes.side import Side
from model import PROTOCOL
from properties import PROPERTIES

HERE: Final = Path(__file__).parent
ON: Final = PROTOCOL.with_capabilities("sibling-frame", "scanner")
"""What these changes need to go wrong; with everything on, a review takes a minute."""

OPTIONS: Final = Options(PROPERTIES)
SCREEN: Final = 40


@frozen
class Example:
    """A change, what breaks with it and in how many steps, and the last step of the run that is new."""

    name: str
    breaks: dict[str, int]
    new: str | None


EXAMPLES: Final = (
    Example(
        "keep_the_launch_url_valid",
        {"launch-accepted-once": 5, "no-runtime-without-fresh-launch": 9},
        "serve_document_until_expiry",
    ),
    Example("put_the_token_in_the_url", {"no-access-token-in-urls": 3}, "mount_with_token"),
    Example("drop_the_source_check", {"strangers-change-nothing": 4, "bounded-queues": 6}, "answer_ready"),
    Example(
        "let_refresh_return_a_launch_url",
        {"launch-in-one-request-only": 11, "refresh-keeps-everything-but-the-token": 11},
        "refresh_and_relaunch",
    ),
    Example(
        "answer_ready_with_the_first_token",
        {"host-sends-its-current-token": 12, "new-token-becomes-current": 12},
        None,
    ),
    Example("rename_a_transition", {}, None),
    Example("report_the_height_early", {}, "report_height_early"),
)


@pytest.fixture(scope="module")
def before() -> Side:
    """Verify the protocol without a change, once."""
    return side(ON, OPTIONS, "")


def reviewed(name: str, before: Side) -> Review:
    """Review an example."""
    return review(load_change(HERE / f"{name}.py"), ON, OPTIONS, before)


def test_every_example_is_reviewed() -> None:
    """No example is left out."""
    assert {e.name for e in EXAMPLES} == {f.stem for f in HERE.glob("*.py")} - {"__init__", "test_changes"}


@pytest.mark.thorough
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_an_example_is_reviewed(example: Example, before: Side) -> None:
    """What breaks is found, with its length; what is new is found; the text fits on a screen, and the comment its limit."""
    found = reviewed(example.name, before)
    assert {c.name: len(c.run.steps) for c in found.breaks if c.run} == example.breaks
    assert found.added is not None
    if example.new is not None:
        assert found.added.run is not None
        assert example.new in found.added.run.steps[-1].names
    lines = review_lines(found)
    assert lines[0] == found.verdict
    assert len(lines) <= SCREEN
    assert len(markdown([found])) < LIMIT


@pytest.mark.thorough
def test_a_harmless_change_is_called_harmless(before: Side) -> None:
    """A renaming is harmless: no state and no run is another."""
    found = reviewed("rename_a_transition", before)
    assert found.verdict == f"Harmless: nothing that was proved breaks; {before.states} states as before."
    assert "no run is added or removed, of whatever length" in review_lines(found)
    assert found.status == 0


def test_what_a_stranger_can_do_now_is_said(before: Side) -> None:
    """Without the source check, the review shows the second embed's message, and the answer to it."""
    text = "\n".join(review_lines(reviewed("drop_the_source_check", before)))
    assert text.startswith("Breaks 2 of 88 properties: strangers-change-nothing in 4 steps and bounded-queues in 6 steps.")
    assert "transitions answer_ready, answer_ready_meanwhile, " in text
    assert "sibling-frame · sibling post to host (urls)" in text
    assert "possible now, after 3 steps as above" in text
