"""The iframe element's height on the host page."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof import Machine, Sent, To, when
from model.messages import ResetHeight, SetHeight
from model.names import Height, Reported


@frozen
class Box:
    """The element has this height."""

    height: Height


element: Final = Machine("element", initial=Box(Height.WITHIN), phases=(Box,), meaning="the iframe element's height")

AS_REPORTED: Final = {
    Reported.MISSING: Height.NOT_A_NUMBER,
    Reported.SHORT: Height.SHORT,
    Reported.WITHIN: Height.WITHIN,
    Reported.BEYOND: Height.BOUNDLESS,
    Reported.INFINITE: Height.BOUNDLESS,
}


def not_below_minimum(_element: Box, heard: Sent[SetHeight]) -> bool:
    """The height is 480 px or more."""
    return heard.message.height is not Reported.SHORT


def not_beyond_maximum(_element: Box, heard: Sent[SetHeight]) -> bool:
    """The height is no more than the maximum."""
    return heard.message.height is not Reported.BEYOND


@element.transition("quickstart.resize")
@when(not_below_minimum, "quickstart.resize")
@when(not_beyond_maximum, "ours.capped-height")
def take_height(element: Box, heard: Sent[SetHeight]) -> To[Box]:
    """Take the height as it is."""
    return To(Box(AS_REPORTED[heard.message.height]))


@element.transition("quickstart.resize", "ours.capped-height", otherwise=take_height)
def clamp_height(element: Box, heard: Sent[SetHeight]) -> To[Box]:
    """Take the minimum, or the maximum, in place of what lies outside."""
    return To(Box(Height.WITHIN))


@element.transition("quickstart.mount")
def start_over(element: Box, heard: Sent[ResetHeight]) -> To[Box]:
    """Have the height that a new iframe starts with."""
    return To(Box(Height.WITHIN))
