"""The embed takes a token from any origin.

Whoever can post to it chooses the session that its owner works in.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = ""
REFUTED_BY = "token-taken-from-parent-only"


def apply(protocol: Protocol) -> Protocol:
    """Look neither at the origin nor at the window, nor for which document the token is."""
    open_to_all = protocol.without_guard("from_allowed_origin").without_guard("from_own_parent")
    return open_to_all.assuming(answer_binding="window")
