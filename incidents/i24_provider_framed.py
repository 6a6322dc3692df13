"""The provider's page is opened inside the frame.

The provider forbids to be framed: the frame is blank, and the embed is gone.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/roundcube/roundcubemail/issues/8729"
REFUTED_BY = "provider-is-never-framed"


def apply(protocol: Protocol) -> Protocol:
    """Go on to the provider wherever the hosted page is."""
    return protocol.without_guard("outside_the_frame")
