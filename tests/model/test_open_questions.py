"""Each open question has an answer under either choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchproof.declare import Property
from launchproof.search.engines import VECTOR
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import Verdict
from model import PROTOCOL
from properties import PROPERTIES

pytestmark = pytest.mark.thorough

REFUTED = [
    ("launch-use", "expiry-only", "launch-accepted-once", 5),
    ("launch-use", "expiry-only", "no-runtime-without-fresh-launch", 9),
    ("launch-use", "expiry-only", "returning-reuses-no-launch", 12),
    ("launch-use", "expiry-only", "no-message-is-lost", 16),
    ("second-refresh", "start-another", "one-refresh-in-flight", 15),
    ("second-refresh", "start-another", "host-keeps-newest", 18),
    ("second-refresh", "start-another", "newer-token-stays", 22),
    ("second-refresh", "join", "refusal-leads-to-a-served-call", 22),
    ("refresh-failure", "nothing", "request-is-answered", 16),
    ("refresh-failure", "nothing", "passing-failure-keeps-session", 24),
]

PROVED = [
    ("superseding", "own-expiry"),
    ("fresh-launch", "yes"),
    ("answer-binding", "window"),
]

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(("question", "choice", "refuted", "steps"), REFUTED)
def test_the_other_choice_breaks_a_property(
    question: str,
    choice: str,
    refuted: str,
    steps: int,
    by_name: dict[str, Property],
) -> None:
    """Under the other choice the property is refuted, in as many steps as the README says."""
    other = PROTOCOL.assuming(**{question.replace("-", "_"): choice})
    found = search(other, [by_name[refuted]], refute_only=True, engine=VECTOR).properties[0]
    assert found.verdict is Verdict.REFUTED
    assert found.trace is not None
    assert len(found.trace.steps) == steps


@pytest.mark.parametrize(("question", "choice"), PROVED)
def test_the_other_choice_breaks_nothing(question: str, choice: str) -> None:
    """Under the other choice no property is refuted."""
    other = PROTOCOL.assuming(**{question.replace("-", "_"): choice})
    found = search(other, [p for p in PROPERTIES if not p.under], engine=VECTOR)
    assert found.closed
    assert [r.property.name for r in found.properties if r.verdict is Verdict.REFUTED] == []


def test_every_question_is_asked() -> None:
    """All open questions are answered above."""
    assert {q for q, *_ in (*REFUTED, *PROVED)} == {a.name for a in PROTOCOL.assumptions}


def test_the_readme_tells_how_many_states_there_are_where_launches_are_good_until_they_expire() -> None:
    """That choice makes by far the most possible."""
    found = search(PROTOCOL.assuming(launch_use="expiry-only"), (), engine=VECTOR)
    assert found.closed
    assert f"({found.states:,} states, " in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("capability", ["user", "network"])
def test_without_a_capability_nothing_breaks(capability: str) -> None:
    """The search closes without a capability, and refutes nothing but witnesses that need it."""
    found = search(
        PROTOCOL.without_capabilities(capability), [p for p in PROPERTIES if not p.under and p.kind != "sometimes"], engine=VECTOR
    )
    assert found.closed
    assert [r.property.name for r in found.properties if r.verdict is Verdict.REFUTED] == []
