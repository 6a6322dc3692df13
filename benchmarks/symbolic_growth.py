"""How time and diagrams grow with the number of copies of a protocol that are searched side by side.

``python -m benchmarks.symbolic_growth`` searches 1, 2, 3, 5, 10 and 20 copies of a toy (a client, a server, a lossy
network, fresh tokens); further arguments are other numbers. ``--lifecycle`` takes the embed lifecycle instead.
Times are of the processor; nodes are those of the diagram of all reachable states, and of all diagrams at
the most.
"""

from __future__ import annotations

import argparse
import time
from typing import Final

from attrs import frozen

from benchmarks.copies import copies
from launchproof import Protocol
from launchproof.search.symbolic.reach import Reach
from launchproof.semantics.steps import Semantics

COPIES: Final = (1, 2, 3, 5, 10, 20)


@frozen
class Measured:
    """One search."""

    states: int
    seconds: float
    nodes: int
    peak: int


def measured(protocol: Protocol) -> Measured:
    """Search a protocol's reachable states."""
    began = time.process_time()
    reach = Reach(Semantics(protocol))
    for _ in reach.sweeps():
        pass
    reached = reach.kept["reached"]
    states = reach.count(reached)
    return Measured(states, time.process_time() - began, reach.diagrams.size(reached), reach.diagrams.peak)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("copies", nargs="*", type=int, default=COPIES)
    parser.add_argument("--lifecycle", action="store_true")
    asked = parser.parse_args()
    if asked.lifecycle:
        from model import PROTOCOL
    else:
        from tests.toy.toy_protocol import PROTOCOL
    print(f"{'copies':>6} {'states':>32} {'seconds':>8} {'nodes':>8} {'at most':>10}")
    for count in asked.copies:
        found = measured(copies(PROTOCOL, count))
        print(f"{count:6} {found.states:32,} {found.seconds:8.2f} {found.nodes:8,} {found.peak:10,}", flush=True)


if __name__ == "__main__":
    main()
