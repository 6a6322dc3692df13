"""Changes to the embed lifecycle, as somebody could propose them: the examples of a review."""
