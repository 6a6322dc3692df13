"""A saved run taken again over real strings and its clock, where it was saved with them."""

from __future__ import annotations

from launchproof.errors import TraceError
from launchproof.traces.replay import Replayed
from launchproof.traces.saved import SavedTrace
from launchproof.walk.check import Check, Trouble

SALT = "salt"
"""Beside the options, a setup has this: what makes a run's texts its own."""


def replay_really(saved: SavedTrace, replayed: Replayed, check: Check, file: object) -> Trouble | None:
    """Follow the steps that the abstract replay found; give the first trouble that comes of it.

    `TraceError` is raised where the setup is not one of the concretion's, and where time, as it is now,
    forces something else than the file has.
    """
    setup = saved.setup or {}
    check_setup(setup, check, file)
    run = check.start(setup)
    for number, ((state, position), step) in enumerate(zip(replayed.hops, saved.steps, strict=True)):
        if run.worlds[0].state != state:
            done = check.choices.of(run.hops[-1].state).steps[run.hops[-1].position].step.micros[0].name
            fix = "save the run again, or correct the pauses"
            raise TraceError(file, f"$.steps[{number}]", f"time forces another step before it: {done}", fix)
        moment = max(run.due(0, position), run.now + step.pause)
        _, trouble = check.take_at(run, 0, position, moment)
        if trouble is not None:
            return trouble
    return None


def check_setup(setup: dict[str, str | int | float | bool | None], check: Check, file: object) -> None:
    """Refuse a setup that leaves an option out, has an unknown one, or gives it an unknown value."""
    options = check.concretion.options
    for name, values in options.items():
        if name not in setup:
            raise TraceError(file, "$.setup", f"the option {name!r} is missing", f"add it, as {values[0]!r} for example")
        if setup[name] not in values:
            known = ", ".join(repr(v) for v in values)
            raise TraceError(file, f"$.setup[{name!r}]", f"{setup[name]!r} is no choice", f"use one of {known}")
    for name in setup:
        if name not in options and name != SALT:
            known = ", ".join((*options, SALT))
            raise TraceError(file, f"$.setup[{name!r}]", "there is no such option", f"use {known}")
