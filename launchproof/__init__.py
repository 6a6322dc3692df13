"""Launchproof proves, draws and reviews protocols that are declared as typed machines."""

from launchproof.declare import *  # noqa: F403 - the declaring part is the package's public face
from launchproof.declare import __all__ as __all__
