"""A second search, naive on purpose: the rules written again, with nothing that makes them fast.

A state is a dict from slots to plain values. Nothing is interned, planned, cached by footprint or
numbered by where it stands: fresh names come from a counter that never ends, and two states are one
if some permutation of the names of each sort makes them read the same. What the declaring part says
(signatures, guards, channels) is taken from it; what follows from that is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, count, permutations, product
from math import factorial, prod
from typing import Any, get_origin

import attrs
from attrs import define, field, frozen

from launchproof import ASKER, Exchange, Instant, Machine, Name, Post, Posted, Property, Protocol, Sent, To, Transition
from launchproof.declare.channels import Overheard
from launchproof.declare.names import ALONE, KIND, MEMORY, REGISTRY

State = dict[str, Any]


class TooLargeError(Exception):
    """The protocol is too large to be searched naively."""


@frozen(eq=False)
class Micro:
    """What one machine did within a step; `dropped` and `silent` tell why it did nothing with what it heard."""

    actor: str
    name: str
    machine: str | None
    before: Any
    heard: Any
    after: Any
    said: tuple[Any, ...]
    own: bool
    dropped: bool = False
    silent: bool = False


Step = tuple[tuple[Micro, ...], State]


# --- values -----------------------------------------------------------------------------------


def members(value: Any) -> list[tuple[Any, str | None, Any]]:
    """List the parts of a value with the kind of field (registry, memory, or neither) they are in."""
    if isinstance(value, Name):
        return []
    if isinstance(value, tuple | frozenset):
        return [(item, None, None) for item in value]
    if attrs.has(type(value)):
        return [(getattr(value, a.name), a.metadata.get(KIND), a.metadata.get(ALONE)) for a in attrs.fields(type(value))]
    return []


def held(value: Any) -> set[Name]:
    """Collect the names that a value holds itself."""
    if isinstance(value, Name):
        return {value} if value.number >= 0 else set()
    return {n for part, kind, _ in members(value) if kind is None for n in held(part)}


def every_name(value: Any) -> set[Name]:
    """Collect the names anywhere in a value."""
    if isinstance(value, Name):
        return held(value)
    return {n for part, _, _ in members(value) for n in every_name(part)}


def collections(value: Any, wanted: str) -> Iterator[tuple[Any, Callable[[Any], bool] | None]]:
    """Yield the items of all registries (or memories) of a value."""
    for part, kind, alone in members(value):
        if kind == wanted:
            yield from ((item, alone) for item in part)
        elif kind is None:
            yield from collections(part, wanted)


def spelled(value: Any, numbers: dict[Name, int]) -> str:
    """Write a value down with other numbers for its names."""
    if isinstance(value, Name):
        return f"{type(value).__name__}#{numbers.get(value, value.number)}"
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(spelled(v, numbers) for v in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(spelled(v, numbers) for v in value) + ")"
    if attrs.has(type(value)):
        return type(value).__name__ + "(" + ",".join(spelled(part, numbers) for part, _, _ in members(value)) + ")"
    return repr(value)


# --- forgetting --------------------------------------------------------------------------------


def alive(names: set[Name], rows: Iterable[Any]) -> set[Name]:
    """Close names under: a row with a live name is kept, and all that it holds is live."""
    while True:
        more = names.union(*(held(row) for row in rows if held(row) & names))
        if more == names:
            return names
        names = more


def pruned(value: Any, live: set[Name]) -> Any:
    """Give the value without the rows and the remembered items that are forgotten."""
    if isinstance(value, Name):
        return value
    if isinstance(value, tuple | frozenset):
        return type(value)(pruned(v, live) for v in value)
    if not attrs.has(type(value)):
        return value
    changed = {}
    for attribute in attrs.fields(type(value)):
        part, kind = getattr(value, attribute.name), attribute.metadata.get(KIND)
        if kind == REGISTRY:
            part = type(part)(pruned(row, live) for row in part if not held(row) or held(row) & live)
        elif kind == MEMORY:
            part = type(part)(item for item in part if held(item) <= live)
        else:
            part = pruned(part, live)
        changed[attribute.name] = part
    return type(value)(**changed)


def forgetting(state: State, keep: int) -> list[State]:
    """Give what is left of a state for each choice of the orphans to keep."""
    rows = [r for v in state.values() for r in collections(v, REGISTRY)]
    remembered = {n for v in state.values() for item, _ in collections(v, MEMORY) for n in held(item)}
    live = alive({n for v in state.values() for n in held(v)}, [row for row, _ in rows])
    orphans = [row for row, alone in rows if held(row) & remembered and not held(row) & live and alone and alone(row)]
    left = []
    for chosen in combinations(orphans, min(keep, len(orphans))):
        names = alive(live.union(*(held(row) for row in chosen)), [row for row, _ in rows])
        left.append({slot: pruned(v, names) for slot, v in state.items()})
    return left


# --- steps -------------------------------------------------------------------------------------


def fits(types: Iterable[Any], value: Any) -> bool:
    """Tell whether a value is of one of the annotated classes."""
    return any(t is Any or isinstance(value, get_origin(t) or t) for t in types)


@define
class Naive:
    """One protocol, searched naively; `keep` orphans are kept."""

    protocol: Protocol
    keep: int = 1
    most_renamings: int = 48
    _fresh: Iterator[int] = field(factory=lambda: count(1000))
    _keys: dict[str, str] = field(factory=dict)

    def initial(self) -> State:
        """Give every machine its first phase, and nothing in flight."""
        state: State = {m.name: m.initial for m in self.protocol.machines}
        for channel in self.protocol.channels:
            if isinstance(channel, Exchange) or (isinstance(channel, Post) and channel.forged is None):
                state[channel.name] = ()
        return forgetting(state, self.keep)[0]

    def key(self, state: State) -> str:
        """Give the least of the ways to write a state down, over all permutations of its names."""
        names = sorted({n for v in state.values() for n in every_name(v)}, key=lambda n: (type(n).__name__, n.number))
        sorts: dict[type[Name], list[Name]] = {}
        for name in names:
            sorts.setdefault(type(name), []).append(name)
        if prod(factorial(len(of_sort)) for of_sort in sorts.values()) > self.most_renamings:
            raise TooLargeError
        whole = tuple(state[slot] for slot in state)
        first = spelled(whole, {n: i for of_sort in sorts.values() for i, n in enumerate(of_sort)})
        if first not in self._keys:
            self._keys[first] = min(
                spelled(whole, {n: i for numbers in chosen for n, i in numbers})
                for chosen in product(
                    *(
                        [list(zip(of_sort, p, strict=True)) for p in permutations(range(len(of_sort)))]
                        for of_sort in sorts.values()
                    )
                )
            )
        return self._keys[first]

    def machine(self, name: str) -> Machine:
        """Find a machine."""
        return next(m for m in self.protocol.machines if m.name == name)

    def possible(self) -> list[Transition]:
        """List the transitions that capabilities and assumptions allow."""
        return [
            t
            for t in self.protocol.transitions
            if t.capability in {None, *self.protocol.enabled} and t.given in {None, *self.protocol.assumed}
        ]

    def steps(self, state: State) -> list[Step]:
        """Give every step from a state, each with the state that it leads to, forgetting done."""
        found: list[Step] = []
        for machine in self.protocol.machines:
            found += self.reactions(state, machine.name, None)
        for channel in self.protocol.channels:
            content = state.get(channel.name, ())
            if isinstance(channel, Post) and content:
                found += self.posted(state | {channel.name: content[1:]}, channel, content[0])
            elif isinstance(channel, Exchange):
                for i, item in enumerate(content):
                    if item in content[:i]:
                        continue
                    rest = content[:i] + content[i + 1 :]
                    found += self.reactions(state | {channel.name: rest}, item.receiver, item)
                    found += self.loss(state, channel, item, rest)
        return [(micros, left) for micros, raw in found for left in forgetting(raw, self.keep)]

    def posted(self, state: State, channel: Post, message: Posted[Any]) -> list[Step]:
        """Have a window message heard by its receiver, and by whoever else listens there."""
        branches = self.reactions(state, channel.receiver, message)
        for other in channel.others:
            item = Overheard(message.message, message.origin, other.source)
            branches = [
                (micros + more, after)
                for micros, so_far in branches
                for more, after in self.reactions(so_far, other.machine, item)
            ]
        return branches

    def loss(self, state: State, channel: Exchange, item: Sent[Any], rest: tuple[Any, ...]) -> list[Step]:
        """Replace an item in flight by the message that tells the caller so."""
        if channel.lost is None or channel.unreliable not in self.protocol.enabled:
            return []
        if isinstance(item.message, type(channel.lost)):
            return []
        told = Sent(channel.lost, channel.unreliable, channel.caller, channel.name)
        left = rest if channel.coalesced and told in rest else (*rest, told)
        what = "answer" if item.receiver == channel.caller else "request"
        micro = Micro(channel.unreliable, f"lose_{what}_on_{channel.name}", None, None, item, None, (), own=False)
        return [((micro,), state | {channel.name: left})]

    def reactions(self, state: State, machine: str, envelope: Any) -> list[Step]:
        """Give all that a machine can do of itself (no envelope) or on hearing something."""
        phase = state[machine]
        origin = self.machine(machine).origin
        nothing = Micro(machine, f"{machine} drops it", machine, phase, envelope, phase, (), own=True)
        if isinstance(envelope, Posted) and origin is not None:
            target = getattr(envelope.message, "target", None)
            if target is not None and target != origin(phase):
                return [((attrs.evolve(nothing, silent=True),), state)]
        able = {t.name: (t, ways) for t in self.possible() if (ways := self.ways(t, machine, phase, envelope))}
        found: list[Step] = []
        for transition, ways in able.values():
            if transition.otherwise not in able:
                for named in ways:
                    found += self.fire(state, transition, envelope, named)
        if not found and envelope is not None:
            return [((attrs.evolve(nothing, dropped=True),), state)]
        return found

    def ways(self, transition: Transition, machine: str, phase: Any, envelope: Any) -> list[dict[str, Any]]:
        """Give the arguments with which a transition can fire."""
        wanted = transition.signature.heard
        if transition.machine != machine or not fits(transition.signature.leaves, phase):
            return []
        if (wanted is None) != (envelope is None):
            return []
        if wanted is not None and not (fits((wanted.envelope,), envelope) and isinstance(envelope.message, wanted.messages)):
            return []
        options: list[list[Any]] = []
        for parameter in transition.signature.parameters:
            if parameter.kind == "heard":
                options.append([envelope])
            elif parameter.kind == "new":
                options.append([parameter.types[0](next(self._fresh))])
            else:
                options.append(self.picks(parameter.types[0], phase))
        names = [p.name for p in transition.signature.parameters]
        chosen = [dict(zip(names, values, strict=True)) for values in product(*options)]
        return [named for named in chosen if all(self.passes(g, phase, named) for g in transition.guards)]

    def picks(self, kind: Any, phase: Any) -> list[Any]:
        """List the members of an enum, or the items of the phase's collections."""
        if hasattr(kind, "__members__"):
            return list(kind)
        return [i for part, _, _ in members(phase) if isinstance(part, tuple | frozenset) for i in part if isinstance(i, kind)]

    def passes(self, guard: Any, phase: Any, named: dict[str, Any]) -> bool:
        """Ask a guard, unless it stands under another answer to an open question."""
        if guard.given is not None and guard.given not in self.protocol.assumed:
            return True
        code = guard.function.__code__
        return bool(guard.function(phase, *(named[n] for n in code.co_varnames[1 : code.co_argcount])))

    def fire(self, state: State, transition: Transition, envelope: Any, named: dict[str, Any]) -> list[Step]:
        """Carry out a transition, with all that is heard in the same instant."""
        before = state[transition.machine]
        result: To[Any, Any] = transition.function(before, **named)
        gone: State = {c: () for life in transition.ends for c in life.channels}
        micro = Micro(
            transition.capability or transition.machine,
            transition.name,
            transition.machine,
            before,
            envelope,
            result.phase,
            result.said,
            own=transition.capability is None,
        )
        branches: list[Step] = [((micro,), state | {transition.machine: result.phase} | gone)]
        for message in result.said:
            branches = [
                (micros + more, after)
                for micros, so_far in branches
                for more, after in self.say(so_far, transition, before, envelope, message)
            ]
        return branches

    def say(self, state: State, transition: Transition, before: Any, envelope: Any, message: Any) -> list[Step]:
        """Put a message in flight, or have it heard at once."""
        channel = self.channel(transition, envelope, type(message))
        if isinstance(channel, Post):
            machine = self.machine(transition.machine)
            stamp: Any = channel.forged or (machine.origin(before) if machine.origin else None, machine.window)
            posted = Posted(message, *stamp)
            if channel.forged:
                return self.posted(state, channel, posted)
            return [((), state | {channel.name: (*state[channel.name], posted)})]
        receiver = channel.routes[type(message)]
        sent = Sent(message, transition.machine, envelope.sender if receiver == ASKER else receiver, channel.name)
        if isinstance(channel, Instant):
            return self.reactions(state, sent.receiver, sent)
        content = state[channel.name]
        return [((), state | {channel.name: content if channel.coalesced and sent in content else (*content, sent)})]

    def channel(self, transition: Transition, envelope: Any, message: type) -> Any:
        """Find the channel: the one named, the one that the question came on, the only one there is."""
        carrying = [c for c in self.protocol.channels if message in c.carries]
        for name in (transition.via, getattr(envelope, "channel", None)):
            for channel in carrying:
                if channel.name == name:
                    return channel
        mine = transition.machine
        for channel in carrying:
            if isinstance(channel, Post):
                speakers = set() if channel.forged else {channel.sender}
            elif isinstance(channel, Instant):
                speakers = {*channel.senders, *channel.routes.values()}
            else:
                speakers = {channel.caller, *channel.routes.values()}
            if mine in speakers:
                return channel
        raise LookupError(message)

    # --- search --------------------------------------------------------------------------------

    def explore(self, most_states: int, most_in_flight: int = 5) -> Explored:
        """Search all states, level by level; raise `TooLargeError` beyond the bounds."""
        start = self.initial()
        first = self.key(start)
        found = Explored(self.protocol, {first: start}, [[first]])
        while found.levels[-1]:
            level: list[str] = []
            for key in found.levels[-1]:
                found.steps[key] = []
                for micros, state in self.steps(found.states[key]):
                    reached = self.key(state)
                    found.steps[key].append((micros, reached))
                    if reached not in found.states:
                        found.states[reached] = state
                        level.append(reached)
                        longest = max((len(v) for v in state.values() if isinstance(v, tuple)), default=0)
                        if len(found.states) > most_states or longest > most_in_flight:
                            raise TooLargeError
            found.levels.append(level)
        found.levels.pop()
        return found


