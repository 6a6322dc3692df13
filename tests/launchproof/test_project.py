"""Finding a project, and refusing one that cannot be used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from launchproof.concrete import OPAQUE
from launchproof.errors import ProjectError
from launchproof.project import load_project

TOY = Path(__file__).parent.parent / "toy"


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def project(where: Path, table: str, **modules: str) -> Path:
    """Write a project with a table and modules."""
    (where / "pyproject.toml").write_text(table, encoding="utf-8")
    for name, text in modules.items():
        (where / f"{name}.py").write_text(text, encoding="utf-8")
    return where


def table(protocol: str, properties: str = "tests.toy.toy_claims:CLAIMS") -> str:
    """Write a table."""
    return f'[tool.launchproof]\nprotocol = "{protocol}"\nproperties = "{properties}"\n'


def refusal(where: Path) -> str:
    """Give the one line by which a project is refused."""
    with pytest.raises(ProjectError) as refused:
        load_project(where)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_all_four() -> None:
    """A project gives its protocol, properties, additions and statements."""
    loaded = load_project(TOY)
    assert loaded.root == TOY
    assert loaded.protocol.name == "toy"
    assert [p.name for p in loaded.properties] == ["client-gets-a-token", "asked-once", "loss-is-noticed", "tokens-are-tokens"]
    assert [a.id for a in loaded.additions] == ["ours.retry"]
    assert len(loaded.statements) == 4


def test_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a directory, the nearest table above the working directory is taken, past files without one."""
    inner = project(tmp_path, (TOY / "pyproject.toml").read_text(encoding="utf-8")) / "a" / "b"
    inner.mkdir(parents=True)
    project(tmp_path / "a", "[project]\nname = 'other'\n")
    monkeypatch.chdir(inner)
    assert load_project().root == tmp_path


def test_root_comes_first() -> None:
    """The project's directory is the first that modules are imported from."""
    load_project(TOY)
    assert sys.path[0] == str(TOY)


def test_optional_keys(tmp_path: Path) -> None:
    """Additions, statements and watchers may be left out; without a concretion, names tell nothing."""
    loaded = load_project(project(tmp_path, table("tests.toy.toy_protocol:PROTOCOL")))
    assert (loaded.additions, loaded.statements, loaded.watchers) == ((), (), ())
    assert loaded.concretion is OPAQUE


REAL = """
from launchproof.concrete import Concretion, watcher
from tests.toy.toy_claims import asked_once

REALITY = Concretion(options={"size": (1, 2)})


@watcher("toy.ask")
def nobody_whispers():
    \"\"\"Nobody whispers.\"\"\"
    return lambda world, act: None


@watcher("toy.ask")
def asked_once_only():
    \"\"\"Nobody asks twice.\"\"\"
    return lambda world, act: None


WATCHERS = [nobody_whispers, asked_once_only]
BY_NAME = {"whispers": nobody_whispers}
TWICE = (nobody_whispers, nobody_whispers)
MIXED = (nobody_whispers, asked_once)


@watcher("toy.ask")
def asked_once():
    \"\"\"Nobody asks twice.\"\"\"
    return lambda world, act: None


CLASHING = (asked_once,)
"""


def real(where: Path, lines: str, **modules: str) -> Path:
    """Write a project of the toy with further keys; ``MODULE`` is a module with concretions and watchers."""
    name = f"real_{where.name}".replace("-", "_")
    text = table("tests.toy.toy_protocol:PROTOCOL") + lines.replace("MODULE", name)
    return project(where, text, **{name: REAL}, **modules)


def test_concretion_and_watchers(tmp_path: Path) -> None:
    """A project may say how its names read in reality, and what must hold of the texts."""
    loaded = load_project(real(tmp_path, 'concretion = "MODULE:REALITY"\nwatchers = "MODULE:WATCHERS"\n'))
    assert loaded.concretion.options == {"size": (1, 2)}
    assert [w.name for w in loaded.watchers] == ["nobody-whispers", "asked-once-only"]


def test_watchers_may_be_a_mapping(tmp_path: Path) -> None:
    """A mapping of watchers counts by its values, and goes without a concretion."""
    loaded = load_project(real(tmp_path, 'watchers = "MODULE:BY_NAME"\n'))
    assert [w.name for w in loaded.watchers] == ["nobody-whispers"]
    assert loaded.concretion is OPAQUE


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('concretion = "MODULE:NOTHING"\n', "has no 'NOTHING'; define it there or correct the name"),
        ('concretion = "MODULE:WATCHERS"\n', ":WATCHERS is list, not a Concretion; point it at a Concretion"),
        ('concretion = "MODULE"\n', '; write it as "module:NAME"'),
        ("concretion = []\n", "concretion is []; write it as"),
        ('concretion = "toy_poor:POOR"\n', "importing toy_poor: option size: it has no values; give the plainest first"),
        ('watchers = "MODULE:REALITY"\n', ":REALITY is Concretion, not a collection of Watcher"),
        ('watchers = "MODULE:nobody_whispers"\n', ":nobody_whispers is Watcher, not a collection of Watcher"),
        ('watchers = "MODULE:MIXED"\n', "which is no Watcher; take it out or decorate it"),
        ('watchers = "MODULE:TWICE"\n', "there are two of the name property or watcher 'nobody-whispers'; rename one"),
        ('watchers = "MODULE:CLASHING"\n', "there are two of the name property or watcher 'asked-once'; rename one"),
        ('watcher = "MODULE:WATCHERS"\n', "unknown key 'watcher'; use protocol, properties, additions, statements, concretion, "),
    ],
)
def test_a_wrong_concretion_or_watcher_is_refused(tmp_path: Path, lines: str, says: str) -> None:
    """What is no concretion, no watcher, or shares its name with a property, is told with the key and the fix."""
    poor = "from launchproof.concrete import Concretion\nPOOR = Concretion(options={'size': ()})\n"
    refused = refusal(real(tmp_path, lines, toy_poor=poor))
    assert says in refused
    assert f"{tmp_path}/pyproject.toml: [tool.launchproof]" in refused
    sys.modules.pop("toy_poor", None)


