"""Reviews of changes: what a change breaks, repairs, adds and takes away, and how that is told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from launchproof.changes import side as sides
from launchproof.changes.as_markdown import markdown
from launchproof.changes.behaviours import Comparison
from launchproof.changes.change import load_change, together
from launchproof.changes.needs import Need, needs, new_needs
from launchproof.changes.review import Options, Review, review
from launchproof.changes.side import Side, as_json, from_json, side_of
from launchproof.cli.main import main
from launchproof.errors import ChangeError, DrawError
from launchproof.search.exhaustive import Limits
from launchproof.semantics.steps import Semantics
from tests.toy.toy_claims import CLAIMS
from tests.toy.toy_protocol import PROTOCOL

ROOT = Path(__file__).parent.parent.parent
TOY = ROOT / "tests" / "toy"

NO_RETRY = '''"""Never ask again.

It is the user's turn.
"""
def apply(protocol):
    return protocol.without("retry", "give_up")
'''
RENAMED = '''"""Say fetch for take."""
from attrs import evolve
def apply(protocol):
    return protocol.replacing("take", evolve(protocol.transition("take"), name="fetch"))
'''
IMPATIENT = '''"""Ask a second time of itself."""
from launchproof import To
from tests.toy.toy_protocol import Ask, Tries, Waiting, client
@client.alternative("toy.ask")
def ask_anyway(client: Waiting) -> To[Waiting, Ask]:
    """Ask without need."""
    return To(Waiting(Tries.AGAIN), Ask())
def apply(protocol):
    return protocol.adding(ask_anyway)
'''
EAGER = '''"""Want a token once more."""
from launchproof import To
from tests.toy.toy_protocol import Holding, Idle, client
@client.alternative("toy.ask")
def want_more(client: Holding) -> To[Idle]:
    """Want another one."""
    return To(Idle())
def apply(protocol):
    return protocol.adding(want_more)
'''
NO_GUARD = '''"""Ask again and again."""
def apply(protocol):
    return protocol.without_guard("first_time")
'''
ASK_AGAIN = '''"""Ask again."""
def apply(protocol):
    return protocol.assuming(retrying="yes")
'''
SILENT = '''"""Never ask."""
def apply(protocol):
    return protocol.without("ask")
'''


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])


def written(where: Path, text: str, name: str = "change.py") -> Path:
    """Write a change."""
    file = where / name
    file.write_text(text, encoding="utf-8")
    return file


def reviewed(where: Path, text: str, **options: Any) -> Review:
    """Review a change of the toy."""
    return review(load_change(written(where, text)), PROTOCOL, Options(CLAIMS, **options))


def run(*arguments: str | Path, project: Path = TOY) -> Result:
    """Run the command on a project."""
    return CliRunner().invoke(main, ["review", *map(str, arguments), "--project", str(project)])


# -- reading a change --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"""A."""\ndef apply(protocol:\n', "line 2: it is no valid Python ("),
        ("def apply(protocol):\n    return protocol\n", "it has no docstring; begin it with a title"),
        ('"""  """\n', "it has no docstring"),
        ('"""A."""\n', "it has no apply; write def apply(protocol: Protocol) -> Protocol"),
        ('"""A."""\napply = 3\n', "its apply does not take a protocol and nothing else"),
        ('"""A."""\ndef apply(): ...\n', "its apply does not take a protocol and nothing else"),
        ('"""A."""\nimport nonsense\n', "line 2: running it raises ModuleNotFoundError: No module named 'nonsense'"),
        ('"""A."""\nraise SystemExit\n', "line 2: running it raises SystemExit"),
        ('"""A."""\ndef apply(protocol):\n    return {}["a"]\n', "line 3: apply raises KeyError: 'a'"),
        ('"""A."""\ndef apply(protocol):\n    protocol.without("ask")\n', "apply returns nothing, not a Protocol"),
        ('"""A."""\ndef apply(protocol):\n    return 3\n', "apply returns int, not a Protocol"),
        ('"""A."""\ndef apply(protocol):\n    return protocol\n', "apply changes nothing; return what replacing"),
        (
            '"""A."""\ndef apply(protocol):\n    return protocol.without("aks")\n',
            "line 3: apply cannot be done: aks: the protocol has",
        ),
        (
            '"""A."""\nfrom tests.toy.toy_protocol import client\n@client.alternative("toy.ask")\ndef a(x): ...\n',
            "line 3: transition a: parameter 'x' has no annotation; annotate it",
        ),
    ],
)
def test_a_bad_change_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    """Whatever is wrong with a change is told in a line with the file, the place and the fix, and status 2."""
    file = written(tmp_path, text)
    result = run(file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"launchproof: {file}: {says}"[:110])


def test_no_such_file(tmp_path: Path) -> None:
    """A file that is not there, or is no file, or no text, is one line."""
    assert "there is no such file; check the path" in run(tmp_path / "none.py").stderr
    assert "it cannot be read (Is a directory)" in run(tmp_path).stderr
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    assert "it is no UTF-8 text" in run(tmp_path / "bytes.py").stderr


def test_an_effect_that_fails(tmp_path: Path) -> None:
    """A change whose transition raises when it fires is one line that names the place in the change."""
    text = IMPATIENT.replace("return To(Waiting(Tries.AGAIN), Ask())", "raise IndexError('far')")
    result = run(written(tmp_path, text))
    assert result.exit_code == 2
    assert "change.py: line 7: IndexError: far; correct the change" in result.stderr


def test_a_change_is_read_afresh(tmp_path: Path) -> None:
    """A change that was edited is what it is now, not what it was when first read."""
    assert load_change(written(tmp_path, NO_RETRY)).title == "Never ask again."
    second = load_change(written(tmp_path, NO_RETRY.replace("Never ask", "Do not ask")))
    assert (second.title, second.reason) == ("Do not ask again.", "It is the user's turn.")


def test_together(tmp_path: Path) -> None:
    """Several changes make one, each applied to what the one before it gives."""
    both = together([load_change(written(tmp_path, t, f"{n}.py")) for n, t in enumerate((RENAMED, EAGER))])
    assert both.title == "Say fetch for take + Want a token once more"
    names = [t.name for t in both.apply(PROTOCOL).transitions]
    assert {"fetch", "want_more"} <= set(names)
    assert "take" not in names


def test_together_tells_whose_fault_it_is(tmp_path: Path) -> None:
    """When one of several changes cannot be applied, it is named."""
    files = [written(tmp_path, NO_RETRY, "one.py"), written(tmp_path, NO_GUARD, "two.py")]
    result = run("--together", *files)
    assert result.exit_code == 2
    assert "two.py: line 3: apply cannot be done: first_time: no such guard there" in result.stderr


# -- what a review finds -------------------------------------------------------------------------------


def test_what_breaks(tmp_path: Path) -> None:
    """A property that holds without the change and is refuted with it breaks, with a shortest run."""
    found = reviewed(tmp_path, NO_RETRY)
    assert found.verdict == "Breaks 2 of 6 properties: loss-is-noticed in 3 steps and no-deadlock in 3 steps."
    assert found.status == 1
    assert {c.name for c in found.breaks} == {"no-deadlock", "loss-is-noticed"}


def test_what_is_repaired(tmp_path: Path) -> None:
    """A property that is refuted without the change and holds with it is repaired."""
    change = load_change(written(tmp_path, ASK_AGAIN))
    found = review(change, PROTOCOL.assuming(retrying="no"), Options(CLAIMS))
    assert found.verdict.startswith("Repairs loss-is-noticed and no-deadlock: nothing else breaks; ")
    assert found.status == 0


def test_what_is_refuted_anyway(tmp_path: Path) -> None:
    """A property that is refuted with and without the change is not counted against it."""
    change = load_change(written(tmp_path, RENAMED))
    found = review(change, PROTOCOL.assuming(retrying="no"), Options(CLAIMS))
    assert found.verdict.endswith("states as before; refuted as before: loss-is-noticed and no-deadlock.")
    assert found.status == 0


def test_a_renaming_is_harmless(tmp_path: Path) -> None:
    """A transition with another name, and nothing else different, is called a renaming; no run is added or removed."""
    found = reviewed(tmp_path, RENAMED)
    assert found.verdict == "Harmless: nothing that was proved breaks; 8 states as before."
    assert [(d.how, d.was, d.name) for d in found.differences] == [("renamed", "take", "fetch")]
    assert found.added is not None
    assert found.removed is not None
    assert found.added.run is found.removed.run is None
    assert found.added.decided


def test_a_new_run(tmp_path: Path) -> None:
    """A shortest run that only the changed protocol allows is found, and that none is gone."""
    found = reviewed(tmp_path, EAGER, builtin=())
    assert found.added is not None
    assert found.added.run is not None
    assert [s.names[0] for s in found.added.run.steps] == ["ask", "give", "take", "want_more"]
    assert found.removed is not None
    assert (found.removed.run, found.removed.decided) == (None, True)


def test_a_run_that_is_gone(tmp_path: Path) -> None:
    """A shortest run that only the protocol without the change allows is found; what is done in its place is new."""
    found = reviewed(tmp_path, NO_RETRY)
    assert found.removed is not None
    assert found.removed.run is not None
    assert [s.names[0] for s in found.removed.run.steps] == ["ask", "lose_request_on_calls", "retry"]
    assert found.added is not None
    assert found.added.run is not None
    assert found.added.run.steps[-1].names == ("client drops it",)


def test_what_never_happens_any_more(tmp_path: Path) -> None:
    """A change after which a transition can never fire is no pass, although nothing breaks."""
    found = reviewed(tmp_path, NO_GUARD)
    assert found.status == 3
    assert found.verdict == "Nothing breaks, but less is proved: transition give_up never fires."
    assert [d.name for d in found.differences if d.how == "never"] == ["give_up"]


def test_what_no_run_shows_any_more(tmp_path: Path) -> None:
    """A witness that is gone breaks its property, and all that can never happen is told."""
    found = reviewed(tmp_path, SILENT)
    assert found.status == 1
    assert found.verdict == "Breaks 1 of 6 properties: client-gets-a-token, which no run shows any more."
    never = {d.name for d in found.differences if d.how == "never"}
    assert {"take", "give", "client.Waiting", "Give"} <= never
    assert run(written(tmp_path, SILENT), "--format", "sarif").exit_code == 1


def test_a_limit_is_undecided(tmp_path: Path) -> None:
    """Where a limit is reached, the verdict says that nothing is known, with status 3."""
    found = reviewed(tmp_path, RENAMED, limits=Limits(states=2))
    assert found.verdict.startswith("Undecided: more than 2 states")
    assert found.status == 3


def test_no_time_for_runs(tmp_path: Path) -> None:
    """Without time to compare runs, what is said of them is how far they were compared, not that they are the same."""
    result = run(written(tmp_path, RENAMED), "--run-seconds", "0.0000001")
    assert "no run is added, up to 0 steps at least; the search was cut short" in result.stdout
    assert "possible" not in run(written(tmp_path, EAGER), "--run-seconds", "0").stdout


@pytest.mark.parametrize("text", [NO_RETRY, EAGER, IMPATIENT, NO_GUARD])
def test_runs_are_what_they_are_said_to_be(tmp_path: Path, text: str) -> None:
    """A run that only one protocol allows is one of that protocol, and in the other its last step cannot follow."""
    changed = load_change(written(tmp_path, text)).apply(PROTOCOL).with_capabilities("network")
    base = PROTOCOL.with_capabilities("network")
    for found, one, other in zip(Comparison(base, changed, {}, 9.0).both(), (changed, base), (base, changed), strict=True):
        if found.trace is None:
            assert found.decided
            continue
        names = [tuple(a.name for a in s.acts) for s in found.trace.steps]
        assert walked(one, names)
        assert walked(other, names[:-1])


def walked(protocol: Any, names: list[tuple[str, ...]]) -> bool:
    """Whether a protocol can do steps of these names."""
    semantics = Semantics(protocol)
    here = {semantics.initial()}
    for wanted in names:
        here = {s for state in here for s, step in semantics.successors(state) if tuple(p.name for p in step.micros) == wanted}
    return bool(here)


def test_needs(tmp_path: Path) -> None:
    """A guard is critical when a property breaks without it, and that is compared before and after."""
    (found,) = needs(PROTOCOL, CLAIMS)
    assert found == Need("first_time", None)
    old, new = (Need("g", None),), (Need("g", "p"),)
    assert [(n.guard, n.critical) for n in new_needs(old, new)] == [("g", True)]
    assert [(n.guard, n.critical) for n in new_needs(new, old)] == [("g", False)]
    assert not list(new_needs((Need("g", None, decided=False),), new))
    result = run(written(tmp_path, RENAMED), "--guards")
    assert "guards: each is as needed as before" in result.stdout


# -- how it is told ------------------------------------------------------------------------------------


def test_on_a_terminal(tmp_path: Path) -> None:
    """The verdict comes first, then what differs, and the run of what breaks, folded to its key steps."""
    result = run(written(tmp_path, NO_RETRY))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Breaks 2 of 6 properties: ")
    assert "  − transition retry vanishes" in lines
    assert any(line.startswith("     1. client · ask; 2. network · lose request on calls") for line in lines)
    assert any(line.startswith("also breaks ") for line in lines)
    assert lines[-1] == "--full tells every step of every run"
    full = run(written(tmp_path, NO_RETRY), "--full").stdout
    assert "  1. client · ask" in full.splitlines()
    assert full.count(" — refuted in 3 steps") == 2


def test_several_files(tmp_path: Path) -> None:
    """Several files are each reviewed, and the status is that of the worst."""
    files = [written(tmp_path, text, f"{number}.py") for number, text in enumerate((RENAMED, NO_RETRY))]
    result = run(*files)
    assert result.exit_code == 1
    assert result.stdout.startswith("Harmless: ")
    assert "\nBreaks 2 of 6" in result.stdout


def test_json(tmp_path: Path) -> None:
    """The JSON has what the text has."""
    (answer,) = json.loads(run(written(tmp_path, NO_RETRY), "--json").stdout)
    assert answer["status"] == 1
    assert {b["property"] for b in answer["breaks"]} == {"no-deadlock", "loss-is-noticed"}
    assert answer["breaks"][0]["steps"][0]["names"] == ["ask"]
    assert answer["runs"]["removed"]["steps"][-1]["names"] == ["retry"]
    assert answer["before"]["states"] == 8
    assert answer["reason"] == "It is the user's turn."


def test_markdown(tmp_path: Path) -> None:
    """A comment begins with the verdict, quotes the reason, and folds the rest away."""
    text = run(written(tmp_path, NO_RETRY), "--format", "markdown").stdout
    assert text.startswith("❌ **Breaks 2 of 6 properties: ")
    assert "> It is the user's turn." in text
    assert text.count("<details>") == text.count("</details>") >= 4
    assert text.count("```") % 2 == 0


def test_markdown_with_drawings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sequences can be drawn, the comment has them as Mermaid."""
    monkeypatch.setattr(sides, "sequence_mermaid", lambda *_: "sequenceDiagram\n  client->>server: Ask")
    assert "```mermaid\nsequenceDiagram\n" in markdown([reviewed(tmp_path, NO_RETRY)])


