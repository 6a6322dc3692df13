"""What a project says beside its protocol: the statements it cites, and the additions it makes."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from launchproof.declare.protocol import Protocol


@frozen
class Statement:
    """A sentence of the specification, told in the project's own words, and where it stands."""

    id: str
    says: str
    page: str


@frozen
class Addition:
    """What a careful implementer adds beyond the specification, and why.

    `removed` gives a protocol without it; `breaks` names the property that this protocol violates,
    by a counterexample of `steps` steps.
    """

    id: str
    says: str
    removed: Callable[[Protocol], Protocol] = field(repr=False)
    breaks: str
    steps: int
