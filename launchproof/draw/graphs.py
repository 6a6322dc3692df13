"""State diagrams: a machine's phases and transitions, or all machines with the messages between them.

Everything comes from the declarations. A transition that keeps the phase stands inside its box, as in a
UML state machine; one that leaves more than a few phases for the same one leaves a group of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from attrs import evolve, frozen

from launchproof.declare.channels import ASKER
from launchproof.declare.machine import Machine, Transition
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Cluster, Edge, Graph, Node, Shape, Tone

FEW: Final = 3
"""A transition that leaves more phases than this for one other is drawn from a group."""

WIDTH: Final = 34
"""Lines of text are broken after about so many characters."""


INSIDE: Final = "▸ "
"""Begins the text of a transition that stands inside a phase's box."""

INDENT: Final = "   "


Move = tuple[str, type, type]
"""A transition by its name, the phase it left and the one it came to, in some run."""


@frozen
class Emphasis:
    """What stands out, by name; which phases a search has reached, and by which moves (None: not asked)."""

    names: frozenset[str] = frozenset()
    reached: frozenset[type] | None = None
    moves: frozenset[Move] | None = None


@frozen
class Arrow:
    """One way that a transition goes: from a phase to another, or staying in it."""

    transition: Transition
    tail: type
    head: type


def machine_graph(protocol: Protocol, machine: Machine, emphasis: Emphasis = Emphasis()) -> Graph:
    """Draw one machine: its phases, and every transition with what it hears, its guards, and what it says."""
    transitions = [t for t in protocol.active if t.machine == machine.name]
    arrows = [arrow for t in transitions for arrow in ways(t, emphasis.moves)]
    groups = grouped(arrows)
    inside = staying(arrows, groups)
    nodes = [phase_node(machine, phase, inside, emphasis) for phase in machine.phases]
    nodes += [group_node(phases) for phases in dict.fromkeys(group for group, _ in groups)]
    edges = [edge(phase_id(a.tail), phase_id(a.head), a.transition, emphasis) for a in single(arrows, groups)]
    edges += [edge(group_id(group), phase_id(head), t, emphasis) for (group, head), ts in groups.items() for t in ts]
    return Graph(machine.name, title(machine), tuple(nodes), tuple(edges), notes=legend(transitions))


def title(machine: Machine) -> str:
    """Name a machine, with what it is."""
    return f"{machine.name}: {machine.meaning}" if machine.meaning else machine.name


def ways(transition: Transition, moves: frozenset[Move] | None = None) -> Iterator[Arrow]:
    """Yield where a transition goes from each phase that it leaves.

    One whose annotations reach all that they leave may keep the phase or change it: a search tells by
    its `moves`; where none was made, it is taken to stay.
    """
    leaves, reaches = transition.signature.leaves, transition.signature.reaches
    if set(leaves) == set(reaches):
        met = moves or frozenset()
        for tail in leaves:
            heads = [head for head in reaches if (transition.name, tail, head) in met]
            yield from (Arrow(transition, tail, head) for head in heads or [tail])
        return
    yield from (Arrow(transition, tail, head) for tail in leaves for head in reaches)


Group = tuple[type, ...]
Groups = dict[tuple[Group, type], list[Transition]]
"""The transitions that leave a group of phases for one."""


def grouped(arrows: Sequence[Arrow]) -> Groups:
    """Collect the transitions that leave many phases for one, by those phases and that one."""
    found: Groups = {}
    for transition in dict.fromkeys(a.transition.name for a in arrows):
        mine = [a for a in arrows if a.transition.name == transition]
        for head in dict.fromkeys(a.head for a in mine):
            tails = tuple(a.tail for a in mine if a.head is head)
            if len(tails) > FEW:
                found.setdefault((tails, head), []).append(mine[0].transition)
    return found


def single(arrows: Sequence[Arrow], groups: Groups) -> list[Arrow]:
    """Give the arrows that are drawn each for itself: those between two phases that no group stands for."""
    drawn = {(t.name, head) for (_, head), ts in groups.items() for t in ts}
    return [a for a in arrows if a.tail is not a.head and (a.transition.name, a.head) not in drawn]


