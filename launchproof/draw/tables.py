"""Tables of a protocol: which message is legal when, its guards, its statements, and what is proved without what.

Everything comes from the declarations, and keeps their order.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from launchproof.declare.channels import ASKER, Channel, Exchange, Instant, Post, Sent
from launchproof.declare.environment import Assumption, Capability
from launchproof.declare.machine import Guard, Machine, Transition
from launchproof.declare.project import Statement
from launchproof.declare.properties import Future, Property
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Cell, Table, Tone
from launchproof.search.verdicts import Verdict
from launchproof.verify.matrix import Matrix

NONE: Final = "—"
"""Stands in a cell in which there is nothing."""

OF_ITSELF: Final = "of itself"

VERDICT_TONES: Final = {
    Verdict.PROVED: Tone.PLAIN,
    Verdict.REFUTED: Tone.BROKEN,
    Verdict.VACUOUS: Tone.FAINT,
    Verdict.UNDECIDED: Tone.FAINT,
}

Line = tuple[str, Tone]


def cell(*lines: str | Line) -> Cell:
    """Make a cell of lines, each with a tone or plain; without lines it holds a faint dash."""
    told = [(line, Tone.PLAIN) if isinstance(line, str) else line for line in lines] or [(NONE, Tone.FAINT)]
    tones = tuple(tone for _, tone in told)
    texts = tuple(text for text, _ in told)
    return Cell(texts, tones[0]) if len(set(tones)) == 1 else Cell(texts, tones=tones)


def names(kinds: Iterable[type]) -> tuple[str, ...]:
    """Name classes."""
    return tuple(k.__name__ for k in kinds)


# -- which message is legal when -----------------------------------------------------------------------


def phase_by_message(protocol: Protocol, machine: Machine) -> Table:
    """Tell for each phase what is done about each message, and what is done of itself."""
    mine = [t for t in protocol.active if t.machine == machine.name]
    messages = heard_by(mine)
    rows = [
        (cell(phase.__name__), *(handled(mine, phase, message) for message in messages), unprompted(mine, phase))
        for phase in machine.phases
    ]
    return Table(
        f"{machine.name}-messages",
        f"{machine.name}: what it does about each message in each phase",
        ("phase", *names(messages), OF_ITSELF),
        tuple(rows),
        (*legend(mine), *unheard(protocol, machine, messages), *setting(protocol, machine)),
    )


def heard_by(transitions: Sequence[Transition]) -> list[type]:
    """List the messages that transitions hear, in the order of the transitions."""
    return list(dict.fromkeys(m for t in transitions if t.signature.heard for m in t.signature.heard.messages))


def handled(transitions: Sequence[Transition], phase: type, message: type) -> Cell:
    """Give the transitions that hear a message in a phase."""
    found = (t for t in transitions if leaves(t, phase) and t.signature.heard)
    return cell(*(line(t) for t in found if t.signature.heard and issubclass(message, t.signature.heard.messages)))


def unprompted(transitions: Sequence[Transition], phase: type) -> Cell:
    """Give the transitions that leave a phase without having heard anything."""
    return cell(*(line(t) for t in transitions if leaves(t, phase) and t.signature.heard is None))


def leaves(transition: Transition, phase: type) -> bool:
    """Whether a transition may fire in a phase."""
    return issubclass(phase, transition.signature.leaves)


def line(transition: Transition) -> Line:
    """Give a transition with its guards, and who does it where it is not the machine."""
    text = transition.name + (f" {bracketed(transition.guards)}" if transition.guards else "")
    if transition.otherwise is not None:
        text += f", where {transition.otherwise} cannot"
    if ignores(transition):
        text += " (ignored)"
    if transition.capability is not None:
        return f"{text} ({transition.capability})", Tone.ENVIRONMENT
    return text, Tone.FAINT if ignores(transition) else Tone.PLAIN


def bracketed(guards: Iterable[Guard]) -> str:
    """Name guards in brackets."""
    return f"[{', '.join(g.name for g in guards)}]"


def ignores(transition: Transition) -> bool:
    """Whether a transition does nothing about what it hears: it says and ends nothing, and the phase stays as it is."""
    signature = transition.signature
    return signature.heard is not None and not signature.says and not transition.ends and gives_back(transition.function)


@cache
def gives_back(function: Callable[..., Any]) -> bool:
    """Whether all that a function does is to return ``To(phase)`` with the very phase that it was given.

    This is read off its source; a function without one is taken to change something.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    made = tree.body[0]
    if not isinstance(made, ast.FunctionDef) or not made.args.args:
        return False
    *before, last = made.body
    documented = all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in before)
    return documented and isinstance(last, ast.Return) and ast.unparse(last) == f"return To({made.args.args[0].arg})"


