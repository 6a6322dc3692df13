"""The protocol over real strings and a clock: what the abstract model leaves out, run beside it."""

from launchproof.concrete.concretion import OPAQUE, Concretion, Deadline, Form, Watcher, watcher
from launchproof.concrete.run import Run
from launchproof.concrete.world import Act, Mismatch, World

__all__ = ["OPAQUE", "Act", "Concretion", "Deadline", "Form", "Mismatch", "Run", "Watcher", "World", "watcher"]
