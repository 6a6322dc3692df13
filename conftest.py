"""What all tests share: Hypothesis profiles, the one long search, and which tests take too long for a quick run."""

from __future__ import annotations

import gc
from typing import Final

import pytest
from attrs import frozen

from launchproof.declare import Property
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Search
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.verdicts import SearchResult
from launchproof.semantics.steps import Semantics
from launchproof.testing import register_profiles
from model import PROTOCOL
from properties import PROPERTIES

register_profiles()

CHOSEN: Final = "--hypothesis-profile"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked thorough or nightly, unless that profile is asked for or the test is named."""
    if config.getoption(CHOSEN) == "nightly" or any("::" in argument for argument in config.args):
        return
    marks = ("nightly",) if config.getoption(CHOSEN) == "thorough" else ("nightly", "thorough")
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@frozen(eq=False)
class Searched:
    """A search of the default protocol, and what it answered."""

    search: Search
    result: SearchResult


@pytest.fixture(scope="session")
def searched() -> Searched:
    """Search the default protocol, with every property that is claimed under all capabilities."""
    search = VectorSearch(Semantics(PROTOCOL), (*(p for p in PROPERTIES if not p.under), *BUILTIN))
    found = Searched(search, search.run())
    search.index = {state: number for number, state in enumerate(search.states)}
    gc.collect()
    gc.freeze()  # it stays to the end of the session: nobody need look for garbage in it again and again
    return found


@pytest.fixture(scope="session")
def proof(searched: Searched) -> SearchResult:
    """Give what the search of the default protocol answered."""
    return searched.result


@pytest.fixture(scope="session")
def by_name() -> dict[str, Property]:
    """Give every property by its name."""
    return {p.name: p for p in (*PROPERTIES, *BUILTIN)}
