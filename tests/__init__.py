"""Tests, in the order of the folders they are about."""
