"""The iframe: its browsing context, and the embed's document in it."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from launchproof import Machine, Pick, Posted, Sent, To, when
from model.channels import CALLS, ELSEWHERE_TO_HOST, FRAME_DOCUMENT, HEIGHTS, PATIENT
from model.environment import ANSWER_BINDING, NAVIGATED_FRAME, OTHER_CUSTOMER, SECOND_REFRESH, USER
from model.frame_phases import (
    AnyPhase,
    Asking,
    Elsewhere,
    Embed,
    Ended,
    Hosted,
    Loaded,
    NoFrame,
    Refused,
    Requesting,
    Running,
    Shown,
    Waiting,
    document_origin,
    source_of,
)
from model.lies import Lie
from model.messages import (
    ApiCall,
    Auth,
    CallAnswered,
    Document,
    FrameSays,
    GetDocument,
    HostedClosed,
    LaunchRefused,
    LeavePage,
    LoadedAgain,
    Mount,
    Navigate,
    NetworkError,
    OpenAuthorization,
    Ready,
    ResetHeight,
    Resize,
    Restore,
    ReturnFrame,
    TokenExpired,
    TokenRefresh,
    Unauthorized,
    Unmount,
    Visited,
)
from model.names import (
    THEIR_LAUNCH,
    LaunchToken,
    Origin,
    Reported,
    Requester,
    Url,
    Where,
    Window,
)

frame: Final = Machine(
    "frame",
    initial=NoFrame(),
    phases=(NoFrame, Requesting, Loaded, Waiting, Running, Asking, Ended, Refused, Hosted, Elsewhere),
    resting=(NoFrame, Running, Hosted),
    origin=document_origin,
    window=Window.FRAME,
    meaning="the iframe's browsing context, and the embed's document in it",
)


def from_allowed_origin(frame: Waiting | Running | Asking, heard: Posted[Auth]) -> bool:
    """The message comes from an origin that the session may be embedded by."""
    return heard.origin.value in frame.shown.origins


def from_own_parent(_frame: Waiting | Running | Asking, heard: Posted[Auth]) -> bool:
    """The message comes from the document's own parent window."""
    return heard.source is Window.PARENT


def for_own_session(frame: Waiting | Running | Asking, heard: Posted[Auth]) -> bool:
    """The token is of the session that the document was launched for."""
    return heard.message.session == frame.shown.session


def for_this_document(frame: Waiting | Running | Asking, heard: Posted[Auth]) -> bool:
    """The host answers this document, not one that was in the window before."""
    return heard.message.document == frame.shown.document


def no_call_in_flight(frame: Running | Asking) -> bool:
    """The last call was answered."""
    return not frame.calling


def of_held_token(frame: Running | Asking, heard: Sent[Unauthorized]) -> bool:
    """The refused call was made with the token that the embed still holds."""
    return heard.message.bearer == frame.access


def of_replaced_token(frame: Running | Asking, heard: Sent[Unauthorized]) -> bool:
    """The refused call was made with a token that has been replaced since."""
    return heard.message.bearer != frame.access


def asked_ahead_only(frame: Asking) -> bool:
    """The request under way was made ahead of expiry, and no call has got a 401 since."""
    return not frame.early


def not_repeated(frame: Asking) -> bool:
    """The document has not repeated a request yet."""
    return not frame.repeated


def got_a_refusal(frame: Asking) -> bool:
    """A call got a 401, so the token is of no use."""
    return frame.early


def not_lured(frame: Embed | Refused) -> bool:
    """The frame was not led astray: doing so, or reloading there, a second time would change nothing."""
    return source_of(frame) != THEIR_LAUNCH


def not_reloaded(frame: Embed | Refused) -> bool:
    """The document is no reload itself: until the host notices, a further one would change nothing."""
    return isinstance(frame, Refused) or frame.shown.by is not Requester.RELOAD


# -- loading -----------------------------------------------------------------------------------------


@frame.transition("quickstart.mount", "bootstrap.launch-starts-frame", ends=FRAME_DOCUMENT)
def navigate_to_launch(
    frame: AnyPhase,
    heard: Sent[Mount],
) -> To[Requesting, GetDocument, Visited, ResetHeight, HostedClosed]:
    """Request the document that the iframe's source names."""
    url = heard.message.url
    by = Requester.FIRST_LOAD
    return To(Requesting(url, by), GetDocument(url, by), Visited(url), ResetHeight(), HostedClosed())


@frame.transition("quickstart.mount", ends=FRAME_DOCUMENT)
def vanish(frame: AnyPhase, heard: Sent[Unmount]) -> To[NoFrame, ResetHeight, HostedClosed]:
    """Go with everything that was in flight for the iframe."""
    return To(NoFrame(), ResetHeight(), HostedClosed())


