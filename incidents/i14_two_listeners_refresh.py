"""Two listeners, as strict mode leaves them, each refresh.

One request of the embed's makes two of the page's: the second fails, or ends the first one's token.
"""

from __future__ import annotations

from launchproof import Posted, Protocol, To, when
from model.host import Live, Refreshing, from_embed_origin, from_our_frame, host
from model.messages import AskRefresh, TokenRefresh

SEEN_IN = "https://github.com/Crossmint/crossmint-sdk/pull/791"
REFUTED_BY = "one-refresh-in-flight"


@host.alternative("quickstart.refresh-on-request")
@when(from_embed_origin)
@when(from_our_frame)
def ask_twice(host: Live, heard: Posted[TokenRefresh]) -> To[Refreshing, AskRefresh, AskRefresh]:
    """Have each listener ask the backend."""
    ask = AskRefresh(host.session)
    return To(Refreshing(host.session, host.access, host.embed, heard.message.document), ask, ask)


def apply(protocol: Protocol) -> Protocol:
    """Listen twice."""
    return protocol.replacing("ask_refresh", ask_twice)
