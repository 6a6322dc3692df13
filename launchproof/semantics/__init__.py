"""The one semantics: what the successors of a state are."""
