"""Tests of the embed model."""
