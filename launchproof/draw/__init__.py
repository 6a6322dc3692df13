"""Drawings: extracted from declarations or from a search, in one small form, with a renderer per format."""
