"""All that judges a run: refinement, properties, watchers, and the set of states that was proved."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import chain
from typing import Final

from attrs import define, field, frozen

from launchproof.concrete.choices import Choices
from launchproof.concrete.concretion import OPAQUE, Concretion, Setup, Watcher
from launchproof.concrete.run import Hop, Run, Taken
from launchproof.concrete.wire import Wire
from launchproof.concrete.world import Mismatch
from launchproof.declare.properties import Property
from launchproof.search.judges import Judges
from launchproof.semantics.steps import Semantics, State

REFINEMENT: Final = "refinement"
"""The name under which a concrete step that the model does not allow is reported."""

PROVED_STATES: Final = "proved-states"
"""The name under which a state is reported that the exhaustive search has not met."""


@frozen
class Trouble:
    """What a step broke, by its name, in which of the lifecycles, and what there is to say of it."""

    breaks: str
    world: int
    detail: str = ""


@define(eq=False)
class Check:
    """Judges the runs of one protocol; what it learns of the protocol serves all of them.

    `proved` holds the states that an exhaustive search of the same `semantics` has met; where it is
    given, every state that a run reaches must be among them.
    """

    semantics: Semantics
    properties: Sequence[Property]
    concretion: Concretion = OPAQUE
    watchers: Sequence[Watcher] = ()
    embeds: int = 1
    proved: Container[State] | None = None
    choices: Choices = field(init=False)
    wire: Wire = field(init=False)
    _judges: Judges = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Resolve what the properties read."""
        self.choices = Choices(self.semantics)
        self.wire = Wire(self.semantics.protocol, self.concretion)
        self._judges = Judges(self.semantics, self.properties)

    def start(self, setup: Setup) -> Run:
        """Start a run."""
        return Run(self.choices, self.concretion, self.wire, setup, self.watchers, self.embeds)

    def at_start(self, run: Run) -> Trouble | None:
        """Give a property that the initial state breaks."""
        return next((Trouble(broken.name, 0) for broken in self._judges.broken_in(run.worlds[0].state)), None)

    def take(self, run: Run, world: int, position: int, pause: float) -> tuple[Taken | None, Trouble | None]:
        """Take one step after a pause, or what time forces before it, and judge it."""
        return self.take_at(run, world, position, max(run.now, run.due(world, position)) + pause)

    def take_at(self, run: Run, world: int, position: int, moment: float) -> tuple[Taken | None, Trouble | None]:
        """Take one step at a moment of the run's clock, or what time forces before it, and judge it."""
        before = len(run.hops)
        try:
            taken = run.take_at(world, position, moment)
        except Mismatch as mismatch:
            broken = next((b for b in map(self._broken, run.hops[before:]) if b is not None), None)
            return None, broken or Trouble(REFINEMENT, mismatch.world, str(mismatch))
        for hop in taken.hops:
            broken = self._broken(hop)
            if broken is not None:
                return taken, broken
            detailed = self.choices.of(hop.state).steps[hop.position]
            if self.proved is not None and detailed.after not in self.proved:
                return taken, Trouble(
                    PROVED_STATES, hop.world, "the exhaustive search has not met the state that this run reaches"
                )
        if taken.found is not None:
            found, text, number = taken.found
            return taken, Trouble(found.name, number, text)
        return taken, None

    def _broken(self, hop: Hop) -> Trouble | None:
        """Give a property that the model's own step breaks."""
        detailed = self.choices.of(hop.state).steps[hop.position]
        by_step, by_state = self._judges.broken_by(hop.state, detailed.step), self._judges.broken_in(detailed.after)
        return next((Trouble(broken.name, hop.world) for broken in chain(by_step, by_state)), None)
