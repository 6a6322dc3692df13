"""What a slot's value holds, and what becomes of it when names die."""

from __future__ import annotations

from random import Random

import pytest
from attrs import frozen

from launchproof import Instant, Machine, Name, Protocol, Sent, To, registry
from launchproof.errors import EffectError
from launchproof.search.exhaustive import search
from launchproof.semantics.interner import Interner, KnownItems
from launchproof.semantics.sameness import Sameness
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


def random_table(random: Random) -> Table:
    """Make a table of a few rows, with names of few numbers."""
    return Table(
        frozenset(
            Row(Key(random.randrange(4)), frozenset(Pair(Key(random.randrange(4)), Tok(random.randrange(3))) for _ in range(2)))
            for _ in range(random.randint(0, 3))
        )
    )


def some_names(random: Random) -> dict[Name, Name]:
    """Make a renaming of some names; the others are dead."""
    keys, toks = random.sample(range(4), 4), random.sample(range(3), 3)
    pairs: list[tuple[Name, Name]] = [(Key(n), Key(k)) for n, k in enumerate(keys)]
    pairs += [(Tok(n), Tok(t)) for n, t in enumerate(toks)]
    return dict(random.sample(pairs, random.randint(4, 7)))


@pytest.mark.parametrize("seed", range(30))
def test_what_is_known_of_rows_is_what_is_found_out_anew(seed: int) -> None:
    """Rows that stand in many tables have the same anatomy, order and renamings as when each is looked at anew."""
    random = Random(seed)
    known = KnownItems(Sameness())
    for table in [random_table(random) for _ in range(20)]:
        assert anatomy_of(table, known) == anatomy_of(table)
        names = some_names(random)
        assert renamed(table, names, known) == renamed(table, names)


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
