"""The protocol's names (what is only minted, passed on and compared) and its plain values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from attrs import frozen

from launchproof import Name


class SessionId(Name):
    """A logical session, ``sess_`` and a UUID on the wire (public.session-id)."""


class LaunchToken(Name):
    """The bootstrap token that a launch URL carries."""


class AccessToken(Name):
    """The runtime credential, a JWT on the wire (public.session-id)."""


class DocumentId(Name):
    """One loaded document: a window's next document has another."""


THEIR_SESSION: Final = SessionId(-1)
THEIR_LAUNCH: Final = LaunchToken(-1)
THEIR_ACCESS: Final = AccessToken(-1)
THEIR_DOCUMENT: Final = DocumentId(-1)
OLD_LAUNCH: Final = LaunchToken(-2)
"""Stands for every launch token that was used up long ago, and is still in a history or a log."""


class Origin(Enum):
    """Web origins (RFC 6454)."""

    HOST = "https://app.example.com"
    EMBED = "https://embed.meshes.io"
    ACCOUNTS = "https://accounts.meshes.io"
    FOREIGN = "https://elsewhere.example"


SOMEBODYS: Final = frozenset(origin.value for origin in Origin)


class Window(Enum):
    """Whom `event.source` can name. A window outlives its documents."""

    PARENT = "the host's window"
    FRAME = "our iframe's window"
    FORMER_FRAME = "a removed iframe's window"
    SIBLING = "another iframe of the embed on the page"
    FOREIGN = "somebody else's window"


class Requester(Enum):
    """Who requests a document, as an all-seeing observer would know; the server does not."""

    FIRST_LOAD = "the mount that the launch URL was minted for"
    RELOAD = "a reload of the iframe"
    RESTORED = "a page that the browser restored from its history"
    RETURNED = "the way back from authorization"
    DUPLICATE = "a duplicated tab"
    LURED = "an iframe led to another customer's launch URL"
    SCANNER = "a link scanner"
    READER = "a reader of URLs"
    FOREIGN_FRAME = "a foreign page's iframe"


class Sink(Enum):
    """Where URLs end up (bootstrap.no-token-in-url)."""

    HISTORY = "browser history"
    LOGS = "logs"
    ANALYTICS = "analytics"
    ERROR_TRACES = "error traces"
    REFERRERS = "referrers"


class Page(Enum):
    """Which browser tab a mint is for."""

    FIRST = "the page"
    SECOND = "the second tab"


class Reported(Enum):
    """Heights that an embed can report, as far as they differ.

    Content that fills its frame reports more than the frame has, every time; sooner or later that is
    beyond any maximum.
    """

    MISSING = "no height"
    SHORT = "less than 480 px"
    WITHIN = "from 480 px to the maximum"
    BEYOND = "more than the maximum"
    INFINITE = "no finite number"


class Height(Enum):
    """Heights that an iframe can have, as far as they differ."""

    SHORT = "less than 480 px"
    WITHIN = "from 480 px to the maximum"
    BOUNDLESS = "beyond any maximum"
    NOT_A_NUMBER = "NaN"


class Where(Enum):
    """Where an authorization flow runs."""

    TAB = "a new tab"
    PAGE = "the whole page"
    FRAME = "the iframe"


@frozen
class Url:
    """A URL as far as it matters: its origin, and the tokens in it."""

    origin: Origin
    launch: LaunchToken | None = None
    access: AccessToken | None = None


@frozen
class ManagementCredential:
    """What lets the customer's backend mint, refresh and revoke."""


def of_somebody(origins: Iterable[str]) -> tuple[str, ...]:
    """Leave out the origins that nobody here has: who may embed from there makes no difference to anybody."""
    return tuple(origin for origin in origins if origin in SOMEBODYS)


@frozen
class Grant:
    """What a session may do, and where it may be embedded: of all allowed origins, those that somebody here has."""

    workspace: str
    role: str
    origins: tuple[str, ...]
