"""How long to look: Hypothesis profiles, chosen with ``pytest --hypothesis-profile=NAME``."""

from __future__ import annotations

from typing import Final

from attrs import frozen
from hypothesis import HealthCheck, settings


@frozen
class Effort:
    """How many runs, of how many steps each."""

    runs: int
    steps: int


PROFILES: Final = {
    "quick": Effort(runs=200, steps=100),
    "thorough": Effort(runs=1_000, steps=150),
    "nightly": Effort(runs=20_000, steps=250),
}


def register_profiles(default: str = "quick") -> None:
    """Make the profiles known to Hypothesis, and load one; the command line may load another.

    The quick one takes the same runs every time; the others look at new ones.
    """
    for name, effort in PROFILES.items():
        settings.register_profile(
            name,
            max_examples=effort.runs,
            stateful_step_count=effort.steps,
            deadline=None,
            derandomize=name == "quick",
            print_blob=name != "quick",
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        )
    settings.load_profile(default)
