"""Saved runs of the embed protocol, and the test that takes them again."""
