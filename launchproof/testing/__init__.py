"""The protocol as a Hypothesis state machine, for test suites.

::

    from launchproof.testing import lifecycle_machine

    TestLifecycle = lifecycle_machine(PROTOCOL, PROPERTIES).TestCase

Every transition is a rule of its own name. What breaks is shrunk by Hypothesis, told as protocol
steps, and saved as a trace that ``launchproof replay`` takes again.
"""

from launchproof.testing.machine import Broken, LifecycleMachine, lifecycle_machine
from launchproof.testing.profiles import PROFILES, register_profiles

__all__ = ["PROFILES", "Broken", "LifecycleMachine", "lifecycle_machine", "register_profiles"]
