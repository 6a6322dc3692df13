"""Sequences: a trace, drawn with a lane per machine and an arrow per message.

A message that waits on a channel is said in one row and heard in a later one, so that overtaking is
seen. To know which message a machine hears, the channels are played through again: what is said
goes to its channel, what is heard leaves it, and what dies with a lifetime is gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from collections.abc import Sequence as Listed
from typing import Final

import attrs
from attrs import define, evolve, field, frozen

from launchproof.declare.channels import ASKER, Channel, Exchange, Instant, Overheard, Post, Posted, Sent, has_queue
from launchproof.declare.machine import Transition
from launchproof.declare.names import MEMORY, Name
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Arrow, Lane, Remark, Sequence, Span, Tone, Way
from launchproof.report.values import REST, TARGET, call, empty, fields, labelled, short
from launchproof.search.trace import Act, Trace, message_in
from launchproof.semantics.plans import misses_target
from launchproof.semantics.values import parts

LONGEST: Final = 44
"""A message's text has no more characters than this; what it names is spelled in full, or left out."""

IGNORED: Final = "nobody listens"
FROM_HERE: Final = "from here on it is owed"
NOTHING_MORE: Final = "nothing more need happen"
ELSEWHERE: Final = "for another origin"
MERGED: Final = "one is on its way already"


@frozen
class Focus:
    """What a drawing looks at: sorts of names that last, and machines that are left out.

    A name of a sort in `tokens` lasts while a machine's phase holds it; one in `documents` tells two
    documents of one origin apart. Machines that only take note are left out in any case.
    """

    documents: tuple[type[Name], ...] = ()
    tokens: tuple[type[Name], ...] = ()
    hide: tuple[str, ...] = ()


EVERYTHING: Final = Focus()


def sequence_of(  # noqa: PLR0913, PLR0917 - a run, how it is called, and what it breaks
    trace: Trace,
    protocol: Protocol,
    name: str,
    title: str,
    breaks: str = "",
    reason: tuple[str, ...] = (),
    *,
    focus: Focus = EVERYTHING,
) -> Sequence:
    """Draw a run of a protocol; `breaks` names the property that its last step breaks, and `reason` says why."""
    shown = tuple(n for n in taking_part(trace, protocol) if n not in focus.hide)
    drawing = Drawing(protocol, focus, shown)
    starts = []
    for number, step in enumerate(trace.steps, 1):
        if trace.premise_at == number - 1 and shown:
            drawing.remark(shown[0], FROM_HERE)
        starts.append(drawing.step(number, step.acts, {slot for slot, _, _ in step.changes}))
    stays = trace.loop_from is not None and trace.loop_from >= len(trace.steps)
    if stays and shown:
        drawing.remark(shown[0], NOTHING_MORE)
    if breaks and shown:
        drawing.remark(drawing.last_lane(), "\n".join((f"breaks {breaks}", *reason)), Tone.BROKEN)
    left_out = [m.name for m in protocol.machines if m.name in acting(trace) and m.name not in shown]
    return Sequence(
        name,
        title,
        tuple(Lane(n, n.replace("_", " ")) for n in shown),
        drawing.rows,
        tuple(drawing.arrows),
        tuple(drawing.remarks),
        tuple(drawing.lasting.spans),
        (f"not drawn: {', '.join(n.replace('_', ' ') for n in left_out)}",) if left_out else (),
        None if trace.loop_from is None or stays else min(starts[trace.loop_from], max(drawing.rows - 1, 0)),
    )


# -- who takes part ----------------------------------------------------------------------------------


def acting(trace: Trace) -> set[str]:
    """Name the machines that do anything, if only to listen."""
    return {act.machine for step in trace.steps for act in step.acts if act.before is not None}


def taking_part(trace: Trace, protocol: Protocol) -> list[str]:
    """Name the machines that say something, come into another phase, or are waited for, in the protocol's order.

    One that only remembers, or is told at once what changes nothing, takes no part.
    """
    active = {
        act.machine
        for step in trace.steps
        for act in step.acts
        if act.before is not None and (act.said or without_memory(act.before) != without_memory(act.after))
    }
    active |= set(addressed(trace, protocol))
    return [m.name for m in protocol.machines if m.name in active]


