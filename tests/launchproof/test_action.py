"""The GitHub Action and the pre-commit hook: what they run, run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "toy"


def git(where: Path, *arguments: str) -> None:
    """Run git, whoever the user is."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with the toy, and a second commit that takes the retrying away."""
    where = tmp_path / "repository"
    where.mkdir()
    protocol = (TOY / "toy_protocol.py").read_text(encoding="utf-8")
    claims = (TOY / "toy_claims.py").read_text(encoding="utf-8").replace("tests.toy.toy_protocol", "acted_toy")
    table = '[tool.launchproof]\nprotocol = "acted_toy:PROTOCOL"\nproperties = "acted_claims:CLAIMS"\n'
    for name, text in {"acted_toy.py": protocol, "acted_claims.py": claims, "pyproject.toml": table}.items():
        (where / name).write_text(text, encoding="utf-8")
    git(where, "init", "--quiet")
    git(where, "add", ".")
    git(where, "commit", "--quiet", "-m", "first")
    git(where, "tag", "first")
    (where / "acted_toy.py").write_text(f'{protocol}PROTOCOL = PROTOCOL.without("retry", "give_up")\n', encoding="utf-8")
    git(where, "commit", "--quiet", "-am", "second")
    return where


def scripts() -> list[str]:
    """Give what the action's steps run."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    blocks = re.findall(r"^( +)run: (?:\|\n((?:\1  .*\n)+)|(.+)\n)", text, re.MULTILINE)
    return [textwrap.dedent(block) if block else line for _, block, line in blocks]


def environment(where: Path, **more: str) -> dict[str, str]:
    """Give what a runner would set, with this environment's command on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    files = {"RUNNER_TEMP": str(where), "GITHUB_STEP_SUMMARY": str(where / "summary"), "GITHUB_OUTPUT": str(where / "output")}
    return {**os.environ, "PATH": path, **files, **more}


@pytest.mark.parametrize(("revisions", "status"), [(("first", "HEAD"), 1), (("HEAD", "first"), 0), (("nowhere", "HEAD"), 2)])
@pytest.mark.thorough
def test_the_action_reviews(repository: Path, tmp_path: Path, revisions: tuple[str, str], status: int) -> None:
    """Its step writes the comment and the summary, and ends with the review's status."""
    install, script = scripts()
    assert install.startswith("python -m pip install ")
    done = subprocess.run(
        ["bash", "-c", f"set -eo pipefail\n{script}"],
        cwd=repository,
        env=environment(tmp_path, FROM=revisions[0], TO=revisions[1], PROJECT=".", ARGUMENTS="--max-seconds 60"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    output = (tmp_path / "output").read_text(encoding="utf-8")
    assert f"status={status}\n" in output
    comment = tmp_path / "launchproof-review.md"
    assert f"comment={comment}\n" in output
    if status != 2:
        assert (tmp_path / "summary").read_text(encoding="utf-8") == comment.read_text(encoding="utf-8")
        assert comment.read_text(encoding="utf-8").startswith("❌ **Breaks 2" if status else "✅ **Repairs")


@pytest.mark.thorough
def test_the_action_installs_what_it_runs(repository: Path, tmp_path: Path) -> None:
    """On a bare Python, what its first step installs is enough for its second."""
    install, script = scripts()
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", str(bare)], check=True)
    path = f"{bare / 'bin'}{os.pathsep}{os.environ['PATH']}"
    runner = environment(tmp_path, FROM="first", TO="HEAD", PROJECT=".", ARGUMENTS="", PACKAGE=str(ROOT)) | {"PATH": path}
    for line, status in ((install, 0), (script, 1)):
        done = subprocess.run(
            ["bash", "-c", f"set -eo pipefail\n{line}"], cwd=repository, env=runner, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr


@pytest.mark.thorough
def test_the_hook_reviews(repository: Path, tmp_path: Path) -> None:
    """The pre-commit hook compares with the last commit: nothing differs, or something breaks."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entry = re.search(r"entry: (.+)", text)
    assert entry is not None
    file = repository / "acted_toy.py"
    for status, addition in ((0, "\n# a remark\n"), (1, 'PROTOCOL = PROTOCOL.without("give")\n')):
        file.write_text(file.read_text(encoding="utf-8") + addition, encoding="utf-8")
        done = subprocess.run(
            entry[1].split(), cwd=repository, env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
