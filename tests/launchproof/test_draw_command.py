"""``launchproof draw`` and ``launchproof verify --draw``: what they write, where, and how they complain."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Final

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from launchproof.cli.main import main
from tests.toy.toy_protocol import PROTOCOL

TABLE: Final = '[tool.launchproof]\nprotocol = "tests.toy.toy_protocol:PROTOCOL"\n'
CLAIMS: Final = 'properties = "tests.toy.toy_claims:CLAIMS"\n'
BROKEN: Final = 'properties = "MODULE:BROKEN"\n'
DRAWINGS: Final = 'drawings = "MODULE:DRAWINGS"\ndrawn = "pictures/drawn"\npage = "MODULE:PAGE"\nfocus = "MODULE:FOCUS"\n'

MODULE: Final = '''
from launchproof.draw.gallery import Drawing
from launchproof.draw.goals import Goal, shortest_run
from launchproof.draw.graphs import Emphasis, lifecycle_graph, machine_graph
from launchproof.draw.page import Page, Show
from launchproof.draw.sequences import Focus, sequence_of
from launchproof.draw.tables import guards_table
from launchproof.search.trace import tell
from tests.toy.toy_broken import never_holds, never_takes
from tests.toy.toy_claims import client_gets_a_token
from tests.toy.toy_protocol import PROTOCOL, Token

BROKEN = (client_gets_a_token, never_holds, never_takes)
FOCUS = Focus(tokens=(Token,))


def get_token(gallery):
    """Draw how a token is got."""
    trace = tell(gallery.semantics, shortest_run(gallery.semantics, Goal("get-token", "A token", ("ask", "take"))))
    return sequence_of(trace, gallery.protocol, "get-token", "A token", focus=FOCUS)


def asker(gallery):
    """Draw the client."""
    return machine_graph(gallery.protocol, gallery.protocol.machine("client"), Emphasis(reached=gallery.reached))


DRAWINGS = (
    Drawing("asker", "the client", asker, ("dot", "mermaid", "svg")),
    Drawing("lifecycle", "both", lambda g: lifecycle_graph(g.protocol), ("dot",)),
    Drawing("get-token", "how a token is got", get_token, ("text",)),
    Drawing("guards", "what is checked", lambda g: guards_table(g.protocol), ()),
)
PAGE = Page("TOY.md", ("# The toy", Show("asker"), Show("guards")))
TWICE = (DRAWINGS[0], DRAWINGS[0])
LOST = Page("TOY.md", (Show("akser"),))


def fails(gallery):
    """Fail."""
    raise IndexError("too far")


FAILING = (Drawing("failing", "nothing", fails, ("dot",)),)
'''

FILES: Final = ("pictures/drawn/asker.dot", "pictures/drawn/asker.mmd", "pictures/drawn/asker.svg")
OTHERS: Final = ("pictures/drawn/get-token.txt", "pictures/drawn/lifecycle.dot")


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def written(where: Path, lines: str) -> Path:
    """Write a project; ``MODULE`` is a module with what is drawn."""
    name = f"drawing_{where.name}".replace("-", "_")
    (where / f"{name}.py").write_text(MODULE, encoding="utf-8")
    (where / "pyproject.toml").write_text(TABLE + lines.replace("MODULE", name), encoding="utf-8")
    return where


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Write a project that draws the toy."""
    return written(tmp_path, CLAIMS + DRAWINGS)


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """Write a project that draws the toy, all as text."""
    where = written(tmp_path, CLAIMS + DRAWINGS)
    module = next(where.glob("drawing_*.py"))
    text = module.read_text(encoding="utf-8").replace(', "svg")', ")").replace('Show("asker"), ', "")
    module.write_text(text, encoding="utf-8")
    return where


def run(where: Path, *arguments: str) -> Result:
    """Run a command on a project."""
    return CliRunner().invoke(main, [*arguments, "--project", str(where)])


def draw(where: Path, *arguments: str) -> Result:
    """Draw."""
    return run(where, "draw", *arguments)


