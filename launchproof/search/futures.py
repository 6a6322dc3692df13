"""Judges claims about the rest of a run, on the graph of a search that closed.

What is asked of the graph, and why it is sound to ask it of canonical states, is told in
`launchproof.liveness`. A counterexample is a lasso told step by step, or a run to what was forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from launchproof.declare.progress import SETTLES
from launchproof.declare.properties import Future, Property
from launchproof.declare.protocol import Protocol
from launchproof.errors import DeclarationError
from launchproof.search.judges import Judge, StateJudges
from launchproof.search.recorded import Recorder
from launchproof.search.trace import Fairly, Hop, Trace, tell
from launchproof.search.verdicts import PropertyResult, Verdict
from launchproof.semantics.steps import Semantics, State, Step

if TYPE_CHECKING:
    from launchproof.liveness.answers import Run
    from launchproof.liveness.graph import Flags, Graph, Marks


class Futures:
    """The claims about the rest of a run that one search judges; `briefly`, it tells no runs, only how long they are."""

    briefly = False

    def __init__(self, semantics: Semantics, properties: Sequence[Property]) -> None:
        """Prepare to record what they need; an unknown quiet name is a `DeclarationError`."""
        self.semantics = semantics
        for prop in properties:
            check_quiet(semantics.protocol, prop)
        parts = [part for p in properties for part in future_of(p).parts]
        self.recorder = Recorder(
            semantics, [part for part in parts if part.kind == "each-step"], [future_of(p).quiet for p in properties]
        )
        self.state_judges = StateJudges(semantics, parts)

    @property
    def edges(self) -> int:
        """How many edges are recorded so far."""
        return self.recorder.edges

    def work(self) -> int:
        """Prepare what all of them need, once the search has closed; give the number of edges."""
        from launchproof.liveness.paths import from_start

        from_start(self.graph)
        return len(self.graph.source)

    def judged(self, prop: Property, states: Sequence[State]) -> PropertyResult:
        """Judge one of them, on the states of a search that closed, in the order of their numbers."""
        return Judged(self, prop, states, self.graph).result()

    @cached_property
    def graph(self) -> Graph:
        """What was recorded, once the search is over."""
        return self.recorder.graph()

    def breaking(self, judge: Judge, states: Sequence[State]) -> Flags:
        """Tell which states break a claim about states."""
        import numpy as np

        return np.fromiter((self.state_judges.verdict(judge, state) is False for state in states), np.bool_, len(states))


@frozen(eq=False, slots=False)
class Judged:
    """One claim on one graph."""

    futures: Futures
    claim: Property
    states: Sequence[State]
    graph: Graph

    @property
    def semantics(self) -> Semantics:
        """The semantics of the search."""
        return self.futures.semantics

    @cached_property
    def future(self) -> Future:
        """What the claim is made of."""
        return future_of(self.claim)

    def result(self) -> PropertyResult:
        """Give the verdict, with the run that refutes it."""
        from launchproof.liveness.answers import leads_to, settles

        about, spoke = self._marks(self.future.about)
        if self.claim.kind == SETTLES:
            run = settles(self.graph, about, self.quiet)
        else:
            goals, forbidden = self._any(self.future.goals), self._any(self.future.without)
            run = leads_to(self.graph, about, goals, forbidden, self.quiet)
        if run is not None:
            trace = None if self.futures.briefly else self._told(run, about)
            return PropertyResult(self.claim, Verdict.REFUTED, trace, length=len(run.edges))
        return PropertyResult(self.claim, Verdict.PROVED if spoke and self._possible(about) else Verdict.VACUOUS)

    def _possible(self, about: Marks) -> bool:
        """Whether there is a run at all that takes what is quiet finitely often, and meets the premise."""
        from launchproof.liveness.answers import stays

        return not self.future.quiet or stays(self.graph, None if self.claim.kind == SETTLES else about, self.quiet)

    @cached_property
    def quiet(self) -> Flags:
        """The edges that are taken finitely often."""
        return self._edges(self.future.quiet)

    def _edges(self, key: Property | tuple[str, ...]) -> Flags:
        """Give the edges that have a bit."""
        import numpy as np

        bit = self.futures.recorder.bit_of(key)
        return np.array([bool(bits & bit) for _, bits in self.futures.recorder.labels], dtype=np.bool_).take(self.graph.label)

    def _marks(self, part: Property) -> tuple[Marks, bool]:
        """Mark where a part breaks; tell whether it ever had something to say."""
        from launchproof.liveness.graph import Marks, nothing

        none = nothing(self.graph)
        if part.kind == "each-step":
            return Marks(none.nodes, self._edges(part)), self.futures.recorder.spoke(part)
        judge = next(j for j in self.futures.state_judges.judges if j.property is part)
        return Marks(self.futures.breaking(judge, self.states), none.edges), judge.spoke

    def _any(self, parts: Sequence[Property]) -> Marks:
        """Mark where any of several parts breaks."""
        from launchproof.liveness.graph import Marks, nothing

        made = nothing(self.graph)
        for part in parts:
            marks, _ = self._marks(part)
            made = Marks(made.nodes | marks.nodes, made.edges | marks.edges)
        return made

    # -- telling -------------------------------------------------------------------------------------

    def _told(self, run: Run, about: Marks) -> Trace:
        """Tell a run that refutes the claim."""
        hops = list(self._hops(run.edges))
        trace = evolve(tell(self.semantics, hops, run.loop_from), premise_at=run.promised)
        if run.loop_from is None:
            return evolve(trace, forbidden=self._forbidden(run))
        broken = self._broken_at(run, about) if self.claim.kind == SETTLES else None
        return evolve(trace, broken_at=broken, fairly=self._fairly(run, hops))

    def _hops(self, edges: Sequence[int]) -> Iterator[Hop]:
        """Find for each edge a step that is recorded as it."""
        for edge in edges:
            state, target = self.states[self.graph.source[edge]], self.states[self.graph.target[edge]]
            for position, (after, step) in enumerate(self.semantics.successors(state)):
                if after == target and self.futures.recorder.label(state, step) == self.graph.label[edge]:
                    yield state, position
                    break
            else:
                raise AssertionError("a step that was recorded is not there any more")

    def _nodes(self, run: Run) -> list[int]:
        """List the nodes of a run."""
        return [0, *(int(self.graph.target[edge]) for edge in run.edges)]

    def _forbidden(self, run: Run) -> str:
        """Say what held at the end of a run, and must not."""
        node = self._nodes(run)[-1]
        for part in self.future.without:
            marks, _ = self._marks(part)
            if marks.nodes[node] or (run.edges and marks.edges[run.edges[-1]]):
                return part.meaning
        raise AssertionError("nothing forbidden holds at the end of a run that was to show it")

    def _broken_at(self, run: Run, about: Marks) -> int:
        """Give the first state (after so many steps) or step of a loop that breaks the claim."""
        start = run.loop_from or 0
        nodes = self._nodes(run)
        for number in range(start, len(nodes)):
            if number > start and about.edges[run.edges[number - 1]]:
                return number
            if about.nodes[nodes[number]]:
                return number
        raise AssertionError("nothing is broken in a loop that was to break it")

    def _fairly(self, run: Run, hops: Sequence[Hop]) -> Fairly:
        """Tell why a loop is fair."""
        from launchproof.liveness.lasso import enabled_groups

        start, met = run.loop_from or 0, list(self.futures.recorder.groups.met)
        nodes = self._nodes(run)[start:]
        if start == len(run.edges):
            return Fairly(unfair=began(step for _, step in self.semantics.successors(self.states[nodes[0]])))
        groups = [set(self.graph.groups[int(self.graph.label[edge])]) for edge in run.edges[start:]]
        steps = [self.semantics.successors(state)[position][1] for state, position in hops[start:]]
        taken = {g for found in groups for g in found}
        enabled = {g for node in nodes for g in enabled_groups(self.graph, node)}
        fair = {g: f"{met[g].name} ({met[g].fairness.kind})" for g in sorted(self.graph.fair)}
        return Fairly(
            tuple(name for g, name in fair.items() if g in taken),
            tuple(name for g, name in fair.items() if g in enabled - taken),
            began(step for step, found in zip(steps, groups, strict=True) if found.isdisjoint(fair)),
        )


def began(steps: Iterable[Step]) -> tuple[str, ...]:
    """Name what begins steps, each with its actor, once."""
    return tuple(dict.fromkeys(f"{step.micros[0].name} ({step.actor})" for step in steps))


def future_of(prop: Property) -> Future:
    """Give what a claim about the rest of a run is made of."""
    if prop.future is None:
        raise AssertionError("a claim about states or steps is judged elsewhere")
    return prop.future


def check_quiet(protocol: Protocol, prop: Property) -> None:
    """Refuse a quiet name that the protocol does not have."""
    known = [c.name for c in protocol.capabilities] + [t.name for t in protocol.transitions]
    for name in future_of(prop).quiet:
        if name not in known:
            raise DeclarationError(
                f"property {prop.name}",
                f"there is no capability or transition {name!r} to be quiet",
                "check the spelling with `launchproof show`",
            )
