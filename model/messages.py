"""Everything that is said in the protocol."""

from __future__ import annotations

from attrs import frozen

from model.mint_body import MintBody
from model.names import (
    AccessToken,
    DocumentId,
    Grant,
    LaunchToken,
    ManagementCredential,
    Origin,
    Page,
    Reported,
    Requester,
    SessionId,
    Url,
    Where,
)

# -- window messages, embed to host ------------------------------------------------------------------


@frozen
class Ready:
    """``meshes:ready``: the document listens and wants its access token."""

    document: DocumentId


@frozen
class TokenRefresh:
    """``meshes:token-refresh``: the document wants a new access token."""

    document: DocumentId


@frozen
class TokenExpired:
    """``meshes:token-expired``: the document has no usable token any more (public.token-expired)."""

    document: DocumentId


@frozen
class Navigate:
    """``meshes:navigate``: the document leaves for authorization (public.token-expired)."""

    document: DocumentId


@frozen
class Resize:
    """``meshes:resize``: the height that the document would like."""

    height: Reported


# -- window message, host to embed -------------------------------------------------------------------


@frozen
class Auth:
    """``meshes:auth``: an access token, with the session that it names inside, for one document.

    `target` is the target origin of the post; None stands for ``*``.
    """

    access: AccessToken
    session: SessionId
    document: DocumentId
    target: Origin | None


# -- host page and customer's backend ----------------------------------------------------------------


@frozen
class AskMint:
    """The page asks its backend for a session."""


@frozen
class MintAnswer:
    """The backend hands over what was minted (quickstart.mint-answer)."""

    session: SessionId
    access: AccessToken
    launch_url: Url
    expires_in: int


@frozen
class MintRefused:
    """The backend could not mint, and will not the next time."""


@frozen
class AskRefresh:
    """The page asks its backend to refresh a session."""

    session: SessionId


@frozen
class RefreshAnswer:
    """The backend hands over the new access token."""

    session: SessionId
    access: AccessToken


@frozen
class SessionGone:
    """The backend says that the session cannot be refreshed any more."""

    session: SessionId


@frozen
class NetworkError:
    """The caller's request failed for a passing reason; whether the server acted, it cannot tell."""


# -- customer's backend and Session API ----------------------------------------------------------------


@frozen
class CreateSession:
    """``POST /api/v1/sessions``."""

    credential: ManagementCredential
    body: MintBody
    page: Page


@frozen
class SessionCreated:
    """The answer to a mint."""

    page: Page
    session: SessionId
    access: AccessToken
    launch_url: Url
    expires_in: int


@frozen
class BodyRefused:
    """The mint's body is out of bounds."""


@frozen
class RefreshSession:
    """``POST /api/v1/sessions/:sessionId/refresh``."""

    credential: ManagementCredential
    session: SessionId


@frozen
class SessionRefreshed:
    """The answer to a refresh: the same session and grant, a new token, no launch URL."""

    session: SessionId
    access: AccessToken
    grant: Grant
    launch_url: Url | None = None


@frozen
class RefreshRefused:
    """The session is revoked or unknown."""

    session: SessionId


# -- browser and embed server --------------------------------------------------------------------------


@frozen
class GetDocument:
    """A document request; `by` is for observers only, the server cannot see it."""

    url: Url
    by: Requester


@frozen
class Document:
    """The embed's document, for the session that the launch token belongs to."""

    document: DocumentId
    session: SessionId
    origins: tuple[str, ...]


@frozen
class LaunchRefused:
    """The error page for an invalid or expired launch token (public.launch-error)."""


@frozen
class ApiCall:
    """A call of the embed's with a bearer credential."""

    bearer: AccessToken | LaunchToken


@frozen
class CallAnswered:
    """The call was served."""


@frozen
class Unauthorized:
    """A 401 for that bearer."""

    bearer: AccessToken | LaunchToken


# -- inside the browser --------------------------------------------------------------------------------


@frozen
class Mount:
    """The page sets its iframe's source."""

    url: Url


@frozen
class Unmount:
    """The page removes its iframe."""


@frozen
class LoadedAgain:
    """The iframe's ``load`` event, but for the first one after its source was set.

    `leaving` is for observers only: whether the embed went to the hosted authorization page. The host cannot tell
    why there was another load.
    """

    leaving: bool = False


@frozen
class Visited:
    """A URL was visited: it reaches the browser's history and the other sinks."""

    url: Url


@frozen
class GoBack:
    """The browser restores a page, with its iframe at an address from the history."""


@frozen
class Restore:
    """The restored iframe's address."""

    launch: LaunchToken


@frozen
class SetHeight:
    """The page sets its iframe's height."""

    height: Reported


@frozen
class ResetHeight:
    """A new iframe has the height it starts with."""


@frozen
class OpenAuthorization:
    """The embed opens the hosted authorization page."""

    where: Where


@frozen
class LeavePage:
    """The whole page is redirected."""


@frozen
class ReturnFrame:
    """The hosted page sends the iframe back to the embed."""


@frozen
class ReturnPage:
    """The hosted page sends the whole page back to the host's."""


@frozen
class AskTabSession:
    """The second tab asks the backend for a session of its own."""


@frozen
class TabSession:
    """The second tab's session."""

    session: SessionId
    access: AccessToken
    launch_url: Url


FrameSays = Ready | TokenRefresh | TokenExpired | Navigate | Resize


@frozen
class AskLaunch:
    """The page asks its backend for a fresh launch URL of a session that it has (fresh-launch: yes)."""

    session: SessionId


@frozen
class LaunchAnswer:
    """The backend hands over a fresh launch URL."""

    session: SessionId
    launch_url: Url


@frozen
class CreateLaunch:
    """A fresh launch URL for a session (fresh-launch: yes)."""

    credential: ManagementCredential
    session: SessionId


@frozen
class LaunchCreated:
    """The answer: another launch URL of the same session."""

    session: SessionId
    launch_url: Url


@frozen
class LaunchUnavailable:
    """There is no launch URL to be had for a session that is gone."""


@frozen
class NoLaunch:
    """The backend says that the session is gone."""


@frozen
class HostedClosed:
    """The iframe shows something else now, or is gone; with it any hosted page that it showed."""


@frozen
class PageTaken:
    """The page's tab shows the host's page again, in place of any provider's page."""
