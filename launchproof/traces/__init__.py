"""Saved traces: runs in files, which are replayed against the protocol as it is now."""

from launchproof.traces.replay import Breach, Replayed, replay
from launchproof.traces.saved import SavedAct, SavedStep, SavedTrace, from_trace, full, read, record, write

__all__ = [
    "Breach",
    "Replayed",
    "SavedAct",
    "SavedStep",
    "SavedTrace",
    "from_trace",
    "full",
    "read",
    "record",
    "replay",
    "write",
]
