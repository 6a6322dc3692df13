"""Rules per second of the embed's Hypothesis machine, beside a bare machine of as many rules.

``python -m benchmarks.hypothesis_rules`` measures both in turn, several times, and prints a table. The bare machine
has as many rules, each with a precondition and an integer to draw, and as many of them enabled at a time
as ours has on average; its rules do nothing. A second bare machine has no preconditions at all, which no
protocol can do with; it shows what they cost.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from statistics import median
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from launchproof.testing import LifecycleMachine, lifecycle_machine
from model import PROTOCOL
from properties import PROPERTIES
from properties.reality import REALITY
from properties.strings import WATCHERS

RUNS: Final = 200
STEPS: Final = 100
TIMES: Final = 5
DRAW: Final = 11_264


class Ours(LifecycleMachine):
    """Counts how many rules are enabled."""

    seen: ClassVar[list[int]] = []

    def look(self, draw: int) -> None:
        """Look, and count."""
        super().look(draw)
        self.seen.append(len(self.enabled) + len(self.scheduled) + 1)


def bare(rules: int, enabled: int | None) -> type[RuleBasedStateMachine]:
    """Make a machine of so many rules that do nothing, so many of which are enabled (None: all, unasked)."""

    def make(number: int) -> Any:
        def body(self: Any, choice: int) -> None:
            del choice
            self.at = (self.at * 7 + 1) % rules
            type(self).steps += 1

        def is_enabled(self: Any) -> bool:
            return bool((number - self.at) % rules < (enabled or 0))

        body.__name__ = f"rule_{number}"
        made = rule(choice=st.integers(0, DRAW - 1))(body)
        return made if enabled is None else precondition(is_enabled)(made)

    members = {f"rule_{number}": make(number) for number in range(rules)}
    return type("Bare", (RuleBasedStateMachine,), {"at": 0, "steps": 0, **members})


def rate(machine: Any) -> float:
    """Run a machine, and give its rules per second."""
    before, began = machine.steps, time.perf_counter()
    chosen = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
    return float(machine.steps - before) / (time.perf_counter() - began)


def main() -> None:
    """Measure in turn, and print the medians."""
    made = lifecycle_machine(PROTOCOL, PROPERTIES, REALITY, WATCHERS, save_to=None)
    ours = type("Ours", (Ours,), {k: v for k, v in vars(made).items() if not k.startswith("__")})
    rules = sum(callable(member) for name, member in vars(made).items() if not name.startswith("_"))
    rate(ours)
    enabled = round(sum(Ours.seen) / len(Ours.seen))
    contestants: dict[str, Callable[[], float]] = {
        "the embed lifecycle": lambda: rate(ours),
        f"bare, {enabled} of {rules} rules enabled": lambda: rate(bare(rules, enabled)),
        f"bare, {rules} rules without preconditions": lambda: rate(bare(rules, None)),
    }
    measured = {name: list[float]() for name in contestants}
    for _ in range(TIMES):
        for name, run in contestants.items():
            measured[name].append(run())
    own = median(measured["the embed lifecycle"])
    print(f"Python {platform.python_version()}, {platform.machine()}, {TIMES} times in turn, medians")
    for name, rates in measured.items():
        print(f"{name:45} {median(rates):7,.0f} rules/s   {median(rates) / own:.2f} times ours")


if __name__ == "__main__":
    main()
