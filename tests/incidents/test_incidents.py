"""Each incident is refuted by the property that one would expect, and its run retells the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from launchproof.changes.incident import Incident, happen, load_incidents
from launchproof.cli.main import main
from launchproof.search.verdicts import Verdict
from model import PROTOCOL
from properties import PROPERTIES

ROOT: Final = Path(__file__).parents[2]
INCIDENTS: Final = load_incidents(ROOT / "incidents")

STEPS: Final[dict[str, int | None]] = {
    "i01_away_and_back": 3,
    "i02_code_exchanged_twice": 4,
    "i03_frame_moved": 12,
    "i04_scanner_first": 4,
    "i05_spent_memory_too_short": 6,
    "i06_loaded_too_late": 6,
    "i07_listener_too_late": 7,
    "i08_new_document_unheard": 13,
    "i09_source_renewed": 12,
    "i10_two_frames_one_handler": 4,
    "i11_token_to_anyone": 9,
    "i12_token_from_anyone": 10,
    "i13_answers_out_of_order": 18,
    "i14_two_listeners_refresh": 10,
    "i15_captured_token": 12,
    "i16_slow_clock": 16,
    "i17_timer_overflows": 11,
    "i18_armed_after_success_only": 12,
    "i19_forbidden_is_not_expired": 16,
    "i20_timer_outlives_mount": 9,
    "i21_former_users_frame": 11,
    "i22_revoked_and_served": 11,
    "i23_token_in_source": 3,
    "i24_provider_framed": 9,
    "i25_setup_dropped": None,
    "i26_grows_for_ever": 7,
}
"""How long the run is; None where no run shows what should sometimes happen."""

STORIES: Final[dict[str, tuple[str, ...]]] = {
    "i01_away_and_back": ("go_back", "unmount_and_forget", "mount_anew"),
    "i02_code_exchanged_twice": ("mount", "request_twice", "serve_document"),
    "i03_frame_moved": ("take_token", "be_moved", "refuse_document", "show_error"),
    "i04_scanner_first": ("mount", "scan", "serve_document"),
    "i05_spent_memory_too_short": ("serve_document", "forget_that_it_was_spent", "serve_document"),
    "i06_loaded_too_late": ("expire_launch", "mount", "refuse_document", "show_error"),
    "i07_listener_too_late": ("mount", "announce_ready", "host drops it"),
    "i08_new_document_unheard": ("answer_first_ready", "reload_frame", "announce_ready", "host drops it"),
    "i09_source_renewed": ("take_token", "mint_to_refresh", "mount", "navigate_to_launch"),
    "i10_two_frames_one_handler": ("mount", "sibling_post_to_host"),
    "i11_token_to_anyone": ("announce_ready", "be_navigated", "answer_anyone"),
    "i12_token_from_anyone": ("announce_ready", "take_token"),
    "i13_answers_out_of_order": ("ask_refresh", "start_another_refresh", "take_late_token"),
    "i14_two_listeners_refresh": ("ask_ahead", "ask_twice"),
    "i15_captured_token": ("refresh_session", "send_captured_token"),
    "i16_slow_clock": ("lapse_access", "refuse_call", "show_an_error", "refuse_call", "show_an_error"),
    "i17_timer_overflows": ("ask_ahead", "fire_at_once", "fire_at_once"),
    "i18_armed_after_success_only": ("ask_refresh", "lose_request_on_refresh_call", "let_refresh_fail"),
    "i19_forbidden_is_not_expired": ("forbid", "ask_after_refusal", "send_new_token"),
    "i20_timer_outlives_mount": ("answer_ready", "unmount_but_tick", "fire"),
    "i21_former_users_frame": ("answer_ready", "log_in_as_another", "keep_the_frame"),
    "i22_revoked_and_served": ("revoke", "serve_call"),
    "i23_token_in_source": ("mint", "mount_with_token", "remember"),
    "i24_provider_framed": ("take_token", "set_up_in_frame", "pass_through_hosted"),
    "i26_grows_for_ever": ("report_height", "take_height"),
}
"""Some of what happens in the run, in this order."""

QUICK: Final = 4


def cases() -> list[object]:
    """List the incidents; those that take longer are left to a thorough run."""
    slow = pytest.mark.thorough
    return [pytest.param(i, id=i.name, marks=() if (STEPS[i.name] or QUICK + 1) <= QUICK else slow) for i in INCIDENTS]


def test_every_incident_is_pinned() -> None:
    """Every incident has its length and its story here."""
    names = [i.name for i in INCIDENTS]
    assert names == list(STEPS)
    assert [n for n in names if STEPS[n] is not None] == list(STORIES)


@pytest.mark.parametrize("incident", cases())
def test_an_incident_is_refuted(incident: Incident) -> None:
    """The property that it names refutes it, in as few steps as told, by a run that retells the report."""
    found = happen(incident, PROTOCOL, PROPERTIES)
    assert found.verdict is Verdict.REFUTED
    if found.trace is None:
        assert STEPS[incident.name] is None
        return
    assert len(found.trace.steps) == STEPS[incident.name]
    happened = iter([act.name for step in found.trace.steps for act in step.acts])
    assert all(name in happened for name in STORIES[incident.name])


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda i: i.name)
def test_an_incident_is_told(incident: Incident) -> None:
    """It has a title in a line, a story, and a link, unless it is a pattern without a report."""
    assert incident.change.title.endswith((".", "`."))
    assert len(incident.change.reason) > 40
    assert incident.seen_in.startswith("https://github.com/") or incident.name == "i12_token_from_anyone"


def test_the_command_tells_them_as_a_table() -> None:
    """Incidents that are named are run, told step by step, and end with status 0."""
    result = CliRunner().invoke(main, ["incidents", "i01", "i04_scanner_first", "--project", str(ROOT)])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[1].split() == ["i01_away_and_back", "one-mint-in-flight", "refuted", "3", seen(0)]
    assert "2 incidents are refuted as listed" in lines
    assert "  4. scanner · scan (urls)" in lines


def test_the_command_gives_json() -> None:
    """The JSON has the story, the link and the run."""
    result = CliRunner().invoke(main, ["incidents", "i04", "--json", "--project", str(ROOT)])
    (told,) = json.loads(result.stdout)
    assert (told["name"], told["verdict"], told["steps"]) == ("i04_scanner_first", "refuted", 4)
    assert told["counterexample"][-1]["actor"] == "scanner"


def seen(number: int) -> str:
    """Give where an incident was seen, as the table names it."""
    _, _, _, owner, repository, _, issue = INCIDENTS[number].seen_in.split("/")
    return f"{owner}/{repository}#{issue}"
