"""The search agrees with a second, naive one (`naive.py`) on hundreds of random small protocols."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from random import Random
from typing import Any

import attrs
import pytest
from attrs import define, field, frozen

from launchproof import (
    ASKER,
    Capability,
    Channel,
    Exchange,
    Instant,
    Lifetime,
    Machine,
    Name,
    New,
    Pick,
    Post,
    Posted,
    Property,
    Protocol,
    Sent,
    To,
    always,
    each_step,
    memory,
    registry,
    when,
)
from launchproof.search.builtin import NO_DEADLOCK
from launchproof.search.exhaustive import Limits, Search
from launchproof.search.verdicts import PropertyResult
from launchproof.semantics.steps import Semantics
from tests.launchproof.naive import Explored, Naive, TooLargeError

TO: Any = To
SENT: Any = Sent
NEW: Any = New
"""The same, for annotations that are made of variables."""

CHUNKS = 20
PER_CHUNK = 15

QUICK = (0, 3, 4)
"""The chunks of a quick run; the thorough one compares all."""
FEWEST_STATES = 4
MOST_STATES = 80


class Tok(Name):
    """One sort of names."""


class Key(Name):
    """Another sort of names."""


class Place(Enum):
    """Origins and windows."""

    HERE = "here"
    THERE = "there"


@frozen
class Row:
    """What a server knows of a token."""

    tok: Tok
    key: Key | None = None
    spent: bool = False


def unspent(row: Row) -> bool:
    """Only an unspent row is of use to whoever remembers its token."""
    return not row.spent


@frozen
class Serving:
    """A server with a table."""

    rows: frozenset[Row] = registry()


@frozen
class ServingOnce:
    """A server with a table in which spent rows are of no use."""

    rows: frozenset[Row] = registry(alone=unspent)


@frozen
class Listening:
    """A thief who remembers tokens."""

    seen: frozenset[Tok] = memory()


# --- building ------------------------------------------------------------------------------------


def names_in(value: Any) -> list[Name]:
    """List the names that stand in the fields of a phase or message, in their order."""
    if value is None or not attrs.has(type(value)):
        return []
    return [v for v in attrs.astuple(value, recurse=False) if isinstance(v, Name)]


def built_class(name: str, sorts: list[type[Name]], *, targeted: bool = False) -> type[Any]:
    """Make a frozen class with a field for a name of each sort, or None; perhaps with a target origin."""
    fields = {f"f{i}": attrs.field(type=sort, default=None) for i, sort in enumerate(sorts)}
    if targeted:
        fields["target"] = attrs.field(type=Place, default=None)
    made: Any = attrs.make_class(name, fields, frozen=True)
    made.sorts = tuple(sorts)
    return made  # type: ignore[no-any-return]


def filled(kind: type[Any], pool: list[Name], shift: int, target: Place | None) -> Any:
    """Make an instance from the names at hand; which name goes where depends on `shift`."""
    given: list[Name | None] = []
    for i, sort in enumerate(getattr(kind, "sorts", ())):
        fitting = [n for n in pool if isinstance(n, sort)]
        given.append(fitting[(i + shift) % len(fitting)] if fitting else None)
    return kind(*given, target) if "target" in attrs.fields_dict(kind) else kind(*given)


def built_function(name: str, annotations: dict[str, Any], gives: Any, body: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of these annotated parameters, as if it had been written by hand."""

    def made(*args: Any, **named: Any) -> Any:
        return body(*args, **named)

    made.__name__ = name
    made.__doc__ = f"Random function {name}."
    made.__annotations__ = annotations | {"return": gives}
    parameters = [inspect.Parameter(p, inspect.Parameter.POSITIONAL_OR_KEYWORD) for p in annotations]
    made.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return made


def holds_a_name(phase: object) -> bool:
    """The phase holds a name."""
    return bool(names_in(phase))


def knows_posted(phase: object, heard: Posted[object]) -> bool:
    """A name of the window message is one that the phase holds."""
    return not set(names_in(phase)).isdisjoint(names_in(heard.message))


def knows_sent(phase: object, heard: Sent[object]) -> bool:
    """A name of the request or answer is one that the phase holds."""
    return not set(names_in(phase)).isdisjoint(names_in(heard.message))


def posted_from_here(phase: object, heard: Posted[object]) -> bool:
    """The message comes from the first origin."""
    del phase
    return heard.origin is Place.HERE


