"""A call is refused for lack of permission, and that is taken for an expired token.

Refresh, call again, be refused again: several times a second, for as long as the page is open.
"""

from __future__ import annotations

from launchproof import Protocol, Sent, To
from model.api import Serving, api
from model.messages import ApiCall, Unauthorized

SEEN_IN = "https://github.com/OpenMeet-Team/openmeet-platform/issues/414"
REFUTED_BY = "refusals-come-to-an-end"
CAPABILITIES = ("time",)


@api.alternative("refresh.early")
def forbid(api: Serving, heard: Sent[ApiCall]) -> To[Serving, Unauthorized]:
    """Answer a call that the session has no right to with a 401, whatever its token."""
    return To(api, Unauthorized(heard.message.bearer))


def apply(protocol: Protocol) -> Protocol:
    """Refuse every call so."""
    return protocol.replacing("serve_call", forbid).without("refuse_call")
