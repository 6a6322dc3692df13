"""What an iframe can show: the phases of the machine ``frame``."""

from __future__ import annotations

from attrs import frozen

from model.names import AccessToken, DocumentId, LaunchToken, Origin, Requester, SessionId, Url


@frozen
class Shown:
    """A document of the embed's: what it was launched for, and where it is.

    `source` is the launch token in the iframe's source, which a reload requests again; `location`
    is the document's own address. `by` is for observers only.
    """

    document: DocumentId
    session: SessionId
    origins: tuple[str, ...]
    source: LaunchToken
    location: Url
    by: Requester


@frozen
class NoFrame:
    """There is no iframe."""


@frozen
class Requesting:
    """The iframe's document was requested."""

    url: Url
    by: Requester


@frozen
class Loaded:
    """The document is there; its first script has not run."""

    shown: Shown


@frozen
class Waiting:
    """The document said ready, and waits for its token."""

    shown: Shown


@frozen
class Running:
    """The embed works with an access token.

    `calling` while a call is in flight; `repeated` once the document has repeated a request.
    """

    shown: Shown
    access: AccessToken
    calling: bool
    repeated: bool


@frozen
class Asking:
    """The embed works, and wants a new token: ahead of expiry, or (`early`) since a call got a 401."""

    shown: Shown
    access: AccessToken
    calling: bool
    repeated: bool
    early: bool


@frozen
class Ended:
    """The embed has given up waiting for a new token."""

    shown: Shown


@frozen
class Refused:
    """The iframe shows an error page: the launch token was refused, or the network failed."""

    source: LaunchToken


@frozen
class Hosted:
    """The iframe shows the hosted authorization page."""

    source: LaunchToken


@frozen
class Elsewhere:
    """The iframe shows a document of another origin."""


Embed = Loaded | Waiting | Running | Asking | Ended
AnyPhase = NoFrame | Requesting | Loaded | Waiting | Running | Asking | Ended | Refused | Hosted | Elsewhere


def document_origin(phase: object) -> Origin | None:
    """Give the origin of the document that the iframe shows, where it shows one."""
    if isinstance(phase, Embed | Refused):
        return Origin.EMBED
    if isinstance(phase, Hosted):
        return Origin.ACCOUNTS
    return Origin.FOREIGN if isinstance(phase, Elsewhere) else None


def source_of(phase: Embed | Refused) -> LaunchToken:
    """Give the launch token in the iframe's source."""
    return phase.source if isinstance(phase, Refused) else phase.shown.source
