"""How everything drawn with Graphviz looks: one font, white paper, and two colours with a meaning each."""

from __future__ import annotations

from typing import Final

from launchproof.draw.picture import Tone

FONT: Final = "Helvetica"
PAPER: Final = "white"
INK: Final = {Tone.PLAIN: "#1f2328", Tone.FAINT: "#6e7781", Tone.ENVIRONMENT: "#0550ae", Tone.BROKEN: "#b3261e"}
"""Dark on white, so that it reads in dark mode and in grey, too."""
