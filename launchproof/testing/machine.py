"""The Hypothesis machine: one named rule per transition, made from the protocol's own semantics.

A rule is enabled where the model allows a step that begins with its transition. Firing it takes one
such step over real strings and judges it (`Check`). Hypothesis chooses among the enabled rules, and
leaves some out of a run altogether (swarm testing). By that alone deep behaviour starves: a launch
takes a dozen transitions, all of which must be in, while the environment could always do something
else. So there are three things besides.

- Where something can move on at once, all else has to wait until it is let in: timers, steps that
  change nothing, and the environment. A run draws how often that is.
- Some rules stand for no transition but for a scheduler: they take whichever step is there, of any
  kind (`SCHEDULERS`) or of one machine, so that a run goes on although its rules were left out.
- A step is chosen by its transition first, so that one with many picks counts as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from launchproof.concrete.concretion import OPAQUE, Concretion, Watcher
from launchproof.concrete.run import Run
from launchproof.declare.channels import Exchange
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.report.trace_text import trace_lines
from launchproof.search.exhaustive import Search
from launchproof.search.trace import tell
from launchproof.semantics.plans import NOTHING
from launchproof.semantics.steps import Semantics
from launchproof.traces.saved import SUFFIX, record, write
from launchproof.walk.check import Check, Trouble
from launchproof.walk.walker import Chooser, waits

WAYS: Final = 64
"""A rule's draw tells apart so many steps that begin with its transition."""

TURNS: Final = 16
"""The environment is let in after a step in so many of these: a run draws how many."""


WINDOW: Final = 4
"""So many transitions that could wait are let in at a time: a run has room for a limited number of draws."""

FAVOURS: Final = 2
"""A run favours so many capabilities at most."""

FAVOURED: Final = 6
"""What a run favours is let in after a step in so many of `TURNS`."""

SCHEDULERS: Final = ("deliver_a_message", "let_a_machine_act", "go_on", "take_any_step")
"""Rules that take a step of whichever transition: the next message, a machine's own, either, or any at all."""

Ways = dict[str, list[tuple[int, int]]]
"""For a transition, the steps that begin with it: in which world, and at which position."""


OWN: Final = ("run", "now", "enabled", "scheduled", "meddling", "favours", "chooser")


class Broken(AssertionError):  # noqa: N818 - a finding, not a failure of the program
    """A property, a watcher or the refinement does not hold; the text tells the run."""


