"""Mutants that no property kills, and why none need do: `launchproof mutate` checks that it is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from launchproof import Protocol, Survivor

EQUIVALENT: Final = "equivalent"
SECOND_LINE: Final = "second line"
BEYOND: Final = "beyond the model"
LEFT_OPEN: Final = "left open"

SAID_AT_ONCE: Final = (
    "open_page:PageTaken",
    "go_back:PageTaken",
    "go_back:GoBack",
    "restore_address:Restore",
    "mount:Mount",
    "give_up_minting:Unmount",
    "stop_waiting_for_ready:Unmount",
    "replace_session:Unmount",
    "replace_gone_session:Unmount",
    "remount_after_load:Unmount",
    "unmount:Unmount",
    "reload_page:Unmount",
    "close_page:Unmount",
    "leave_for_authorization:Unmount",
    "relaunch_after_load:Unmount",
    "mount_again:Mount",
    "resize:SetHeight",
    "report_height:Resize",
    "navigate_to_launch:Visited",
    "navigate_to_launch:ResetHeight",
    "navigate_to_launch:HostedClosed",
    "vanish:ResetHeight",
    "vanish:HostedClosed",
    "be_navigated:HostedClosed",
    "set_up_in_tab:OpenAuthorization",
    "set_up_in_page:OpenAuthorization",
    "set_up_in_frame:OpenAuthorization",
    "set_up_in_page:LeavePage",
    "authorize_in_tab:ReturnFrame",
    "authorize_in_page:ReturnPage",
    "deny_in_tab:ReturnFrame",
    "deny_in_page:ReturnPage",
)
LOAD_EVENTS: Final = ("reload_frame", "return_to_embed", "be_lured", "be_navigated")


def without(*guards: str) -> Callable[[Protocol], Protocol]:
    """Give a function that takes guards away."""

    def taken(protocol: Protocol) -> Protocol:
        for guard in guards:
            protocol = protocol.without_guard(guard)
        return protocol

    return taken


SURVIVORS: Final = (
    Survivor(
        tuple(f"repeat-message:{what}" for what in SAID_AT_ONCE),
        EQUIVALENT,
        """What is heard in the step that says it is heard twice in a row, with nothing in between, and the second time
        finds it done: an iframe that is gone, a height that is set, an address that was requested, a page that was left.""",
    ),
    Survivor(
        tuple(f"repeat-message:{who}:LoadedAgain" for who in LOAD_EVENTS),
        EQUIVALENT,
        "Load events are a signal, not a count: a second one before the first is heard is the same one.",
    ),
    Survivor(
        ("repeat-message:give_up:TokenExpired",),
        EQUIVALENT,
        "The first one ends the mount, and with it all that the iframe posted besides.",
    ),
    Survivor(
        ("drop-message:answer_ready_meanwhile:Auth", "repeat-message:answer_ready_meanwhile:Auth"),
        EQUIVALENT,
        """Who gets ready while the host refreshes is a second document in the window, whose load event is on its way:
        the host mounts afresh, whether that document has a token by then or not. A token that it takes twice is the same one.""",
    ),
    Survivor(
        (
            "swap-name:answer_ready_meanwhile:Refreshing:new-document-id",
            "swap-name:answer_ready_meanwhile:Auth:old-document-id",
        ),
        EQUIVALENT,
        """Whoever asked for the refresh is gone when another document gets ready in its window. An answer for the old one
        reaches nobody; one for the new one comes before its load event makes the host mount afresh, or not at all.""",
    ),
    Survivor(
        (
            "swap-phase:authorize_in_tab:Connected:NoConnection",
            "swap-phase:authorize_in_page:Connected:NoConnection",
            "swap-phase:deny_in_tab:NoConnection:Connected",
            "swap-phase:deny_in_page:NoConnection:Connected",
        ),
        BEYOND,
        """What the user answered at the provider's is told by what comes of it, and by nothing else: granting that leads to
        nothing cannot be told from refusing.""",
    ),
    Survivor(
        ("drop-transition:take_token_too_late",),
        EQUIVALENT,
        "Who has given up ignores a token; one that nobody listens for is ignored, too.",
    ),
    Survivor(
        ("drop-message:navigate_to_launch:ResetHeight", "drop-message:vanish:ResetHeight"),
        BEYOND,
        "That a new iframe has its first height again cannot be told from any other height within the bounds.",
    ),
    Survivor(
        ("drop-transition:take_height",),
        BEYOND,
        "Heights within the bounds are one value here, so that one which is taken cannot be told from one which is clamped.",
    ),
    Survivor(
        ("drop-message:navigate_to_launch:HostedClosed",),
        EQUIVALENT,
        "A mount is in a fresh iframe: what was shown before went with the old one, and closed the hosted page then.",
    ),
    Survivor(
        (
            "drop-message:authorize_in_page:ReturnPage",
            "drop-message:deny_in_page:ReturnPage",
            "drop-message:deny_in_tab:ReturnFrame",
        ),
        BEYOND,
        "A provider that sends nobody back looks like a user who closes its page at that moment, as they may.",
    ),
    Survivor(
        ("drop-guard:serve_call:token_current",),
        LEFT_OPEN,
        "It is the other answer to superseding: the pages do not say whether a refresh ends the older token at once.",
    ),
    Survivor(
        (
            "drop-guard:create_session:has_credential",
            "drop-guard:refresh_session:has_credential",
            "drop-guard:create_launch:has_credential",
            "drop-guard:has_credential",
        ),
        BEYOND,
        """Nobody calls the Session API without the customer's credential: who could is not modelled, and what it would get
        them is plain. That nobody else has the credential is a property (credential-stays-on-backend).""",
    ),
    Survivor(
        ("drop-guard:take_token:from_allowed_origin",),
        SECOND_LINE,
        "Another customer's token comes from another window, and for another document.",
        without("from_own_parent", "for_this_document"),
    ),
    Survivor(
        ("drop-guard:take_token:from_own_parent",),
        SECOND_LINE,
        "Another customer's token comes from another origin, and for another document.",
        without("from_allowed_origin", "for_this_document"),
    ),
    Survivor(
        ("drop-guard:take_token:for_this_document",),
        SECOND_LINE,
        "Another customer's token comes from another origin and window; and a spent launch token starts no second document.",
        without("from_allowed_origin", "from_own_parent"),
    ),
    Survivor(
        ("drop-guard:serve_call:is_access_token",),
        SECOND_LINE,
        "A launch token was never issued as an access token, and is not known as one.",
        without("token_known"),
    ),
    Survivor(
        ("drop-guard:serve_call:token_known",),
        SECOND_LINE,
        "All that is ever shown besides access tokens are launch tokens, which are refused as such; nobody invents tokens.",
        without("is_access_token"),
    ),
)
