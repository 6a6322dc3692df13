"""What a project draws: a few lines for each drawing, and what they can be made from.

``[tool.launchproof]`` names them: ``drawings = "diagrams:DRAWINGS"``, and ``drawn = "diagrams/drawn"`` says
where they go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from attrs import define, field, frozen

from launchproof.declare.project import Statement
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.draw.picture import Picture
from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import Search
from launchproof.semantics.steps import Semantics


@define(eq=False, slots=False)
class Gallery:
    """A protocol with all that is said of it; a search is made when a drawing first needs one."""

    protocol: Protocol
    properties: Sequence[Property] = ()
    statements: Sequence[Statement] = ()
    semantics: Semantics = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare the semantics."""
        self.semantics = Semantics(self.protocol)

    @cached_property
    def search(self) -> Search:
        """A search of all reachable states."""
        made = Search(self.semantics, ())
        made.run()
        return made

    @cached_property
    def reached(self) -> frozenset[type]:
        """The phases that some run reaches."""
        return coverage_of(self.search.semantics).phases


@frozen
class Drawing:
    """One drawing: its name, what it shows, the formats it is kept in, and how it is made."""

    name: str
    shows: str
    make: Callable[[Gallery], Picture] = field(repr=False)
    formats: tuple[str, ...] = ("dot", "mermaid", "svg")
