"""Values are the same where they are equal and of the same classes throughout."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

import pytest
from attrs import field, frozen

from launchproof import Name
from launchproof.semantics.sameness import Sameness


class Key(Name):
    """A name of one sort."""


class Tok(Name):
    """A name of another."""


class Colour(Enum):
    """Some colours."""

    RED = 1
    BLUE = 2


class Place(NamedTuple):
    """A tuple of a class of its own."""

    left: int
    right: int


@frozen
class Flag:
    """One field."""

    value: object


@frozen
class Pair:
    """Two fields."""

    one: object
    other: object


@frozen
class Noted:
    """What is noted makes no difference."""

    value: int
    note: str = field(eq=False)


@frozen
class Folded:
    """Upper and lower case make no difference."""

    text: str = field(eq=str.lower)


@frozen(eq=False)
class Rounded:
    """It is compared in a way of its own."""

    number: float

    def __eq__(self, other: object) -> bool:
        """Compare what is left after rounding."""
        return isinstance(other, Rounded) and round(self.number) == round(other.number)

    def __hash__(self) -> int:
        """Hash what is compared."""
        return round(self.number)


SAME: tuple[tuple[Any, Any], ...] = (
    (Flag(1), Flag(1)),
    (Pair(Key(0), (Flag("x"), Colour.RED)), Pair(Key(0), (Flag("x"), Colour.RED))),
    (frozenset({Key(0), Tok(0), Flag(1)}), frozenset({Flag(1), Tok(0), Key(0)})),
    (Noted(1, "here"), Noted(1, "there")),
    (Folded("Here"), Folded("hERE")),
    (Rounded(1.1), Rounded(0.9)),
    (Flag(Rounded(1.1)), Flag(Rounded(0.9))),
)

DIFFERENT: tuple[tuple[Any, Any], ...] = (
    (Flag(1), Flag(value=True)),
    (Flag(1), Flag(1.0)),
    (Flag(0), Flag(value=False)),
    (frozenset({(1, "x")}), frozenset({(True, "x")})),
    (Pair(1, 2), Pair(2, 1)),
    (Key(0), Tok(0)),
    (Flag(Key(0)), Flag(Tok(0))),
    ((1, 2), Place(1, 2)),
    ((), frozenset()),
    (Flag(()), Flag(None)),
    (Colour.RED, Colour.BLUE),
    (Noted(1, "x"), Noted(2, "x")),
    (Rounded(1.1), Rounded(2.2)),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_values_have_one_number(one: Any, other: Any) -> None:
    """However they were made, and however often they are asked about."""
    sameness = Sameness()
    assert sameness.number(one) == sameness.number(other) == sameness.number(one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_values_have_another(one: Any, other: Any) -> None:
    """Also where Python takes them for equal."""
    sameness = Sameness()
    assert sameness.number(one) != sameness.number(other)


@pytest.mark.parametrize(("one", "other"), SAME + DIFFERENT)
def test_a_value_that_stays_has_the_number_that_it_has_anyway(one: Any, other: Any) -> None:
    """Whether a value, or what it is part of, was kept makes no difference to what it is the same as."""
    sameness, plain = Sameness(), Sameness()
    kept = sameness.keep(Pair(one, (one, Flag(one))))
    assert kept == sameness.number(Pair(one, (one, Flag(one)))) == sameness.keep(Pair(one, (one, Flag(one))))
    same = plain.number(one) == plain.number(other)
    assert (sameness.number(one) == sameness.number(other)) == same
    assert (kept == sameness.number(Pair(other, (other, Flag(other))))) == same


@pytest.mark.parametrize("value", [[1], Flag([1]), ({1},), Pair(1, {2: 3})])
def test_what_can_change_has_no_number(value: Any) -> None:
    """A list, a set or a dictionary cannot be part of a state."""
    with pytest.raises(TypeError, match="unhashable"):
        Sameness().number(value)


def test_numbers_outlive_the_values_they_were_given_to() -> None:
    """An object that takes the place of another one in memory is not taken for it."""
    sameness = Sameness()
    assert len({sameness.number(Pair(n, Flag(n))) for n in range(2000)}) == 2000
    assert len({sameness.number(Pair(n, Flag(n))) for n in range(2000)}) == 2000


def test_kept_values_are_never_taken_for_others() -> None:
    """What is kept is not gone once nobody else has it, so that nothing comes to have its place in memory."""
    sameness = Sameness()
    assert len({sameness.keep(Pair(n, Flag((n, "x")))) for n in range(2000)}) == 2000
    assert len({sameness.number(Pair(n, Flag((n, "x")))) for n in range(2000)}) == 2000


def test_what_a_kept_value_holds_is_not_gone_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where the value was new, nor where it is the same as one before: its very parts are known."""
    hashed: list[float] = []

    def noted(rounded: Rounded) -> int:
        hashed.append(rounded.number)
        return round(rounded.number)

    monkeypatch.setattr(Rounded, "__hash__", noted)
    sameness, one, other = Sameness(), Rounded(1.1), Rounded(0.9)
    sameness.number(Rounded(1.0))
    for value in (Flag(one), Flag(other)):
        assert sameness.number(value) == sameness.keep(value)
    hashed.clear()
    assert sameness.number((one, other)) == sameness.number((other, one))
    assert hashed == []