def staying(arrows: Sequence[Arrow], groups: Groups) -> list[Arrow]:
    """Give the arrows that stay in a phase and are not drawn from a group."""
    drawn = {(t.name, head) for (_, head), ts in groups.items() for t in ts}
    return [a for a in arrows if a.tail is a.head and (a.transition.name, a.head) not in drawn]


def phase_id(phase: type) -> str:
    """Name a phase's node."""
    return phase.__name__


def group_id(phases: Group) -> str:
    """Name a group's node."""
    return "any of " + " ".join(p.__name__ for p in phases)


def phase_node(machine: Machine, phase: type, inside: Sequence[Arrow], emphasis: Emphasis) -> Node:
    """Draw a phase, with the transitions that stay inside it."""
    shapes = [Shape.PHASE]
    if phase is type(machine.initial):
        shapes.append(Shape.INITIAL)
    if phase in machine.resting:
        shapes.append(Shape.RESTING)
    if emphasis.reached is not None and phase not in emphasis.reached:
        shapes.append(Shape.UNREACHABLE)
    stays = [a.transition for a in inside if a.tail is phase]
    lines = [f"{INSIDE if number == 0 else INDENT}{line}" for t in stays for number, line in enumerate(label(t))]
    out = phase.__name__ in emphasis.names or any(stands_out(t, emphasis) for t in stays)
    tone = Tone.BROKEN if out else Tone.PLAIN
    return Node(phase_id(phase), (phase.__name__, *lines), tuple(shapes), tone=tone)


def group_node(phases: Group) -> Node:
    """Draw a group of phases."""
    return Node(group_id(phases), ("any of", *wrapped([p.__name__ for p in phases])), (Shape.GROUP,), tone=Tone.FAINT)


def edge(tail: str, head: str, transition: Transition, emphasis: Emphasis) -> Edge:
    """Draw a transition."""
    return Edge(tail, head, label(transition), tone_of(transition, emphasis))


def tone_of(transition: Transition, emphasis: Emphasis) -> Tone:
    """Choose a transition's tone: what stands out, what the environment does, and the rest."""
    if stands_out(transition, emphasis):
        return Tone.BROKEN
    return Tone.PLAIN if transition.capability is None else Tone.ENVIRONMENT


def stands_out(transition: Transition, emphasis: Emphasis) -> bool:
    """Whether a transition, one of its guards, or a message that it hears or says stands out."""
    return not emphasis.names.isdisjoint((transition.name, *(g.name for g in transition.guards), *spoken(transition)))


def spoken(transition: Transition) -> list[str]:
    """Name the messages that a transition hears and says."""
    heard = transition.signature.heard
    return [m.__name__ for m in (*(heard.messages if heard is not None else ()), *transition.signature.says)]


def drawn_names(protocol: Protocol) -> list[str]:
    """Name all that can stand out: phases, transitions, guards and messages."""
    found = [phase.__name__ for machine in protocol.machines for phase in machine.phases]
    for transition in protocol.active:
        found += [transition.name, *(g.name for g in transition.guards), *spoken(transition)]
    return list(dict.fromkeys(found))


def label(transition: Transition) -> tuple[str, ...]:
    """Give a transition's text: its name, then *heard [guards] / said*."""
    heard = transition.signature.heard
    messages = [m.__name__ for m in heard.messages] if heard is not None else []
    head = [transition.name if transition.capability is None else f"{transition.name} ({transition.capability})"]
    lines = wrapped(messages, joint=" or ")
    guards = [g.name for g in transition.guards]
    if guards:
        lines += wrapped([f"[{guards[0]}", *guards[1:-1], f"{guards[-1]}]"] if len(guards) > 1 else [f"[{guards[0]}]"])
    said = [s.__name__ for s in transition.signature.says]
    if said:
        lines += [f"/ {line}" if number == 0 else line for number, line in enumerate(wrapped(said))]
    return (*head, *lines)


def wrapped(words: Collection[str], joint: str = ", ") -> list[str]:
    """Set words in lines of about the same width."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(joint) + len(word) <= WIDTH:
            lines[-1] += f"{joint}{word}"
        else:
            if lines:
                lines[-1] += joint.rstrip() if joint == ", " else joint
            lines.append(word)
    return [line.rstrip() for line in lines]


def legend(transitions: Sequence[Transition]) -> tuple[str, ...]:
    """Say how to read a machine's diagram."""
    told = ["an arrow: the transition, what it hears [its guards] / what it says"]
    if any(t.capability for t in transitions):
        told.append("blue and in brackets: what the environment does, and which capability it takes")
    return tuple(told)


