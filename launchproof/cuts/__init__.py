"""Minimal cut sets: for every property, the smallest sets of guards whose loss breaks it."""

from launchproof.cuts.answer import Cut, CutSets
from launchproof.cuts.cut_sets import cut_sets

__all__ = ["Cut", "CutSets", "cut_sets"]