def drawn(where: Path, *arguments: str) -> str:
    """Give what is drawn to standard output, and nothing else is said."""
    result = draw(where, *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def one_line(result: Result) -> str:
    """Give the one line by which a command complained, with status 2."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("launchproof: ")
    return result.stderr


def content(where: Path) -> dict[str, bytes]:
    """Read all that is there, but for what Python keeps."""
    return {str(f.relative_to(where)): f.read_bytes() for f in where.rglob("*") if f.is_file() and "__pycache__" not in f.parts}


# -- everything ------------------------------------------------------------------------------------------


def test_everything_is_drawn(toy: Path) -> None:
    """Each drawing in its formats, in the folder that the table names, and the page; each file is told of."""
    before = content(toy)
    result = draw(toy)
    assert (result.exit_code, result.stdout) == (0, "")
    made = content(toy)
    assert sorted(made.keys() - before.keys()) == sorted(["TOY.md", *FILES, *OTHERS])
    assert sorted(result.stderr.splitlines()) == sorted(f"wrote {toy / name}" for name in ("TOY.md", *FILES, *OTHERS))
    assert made["pictures/drawn/asker.dot"].startswith(b"digraph client {")
    assert made["pictures/drawn/asker.mmd"].startswith(b"---\ntitle: ")
    assert b"throw_away (greed)" in made["pictures/drawn/asker.svg"]
    page = made["TOY.md"].decode()
    assert page.startswith("# The toy\n\n![the client](pictures/drawn/asker.svg)\n\n**Guards**\n")
    assert draw(toy, "--check").exit_code == 0


def test_drawing_again_changes_nothing(quick: Path) -> None:
    """The same bytes are written."""
    draw(quick)
    first = content(quick)
    draw(quick)
    assert content(quick) == first


@pytest.mark.parametrize("edited", ["pictures/drawn/asker.mmd", "pictures/drawn/get-token.txt", "TOY.md"])
def test_check_names_what_was_edited(quick: Path, edited: str) -> None:
    """Status 1, a line with the file and what to do, and nothing is written, not even the file that was edited."""
    draw(quick)
    assert draw(quick, "--check").exit_code == 0
    file = quick / edited
    file.write_text(file.read_text(encoding="utf-8").replace("oken", "okne").replace("client", "cleint"), encoding="utf-8")
    before = content(quick)
    result = draw(quick, "--check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{file} is not as it would be drawn now; run `launchproof draw`\n"
    assert content(quick) == before


def test_check_names_each_file_that_is_missing(quick: Path) -> None:
    """So where nothing was drawn yet, all of them."""
    before = content(quick)
    result = draw(quick, "--check")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == len([*FILES[:2], *OTHERS, "TOY.md"])
    assert content(quick) == before
    draw(quick)
    (quick / OTHERS[0]).unlink()
    assert draw(quick, "--check").stderr.startswith(f"{quick / OTHERS[0]} is not as it would be drawn now")


def test_check_follows_the_model(quick: Path) -> None:
    """When the protocol changes, the drawings that show it are named, and no other."""
    draw(quick)
    table = quick / "pyproject.toml"
    module = next(quick.glob("drawing_*.py")).stem
    changed = '\n\nCHANGED = PROTOCOL.without_guard("first_time")\n'
    (quick / f"{module}_changed.py").write_text(f"from tests.toy.toy_protocol import PROTOCOL{changed}", encoding="utf-8")
    text = table.read_text(encoding="utf-8").replace("tests.toy.toy_protocol:PROTOCOL", f"{module}_changed:CHANGED")
    table.write_text(text, encoding="utf-8")
    result = draw(quick, "--check")
    assert result.exit_code == 1
    assert [Path(line.split()[0]).name for line in result.stderr.splitlines()] == ["asker.dot", "asker.mmd", "TOY.md"]


def test_an_svg_may_be_laid_out_otherwise(toy: Path) -> None:
    """With --check an SVG is the same where it says the same, wherever the engine puts it; other words are told."""
    draw(toy)
    file = toy / FILES[2]
    svg = file.read_bytes()
    file.write_bytes(svg.replace(b' x="', b' x="1').replace(b"Helvetica", b"Arial"))
    assert file.read_bytes() != svg
    assert draw(toy, "--check").exit_code == 0
    file.write_bytes(svg.replace(b"give_up", b"give_in"))
    result = draw(toy, "--check")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert str(file) in result.stderr


def test_a_project_without_drawings(tmp_path: Path) -> None:
    """It says how to name them; its machines can be drawn all the same."""
    where = written(tmp_path, CLAIMS)
    for arguments in ((), ("--check",)):
        says = one_line(draw(where, *arguments))
        assert 'the project draws nothing; name its drawings in [tool.launchproof], as drawings = "diagrams:DRAWINGS"' in says
    assert drawn(where, "client").startswith("client: who wants a token\n")
    assert "== server: who has tokens ==" in drawn(where, "lifecycle")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "svg"),
        ("--out", "x.svg"),
        ("--highlight", "Idle"),
        ("--machine", "client"),
        ("--transition", "ask"),
        ("--assume", "retrying=no"),
        ("--json",),
        ("--check", "--format", "dot"),
    ],
)
def test_options_for_one_drawing_need_its_name(quick: Path, arguments: tuple[str, ...]) -> None:
    """Without one they are refused, and nothing is written."""
    before = content(quick)
    says = one_line(draw(quick, *arguments))
    assert "these options are for one drawing; name it, as in `launchproof draw lifecycle --format svg`" in says
    assert content(quick) == before


def test_check_is_for_all(quick: Path) -> None:
    """With a name it is refused."""
    assert "--check compares all drawings; leave 'client' out" in one_line(draw(quick, "client", "--check"))


# -- what is wrong with the table ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('drawings = "MODULE:NOTHING"\n', "has no 'NOTHING'; define it there or correct the name"),
        ('drawings = "MODULE"\n', '; write it as "module:NAME"'),
        ("drawings = []\n", "drawings is []; write it as"),
        ('drawings = "no_such_module:DRAWINGS"\n', "there is no module 'no_such_module'"),
        ('drawings = "MODULE:FOCUS"\n', ":FOCUS is Focus, not a collection of Drawing; point it at a collection of Drawing"),
        ('drawings = "MODULE:BROKEN"\n', "which is no Drawing; take it out or decorate it"),
        ('drawings = "MODULE:TWICE"\n', "there are two of the name drawing 'asker'; rename one"),
        ('drawings = "MODULE:DRAWINGS"\npage = "MODULE:FOCUS"\n', ":FOCUS is Focus, not a Page; point it at a Page"),
        ('drawings = "MODULE:DRAWINGS"\nfocus = "MODULE:PAGE"\n', ":PAGE is Page, not a Focus; point it at a Focus"),
        ('drawings = "MODULE:DRAWINGS"\npage = "MODULE:NOTHING"\n', "has no 'NOTHING'"),
        ('drawing = "MODULE:DRAWINGS"\n', "unknown key 'drawing'; use protocol, properties, "),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, lines: str, says: str) -> None:
    """One line names the file, the key and the fix, whether all is drawn or one; nothing is written."""
    where = written(tmp_path, CLAIMS + lines)
    before = content(where)
    for arguments in ((), ("client",)):
        refused = one_line(draw(where, *arguments))
        assert says in refused
        assert f"{where}/pyproject.toml: [tool.launchproof]" in refused
    assert content(where) == before


def test_a_wrong_drawing_hinders_nobody_who_draws_nothing(tmp_path: Path) -> None:
    """Drawings are loaded only where something is drawn."""
    where = written(tmp_path, CLAIMS + 'drawings = "no_such_module:DRAWINGS"\n')
    assert run(where, "verify").exit_code == 0


def test_an_unknown_drawing_on_the_page(quick: Path) -> None:
    """It is told with those that there are."""
    table = quick / "pyproject.toml"
    table.write_text(table.read_text(encoding="utf-8").replace(":PAGE", ":LOST"), encoding="utf-8")
    result = draw(quick)
    assert result.exit_code == 2
    says = "launchproof: page TOY.md: there is no drawing 'akser'; name one of asker, lifecycle, get-token, guards"
    assert result.stderr.splitlines()[-1] == says
    assert not (quick / "TOY.md").exists()


def test_a_drawing_that_fails(tmp_path: Path) -> None:
    """It is one line, with the line of the project that failed."""
    where = written(tmp_path, CLAIMS + 'drawings = "MODULE:FAILING"\n')
    says = one_line(draw(where))
    assert ", in fails: IndexError: too far; correct that code" in says
    assert "drawing_" in says


def test_a_file_in_the_way_of_the_folder(quick: Path) -> None:
    """What cannot be written is one line with the file."""
    (quick / "pictures").write_text("in the way", encoding="utf-8")
    says = one_line(draw(quick))
    assert says.startswith(f"launchproof: {quick / FILES[0]}: it cannot be written (")


def test_a_folder_in_the_way_of_a_file(quick: Path) -> None:
    """So it is where a folder has a drawing's name."""
    (quick / FILES[0]).mkdir(parents=True)
    assert f"{quick / FILES[0]}: it cannot be written (Is a directory); make room for it" in one_line(draw(quick))


# -- one drawing -----------------------------------------------------------------------------------------


def test_one_drawing_is_text_on_standard_output(quick: Path) -> None:
    """Nothing else is written."""
    before = content(quick)
    assert drawn(quick, "client").startswith(
        "client: who wants a token\n\nIdle (starts here, may rest here)\n  ──→ Waiting:  ask"
    )
    assert drawn(quick, "asker") == drawn(quick, "client")
    assert drawn(quick, "get-token").startswith("A token\n")
    assert "first_time" in drawn(quick, "guards")
    assert content(quick) == before


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("dot", "digraph client {"),
        ("mermaid", '---\ntitle: "client: who wants a token"\n'),
        ("text", "client: who wants a token\n"),
        ("graphml", "<graphml "),
        ("json", "{\n"),
    ],
)
def test_one_drawing_in_a_format(quick: Path, form: str, start: str) -> None:
    """--format chooses it."""
    assert drawn(quick, "client", "--format", form).startswith(start)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.dot", b"digraph client {"),
        ("x.mmd", b"---\ntitle: "),
        ("x.txt", b"client: who wants"),
        ("x.graphml", b"<graphml "),
        ("x.json", b"{\n"),
        ("x.svg", b"<?xml"),
        ("x.png", b"\x89PNG"),
        ("x.pdf", b"%PDF"),
    ],
)
def test_a_files_name_says_its_format(quick: Path, name: str, start: bytes) -> None:
    """With --out the file is written and told of, and standard output stays empty."""
    file = quick / name
    result = draw(quick, "client", "--out", str(file))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {file}\n")
    assert file.read_bytes().startswith(start)


