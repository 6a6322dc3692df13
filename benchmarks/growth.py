"""How the symbolic engine's time and diagrams grow with the number of embeds, beside the number of states.

``python -m benchmarks.growth`` searches 1, 2, 3, 5 and 10 of each family and writes the results; ``--seconds`` is how long
one search may take. Each is a process of its own. What is not done in time is written down as that, and larger ones
of its family are left out. Nodes are those of the diagram of all reachable states.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from math import log10
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import frozen

from benchmarks.copies import copies
from benchmarks.measured import Machine, machine
from benchmarks.plot import text
from benchmarks.spaces import PAGE, on_one_page
from launchproof import Protocol

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results" / "growth.json"
COUNTS: Final = (1, 2, 3, 5, 10)
PATIENCE: Final = 900


@frozen
class Family:
    """Protocols that grow with the number of embeds."""

    name: str
    make: Callable[[int], Protocol]


def side_by_side(count: int) -> Protocol:
    """Give so many embeds, each on a page of its own with a server of its own, and an environment that does nothing."""
    from model import PROTOCOL

    return copies(PROTOCOL.with_capabilities(), count)


def side_by_side_with_all(count: int) -> Protocol:
    """Give the same in an environment that does all it can."""
    from model import PROTOCOL

    return copies(PROTOCOL, count)


def toys(count: int) -> Protocol:
    """Give so many clients with a server and a network each, and fresh tokens."""
    from tests.toy.toy_protocol import PROTOCOL

    return copies(PROTOCOL, count)


FAMILIES: Final = (
    Family("toys side by side", toys),
    Family("embeds side by side, no capability", side_by_side),
    Family("embeds side by side, all capabilities", side_by_side_with_all),
    Family(PAGE, on_one_page),
)


def searched(family: Family, count: int) -> dict[str, Any]:
    """Search the reachable states."""
    from launchproof.search.symbolic.reach import Reach
    from launchproof.semantics.steps import Semantics

    began = time.perf_counter()
    reach = Reach(Semantics(family.make(count)))
    for _ in reach.sweeps():
        pass
    reached = reach.kept["reached"]
    found = {"states": reach.count(reached), "seconds": time.perf_counter() - began, "nodes": reach.diagrams.size(reached)}
    return {**found, "peak": reach.diagrams.peak}


def measured(family: Family, patience: float) -> Iterator[dict[str, Any]]:
    """Search more and more copies, as long as it takes no longer than that."""
    for count in COUNTS:
        command = [sys.executable, "-m", "benchmarks.growth", "--one", family.name, str(count)]
        try:
            done = subprocess.run(command, cwd=HERE.parent, check=True, capture_output=True, text=True, timeout=patience)
        except subprocess.TimeoutExpired:
            yield {"family": family.name, "copies": count, "states": None, "seconds": patience, "nodes": None, "peak": None}
            return
        yield {"family": family.name, "copies": count, **json.loads(done.stdout)}


HEAD: Final = f"{'family':38} {'copies':>6} {'states':>28} {'seconds':>8} {'nodes':>9} {'at most':>12}"


def line(row: dict[str, Any]) -> str:
    """Tell of one search."""
    start = f"{row['family']:38} {row['copies']:6}"
    if row["states"] is None:
        return f"{start} not done in {row['seconds']:.0f} s"
    states = f"{row['states']:,}" if row["states"] < 10**20 else f"{row['states']:.3e}"
    return f"{start} {states:>28} {row['seconds']:8.2f} {row['nodes']:9,} {row['peak']:12,}"


# --- the plot ----------------------------------------------------------------------------------------------

WIDE: Final = 300
HIGH: Final = 240
LEFT: Final = 70
TOP: Final = 70
LINES: Final = (("states", "#c0392b"), ("nodes", "#2a9d4a"), ("seconds", "#1f6fb4"))


def drawn(rows: list[dict[str, Any]], where: Machine) -> str:
    """Draw a panel for each family: states, nodes and seconds by the number of copies."""
    families = list(dict.fromkeys(row["family"] for row in rows))
    wide = len(families) * (LEFT + WIDE) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{TOP + HIGH + 50}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 20, "The symbolic engine: states, nodes of their diagram, and seconds, by the number of copies", font_size=15),
        text(LEFT, 38, where.told, fill="#555555"),
    ]
    for number, family in enumerate(families):
        mine = [row for row in rows if row["family"] == family and row["states"] is not None]
        parts += [f'<g transform="translate({LEFT + number * (LEFT + WIDE)} {TOP})">', *panel(family, mine), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def panel(family: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Draw one family; the axis of powers of ten is its own."""
    high = max(log10(row["states"]) for row in rows)
    step = max(1, round(high / 6))
    top, low = (int(high // step) + 1) * step, -1

    def y(value: float) -> float:
        return HIGH - (log10(max(value, 0.1)) - low) / (top - low) * HIGH

    def x(copies: int) -> float:
        return (copies - 1) / (COUNTS[-1] - 1) * WIDE

    yield text(0, -8, family)
    yield f'<rect width="{WIDE}" height="{HIGH}" fill="none" stroke="#999999"/>'
    for power in range(0, top + 1, step):
        at = y(10.0**power)
        yield f'<path d="M0 {at:.1f}H{WIDE}" stroke="#e4e4e4"/>{text(-6, at + 4, f"1e{power}", text_anchor="end")}'
    for copies_of in COUNTS:
        yield text(x(copies_of), HIGH + 16, str(copies_of), text_anchor="middle")
    for number, (name, colour) in enumerate(LINES):
        points = [(x(row["copies"]), y(row[name])) for row in rows]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points)
        yield text(10, 18 + 16 * number, name, fill=colour)


def main() -> None:
    """Measure and write; or search one, in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=PATIENCE, help="how long one search may take")
    parser.add_argument("--one", nargs=2, metavar=("FAMILY", "N"), help="search one, and write JSON to standard output")
    parser.add_argument("--only", metavar="FAMILY", action="append", help="measure this family again, and keep the other results")
    asked = parser.parse_args()
    if asked.one:
        name, count = asked.one
        print(json.dumps(searched(next(family for family in FAMILIES if family.name == name), int(count))))
        return
    wanted = [family for family in FAMILIES if not asked.only or family.name in asked.only]
    where, rows = machine(), kept(wanted)
    print(HEAD)
    for family in wanted:
        for row in measured(family, asked.seconds):
            print(line(row), flush=True)
            rows.append(row)
    written(rows, where)


def kept(wanted: list[Family]) -> list[dict[str, Any]]:
    """Give the results of the families that are not measured again."""
    again = {family.name for family in wanted}
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if len(wanted) < len(FAMILIES) else []
    return [row for row in rows if row["family"] not in again]


def written(rows: list[dict[str, Any]], where: Machine) -> None:
    """Write the results, family by family."""
    names = [family.name for family in FAMILIES]
    rows = sorted(rows, key=lambda row: (names.index(row["family"]), row["copies"]))
    data = {"machine": attrs.asdict(where), "rows": rows}
    RESULTS.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    table = "\n".join([where.told, "", HEAD, *map(line, rows), ""])
    RESULTS.with_suffix(".txt").write_text(table, encoding="utf-8")
    RESULTS.with_suffix(".svg").write_text(drawn(rows, where), encoding="utf-8")
    print(f"wrote {RESULTS.parent.name}/{RESULTS.stem}.json, .txt and .svg")


if __name__ == "__main__":
    main()
