"""What the environment may do, and what the pages leave open."""

from __future__ import annotations

from typing import Final

from launchproof import Assumption, Capability

USER: Final = Capability(
    "user",
    "reloads the frame or the page, goes back, unmounts, remounts, opens a second tab, sets up connections.",
)
TIME: Final = Capability("time", "lets launch and access tokens expire, in any order that their bounds allow.")
NETWORK: Final = Capability("network", "loses requests before, and answers after, the server has acted.")
SCANNER: Final = Capability("scanner", "fetches a launch URL as soon as it was seen anywhere, perhaps first.")
URL_READER: Final = Capability(
    "url-reader",
    "reads URLs from history, logs, analytics, error traces and referrers, and replays what it finds.",
)
FOREIGN_WINDOW: Final = Capability(
    "foreign-window", "another origin's window: posts to the host and the embed, frames the embed."
)
SIBLING_FRAME: Final = Capability(
    "sibling-frame", "the embed's origin, but not our window: a second embed on the page, or a removed one."
)
NAVIGATED_FRAME: Final = Capability("navigated-frame", "our window shows another origin, and posts from there.")
OTHER_CUSTOMER: Final = Capability(
    "other-customer",
    "another customer with a valid session: leads our frame to its launch URL, offers its token.",
)
ADMINISTRATOR: Final = Capability("administrator", "revokes sessions.")
OPERATOR: Final = Capability("operator", "misconfigures the backend: mints with a field out of bounds.")

CAPABILITIES: Final = (
    USER,
    TIME,
    NETWORK,
    SCANNER,
    URL_READER,
    FOREIGN_WINDOW,
    SIBLING_FRAME,
    NAVIGATED_FRAME,
    OTHER_CUSTOMER,
    ADMINISTRATOR,
    OPERATOR,
)

LAUNCH_USE: Final = Assumption(
    "launch-use",
    "Does the server spend a launch token on first use, or only let it expire?",
    ("spent", "expiry-only"),
    "spent",
    "With expiry-only, whoever reads the URL in time gets the document again (launch-accepted-once, 5 steps), a reload or the way "
    "back from authorization starts the embed without a fresh launch (9 and 12), and a reloaded document's message can be lost (16). "
    "No reader gets an access token by it.",
)
SUPERSEDING: Final = Assumption(
    "superseding",
    "Does a refresh end the older access token at once?",
    ("at-once", "own-expiry"),
    "at-once",
    "All properties are proved under either choice; own-expiry leaves an older token working after a newer one was given out.",
)
FRESH_LAUNCH: Final = Assumption(
    "fresh-launch",
    "May a fresh launch URL be had without minting a session?",
    ("no", "yes"),
    "no",
    "All properties are proved under either choice: a fresh launch URL of the same session serves as well after a hard reload.",
)
REFRESH_FAILURE: Final = Assumption(
    "refresh-failure",
    "What does a host do when a refresh fails for a passing reason, and when the session is gone?",
    ("retry-then-fresh", "nothing"),
    "retry-then-fresh",
    "Nothing unsafe happens under either choice. A host that does nothing lets one lost answer end all refreshing: a token-refresh is "
    "never answered (request-is-answered, 12 steps and then 4 for ever), while the token that the embed has lasts.",
)
SECOND_REFRESH: Final = Assumption(
    "second-refresh",
    "Does an embed that waits for a token ask again when a call gets a 401, and what does the host do with a second request?",
    ("never-asked", "join", "start-another"),
    "never-asked",
    "An embed that asks again keeps one request ahead of the answers from then on: each refresh ends the token that the one before "
    "has just brought, a call with that one gets a 401, and it asks again, without end, although the host joins requests "
    "(refusal-leads-to-a-served-call, 14 steps and then 8 for ever). "
    "With start-another, two refreshes are in flight (one-refresh-in-flight, 15 steps); their answers overtake each other, so the host "
    "takes the dead token for the current one (host-keeps-newest, 18) and the embed's good one is replaced by it (newer-token-stays, 22).",
)
ANSWER_BINDING: Final = Assumption(
    "answer-binding",
    "Does a host bind its answer to the document that asked?",
    ("document", "window"),
    "document",
    "All properties are proved under either choice, because a spent launch token lets no second document get ready. Where the server only "
    "lets launch tokens expire, an answer bound to the window alone reaches the wrong document (answer-reaches-who-asked, 12 steps).",
)

ASSUMPTIONS: Final = (LAUNCH_USE, SUPERSEDING, FRESH_LAUNCH, REFRESH_FAILURE, SECOND_REFRESH, ANSWER_BINDING)