def test_no_file(tmp_path: Path) -> None:
    """A named directory without the file is refused."""
    assert "there is no pyproject.toml" in refusal(tmp_path)


def test_no_file_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with no such file above it is refused, with the way out."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError, match=r"no pyproject\.toml here or above; .* --project"):
        load_project()


def test_no_table_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the table is named where no other is found."""
    monkeypatch.chdir(project(tmp_path, "[project]\nname = 'x'\n"))
    with pytest.raises(ProjectError, match=r"pyproject\.toml: it has no \[tool\.launchproof\] table"):
        load_project()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.launchproof", "no valid TOML"),
        ("", "it has no [tool.launchproof] table"),
        ("tool = 3\n", "it has no [tool.launchproof] table"),
        ("[tool]\nlaunchproof = 3\n", "it has no [tool.launchproof] table"),
        ('[tool.launchproof]\nprotocol = "tests.toy.toy_protocol:PROTOCOL"\n', "has no key 'properties'"),
        (table("tests.toy.toy_protocol:PROTOCOL") + 'property = "x:Y"\n', "unknown key 'property'; use protocol, properties"),
        (table("tests.toy.toy_protocol"), "'tests.toy.toy_protocol'; write it as \"module:NAME\""),
        ("[tool.launchproof]\nprotocol = 3\n", "protocol is 3; write it as"),
        (table("no_such_module:PROTOCOL"), "there is no module 'no_such_module'"),
        (table("tests.toy.toy_protocol:NOTHING"), "module 'tests.toy.toy_protocol' has no 'NOTHING'"),
        (table("tests.toy.toy_protocol:CALLS"), "tests.toy.toy_protocol:CALLS is Exchange, not a Protocol"),
        (table("tests.toy.toy_protocol:PROTOCOL", "tests.toy.toy_protocol:PROTOCOL"), "not a collection of Property"),
        (table("tests.toy.toy_protocol:PROTOCOL", "tests.toy.toy_claims:STATEMENTS"), "which is no Property"),
        (table("tests.toy.toy_protocol:PROTOCOL", "toy_claims_twice:TWICE"), "there are two of the name property 'asked-once'"),
    ],
)
def test_refused(tmp_path: Path, text: str, says: str) -> None:
    """A table that cannot be used is refused with what is wrong, where, and the fix."""
    twice = "from tests.toy.toy_claims import asked_once\nTWICE = (asked_once, asked_once)\n"
    refused = refusal(project(tmp_path, text, toy_claims_twice=twice))
    assert says in refused
    assert str(tmp_path) in refused
    sys.modules.pop("toy_claims_twice", None)


def test_mapping_counts_by_values(tmp_path: Path) -> None:
    """A collection may be a mapping."""
    text = "from tests.toy.toy_claims import asked_once\nBY_NAME = {'once': asked_once}\n"
    loaded = load_project(project(tmp_path, table("tests.toy.toy_protocol:PROTOCOL", "toy_by_name:BY_NAME"), toy_by_name=text))
    assert [p.name for p in loaded.properties] == ["asked-once"]


def test_import_fails(tmp_path: Path) -> None:
    """An exception in a project's module is told by the module, the error and the line."""
    refused = refusal(project(tmp_path, table("toy_fails:PROTOCOL"), toy_fails="\nraise ValueError('not today')\n"))
    assert "importing toy_fails failed: ValueError: not today" in refused
    assert "toy_fails.py, line 2" in refused


def test_import_of_a_module_fails(tmp_path: Path) -> None:
    """A missing module that a project's module imports is not taken for the project's own."""
    assert "ModuleNotFoundError: No module named 'gone_for_ever'" in refusal(
        project(tmp_path, table("toy_imports:PROTOCOL"), toy_imports="import gone_for_ever\n"),
    )


def test_declaration_error_is_whole(tmp_path: Path) -> None:
    """A badly written declaration is told in its own words."""
    bad = "from launchproof import Capability\nX = Capability('silent', '')\n"
    assert "silent: the capability has no meaning; say what it may do in a sentence" in refusal(
        project(tmp_path, table("toy_bad:PROTOCOL"), toy_bad=bad),
    )
