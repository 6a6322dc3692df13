"""Capabilities of the environment, and the questions that a specification leaves open."""

from __future__ import annotations

from collections.abc import Collection

from attrs import field, frozen

from launchproof.declare.fairness import Fairness
from launchproof.errors import DeclarationError


@frozen
class Capability:
    """Something the environment may do: a set of transitions that is switched on or off as one.

    `fair` is the fairness of each of them, and of each loss (None: unfair, the default).
    """

    name: str
    meaning: str
    fair: Fairness | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a capability that nobody could understand from its description."""
        if not self.meaning.strip():
            raise DeclarationError(self.name, "the capability has no meaning", "say what it may do in a sentence")


@frozen
class Choice:
    """One answer to an open question, or one of several; a transition or guard may be given under it only."""

    assumption: str
    value: str
    others: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """All answers under which it holds."""
        return (self.value, *self.others)

    def holds(self, assumed: Collection[Choice]) -> bool:
        """Whether one of the answers is assumed."""
        return any(Choice(self.assumption, value) in assumed for value in self.values)

    def __str__(self) -> str:
        """Write it as a condition."""
        return f"{self.assumption} = {' or '.join(self.values)}"


@frozen
class Assumption:
    """A question that the specification leaves open, with its possible answers and a default.

    Calling it with one of the answers gives the `Choice` that transitions and guards refer to.
    """

    name: str
    question: str
    choices: tuple[str, ...]
    default: str = field()
    consequence: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a default that is no choice, and a question with a single answer."""
        if len(self.choices) < 2:  # noqa: PLR2004 - a question has at least two answers
            raise DeclarationError(self.name, "a question needs two answers or more", "add the other choice")
        self(self.default)

    def __call__(self, value: str, *others: str) -> Choice:
        """Name one answer, or several; an unknown one is a `DeclarationError`."""
        for one in (value, *others):
            if one not in self.choices:
                raise DeclarationError(self.name, f"{one!r} is no choice", f"use one of {', '.join(self.choices)}")
        return Choice(self.name, value, others)
