"""The exhaustive search over whole levels of states at once, as arrays of small integers.

What the steps are is said by `launchproof.semantics`; here they are only looked up, for thousands of
states in one go. The answers are those of `launchproof.search.exhaustive`, to the letter.
"""