def test_a_format_that_is_named_holds_against_the_files_name(quick: Path) -> None:
    """A file may be called anything."""
    draw(quick, "client", "--out", str(quick / "x.svg"), "--format", "dot")
    assert (quick / "x.svg").read_bytes().startswith(b"digraph")


@pytest.mark.parametrize("name", ["x.gif", "x", "svg"])
def test_a_suffix_that_says_nothing(quick: Path, name: str) -> None:
    """It is refused with those that do, and nothing is written."""
    file = quick / name
    says = one_line(draw(quick, "client", "--out", str(file)))
    assert f"{file}: what format that is, its name does not say; add --format, or end it in .dot, .mmd, .txt, .md, " in says
    assert not file.exists()


@pytest.mark.parametrize("name", ["guards", "get-token"])
def test_a_format_that_a_drawing_has_not(quick: Path, name: str) -> None:
    """A table or sequence is no graph for another program."""
    says = one_line(draw(quick, name, "--json"))
    assert f"{name}: a " in says
    assert " cannot be written as json; use dot, " in says


def test_out_where_nothing_can_be_written(quick: Path) -> None:
    """One line names the file and the reason."""
    file = quick / "no" / "such" / "folder.svg"
    says = one_line(draw(quick, "client", "--out", str(file), "--format", "dot"))
    assert says == f"launchproof: {file}: it cannot be written (No such file or directory); name another file\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cleint", "there is no drawing 'cleint'; did you mean client?"),
        ("get-tokne", "there is no drawing 'get-tokne'; did you mean get-token?"),
        ("lifecicle", "did you mean lifecycle"),
        ("reachabel", "did you mean reachable?"),
        ("xyzzy", "there is no drawing 'xyzzy'; list all names with `launchproof show`"),
    ],
)
def test_an_unknown_name(quick: Path, name: str, says: str) -> None:
    """It is refused with what is spelled alike."""
    assert says in one_line(draw(quick, name))


