"""Claims about the rest of a run on the command line: verify, show, walk, replay, and the Hypothesis machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from launchproof import leads_to
from launchproof.cli.main import main
from launchproof.concrete.concretion import OPAQUE
from launchproof.semantics.steps import Semantics
from launchproof.testing import lifecycle_machine
from launchproof.walk.check import Check
from launchproof.walk.walker import Walker
from tests.toy.toy_protocol import PROTOCOL, Holding, Idle, Waiting

CLAIMS = '''"""A toy with claims about what comes."""

from launchproof import Addition, Sent, leads_to, settles, sometimes
from tests.toy.toy_claims import STATEMENTS
from tests.toy.toy_protocol import PROTOCOL, Give, Holding, Idle, Lost, Waiting


def has_a_token(client: Holding) -> bool:
    """The client has a token."""
    return True


def has_lost_hope(client: Idle) -> bool:
    """The client wants nothing."""
    return True


@leads_to("toy.answer", to=(has_a_token, has_lost_hope))
def waiting_ends(client: Waiting) -> bool:
    """The client waits."""
    return True


@leads_to("toy.answer", to=has_a_token)
def asking_is_answered(client: Waiting) -> bool:
    """The client asked."""
    return True


@leads_to(
    "toy.answer",
    to=has_a_token,
    quiet=("network", "throw_away"),
    because="a network works in the end, and tokens are kept",
)
def asking_is_answered_in_the_end(client: Waiting) -> bool:
    """The client asked."""
    return True


@leads_to("toy.answer", to=has_a_token, without=has_lost_hope)
def nobody_gives_up(client: Waiting) -> bool:
    """The client asked."""
    return True


@settles("toy.lossy")
def losses_end(before: Waiting, heard: Sent[Lost]) -> bool:
    """Losses end some day."""
    return False


CLAIMS = (waiting_ends, asking_is_answered, asking_is_answered_in_the_end, nobody_gives_up, losses_end)
ADDITIONS = (Addition("ours.retry", "The client asks again.", lambda p: p.without("retry", "give_up"), "waiting-ends", 3),)
'''


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write a project on top of the toy."""
    (tmp_path / "claims_ahead.py").write_text(CLAIMS, encoding="utf-8")
    keys = {"protocol": "PROTOCOL", "properties": "CLAIMS", "additions": "ADDITIONS", "statements": "STATEMENTS"}
    table = "\n".join(f'{key} = "claims_ahead:{name}"' for key, name in keys.items())
    (tmp_path / "pyproject.toml").write_text(f"[tool.launchproof]\n{table}\n", encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    """Run a command on the project."""
    return CliRunner().invoke(main, [*arguments, "--project", str(project)])


def test_verify_judges_them_with_all_others(project: Path) -> None:
    """Proved and refuted in one table, and each lasso told."""
    result = run(project, "verify")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    verdicts = {line.split()[0]: line.split()[1] for line in lines[1:8]}
    assert verdicts == {
        "waiting-ends": "proved",
        "asking-is-answered": "refuted",
        "asking-is-answered-in-the-end": "proved",
        "nobody-gives-up": "refuted",
        "losses-end": "refuted",
        "no-deadlock": "proved",
        "bounded-queues": "proved",
    }
    assert "── from here on: The client asked." in lines
    assert "     before any goal is met: The client wants nothing." in lines


def test_verify_tells_programs_where_the_loop_begins(project: Path) -> None:
    """JSON has the point of the premise, the loop, and why it is fair."""
    result = run(project, "verify", "--json", "--property", "asking-is-answered", "--property", "waiting-ends")
    told = {p["name"]: p for p in json.loads(result.stdout)["properties"]}
    assert told["asking-is-answered"]["kind"] == "leads-to"
    assert told["asking-is-answered"]["premise_at"] == 1
    assert told["asking-is-answered"]["loop_from"] >= 1
    assert set(told["asking-is-answered"]["fair"]) == {"taken", "paused", "unfair"}
    assert told["waiting-ends"]["counterexample"] is None


def test_the_matrix_has_them(project: Path) -> None:
    """Property by capability: without losses, all waiting is answered."""
    result = run(project, "verify", "--matrix", "--json")
    rows = {p["name"]: p["verdicts"] for p in json.loads(result.stdout)["properties"]}
    assert rows["asking-is-answered"] == {"everything on": "refuted", "without network": "proved", "without greed": "refuted"}


def test_a_lasso_is_not_saved(project: Path, tmp_path: Path) -> None:
    """A run that goes on for ever is no file; it is said so in a line."""
    result = run(project, "verify", "--property", "asking-is-answered", "--save", str(tmp_path / "saved"))
    assert "not saved: asking-is-answered; no run of a file is long enough to break it" in result.stdout
    assert not (tmp_path / "saved").exists()


def test_a_saved_run_cannot_be_said_to_break_one(project: Path, tmp_path: Path) -> None:
    """A file that says so is refused in a line."""
    file = tmp_path / "wrong.trace.json"
    saved: dict[str, object] = {
        "format": "launchproof-trace/1",
        "protocol": "toy",
        "without": [],
        "assume": {},
        "breaks": "losses-end",
        "setup": None,
        "steps": [],
    }
    file.write_text(json.dumps(saved), encoding="utf-8")
    result = run(project, "replay", str(file))
    assert result.exit_code == 2
    assert "'losses-end' is a claim about the rest of a run, and no run of a file is long enough to break it" in result.stderr
    file.write_text(json.dumps(saved | {"breaks": None}), encoding="utf-8")
    assert run(project, "replay", str(file)).exit_code == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "asking-is-answered-in-the-end",
            [
                "  kind: leads-to",
                "  premise: The client asked.",
                "  leads to:",
                "    has-a-token(client: Holding): The client has a token.",
                "  quiet: network, throw_away",
                "  because: a network works in the end, and tokens are kept",
            ],
        ),
        ("nobody-gives-up", ["  without:", "    has-lost-hope(client: Idle): The client wants nothing."]),
        ("losses-end", ["  kind: settles"]),
        ("ask", ["  fairness:", "    weak: a machine that runs does what it can do of itself, sooner or later"]),
        ("take", ["    as every delivery on calls: weak: what is in flight, and stays there, arrives sooner or later"]),
        (
            "throw_away",
            [
                "    unfair: nobody makes the environment do anything",
                "  quiet in:",
                "    asking-is-answered-in-the-end: a network works in the end, and tokens are kept",
            ],
        ),
        ("network", ["  fairness: unfair: nobody makes the environment do anything", "  quiet in:"]),
        (
            "calls",
            [
                "channel calls",
                "  fairness: weak: what is in flight, and stays there, arrives sooner or later",
                "  losses: unfair: nobody makes the environment do anything",
            ],
        ),
    ],
)
def test_show_tells_what_is_fair_and_why(project: Path, name: str, says: list[str]) -> None:
    """A property's parts, and the fairness of transitions, channels and capabilities, each with its reason."""
    result = run(project, "show", name)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line for line in says if line not in lines] == []


