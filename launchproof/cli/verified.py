"""Verifies one project for a review, in a process of its own: ``python -m launchproof.cli.verified ROOT ANSWER``.

The answer is written to a file as JSON; how far it is goes to standard output, a line of JSON each
time; a complaint to standard error. The exit status is 0, or 2 for a project that cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import attrs

from launchproof.changes.side import as_json, side_of
from launchproof.cli.main import complain
from launchproof.cli.options import derived
from launchproof.cli.verify import selected
from launchproof.errors import LaunchproofError, users_line
from launchproof.project import load_project
from launchproof.search.exhaustive import Limits, Progress


def main(arguments: list[str]) -> int:
    """Verify a project, and write what is found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("answer", type=Path)
    for name in ("property", "capability", "without-capability", "assume"):
        parser.add_argument(f"--{name}", action="append", default=[])
    parser.add_argument("--max-states", type=int)
    parser.add_argument("--max-seconds", type=float)
    parser.add_argument("--max-memory", type=int)
    asked = parser.parse_args(arguments)
    try:
        project = load_project(asked.root)
        protocol = derived(project.protocol, asked.capability, asked.without_capability, asked.assume)
        properties, builtin = selected(project, tuple(asked.property))
        limits = Limits(asked.max_states, asked.max_seconds, asked.max_memory)
        side = side_of(protocol, properties, builtin=builtin, limits=limits, report=report)
    except LaunchproofError as error:
        return complain(str(error))
    except Exception as error:
        where = users_line(error)
        if where is None:
            raise
        return complain(f"{where}: {type(error).__name__}: {error}; correct that code")
    asked.answer.write_text(as_json(side), encoding="utf-8")
    return 0


def report(what: str, progress: Progress) -> None:
    """Write how far a search is."""
    sys.stdout.write(json.dumps([what, attrs.asdict(progress)]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
