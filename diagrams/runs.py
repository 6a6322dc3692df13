"""The sequence diagrams: each the shortest run in which some things happen in turn, found by a search."""

from __future__ import annotations

from typing import Final

from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.goals import Goal, shortest_run
from launchproof.draw.picture import Sequence
from launchproof.draw.sequences import Focus, sequence_of
from launchproof.search.trace import tell
from model.names import AccessToken, DocumentId

FIRST_LOAD: Final = ("open_page", "take_token")
FOCUS: Final = Focus(documents=(DocumentId,), tokens=(AccessToken,), hide=("urls", "element"))

GOALS: Final = (
    Goal("first-load", "First load", (*FIRST_LOAD, "call_api", "finish_call")),
    Goal("scheduled-refresh", "A refresh ahead of expiry", (*FIRST_LOAD, "ask_ahead", "take_token")),
    Goal("early-refresh", "A refresh after a 401", (*FIRST_LOAD, "lapse_access", "call_api", "ask_after_refusal", "take_token")),
    Goal(
        "lost-refresh", "A refresh whose answer is lost", (*FIRST_LOAD, "ask_ahead", "lose_answer_on_refresh_call", "take_token")
    ),
    Goal(
        "hard-reload",
        "A hard reload of the iframe",
        (*FIRST_LOAD, "reload_frame", "show_error", "remount_after_load", "take_token"),
    ),
    Goal("remount", "The component is unmounted and mounted again", (*FIRST_LOAD, "unmount", "mount_anew", "take_token")),
    Goal("oauth-in-a-tab", "OAuth in a new tab", (*FIRST_LOAD, "set_up_in_tab", "authorize_in_tab")),
    Goal(
        "oauth-by-redirect", "OAuth by redirect of the page", (*FIRST_LOAD, "set_up_in_page", "authorize_in_page", "take_token")
    ),
    Goal(
        "revocation",
        "The session is revoked",
        (*FIRST_LOAD, "revoke", "call_api", "ask_after_refusal", "replace_gone_session", "take_token"),
    ),
)


def drawn(goal: Goal) -> Drawing:
    """Draw the shortest run to a goal."""

    def make(gallery: Gallery) -> Sequence:
        trace = tell(gallery.semantics, shortest_run(gallery.semantics, goal))
        return sequence_of(trace, gallery.protocol, goal.name, goal.meaning, focus=FOCUS)

    return Drawing(goal.name, goal.meaning, make)


RUNS: Final = tuple(drawn(goal) for goal in GOALS)
