"""What a careful implementer adds is needed: without it, a property is refuted."""

from __future__ import annotations

import pytest

from launchproof.declare import Addition, Property
from launchproof.search.engines import VECTOR
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import Verdict
from model import PROTOCOL
from properties.additions import ADDITIONS

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("addition", ADDITIONS, ids=lambda a: a.id)
def test_without_an_addition_a_property_breaks(addition: Addition, by_name: dict[str, Property]) -> None:
    """The named property is refuted without the addition, by a counterexample of the told length."""
    found = search(addition.removed(PROTOCOL), [by_name[addition.breaks]], refute_only=True, engine=VECTOR).properties[0]
    assert found.verdict is Verdict.REFUTED
    assert found.trace is not None
    assert len(found.trace.steps) == addition.steps
