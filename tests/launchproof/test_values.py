"""What a slot's value holds, and what becomes of it when names die."""

from __future__ import annotations

import pytest
from attrs import frozen

from launchproof import Instant, Machine, Name, Protocol, Sent, To, registry
from launchproof.errors import EffectError
from launchproof.search.exhaustive import search
from launchproof.semantics.interner import Interner
from launchproof.semantics.values import anatomy_of, renamed


class Key(Name):
    """A name of one sort."""


class Tok(Name):
    """A name of another."""


@frozen
class Pair:
    """Two names that belong together."""

    key: Key
    tok: Tok


@frozen
class Row:
    """A row that holds a name, and mentions pairs of others."""

    key: Key
    pairs: frozenset[Pair] = registry()


@frozen
class Table:
    """A table of rows."""

    rows: frozenset[Row] = registry()


@frozen
class Flag:
    """A phase with a plain value."""

    value: object


@frozen
class Up:
    """A machine's only phase."""


@frozen
class Ping:
    """A call."""


@frozen
class Pong:
    """Its answer."""


def test_a_registry_inside_a_row_keeps_what_is_alive_as_a_whole() -> None:
    """A pair with one dead name is dropped from a row that lives on."""
    table = Table(frozenset({Row(Key(0), frozenset({Pair(Key(0), Tok(0)), Pair(Key(0), Tok(1))}))}))
    kept = renamed(table, {Key(0): Key(5), Tok(1): Tok(0)})
    assert kept == Table(frozenset({Row(Key(5), frozenset({Pair(Key(5), Tok(0))}))}))


def test_a_row_holds_its_own_names_and_mentions_the_others() -> None:
    """What stands in a registry inside a row is mentioned by the row, not held."""
    anatomy = anatomy_of(Table(frozenset({Row(Key(0), frozenset({Pair(Key(1), Tok(0))}))})))
    assert anatomy.holds == ()
    assert [(row.holds, set(row.mentions)) for row in anatomy.rows] == [((Key(0),), {Key(1), Tok(0)})]


def test_equal_values_of_different_classes_are_told_apart() -> None:
    """``Flag(1)`` and ``Flag(True)`` are equal in Python, and two states here."""
    interner = Interner()
    assert interner.id(Flag(1)) != interner.id(Flag(value=True))
    assert interner.id(Flag(1)) == interner.id(Flag(1))


def test_machines_that_answer_each_other_for_ever_are_an_error() -> None:
    """A step that never ends is told by the names of the transitions in it."""
    caller = Machine("caller", initial=Up(), phases=(Up,))
    answerer = Machine("answerer", initial=Up(), phases=(Up,))

    @caller.transition("toy")
    def begin(caller: Up) -> To[Up, Ping]:
        """Call."""
        return To(caller, Ping())

    @caller.transition("toy")
    def call_again(caller: Up, heard: Sent[Pong]) -> To[Up, Ping]:
        """Call again."""
        return To(caller, Ping())

    @answerer.transition("toy")
    def answer(answerer: Up, heard: Sent[Ping]) -> To[Up, Pong]:
        """Answer."""
        return To(answerer, Pong())

    line = Instant("line", ("caller",), {Ping: "answerer", Pong: "caller"})
    with pytest.raises(EffectError, match=r"answer, call_again: they answer each other|call_again, answer: they answer"):
        search(Protocol("endless", (caller, answerer), (line,)))
