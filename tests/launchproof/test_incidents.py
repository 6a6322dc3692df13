"""Incidents of any project: how they are read, run and told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from launchproof.cli.main import main

ROOT = Path(__file__).parents[2]
GOOD = '''"""Nobody asks again.

The client waits for ever.
"""
SEEN_IN = "https://example.com/report"
REFUTED_BY = "no-deadlock"
def apply(protocol):
    return protocol.without("retry", "give_up")
'''


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of the toy with one incident."""
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "seen" / "one.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.launchproof]\nprotocol = "tests.toy.toy_protocol:PROTOCOL"\n'
        'properties = "tests.toy.toy_claims:CLAIMS"\nincidents = "seen"\n',
        encoding="utf-8",
    )
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["incidents", *arguments, "--project", str(project)])


def test_refuted_as_listed(project: Path) -> None:
    """When each is refuted by its property, the table says so, and the status is 0."""
    result = run(project)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "1 incident is refuted as listed"
    assert "https://example.com/report" in result.stdout


def test_not_refuted(project: Path) -> None:
    """An incident that its property does not refute is named, and the status is 1."""
    text = GOOD.replace('"no-deadlock"', '"loss-is-noticed"') + "CAPABILITIES = ('greed',)\n"
    (project / "seen" / "two.py").write_text(text, encoding="utf-8")
    result = run(project)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "not refuted as listed: two"
    assert [o["verdict"] for o in json.loads(run(project, "--json").stdout)] == ["refuted", "vacuous"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('REFUTED_BY = "no-deadlock"\n', "", 'it has no REFUTED_BY; write REFUTED_BY = "the-property'),
        ('"no-deadlock"', '"no-such-thing"', "there is no property 'no-such-thing' to refute it; correct its REFUTED_BY"),
        ('"https://example.com/report"', '"somewhere"', "its SEEN_IN is no link; write SEEN_IN"),
        ("SEEN_IN", "CAPABILITIES = 'greed'\nSEEN_IN", "its CAPABILITIES are no tuple of names"),
        ("SEEN_IN", "CAPABILITIES = ('greedy',)\nSEEN_IN", "greedy: there is no such capability"),
        ('"retry", "give_up"', '"rety"', "line 8: apply cannot be done: rety: the protocol has no such transition"),
    ],
)
def test_a_bad_incident_is_one_line(project: Path, old: str, new: str, says: str) -> None:
    """A mistake in an incident is one line that names the file and the fix, and status 2."""
    (project / "seen" / "one.py").write_text(GOOD.replace(old, new), encoding="utf-8")
    result = run(project)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "one.py: " in result.stderr
    assert says in result.stderr


def test_an_unknown_incident(project: Path) -> None:
    """A name that no incident begins with is one line with what may have been meant."""
    result = run(project, "onne")
    assert result.exit_code == 2
    assert "there is no incident 'onne'; did you mean one?" in result.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "this project has no incidents; add incidents ="),
        ('incidents = "nowhere"', "there is no such folder; correct incidents in [tool.launchproof]"),
        ('incidents = "empty"', "there are no incidents in it; add a change file"),
        ("incidents = 3", "[tool.launchproof] incidents is 3; name a folder"),
    ],
)
def test_a_project_without_incidents(project: Path, line: str, says: str) -> None:
    """A project that has no incidents, or names a wrong folder, is told so in a line."""
    (project / "empty").mkdir()
    file = project / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('incidents = "seen"', line), encoding="utf-8")
    result = run(project)
    assert result.exit_code == 2
    assert says in result.stderr
