"""The gallery of incidents."""