def test_only_some_machines(quick: Path) -> None:
    """The lifecycle may be of fewer; an unknown one is refused."""
    text = drawn(quick, "lifecycle", "--machine", "server")
    assert "== server" in text
    assert "== client" not in text
    both = drawn(quick, "lifecycle", "--machine", "server", "--machine", "client")
    assert both == drawn(quick, "lifecycle")
    assert "there is no machine 'sever'; did you mean server?" in one_line(draw(quick, "lifecycle", "--machine", "sever"))


def test_another_answer_to_an_open_question(quick: Path) -> None:
    """Drawings and machines are of the protocol under it; a wrong one is refused."""
    for name in ("client", "asker"):
        assert "retry" in drawn(quick, name)
        assert "retry" not in drawn(quick, name, "--assume", "retrying=no")
    says = one_line(draw(quick, "client", "--assume", "retrying=maybe"))
    assert "retrying: 'maybe' is no choice; use one of yes, no" in says


def test_json_of_a_machine(quick: Path) -> None:
    """--json is a graph that NetworkX reads, on standard output or in a file."""
    text = drawn(quick, "client", "--json")
    graph = nx.node_link_graph(json.loads(text), edges="links")
    assert set(graph.nodes) == {"Idle", "Waiting", "Holding"}
    assert {data["text"].split()[0] for _, _, data in graph.edges(data=True)} == {"ask", "take", "give_up", "throw_away"}
    assert drawn(quick, "client", "--format", "json") == text
    draw(quick, "client", "--out", str(quick / "x.json"))
    assert (quick / "x.json").read_text(encoding="utf-8") == text
    assert set(nx.parse_graphml(drawn(quick, "client", "--format", "graphml")).nodes) == set(graph.nodes)


