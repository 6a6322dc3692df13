"""A frame that is loaded lazily requests a URL that was good for five minutes, later.

Between the mint and the first request lies as much time as the reader takes to scroll. The request is
refused, the frame shows an error, and the page waits for a ready that cannot come.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/awslabs/amazon-quicksight-embedding-sdk/issues/199"
REFUTED_BY = "no-deadlock"
CAPABILITIES = ("time",)


def apply(protocol: Protocol) -> Protocol:
    """Wait for ready without an end."""
    return protocol.without("stop_waiting_for_ready")
