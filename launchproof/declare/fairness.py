"""Fairness: what a run may put off for ever, and what it may not.

========  =========================================================================================
unfair    it may happen or not, as long as it likes: nobody makes the environment do anything
weak      what stays possible without a break happens sooner or later
strong    what becomes possible again and again happens sooner or later
========  =========================================================================================

Each says why: an assumption about the world that no reason supports is where proofs of progress lie.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof.errors import DeclarationError

UNFAIR: Final = "unfair"
WEAK: Final = "weak"
STRONG: Final = "strong"
KINDS: Final = (UNFAIR, WEAK, STRONG)


@frozen
class Fairness:
    """Whether something that can happen has to, and why."""

    kind: str
    because: str

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown kind, and fairness without a reason."""
        if self.kind not in KINDS:
            raise DeclarationError("fairness", f"there is no kind {self.kind!r}", f"use one of {', '.join(KINDS)}")
        if not self.because.strip():
            raise DeclarationError("fairness", f"it is {self.kind} without a reason", "say why in a sentence")


def unfair(because: str) -> Fairness:
    """Let it happen or not, as long as it likes."""
    return Fairness(UNFAIR, because)


def weakly(because: str) -> Fairness:
    """Have it happen sooner or later, if it stays possible without a break."""
    return Fairness(WEAK, because)


def strongly(because: str) -> Fairness:
    """Have it happen sooner or later, if it becomes possible again and again."""
    return Fairness(STRONG, because)


OF_ITSELF: Final = weakly("a machine that runs does what it can do of itself, sooner or later")
"""The default of a transition that a machine takes of its own accord."""

DELIVERED: Final = weakly("what is in flight, and stays there, arrives sooner or later")
"""The default of a message's delivery, whether it is handled or dropped."""

ENVIRONMENT: Final = unfair("nobody makes the environment do anything")
"""The default of whatever a capability does."""
