"""What must hold of the embed session lifecycle."""

from __future__ import annotations

from typing import Final

from launchproof import Property
from properties import access, launch, page, progress, refresh

PROPERTIES: Final[tuple[Property, ...]] = tuple(
    value
    for module in (launch, access, refresh, page, progress)
    for value in vars(module).values()
    if isinstance(value, Property)
)