# -- reachable states --------------------------------------------------------------------------------------


def boxes(text: str) -> set[str]:
    """Name the boxes of a graph of states that is written as JSON."""
    return {node["id"] for node in json.loads(text)["nodes"]}


def steps(text: str) -> set[str]:
    """Give the texts of its arrows."""
    return {line for link in json.loads(text)["links"] for line in link["text"].splitlines()}


def test_reachable_states(quick: Path) -> None:
    """Without more they are merged by the phases of all machines."""
    assert boxes(drawn(quick, "reachable", "--json")) == {"Idle · Serving", "Waiting · Serving", "Holding · Serving"}
    assert drawn(quick, "reachable").startswith("toy: reachable states by the phases of client, server\n")


def test_reachable_states_of_some_machines_and_channels(quick: Path) -> None:
    """--machine takes channels, too; an unknown one is refused with those that there are."""
    assert boxes(drawn(quick, "reachable", "--json", "--machine", "client")) == {"Idle", "Waiting", "Holding"}
    both = boxes(drawn(quick, "reachable", "--json", "--machine", "client", "--machine", "calls"))
    assert "Waiting · Give" in both
    says = one_line(draw(quick, "reachable", "--machine", "clint"))
    assert "there is no machine or channel 'clint'; use one of client, server, calls" in says


