"""Report the height before ready, too.

The page jumps less when the iframe has its height as soon as its document is there.
"""

from __future__ import annotations

from launchproof import Pick, Protocol, To
from model.channels import HEIGHTS
from model.frame import frame
from model.frame_phases import Loaded
from model.messages import Resize
from model.names import Reported


@frame.alternative("quickstart.resize", via=HEIGHTS.name)
def report_height_early(frame: Loaded, height: Pick[Reported]) -> To[Loaded, Resize]:
    """Report the content's height while the first script still runs."""
    return To(frame, Resize(height))


def apply(protocol: Protocol) -> Protocol:
    """Add the rule."""
    return protocol.adding(report_height_early)