@define
class Draft:
    """A random protocol in the making."""

    rng: Random
    machines: dict[str, Machine] = field(factory=dict)
    phases: dict[str, list[type[Any]]] = field(factory=dict)
    channels: list[Channel] = field(factory=list)
    capabilities: tuple[Capability, ...] = (Capability("network", "It loses things."), Capability("time", "It passes."))
    lives: list[Lifetime] = field(factory=list)
    count: int = 0
    shared: bool = False

    def sorts(self, most: int) -> list[type[Name]]:
        """Choose the sorts of some names."""
        return [self.rng.choice([Tok, Tok, Key]) for _ in range(self.rng.choice([0, 1, 1, 2][: most + 2]))]

    def machine(self, name: str) -> None:
        """Add a machine with two or three phases."""
        phases = [built_class(f"P{name}{i}", self.sorts(2) if i else []) for i in range(self.rng.randint(2, 3))]
        homes = [self.rng.choice(list(Place)) for _ in phases]
        origin = (lambda phase: homes[phases.index(type(phase))]) if self.rng.random() < 0.6 else None
        resting = tuple(self.rng.sample(phases, self.rng.randint(0, 2)))
        self.phases[name] = phases
        self.machines[name] = Machine(
            name,
            initial=phases[0](),
            phases=tuple(phases),
            resting=resting,
            origin=origin,
            window=self.rng.choice(list(Place)),
        )

    def message(self, *, targeted: bool = False) -> type[Any]:
        """Make a class of messages."""
        self.count += 1
        return built_class(f"M{self.count}", self.sorts(1), targeted=targeted)

    def wire(self) -> None:
        """Add channels between the machines."""
        chance = self.rng.random
        if chance() < 0.7:
            messages = tuple(self.message(targeted=chance() < 0.5) for _ in range(self.rng.randint(1, 2)))
            self.channels.append(Post("posts", "a", "b", messages))
            if chance() < 0.4:
                self.channels.append(Post("forged", "c", "b", messages[:1], forged=(self.rng.choice(list(Place)), Place.THERE)))
            if chance() < 0.3:
                self.channels.append(Post("back", "b", "a", (self.message(),)))
        if chance() < 0.6:
            lost = self.message()
            routes = {self.message(): "b", self.message(): self.rng.choice(["a", ASKER]), lost: "a"}
            lossy: dict[str, Any] = {"lost": lost(), "unreliable": "network"} if chance() < 0.5 else {}
            self.channels.append(Exchange("asks", "a", routes, coalesced=chance() < 0.4, **lossy))
        if chance() < 0.6:
            self.channels.append(Instant("calls", ("a", "c"), {self.message(): "b", self.message(): ASKER}))
        queues = tuple(c.name for c in self.channels if isinstance(c, Exchange) or (isinstance(c, Post) and not c.forged))
        if queues:
            dying = tuple(self.rng.sample(queues, self.rng.randint(1, len(queues))))
            self.lives.append(Lifetime("life", dying, "What dies together."))

    def heard_by(self, machine: str) -> list[tuple[Any, type[Any], str]]:
        """List what may come to a machine: envelope, message, and how it comes."""
        found: list[tuple[Any, type[Any], str]] = []
        for channel in self.channels:
            if isinstance(channel, Post):
                found += [(Posted, m, channel.name) for m in channel.carries if channel.receiver == machine]
            else:
                askers = (channel.caller,) if isinstance(channel, Exchange) else channel.senders
                for message, receiver in channel.routes.items():
                    if receiver == machine or (receiver == ASKER and machine in askers):
                        found.append((Sent, message, channel.name if receiver == "b" else f"answer on {channel.name}"))
        return found

    def said_by(self, machine: str, heard: tuple[Any, type[Any], str] | None) -> list[type[Any]]:
        """List what a machine may say; an answer only to who asked, and a call only by who was not called."""
        found: list[type[Any]] = []
        how = heard[2] if heard else ""
        for channel in self.channels:
            if isinstance(channel, Post):
                if channel.sender == machine and not (channel.forged and how):
                    found += channel.carries
                continue
            for message, receiver in channel.routes.items():
                if receiver == ASKER:
                    fits = how == channel.name
                elif isinstance(channel, Instant):
                    fits = machine in channel.senders and how in ("", "posts", "asks")
                else:
                    fits = channel.caller == machine if receiver != channel.caller else machine in channel.routes.values()
                fits = fits and not (isinstance(channel, Exchange) and message is type(channel.lost))
                if fits and machine != receiver:
                    found.append(message)
        return found

    def effect(self, reach: type[Any], says: list[type[Any]]) -> Callable[..., Any]:
        """Make an effect that deals out the names at hand."""
        shifts = [self.rng.randint(0, 3) for _ in range(len(says) + 1)]
        targets = [self.rng.choice([None, *Place]) for _ in range(len(says) + 1)]

        def body(before: Any, **named: Any) -> To[Any]:
            pool = names_in(before)
            for value in named.values():
                pool += [value] if isinstance(value, Name) else names_in(getattr(value, "message", None))
            made = [filled(k, pool, s, t) for k, s, t in zip((reach, *says), shifts, targets, strict=True)]
            return To(made[0], *made[1:])

        return body

    def transitions(self, name: str) -> None:
        """Give a machine some random transitions."""
        machine, rng = self.machines[name], self.rng
        for number in range(rng.randint(2, 5)):
            arriving = self.heard_by(name)
            heard = rng.choice(arriving) if arriving and rng.random() < (0.45 if name == "a" else 0.75) else None
            leaves = rng.sample(self.phases[name], rng.choice([1, 1, 2]))
            others = [p for p in self.phases[name] if p not in leaves] or self.phases[name]
            reach = rng.choice(others if heard is None or rng.random() < 0.5 else self.phases[name])
            sayable = self.said_by(name, heard)
            says = [rng.choice(sayable) for _ in range(rng.choice([0, 1, 1, 2]))] if sayable else []
            annotations: dict[str, Any] = {"phase": leaves[0] if len(leaves) == 1 else leaves[0] | leaves[1]}
            if heard:
                annotations["heard"] = heard[0][heard[1]]
            for i in range(rng.choice([0, 0, 1, 1, 2])):
                annotations[f"fresh{i}"] = NEW[rng.choice([Tok, Tok, Key])]
            if rng.random() < 0.1:
                annotations["chosen"] = Pick[Place]
            gives = TO[(reach, *says)]
            own = f"{name}{number}"
            function: Any = built_function(own, annotations, gives, self.effect(reach, says))
            guards = [holds_a_name]
            if heard:
                guards = [holds_a_name, *((knows_posted, posted_from_here) if heard[0] is Posted else (knows_sent,))]
            guarded = rng.random() < 0.35
            if guarded:
                function = when(rng.choice(guards))(function)
            options: dict[str, Any] = {"capability": self.capabilities[1] if rng.random() < 0.15 else None}
            if name == "c":
                options["via"] = "forged" if any(c.name == "forged" for c in self.channels) else None
            if self.lives and rng.random() < 0.15:
                options["ends"] = self.lives[0]
            machine.transition("x", **options)(function)
            if guarded and rng.random() < 0.6:
                twin = built_function(f"{own}_otherwise", annotations, gives, self.effect(reach, says))
                machine.transition("x", otherwise=own, via=options.get("via"))(twin)

    def service(self) -> None:
        """Add a server with a table, a client who may leak, and a thief who remembers."""
        rng = self.rng
        kind: Any = rng.choice([Serving, ServingOnce])
        ask, give = built_class("Ask", []), built_class("Give", [Tok, Key])
        use, leak = built_class("Use", [Tok]), built_class("Leak", [Tok])
        server = self.machines["s"] = Machine("s", initial=kind(), phases=(kind,))
        empty, full = built_class("Empty", []), built_class("Full", [Tok, Key])
        client = self.machines["k"] = Machine("k", initial=empty(), phases=(empty, full))
        thief = self.machines["t"] = Machine("t", initial=Listening(), phases=(Listening,))
        self.channels.append(Instant("serve", ("k",), {ask: "s", give: ASKER}))
        self.channels.append(Instant("using", ("k", "t"), {use: "s"}))
        self.channels.append(Instant("leaking", ("k",), {leak: "t"}))
        shared = self.shared = rng.random() < 0.4
        leaks, leaves_full, kept = rng.random() < 0.8, rng.random() < 0.8, rng.choice(["drop", "spend", "rotate"])

        def grant(before: Any, heard: Any, tok: Tok, key: Key) -> To[Any, Any]:
            del heard
            known = sorted(r.key for r in before.rows if r.key is not None)
            used = known[0] if shared and known and len(before.rows) < 3 else key
            row = Row(tok, used if shared else None)
            return To(kind(before.rows | {row}), give(tok, key if not shared else used))

        def knows(phase: Any, heard: Sent[object]) -> bool:
            """The token is in the table, unspent."""
            return any(r.tok == heard.message.f0 and not r.spent for r in phase.rows)  # type: ignore[attr-defined]

        knows.__annotations__ = {"phase": kind, "heard": Sent[object], "return": bool}

        def spend(before: Any, heard: Any, fresh: Tok) -> To[Any]:
            row = next(r for r in before.rows if r.tok == heard.message.f0)
            after = {"drop": set(), "spend": {attrs.evolve(row, spent=True)}, "rotate": {attrs.evolve(row, tok=fresh)}}[kept]
            return To(kind(before.rows - {row} | after))

        def expire(before: Any, row: Row) -> To[Any]:
            return To(kind(before.rows - {row}))

        serve = server.transition("x")
        asked = {"phase": kind, "heard": SENT[ask], "tok": New[Tok], "key": New[Key]}
        serve(built_function("grant", asked, TO[kind, give], grant))
        serve(when(knows)(built_function("spend", {"phase": kind, "heard": SENT[use], "fresh": New[Tok]}, TO[kind], spend)))
        if rng.random() < 0.5:
            late = server.transition("x", capability=self.capabilities[1])
            late(built_function("expire", {"phase": kind, "row": Pick[Row]}, TO[kind], expire))
        client.transition("x")(built_function("ask", {"phase": empty}, TO[empty, ask], lambda before: To(before, ask())))
        client.transition("x")(
            built_function(
                "get",
                {"phase": empty, "heard": SENT[give]},
                TO[full],
                lambda before, heard: To(full(*names_in(heard.message))),
            )
        )
        if leaks:
            client.transition("x")(
                built_function(
                    "leak",
                    {"phase": full},
                    TO[full, leak],
                    lambda before: To(before, leak(before.f0)),
                )
            )
        client.transition("x")(built_function("use", {"phase": full}, TO[empty, use], lambda before: To(empty(), use(before.f0))))
        if leaves_full:
            client.transition("x")(built_function("leave", {"phase": full}, TO[empty], lambda before: To(empty())))
        thief.transition("x")(
            built_function(
                "overhear",
                {"phase": Listening, "heard": SENT[leak]},
                TO[Listening],
                lambda before, heard: To(Listening(before.seen | {heard.message.f0})),
            )
        )
        thief.transition("x")(
            built_function(
                "replay",
                {"phase": Listening, "tok": Pick[Tok]},
                TO[Listening, use],
                lambda before, tok: To(before, use(tok)),
            )
        )
        self.phases |= {"s": [kind], "k": [empty, full], "t": [Listening]}

    def state_property(self, number: int) -> Property:
        """Make a claim about the phases of one machine or of two, and about the names that they share."""
        rng = self.rng
        chosen = rng.sample(list(self.machines), rng.choice([1, 2, 2]))
        reads = {name: rng.choice([rng.choice(self.phases[name]), object]) for name in chosen}
        kind = rng.choice(["never", "never", "differ", "share"])
        last = {name: self.phases[name][-1] for name in chosen}

        def body(*values: Any) -> bool | None:
            names = [set(names_in(v)) for v in values]
            if kind == "never":
                return not all(isinstance(v, t) for v, t in zip(values, last.values(), strict=True))
            if not all(names):
                return None
            return bool(names[0] & names[-1]) is (kind == "share")

        return always("x")(built_function(f"state_{number}", reads, bool | None, body))

    def step_property(self, number: int) -> tuple[Property, str]:
        """Make a claim about the steps of one machine: what it hears in vain, says, or forgets."""
        rng = self.rng
        name = rng.choice(list(self.machines))
        kinds = self.phases[name]
        reads: dict[str, Any] = {"before": rng.choice(kinds) if rng.random() < 0.5 or len(kinds) < 2 else kinds[0] | kinds[1]}
        kind = rng.choice(["handled", "keeps", "moves", "said"])
        if kind == "handled":
            reads["dropped"] = bool
        elif kind == "said":
            reads["said"] = object
        else:
            reads["after"] = object
        if rng.random() < 0.3 and self.heard_by(name):
            envelope, message, _ = rng.choice(self.heard_by(name))
            reads["heard"] = envelope[message]
        if rng.random() < 0.3:
            reads[rng.choice(list(self.machines))] = object

        def body(before: Any, second: Any, *_others: Any) -> bool | None:
            if kind == "handled":
                return not second
            if kind == "said":
                return len(names_in(second)) < 1
            if kind == "keeps":
                return set(names_in(before)) <= set(names_in(second)) if names_in(before) else None
            return type(before) is not type(second)

        return each_step("x")(built_function(f"step_{number}", reads, bool | None, body)), name


