"""The embed lifecycle over real strings, clocks and many embeds: the suite that ``pytest`` runs.

``pytest --hypothesis-profile=thorough`` (or ``nightly``) looks longer.
"""

from __future__ import annotations

from typing import Final

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from conftest import Searched
from launchproof.testing import lifecycle_machine
from model import PROTOCOL
from properties import PROPERTIES
from properties.reality import REALITY
from properties.strings import WATCHERS

EMBEDS: Final = 3


def test_the_lifecycle_holds_over_real_strings(searched: Searched) -> None:
    """Every step refines the model, reaches a state that was proved, and breaks no property of states or strings."""
    machine = lifecycle_machine(PROTOCOL, PROPERTIES, REALITY, WATCHERS, within=searched.search)
    run_state_machine_as_test(machine)
    assert len([t for t in PROTOCOL.active if machine.fired[t.name]]) > 0.8 * len(PROTOCOL.active)


def test_embeds_on_one_page_do_not_harm_each_other(searched: Searched) -> None:
    """Three embeds under one clock overhear each other, and no token of any leaks or is used twice."""
    machine = lifecycle_machine(PROTOCOL, PROPERTIES, REALITY, WATCHERS, embeds=EMBEDS, within=searched.search)
    run_state_machine_as_test(machine, settings=settings(max_examples=settings().max_examples // EMBEDS))
    assert machine.fired["sibling_post_to_host"]
