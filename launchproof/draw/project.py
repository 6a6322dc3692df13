"""Finds what a project draws: the keys ``drawings``, ``drawn``, ``page`` and ``focus`` of ``[tool.launchproof]``.

It is loaded only where something is drawn. Every failure is a `ProjectError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from launchproof.draw.gallery import Drawing
from launchproof.draw.page import Page
from launchproof.draw.sequences import EVERYTHING, Focus
from launchproof.project import Project, collection, once, places, point, read_table, wrong_type

T = TypeVar("T")


@frozen
class Drawn:
    """What a project draws, the folder where it goes, the page that shows it, and what its sequences look at."""

    drawings: tuple[Drawing, ...]
    folder: Path
    page: Page | None
    focus: Focus


def load_drawn(project: Project) -> Drawn:
    """Load what a project draws; what its table does not name is empty."""
    file = project.root / "pyproject.toml"
    table, where = read_table(file), places(file)
    drawings = collection(table, where, "drawings", Drawing)
    once([d.name for d in drawings], "drawing", where["drawings"])
    page, focus = one(table, where, "page", Page), one(table, where, "focus", Focus)
    return Drawn(drawings, project.root / table.get("drawn", "drawn"), page, focus or EVERYTHING)


def one(table: Mapping[str, str], where: Mapping[str, str], key: str, kind: type[T]) -> T | None:
    """Import one value of a class, where the table names it."""
    if key not in table:
        return None
    found = point(table[key], where[key])
    if not isinstance(found, kind):
        raise wrong_type(table[key], where[key], found, f"a {kind.__name__}")
    return found
