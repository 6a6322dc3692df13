"""A mail scanner opens the one-time link before the person does.

Whoever asks first is served, and the link is spent. Here the mount starts over, because the launch
token is no runtime credential; where the link alone is a session, the scanner has it.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/emdash-cms/emdash/issues/3298"
REFUTED_BY = "launch-by-its-mount-only"
CAPABILITIES = ("scanner",)


def apply(protocol: Protocol) -> Protocol:
    """Let the link be seen by a scanner, and by nobody else."""
    return protocol.with_capabilities("scanner")