def addressed(trace: Trace, protocol: Protocol) -> Iterator[str]:
    """Yield the machines to which a message is ever on its way."""
    queues = {queue.name: queue for queue in protocol.queues}
    for step in trace.steps:
        for slot, _, content in step.changes:
            queue = queues.get(slot)
            for item in content if queue is not None and isinstance(content, tuple) else ():
                yield queue.receiver if isinstance(queue, Post) else item.receiver


def without_memory(value: object) -> tuple[object, ...]:
    """Give a phase as its class and its parts, but for what it only remembers."""
    return (type(value), *(part for part, kind, _ in parts(value) if kind != MEMORY))


# -- texts -------------------------------------------------------------------------------------------


def message_text(message: object, tokens: tuple[type[Name], ...] = ()) -> str:
    """Give a message by the names in it, and what else it says in a word or two; what does not fit is ``…``.

    Of what does not fit together, tokens are kept first, then other names, then words.
    """
    said = {n: p for n, p in fields(message).items() if n != TARGET and not empty(p)} if attrs.has(type(message)) else {}
    bare = {field: part for field, part in said.items() if not any(names_in(part))}
    words = [labelled(field, part) for field, part in bare.items() if not attrs.has(type(part))]
    names = list(dict.fromkeys(name for part in said.values() for name in names_in(part)))
    first = [short(name) for name in names if isinstance(name, tokens)]
    told = list(dict.fromkeys((*map(short, names), *words)))
    kept: list[str] = []
    for text in dict.fromkeys((*first, *told)):
        more = [t for t in told if t in kept or t == text]
        rest = [REST] if len(more) < len(told) or len(words) < len(bare) else []
        if len(call(message, [*more, *rest])) > LONGEST:
            break
        kept.append(text)
    rest = [REST] if kept and (len(kept) < len(told) or len(words) < len(bare)) else []
    return call(message, [*(t for t in told if t in kept), *rest])


def names_in(value: object) -> Iterator[Name]:
    """Yield the names that a value holds, constants among them, but not what it keeps a register of or remembers."""
    if isinstance(value, Name):
        yield value
        return
    for part, kind, _ in parts(value):
        if kind is None:
            yield from names_in(part)


def act_text(act: Act, actor: str, number: int | None) -> str:
    """Give what a machine does, with the step's number if it begins one, and the phase that it comes to."""
    who = f"{actor}: " if actor != act.machine else ""
    what = act.name.removeprefix(f"{act.machine} ").replace("_", " ")
    if dropped(act):
        what = f"drops {type(message_in(act.heard)).__name__}"
    before, after = type(act.before).__name__, type(act.after).__name__
    change = f"\n{before} → {after}" if act.before is not None and before != after else ""
    return f"{numbered(number)}{who}{what}{change}"


def numbered(number: int | None) -> str:
    """Give a step's number as it stands before a text."""
    return "" if number is None else f"{number}. "


def dropped(act: Act) -> bool:
    """Whether a machine let what it heard fall on the floor."""
    return act.before is not None and act.heard is not None and not act.meaning and act.before == act.after and not act.said


# -- messages on their way ---------------------------------------------------------------------------


@define(eq=False)
class Flight:
    """A message on its way: what was said, by whom to whom, and its arrow (None: it has none)."""

    message: object
    sender: str
    receiver: str
    channel: Channel
    arrow: int | None


def way_of(channel: Channel) -> Way:
    """Tell how a channel's messages travel; a coalesced exchange carries signals, not requests."""
    if isinstance(channel, Post):
        return Way.POST
    return Way.INSTANT if isinstance(channel, Instant) or channel.coalesced else Way.HTTP


# -- what lasts --------------------------------------------------------------------------------------