def test_reachable_states_by_something(quick: Path) -> None:
    """--by takes phases, states, or a property; another one is refused."""
    by_phases = drawn(quick, "reachable", "--machine", "client", "--by", "phases")
    assert by_phases == drawn(quick, "reachable", "--machine", "client")
    assert len(boxes(drawn(quick, "reachable", "--json", "--by", "states"))) == 4
    assert "is broken · Waiting" in boxes(drawn(quick, "reachable", "--json", "--by", "asked-once"))
    says = one_line(draw(quick, "reachable", "--by", "asked-onse"))
    assert "there is no way to merge states or property 'asked-onse'; did you mean asked-once or phases?" in says
    says = one_line(draw(quick, "reachable", "--by", "loss-is-noticed"))
    assert "property loss-is-noticed speaks of steps or runs, not of states" in says


def test_reachable_states_with_fewer_steps(quick: Path) -> None:
    """--own leaves out the environment, --transition all that is not named."""
    client = ("reachable", "--json", "--machine", "client")
    assert steps(drawn(quick, *client)) == {"ask", "take", "give_up", "throw_away"}
    assert steps(drawn(quick, *client, "--own")) == {"ask", "take", "give_up"}
    assert steps(drawn(quick, *client, "--transition", "take", "--transition", "ask")) == {"ask", "take"}
    assert "there is no transition 'tkae'" in one_line(draw(quick, *client, "--transition", "tkae"))


def test_reachable_states_under_another_answer(quick: Path) -> None:
    """--assume changes what is reached."""
    assert "give_up" not in steps(drawn(quick, "reachable", "--json", "--assume", "retrying=no"))


def test_reachable_states_in_a_file(quick: Path) -> None:
    """They are laid out as any graph is."""
    result = draw(quick, "reachable", "--machine", "client", "--out", str(quick / "r.svg"))
    assert (result.exit_code, result.stderr) == (0, f"wrote {quick / 'r.svg'}\n")
    assert b"throw_away" in (quick / "r.svg").read_bytes()


# -- what stands out ---------------------------------------------------------------------------------------


def red(text: str) -> set[str]:
    """Give what stands out in a text: the first word of a box, or the transition of an arrow."""
    lines = [line for line in text.splitlines() if line.endswith("(!)")]
    return {line.split(":  ")[1].split()[0] if ":  " in line else line.split()[0] for line in lines}


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("Holding", {"Holding"}),
        ("take", {"take"}),
        ("retry", {"Waiting"}),
        ("first_time", {"Waiting"}),
        ("Ask", {"ask", "Waiting"}),
        ("Give", {"take"}),
        ("asked-once", {"Waiting"}),
        ("client-gets-a-token", {"Holding"}),
        ("loss-is-noticed", {"Waiting", "give_up"}),
        ("Serving", set()),
    ],
)
def test_highlight(quick: Path, name: str, out: set[str]) -> None:
    """A phase, transition, guard or message stands out, and of a property what it reads."""
    assert red(drawn(quick, "client", "--highlight", name)) == out


def test_highlight_more(quick: Path) -> None:
    """It may be repeated, and goes with the lifecycle, too."""
    assert red(drawn(quick, "client", "--highlight", "take", "--highlight", "Idle")) == {"take", "Idle"}
    assert red(drawn(quick, "lifecycle", "--highlight", "Give", "--highlight", "Idle")) >= {"Give", "Idle"}
    assert red(drawn(quick, "client")) == set()


def test_highlight_in_a_file(quick: Path) -> None:
    """What stands out is red."""
    draw(quick, "client", "--highlight", "take", "--out", str(quick / "x.dot"))
    (line,) = (line for line in (quick / "x.dot").read_text(encoding="utf-8").splitlines() if "#b3261e" in line)
    assert "Waiting -> Holding" in line


def test_an_unknown_highlight(quick: Path) -> None:
    """It is refused with what is spelled alike."""
    says = one_line(draw(quick, "client", "--highlight", "frist_time"))
    assert "there is no phase, transition, guard, message or property 'frist_time'; did you mean first_time?" in says


