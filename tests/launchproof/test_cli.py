"""The command line: exit statuses, one-line complaints, JSON, Ctrl-C, start-up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from launchproof.cli.main import main
from launchproof.cli.progress import ERASE, ProgressLine
from launchproof.search.exhaustive import Progress
from launchproof.search.symbolic.diagrams import HOW_TO_INSTALL

ROOT = Path(__file__).parent.parent.parent
TOY = ROOT / "tests" / "toy"


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def run(*arguments: str, project: Path = TOY) -> Result:
    """Run a command on a project."""
    return CliRunner().invoke(main, [*arguments, "--project", str(project)])


def as_json(result: Result) -> Any:
    """Read what a command wrote to standard output."""
    return json.loads(result.stdout)


def one_line(result: Result) -> str:
    """Give the one line by which a command complained, with status 2."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("launchproof: ")
    return result.stderr


def write(where: Path, name: str, text: str) -> Path:
    """Write a project of one module on top of the toy."""
    (where / f"{name}.py").write_text(text, encoding="utf-8")
    (where / "pyproject.toml").write_text(
        f'[tool.launchproof]\nprotocol = "{name}:PROTOCOL"\nproperties = "{name}:CLAIMS"\n',
        encoding="utf-8",
    )
    return where


def test_the_engine_is_told_with_the_reason() -> None:
    """A line says which engine searched, and why that one."""
    assert "engine: vector (it answers every kind of property)\n" in run("verify").stdout
    assert "engine: plain (asked for)\n" in run("verify", "--engine", "plain").stdout