@define(eq=False)
class Lasting:
    """The documents and tokens on the lanes, as phases come and go."""

    focus: Focus
    spans: list[Span] = field(factory=list)
    _open: dict[tuple[str, object], int] = field(factory=dict)
    _shown: dict[str, tuple[object, Name | None]] = field(factory=dict)

    def follow(self, protocol: Protocol, machine: str, phase: object, row: int) -> None:
        """Note what a machine's phase shows and holds from a row on."""
        origin = protocol.machine(machine).origin
        self._document(machine, origin(phase) if origin is not None else None, phase, row)
        held = [n for n in dict.fromkeys(names_in(phase)) if isinstance(n, self.focus.tokens)]
        for lane, key in list(self._open):
            if lane == machine and isinstance(key, Name) and key not in held:
                self._close(machine, key, row)
        for token in held:
            if (machine, token) not in self._open:
                self._begin(machine, token, short(token), row, token=True)

    def _document(self, machine: str, origin: object, phase: object, row: int) -> None:
        name = next((n for n in names_in(phase) if isinstance(n, self.focus.documents)), None)
        before = self._shown.get(machine)
        if before is not None and (origin != before[0] or (before[1] is not None and name != before[1])):
            self._close(machine, None, row)
            del self._shown[machine]
        if origin is not None and machine not in self._shown:
            self._shown[machine] = (origin, name)
            self._begin(machine, None, short(origin if name is None else name), row, token=False)

    def _begin(self, lane: str, key: Name | None, label: str, row: int, *, token: bool) -> None:
        self._open[lane, key] = len(self.spans)
        self.spans.append(Span(lane, row, None, label, token=token))

    def _close(self, lane: str, key: Name | None, row: int) -> None:
        index = self._open.pop((lane, key))
        self.spans[index] = evolve(self.spans[index], last=row)


# -- the drawing -------------------------------------------------------------------------------------


