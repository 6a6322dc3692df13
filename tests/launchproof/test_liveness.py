"""Toy protocols in which something comes about, or never does, as can be told by hand."""

from __future__ import annotations

from attrs import frozen

from launchproof import (
    Capability,
    Fairness,
    Machine,
    Property,
    Protocol,
    To,
    leads_to,
    strongly,
    unfair,
)
from launchproof.search.exhaustive import search
from launchproof.search.trace import Trace
from launchproof.search.verdicts import PropertyResult, Verdict


@frozen
class Off:
    """The lamp is off."""


@frozen
class On:
    """The lamp is on."""


@frozen
class Broken:
    """The lamp is broken."""


@frozen
class Wait:
    """Something was asked."""


@frozen
class Served:
    """It was answered."""


@frozen
class Serving:
    """A server's only phase."""


@frozen
class Ask:
    """A request."""


@frozen
class Give:
    """An answer."""


@frozen
class Lost:
    """What the caller sees of a lost message."""


USER = Capability("user", "switches lamps.")


def judged(protocol: Protocol, prop: Property, keep_orphans: int = 1) -> PropertyResult:
    """Search, and give the property's result."""
    result = search(protocol, (prop,), keep_orphans=keep_orphans)
    assert result.closed, result.stopped
    return next(r for r in result.properties if r.property is prop)


def verdict(protocol: Protocol, prop: Property) -> Verdict:
    """Search, and give the property's verdict."""
    return judged(protocol, prop).verdict


def names(trace: Trace | None) -> list[str]:
    """Name what began each step."""
    assert trace is not None
    return [step.acts[0].name for step in trace.steps]


def lamp(on: Fairness | None = None, off: Fairness | None = None, breaks: Fairness | None = None) -> Protocol:
    """Make a lamp that is switched on and off, and breaks while it is on."""
    machine = Machine("lamp", initial=Off(), phases=(Off, On, Broken))

    @machine.transition("toy", fair=on)
    def switch_on(before: Off) -> To[On]:
        """Switch it on."""
        return To(On())

    @machine.transition("toy", fair=off)
    def switch_off(before: On) -> To[Off]:
        """Switch it off."""
        return To(Off())

    @machine.transition("toy", fair=breaks)
    def burn_out(before: On) -> To[Broken]:
        """Break."""
        return To(Broken())

    return Protocol("lamp", (machine,), ())


def is_on(lamp: On) -> bool:
    """The lamp is on."""
    return True


def is_broken(lamp: Broken) -> bool:
    """The lamp is broken."""
    return True


@leads_to("toy", to=is_on)
def off_leads_to_on(lamp: Off) -> bool:
    """The lamp is off."""
    return True


@leads_to("toy", to=is_broken)
def off_leads_to_broken(lamp: Off) -> bool:
    """The lamp is off."""
    return True


def test_what_a_machine_does_of_itself_happens() -> None:
    """What stays possible without a break happens, since a machine's own transition is weakly fair."""
    assert verdict(lamp(), off_leads_to_on) is Verdict.PROVED


def test_what_is_unfair_may_never_happen() -> None:
    """Where nobody has to switch it on, the lamp stays off: a run that ends there refutes it."""
    result = judged(lamp(on=unfair("nobody has to")), off_leads_to_on)
    assert result.verdict is Verdict.REFUTED
    assert names(result.trace) == []
    assert result.trace is not None
    assert (result.trace.premise_at, result.trace.loop_from) == (0, 0)
    assert result.trace.fairly is not None
    assert result.trace.fairly.unfair == ("switch_on",)


def test_weak_fairness_is_not_enough_for_what_is_possible_now_and_then() -> None:
    """The lamp is switched on and off for ever, and burning out, possible again and again, never happens."""
    result = judged(lamp(), off_leads_to_broken)
    assert result.verdict is Verdict.REFUTED
    assert names(result.trace) == ["switch_on", "switch_off"]
    assert result.trace is not None
    assert (result.trace.premise_at, result.trace.loop_from) == (0, 0)
    assert result.trace.fairly is not None
    assert result.trace.fairly.paused == ("burn_out (weak)",)


def test_strong_fairness_is_enough_for_what_is_possible_now_and_then() -> None:
    """A lamp that is strongly fair to burning out breaks sooner or later."""
    assert verdict(lamp(breaks=strongly("lamps wear")), off_leads_to_broken) is Verdict.PROVED
