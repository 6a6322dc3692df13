"""Tests of what is drawn of the embed's model."""
