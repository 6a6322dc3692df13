"""What a careful implementer adds beyond the pages: without each, a property is refuted.

An addition that has another defence beside it is taken away together with that one; where this is
so, its `Without` says it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from launchproof import Addition, Protocol, Sent, To
from model.channels import FRAME_DOCUMENT
from model.environment import USER
from model.frame import frame
from model.frame_phases import Asking, Hosted, Loaded, Running, Waiting
from model.host import Failed, Launching, Minting, Mounted, Relaunching, Unmounted, host
from model.messages import AskMint, LoadedAgain, MintAnswer, Mount, OpenAuthorization, Ready, Unmount
from model.names import Where
from model.statements import STATEMENTS


@frame.alternative("bootstrap.access-after-ready")
def announce_ready_only(frame: Loaded) -> To[Waiting, Ready]:
    """Say ready, and leave the launch token in the location."""
    return To(Waiting(frame.shown), Ready(frame.shown.document))


@host.alternative("quickstart.mount", capability=USER)
def unmount_only(host: Minting | Mounted | Relaunching | Failed) -> To[Unmounted, Unmount]:
    """Remove the iframe, and let what is in flight for it arrive."""
    return To(Unmounted(), Unmount())


@host.alternative("quickstart.mount", capability=USER)
def mount_twice_and_mint_twice(host: Minting) -> To[Minting, AskMint]:
    """Mount, unmount and mount in a row, and mint each time."""
    return To(Minting(), AskMint())


@frame.alternative("oauth.leaves", capability=USER, ends=FRAME_DOCUMENT)
def leave_unannounced(frame: Running | Asking) -> To[Hosted, LoadedAgain, OpenAuthorization]:
    """Redirect the iframe to the hosted authorization page without a word."""
    return To(Hosted(frame.shown.source), LoadedAgain(leaving=True), OpenAuthorization(Where.FRAME))


def nobody_checks_the_parent(protocol: Protocol) -> Protocol:
    """Take both checks away, and the binding, which stands behind them."""
    return protocol.without_guard("from_allowed_origin").without_guard("from_own_parent").assuming(answer_binding="window")


@host.alternative("quickstart.mount")
def mount_in_the_same_element(host: Minting, heard: Sent[MintAnswer]) -> To[Launching, Mount]:
    """Set the source of whatever iframe is there."""
    answer = heard.message
    return To(Launching(answer.session, answer.access, answer.launch_url.origin), Mount(answer.launch_url))


WITHOUT: Final[dict[str, tuple[Callable[[Protocol], Protocol], str, int]]] = {
    "finite-height": (lambda p: p.without_guard("height_is_finite"), "height-is-sane", 7),
    "capped-height": (lambda p: p.without_guard("not_beyond_maximum"), "height-is-sane", 7),
    "strip-launch": (lambda p: p.replacing("announce_ready", announce_ready_only), "launch-in-one-request-only", 6),
    "remount-on-reload": (lambda p: p.without("remount_after_load"), "no-deadlock", 9),
    "ready-timeout": (lambda p: p.without("stop_waiting_for_ready"), "no-deadlock", 5),
    "abort-on-unmount": (lambda p: p.replacing("unmount", unmount_only), "one-mint-in-flight", 3),
    "auth-from-parent": (nobody_checks_the_parent, "nobody-works-in-anothers-session", 10),
    "session-check": (lambda p: p.without_guard("for_own_session"), "nobody-works-in-anothers-session", 11),
    "bound-answer": (
        lambda p: p.assuming(answer_binding="window", launch_use="expiry-only"),
        "answer-reaches-who-asked",
        12,
    ),
    "join-refresh": (lambda p: p.assuming(second_refresh="start-another"), "one-refresh-in-flight", 15),
    "retry": (lambda p: p.without("mint_again"), "no-deadlock", 3),
    "stale-refusal": (lambda p: p.without_guard("of_held_token"), "no-needless-refresh", 16),
    "announce-leaving": (lambda p: p.replacing("set_up_in_frame", leave_unannounced), "authorization-is-not-cut-off", 10),
    "late-messages": (lambda p: p.without_guard("from_our_frame"), "strangers-change-nothing", 4),
    "fresh-element": (lambda p: p.replacing("mount", mount_in_the_same_element), "no-deadlock", 14),
    "one-request": (lambda p: p.assuming(second_refresh="join"), "refusal-leads-to-a-served-call", 22),
    "repeat-once": (
        lambda p: p.assuming(second_refresh="join").without_guard("not_repeated"),
        "requests-do-not-pile-up",
        21,
    ),
    "resolved-path": (lambda p: p.without_guard("path_stays_in_workspace"), "mint-keeps-bounds", 2),
    "one-minter": (lambda p: p.replacing("mount_twice", mount_twice_and_mint_twice), "one-mint-in-flight", 2),
}

ADDITIONS: Final = tuple(
    Addition(s.id, s.says, *WITHOUT[s.id.removeprefix("ours.")]) for s in STATEMENTS if s.id.startswith("ours.")
)