def legend(transitions: Sequence[Transition]) -> Iterator[str]:
    """Say how to read the cells."""
    yield f"A cell says what is done about a message, with [its guards]; where it says {NONE}, or no guards hold, it is dropped."
    if any(ignores(t) for t in transitions):
        yield "(ignored): heard, and left at that on purpose."
    if any(t.capability for t in transitions):
        yield "(a capability) in brackets: done by the environment."


def unheard(protocol: Protocol, machine: Machine, heard: Sequence[type]) -> Iterator[str]:
    """Say which messages never arrive, and which arrive in vain."""
    come = arriving(protocol, machine)
    everything = dict.fromkeys(m for c in protocol.channels for m in c.carries)
    vain = [m for m in come if m not in heard]
    silent = [m for m in heard if m not in come]
    never = [m for m in everything if m not in come and m not in heard]
    if vain:
        yield f"Can arrive, and is dropped in every phase: {', '.join(names(vain))}."
    if silent:
        yield f"Would be heard, and can never arrive, as nobody says it: {', '.join(names(silent))}."
    if never:
        yield f"Can never arrive here: {', '.join(names(never))}."


def arriving(protocol: Protocol, machine: Machine) -> list[type]:
    """List the messages that some transition can say to a machine, or that tell it of a loss."""
    said = {m for t in protocol.active for m in t.signature.says if machine.name in destinations(protocol, t, m)}
    exchanges = [c for c in protocol.channels if isinstance(c, Exchange) and c.caller == machine.name]
    lost = {type(c.lost) for c in exchanges if c.lost is not None and c.unreliable in protocol.enabled}
    return [m for m in dict.fromkeys(m for c in protocol.channels for m in c.carries) if m in said | lost]


def destinations(protocol: Protocol, transition: Transition, message: type) -> set[str]:
    """Name the machines that may hear what a transition says."""
    heard = transition.signature.heard
    asked = heard.messages if heard is not None and heard.envelope is Sent else ()
    came_on = (c.name for c in protocol.channels if any(brings(c, m, transition.machine) for m in asked))
    found: set[str] = set()
    for name in (*came_on,) or (None,):
        channel, receiver = protocol.route(transition, message, name)
        found |= askers(channel) if receiver == ASKER else {receiver}
    return found


def brings(channel: Channel, message: type, machine: str) -> bool:
    """Whether a channel of requests and answers can bring a message to a machine."""
    if isinstance(channel, Post) or message not in channel.routes:
        return False
    receiver = channel.routes[message]
    return receiver == machine or (receiver == ASKER and machine in askers(channel))


def askers(channel: Channel) -> set[str]:
    """Name the machines that can be answered on a channel."""
    if isinstance(channel, Instant):
        return set(channel.senders)
    return {channel.caller} if isinstance(channel, Exchange) else set()


def setting(protocol: Protocol, machine: Machine) -> Iterator[str]:
    """Say what is assumed and switched off where this machine depends on it, and which phases that cuts off."""
    mine = [t for t in protocol.transitions if t.machine == machine.name]
    asked = {c.assumption for t in mine for c in (t.given, *(g.given for g in t.guards)) if c is not None}
    assumed = [str(c) for c in protocol.assumed if c.assumption in asked]
    reached = {type(machine.initial), *(p for t in protocol.active if t.machine == machine.name for p in t.signature.reaches)}
    cut_off = [p for p in machine.phases if p not in reached]
    needed = {t.capability for t in mine}
    off = [c.name for c in protocol.capabilities if c.name in needed and c.name not in protocol.enabled]
    if assumed:
        yield f"Assumed: {', '.join(assumed)}."
    if off:
        yield f"Switched off: {', '.join(off)}."
    if cut_off:
        yield f"As it is set, nothing leads to: {', '.join(names(cut_off))}."


# -- transitions and guards ----------------------------------------------------------------------------