# -- runs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Write a project whose properties do not hold."""
    return written(tmp_path, BROKEN + DRAWINGS)


def test_a_saved_run(broken: Path) -> None:
    """It is drawn as a sequence, with what it breaks."""
    run(broken, "verify", "--save", str(broken / "runs"))
    text = drawn(broken, str(broken / "runs" / "never-holds.trace.json"))
    assert text.splitlines()[0] == "The client never holds a token."
    assert "breaks never-holds" in text
    assert text.index("1. ask") < text.index("3. take")
    out = broken / "x.svg"
    assert draw(broken, str(broken / "runs" / "never-holds.trace.json"), "--out", str(out)).exit_code == 0
    assert "never-holds" in unescape(out.read_text(encoding="utf-8"))


def test_a_saved_run_that_breaks_nothing(quick: Path) -> None:
    """It is drawn by its file's name."""
    from launchproof.draw.goals import Goal, shortest_run
    from launchproof.search.trace import tell
    from launchproof.semantics.steps import Semantics
    from launchproof.traces import from_trace, write

    semantics = Semantics(PROTOCOL)
    file = quick / "walked.trace.json"
    write(from_trace(PROTOCOL, tell(semantics, shortest_run(semantics, Goal("a", "b", ("take",))))), file)
    text = drawn(quick, str(file))
    assert text.startswith("walked\n")
    assert "3. take" in text
    assert "breaks" not in text


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "{",
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"ask"', '"aks"'),
        lambda text: text.replace('"toy"', '"another"'),
        lambda text: text.replace("launchproof-trace/1", "launchproof-trace/9"),
        lambda text: text.replace('"client"', "3", 1),
        lambda text: text.replace("never-holds", "gone"),
    ],
)
def test_a_damaged_run(broken: Path, damage: Callable[[str], str]) -> None:
    """It is one line with the file."""
    run(broken, "verify", "--save", str(broken))
    file = broken / "never-holds.trace.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(damage(text), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != text
    assert str(file) in one_line(draw(broken, str(file)))


def test_a_run_that_is_not_there(broken: Path) -> None:
    """It is one line with the file."""
    assert "gone.trace.json" in one_line(draw(broken, str(broken / "gone.trace.json")))


# -- verify --draw -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.svg", "x.txt", "x.dot", "x.mmd"])
def test_the_first_counterexample(broken: Path, name: str) -> None:
    """It is written with the property that it breaks, and the others are named; the answer is the same as ever."""
    result = run(broken, "verify", "--draw", str(broken / name))
    plain = run(broken, "verify")
    assert result.exit_code == plain.exit_code == 1
    assert result.stdout.splitlines()[:10] == plain.stdout.splitlines()[:10]
    assert result.stderr.splitlines()[0] == f"wrote {broken / name}"
    assert result.stderr.splitlines()[1] == "it shows never-holds; draw another with --property NAME: never-takes"
    said = unescape((broken / name).read_text(encoding="utf-8"))
    assert "never-holds" in said
    assert "never-takes" not in said


def test_the_counterexample_of_a_property(broken: Path) -> None:
    """With --property it is that one's, and no other is named."""
    result = run(broken, "verify", "--property", "never-takes", "--draw", str(broken / "x.txt"))
    assert result.stderr == f"wrote {broken / 'x.txt'}\n"
    text = (broken / "x.txt").read_text(encoding="utf-8")
    assert "never-takes" in text
    assert text.startswith("The client never takes anything.\n")
    assert "ask" in text


def test_a_counterexample_beside_json(broken: Path) -> None:
    """Standard output stays JSON."""
    result = run(broken, "verify", "--json", "--draw", str(broken / "x.dot"))
    assert json.loads(result.stdout)["verdict"] == "refuted"
    assert (broken / "x.dot").read_text(encoding="utf-8").startswith("digraph")