@pytest.mark.parametrize("error", [None, DrawError("too large"), ModuleNotFoundError("graphviz")])
def test_what_cannot_be_drawn_is_told_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    """Where a sequence cannot be drawn, or nothing that draws is installed, the comment has the text only."""

    def rendered(_sequence: object, form: str) -> bytes:
        if error is not None:
            raise error
        return f"drawn as {form}\n".encode()

    drawing, rendering = ModuleType("counterexample"), ModuleType("render")
    drawing.counterexample, rendering.rendered = lambda *_: "sequence", rendered  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "launchproof.draw.counterexample", drawing)
    monkeypatch.setitem(sys.modules, "launchproof.draw.render", rendering)
    text = markdown([reviewed(tmp_path, NO_RETRY)])
    assert ("```mermaid\ndrawn as mermaid\n```" in text) is (error is None)
    assert "refuted in 3 steps" in text


def test_a_comment_has_a_limit(tmp_path: Path) -> None:
    """What does not fit into a comment is left out, whole, and a line says so; the verdict stays."""
    found = reviewed(tmp_path, NO_RETRY)
    whole = markdown([found])
    short = markdown([found], limit=1200)
    assert len(short) <= 1200 < len(whole)
    assert short.startswith(whole.partition("\n")[0])
    assert "_Left out, for want of room: " in short
    assert short.count("<details>") == short.count("</details>")
    assert len(markdown([found] * 40, limit=500)) <= 500


