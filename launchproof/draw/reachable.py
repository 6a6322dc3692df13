"""The graph of reachable states, merged until it can be read: by the phases of some machines, or by a property.

All of it is read off a search: whatever is drawn happens in some run, and whatever is not happens in none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from launchproof.declare.channels import Posted, Sent
from launchproof.declare.properties import Place, Property, accepts
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Cluster, Edge, Graph, Node, Shape, Tone
from launchproof.errors import DrawError
from launchproof.report.values import phase
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.judges import Judge, StateJudges, within
from launchproof.semantics.steps import Bundle, Semantics, State, Step

if TYPE_CHECKING:
    import networkx as nx

PHASES: Final = "phases"
STATES: Final = "states"

JOINT: Final = " · "
"""Stands between the names of what a box or an arrow stands for."""


Key = tuple[Hashable, ...]
GROUPS: Final = {True: "holds", False: "is broken", None: "is silent"}
WITNESS: Final = {True: "is witnessed", False: "is not", None: "is silent"}
"""What a property says of a state; one that asks for a witness is not broken where there is none."""


def explored(protocol: Protocol, limits: Limits | None = None) -> Search:
    """Search all reachable states, judging nothing."""
    made = Search(Semantics(protocol), (), limits or Limits())
    made.run()
    return made


def began(step: Step) -> str:
    """Name a step by the transition that began it."""
    return step.micros[0].name


def graph_of(
    search: Search,
    key: Callable[[State], Hashable],
    name: Callable[[Step], str | None] = began,
) -> nx.MultiDiGraph[Hashable]:
    """Merge the states of a search that have the same key, and the steps between them that have the same name.

    Nodes are keys, in the order in which the search met them, and tell how many `states` they stand for;
    an edge's key is the name, and it tells how many `steps` it stands for, and whether they are a machine's
    `own`. Steps within a node are there, too. Steps without a name are left out.
    """
    import networkx as nx

    made: nx.MultiDiGraph[Hashable] = nx.MultiDiGraph()
    known: dict[Hashable, Hashable] = {}
    keys = [known.setdefault(k, k) for k in map(key, search.states)]
    for merged, states in Counter(keys).items():
        made.add_node(merged, states=states)
    for (tail, head, named), (steps, own) in merged_steps(search, keys, name).items():
        made.add_edge(tail, head, key=named, steps=steps, own=own)
    return made


def merged_steps(
    search: Search,
    keys: Sequence[Hashable],
    name: Callable[[Step], str | None],
) -> dict[tuple[Hashable, Hashable, str], tuple[int, bool]]:
    """Count the steps between keys by their names, and tell whether they are a machine's own."""
    met: dict[int, Step] = {}
    found: dict[tuple[Hashable, Hashable, str], tuple[int, bool]] = {}
    for (here, there, index), times in counted_steps(search, keys, met).items():
        label = name(met[index])
        if label is not None:
            steps, own = found.get((here, there, label), (0, True))
            found[here, there, label] = steps + times, own and met[index].own
    return found


def counted_steps(search: Search, keys: Sequence[Hashable], met: dict[int, Step]) -> dict[tuple[Hashable, Hashable, int], int]:
    """Count how often each step leads from a key to a key; put the steps into `met` by their numbers."""
    counts: dict[tuple[Hashable, Hashable, int], int] = {}
    idle: dict[tuple[Hashable, int], int] = {}
    bundles: dict[int, Bundle] = {}
    for here, state in zip(keys, search.states, strict=True):
        moved, idling = search.semantics.expand(state)
        for reached, step in moved:
            met[step.index] = step
            position = search.index.get(reached)
            if position is not None:
                place = (here, keys[position], step.index)
                counts[place] = counts.get(place, 0) + 1
        for bundle in idling:
            bundles[bundle.index] = bundle
            idle[here, bundle.index] = idle.get((here, bundle.index), 0) + 1
    for (here, number), times in idle.items():
        for step in bundles[number].idle:
            met[step.index] = step
            counts[here, here, step.index] = counts.get((here, here, step.index), 0) + times
    return counts


# -- keys ----------------------------------------------------------------------------------------------


