"""What somebody else may post in the embed's name."""

from __future__ import annotations

from enum import Enum

from model.messages import Navigate, Ready, Resize, TokenExpired, TokenRefresh
from model.names import THEIR_DOCUMENT, Reported


class Lie(Enum):
    """One message of each type that the host listens to, as a stranger would make it.

    The height is one that the host would take from its own iframe, so that nothing but who says it speaks against it.
    """

    READY = Ready(THEIR_DOCUMENT)
    TOKEN_REFRESH = TokenRefresh(THEIR_DOCUMENT)
    TOKEN_EXPIRED = TokenExpired(THEIR_DOCUMENT)
    NAVIGATE = Navigate(THEIR_DOCUMENT)
    RESIZE = Resize(Reported.WITHIN)