def test_sarif(tmp_path: Path) -> None:
    """The SARIF has all that 2.1.0 requires: version, tool, rules that results name, messages, places, code flows."""
    file = written(tmp_path, NO_RETRY)
    log = json.loads(run(file, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    driver = only["tool"]["driver"]
    assert driver["name"] == "launchproof"
    assert len(only["results"]) == len(driver["rules"]) == 2
    for result in only["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == file.as_posix()
        assert place["physicalLocation"]["region"]["startLine"] == 5
        (flow,) = result["codeFlows"][0]["threadFlows"]
        assert len(flow["locations"]) == 3
        assert all(step["location"]["message"]["text"] for step in flow["locations"])
    assert json.loads(run(written(tmp_path, RENAMED), "--format", "sarif").stdout)["runs"][0]["results"] == []


def test_sarif_of_no_pass(tmp_path: Path) -> None:
    """A review that is no pass, though nothing breaks, is a warning in SARIF."""
    result = run(written(tmp_path, RENAMED), "--format", "sarif", "--max-states", "2")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["runs"][0]["results"][0]["level"] == "warning"


def test_junit(tmp_path: Path) -> None:
    """JUnit has a suite per change, a case per property, a failure for each that breaks."""
    files = [written(tmp_path, text, f"{number}.py") for number, text in enumerate((RENAMED, NO_RETRY))]
    root = ET.fromstring(run(*files, "--format", "junit").stdout)  # noqa: S314 - our own
    harmless, broken = root.findall("testsuite")
    assert (harmless.get("failures"), broken.get("failures")) == ("0", "2")
    assert len(broken.findall("testcase")) == int(broken.get("tests") or 0) == 6
    assert "refuted in 3 steps" in (broken.findall(".//failure")[0].text or "")


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "sarif", "junit"])
def test_out(tmp_path: Path, form: str) -> None:
    """Every form can be written to a file; one that cannot be written is one line."""
    out = tmp_path / "out"
    assert run(written(tmp_path, RENAMED), "--format", form, "--out", out).stdout == ""
    assert out.read_text(encoding="utf-8").endswith("\n")
    bad = run(written(tmp_path, RENAMED), "--format", form, "--out", tmp_path / "no" / "out")
    assert bad.exit_code == 2
    assert "it cannot be written (No such file or directory); name another file" in bad.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name the FILEs to review, or a revision with --from"),
        (["x.py", "--from", "HEAD"], "name the FILEs to review, or a revision with --from"),
        (["x.py", "--to", "HEAD"], "--to goes with --from"),
        (["--from", "HEAD", "--guards"], "--guards goes with FILEs"),
        (["--from", "HEAD", "--together"], "--together goes with FILEs"),
    ],
)
def test_arguments_that_do_not_go_together(arguments: list[str], says: str) -> None:
    """Arguments that contradict each other are one line, and status 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


# -- revisions -----------------------------------------------------------------------------------------


def git(where: Path, *arguments: str) -> None:
    """Run git, whoever the user is."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with the toy in a folder of it: a first commit, and a second that takes the retrying away."""
    where = tmp_path / "repository" / "project"
    where.mkdir(parents=True)
    text = (TOY / "toy_protocol.py").read_text(encoding="utf-8")
    claims = (TOY / "toy_claims.py").read_text(encoding="utf-8").replace("tests.toy.toy_protocol", "old_toy")
    written(where, text, "old_toy.py")
    written(where, claims, "old_claims.py")
    written(where, '[tool.launchproof]\nprotocol = "old_toy:PROTOCOL"\nproperties = "old_claims:CLAIMS"\n', "pyproject.toml")
    git(where, "init", "--quiet")
    git(where, "add", ".")
    git(where, "commit", "--quiet", "-m", "first")
    git(where, "tag", "first")
    written(where, f'{text}PROTOCOL = PROTOCOL.without("retry", "give_up")\n', "old_toy.py")
    git(where, "commit", "--quiet", "-am", "second")
    git(where, "tag", "second")
    return where


