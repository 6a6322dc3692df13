"""The one long search that many tests look at."""

from __future__ import annotations

import pytest

from launchproof.declare import Property
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import SearchResult
from model import PROTOCOL
from properties import PROPERTIES


@pytest.fixture(scope="session")
def proof() -> SearchResult:
    """Search the default protocol, with every property that is claimed under all capabilities."""
    return search(PROTOCOL, [p for p in PROPERTIES if not p.under])


@pytest.fixture(scope="session")
def by_name() -> dict[str, Property]:
    """Give every property by its name."""
    return {p.name: p for p in (*PROPERTIES, *BUILTIN)}