def transitions_table(protocol: Protocol, machine: Machine) -> Table:
    """Tell of each transition of a machine; what cannot fire as the protocol is set is faint."""
    mine = [t for t in protocol.transitions if t.machine == machine.name]
    rows = [
        (
            cell((t.name, Tone.PLAIN if fires(protocol, t) else Tone.FAINT)),
            cell(*names(t.signature.leaves)),
            cell(*conditions(t)),
            cell(*names(t.signature.reaches)),
            cell(*names(t.signature.says), *(f"(ends {life.name})" for life in t.ends)),
            cell(t.meaning),
        )
        for t in mine
    ]
    off = [t.name for t in mine if not fires(protocol, t)]
    return Table(
        f"{machine.name}-transitions",
        f"{machine.name}: its transitions",
        ("transition", "from", "hears [guards]", "to", "says", "meaning"),
        tuple(rows),
        (*([f"As the protocol is set, these cannot fire: {', '.join(off)}."] if off else []), *setting(protocol, machine)),
    )


def conditions(transition: Transition) -> Iterator[str | Line]:
    """Yield what it takes for a transition to fire, beside the phase."""
    heard = transition.signature.heard
    if heard is not None:
        yield " or ".join(names(heard.messages))
    elif transition.capability is None:
        yield OF_ITSELF
    if transition.capability is not None:
        yield f"({transition.capability})", Tone.ENVIRONMENT
    if transition.guards:
        yield bracketed(transition.guards)
    picks = [p.types[0] for p in transition.signature.parameters if p.kind == "pick"]
    if picks:
        yield f"for any {', '.join(names(picks))}"
    if transition.otherwise is not None:
        yield f"where {transition.otherwise} cannot"
    if transition.given is not None:
        yield f"only assuming {transition.given}"


def guards_table(protocol: Protocol) -> Table:
    """Tell of each guard: what it checks, at which transitions, and which statements ask for it."""
    every = dict.fromkeys(g.name for t in protocol.transitions for g in t.guards)
    rows = []
    for name in every:
        standing = protocol.guards_named(name)
        rows.append(
            (
                cell(name),
                cell(*dict.fromkeys(g.meaning for _, g in standing)),
                cell(*(stands(protocol, t, g) for t, g in standing)),
                cell(*dict.fromkeys(c for _, g in standing for c in g.cites)),
            )
        )
    return Table("guards", "Guards", ("guard", "checks", "at", "asked for by"), tuple(rows))


def stands(protocol: Protocol, transition: Transition, guard: Guard) -> Line:
    """Say where a guard stands; where it does not count as the protocol is set, faintly."""
    counts = fires(protocol, transition) and (guard.given is None or guard.given.holds(protocol.assumed))
    given = "" if guard.given is None else f" (only assuming {guard.given})"
    return f"{transition.name}{given}", Tone.PLAIN if counts else Tone.FAINT


def fires(protocol: Protocol, transition: Transition) -> bool:
    """Whether what is assumed and switched on lets a transition fire."""
    return any(t.name == transition.name for t in protocol.active)


# -- statements ----------------------------------------------------------------------------------------


def statements_by_citation(statements: Sequence[Statement], protocol: Protocol, properties: Sequence[Property]) -> Table:
    """Tell of each statement what it says, and what cites it; one that nothing cites stands out."""
    rows = []
    for statement in statements:
        citing = citations(statement.id, protocol, properties)
        tone = Tone.PLAIN if any(citing) else Tone.BROKEN
        rows.append((cell((statement.id, tone)), cell(statement.says), *(cell(*found) for found in citing)))
    known = {s.id for s in statements}
    vain = [s.id for s in statements if not any(citations(s.id, protocol, properties))]
    strange = [i for i in all_cited(protocol, properties) if i not in known]
    notes = [f"Cited by nothing: {', '.join(vain)}."] if vain else []
    notes += [f"Cited, but no statement: {', '.join(strange)}."] if strange else []
    columns = ("statement", "says", "transitions, channels", "guards", "properties")
    return Table("statements", "Statements, and what cites them", columns, tuple(rows), tuple(notes))


def citations(statement: str, protocol: Protocol, properties: Sequence[Property]) -> tuple[list[str], list[str], list[str]]:
    """Name the transitions (and channels), the guards, and the properties that cite a statement."""
    transitions = [t.name for t in protocol.transitions if statement in t.cites]
    channels = [f"channel {c.name}" for c in protocol.channels if isinstance(c, Exchange) and statement in c.cites]
    guards = dict.fromkeys(g.name for t in protocol.transitions for g in t.guards if statement in g.cites)
    return [*transitions, *channels], list(guards), [p.name for p in properties if statement in p.cites]