@pytest.mark.thorough
def test_between_revisions(repository: Path) -> None:
    """Two revisions of a project are compared, each as it was, wherever in its repository the project lies."""
    result = run("--from", "first", "--to", "second", project=repository)
    assert result.exit_code == 1, result.stderr
    assert result.stdout.startswith("Breaks 2 of 6 properties: ")
    assert "first → second (old_toy.py)" in result.stdout or "first → second (pyproject.toml)" in result.stdout
    assert "  − transition retry vanishes" in result.stdout.splitlines()
    back = run("--from", "second", "--to", "first", project=repository)
    assert back.exit_code == 0
    assert back.stdout.startswith("Repairs loss-is-noticed and no-deadlock: ")


@pytest.mark.thorough
def test_from_a_revision_to_the_files_as_they_are(repository: Path) -> None:
    """Without --to the working files are reviewed, committed or not."""
    file = repository / "old_toy.py"
    file.write_text(file.read_text(encoding="utf-8").replace("def take(", "def fetch("), encoding="utf-8")
    result = run("--from", "second", project=repository)
    assert result.exit_code == 0, result.stderr
    assert "transition take is called fetch now, and does the same" in result.stdout
    assert result.stdout.startswith("Harmless: ")


def test_nothing_differs(repository: Path) -> None:
    """Two revisions with the same files need no search."""
    result = run("--from", "second", "--to", "HEAD", "--format", "markdown", project=repository)
    assert result.stdout.startswith("✅ **Harmless: nothing differs.**")
    assert result.exit_code == 0


