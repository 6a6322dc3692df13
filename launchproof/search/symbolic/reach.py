"""The reachable states: the least set that holds the first one, and what its states' steps lead to.

The clusters of steps make *blocks*: those that change the same corner, which shares names. The set is closed
under one block after the other, from the end of the order to its beginning, and each time of all that the blocks
before led to (chaining: O. Roig, J. Cortadella, E. Pastor, "Verification of asynchronous circuits by BDD-based
model checking of Petri nets", 1995; closing under what is local first: G. Ciardo, G. Lüttgen, R. Siminiceanu,
"Saturation: an efficient iteration strategy for symbolic state-space generation", 2001). So parts of a protocol
that hardly know each other multiply, instead of going on in turn. Levels are taken one by one only where a
shortest run is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from attrs import define, field

from launchproof.search.symbolic.diagrams import Diagram, Diagrams
from launchproof.search.symbolic.fields import Fields, RegrownError
from launchproof.search.symbolic.order import order_of
from launchproof.search.symbolic.places import Placed
from launchproof.search.symbolic.relations import Cluster
from launchproof.search.symbolic.renaming import Corners
from launchproof.search.symbolic.steps import Steps
from launchproof.semantics.steps import Semantics, State

T = TypeVar("T")


@define(eq=False)
class Reach:
    """All that was learned of one protocol's steps, and the sets of states that are kept, by name."""

    semantics: Semantics
    placed: Placed = field(init=False)
    diagrams: Diagrams = field(factory=Diagrams)
    fields: Fields = field(init=False)
    steps: Steps = field(init=False)
    corners: Corners = field(init=False)
    kept: dict[Hashable, Diagram] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with the first state."""
        self.placed = Placed(self.semantics)
        self.fields = Fields(self.placed, self.diagrams, order_of(self.semantics))
        self.steps = Steps(self.fields, self.placed)
        self.corners = Corners(self.fields, self.placed, self.steps.together)
        first = self.placed.initial()
        for slot, value in enumerate(first):
            self.fields.number(slot, value)
        self.fields.regrow()
        self.kept["first"] = self.kept["reached"] = self.fields.cubes(enumerate(first))

    @property
    def bits(self) -> list[str]:
        """All bits of a state."""
        return self.fields.bits(self.fields.order)

    # --- sets of states ------------------------------------------------------------------------------

    def sweeps(self) -> Iterator[None]:
        """Close the reached states under one block after the other, until nothing is new; yield now and then."""
        self.keep(new=self.kept["reached"])
        self._learn(range(len(self.semantics.slots)))
        busy = True
        while busy:
            busy = False
            for key in self._blocks():
                for _ in self._close(key):
                    busy = True
                    yield

    def _close(self, key: Hashable) -> Iterator[None]:
        """Close the reached states under the steps of a block, which may grow on the way."""
        while True:
            block = self._blocks().get(key, [])
            self.keep(open=self._open(block))
            if self.kept["open"] == self.diagrams.false:
                return
            led = self.settled(lambda block=block: self._image(block, self.kept["open"]))  # type: ignore[misc]
            for cluster in block:
                self.kept["closed", cluster.slots] = self.kept["reached"]
            self.keep(new=led & ~self.kept["reached"], reached=led | self.kept["reached"])
            self._learn(self.corners.affected(slots_of(block)))
            yield

    def _open(self, block: list[Cluster]) -> Diagram:
        """Give the states under whose steps it is not sure that the reached ones are closed."""
        open_ = {self.kept["reached"] & ~self.kept["closed", cluster.slots] for cluster in block}
        return self.diagrams.union(open_)

    def _learn(self, slots: Iterable[int]) -> None:
        """Learn every step of the new states; they differ in some slots from states of which all is learned.

        What is learned here is of no use to the others: of these, all was learned.
        """
        self.settled(lambda: self.steps.learn(self.kept["new"], frozenset(slots)))
        for changed in self.steps.clusters:
            self.kept.setdefault(("closed", changed), self.kept["reached"] & ~self.kept["new"])

    def levels(self) -> Iterator[Diagram]:
        """Yield the states that are no steps away, one step, two steps, and so on."""
        self.keep(level=self.kept["first"], seen=self.kept["first"])
        while self.kept["level"] != self.diagrams.false:
            yield self.kept["level"]
            self.settled(lambda: self.steps.learn(self.kept["level"], frozenset(range(len(self.semantics.slots)))))
            led = self.settled(lambda: self.diagrams.union(self._image(b, self.kept["level"]) for b in self._blocks().values()))
            self.keep(level=led & ~self.kept["seen"], seen=led | self.kept["seen"])

    def before(self, states: Diagram) -> Diagram:
        """Give the states with a step into some states, as far as steps were learned."""
        return self.diagrams.union(self._preimage(block, states) for block in self._blocks().values())

    def keep(self, **sets: Diagram) -> None:
        """Keep sets of states, whatever fields grow."""
        self.kept.update(sets)

    def _blocks(self) -> dict[Hashable, list[Cluster]]:
        """Give the clusters, those together that change the same corner; from the end of the order to its beginning."""
        place = {slot: at for at, slot in enumerate(self.fields.order)}
        corners = {slot: corner.slots for corner in self.corners.all() for slot in corner.slots}
        homes = {slot: corners[min(corners, key=lambda c: abs(place[c] - place[slot]))] for slot in place} if corners else {}
        homes |= corners
        together: dict[Hashable, list[Cluster]] = {}
        for slots in sorted(self.steps.clusters, key=lambda slots: min(place[slot] for slot in slots), reverse=True):
            key = tuple(sorted({homes.get(slot, (slot,)) for slot in slots}))
            together.setdefault(key, []).append(self.steps.clusters[slots])
        return together

    def _image(self, block: list[Cluster], states: Diagram) -> Diagram:
        """Give what a block's steps lead to; where names stand is known only after they were taken."""
        raw = [(cluster.slots, cluster.image(states)) for cluster in block]
        union = self.diagrams.union
        found = [after for slots, after in raw if not self.corners.of(slots)]
        named = [(slots, after) for slots, after in raw if self.corners.of(slots)]
        changed = frozenset(slot for slots, _ in named for slot in slots)
        return union([*found, self.corners.image(changed, union(after for _, after in named))])

    def _preimage(self, block: list[Cluster], states: Diagram) -> Diagram:
        named = [cluster for cluster in block if self.corners.of(cluster.slots)]
        raw = self.corners.preimage(slots_of(named), states)
        return self.diagrams.union(cluster.preimage(raw if cluster in named else states) for cluster in block)

    def settled(self, work: Callable[[], T]) -> T:
        """Do some work; where a field has to grow, make diagrams anew, and do the work again."""
        while True:
            try:
                return work()
            except RegrownError:
                old = self.fields.regrow()
                self.kept = {name: states & old for name, states in self.kept.items()}
                self.steps.forget()
                self.corners.forget()

    # --- states one by one ---------------------------------------------------------------------------

    def count(self, states: Diagram) -> int:
        """Count states, exactly."""
        return self.diagrams.count(states, self.bits)

    def about(self, states: Diagram) -> float:
        """Count states, quickly and roughly."""
        return self.diagrams.about(states, self.bits)

    def rows(self, states: Diagram) -> list[State]:
        """List states as they are spelled here."""
        return self.fields.rows(states, range(len(self.semantics.slots)))

    def spelled(self, states: Diagram) -> list[State]:
        """List states as the semantics has them."""
        return [self.semantics.canonical(state) for state in self.rows(states)]

    def holds(self, states: Diagram, state: State) -> bool:
        """Whether a state of the semantics is one of some states."""
        return states & self.fields.cubes(enumerate(self.placed.canonical(state))) != self.diagrams.false


def slots_of(clusters: Iterable[Cluster]) -> frozenset[int]:
    """Give the slots that some clusters change."""
    return frozenset(slot for cluster in clusters for slot in cluster.slots)