def test_the_symbolic_engine() -> None:
    """It proves the toy too, and counts no steps and no levels."""
    pytest.importorskip("dd.cudd", reason=HOW_TO_INSTALL)
    result = run("verify", "--engine", "symbolic")
    assert result.exit_code == 0
    assert "engine: symbolic (asked for)\n" in result.stdout
    assert "proved: 8 states, 0." in result.stdout
    told = as_json(run("verify", "--engine", "symbolic", "--json"))
    assert (told["states"], told["steps"], told["depth"]) == (8, None, None)


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without dd, the symbolic engine says how to install it."""
    monkeypatch.setitem(sys.modules, "dd", None)
    assert "pip install 'launchproof[symbolic]'" in one_line(run("verify", "--engine", "symbolic"))


def test_proved() -> None:
    """The toy is proved: status 0, and the last line says so with the counts."""
    result = run("verify")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("proved: 8 states, 12 steps, depth 4, ")


def test_refuted() -> None:
    """A refuted property: status 1, its counterexample, and what broke."""
    result = run("verify", "--assume", "retrying=no")
    assert result.exit_code == 1
    assert "no-deadlock — refuted in 3 steps" in result.stdout
    assert "assumed: retrying = no (the default is yes)" in result.stdout


def test_json() -> None:
    """The JSON has what the text has."""
    answer = as_json(run("verify", "--json", "--without-capability", "network"))
    assert answer["verdict"] == "proved"
    assert answer["capabilities"] == {"network": False, "greed": True}
    assert answer["assumptions"] == {"retrying": "yes"}
    assert {"what": "retry", "kind": "transition", "explained": True} in answer["vacuous"]
    assert {"name": "retry", "machine": "client", "fired": False} in answer["transitions"]
    assert answer["properties"][0] == {
        "name": "client-gets-a-token",
        "kind": "sometimes",
        "cites": ["toy.answer"],
        "verdict": "proved",
        "under": [],
        "counterexample": None,
    }
    assert {"states", "steps", "depth", "seconds"} <= answer.keys()


def test_json_counterexample() -> None:
    """A counterexample in JSON is a list of steps."""
    answer = as_json(run("verify", "--json", "--assume", "retrying=no", "--property", "no-deadlock"))
    (judged,) = answer["properties"]
    assert [step["actor"] for step in judged["counterexample"]] == ["client", "network", "client"]
    assert judged["counterexample"][0]["acts"][0]["said"] == ["Ask to server"]


def test_one_property() -> None:
    """With --property only those are judged."""
    result = run("verify", "--json", "--property", "asked-once", "--property", "bounded-queues")
    assert [p["name"] for p in as_json(result)["properties"]] == ["asked-once", "bounded-queues"]


def test_exactly_these_capabilities() -> None:
    """With --capability exactly those are on."""
    assert as_json(run("verify", "--json", "--capability", "greed"))["capabilities"] == {"network": False, "greed": True}


def test_limits() -> None:
    """A limit that was reached is status 3."""
    result = run("verify", "--max-seconds", "0.000000001")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-1].startswith("undecided: more than 1e-09 seconds: ")


def test_max_states(tmp_path: Path) -> None:
    """A limit of states is status 3."""
    result = run("verify", "--max-states", "1000", project=counters(tmp_path))
    assert result.exit_code == 3
    assert "undecided: more than 1000 states" in result.stdout


def test_matrix() -> None:
    """The matrix is a table, and JSON."""
    lines = run("verify", "--matrix").stdout.splitlines()
    assert next(line for line in lines if line.startswith("loss-is-noticed")).split() == ["loss-is-noticed", "✓", "∅", "✓"]
    assert lines[-1].startswith("proved: 6 properties × 3 columns, ")
    answer = as_json(run("verify", "--matrix", "--json"))
    assert answer["columns"] == ["everything on", "without network", "without greed"]
    assert answer["properties"][2]["verdicts"]["without network"] == "vacuous"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", "--property", "asked-onse"], "there is no property 'asked-onse'; did you mean asked-once?"),
        (["verify", "--property", "xyzzyx"], "list all names with `launchproof show`"),
        (["verify", "--capability", "networks"], "there is no capability 'networks'; did you mean network?"),
        (["verify", "--without-capability", "greedy"], "did you mean greed?"),
        (["verify", "--assume", "retrying"], "--assume retrying: it is not KEY=VALUE; write for example --assume retrying=no"),
        (["verify", "--assume", "retry=no"], "there is no assumption 'retry'; did you mean retrying?"),
        (["verify", "--assume", "retrying=maybe"], "retrying: 'maybe' is no choice; use one of yes, no"),
        (["show", "no-such-thing"], "there is no part of the project 'no-such-thing'"),
    ],
)
def test_bad_input(arguments: list[str], says: str) -> None:
    """Bad input is one line with the fix, and status 2."""
    assert says in one_line(run(*arguments))


def test_no_project(tmp_path: Path) -> None:
    """A project that cannot be found is one line, and status 2."""
    assert "there is no pyproject.toml" in one_line(run("verify", project=tmp_path))


def test_failing_effect(tmp_path: Path) -> None:
    """An exception in a transition is one line that names the place, not a traceback."""
    text = (
        "from tests.toy.toy_protocol import *\nfrom tests.toy.toy_protocol import PROTOCOL as toy, client\n"
        "from launchproof import To\n@client.alternative('toy.ask')\n"
        "def ask(client: Idle) -> To[Waiting, Ask]:\n    'Ask.'\n    raise IndexError('too far')\n"
        "PROTOCOL = toy.replacing('ask', ask)\nCLAIMS = ()\n"
    )
    line = one_line(run("verify", project=write(tmp_path, "toy_failing", text)))
    assert "toy_failing.py, line 7, in ask: IndexError: too far" in line


def test_wrong_effect(tmp_path: Path) -> None:
    """A transition that does what its annotation does not name is one line."""
    text = (
        "from tests.toy.toy_protocol import *\nfrom tests.toy.toy_protocol import PROTOCOL as toy, client\n"
        "from launchproof import To\n@client.alternative('toy.ask')\n"
        "def ask(client: Idle) -> To[Waiting, Ask]:\n    'Ask.'\n    return To(Idle())\n"
        "PROTOCOL = toy.replacing('ask', ask)\nCLAIMS = ()\n"
    )
    assert "transition ask: it reached Idle()" in one_line(run("verify", project=write(tmp_path, "toy_wrong", text)))


def test_show_all() -> None:
    """Without a name everything is listed by kind."""
    result = run("show")
    assert "transitions (6)" in result.stdout
    assert "properties (6)" in result.stdout
    assert {"kind": "guard", "name": "first_time", "meaning": "The client asked only once."} in as_json(run("show", "--json"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("client", ["machine client", "Waiting: The client asked.", "ask: Ask for a token."]),
        ("give", ["transition give", "hears: Ask", "Give on calls", "new: Token", "toy.answer: The server answers."]),
        ("give_up", ["fires only when retry cannot", "retrying = yes"]),
        ("throw_away", ["capability: greed"]),
        ("first_time", ["guard first_time", "retry: Ask again.", "ours.retry: The client asks again."]),
        ("Give", ["message Give", "token: Token", "calls: an exchange of client, heard by client", "client: take"]),
        ("asked-once", ["property asked-once", "claimed without: network", "because: only the network"]),
        ("ASKED_ONCE", ["property asked-once"]),
        ("no-deadlock", ["needs:", "ours.retry: The client asks again."]),
        ("network", ["capability network", "loses on:", "calls", "claimed without it:", "asked-once"]),
        ("retrying", ["assumption retrying", "Does the client ask again?", "default: yes", "the client may wait", "retry (yes)"]),
        ("toy.lossy", ["statement toy.lossy", "page: The toy's page", "property loss-is-noticed", "channel calls"]),
    ],
)
def test_show(name: str, says: list[str]) -> None:
    """A part is explained: what it says, what it cites, and what cites it."""
    result = run("show", name)
    assert result.exit_code == 0
    for part in says:
        assert part in result.stdout


def test_show_addition() -> None:
    """An addition is shown with the counterexample that appears without it."""
    text = run("show", "ours.retry").stdout
    assert "without it: no-deadlock is refuted" in text
    assert "no-deadlock — refuted in 3 steps" in text
    (answer,) = as_json(run("show", "--json", "ours.retry"))
    assert len(answer["counterexample"]) == 3


def test_show_same_name_twice() -> None:
    """A name of several parts in another case shows all of them; in its own, just the one."""
    assert [e["kind"] for e in as_json(run("show", "--json", "GIVE"))] == ["transition", "message"]
    assert [e["kind"] for e in as_json(run("show", "--json", "Give"))] == ["message"]


def test_progress_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal one line is written over and wiped at the end."""
    with ProgressLine() as line:
        line.terminal = True
        line("", Progress(2000, 3, 50, 7, 2.0))
    told = capsys.readouterr().err
    assert "2,000 states, 50 waiting, depth 7, 1,000 states/s, 2 s" in told
    assert told.count("\r") == ERASE.count("\r") * 2
    assert "\n" not in told


