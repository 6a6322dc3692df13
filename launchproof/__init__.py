"""Launchproof proves, draws and reviews protocols that are declared as typed machines."""

from launchproof.declare import *
from launchproof.declare import __all__ as __all__
