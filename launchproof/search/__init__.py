"""Engines over the one semantics, and what they answer."""
