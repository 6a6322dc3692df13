"""Which states have a machine that may not rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import define, field

from launchproof.search.vector.keys import Column
from launchproof.search.vector.layout import Words
from launchproof.search.vector.space import Space


@define(eq=False)
class Resting:
    """Looks up, phase by phase, whether a machine may stay in it for ever."""

    space: Space
    _restless: list[Column] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing looked up."""
        self._restless = [Column() for _ in range(self.space.semantics.machines)]

    def owing(self, states: Words) -> npt.NDArray[np.bool_]:
        """Tell which states have a machine that may not rest."""
        owing = np.zeros(len(states[0]), bool)
        semantics, values = self.space.semantics, self.space.values
        for slot, machine in enumerate(semantics.protocol.machines):
            if machine.resting:
                restless = self._restless[slot]
                phases = (semantics.interner.values[v] for v in values.values[slot][restless.size :])
                restless.extend([int(not isinstance(phase, machine.resting)) for phase in phases])
                owing |= restless.at(values.fields.get(states, slot)) > 0
        return owing
