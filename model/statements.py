"""What the protocol says, by id, in our own words; and what a careful implementer adds (``ours.*``)."""

from __future__ import annotations

from typing import Final

from launchproof import Statement

BOOTSTRAP: Final = "Launch URL and Iframe Bootstrap"
QUICKSTART: Final = "Quickstart"
REFRESH: Final = "Session Refresh Lifecycle"
OAUTH: Final = "OAuth and Connection Setup Behavior"
PUBLIC: Final = "the product's other public pages"
OURS: Final = "ours"

_SAID: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "bootstrap": (
        BOOTSTRAP,
        {
            "two-tokens": "One mint gives two credentials: a launch URL and an access token.",
            "launch-short-lived": "The token inside the launch URL lives for a short time only.",
            "launch-starts-frame": "A launch URL starts the iframe on the page asked for, by the first document request and no other.",
            "launch-is-not-runtime": "A launch URL cannot do what the access token does, and does not replace meshes:auth.",
            "access-after-ready": "The access token comes later, by meshes:auth, when the iframe has said it is ready.",
            "fresh-first-load": "Loading the iframe for the first time from a fresh launch URL works.",
            "client-navigation": "Navigating inside the embed, once it is started, works.",
            "refresh-over-auth": "A new access token can be handed over by another meshes:auth.",
            "hard-reload": "After a hard reload the iframe needs a fresh session or launch URL before it is mounted again.",
            "no-token-in-url": "No URL carries the runtime token, because history, logs, analytics, error traces and referrers leak URLs.",
        },
    ),
    "quickstart": (
        QUICKSTART,
        {
            "mint-on-backend": "Sessions are minted by the customer's backend, which alone has the management credentials.",
            "mint-body": "A mint names workspace, role, both lifetimes, the page to start on, and the origins allowed to embed.",
            "mint-answer": "A mint answers with access token, session id, launch URL and expiry.",
            "mount": "The launch URL becomes the iframe's source.",
            "embed-origin": "The launch URL's origin is the only one whose messages the host listens to.",
            "source": "The host listens to its own iframe's window only.",
            "auth-on-ready": "meshes:ready is answered with the current access token, addressed to the embed's origin.",
            "refresh-on-request": "meshes:token-refresh makes the backend refresh; the new token becomes current and is sent.",
            "resize": "meshes:resize sets the iframe's height, but never below 480 pixels.",
            "hard-reload": "After a full reload, mint again (or get a new launch URL at least) before mounting.",
        },
    ),
    "refresh": (
        REFRESH,
        {
            "same-session": "A refresh gives a new access token of the same session.",
            "scheduled": "The iframe may ask for a refresh ahead of expiry.",
            "early": "The iframe may ask for a refresh early, when a call was refused with a 401.",
            "host-steps": "The host hears the request, has its backend refresh the session, and sends the new token.",
            "no-launch-url": "A refresh gives no launch URL; it is for an iframe that is already mounted.",
            "rebootstrap": "Starting the iframe anew takes a fresh session and its launch URL.",
        },
    ),
    "oauth": (
        OAUTH,
        {
            "hosted": "Authorization for a connection runs through a page that the service hosts, not all inside the iframe.",
            "starts-in-frame": "The embed can start it.",
            "leaves": "It may redirect, or open a new tab.",
            "returns": "Once the provider is done, the connection is there in the embedded workspace.",
            "not-all-in-frame": "A host must be ready for steps that happen outside the iframe.",
        },
    ),
    "public": (
        PUBLIC,
        {
            "ttl-bounds": "An access token lives 300 to 3600 seconds, a launch token 15 to 60: the launch token is always over first.",
            "mint-bounds": "The start page lies under /workspace/; there are at most ten allowed origins; the role is member, admin or owner.",
            "session-id": "How session ids, launch URLs and access tokens (JWTs) look.",
            "revoke": "A session can be revoked, and then serves no request any more.",
            "token-expired": "The iframe can say that it has no usable token left, and that it navigates.",
            "stale-token": "A 401 for a stale token usually means that a refresh has superseded it.",
            "launch-error": "A launch URL that comes late, or twice, gets an error page.",
        },
    ),
    "ours": (
        OURS,
        {
            "finite-height": "The host ignores a reported height that is no finite number, since a missing one makes the height NaN.",
            "capped-height": "The host stops growing the iframe at a maximum, since content that fills its frame reports ever more.",
            "strip-launch": "The embed takes the launch token out of its location before it says ready, since locations leak.",
            "remount-on-reload": "The host takes a second load of its iframe as a hard reload and mounts afresh, since nobody else tells it.",
            "ready-timeout": "The host stops waiting for meshes:ready after a while and mounts afresh, since a refused launch says nothing.",
            "abort-on-unmount": "What the host asked for before it unmounted is aborted, since a late answer would mount a frame nobody wants.",
            "auth-from-parent": "The embed takes a token only from an allowed origin and from its own parent, as anyone can post to it.",
            "session-check": "The embed takes a token only of the session it was launched for, since the frame can be led to another.",
            "bound-answer": "The host's answer names the document that asked, since a window outlives its documents.",
            "join-refresh": "A second refresh request joins the one in flight, since answers overtake each other.",
            "retry": "A call that failed for a passing reason is tried again, and a session that is gone is replaced.",
            "stale-refusal": "A 401 for a token that the embed has since replaced is ignored, since it says nothing of the new one.",
            "announce-leaving": "The embed tells the host before it leaves its frame for authorization, so that the host does not take it for a reload.",
            "late-messages": "Messages of a removed iframe count for nothing, since they speak of a window that is gone.",
            "one-request": "An embed that waits for a token does not ask again: a 401 meanwhile is answered by the same token.",
            "repeat-once": "A document repeats a refresh request once at most, since each answer would allow two more.",
            "fresh-element": "The host mounts in a fresh iframe, since what an iframe restored by the browser has said would be taken for the new one's.",
            "resolved-path": "The server resolves a start page's dot segments before it checks it, since the browser does.",
            "one-minter": "A component that mounts twice in a row mints once: the first mint is aborted.",
        },
    ),
}

STATEMENTS: Final = tuple(
    Statement(f"{group}.{key}", says, page) for group, (page, said) in _SAID.items() for key, says in said.items()
)
