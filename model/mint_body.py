"""The body of a mint, and the bounds that the Session API checks."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final
from uuid import UUID

from attrs import evolve, frozen

from model.addresses import resolved
from model.names import Grant, Origin, of_somebody

ROLES: Final = ("member", "admin", "owner")
MOST_ORIGINS: Final = 10
TTL: Final = range(300, 3601)
LAUNCH_TTL: Final = range(15, 61)
LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
ORIGIN: Final = re.compile(rf"https://{LABEL}(\.{LABEL})*\.?(:[0-9]{{1,5}})?")


@frozen
class MintBody:
    """What ``POST /api/v1/sessions`` asks for; lifetimes in seconds (quickstart.mint-body)."""

    workspace_id: str = "550e8400-e29b-41d4-a716-446655440000"
    role: str = "admin"
    ttl_seconds: int = 1800
    launch_ttl_seconds: int = 30
    launch_path: str = "/workspace/dashboard"
    allowed_origins: tuple[str, ...] = (Origin.HOST.value,)

    @property
    def grant(self) -> Grant:
        """What the session that is minted from it may do."""
        return Grant(self.workspace_id, self.role, of_somebody(self.allowed_origins))

    @property
    def within_bounds(self) -> bool:
        """Whether every field keeps its bounds (public.ttl-bounds, public.mint-bounds)."""
        return (
            is_uuid(self.workspace_id)
            and self.role in ROLES
            and self.ttl_seconds in TTL
            and self.launch_ttl_seconds in LAUNCH_TTL
            and self.launch_path.startswith("/workspace/")
            and 0 < len(self.allowed_origins) <= MOST_ORIGINS
            and all(ORIGIN.fullmatch(origin) for origin in self.allowed_origins)
        )

    @property
    def stays_in_workspace(self) -> bool:
        """Whether the start page, as a browser will request it, still lies under /workspace/ (ours.resolved-path)."""
        return resolved(self.launch_path).startswith("/workspace/")

    @property
    def acceptable(self) -> bool:
        """Whether a session may be minted from it."""
        return self.within_bounds and self.stays_in_workspace


def is_uuid(text: str) -> bool:
    """Whether a text spells a UUID in its canonical form."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


GOOD: Final = MintBody()


class Defect(Enum):
    """Bodies with one field out of bounds, one per field and side."""

    WORKSPACE = evolve(GOOD, workspace_id="dashboard")
    ROLE = evolve(GOOD, role="root")
    TTL_SHORT = evolve(GOOD, ttl_seconds=299)
    TTL_LONG = evolve(GOOD, ttl_seconds=3601)
    LAUNCH_TTL_SHORT = evolve(GOOD, launch_ttl_seconds=14)
    LAUNCH_TTL_LONG = evolve(GOOD, launch_ttl_seconds=61)
    LAUNCH_PATH = evolve(GOOD, launch_path="/admin")
    LAUNCH_PATH_DOTS = evolve(GOOD, launch_path="/workspace/../admin")
    NO_ORIGINS = evolve(GOOD, allowed_origins=())
    MANY_ORIGINS = evolve(GOOD, allowed_origins=tuple(f"https://a{i}.example" for i in range(11)))
    NO_ORIGIN = evolve(GOOD, allowed_origins=("*",))
