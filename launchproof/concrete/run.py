"""What the lifecycles of one run share: the clock, the texts of all names, and who watches.

Time passes only between steps. Before a step is taken the clock moves to the moment at which it may
happen (a timer's), and by a pause; if a deadline lies on the way, what it forces happens instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from launchproof.concrete.agree import agrees
from launchproof.concrete.choices import Choices
from launchproof.concrete.concretion import Concretion, Deadline, Setup, Watch, Watcher
from launchproof.concrete.texts import Texts
from launchproof.concrete.wire import Wire
from launchproof.concrete.world import Act, Mismatch, World
from launchproof.semantics.steps import State


@frozen
class Hop:
    """One step that a world took: from which state, which of its steps, and when.

    `pause` are the seconds since the step before it, `at` is the moment of the run's clock.
    """

    world: int
    state: State
    position: int
    pause: float
    at: float


@frozen(eq=False)
class Taken:
    """What one call of `Run.take_at` led to: the step, and what other worlds overheard of it."""

    world: int
    hops: tuple[Hop, ...]
    acts: tuple[Act, ...]
    found: tuple[Watcher, str, int] | None


@define(eq=False)
class Run:
    """One run of one or more lifecycles side by side, under one clock, in seconds."""

    choices: Choices
    concretion: Concretion
    wire: Wire
    setup: Setup
    watchers: Sequence[Watcher] = ()
    embeds: int = 1
    now: float = 0.0
    texts: Texts = field(init=False)
    worlds: list[World] = field(init=False)
    notes: dict[Any, Any] = field(factory=dict)
    hops: list[Hop] = field(factory=list)
    _watching: list[tuple[Watcher, Watch]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Start all lifecycles."""
        self.wire.run = self
        self.texts = Texts(lambda name: self.concretion.spell(self, name))
        self.worlds = [World.new(self, self.choices) for _ in range(self.embeds)]
        self._watching = [(watcher, watcher.start()) for watcher in self.watchers]

    @property
    def salt(self) -> str:
        """What makes this run's texts differ from another's."""
        return str(self.setup.get("salt", 0))

    def due(self, number: int, position: int) -> float:
        """Give the moment before which a step in a world cannot happen: the one at which a timer fires."""
        world = self.worlds[number]
        return self.concretion.due(world, world.options.steps[position])

    def take_at(self, number: int, position: int, until: float) -> Taken:
        """Take a step in a world at a moment, or what time forces before it.

        `Mismatch` is raised where the model does not allow what happens.
        """
        forced = self._forced(until)
        if forced is None:
            elapsed, self.now = until - self.now, until
        else:
            asked = Hop(number, self.worlds[number].state, position, until - self.now, until)
            number, deadline = forced
            position = self._position(deadline, asked, number)
            elapsed, self.now = max(0.0, deadline.at - self.now), max(self.now, deadline.at)
        before = len(self.hops)
        acts = self._follow(number, position, elapsed)
        done = [(number, acts), *self._overhear(number, acts)]
        every = tuple(act for _, its in done for act in its)
        return Taken(number, tuple(self.hops[before:]), every, self._found(done))

    def path(self, number: int) -> list[Hop]:
        """Give the steps that one world took, each with the seconds since the one before it in this world."""
        mine = [hop for hop in self.hops if hop.world == number]
        return [evolve(hop, pause=hop.at - before) for hop, before in zip(mine, [0.0, *(h.at for h in mine)], strict=False)]

    def _follow(self, number: int, position: int, elapsed: float) -> list[Act]:
        world = self.worlds[number]
        self.hops.append(Hop(number, world.state, position, elapsed, self.now))
        try:
            return world.follow(position)
        except Mismatch as mismatch:
            mismatch.world = number
            raise

    def _overhear(self, number: int, acts: Sequence[Act]) -> list[tuple[int, list[Act]]]:
        """Let the other lifecycles hear what they can hear of this one's, as the model has it of a stranger's."""
        heard: list[tuple[int, list[Act]]] = []
        for act in acts if len(self.worlds) > 1 else ():
            for transition, pick in self.concretion.overheard(self.worlds[number], act):
                for other, world in enumerate(self.worlds):
                    position = None if other == number else find(world, transition, pick)
                    if position is not None:
                        heard.append((other, self._follow(other, position, 0.0)))
        return heard

    def _forced(self, until: float) -> tuple[int, Deadline] | None:
        """Find the first deadline that is due, in whichever world."""
        due = [
            (deadline.at, number, deadline)
            for number, world in enumerate(self.worlds)
            for deadline in self.concretion.deadlines(world)
            if deadline.at <= until
        ]
        if not due:
            return None
        _, number, deadline = min(due, key=lambda d: d[:2])
        return number, deadline

    def _position(self, deadline: Deadline, asked: Hop, number: int) -> int:
        """Find the model's step for what time forces before the step that was asked for."""
        position = find(self.worlds[number], deadline.transition, deadline.pick)
        if position is None:
            self.hops.append(asked)
            raise Mismatch(
                deadline.transition,
                "what time does",
                "it does not let this happen yet",
                f"due at {deadline.at:g} s: {deadline.pick}",
                number,
            )
        return position

    def _found(self, done: Sequence[tuple[int, Sequence[Act]]]) -> tuple[Watcher, str, int] | None:
        """Show every act to every watcher; give the first thing that is found, and in which world."""
        first: tuple[Watcher, str, int] | None = None
        for number, acts in done:
            for act in acts:
                for watcher, watch in self._watching:
                    found = watch(self.worlds[number], act)
                    if found is not None and first is None:
                        first = watcher, found, number
        return first


def find(world: World, transition: str, pick: object) -> int | None:
    """Find the model's step that fires a transition with this pick (None: it takes none)."""
    for position in world.options.named.get(transition, ()):
        plan = world.options.steps[position].step.micros[0]
        if (pick is None and not plan.given) or any(agrees(value, pick, world.reading) for _, value in plan.given):
            return position
    return None