class LifecycleMachine(RuleBasedStateMachine):
    """Runs one protocol; `lifecycle_machine` makes subclasses with its rules."""

    check: ClassVar[Check]
    save_to: ClassVar[Path | None]
    fired: ClassVar[Counter[str]]
    steps: ClassVar[int] = 0
    run: Run

    def __init__(self) -> None:
        """Wait for the setup."""
        super().__init__()
        self.now: Ways = {}
        self.enabled: Ways = {}
        self.scheduled: dict[str, list[str]] = {}
        self.meddling = TURNS
        self.favours: list[str] = []

    def begin(self, setup: dict[str, Any], meddling: int, favours: list[str]) -> None:
        """Start a run with one value for each option of the concretion; what it favours is let in more often."""
        self.run = self.check.start(setup)
        self.meddling = meddling
        self.favours = favours
        self.chooser = Chooser(Random(0), meddling / TURNS / 2)  # noqa: S311 - a reproducible run, no secret
        trouble = self.check.at_start(self.run)
        if trouble is not None:
            raise Broken("\n".join(self.told(trouble)))
        self.look(0)

    def look(self, draw: int) -> None:
        """See what can happen next; the draw decides which of what can wait is let in, if any is."""
        now: Ways = {}
        for number, world in enumerate(self.run.worlds):
            for name in world.options.own:
                if name in world.options.moves and self.run.due(number, world.options.named[name][0]) <= self.run.now:
                    now.setdefault(name, []).extend((number, p) for p in world.options.named[name])
        self.now = now
        self.scheduled = self.schedules()
        turn = draw // WAYS % TURNS
        meddles, favours = turn < self.meddling or not now, turn < FAVOURED and bool(self.favours)
        if not meddles and not favours:
            self.enabled = now
            return
        every: Ways = {}
        for number, world in enumerate(self.run.worlds):
            for name, positions in world.options.named.items():
                every.setdefault(name, []).extend((number, p) for p in positions)
        let_in = window([n for n in every if n not in now], draw) if meddles else []
        favoured = window([n for n in every if self.began_by(every[n]) in self.favours], draw) if favours else []
        self.enabled = now | {name: every[name] for name in (*let_in, *favoured)}

    def schedules(self) -> dict[str, list[str]]:
        """Give, by scheduler, the transitions that it chooses from: those that can move on at once."""
        found: dict[str, list[str]] = {}
        for name, ways in self.now.items():
            number, position = ways[0]
            chosen = self.run.worlds[number].options.steps[position]
            actor = self.check.semantics.slots[chosen.step.micros[0].machine]
            kind = "let_a_machine_act" if chosen.queue == NOTHING else "deliver_a_message"
            for scheduler in (kind, "go_on", goes_on(actor)):
                found.setdefault(scheduler, []).append(name)
        return found

    def began_by(self, ways: Sequence[tuple[int, int]]) -> str:
        """Name who begins such steps: a machine, or a capability."""
        number, position = ways[0]
        return self.run.worlds[number].options.steps[position].step.actor

    def schedule(self, scheduler: str, choice: int) -> None:
        """Take a step that a scheduler chooses."""
        if scheduler == "take_any_step":
            self.chooser.random.seed(choice)
            going = [number for number, world in enumerate(self.run.worlds) if world.options.steps]
            number = going[choice % len(going)]
            options = self.run.worlds[number].options
            self.take(number, self.chooser.choose(options, partial(waits, self.run, number)), choice)
            return
        names = self.scheduled[scheduler]
        self.fire(names[choice % len(names)], choice // len(names))

    def fire(self, name: str, choice: int) -> None:
        """Take a step that begins with a transition."""
        ways = self.enabled[name]
        world, position = ways[choice % WAYS % len(ways)]
        self.take(world, position, choice)

    def take(self, world: int, position: int, choice: int) -> None:
        """Take a step, and judge it; the draw says after which pause, and what is let in next."""
        pauses = self.check.concretion.pauses
        taken, trouble = self.check.take(self.run, world, position, pauses[choice // WAYS // TURNS])
        if taken is not None:
            type(self).steps += len(taken.hops)
            self.fired.update([act.name for act in taken.acts])
        if trouble is not None:
            raise Broken("\n".join(self.told(trouble)))
        self.look(choice)

    def told(self, trouble: Trouble) -> list[str]:
        """Tell the run that broke something, and save it."""
        path = self.run.path(trouble.world)
        hops = [(hop.state, hop.position) for hop in path]
        protocol = self.check.semantics.protocol
        lines = ["", *trace_lines(tell(self.check.semantics, hops), protocol), "", f"{trouble.breaks} does not hold"]
        if trouble.detail:
            lines.append(trouble.detail)
        if self.save_to is not None:
            file = self.save_to / f"{trouble.breaks}{SUFFIX}"
            pauses = [hop.pause for hop in path]
            write(record(self.check.semantics, hops, trouble.breaks, setup=self.run.setup, pauses=pauses), file)
            lines.append(f"saved: take it again with `launchproof replay {file}`")
        return lines


RESERVED: Final = frozenset((*dir(LifecycleMachine), *OWN))
"""What no rule may be called."""


def lifecycle_machine(  # noqa: PLR0913 - what a user may say of a suite
    protocol: Protocol,
    properties: Sequence[Property],
    concretion: Concretion = OPAQUE,
    watchers: Sequence[Watcher] = (),
    *,
    embeds: int = 1,
    within: Search | None = None,
    save_to: str | Path | None = ".launchproof",
) -> type[LifecycleMachine]:
    """Make a Hypothesis state machine of a protocol, with a rule for each transition that can begin a step.

    Properties that are claimed under fewer capabilities than the protocol has are left out. `within` is
    a search of the same protocol that has closed: every state must be one that it met. What breaks is
    saved in the folder `save_to` (None: not at all).
    """
    claimed = tuple(p for p in properties if protocol.enabled.isdisjoint(p.under))
    semantics = within.semantics if within is not None else Semantics(protocol)
    proved = within.index if within is not None else None
    longest = WAYS * len(concretion.pauses) * TURNS
    members: dict[str, Any] = {
        "check": Check(semantics, claimed, concretion, watchers, embeds, proved),
        "save_to": None if save_to is None else Path(save_to),
        "fired": Counter(),
        "begin_run": begin_rule(concretion, sorted(protocol.enabled)),
        "nothing_can_happen": idle_rule(),
    }
    for name in beginnings(protocol):
        members[free(name, members)] = transition_rule(name, longest)
    for name in (*SCHEDULERS, *(goes_on(t.machine) for t in protocol.active if t.name in members)):
        members[free(name, members)] = scheduler_rule(name, longest)
    return type("Lifecycle", (LifecycleMachine,), members)


def window(names: Sequence[str], first: int) -> list[str]:
    """Give a few of the names, from one on."""
    start = first % max(1, len(names))
    return [*names[start:], *names[:start]][:WINDOW]


def begin_rule(concretion: Concretion, capabilities: list[str]) -> Any:
    """Make the rule that sets a run up."""

    def begin_run(self: LifecycleMachine, setup: dict[str, Any], meddling: int, favours: list[str]) -> None:
        self.begin(setup, meddling, favours)

    options = {option: st.sampled_from(list(values)) for option, values in concretion.options.items()}
    return initialize(
        setup=st.fixed_dictionaries(options),
        meddling=st.sampled_from([TURNS, 1, 2, 4]),
        favours=st.lists(st.sampled_from(capabilities), max_size=FAVOURS, unique=True) if capabilities else st.just([]),
    )(begin_run)


def idle_rule() -> Any:
    """Make the rule that Hypothesis takes where the protocol has come to its end."""

    def nothing_can_happen(self: LifecycleMachine) -> None:
        del self

    def stuck(self: LifecycleMachine) -> bool:
        return not self.enabled

    return precondition(stuck)(rule()(nothing_can_happen))


def transition_rule(name: str, longest: int) -> Any:
    """Make the rule of one transition."""

    def fire(self: LifecycleMachine, choice: int) -> None:
        self.fire(name, choice)

    fire.__name__ = fire.__qualname__ = identifier(name)

    def enabled(self: LifecycleMachine) -> bool:
        return name in self.enabled

    return precondition(enabled)(rule(choice=st.integers(0, longest - 1))(fire))


def scheduler_rule(name: str, longest: int) -> Any:
    """Make the rule of one scheduler."""

    def schedule(self: LifecycleMachine, choice: int) -> None:
        self.schedule(name, choice)

    schedule.__name__ = schedule.__qualname__ = name
    anything = name == "take_any_step"

    def enabled(self: LifecycleMachine) -> bool:
        return bool(self.enabled) if anything else name in self.scheduled

    return precondition(enabled)(rule(choice=st.integers(0, longest - 1))(schedule))


@cache
def goes_on(machine: str) -> str:
    """Name the scheduler that lets one machine go on."""
    return f"{identifier(machine)}_goes_on"


def beginnings(protocol: Protocol) -> list[str]:
    """List the names of all that can begin a step: what needs no message, or one that can be in flight."""
    queued = {kind for channel in protocol.queues for kind in channel.carries}
    names = [t.name for t in protocol.active if t.signature.heard is None or not queued.isdisjoint(t.signature.heard.messages)]
    hearers = {t.machine for t in protocol.active if t.name in names and t.signature.heard is not None}
    losses = [
        f"lose_{what}_on_{queue.name}"
        for queue in protocol.queues
        if isinstance(queue, Exchange) and queue.lost is not None and queue.unreliable in protocol.enabled
        for what in ("request", "answer")
    ]
    return [*names, *losses, *(f"{machine.name} drops it" for machine in protocol.machines if machine.name in hearers)]


def free(name: str, taken: Collection[str]) -> str:
    """Spell a rule's name; one that a machine has another use for gets an underscore at its end."""
    spelled = identifier(name)
    while spelled in taken or spelled in RESERVED:
        spelled += "_"
    return spelled


def identifier(name: str) -> str:
    """Spell a name as a method's."""
    return name.replace(" ", "_").replace("-", "_")
