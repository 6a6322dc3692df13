"""Verifying a whole protocol: every property, on the capabilities it is claimed under, and vacuity.

===============  ====================================================================================
`answer`         what a verification answers, and the one verdict over all of it
`budget`         the limits and the report that several searches share
`whole`          the verification: one search per set of capabilities
`vacuity`        what never happened
`explanation`    whether what never happened does happen where less is switched off
`matrix`         property by capability
===============  ====================================================================================
"""

from launchproof.verify.answer import Fired, Judged, Vacuous, Verification, exit_status
from launchproof.verify.matrix import Matrix, verify_matrix
from launchproof.verify.whole import verify

__all__ = ["Fired", "Judged", "Matrix", "Vacuous", "Verification", "exit_status", "verify", "verify_matrix"]