def test_progress_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """Elsewhere a line is written every few seconds, and whenever another search begins."""
    with ProgressLine() as line:
        line.terminal = False
        for seconds in (1.0, 2.0, 7.0):
            line("", Progress(1, 1, 1, 1, seconds))
        line("without network", Progress(1, 1, 1, 1, 1.0))
    assert len(capsys.readouterr().err.splitlines()) == 3


def command(*arguments: str) -> list[str]:
    """Give the command line that runs launchproof in a process of its own, which Ctrl-C reaches in any case."""
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    return [sys.executable, "-c", f"{heeding}; from launchproof.cli.main import main; main()", *arguments]


def environment() -> dict[str, str]:
    """Give an environment in which the package is found."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def test_statuses_of_a_process() -> None:
    """A process ends with the same statuses."""
    for status, *arguments in (
        (0, "verify"),
        (1, "verify", "--assume", "retrying=no"),
        (2, "verify", "--property", "x"),
        (2, "verify", "--nonsense"),
    ):
        done = subprocess.run(
            [*command(*map(str, arguments)), "--project", str(TOY)],
            env=environment(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == status
        assert b"Traceback" not in done.stderr


def test_help_is_light() -> None:
    """The help imports none of the heavy libraries, nor Rich."""
    heavy = "{'rich', 'networkx', 'numpy', 'hypothesis', 'launchproof.search.exhaustive'} & set(sys.modules)"
    code = f"import sys; from launchproof.cli.main import main; main(['--help'], standalone_mode=False); sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False).returncode == 0


def counters(where: Path) -> Path:
    """Write a project of seven independent counters: ten million states."""
    text = '''
from __future__ import annotations
from attrs import frozen
from launchproof import Machine, Protocol, To

@frozen
class Counting:
    """A count."""
    count: int

def counter(number):
    machine = Machine(f"counter{number}", initial=Counting(0), phases=(Counting,))
    def up(counting: Counting) -> To[Counting]:
        """Count."""
        return To(Counting((counting.count + 1) % 10))
    up.__name__ = f"up{number}"
    machine.transition("count.up")(up)
    return machine

PROTOCOL = Protocol("counters", tuple(counter(i) for i in range(7)), ())
CLAIMS = ()
'''
    return write(where, "toy_counters", text)


@pytest.mark.parametrize("option", [["--json"], *(pytest.param(o, marks=pytest.mark.thorough) for o in ([], ["--matrix"]))])
def test_interrupted(tmp_path: Path, option: list[str]) -> None:
    """Ctrl-C leaves a clean report that nothing was decided, with what was done, and status 3."""
    with subprocess.Popen(
        [*command("verify", *option), "--project", str(counters(tmp_path))],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "states/s" in process.stderr.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 3
    assert "Traceback" not in err
    if option == ["--json"]:
        answer = json.loads(out)
        assert (answer["verdict"], answer["stopped"]) == ("undecided", "interrupted")
        assert answer["states"] > 0
    else:
        assert out.splitlines()[-1].startswith("undecided: interrupted: ")


def test_interrupted_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while nothing is searched is one line and status 3."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("launchproof.project.load_project", interrupted)
    result = run("verify")
    assert (result.exit_code, result.stderr) == (3, "undecided: interrupted\n")