@frame.transition("bootstrap.fresh-first-load")
def show_document(frame: Requesting, heard: Sent[Document]) -> To[Loaded]:
    """Show the embed."""
    answer = heard.message
    source = frame.url.launch or THEIR_LAUNCH
    return To(Loaded(Shown(answer.document, answer.session, answer.origins, source, frame.url, frame.by)))


@frame.transition("public.launch-error")
def show_error(frame: Requesting, heard: Sent[LaunchRefused | NetworkError]) -> To[Refused]:
    """Show an error page, which says nothing to the host."""
    return To(Refused(frame.url.launch or THEIR_LAUNCH))


@frame.transition("bootstrap.access-after-ready", "ours.strip-launch", fair=PATIENT)
def announce_ready(frame: Loaded) -> To[Waiting, Ready]:
    """Take the launch token out of the location, listen, and say so."""
    shown = evolve(frame.shown, location=Url(Origin.EMBED))
    return To(Waiting(shown), Ready(shown.document))


# -- the access token ---------------------------------------------------------------------------------


@frame.transition("bootstrap.access-after-ready", "bootstrap.refresh-over-auth")
@when(from_allowed_origin, "ours.auth-from-parent")
@when(from_own_parent, "ours.auth-from-parent")
@when(for_own_session, "ours.session-check")
@when(for_this_document, "ours.bound-answer", given=ANSWER_BINDING("document"))
def take_token(frame: Waiting | Running | Asking, heard: Posted[Auth]) -> To[Running]:
    """Work with this token from now on."""
    if isinstance(frame, Waiting):
        return To(Running(frame.shown, heard.message.access, calling=False, repeated=False))
    return To(Running(frame.shown, heard.message.access, frame.calling, frame.repeated))


@frame.transition("public.token-expired")
def take_token_too_late(frame: Ended, heard: Posted[Auth]) -> To[Ended]:
    """Ignore a token after having given up: the host will mount afresh."""
    return To(frame)


@frame.transition("refresh.scheduled")
def ask_ahead(frame: Running) -> To[Asking, TokenRefresh]:
    """Ask for a new token ahead of expiry."""
    shown = frame.shown
    return To(Asking(shown, frame.access, frame.calling, frame.repeated, early=False), TokenRefresh(shown.document))


@frame.transition("refresh.early")
@when(no_call_in_flight, "refresh.early")
def call_api(frame: Running | Asking) -> To[Running | Asking, ApiCall]:
    """Call the API with the access token."""
    return To(evolve(frame, calling=True), ApiCall(frame.access))


@frame.transition("refresh.early")
def finish_call(frame: Running | Asking, heard: Sent[CallAnswered]) -> To[Running | Asking]:
    """Go on after a call was served."""
    return To(evolve(frame, calling=False))


@frame.transition("ours.retry")
def lose_call(frame: Running | Asking, heard: Sent[NetworkError]) -> To[Running | Asking]:
    """Go on after a call was lost: the embed will call again."""
    return To(evolve(frame, calling=False))


@frame.transition("refresh.early", "public.stale-token")
@when(of_held_token, "ours.stale-refusal")
def ask_after_refusal(frame: Running, heard: Sent[Unauthorized]) -> To[Asking, TokenRefresh]:
    """Ask for a new token early, after a 401."""
    shown = frame.shown
    return To(Asking(shown, frame.access, calling=False, repeated=frame.repeated, early=True), TokenRefresh(shown.document))


@frame.transition("refresh.early", "refresh.scheduled", given=SECOND_REFRESH("join", "start-another"))
@when(of_held_token, "ours.stale-refusal")
@when(asked_ahead_only, "refresh.early")
@when(not_repeated, "ours.repeat-once")
def ask_once_more(frame: Asking, heard: Sent[Unauthorized]) -> To[Asking, TokenRefresh]:
    """Ask after a 401 although a request ahead of expiry is under way: the two know nothing of each other."""
    return To(evolve(frame, calling=False, early=True, repeated=True), TokenRefresh(frame.shown.document))


@frame.transition("refresh.early", "ours.one-request", "ours.repeat-once", otherwise=ask_once_more)
@when(of_held_token, "ours.stale-refusal")
def wait_on(frame: Asking, heard: Sent[Unauthorized]) -> To[Asking]:
    """Keep waiting for the answer to the request that is under way, after a 401."""
    return To(evolve(frame, calling=False, early=True))


@frame.transition("ours.stale-refusal", "public.stale-token")
@when(of_replaced_token, "ours.stale-refusal")
def ignore_stale_refusal(frame: Running | Asking, heard: Sent[Unauthorized]) -> To[Running | Asking]:
    """Ignore a 401 for a token that is no longer held: the next call will use the new one."""
    return To(evolve(frame, calling=False))


