"""Two refreshes, and the first one's answer arrives last.

The second ended the first one's token at the server. The page keeps what came last: a dead token.
"""

from __future__ import annotations

from launchproof import Protocol

SEEN_IN = "https://github.com/zmartzone/lua-resty-openidc/issues/190"
REFUTED_BY = "host-keeps-newest"


def apply(protocol: Protocol) -> Protocol:
    """Start a second refresh beside the one in flight."""
    return protocol.assuming(second_refresh="start-another")
