"""Transitions with another effect: what a change or a mutant makes of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from attrs import evolve

from launchproof.declare.machine import To, Transition

Result = To[Any, *tuple[Any, ...]]
"""What any transition gives: a phase, and messages."""


def with_effect(transition: Transition, alter: Callable[[Result, object, dict[str, Any]], Result]) -> Transition:
    """Give the transition with its results altered, by what it leaves and takes."""
    function = transition.function

    @wraps(function)
    def altered(phase: object, **given: Any) -> Result:
        return alter(function(phase, **given), phase, given)

    return evolve(transition, function=altered)


def with_message(transition: Transition, message: type, alter: Callable[[Any], Any]) -> Transition:
    """Give the transition with every message of a class altered that it says."""

    def altered(result: Result, _phase: object, _given: dict[str, Any]) -> Result:
        return To(result.phase, *(alter(said) if type(said) is message else said for said in result.said))

    return with_effect(transition, altered)
