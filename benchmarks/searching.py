"""Searches one space with one engine, in a process of its own: ``python -m benchmarks.searching SPACE ENGINE [MODEL]``.

As soon as the search is over, a line of JSON tells how many states and steps there are, how many bytes a state takes as
the engine stores it, and how many the process took in all; then the space is written to MODEL as Promela, if wanted.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from benchmarks.spaces import space
from launchproof.export.promela import promela
from launchproof.export.tables import learned
from launchproof.search.engines import engine_of
from launchproof.search.vector.engine import VectorSearch
from launchproof.semantics.steps import Semantics


def main(name: str, engine: str, model: str | None = None) -> None:
    """Search, tell, and write the model."""
    search = engine_of(engine)(Semantics(space(name).make()), (), workers=os.cpu_count() or 1)
    found = search.run()
    if not found.closed:
        raise SystemExit(f"{name}, {engine}: the search was not closed: {found.stopped}")
    told = {
        "states": found.states,
        "steps": found.steps,
        "stored": getattr(search, "bytes_per_state", None),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / found.states,
    }
    print(json.dumps(told), flush=True)
    if model is not None and isinstance(search, VectorSearch):
        Path(model).write_text(promela(learned(search)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
