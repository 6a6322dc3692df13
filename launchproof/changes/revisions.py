"""Reviews what happened to a project between two git revisions.

Each revision's files are unpacked into a directory of their own and verified in a process of their
own (`launchproof.cli.verified`), by this installation of Launchproof: what differs is the project.
Both run side by side. Runs that only one of the two allows are not looked for, and guards not judged:
that takes both protocols in one process.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from launchproof.changes.parts import differences
from launchproof.changes.review import Review
from launchproof.changes.side import Side, from_json
from launchproof.errors import ChangeError, ProjectError
from launchproof.search.exhaustive import Progress
from launchproof.verify.budget import Report

HERE: Final = "the files as they are"
BAD_INPUT: Final = 2
VERIFIER: Final = "launchproof.cli.verified"


@frozen
class Place:
    """Where a revision's project is, and what to call it."""

    name: str
    root: Path
    tree: str = ""


@frozen
class Working:
    """A revision being verified in another process; `answer` is the file that it writes."""

    place: Place
    process: subprocess.Popen[str]
    answer: Path
    said: list[str] = field(factory=list)


def git(root: Path, *arguments: str) -> bytes:
    """Run git in the project's directory."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607 - the user's git
    except FileNotFoundError:
        raise ProjectError("there is no git; install it, or review a change's file") from None
    if done.returncode:
        wrong = " ".join(done.stderr.decode(errors="replace").split())
        raise ProjectError(f"git {' '.join(arguments[:2])}: {wrong or 'it failed'}; name two revisions that this repository has")
    return done.stdout


def commit(root: Path, revision: str) -> str:
    """Give the commit that a revision names."""
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except ProjectError as error:
        if "it failed" not in str(error):
            raise
        raise ProjectError(f"there is no revision {revision!r} here; name a commit, a branch or a tag") from None


@contextmanager
def unpacked(root: Path, revision: str | None) -> Iterator[Place]:
    """Unpack a revision's project; without a revision, give the files as they are."""
    if revision is None:
        yield Place(HERE, root)
        return
    name = commit(root, revision)
    below = git(root, "rev-parse", "--show-prefix").decode().strip()
    tree = git(root, "rev-parse", f"{name}:{below.rstrip('/')}").decode().strip()
    archive = BytesIO(git(root, "archive", tree))
    with tempfile.TemporaryDirectory(prefix="launchproof-") as where, tarfile.open(fileobj=archive) as files:
        files.extractall(where, filter="data")
        yield Place(revision, Path(where).resolve(), tree)


def review_revisions(root: Path, old: str, new: str | None, arguments: Sequence[str], report: Report | None = None) -> Review:
    """Compare the project of two revisions; `arguments` are verification's, for both."""
    with ExitStack() as stack:
        before, after = stack.enter_context(unpacked(root, old)), stack.enter_context(unpacked(root, new))
        title = f"{before.name} → {after.name}"
        if before.tree and before.tree == after.tree:
            nothing = Side("", "", 0, 0, 0, 0.0, (), ())
            return Review(title, "", "pyproject.toml", 1, nothing, nothing, identical=True)
        answers = stack.enter_context(tempfile.TemporaryDirectory(prefix="launchproof-"))
        sides = both([before, after], Path(answers), arguments, report)
    old_parts, new_parts = (
        tuple(evolve(p, where=p.where.removeprefix(f"{place.root}/")) for p in side.parts)
        for side, place in zip(sides, (before, after), strict=True)
    )
    different = differences(old_parts, new_parts)
    where, _, line = next((d.where for d in different if d.where), "pyproject.toml:1").rpartition(":")
    return Review(title, "", where, int(line), sides[0], sides[1], different)


def both(places: Sequence[Place], answers: Path, arguments: Sequence[str], report: Report | None) -> list[Side]:
    """Verify two projects, each in a process of its own, at the same time."""
    working = []
    try:
        for number, place in enumerate(places):
            working.append(started(place, answers / f"{number}.json", arguments))
        listen(working, report)
    finally:
        for one in working:
            with one.process:
                one.process.kill()
    return [answered(one) for one in working]


def started(place: Place, answer: Path, arguments: Sequence[str]) -> Working:
    """Start verifying a project; only this installation of Launchproof is used, whatever the project holds."""
    command = [sys.executable, "-P", "-m", VERIFIER, str(place.root), str(answer), *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=place.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    return Working(place, process, answer)


def listen(working: Sequence[Working], report: Report | None) -> None:
    """Pass on how far both are, until both end; what they complain of is kept."""
    lines: queue.Queue[tuple[Working, str] | None] = queue.Queue()

    def read(one: Working) -> None:
        for line in one.process.stdout or ():
            lines.put((one, line))
        lines.put(None)

    def keep(one: Working) -> None:
        one.said.extend(one.process.stderr or ())

    threads = [threading.Thread(target=target, args=(one,), daemon=True) for one in working for target in (read, keep)]
    for thread in threads:
        thread.start()
    left = len(working)
    while left:
        told = lines.get()
        if told is None:
            left -= 1
        elif report is not None:
            what, progress = json.loads(told[1])
            report(f"{told[0].place.name}{f', {what}' if what else ''}", Progress(**progress))
    for thread in threads:
        thread.join()
    for one in working:
        one.process.wait()


def answered(one: Working) -> Side:
    """Read what a process answered; its complaint is told with the revision's name."""
    if one.process.returncode == 0 and one.answer.is_file():
        return from_json(one.answer.read_text(encoding="utf-8"))
    said = " ".join("".join(one.said).split()).replace(f"{one.place.root}/", "")
    if one.process.returncode == BAD_INPUT:
        raise ProjectError(f"{one.place.name}: {said.removeprefix('launchproof: ')}")
    why = said[-400:] or "no reason was given"
    raise ChangeError(one.place.name, f"verifying it failed: {why}", "verify that revision by itself")


__all__ = ["review_revisions"]
