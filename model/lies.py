"""What somebody else may post in the embed's name."""

from __future__ import annotations

from enum import Enum

from model.messages import Navigate, Ready, Resize, TokenExpired, TokenRefresh
from model.names import THEIR_DOCUMENT, Reported


class Lie(Enum):
    """One message of each type that the host listens to, as a stranger would make it."""

    READY = Ready(THEIR_DOCUMENT)
    TOKEN_REFRESH = TokenRefresh(THEIR_DOCUMENT)
    TOKEN_EXPIRED = TokenExpired(THEIR_DOCUMENT)
    NAVIGATE = Navigate(THEIR_DOCUMENT)
    RESIZE = Resize(Reported.INFINITE)
