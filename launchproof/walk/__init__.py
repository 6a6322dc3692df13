"""Seeded random walks over the one semantics and real strings: quick to find what is common, no proof of anything."""

from launchproof.walk.check import Check
from launchproof.walk.crew import walk
from launchproof.walk.walker import Walker, Walks

__all__ = ["Check", "Walker", "Walks", "walk"]