def test_show_tells_the_lasso_that_appears_without_an_addition(project: Path) -> None:
    """An addition that something depends on in the end is shown with the run that waits for ever without it."""
    result = run(project, "show", "ours.retry")
    assert result.exit_code == 0
    assert "── nothing more need happen" in result.stdout
    told = json.loads(run(project, "show", "ours.retry", "--json").stdout)
    found = [t for t in told if t["kind"] == "addition"]
    assert found[0]["loop_from"] == len(found[0]["counterexample"])


def done(client: Holding) -> bool:
    """The client has a token."""
    return True


@leads_to("toy.answer", to=done)
def never_kept(client: Idle | Waiting) -> bool:
    """The client has none."""
    return True


def test_random_runs_leave_them_out() -> None:
    """No walk, and no run of the Hypothesis machine, is too short to keep a promise."""
    check = Check(Semantics(PROTOCOL), (never_kept,))
    assert Walker(check).run(1, 1, 60).failure is None
    machine = lifecycle_machine(PROTOCOL, (never_kept,), OPAQUE)
    run_state_machine_as_test(machine, settings=settings(max_examples=5, phases=[Phase.generate], database=None))


def test_help_needs_no_numbers() -> None:
    """The command line starts without NumPy, and a project without such claims is verified without."""
    import subprocess

    root = Path(__file__).parents[2]
    script = (
        "import sys\nfrom launchproof.search.exhaustive import search\nfrom tests.toy.toy_protocol import PROTOCOL\n"
        "from tests.toy.toy_claims import CLAIMS\nassert search(PROTOCOL, CLAIMS).closed\n"
        "print([m for m in ('numpy', 'launchproof.liveness') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]"
