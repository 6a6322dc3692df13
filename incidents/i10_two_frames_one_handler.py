"""Two frames of one origin on a page, and the handler looks at the origin only.

One frame's handshake is taken for the other's: now and then it fails.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/dollarshaveclub/postmate/issues/199"
REFUTED_BY = "strangers-change-nothing"
CAPABILITIES = ("sibling-frame",)


def apply(protocol: Protocol) -> Protocol:
    """Take any window's message."""
    return protocol.without_guard("from_our_frame")
