"""Draws how long searches take, by how many states there are: both axes logarithmic, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from math import ceil, floor, log10
from typing import Any, Final

from benchmarks.measured import Machine

COLOURS: Final = {"plain": "#8a8a8a", "vector": "#1f6fb4", "symbolic": "#2a9d4a", "SPIN": "#c0392b"}
"""Of SPIN, only the fastest setting is drawn."""

WIDTH: Final = 330
HEIGHT: Final = 260
LEFT: Final = 60
TOP: Final = 66

Points = list[tuple[float, float]]


def drawn(rows: list[dict[str, Any]], where: Machine) -> str:
    """Draw a panel for each family."""
    families = list(dict.fromkeys(row["family"] for row in rows))
    wide, high = len(families) * (LEFT + WIDTH) + 20, TOP + HEIGHT + 50
    axes = span(row["states"] for row in rows), span(row["seconds"] for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 20, "Seconds from the start, by states", font_size=15),
        text(LEFT, 38, where.told, fill="#555555"),
    ]
    for number, family in enumerate(families):
        mine = [row for row in rows if row["family"] == family]
        parts += [f'<g transform="translate({LEFT + number * (LEFT + WIDTH)} {TOP})">', *panel(family, mine, axes), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def span(values: Iterable[float]) -> tuple[int, int]:
    """Give the powers of ten around some values."""
    found = [log10(value) for value in values]
    return floor(min(found)), max(ceil(max(found)), floor(min(found)) + 1)


def panel(family: str, rows: list[dict[str, Any]], axes: tuple[tuple[int, int], tuple[int, int]]) -> Iterator[str]:
    """Draw one family's searches."""
    (left, right), (low, high) = axes
    yield text(0, -8, family)
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999999"/>'
    for power in range(left, right + 1):
        x = (power - left) / (right - left) * WIDTH
        yield f'<path d="M{x:.1f} 0V{HEIGHT}" stroke="#e4e4e4"/>{text(x, HEIGHT + 16, f"1e{power}", text_anchor="middle")}'
    for power in range(low, high + 1):
        y = HEIGHT - (power - low) / (high - low) * HEIGHT
        yield f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#e4e4e4"/>{text(-6, y + 4, f"{10.0**power:g} s", text_anchor="end")}'
    for number, (name, points) in enumerate(series(rows).items()):
        at = [((log10(x) - left) / (right - left) * WIDTH, HEIGHT - (log10(y) - low) / (high - low) * HEIGHT) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[name]}"/>' for x, y in at)
        yield text(10, 18 + 16 * number, name, fill=COLOURS[name])


def series(rows: list[dict[str, Any]]) -> dict[str, Points]:
    """Give each engine's points: states and seconds."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        name = row["engine"].partition(",")[0]
        points = found.setdefault(name, {})
        points[row["states"]] = min(row["seconds"], points.get(row["states"], row["seconds"]))
    return {name: sorted(found[name].items()) for name in COLOURS if name in found}


def text(x: float, y: float, words: str, *, fill: str = "#222222", **style: object) -> str:
    """Write some words."""
    given = {"text-anchor": "start", "font-size": 12, **{name.replace("_", "-"): value for name, value in style.items()}}
    attributes = " ".join(f'{name}="{value}"' for name, value in given.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" {attributes}>{escape(words)}</text>'
