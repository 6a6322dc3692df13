"""What broke at the end of a counterexample: the property, its claim, and the values it read."""

from __future__ import annotations

from collections.abc import Iterator

from launchproof.declare.channels import Sent
from launchproof.declare.properties import STEP_WORDS, Place, Property, accepts
from launchproof.declare.protocol import Protocol
from launchproof.report.future_text import future_lines, marks
from launchproof.report.trace_text import heading, message_of, slot_lines, slots_before_last, trace_lines
from launchproof.report.values import phase, short
from launchproof.search.builtin import BOUNDED_QUEUES, NO_DEADLOCK
from launchproof.search.judges import within
from launchproof.search.trace import Act, Trace


def counterexample_lines(prop: Property, trace: Trace, protocol: Protocol) -> list[str]:
    """Give a counterexample: the run, then what it breaks, and why."""
    count = len(trace.steps)
    return [
        f"{prop.name} — refuted in {count} step{'' if count == 1 else 's'}",
        *trace_lines(trace, protocol, marks(prop, trace) if prop.future is not None else None),
        f"breaks {prop.name}: {prop.meaning}",
        *(f"     {line}" for line in why_lines(prop, trace, protocol)),
    ]


def why_lines(prop: Property, trace: Trace, protocol: Protocol) -> Iterator[str]:
    """Yield the values that the property read when it broke."""
    if prop.name == NO_DEADLOCK.name:
        yield from waiting_lines(trace, protocol)
    elif prop.name == BOUNDED_QUEUES.name:
        yield from growth_lines(trace, protocol)
    elif prop.future is not None:
        yield from future_lines(prop, prop.future, trace)
    elif prop.kind == "wherever":
        yield from place_lines(prop, trace)
    elif prop.kind == "each-step":
        names = [r.name for r in prop.reads if r.name not in STEP_WORDS]
        for act in trace.steps[-1].acts if trace.steps else ():
            if fits(prop, act):
                yield f"broken by {heading(act, act.machine)}, in step {len(trace.steps)}"
        for line in slot_lines(names, slots_before_last(trace)):
            yield f"{line} (before the last step)"
    else:
        yield from slot_lines([r.name for r in prop.reads], trace.last)


def fits(prop: Property, act: Act) -> bool:
    """Whether a property of steps speaks about what a machine did."""
    if prop.machine not in {"", act.machine}:
        return False
    values = {"before": act.before, "after": act.after}
    if act.before is None or not all(accepts(r.types, values[r.name]) for r in prop.reads if r.name in values):
        return False
    wanted = next((r.heard for r in prop.reads if r.heard is not None), None)
    return wanted is None or not wanted.messages or isinstance(message_of(act.heard), wanted.messages)


def waiting_lines(trace: Trace, protocol: Protocol) -> Iterator[str]:
    """Yield the machines that still owe something, and that nobody can act."""
    for machine in protocol.machines:
        value = trace.last.get(machine.name)
        if machine.resting and value is not None and not isinstance(value, machine.resting):
            yield f"{machine.name} waits in {phase(value)}"
    yield "no machine can act of itself, and nothing is in flight"


def growth_lines(trace: Trace, protocol: Protocol) -> Iterator[str]:
    """Yield the channels and what they hold by now."""
    for queue in protocol.queues:
        content = trace.last.get(queue.name)
        if isinstance(content, tuple) and content:
            kinds = dict.fromkeys(type(message_of(item)).__name__ for item in content)
            yield f"{queue.name} holds {len(content)}: {', '.join(kinds)}"
    if trace.loop_from is not None:
        yield f"steps {trace.loop_from + 1} to {len(trace.steps)} can be done again and again"


def place_lines(prop: Property, trace: Trace) -> Iterator[str]:
    """Yield the values at the places that the property says no to."""
    holders: list[tuple[str, str, object]] = [(slot, f"the slot {slot}", value) for slot, value in trace.last.items()]
    if trace.steps:
        said = [(act.machine, Sent(message, "", "", "")) for act in trace.steps[-1].acts for message in act.said]
        holders += [("a message", f"what {machine} said", envelope) for machine, envelope in said]
    for slot, where, value in holders:
        for kind in prop.reads[0].types:
            for found, holder in (pair for pair in within(value) if isinstance(pair[0], kind)):
                if prop.judge(found, Place(slot, holder)) is False:
                    yield f"{short(found)} is in {holder.__name__}, in {where}"
