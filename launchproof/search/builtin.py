"""The two properties that every protocol is judged by."""

from __future__ import annotations

from typing import Final

from launchproof.declare.properties import Property


def _judged_by_the_search(*_values: object) -> bool | None:
    return None


NO_DEADLOCK: Final = Property(
    "no-deadlock",
    "builtin",
    "Whenever a machine still owes something, some machine can change something of itself: nobody waits for what cannot come.",
    (),
    _judged_by_the_search,
    (),
)

BOUNDED_QUEUES: Final = Property(
    "bounded-queues",
    "builtin",
    "No channel can grow without end.",
    (),
    _judged_by_the_search,
    (),
)

BUILTIN: Final = (NO_DEADLOCK, BOUNDED_QUEUES)