# -- the whole lifecycle -------------------------------------------------------------------------------


def lifecycle_graph(protocol: Protocol, emphasis: Emphasis = Emphasis(), machines: Collection[str] = ()) -> Graph:
    """Draw machines as frames around their phases, and the messages between them.

    Arrows between phases have no text here: each machine's own diagram has it. `machines` limits the
    drawing to some of them.
    """
    shown = [m for m in protocol.machines if not machines or m.name in machines]
    nodes: list[Node] = []
    edges: list[Edge] = []
    for machine in shown:
        arrows = [arrow for t in protocol.active if t.machine == machine.name for arrow in ways(t, emphasis.moves)]
        groups = grouped(arrows)
        inside = staying(arrows, groups)
        plain = [titled(phase_node(machine, phase, inside, emphasis)) for phase in machine.phases]
        plain += [group_node(phases) for phases in dict.fromkeys(group for group, _ in groups)]
        nodes += [evolve(node, id=within(machine, node.id), cluster=machine.name) for node in plain]
        edges += phase_edges(machine, single(arrows, groups), groups, emphasis)
    edges += message_edges(protocol, [m.name for m in shown], emphasis)
    clusters = tuple(Cluster(m.name, title(m)) for m in shown)
    notes = ("a dashed arrow: messages from one machine to another", "blue: what only the environment does")
    return Graph("lifecycle", protocol.name, tuple(nodes), tuple(edges), clusters, notes)


def titled(node: Node) -> Node:
    """Take a phase's box without what stands inside; it stands out if that does."""
    return evolve(node, lines=node.lines[:1])


def within(machine: Machine, node: str) -> str:
    """Name a node among those of all machines."""
    return f"{machine.name} {node}"


def phase_edges(machine: Machine, arrows: Sequence[Arrow], groups: Groups, emphasis: Emphasis) -> Iterator[Edge]:
    """Yield one arrow, without text, for each pair of nodes that some transition leads between."""
    pairs: dict[tuple[str, str], list[Transition]] = {}
    for arrow in arrows:
        pairs.setdefault((phase_id(arrow.tail), phase_id(arrow.head)), []).append(arrow.transition)
    for (group, head), transitions in groups.items():
        pairs.setdefault((group_id(group), phase_id(head)), []).extend(transitions)
    for (one, other), transitions in pairs.items():
        tones = {tone_of(t, emphasis) for t in transitions}
        tone = next(t for t in (Tone.BROKEN, Tone.PLAIN, Tone.ENVIRONMENT) if t in tones)
        yield Edge(within(machine, one), within(machine, other), tone=tone)


def message_edges(protocol: Protocol, shown: Sequence[str], emphasis: Emphasis) -> Iterator[Edge]:
    """Yield an arrow for all that one machine says to another, from frame to frame."""
    between: dict[tuple[str, str], dict[str, bool]] = {}
    for transition in protocol.active:
        for message in transition.signature.says:
            for receiver in receivers(protocol, transition, message):
                if receiver != transition.machine and {receiver, transition.machine} <= set(shown):
                    told = between.setdefault((transition.machine, receiver), {})
                    told[message.__name__] = told.get(message.__name__, True) and transition.capability is not None
    for (sender, receiver), messages in between.items():
        tone = Tone.ENVIRONMENT if all(messages.values()) else Tone.PLAIN
        tone = Tone.BROKEN if emphasis.names.intersection(messages) else tone
        yield Edge(sender, receiver, tuple(wrapped(list(messages))), tone, dashed=True)


def receivers(protocol: Protocol, transition: Transition, message: type) -> list[str]:
    """Name the machines that may hear what a transition says; an answer goes to whoever may have asked."""
    heard = transition.signature.heard
    found: dict[str, None] = {}
    asked_on: list[str | None] = [c.name for c in protocol.channels if heard and set(c.carries) & set(heard.messages)]
    for channel_name in asked_on or [None]:
        channel, receiver = protocol.route(transition, message, channel_name)
        if receiver != ASKER:
            found[receiver] = None
        elif hasattr(channel, "caller"):
            found[channel.caller] = None
        else:
            found.update(dict.fromkeys(getattr(channel, "senders", ())))
    return list(found)
