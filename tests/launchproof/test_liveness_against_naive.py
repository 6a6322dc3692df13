"""Claims about the rest of a run on random protocols, against groups and fair loops that are worked out again, naively."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from attrs import define, evolve

from launchproof import Exchange, Fairness, Post, Posted, Property, Protocol, Sent, leads_to, settles, strongly, unfair, weakly
from launchproof.errors import DeclarationError
from launchproof.search.exhaustive import search
from tests.launchproof.naive import Explored, Micro
from tests.launchproof.test_against_naive import FEWEST_STATES, Case, closed_naively, random_case

CHUNKS = 12
PER_CHUNK = 25

QUICK = 1
"""So many chunks are compared in a quick run; the thorough one compares all."""

Edge = tuple[str, tuple[Micro, ...], str]


def some_fairness(random: Random) -> Fairness | None:
    """Say something about fairness, or nothing."""
    return random.choice((None, None, unfair("chance"), weakly("chance"), strongly("chance")))


def with_fairness(protocol: Protocol, random: Random) -> Protocol:
    """Make parts of a protocol fair, in ways that it may be."""
    channels = tuple(
        evolve(c, fair=some_fairness(random)) if isinstance(c, Exchange) or (isinstance(c, Post) and not c.instant) else c
        for c in protocol.channels
    )
    capabilities = tuple(evolve(c, fair=some_fairness(random)) for c in protocol.capabilities)
    protocol = evolve(protocol, channels=channels, capabilities=capabilities)
    for transition in protocol.transitions:
        try:
            protocol = protocol.replacing(transition.name, evolve(transition, fair=some_fairness(random)))
        except DeclarationError as error:
            assert "has no effect" in str(error)  # noqa: PT017 - only where it is heard at once
    return protocol


def group_of(protocol: Protocol, micro: Micro) -> Iterator[tuple[str, str]]:
    """Yield the groups of a step by its first part: a name, and how fair it is."""
    capabilities = {c.name: c.fair for c in protocol.capabilities}
    transition = next((t for t in protocol.transitions if t.name == micro.name), None)
    own = None
    if transition is not None:
        own = transition.fair or capabilities.get(transition.capability or "")
    if micro.heard is None:
        assert transition is not None
        yield micro.name, own.kind if own else ("weak" if transition.capability is None else "unfair")
        return
    if isinstance(micro.heard, Sent):
        channel = next(c for c in protocol.channels if c.name == micro.heard.channel)
    else:
        kind = type(micro.heard.message)
        channel, *others = [c for c in protocol.channels if isinstance(c, Post) and not c.instant and kind in c.carries]
        assert not others
    assert isinstance(channel, Exchange | Post)
    if micro.machine is None:
        fair = capabilities[micro.actor]
        yield f"losing on {channel.name}", fair.kind if fair else "unfair"
        return
    if isinstance(channel, Exchange) and channel.lost is not None and type(micro.heard.message) is type(channel.lost):
        yield f"told of a loss on {channel.name}", "weak"
        return
    yield f"hearing {channel.name} at {micro.machine}", channel.fair.kind if channel.fair else "weak"
    if own:
        yield micro.name, own.kind


@define
class Asked:
    """A question to the naive search: groups, and who keeps to what."""

    protocol: Protocol
    found: Explored

    def edges(self) -> list[Edge]:
        """List all steps."""
        return [(key, micros, to) for key, out in self.found.steps.items() for micros, to in out]

    def groups(self, edge: Edge) -> set[tuple[str, str]]:
        """Give the groups of a step."""
        return set(group_of(self.protocol, edge[1][0]))

    def state_says(self, prop: Property, key: str) -> bool | None:
        """Ask a claim about states."""
        return self.found.answer(prop, self.found.states[key])

    def step_says(self, prop: Property, machine: str, edge: Edge) -> list[bool]:
        """Ask a claim about the steps of a machine."""
        mine = [m for m in edge[1] if m.machine == machine and not m.silent]
        return [a for m in mine for a in self.found.answers_to_step(prop, edge[0], m)]

    def reaches(self, start: str, edges: list[Edge]) -> set[str]:
        """Give what can be reached by some steps."""
        found, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for source, _, target in edges:
                if source == here and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def fair_knots(self, nodes: set[str], edges: list[Edge]) -> Iterator[tuple[set[str], list[Edge]]]:
        """Yield where a fair run can stay: whatever is connected, less what cannot be fair, taken apart again."""
        inside = [e for e in edges if e[0] in nodes and e[2] in nodes]
        reach = {node: self.reaches(node, inside) for node in nodes}
        left = set(nodes)
        while left:
            first = min(left)
            knot = {n for n in reach[first] if first in reach[n]}
            left -= knot
            mine = [e for e in inside if e[0] in knot and e[2] in knot]
            taken = {g for e in mine for g in self.groups(e)}
            enabled = {n: {g for e in self.edges() if e[0] == n for g in self.groups(e)} for n in knot}
            owed = {g for n in knot for g in enabled[n]} - taken
            if any(kind == "weak" and all((name, kind) in enabled[n] for n in knot) for name, kind in owed):
                continue
            bad = {n for n in knot if any(g in enabled[n] and g[1] == "strong" for g in owed)}
            if bad:
                yield from self.fair_knots(knot - bad, mine)
            else:
                yield knot, mine

    def leads_to(self, premise: Property, goal: Callable[[str | Edge], bool], made: list[Edge] | None) -> str:
        """Judge whether the premise (or the steps in which it is `made`) leads to a goal."""
        if made is None:
            started = {key for key in self.found.states if self.state_says(premise, key) is True}
        else:
            started = {e[2] for e in made if not goal(e)}
        if not (started or made):
            return "vacuous"
        free = [e for e in self.edges() if not goal(e) and not goal(e[0]) and not goal(e[2])]
        open_ = {n for s in started if not goal(s) for n in self.reaches(s, free)}
        return "refuted" if any(True for _ in self.fair_knots(open_, free)) else "proved"


def compared(case: Case, random: Random) -> bool:
    """Hold the verdicts of both searches against each other, if the protocol is small enough."""
    case = evolve(case, protocol=with_fairness(case.protocol, random))
    naive = closed_naively(case, 1)
    if naive is None or not FEWEST_STATES <= len(naive[1].states) <= 40:
        return False
    asked = Asked(case.protocol, naive[1])
    premise, goal = case.states[0], case.states[1]
    (step, machine), (told, teller) = case.steps[0], case.steps[1]
    claims = [
        leads_to("x", to=goal.judge)(renamed(premise.judge, "states")),
        leads_to("x", to=step.judge)(renamed(premise.judge, "to_step")),
        leads_to("x", to=goal.judge)(renamed(told.judge, "from_step")),
        settles("x")(renamed(goal.judge, "settling")),
        settles("x")(renamed(step.judge, "settling_steps")),
    ]
    found = search(case.protocol, claims)
    assert found.closed
    verdicts = [next(r for r in found.properties if r.property is c).verdict.value for c in claims]

    def at_goal(where: str | Edge) -> bool:
        return isinstance(where, str) and asked.state_says(goal, where) is True

    def in_step(where: str | Edge) -> bool:
        return not isinstance(where, str) and True in asked.step_says(step, machine, where)

    made = [e for e in asked.edges() if True in asked.step_says(told, teller, e)]
    knots = list(asked.fair_knots(set(asked.found.states), asked.edges()))
    states = [asked.state_says(goal, key) for key in asked.found.states]
    steps = [a for e in asked.edges() for a in asked.step_says(step, machine, e)]
    unsettled = any(asked.state_says(goal, n) is False for knot, _ in knots for n in knot)
    restless = any(False in asked.step_says(step, machine, e) for _, mine in knots for e in mine)
    assert verdicts == [
        asked.leads_to(premise, at_goal, None),
        asked.leads_to(premise, in_step, None),
        asked.leads_to(told, at_goal, made),
        "refuted" if unsettled else "proved" if any(a is not None for a in states) else "vacuous",
        "refuted" if restless else "proved" if steps else "vacuous",
    ], case.protocol.name
    return True


def renamed(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Give a function that does the same under another name."""

    def made(*args: Any, **named: Any) -> Any:
        return function(*args, **named)

    made.__dict__.update(function.__dict__)
    made.__name__, made.__doc__, made.__annotations__ = name, function.__doc__, function.__annotations__
    return made


@pytest.mark.parametrize("chunk", [c if c < QUICK else pytest.param(c, marks=pytest.mark.thorough) for c in range(CHUNKS)])
def test_both_searches_agree_on_what_comes(chunk: int) -> None:
    """What leads to what, and what settles, is told alike by a search that works fairness out again."""
    agreed, seed = 0, chunk * 1000
    while agreed < PER_CHUNK:
        agreed += compared(random_case(seed), Random(seed))
        seed += 1


def test_envelopes_tell_their_channel() -> None:
    """In the random protocols no two channels bring the same posted message, so that the naive search knows which it was."""
    for seed in range(200):
        channels = [c for c in random_case(seed).protocol.channels if isinstance(c, Post) and not c.instant]
        carried = [m for c in channels for m in c.carries]
        assert len(carried) == len(set(carried)), (seed, Posted)