@frozen(eq=False)
class Merging:
    """How states are merged: by what is kept of them, in which form, and what a property says of them."""

    search: Search
    kept: tuple[int, ...]
    by: str
    judge: Callable[[State], bool | None] | None = None
    groups: Mapping[bool | None, str] = GROUPS

    def key(self, state: State) -> Key:
        """Give what stands for a state; it begins with what the property says, where there is one."""
        answer = () if self.judge is None else (self.judge(state),)
        parts = (state[slot] if self.by == STATES else self.short(slot, state[slot]) for slot in self.kept)
        return (*answer, *parts)

    def short(self, slot: int, value: int) -> str:
        """Give a machine's phase, or the messages in flight on a channel, by the names of their classes."""
        held = self.search.semantics.interner.values[value]
        if slot < self.search.semantics.machines:
            return type(held).__name__
        items = held if isinstance(held, tuple) else ()
        return ", ".join(type(i.message).__name__ for i in items if isinstance(i, Posted | Sent)) or "nothing"

    def answer(self, key: Key) -> bool | None:
        """Give what the property says of the states with a key."""
        found = key[0]
        return found if isinstance(found, bool) else None

    def texts(self, key: Key) -> list[str]:
        """Spell a key out, slot by slot."""
        values = self.search.semantics.interner.values
        parts = key if self.judge is None else key[1:]
        return [phase(values[p]) if isinstance(p, int) else str(p) for p in parts]

    def id(self, key: Key, number: int) -> str:
        """Name the node of a key: by its phases, or by the number of the state."""
        group = [] if self.judge is None else [self.groups[self.answer(key)]]
        return f"state {number + 1}" if self.by == STATES else JOINT.join([*group, *self.texts(key)]) or "all"


def judging(search: Search, prop: Property) -> Callable[[State], bool | None]:
    """Give what says what a property says of a state."""
    semantics = search.semantics
    if prop.kind in ("always", "sometimes"):
        judges = StateJudges(semantics, [prop])
        return lambda state: judges.verdict(judges.judges[0], state)
    if prop.kind == "wherever":
        judge = Judge(prop, ())
        return lambda state: said_of_values(semantics, judge, state)
    raise DrawError(
        f"property {prop.name} speaks of steps or runs, not of states; name one that is always, sometimes or wherever"
    )


def said_of_values(semantics: Semantics, judge: Judge, state: State) -> bool | None:
    """Say what a property of values says of all those that a state holds."""
    answers = [
        judge.of_values((found, Place(slot, holder)))
        for slot, value in semantics.values(state).items()
        for found, holder in within(value)
        if accepts(judge.property.reads[0].types, found)
    ]
    spoken = [a for a in answers if a is not None]
    return all(spoken) if spoken else None


def merging(search: Search, machines: Collection[str], by: str | Property) -> Merging:
    """Say how states are merged; without `machines`, by those that the property reads, or by all."""
    slots = search.semantics.slots
    for name in machines:
        if name not in slots:
            raise DrawError(f"there is no machine or channel {name!r}; use one of {', '.join(slots)}")
    if isinstance(by, str):
        if by not in (PHASES, STATES):
            raise DrawError(f"states cannot be merged by {by!r}; use {PHASES}, {STATES} or a property")
        wanted = machines or slots[: search.semantics.machines]
        return Merging(search, tuple(i for i, s in enumerate(slots) if s in wanted), by)
    wanted = machines or [r.name for r in by.reads if by.kind != "wherever"]
    kept = tuple(i for i, s in enumerate(slots) if s in wanted)
    return Merging(search, kept, PHASES, judging(search, by), WITNESS if by.kind == "sometimes" else GROUPS)


# -- the picture -----------------------------------------------------------------------------------------


def quotient(  # noqa: PLR0913 - what is drawn, and what is left out
    search: Search,
    machines: Collection[str] = (),
    *,
    by: str | Property = PHASES,
    only_own: bool = False,
    transitions: Collection[str] = (),
    loops: bool = False,
) -> Graph:
    """Draw the reachable states, merged by the phases of some machines (and what is in flight on some channels).

    `by` takes a property to part those where it holds, is silent and is broken, or `STATES` to tell states
    apart by all that the machines hold. `only_own` leaves out what the environment does, `transitions` all
    steps but those that one of them takes part in; boxes without an arrow then go, too. `loops` draws the
    steps within a box. The graph is as large as it comes: what cannot be read is refused when it is written.
    """
    how = merging(search, machines, by)
    merged = graph_of(search, how.key, naming(search, only_own=only_own, transitions=transitions))
    keys = numbered(merged)
    ids: dict[Hashable, str] = {key: how.id(key, number) for key, number in keys.items()}
    edges = list(arrows(search, merged, ids, loops=loops))
    nodes = [box(search, how, key, number, merged.nodes[key]["states"]) for key, number in keys.items()]
    filtered = only_own or bool(transitions)
    touched = {end for e in edges for end in (e.tail, e.head)} | {how.id(how.key(search.states[0]), 0)}
    shown = [n for n in nodes if not filtered or n.id in touched]
    groups = {n.cluster: None for n in shown if n.cluster}
    title = f"{search.semantics.protocol.name}: reachable states by " + told_by(how, by)
    notes = told_about(search, len(nodes) - len(shown), by, loops=loops)
    clusters = tuple(Cluster(g, f"{by.name} {g}") for g in groups if isinstance(by, Property))
    return Graph("reachable", title, tuple(shown), tuple(edges), clusters, tuple(notes), ways=tuple(ways_out(how.by)))


