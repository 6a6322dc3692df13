"""Seeded random walks over the one semantics: quick to find what is common, no proof of anything."""

from launchproof.walk.crew import walk
from launchproof.walk.walker import Walker, Walks

__all__ = ["Walker", "Walks", "walk"]
