"""Records every step of a search as an edge of a graph, for what can only be judged of whole runs.

Steps with the same source, target and label are one edge. A label is what matters of a step: the
groups it belongs to, and which claims about steps it breaks or which quiet names it bears, in bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from attrs import define, field

from launchproof.declare.fairness import STRONG, WEAK
from launchproof.declare.properties import Property
from launchproof.search.judges import PlaceJudges, StepJudges
from launchproof.semantics.fairness import Groups
from launchproof.semantics.plans import NOTHING, Plan
from launchproof.semantics.steps import Bundle, Semantics, State, Step

if TYPE_CHECKING:
    from launchproof.liveness.graph import Graph, Ints

LABEL_BITS: Final = 20
LABELS: Final = (1 << LABEL_BITS) - 1

Label = tuple[tuple[int, ...], int]
"""The groups of a step, and its bits."""


@define(eq=False)
class Recorder:
    """The edges of one search, in the order of their sources.

    `claims` are the claims about steps, and `quiet` the sets of names, that get a bit each.
    """

    semantics: Semantics
    claims: Sequence[Property]
    quiet: Sequence[tuple[str, ...]]
    groups: Groups = field(init=False)
    labels: dict[Label, int] = field(factory=dict)
    judges: StepJudges = field(init=False)
    _bits: dict[object, int] = field(init=False)
    _edges: array[int] = field(factory=lambda: array("q"))
    _counts: array[int] = field(factory=lambda: array("i"))
    _settled: dict[int, int] = field(factory=dict)
    _borne_by: dict[tuple[str | None, ...], int] = field(factory=dict)
    _idle: dict[int, tuple[int, ...]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Give every claim and every set of quiet names its bit."""
        self.groups = Groups(self.semantics)
        self.judges = StepJudges(self.semantics, self.claims, PlaceJudges(self.semantics, ()))
        self._bits = {key: 1 << i for i, key in enumerate(dict.fromkeys([*map(id, self.claims), *self.quiet]))}

    @property
    def edges(self) -> int:
        """How many edges are recorded so far."""
        return len(self._edges)

    def record(
        self,
        position: int,
        state: State,
        moved: Sequence[tuple[State, Step]],
        idle: Sequence[Bundle],
        index: Mapping[State, int],
    ) -> None:
        """Record the steps from a state; states are recorded in the order of their positions."""
        settled = self._settled
        found = set()
        for successor, step in moved:
            label = settled.get(step.index)
            if label is None:
                label = self.label(state, step)
            found.add(index[successor] << LABEL_BITS | label)
        for bundle in idle:
            found.update([position << LABEL_BITS | label for label in self._idle_labels(state, bundle)])
        self._edges.extend(sorted(found))
        self._counts.append(len(found))

    def _idle_labels(self, state: State, bundle: Bundle) -> tuple[int, ...]:
        """Give the labels of steps that leave a state as it is."""
        known = self._idle.get(bundle.index)
        if known is None:
            known = tuple(dict.fromkeys(self.label(state, step) for step in bundle.idle))
            if all(step.index in self._settled for step in bundle.idle):
                self._idle[bundle.index] = known
        return known

    def label(self, state: State, step: Step) -> int:
        """Give the label of a step from a state."""
        settled = self._settled.get(step.index)
        if settled is not None:
            return settled
        broken = [judge.property for judge in self.judges.broken_by_step(state, step)]
        bits = reduce(or_, [self.borne(plan) for plan in step.micros], self.bits_of(broken))
        label = self.labels.setdefault((self.groups.of(step), bits), len(self.labels))
        if not self.judges.reads_slots(step):
            self._settled[step.index] = label
        return label

    def bits_of(self, broken: Iterable[Property]) -> int:
        """Give the bits of some claims."""
        return reduce(or_, [self._bits[id(claim)] for claim in broken], 0)

    def borne(self, plan: Plan) -> int:
        """Give the bits of the quiet names that a plan bears: its transition's and that one's capability's, or a loss's."""
        if plan.transition is not None:
            return self._quiet_of(plan.transition.name, plan.transition.capability)
        return self._quiet_of(plan.actor) if plan.machine == NOTHING else 0

    def _quiet_of(self, *borne: str | None) -> int:
        found = self._borne_by.get(borne)
        if found is None:
            mine = [self._bits[names] for names in self.quiet if not set(names).isdisjoint(borne)]
            found = self._borne_by[borne] = reduce(or_, mine, 0)
        return found

    def bit_of(self, key: Property | tuple[str, ...]) -> int:
        """Give the bit of a claim, or of quiet names."""
        return self._bits[id(key) if isinstance(key, Property) else key]

    def spoke(self, claim: Property) -> bool:
        """Whether a claim about steps ever had anything to say."""
        return any(judge.spoke for judge in self.judges.judges if judge.property is claim)

    def graph(self) -> Graph:
        """Give what was recorded as a graph."""
        import numpy as np

        edges = np.frombuffer(self._edges, dtype=np.int64) if self._edges else np.zeros(0, dtype=np.int64)
        counts = np.array(self._counts, dtype=np.int64)
        return self.graph_of(len(counts), np.repeat(np.arange(len(counts)), counts), edges >> LABEL_BITS, edges & LABELS)

    def graph_of(self, size: int, source: Ints, target: Ints, label: Ints) -> Graph:
        """Make a graph of so many states, and of edges with labels of these numbers."""
        from launchproof.liveness.graph import Graph

        met = list(self.groups.met)
        return Graph(
            size=size,
            source=source,
            target=target,
            label=label,
            groups=[groups for groups, _ in self.labels],
            weak=tuple(i for i, group in enumerate(met) if group.fairness.kind == WEAK),
            strong=tuple(i for i, group in enumerate(met) if group.fairness.kind == STRONG),
        )
