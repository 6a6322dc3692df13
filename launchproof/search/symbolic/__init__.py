"""The exhaustive search with decision diagrams: sets of states as Boolean functions, steps as relations.

What the steps are is said by `launchproof.semantics`; here they are learned, once per distinct values of
the slots that they touch, and then taken for all states of a set at once (J. R. Burch, E. M. Clarke,
K. L. McMillan, D. L. Dill, L. J. Hwang, "Symbolic model checking: 10^20 states and beyond", 1992).
"""
