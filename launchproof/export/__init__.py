"""Hands what was learned of a protocol over to other programs."""