def all_cited(protocol: Protocol, properties: Sequence[Property]) -> Collection[str]:
    """List what is cited anywhere, each once."""
    cited = [t.cites for t in protocol.transitions]
    cited += [g.cites for t in protocol.transitions for g in t.guards]
    cited += [c.cites for c in protocol.channels if isinstance(c, Exchange)]
    cited += [p.cites for p in properties]
    return dict.fromkeys(i for ids in cited for i in ids)


# -- capabilities, assumptions, verdicts -----------------------------------------------------------------


def capabilities_table(protocol: Protocol) -> Table:
    """Tell of each capability what it may do, by which transitions and losses, and whether it is on."""
    rows = tuple(capability_row(protocol, c) for c in protocol.capabilities)
    return Table("capabilities", "What the environment may do", ("capability", "may do", "transitions", "switched"), rows)


def capability_row(protocol: Protocol, capability: Capability) -> tuple[Cell, ...]:
    """Tell of one capability."""
    lossy = [c for c in protocol.channels if isinstance(c, Exchange) and c.unreliable == capability.name]
    return (
        cell((capability.name, Tone.ENVIRONMENT)),
        cell(capability.meaning),
        cell(
            *(f"{t.name} ({t.machine})" for t in protocol.transitions if t.capability == capability.name),
            *(f"loses what is on {c.name}" for c in lossy),
        ),
        cell("on" if capability.name in protocol.enabled else ("off", Tone.FAINT)),
    )


def assumptions_table(protocol: Protocol) -> Table:
    """Tell of each open question its answers, which one is assumed, and what depends on it."""
    rows = tuple(assumption_row(protocol, a) for a in protocol.assumptions)
    columns = ("assumption", "question", "answers", "given under it", "consequence")
    return Table("assumptions", "What is left open, and assumed", columns, rows)


def assumption_row(protocol: Protocol, assumption: Assumption) -> tuple[Cell, ...]:
    """Tell of one open question."""
    given = [(t.name, t.given) for t in protocol.transitions]
    given += [(f"{g.name} at {t.name}", g.given) for t in protocol.transitions for g in t.guards]
    return (
        cell(assumption.name),
        cell(assumption.question),
        cell(*(answer(protocol, assumption, value) for value in assumption.choices)),
        cell(*(f"{what} ({' or '.join(c.values)})" for what, c in given if c is not None and c.assumption == assumption.name)),
        cell(*([assumption.consequence] if assumption.consequence else [])),
    )


def answer(protocol: Protocol, assumption: Assumption, value: str) -> str:
    """Give an answer, and whether it is the default or the one assumed."""
    marks = ["assumed"] if assumption(value) in protocol.assumed else []
    marks += ["default"] if value == assumption.default else []
    return f"{value} ({', '.join(marks)})" if marks else value


def property_by_capability(matrix: Matrix) -> Table:
    """Tell of each property its verdict with everything on, and without each capability."""
    rows = [(cell(p.name), *(cell((v.value, VERDICT_TONES[v])) for v in matrix.row(p))) for p in matrix.properties]
    sizes = [f"{matrix.states[c]:,}" if c in matrix.states else NONE for c in matrix.columns]
    rows.append((cell(("states", Tone.FAINT)), *(cell((size, Tone.FAINT)) for size in sizes)))
    under = [p for p in matrix.properties if p.under]
    notes = [f"{p.name} is claimed without {', '.join(p.under)}, in every column: {p.because}" for p in under]
    notes += [f"Undecided where the search was stopped: {matrix.stopped}."] if matrix.stopped else []
    return Table("properties", "What is proved without what", ("property", *matrix.columns), tuple(rows), tuple(notes))


# -- progress ------------------------------------------------------------------------------------------


def progress_table(properties: Sequence[Property]) -> Table:
    """Tell of each claim about the rest of a run what it leads to, and what it takes to end some day."""
    rows = tuple(progress_row(prop, prop.future) for prop in properties if prop.future is not None)
    return Table(
        "progress", "What comes about in every fair run", ("claim", "leads to one of", "unless this goes on for ever"), rows
    )


def progress_row(prop: Property, future: Future) -> tuple[Cell, ...]:
    """Tell of one claim."""
    goals = [goal.meaning for goal in future.goals] or ["it stays so from some point on"]
    quiet = [f"{', '.join(future.quiet)}: {prop.because}"] if future.quiet else []
    return (cell(f"{prop.name}: {prop.meaning}"), cell(*goals), cell(*quiet))