@define
class Explored:
    """All states by their keys, level by level, with the steps between them."""

    protocol: Protocol
    states: dict[str, State]
    levels: list[list[str]]
    steps: dict[str, list[tuple[tuple[Micro, ...], str]]] = field(factory=dict)

    def named_steps(self) -> set[tuple[str, tuple[str, ...], str]]:
        """Give the distinct steps: from where, by which transitions, to where."""
        return {(key, tuple(m.name for m in micros), to) for key, out in self.steps.items() for micros, to in out}

    def answer(self, prop: Property, known: dict[str, Any]) -> bool | None:
        """Ask a property; None where its premise does not hold."""
        for read in prop.reads:
            if not fits(read.types, known[read.name]):
                return None
            wanted = read.heard.messages if read.heard is not None else ()
            if wanted and not isinstance(known[read.name].message, wanted):
                return None
        return prop.judge(*(known[read.name] for read in prop.reads))

    def judge_states(self, prop: Property) -> tuple[str, int, int]:
        """Judge an `always`: the verdict, the shortest counterexample's length, its fewest changes of actor."""
        spoke = False
        for depth, level in enumerate(self.levels):
            answers = {key: self.answer(prop, self.states[key]) for key in level}
            spoke = spoke or any(a is not None for a in answers.values())
            wrong = {key for key, a in answers.items() if a is False}
            if wrong:
                return "refuted", depth, min(n for (key, _), n in self.changes(depth).items() if key in wrong)
        return "proved" if spoke else "vacuous", 0, 0

    def judge_steps(self, prop: Property, machine: str) -> tuple[str, int, int]:
        """Judge an `each_step` about a machine, like `judge_states`."""
        spoke = False
        for depth, level in enumerate(self.levels):
            best: list[int] = []
            ways = self.changes(depth)
            for key in level:
                for micros, _ in self.steps[key]:
                    mine = [m for m in micros if m.machine == machine and not m.silent]
                    answers = [a for m in mine for a in self.answers_to_step(prop, key, m)]
                    spoke = spoke or bool(answers)
                    if False in answers:
                        best += [n + (last not in ("", micros[0].actor)) for (at, last), n in ways.items() if at == key]
            if best:
                return "refuted", depth + 1, min(best)
        return "proved" if spoke else "vacuous", 0, 0

    def answers_to_step(self, prop: Property, key: str, micro: Micro) -> list[bool]:
        """Ask a step property of one machine's part of a step, once for each message said if it reads one."""
        known = self.states[key] | {"before": micro.before, "after": micro.after, "heard": micro.heard, "dropped": micro.dropped}
        told = micro.said if any(r.name == "said" for r in prop.reads) else (None,)
        answers = [self.answer(prop, known | {"said": message}) for message in told]
        return [a for a in answers if a is not None]

    def deadlocks(self) -> int | None:
        """Give the least depth at which somebody owes something and nobody can change anything of himself."""
        for depth, level in enumerate(self.levels):
            for key in level:
                owing = any(m.resting and not isinstance(self.states[key][m.name], m.resting) for m in self.protocol.machines)
                if owing and not any(micros[0].own and to != key for micros, to in self.steps[key]):
                    return depth
        return None

    def changes(self, depth: int) -> dict[tuple[str, str], int]:
        """Give the fewest changes of actor of the shortest runs to each state of a level, by last actor."""
        ways = {(self.levels[0][0], ""): 0}
        for level in self.levels[1 : depth + 1]:
            further: dict[tuple[str, str], int] = {}
            for (key, last), so_far in ways.items():
                for micros, to in self.steps[key]:
                    if to in level:
                        actor = micros[0].actor
                        changes = so_far + (last not in ("", actor))
                        further[to, actor] = min(changes, further.get((to, actor), changes))
            ways = further
        return ways
