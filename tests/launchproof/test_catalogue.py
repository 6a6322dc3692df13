"""The page of all guards: what it says of each, and of what is no guard."""

from __future__ import annotations

from functools import partial

from launchproof.cuts import cut_sets
from launchproof.cuts.catalogue import catalogue
from launchproof.cuts.real import Subject
from launchproof.declare.protocol import Protocol
from launchproof.search.builtin import BUILTIN
from tests.launchproof.test_cuts_command import PROPERTIES, PROTOCOL
from tests.toy.toy_claims import CLAIMS
from tests.toy.toy_protocol import PROTOCOL as TOY


def page(protocol: Protocol = PROTOCOL) -> str:
    """Write the page of the door."""
    return catalogue(cut_sets(partial(Subject, protocol, (*PROPERTIES, *BUILTIN))), "GUARDS.md")


def section(text: str, name: str) -> str:
    """Give what is said of one guard."""
    return text.split(f"### `{name}`\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


def test_what_protects_together_is_told_of_each() -> None:
    """Of two guards in one cut set each names the other, with the run that is possible without both."""
    told = section(page(), "locked")
    assert "The door is not locked. (`toy.key`)" in told
    assert "Checked by `open_up`." in told
    assert "Alone, it holds nothing back that no other guard does." in told
    assert "- with `barred`: `stays-shut` (in 1 step)" in told
    assert "Without `barred` + `locked`: The door stays shut. It breaks." in told
    assert "sequenceDiagram" in told


def test_a_single_point_of_failure_says_what_breaks() -> None:
    """Where nothing else protects, the first line is what breaks without the guard."""
    told = section(page(PROTOCOL.without_guard("barred")), "locked")
    assert "Without it `stays-shut` (in 1 step) breaks." in told


def test_a_guard_in_no_cut_set_says_so() -> None:
    """A guard whose loss matters to no property is told as such, without a picture."""
    told = section(page(), "oiled")
    assert "It is in no cut set of up to 3." in told
    assert "mermaid" not in told


def test_the_table_has_every_property() -> None:
    """Each property stands in the table, with what it breaks without, or how far was looked."""
    text = page()
    assert "| `stays-shut` | `barred` + `locked` |" in text
    assert "| `no-deadlock` | *no loss of up to 3 guards breaks it* |" in text


def test_open_questions() -> None:
    """Each other answer is told with what breaks under it."""
    text = catalogue(cut_sets(partial(Subject, TOY, (*CLAIMS, *BUILTIN))), "GUARDS.md")
    assert "Does the client ask again? Assumed: *yes*." in text
    assert "- *no*: `loss-is-noticed` (in 3 steps), `no-deadlock` (in 3 steps) break" in text