@define(eq=False)
class Drawing:
    """A sequence in the making: the rows so far, and what is on its way on each channel."""

    protocol: Protocol
    focus: Focus
    shown: tuple[str, ...]
    rows: int = 0
    arrows: list[Arrow] = field(factory=list)
    remarks: list[Remark] = field(factory=list)
    lasting: Lasting = field(init=False)
    _flights: dict[str, list[Flight]] = field(factory=dict)
    _number: int | None = None
    _left: deque[Act] = field(factory=deque)

    def __attrs_post_init__(self) -> None:
        """Begin with what the machines show and hold in their initial phases."""
        self.lasting = Lasting(self.focus)
        for lane in self.shown:
            self.lasting.follow(self.protocol, lane, self.protocol.machine(lane).initial, 0)

    def step(self, number: int, acts: Listed[Act], changed: set[str]) -> int:
        """Draw a step's acts, each after what it was told; give the row in which the step begins."""
        start = self.rows
        self._number = number
        self._left = deque(acts)
        first = acts[0]
        flight = None if first.heard is None else self._taken(first.heard, first.machine, changed)
        if first.before is None:
            self._lose(first, flight)
        else:
            self._act(flight)
        return start

    def last_lane(self) -> str:
        """Name the lane on which something was done last."""
        return self.remarks[-1].lane if self.remarks else self.shown[0]

    def remark(self, lane: str, text: str, tone: Tone = Tone.PLAIN) -> int:
        """Put a text at a lane, in a row of its own; give the row."""
        self.remarks.append(Remark(lane, self.rows, text, tone))
        self.rows += 1
        return self.rows - 1

    def _act(self, flight: Flight | None) -> None:
        """Draw the next act, and all that is told and done in the same instant because of it."""
        act = self._left.popleft()
        transition = self._transition(act)
        if act.machine in self.shown:
            self._note(act, transition, flight)
        for life in transition.ends if transition is not None else ():
            for channel in life.channels:
                for gone in self._flights.pop(channel, []):
                    self._lost(gone, f"gone with {life.name}")
        for message in act.said:
            self._say(act, transition, message)
        while self._left and isinstance(self._left[0].heard, Overheard):
            if dropped(self._left[0]):
                self._left.popleft()
            else:
                self._act(None)

    def _note(self, act: Act, transition: Transition | None, flight: Flight | None) -> None:
        """Draw what a machine does: a remark, with what lasts from here on, and the arrow that ends here."""
        capability = transition.capability if transition is not None else None
        text = act_text(act, capability or act.machine, self._number)
        unseen = act.heard is not None and (flight is None or flight.arrow is None)
        if unseen and not dropped(act):
            text += f"\nhears {message_text(message_in(act.heard), self.focus.tokens)}"
        row = self.remark(act.machine, text, Tone.PLAIN if capability is None else Tone.ENVIRONMENT)
        self._number = None
        self.lasting.follow(self.protocol, act.machine, act.after, row)
        if flight is not None and dropped(act):
            self._lost(flight, self._why(act))
        elif flight is not None and flight.arrow is not None and self.arrows[flight.arrow].heard is None:
            self.arrows[flight.arrow] = evolve(self.arrows[flight.arrow], heard=row)

    def _say(self, act: Act, transition: Transition | None, message: object) -> None:
        """Send a message off; one that is heard at once is followed by the act of whoever hears it."""
        if transition is None:
            return
        heard_on = act.heard.channel if isinstance(act.heard, Sent) else None
        channel, receiver = self.protocol.route(transition, type(message), heard_on)
        if receiver == ASKER and isinstance(act.heard, Sent):
            receiver = act.heard.sender
        flight = Flight(message, act.machine, receiver, channel, None)
        if has_queue(channel):
            self._draw(flight)
            self._wait(flight)
        elif isinstance(channel, Instant) and self._left and dropped(self._left[0]):
            self._left.popleft()
        else:
            self._draw(flight)
            self._act(flight)

    def _draw(self, flight: Flight) -> None:
        """Draw a message's arrow, in a row of its own, if both its ends are drawn."""
        if flight.sender in self.shown and flight.receiver in self.shown:
            flight.arrow = len(self.arrows)
            heard = None if has_queue(flight.channel) else self.rows
            text = message_text(flight.message, self.focus.tokens)
            self.arrows.append(Arrow(flight.sender, flight.receiver, text, way_of(flight.channel), self.rows, heard))
            self.rows += 1

    def _wait(self, flight: Flight) -> None:
        """Have a message wait on its channel, where a signal like it may wait already."""
        waiting = self._flights.setdefault(flight.channel.name, [])
        if isinstance(flight.channel, Exchange) and flight.channel.coalesced and any(alike(w, flight) for w in waiting):
            self._lost(flight, MERGED)
        else:
            waiting.append(flight)

    def _taken(self, envelope: object, machine: str, changed: set[str]) -> Flight | None:
        """Take what a machine hears from the channel on which it waited."""
        found = [
            (name not in changed, number, flight)
            for number, (name, waiting) in enumerate(self._flights.items())
            for flight in (waiting[:1] if isinstance(envelope, Posted) else waiting)
            if is_in(flight, envelope, machine)
        ]
        if not found:
            return None
        flight = min(found, key=lambda f: f[:2])[2]
        self._flights[flight.channel.name].remove(flight)
        return flight

    def _lose(self, act: Act, flight: Flight | None) -> None:
        """Draw that a message is lost on its way, of which its caller will be told."""
        self._left.clear()
        if flight is None or not isinstance(flight.channel, Exchange):
            return
        lane = next((n for n in (flight.receiver, flight.sender) if n in self.shown), None)
        if lane is not None:
            self.remark(lane, f"{numbered(self._number)}{act.machine}: loses {type(flight.message).__name__}", Tone.ENVIRONMENT)
        self._lost(flight, f"lost in step {self._number}")
        self._wait(Flight(flight.channel.lost, act.machine, flight.channel.caller, flight.channel, None))

    def _lost(self, flight: Flight, why: str) -> None:
        """End a message's arrow before it arrives."""
        if flight.arrow is not None:
            self.arrows[flight.arrow] = evolve(self.arrows[flight.arrow], heard=None, lost=why)

    def _why(self, act: Act) -> str:
        """Say why a machine let a message fall on the floor."""
        return ELSEWHERE if misses_target(self.protocol.machine(act.machine), act.before, act.heard) else IGNORED

    def _transition(self, act: Act) -> Transition | None:
        """Find the transition that an act took; a message that is dropped takes none."""
        return next((t for t in self.protocol.transitions if (t.machine, t.name) == (act.machine, act.name)), None)


def is_in(flight: Flight, envelope: object, machine: str) -> bool:
    """Whether a message that was said is the one in an envelope that a machine hears."""
    if flight.message != message_in(envelope):
        return False
    if isinstance(envelope, Sent):
        return (flight.channel.name, flight.sender, flight.receiver) == (envelope.channel, envelope.sender, envelope.receiver)
    return flight.receiver == machine


def alike(one: Flight, other: Flight) -> bool:
    """Whether two messages on a channel are the same one to whoever hears them."""
    return (one.message, one.sender, one.receiver) == (other.message, other.sender, other.receiver)
