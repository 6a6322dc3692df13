"""The page makes the frame a little higher than reported, and the content fills its frame.

Each report is of a greater height than the one before, and so is each frame.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/CopilotKit/OpenGenerativeUI/issues/64"
REFUTED_BY = "height-is-sane"


def apply(protocol: Protocol) -> Protocol:
    """Take heights without a maximum."""
    return protocol.without_guard("not_beyond_maximum")
