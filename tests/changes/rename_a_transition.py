"""Call answer_ready by what it does: hand_over_the_token."""

from __future__ import annotations

from attrs import evolve

from launchproof import Protocol


def apply(protocol: Protocol) -> Protocol:
    """Give the same transition another name."""
    return protocol.replacing("answer_ready", evolve(protocol.transition("answer_ready"), name="hand_over_the_token"))
