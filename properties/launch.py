"""The launch token: once, in time, for its own mount, and nothing more than a start."""

from __future__ import annotations

from launchproof import Place, Posted, Sent, always, each_step, sometimes, wherever
from model.api import LaunchState, Serving
from model.frame_phases import AnyPhase, Asking, Loaded, Requesting, Running, Waiting
from model.messages import (
    ApiCall,
    Auth,
    CallAnswered,
    Document,
    GetDocument,
    LaunchAnswer,
    LaunchCreated,
    LaunchRefused,
    MintAnswer,
    Mount,
    SessionCreated,
    TabSession,
    Unauthorized,
    Visited,
)
from model.names import AccessToken, Requester, Url

CARRYING_BODIES = (SessionCreated, MintAnswer, TabSession, LaunchCreated, LaunchAnswer, Mount)
THE_ONE_REQUEST = (GetDocument, Requesting, Visited)


@always("bootstrap.launch-starts-frame", "public.launch-error")
def launch_accepted_once(api: Serving) -> bool | None:
    """A launch token is accepted at most once."""
    served = [s.served for s in api.sessions if s.served]
    return all(times == 1 for times in served) if served else None


@each_step("bootstrap.launch-short-lived", "public.launch-error")
def launch_in_time(before: Serving, heard: Sent[GetDocument], said: Document) -> bool | None:
    """A launch token is never accepted after its time."""
    session = before.by_launch(heard.message.url.launch)
    return session.launch_state is not LaunchState.EXPIRED if session is not None else None


@each_step("oauth.returns", "bootstrap.launch-starts-frame")
def returning_reuses_no_launch(before: Serving, heard: Sent[GetDocument], said: Document | LaunchRefused) -> bool | None:
    """Coming back from authorization to the iframe's old address starts nothing: a launch token is not used again."""
    return isinstance(said, LaunchRefused) if heard.message.by is Requester.RETURNED else None


@each_step(
    "bootstrap.launch-starts-frame",
    under=("scanner", "url-reader", "foreign-window", "user"),
    because="whoever reads the URL, or loads it a second time while the first request is lost or on its way, can be served first",
)
def launch_by_its_mount_only(before: Serving, heard: Sent[GetDocument], said: Document) -> bool | None:
    """Where nobody else reads or reloads its URL, a launch token is accepted only from the mount it was minted for."""
    session = before.by_launch(heard.message.url.launch)
    if session is None or session.id.rigid:
        return None
    return heard.message.by is Requester.FIRST_LOAD


@wherever("bootstrap.no-token-in-url")
def no_access_token_in_urls(url: Url, place: Place) -> bool:
    """An access token is never in any URL."""
    return url.access is None


@wherever("bootstrap.launch-starts-frame", "ours.strip-launch", "bootstrap.client-navigation")
def launch_in_one_request_only(url: Url, place: Place) -> bool | None:
    """A launch token is in no URL but its one document request's, until the document's first script has run."""
    if issubclass(place.holder, CARRYING_BODIES):
        return None
    return url.launch is None or issubclass(place.holder, (*THE_ONE_REQUEST, Loaded))


@each_step("bootstrap.launch-is-not-runtime")
def launch_is_no_bearer(before: Serving, heard: Sent[ApiCall], said: CallAnswered) -> bool:
    """The API serves no call whose bearer is a launch token."""
    return isinstance(heard.message.bearer, AccessToken)


@each_step("bootstrap.launch-is-not-runtime", "bootstrap.two-tokens", "bootstrap.no-token-in-url")
def urls_yield_no_runtime(before: Serving, heard: Sent[ApiCall], said: CallAnswered | Unauthorized) -> bool | None:
    """What can be read from URLs serves no call: the reader is refused."""
    return isinstance(said, Unauthorized) if heard.sender == "urls" else None


@wherever("bootstrap.launch-is-not-runtime")
def strangers_hold_no_access_token(token: AccessToken, place: Place) -> bool:
    """Whoever remembers URLs, or gets a document for one, holds no access token."""
    return place.slot != "urls" and not issubclass(place.holder, Document)


@always("bootstrap.hard-reload", "quickstart.hard-reload", "refresh.rebootstrap", "bootstrap.launch-starts-frame")
def no_runtime_without_fresh_launch(frame: Running | Asking, api: Serving) -> bool | None:
    """Who works is the only one its launch URL ever started: nobody does after a hard reload, or where a stranger was first."""
    session = api.by_id(frame.shown.session)
    if session is None or session.launch != frame.shown.source:
        return None
    return session.served == 1


@each_step("quickstart.mount", "bootstrap.no-token-in-url")
def mounted_url_is_what_is_visited(before: AnyPhase, heard: Sent[Mount], said: Visited | GetDocument) -> bool:
    """The launch URL that is mounted is the one that is requested, and that reaches whatever remembers URLs."""
    return said.url == heard.message.url


@always("bootstrap.launch-starts-frame", "quickstart.mount")
def one_document_request_in_flight(frame: AnyPhase, document_call: tuple[Sent[object], ...]) -> bool:
    """A document request is in flight, in whatever form, exactly while the iframe waits for what comes of it."""
    return len(document_call) == isinstance(frame, Requesting)


@sometimes("bootstrap.fresh-first-load")
def the_embed_gets_to_work(frame: Running) -> bool:
    """The embed can be loaded, get its token, and work."""
    return True


@each_step("bootstrap.access-after-ready")
def no_auth_before_ready(before: object, heard: Posted[Auth], after: Running) -> bool:
    """A document takes a token only after it said ready."""
    return isinstance(before, Waiting | Running | Asking)