@frozen(eq=False)
class Case:
    """A random protocol, with what is claimed of it."""

    protocol: Protocol
    states: tuple[Property, ...]
    steps: tuple[tuple[Property, str], ...]
    exact: bool = True
    """Whether names that are already numbered tell all rows apart, so that each state is stored once."""


def random_case(seed: int) -> Case:
    """Make the protocol of a seed."""
    made = Draft(Random(seed))
    kind = made.rng.random()
    if kind < 0.8:
        for name in ("a", "b", "c") if made.rng.random() < 0.5 else ("a", "b"):
            made.machine(name)
        made.wire()
        known = set(made.machines)
        made.channels = [
            attrs.evolve(c, senders=tuple(s for s in c.senders if s in known)) if isinstance(c, Instant) else c
            for c in made.channels
            if not (isinstance(c, Post) and c.sender not in known)
        ]
        for name in list(made.machines):
            made.transitions(name)
    else:
        made.service()
    states = tuple(made.state_property(i) for i in range(3))
    steps = tuple(made.step_property(i) for i in range(3))
    protocol = Protocol(f"random-{seed}", tuple(made.machines.values()), tuple(made.channels), made.capabilities)
    return Case(protocol, states, steps, exact=not made.shared)


# --- comparing -----------------------------------------------------------------------------------