def test_nothing_is_written_where_nothing_is_refuted(toy: Path) -> None:
    """It says so, and the status is as ever."""
    result = run(toy, "verify", "--draw", str(toy / "x.svg"))
    assert (result.exit_code, result.stderr) == (0, f"{toy / 'x.svg'}: not written; no property is refuted\n")
    assert not (toy / "x.svg").exists()


def test_an_unknown_suffix_is_refused_before_the_search(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for an answer that cannot be drawn."""
    monkeypatch.setattr("launchproof.verify.verify", lambda *_, **__: pytest.fail("it searched"))
    says = one_line(run(broken, "verify", "--draw", str(broken / "x.gif")))
    assert "x.gif: what format that is, its name does not say" in says


def test_a_matrix_has_no_counterexample_to_draw(broken: Path) -> None:
    """They are refused together."""
    says = one_line(run(broken, "verify", "--matrix", "--draw", str(broken / "x.svg")))
    assert "--save and --draw go with one verification, and --matrix takes many; leave one of them out" in says
    assert not (broken / "x.svg").exists()


def test_a_counterexample_that_cannot_be_written(broken: Path) -> None:
    """The answer is there, and then one line about the file, with status 2."""
    result = run(broken, "verify", "--draw", str(broken / "no" / "x.txt"))
    assert result.exit_code == 2
    assert "never-holds — refuted" in result.stdout
    assert result.stderr.splitlines() == [
        f"launchproof: {broken / 'no' / 'x.txt'}: it cannot be written (No such file or directory); name another file"
    ]


# -- what would change nothing, or cannot be ----------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--own",), "these options are for one drawing"),
        (("--by", "states"), "these options are for one drawing"),
        (("--own", "--check"), "these options are for one drawing"),
        (("guards", "--highlight", "first_time"), "--highlight goes with machines and the lifecycle, and guards is neither"),
        (("reachable", "--highlight", "Idle"), "--highlight goes with machines and the lifecycle"),
        (("lifecycle", "--json", "--format", "dot"), "--json and --format dot are two formats"),
        (("client", "--machine", "client"), "--machine goes with `launchproof draw lifecycle` and `reachable`"),
        (("client", "--own"), "--by, --transition and --own go with `launchproof draw reachable`"),
    ],
)
def test_options_that_would_change_nothing_are_refused(toy: Path, arguments: tuple[str, ...], told: str) -> None:
    """One line says with what they go; nothing is written."""
    result = draw(toy, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert not (toy / "pictures").exists()


@pytest.mark.parametrize(
    ("drawing", "told"),
    [
        ("Drawing('x', 'y', asker, ('gif',))", "drawing x: its formats are ('gif',); give a tuple of dot,"),
        ("Drawing('x', 'y', asker, 'svg')", "drawing x: its formats are 'svg'; give a tuple of dot,"),
        ("Drawing('x', 'y', lambda gallery: None, ('dot',))", "drawing x: it makes a NoneType, which is no picture; return one"),
    ],
)
def test_a_drawing_that_cannot_be_is_refused(toy: Path, drawing: str, told: str) -> None:
    """Unknown formats, and functions that make no picture, are told in a line."""
    module = next(toy.glob("drawing_*.py"))
    module.write_text(module.read_text(encoding="utf-8").replace("DRAWINGS = (", f"DRAWINGS = ({drawing},"), encoding="utf-8")
    result = draw(toy)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_page_shows_only_what_is_kept_as_a_picture(quick: Path) -> None:
    """A link to a file that is not written would be dead."""
    module = next(quick.glob("drawing_*.py"))
    text = module.read_text(encoding="utf-8").replace('"# The toy", ', '"# The toy", Show("asker"), ')
    module.write_text(text, encoding="utf-8")
    result = draw(quick)
    assert result.exit_code == 2
    assert "drawing asker: the page shows it, and it is kept neither as svg nor as png; add one" in result.stderr


def test_a_counterexample_is_no_table(toy: Path) -> None:
    """Formats that a sequence does not have are refused before the search."""
    result = run(toy, "verify", "--draw", str(toy / "x.md"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a counterexample is a sequence, and cannot be written as markdown; end it in .svg" in result.stderr
