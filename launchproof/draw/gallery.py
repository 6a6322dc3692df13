"""What a project draws: a few lines for each drawing, and what they can be made from.

``[tool.launchproof]`` names them: ``drawings = "diagrams:DRAWINGS"``, and ``drawn = "diagrams/drawn"`` says
where they go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from attrs import define, field, frozen

from launchproof.declare.project import Statement
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.draw.graphs import Emphasis, Move
from launchproof.draw.picture import Graph, Picture, Sequence, Table
from launchproof.draw.render import FORMATS
from launchproof.errors import DrawError
from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import Search
from launchproof.semantics.steps import Semantics


@define(eq=False, slots=False)
class Gallery:
    """A protocol with all that is said of it; a search is made when a drawing first needs one."""

    protocol: Protocol
    properties: tuple[Property, ...] = ()
    statements: tuple[Statement, ...] = ()
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
    def moves(self) -> frozenset[Move]:
        """Which transition led from which phase to which, in some run."""
        values = self.search.semantics.interner.values
        return frozenset(
            (plan.transition.name, type(values[plan.before]), type(values[plan.after]))
            for plan in self.search.semantics.planner.made
            if plan.transition is not None
        )

    def emphasis(self, *names: str) -> Emphasis:
        """Let names stand out, and tell what is reached."""
        return Emphasis(frozenset(names), self.reached, self.moves)

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

    def __attrs_post_init__(self) -> None:
        """Refuse a format that there is not."""
        for form in (self.formats,) if isinstance(self.formats, str) else self.formats:
            if isinstance(self.formats, str) or form not in FORMATS:
                raise DrawError(f"drawing {self.name}: its formats are {self.formats!r}; give a tuple of {', '.join(FORMATS)}")

    def picture(self, gallery: Gallery) -> Picture:
        """Make the picture; `DrawError` where what is made is none."""
        made: object = self.make(gallery)
        if not isinstance(made, Graph | Sequence | Table):
            raise DrawError(f"drawing {self.name}: it makes a {type(made).__name__}, which is no picture; return one")
        return made