def closed_naively(case: Case, keep: int) -> tuple[Naive, Explored] | None:
    """Search naively; None if the protocol is too large for that."""
    naive = Naive(case.protocol, keep)
    try:
        return naive, naive.explore(MOST_STATES)
    except TooLargeError:
        return None


def told(result: PropertyResult) -> tuple[str, int, int]:
    """Give a verdict, the length of its counterexample, and how often the actor changes in it."""
    trace = result.trace
    return result.verdict.value, len(trace.steps) if trace else 0, trace.changes_of_actor if trace else 0


def compare(case: Case, naive: Naive, expected: Explored) -> None:
    """Hold the search against what the naive one found."""
    properties = [*case.states, *(p for p, _ in case.steps), NO_DEADLOCK]
    search = Search(Semantics(case.protocol, naive.keep), tuple(properties), Limits(states=20 * MOST_STATES))
    result = search.run()
    assert result.closed, f"{case.protocol.name}: {result.stopped}"
    keys = [naive.key(search.semantics.values(s)) for s in search.states]
    assert set(keys) == set(expected.states), case.protocol.name
    assert len(keys) == result.states
    first: dict[str, int] = {}
    for key, depth in zip(keys, search.depths, strict=True):
        first.setdefault(key, depth)
    assert first == {key: depth for depth, level in enumerate(expected.levels) for key in level}, case.protocol.name
    if case.exact and naive.keep == 1:
        assert len(keys) == len(set(keys)), f"{case.protocol.name}: states that differ by a renaming only"
        assert result.depth == len(expected.levels) - 1
    at = dict(zip(search.states, keys, strict=True))
    steps = {
        (at[s], tuple(m.name for m in step.micros), at[to]) for s in search.states for to, step in search.semantics.successors(s)
    }
    assert steps == expected.named_steps(), case.protocol.name
    answers = {r.property.name: r for r in result.properties}
    for prop in case.states:
        assert told(answers[prop.name]) == expected.judge_states(prop), f"{case.protocol.name}: {prop.name}"
    for prop, machine in case.steps:
        assert told(answers[prop.name]) == expected.judge_steps(prop, machine), f"{case.protocol.name}: {prop.name}"
    stuck = expected.deadlocks()
    assert told(answers["no-deadlock"])[:2] == (("proved", 0) if stuck is None else ("refuted", stuck)), case.protocol.name


@pytest.mark.parametrize("chunk", [c if c in QUICK else pytest.param(c, marks=pytest.mark.thorough) for c in range(CHUNKS)])
def test_both_searches_agree(chunk: int) -> None:
    """States, steps, depths, verdicts, and shortest counterexamples are those of the naive search."""
    compared = 0
    seed = chunk * 1000
    while compared < PER_CHUNK:
        case = random_case(seed)
        keep = 2 if seed % 10 == 0 else 1
        found = closed_naively(case, keep)
        if found is not None and len(found[1].states) >= FEWEST_STATES:
            compare(case, *found)
            compared += 1
        seed += 1
