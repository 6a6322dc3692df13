"""Reports: counterexamples that read like the protocol, short values, small differences."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve, frozen

from launchproof import Name, Posted, Property, Sent
from launchproof.project import load_project
from launchproof.report.broken import counterexample_lines
from launchproof.report.trace_text import LOOP, heard_text, said_text, trace_lines
from launchproof.report.values import differences, phase, short
from launchproof.search.exhaustive import search
from launchproof.search.trace import Trace
from launchproof.verify.whole import verify
from tests.toy.toy_broken import never_holds, never_idle, never_takes, nowhere

if TYPE_CHECKING:
    from launchproof.declare import Protocol
    from launchproof.project import Project

TOY = Path(__file__).parent.parent / "toy"


class Key(Name):
    """A key."""


class Origin(Enum):
    """An origin."""

    SHOP = "https://shop.example"


class Number(Enum):
    """An enum without words."""

    NOT_MANY = 1


@frozen
class Hand:
    """A message that is addressed to an origin."""

    key: Key
    target: Origin | None = None


@frozen
class Row:
    """A registry's row."""

    key: Key
    used: bool = False
    others: frozenset[Key] = frozenset()


@frozen
class Shut:
    """A phase."""

    key: Key | None = None


@frozen
class Open:
    """Another phase."""

    key: Key | None
    rows: frozenset[Row] = frozenset()
    count: int = 3


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give the toy project."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return load_project(TOY)


def broken(protocol: Protocol, prop: Property) -> list[str]:
    """Give the lines of the counterexample to a property."""
    result = search(protocol, [prop], refute_only=True).properties[0]
    assert result.trace is not None
    return counterexample_lines(prop, result.trace, protocol)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Key(0), "key-1"),
        (Key(-1), "key-of-theirs"),
        (Origin.SHOP, "https://shop.example"),
        (Number.NOT_MANY, "not-many"),
        (Hand(Key(1)), "Hand(key-2)"),
        (Row(Key(0), used=True), "Row(key-1, used)"),
        (Shut(), "Shut"),
        (Open(Key(0)), "Open(key-1, count=3)"),
        (frozenset({Key(1), Key(0)}), "{key-1, key-2}"),
        (tuple(Key(n) for n in range(9)), "9 items"),
        (7, "7"),
    ],
)
def test_short(value: object, text: str) -> None:
    """A value reads in short, without what is empty."""
    assert short(value) == text


def test_phase_leaves_out_what_is_known() -> None:
    """A phase names its fields, and leaves out those that the phase before had."""
    assert phase(Open(Key(0))) == "Open(key=key-1, count=3)"
    assert phase(Open(Key(0)), {"key": Key(0)}) == "Open(count=3, …)"


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (Shut(Key(0)), Open(Key(0)), ["x: Shut → Open(count=3, …)"]),
        (Shut(), Shut(Key(0)), ["x.key: none → key-1"]),
        (Open(Key(0), count=1), Open(Key(0), count=2), ["x.count: 1 → 2"]),
        (Open(None), Open(None, frozenset({Row(Key(0))})), ["x.rows: + Row(key=key-1)"]),
        (
            Open(None, frozenset({Row(Key(0)), Row(Key(1))})),
            Open(None, frozenset({Row(Key(0), used=True)})),
            ["x.rows[key-1].used: no → yes", "x.rows: − Row(key=key-2)"],
        ),
        (
            Open(None, frozenset({Row(Key(0))})),
            Open(None, frozenset({Row(Key(0), others=frozenset({Key(1)}))})),
            ["x.rows[key-1].others: + key-2"],
        ),
        ((Key(0), Key(1)), (Key(1), Key(0)), ["x: in another order"]),
        (Shut(), Shut(), []),
    ],
)
def test_differences(before: object, after: object, lines: list[str]) -> None:
    """Only what changed is told."""
    assert list(differences("x", before, after)) == lines


def test_messages() -> None:
    """A message names the origin it is addressed to, and where it came from."""
    assert said_text(Hand(Key(0), Origin.SHOP)) == "Hand(key-1) to https://shop.example"
    assert heard_text(Posted(Hand(Key(0)), Origin.SHOP, Number.NOT_MANY)) == "Hand(key-1) from https://shop.example (not-many)"
    assert heard_text(Sent(Hand(Key(0)), "shop", "client", "calls")) == "Hand(key-1) from shop"
    assert heard_text(Shut()) == "Shut"


def test_deadlock(toy: Project) -> None:
    """A deadlock's counterexample tells the steps, who waits, and that nobody can act."""
    from launchproof.search.builtin import NO_DEADLOCK

    assert broken(toy.protocol.without("retry", "give_up"), NO_DEADLOCK) == [
        "no-deadlock — refuted in 3 steps",
        "  1. client · ask",
        "       says   Ask to server",
        "       client: Idle → Waiting(tries=the first time)",
        "  2. network · lose request on calls",
        "       loses  Ask from client",
        "       calls: + Lost",
        "  3. client · drops it",
        "       heard  Lost from network",
        f"breaks no-deadlock: {NO_DEADLOCK.meaning}",
        "     client waits in Waiting(tries=the first time)",
        "     no machine can act of itself, and nothing is in flight",
    ]


def test_property_of_states(toy: Project) -> None:
    """A property of states ends with the values of the slots it reads."""
    lines = broken(toy.protocol, never_holds)
    assert lines[-2:] == [
        "breaks never-holds: The client never holds a token.",
        "     client = Holding(token=token-1)",
    ]
    assert "       says   Give(token-1) to client" in lines


def test_property_of_steps(toy: Project) -> None:
    """A property of steps ends with the step, and the slots as they were before it."""
    assert broken(toy.protocol, never_takes)[-2:] == [
        "     broken by client · take, in step 3",
        "     server = Serving (before the last step)",
    ]


def test_property_of_places(toy: Project) -> None:
    """A property of places ends with the value and the place."""
    assert "     token-1 is in Give, in the slot calls" in broken(toy.protocol, nowhere)


def test_initial_state(toy: Project) -> None:
    """A property that the initial state breaks needs no steps."""
    assert broken(toy.protocol, never_idle)[:2] == ["never-idle — refuted in 0 steps", "(in the initial state)"]


def test_loop(toy: Project) -> None:
    """A run that can go round for ever is marked where the round begins."""
    from launchproof.search.builtin import BOUNDED_QUEUES, NO_DEADLOCK

    trace = search(toy.protocol.without("retry", "give_up"), [NO_DEADLOCK], refute_only=True).properties[0].trace
    assert trace is not None
    looped = evolve(trace, loop_from=1)
    assert trace_lines(looped, toy.protocol).index(LOOP) == 3
    assert counterexample_lines(BOUNDED_QUEUES, looped, toy.protocol)[-1] == "     steps 2 to 3 can be done again and again"


def test_same_text_every_time(toy: Project) -> None:
    """The same protocol gives the same text."""

    def text() -> list[str]:
        answer = verify(toy.protocol.assuming(retrying="no"), toy.properties)
        traces = [(j.property, j.counterexample()) for j in answer.properties]
        return [line for p, t in traces if isinstance(t, Trace) for line in counterexample_lines(p, t, toy.protocol)]

    assert text() == text() != []
