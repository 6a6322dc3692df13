"""Keep the launch URL valid for its TTL.

A reload of the iframe would then simply work, and links that a scanner has opened first would, too.
"""

from __future__ import annotations

from launchproof import Protocol


def apply(protocol: Protocol) -> Protocol:
    """Let launch tokens expire only, and never be spent."""
    return protocol.assuming(launch_use="expiry-only")