@frame.transition("public.token-expired", ends=CALLS)
@when(got_a_refusal, "public.token-expired")
def give_up(frame: Asking) -> To[Ended, TokenExpired]:
    """Say that there is no usable token, when none came in time after a 401."""
    return To(Ended(frame.shown), TokenExpired(frame.shown.document))


# -- resizing and navigating --------------------------------------------------------------------------


@frame.transition("quickstart.resize", via=HEIGHTS.name)
def report_height(frame: Waiting | Running | Asking, height: Pick[Reported]) -> To[Waiting | Running | Asking, Resize]:
    """Report the content's height, whatever it is."""
    return To(frame, Resize(height))


@frame.transition("bootstrap.client-navigation", capability=USER)
def navigate_inside(frame: Running | Asking) -> To[Running | Asking]:
    """Go to another page of the embed without loading a document."""
    return To(frame)


@frame.transition("bootstrap.hard-reload", capability=USER, ends=FRAME_DOCUMENT)
@when(not_lured, "ours.session-check")
@when(not_reloaded, "bootstrap.hard-reload")
def reload_frame(frame: Embed | Refused) -> To[Requesting, GetDocument, LoadedAgain]:
    """Load the iframe's source again, in the worst case with the launch token in it."""
    return request_again(source_of(frame), Requester.RELOAD)


@frame.transition("quickstart.hard-reload")
def restore(frame: NoFrame, heard: Sent[Restore]) -> To[Requesting, GetDocument]:
    """Load an address from the history, as browsers do with the iframes of a restored page."""
    url = Url(Origin.EMBED, heard.message.launch)
    return To(Requesting(url, Requester.RESTORED), GetDocument(url, Requester.RESTORED))


def request_again(source: LaunchToken, by: Requester) -> To[Requesting, GetDocument, LoadedAgain]:
    """Request a launch URL for a second time; the host will see another load event."""
    url = Url(Origin.EMBED, source)
    return To(Requesting(url, by), GetDocument(url, by), LoadedAgain())


# -- authorization ------------------------------------------------------------------------------------


@frame.transition("oauth.starts-in-frame", "oauth.leaves", capability=USER)
def set_up_in_tab(frame: Running | Asking) -> To[Running | Asking, OpenAuthorization]:
    """Open the hosted authorization page in a new tab."""
    return To(frame, OpenAuthorization(Where.TAB))


@frame.transition("oauth.starts-in-frame", "oauth.leaves", capability=USER)
def set_up_in_page(frame: Running | Asking) -> To[Running | Asking, OpenAuthorization, LeavePage]:
    """Redirect the whole page to the hosted authorization page."""
    return To(frame, OpenAuthorization(Where.PAGE), LeavePage())


@frame.transition("oauth.starts-in-frame", "oauth.leaves", "ours.announce-leaving", capability=USER, ends=FRAME_DOCUMENT)
def set_up_in_frame(frame: Running | Asking) -> To[Hosted, Navigate, OpenAuthorization]:
    """Redirect the iframe to the hosted authorization page, having told the host."""
    return To(Hosted(frame.shown.source), Navigate(frame.shown.document), OpenAuthorization(Where.FRAME))


@frame.transition("oauth.returns", ends=FRAME_DOCUMENT)
def return_to_embed(frame: Hosted, heard: Sent[ReturnFrame]) -> To[Requesting, GetDocument, LoadedAgain]:
    """Come back to the embed's address: a second load, with nothing fresh to load with."""
    return request_again(frame.source, Requester.RETURNED)


# -- other people -------------------------------------------------------------------------------------


@frame.transition("ours.session-check", capability=OTHER_CUSTOMER, ends=FRAME_DOCUMENT)
@when(not_lured, "ours.session-check")
def be_lured(frame: Embed) -> To[Requesting, GetDocument, LoadedAgain]:
    """Be led to another customer's launch URL."""
    return request_again(THEIR_LAUNCH, Requester.LURED)


@frame.transition("quickstart.embed-origin", capability=NAVIGATED_FRAME, ends=FRAME_DOCUMENT)
def be_navigated(frame: Embed | Hosted) -> To[Elsewhere, LoadedAgain, HostedClosed]:
    """Be led to another origin."""
    return To(Elsewhere(), LoadedAgain(), HostedClosed())


@frame.transition("quickstart.embed-origin", capability=NAVIGATED_FRAME, via=ELSEWHERE_TO_HOST.name)
def post_from_elsewhere(frame: Elsewhere, lie: Pick[Lie]) -> To[Elsewhere, FrameSays]:
    """Post something from our window, but from another origin."""
    return To(frame, lie.value)