@pytest.mark.thorough
def test_revisions_take_the_options_of_verification(repository: Path) -> None:
    """Capabilities, assumptions, properties and limits hold for both revisions."""
    arguments = ("--from", "first", "--to", "second", "--json")
    (answer,) = json.loads(run(*arguments, "--without-capability", "network", project=repository).stdout)
    assert answer["breaks"] == []
    (answer,) = json.loads(run(*arguments, "--property", "no-deadlock", project=repository).stdout)
    assert [b["property"] for b in answer["breaks"]] == ["no-deadlock"]
    assert answer["runs"] is None


@pytest.mark.thorough
def test_revisions_that_cannot_be_reviewed(repository: Path, tmp_path: Path) -> None:
    """An unknown revision, a revision with a mistake in it, and a folder without git are one line each."""
    unknown = run("--from", "third", project=repository)
    assert unknown.exit_code == 2
    assert "there is no revision 'third' here; name a commit, a branch or a tag" in unknown.stderr
    written(repository, "import nonsense\n", "old_toy.py")
    git(repository, "commit", "--quiet", "-am", "bad")
    bad = run("--from", "first", "--to", "HEAD", project=repository)
    assert bad.exit_code == 2
    assert re.match(r"launchproof: HEAD: pyproject.toml: \[tool.launchproof\] protocol: .*nonsense", bad.stderr)
    assert bad.stderr.count("\n") == 1
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    written(lonely, (repository / "pyproject.toml").read_text(encoding="utf-8"), "pyproject.toml")
    result = run("--from", "HEAD", project=lonely)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_side_survives_the_way_between_processes() -> None:
    """What one process writes of a protocol, another reads as it was."""
    side = side_of(PROTOCOL.assuming(retrying="no"), CLAIMS)
    assert from_json(as_json(side)) == side
    assert isinstance(side, Side)


def test_an_error_elsewhere_is_not_blamed_on_the_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure that did not pass through the change is not told as its mistake."""

    def failing(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("launchproof.changes.review.compared", failing)
    with pytest.raises(ZeroDivisionError):
        reviewed(tmp_path, RENAMED)
    with pytest.raises(ChangeError):
        load_change(tmp_path / "none.py")
