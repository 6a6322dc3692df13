"""A counterexample, told as the protocol reads: numbered steps, who, what was heard, said and changed.

::

    2. backend · mint
         heard  AskMint
         says   CreateSession(…) to api
       api · create
         heard  CreateSession
         api.sessions: + Session(id=session-id-1, …)

The channels' contents are not repeated where they follow from what was said and heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import define, field

from launchproof.declare.channels import ASKER, Exchange, Post, Posted, Sent
from launchproof.declare.protocol import Protocol
from launchproof.errors import LaunchproofError
from launchproof.report.values import TARGET, call, differences, empty, fields, labelled, phase, short, without
from launchproof.search.trace import Act, Trace, TraceStep

MARK: Final = "── "
LOOP: Final = f"{MARK}from here on, the run can go round for ever ──"


def trace_lines(trace: Trace, protocol: Protocol, marks: Mapping[int, Sequence[str]] | None = None) -> list[str]:
    """Give a whole run, line by line; `marks` are lines that stand after so many steps."""
    if marks is None:
        marks = {} if trace.loop_from is None else {trace.loop_from: [LOOP]}
    lines: list[str] = [] if trace.steps else ["(in the initial state)"]
    for number, step in enumerate(trace.steps):
        lines += marks.get(number, ())
        lines += step_lines(number + 1, step, protocol)
    return [*lines, *marks.get(len(trace.steps), ())]


def step_lines(number: int, step: TraceStep, protocol: Protocol) -> Iterator[str]:
    """Yield one step: a heading per machine that acts, what it heard and said, and what changed."""
    told = Told(protocol, step)
    margin = f"{number:>3}. "
    for position, act in enumerate(step.acts):
        if position and ignored(act):
            yield f"{margin}{act.machine} ignores {type(message_of(act.heard)).__name__}"
            continue
        yield f"{margin}{heading(act, step.actor if position == 0 else act.machine)}"
        margin = " " * len(margin)
        for line in told.act(act, position):
            yield f"{margin}  {line}"
    for line in told.leftovers():
        yield f"{margin}  {line}"


def heading(act: Act, actor: str) -> str:
    """Name who acts and what it does, with the machine it happens to, if that is another."""
    whom = f" ({act.machine})" if act.machine != actor else ""
    return f"{actor} · {act.name.removeprefix(f'{act.machine} ').replace('_', ' ')}{whom}"


def ignored(act: Act) -> bool:
    """Whether a machine heard something and did nothing about it."""
    return act.heard is not None and not act.meaning and act.before is not None and act.before == act.after and not act.said


def said_text(message: object) -> str:
    """Give a message in short, with the origin it is addressed to."""
    parts = fields(message)
    target = parts.pop(TARGET, None)
    text = call(message, [labelled(name, part) for name, part in parts.items() if not empty(part)])
    return f"{text} to {short(target)}" if target is not None else text


def heard_text(envelope: object) -> str:
    """Give what was heard, with whom it is from: an origin's window, or a machine."""
    if isinstance(envelope, Posted):
        origin = f" from {short(envelope.origin)}" if envelope.origin is not None else ""
        window = f" ({short(envelope.source)})" if envelope.source is not None else ""
        return f"{said_text(envelope.message)}{origin}{window}"
    if isinstance(envelope, Sent):
        return f"{said_text(envelope.message)} from {envelope.sender}"
    return short(envelope)


@define(eq=False)
class Told:
    """The lines of one step, and which of its changes are still to be told."""

    protocol: Protocol
    step: TraceStep
    _left: dict[str, tuple[object, object]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Start with every change untold."""
        self._left = {slot: (before, after) for slot, before, after in self.step.changes}

    def act(self, act: Act, position: int) -> Iterator[str]:
        """Yield what a machine heard, said, and became."""
        lost = act.before is None
        if act.heard is not None:
            just_said = any(message_of(act.heard) in earlier.said for earlier in self.step.acts[:position])
            heard = type(message_of(act.heard)).__name__ if just_said else heard_text(act.heard)
            yield f"{'loses' if lost else 'heard'}  {heard}"
        for message in act.said:
            yield f"says   {said_text(message)}{self.receiver(act, message)}"
        if not lost and act.machine in self._left and self._last_of(act.machine) == position:
            before, after = self._left.pop(act.machine)
            yield from differences(act.machine, before, after)

    def leftovers(self) -> Iterator[str]:
        """Yield changes that do not follow from what was said and heard: what died, or was lost."""
        heard = [a.heard for a in self.step.acts if a.heard is not None]
        said = [m for a in self.step.acts for m in a.said]
        for slot, (before, after) in self._left.items():
            if not (isinstance(before, tuple) and isinstance(after, tuple)):
                yield from differences(slot, before, after)
                continue
            for item in without(without(before, after), heard):
                yield f"{slot}: {said_text(message_of(item))} is gone"
            for item in without(after, before):
                if message_of(item) not in said:
                    yield f"{slot}: + {short(item)}"

    def _last_of(self, machine: str) -> int:
        return max(i for i, a in enumerate(self.step.acts) if a.machine == machine and a.before is not None)

    def receiver(self, act: Act, message: object) -> str:
        """Say to whom a message goes, unless it names a target."""
        heard_on = act.heard.channel if isinstance(act.heard, Sent) else None
        try:
            channel, receiver = self.protocol.route(self.protocol.transition(act.name), type(message), heard_on)
        except LaunchproofError:
            return ""
        if receiver == ASKER and isinstance(act.heard, Sent):
            receiver = act.heard.sender
        if getattr(message, TARGET, None) is not None:
            return f" ({receiver})"
        return f" to {receiver}" if isinstance(channel, Post | Exchange) or receiver != act.machine else ""


def message_of(item: object) -> object:
    """Take a message out of its envelope."""
    return item.message if isinstance(item, Posted | Sent) else item


def slots_before_last(trace: Trace) -> dict[str, object]:
    """Give the slots as they were before the last step."""
    slots = dict(trace.last)
    if trace.steps:
        slots.update({slot: before for slot, before, _ in trace.steps[-1].changes})
    return slots


def slot_lines(names: Sequence[str], slots: dict[str, object]) -> Iterator[str]:
    """Yield ``slot = value`` for the slots named."""
    for name in names:
        if name in slots:
            value = slots[name]
            text = ", ".join(short(i) for i in value) or "empty" if isinstance(value, tuple) else phase(value)
            yield f"{name} = {text}"
