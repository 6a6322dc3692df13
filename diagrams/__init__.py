"""What is drawn of the embed session lifecycle; the drawings are in ``drawn/``, and on one page in ``PROTOCOL.md``."""

from __future__ import annotations

from typing import Final

from diagrams.machines import MACHINES
from diagrams.runs import RUNS
from diagrams.tables import TABLES
from launchproof.draw.gallery import Drawing

DRAWINGS: Final[tuple[Drawing, ...]] = (*MACHINES, *RUNS, *TABLES)
