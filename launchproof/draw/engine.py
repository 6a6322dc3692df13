"""Lays pictures out: Graphviz, from the wheel of pygraphviz or as it is installed, in a process that can be killed.

Run as a program, it reads DOT and writes the drawing: this is the process.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from typing import Final

from launchproof.errors import DrawError

FORMATS: Final = ("svg", "png", "pdf")
PATIENCE: Final = 60.0
"""A layout that takes more seconds than this is killed."""


def laid_out(dot: str, form: str, *, pinned: bool = False, seconds: float = PATIENCE) -> bytes:
    """Lay a DOT text out, and give the drawing in a format; where `pinned`, nodes stay where they are.

    `DrawError` is raised where there is no engine, where it fails, and where it takes too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program, or Graphviz's
            command(form, pinned=pinned), input=dot.encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise DrawError(f"the layout took more than {seconds:g} seconds and was ended; draw less of it") from None
    if done.returncode != 0 or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it wrote nothing"]
        raise DrawError(f"Graphviz could not lay this out ({reason[0]}); write it with --format dot and look at it")
    return done.stdout


def command(form: str, *, pinned: bool) -> list[str]:
    """Give the program that lays out: pygraphviz's, whose version is known, or the one that is installed."""
    if importlib.util.find_spec("pygraphviz") is not None:
        return [sys.executable, "-m", "launchproof.draw.engine", form, "neato" if pinned else "dot"]
    installed = shutil.which("dot")
    if installed is not None:
        return [installed, *(["-Kneato", "-n2"] if pinned else []), f"-T{form}"]
    raise DrawError("there is no Graphviz to lay this out; install launchproof[draw], or use --format dot or mermaid")


def main(form: str, program: str) -> int:
    """Read DOT from standard input, and write the drawing to standard output."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.read())
    graph.layout(prog=program, args="-n2" if program == "neato" else "")
    sys.stdout.buffer.write(graph.draw(format=form))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