def naming(search: Search, *, only_own: bool, transitions: Collection[str]) -> Callable[[Step], str | None]:
    """Give what names the steps that are drawn: by the transition that began it, and those asked for that take part."""
    known = {t.name for t in search.semantics.protocol.transitions} | {p.name for p in search.semantics.planner.made}
    for name in transitions:
        if name not in known:
            raise DrawError(f"there is no transition {name!r}; check the spelling with `launchproof show`")

    def named(step: Step) -> str | None:
        if only_own and not step.own:
            return None
        first, *others = (plan.name for plan in step.micros)
        asked = [n for n in others if n in transitions]
        return JOINT.join(dict.fromkeys([first, *asked])) if not transitions or first in transitions or asked else None

    return named


def numbered(merged: nx.MultiDiGraph[Hashable]) -> dict[Key, int]:
    """Give the keys of a graph their numbers, in its order."""
    return {key: number for number, key in enumerate(merged.nodes) if isinstance(key, tuple)}


def box(search: Search, how: Merging, key: Key, number: int, states: int) -> Node:
    """Draw all states with the same key as one box."""
    slots = [search.semantics.slots[slot] for slot in how.kept]
    texts = how.texts(key)
    lines = texts if len(texts) == 1 else [f"{slot}: {text}" for slot, text in zip(slots, texts, strict=True)]
    size = f"{states:,} {'state' if states == 1 else 'states'}"
    shapes = (Shape.STATE, Shape.INITIAL) if number == 0 else (Shape.STATE,)
    group = "" if how.judge is None else how.groups[how.answer(key)]
    tones = {GROUPS[False]: Tone.BROKEN, GROUPS[None]: Tone.FAINT}
    alone = [group] if group and not how.kept else []
    return Node(how.id(key, number), (*alone, *lines, size), shapes, "" if alone else group, tones.get(group, Tone.PLAIN))


def arrows(search: Search, merged: nx.MultiDiGraph[Hashable], ids: Mapping[Hashable, str], *, loops: bool) -> Iterator[Edge]:
    """Yield an arrow for what machines do between two boxes, and one for what the environment does."""
    names = [t.name for t in search.semantics.protocol.transitions]
    place = {name: number for number, name in enumerate(names)}
    between: dict[tuple[str, str, bool], list[str]] = {}
    for tail, head, name, data in merged.edges(keys=True, data=True):
        if loops or tail != head:
            between.setdefault((ids[tail], ids[head], data["own"]), []).append(str(name))
    order = {name: number for number, name in enumerate(ids.values())}
    for tail, head, own in sorted(between, key=lambda e: (order[e[0]], order[e[1]], not e[2])):
        lines = sorted(between[tail, head, own], key=lambda n: (place.get(n.split(JOINT)[0], len(place)), n))
        yield Edge(tail, head, tuple(lines), Tone.PLAIN if own else Tone.ENVIRONMENT)


def ways_out(by: str) -> Iterator[str]:
    """Yield what makes a graph smaller, as options of the command line."""
    yield "name fewer machines (--machine NAME)"
    yield "keep the steps of some transitions (--transition NAME)"
    yield "leave out what the environment does (--own)"
    if by == STATES:
        yield "merge states by their phases (--by phases)"
    yield "write it for another program (--format graphml or json)"


def told_by(how: Merging, by: str | Property) -> str:
    """Say by what states are merged."""
    slots = ", ".join(how.search.semantics.slots[slot] for slot in how.kept)
    if isinstance(by, Property):
        return f"what {by.name} says" + (f", and the phases of {slots}" if slots else "")
    return f"the {by} of {slots}"


def told_about(search: Search, gone: int, by: str | Property, *, loops: bool) -> Iterator[str]:
    """Say how to read the graph, and what is not in it."""
    yield "A box: the states that are alike in this; an arrow: the transitions that begin a step from some of them to others."
    yield "Blue: what the environment does."
    if not loops:
        yield "Steps within a box are not drawn."
    if gone:
        yield f"Left out: {gone:,} {'box' if gone == 1 else 'boxes'} without such steps."
    if search.stopped:
        yield f"Not all is there: the search was stopped ({search.stopped})."
    enabled = search.semantics.protocol.enabled
    on = [c for c in by.under if c in enabled] if isinstance(by, Property) else []
    if on and isinstance(by, Property):
        yield f"{by.name} is claimed without {', '.join(on)}; here {'it is' if len(on) == 1 else 'they are'} switched on."
