"""Finds a project's protocol, properties, additions and statements, as pytest finds tests.

``pyproject.toml`` says where they are, each as ``"module:NAME"``::

    [tool.launchproof]
    protocol = "model:PROTOCOL"
    properties = "properties:PROPERTIES"
    additions = "properties.additions:ADDITIONS"     # optional
    statements = "model.statements:STATEMENTS"       # optional
    concretion = "properties.reality:REALITY"             # optional: how names and values read in reality
    watchers = "properties.strings:WATCHERS"         # optional: what must hold of those
    drawings = "diagrams:DRAWINGS"                   # optional: what is drawn; see `launchproof.draw.project`
    drawn = "diagrams/drawn"                         # optional: where that goes
    page = "diagrams.page:PAGE"                      # optional: a page that shows it
    focus = "diagrams.runs:FOCUS"                    # optional: what sequence diagrams look at
    incidents = "incidents"                          # optional: a folder of failures seen elsewhere
    survivors = "properties.survivors:SURVIVORS"     # optional: mutants that no property kills, and why
    scopes = "properties.scopes:SCOPES"              # optional: of what there may be several, the inner scope first

The directory of that file goes on ``sys.path`` first. Every failure is a `ProjectError`.
"""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import frozen

from launchproof.concrete.concretion import OPAQUE, Concretion, Watcher
from launchproof.declare import Addition, Property, Protocol, Scope, Statement, Survivor
from launchproof.errors import LaunchproofError, ProjectError

REQUIRED: Final = ("protocol", "properties")
OPTIONAL: Final = (
    "additions",
    "statements",
    "concretion",
    "watchers",
    "drawings",
    "drawn",
    "page",
    "focus",
    "incidents",
    "survivors",
    "scopes",
)
FOLDERS: Final = ("drawn", "incidents")
"""Keys that name a folder, and nothing in a module."""

EXAMPLE: Final = '"module:NAME"'

T = TypeVar("T")


@frozen
class Project:
    """What ``[tool.launchproof]`` points at, imported and checked."""

    root: Path
    protocol: Protocol
    properties: tuple[Property, ...]
    additions: tuple[Addition, ...] = ()
    statements: tuple[Statement, ...] = ()
    concretion: Concretion = OPAQUE
    watchers: tuple[Watcher, ...] = ()
    incidents: Path | None = None
    survivors: tuple[Survivor, ...] = ()
    scopes: tuple[Scope, ...] = ()


def load_project(start: Path | None = None) -> Project:
    """Load the project of a directory, or of the working directory or the nearest one above it."""
    file = own_file(start) if start is not None else nearest_file(Path.cwd())
    table = read_table(file)
    root = str(file.parent)
    if sys.path[:1] != [root]:
        sys.path.insert(0, root)
    where = places(file)
    protocol = point(table["protocol"], where["protocol"])
    if not isinstance(protocol, Protocol):
        raise wrong_type(table["protocol"], where["protocol"], protocol, "a Protocol")
    properties = collection(table, where, "properties", Property)
    once((p.name for p in properties), "property", where["properties"])
    additions = collection(table, where, "additions", Addition)
    statements = collection(table, where, "statements", Statement)
    watchers = collection(table, where, "watchers", Watcher)
    once([*(p.name for p in properties), *(w.name for w in watchers)], "property or watcher", where["watchers"])
    scopes = collection(table, where, "scopes", Scope)
    once((s.name for s in scopes), "scope", where["scopes"])
    for scope in scopes:
        once((p.name for p in (*properties, *scope.between)), "property", where["scopes"])
    concretion, incidents = concretion_of(table, where), folder(table, file)
    survivors = collection(table, where, "survivors", Survivor)
    return Project(
        root=file.parent,
        protocol=protocol,
        properties=properties,
        additions=additions,
        statements=statements,
        concretion=concretion,
        watchers=watchers,
        incidents=incidents,
        survivors=survivors,
        scopes=scopes,
    )


def folder(table: Mapping[str, str], file: Path) -> Path | None:
    """Give the folder of incidents, where the project has one."""
    return file.parent / table["incidents"] if "incidents" in table else None


def places(file: Path) -> dict[str, str]:
    """Tell of each key of the table where it stands."""
    return {key: f"{file}: [tool.launchproof] {key}" for key in (*REQUIRED, *OPTIONAL)}


def concretion_of(table: Mapping[str, str], where: Mapping[str, str]) -> Concretion:
    """Import the concretion; a project without one has names that tell nothing."""
    if "concretion" not in table:
        return OPAQUE
    found = point(table["concretion"], where["concretion"])
    if not isinstance(found, Concretion):
        raise wrong_type(table["concretion"], where["concretion"], found, "a Concretion")
    return found


def own_file(directory: Path) -> Path:
    """Give the ``pyproject.toml`` of a directory that was named."""
    file = directory.resolve() / "pyproject.toml"
    if not file.is_file():
        raise ProjectError(f"{directory}: there is no pyproject.toml; name the directory that has it")
    return file


def nearest_file(directory: Path) -> Path:
    """Give the nearest ``pyproject.toml`` that has the table, from a directory upwards."""
    met: Path | None = None
    for place in (directory, *directory.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            met = met or file
            if "launchproof" in tool_tables(file):
                return file
    if met is not None:
        raise no_table(met)
    raise ProjectError(f"{directory}: no pyproject.toml here or above; go to your project, or name it with --project")


def no_table(file: Path) -> ProjectError:
    """Say that a file lacks the table."""
    return ProjectError(f"{file}: it has no [tool.launchproof] table; add it, with protocol and properties = {EXAMPLE}")


def tool_tables(file: Path) -> Mapping[str, Any]:
    """Read the ``[tool]`` tables of a file."""
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{file}: it is no valid TOML ({error}); correct it") from None
    except OSError as error:
        raise ProjectError(f"{file}: it cannot be read ({error.strerror}); check its permissions") from None
    tool = read.get("tool", {})
    return tool if isinstance(tool, dict) else {}


def read_table(file: Path) -> dict[str, str]:
    """Read ``[tool.launchproof]``; unknown keys, missing keys and wrong values are refused."""
    table = tool_tables(file).get("launchproof")
    if not isinstance(table, dict):
        raise no_table(file)
    known = (*REQUIRED, *OPTIONAL, *FOLDERS)
    for key, value in table.items():
        if key not in known:
            raise ProjectError(f"{file}: [tool.launchproof] has an unknown key {key!r}; use {', '.join(known)}")
        if not isinstance(value, str) or not (key in FOLDERS or all(value.partition(":"))):
            wanted = "name a folder" if key in FOLDERS else f"write it as {EXAMPLE}"
            raise ProjectError(f"{file}: [tool.launchproof] {key} is {value!r}; {wanted}")
    for key in REQUIRED:
        if key not in table:
            raise ProjectError(f"{file}: [tool.launchproof] has no key {key!r}; add {key} = {EXAMPLE}")
    return table


def point(reference: str, where: str) -> object:
    """Import what ``module:NAME`` names."""
    module_name, _, name = reference.partition(":")
    try:
        module = importlib.import_module(module_name)
    except LaunchproofError as error:
        raise ProjectError(f"{where}: importing {module_name}: {error}") from error
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise ProjectError(f"{where}: there is no module {module_name!r}; correct the name") from None
        raise import_failed(module_name, where, error) from error
    except Exception as error:
        raise import_failed(module_name, where, error) from error
    found: object = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise ProjectError(f"{where}: module {module_name!r} has no {name!r}; define it there or correct the name")
        found = getattr(found, part)
    return found


def import_failed(module: str, where: str, error: Exception) -> ProjectError:
    """Say that a module raised while it was imported, and where."""
    what = f"{type(error).__name__}: {error}{place_of(error)}"
    return ProjectError(f"{where}: importing {module} failed: {what}; correct that module")


def place_of(error: BaseException) -> str:
    """Give the innermost line of the user's code in a traceback."""
    here = ""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<") and file != __file__:
            here = f" ({file}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return here


def wrong_type(reference: str, where: str, value: object, wanted: str) -> ProjectError:
    """Say that a name stands for something else than it should."""
    return ProjectError(f"{where}: {reference} is {type(value).__name__}, not {wanted}; point it at {wanted}")


def collection(table: Mapping[str, str], where: Mapping[str, str], key: str, kind: type[T]) -> tuple[T, ...]:
    """Import a collection of one class; a mapping counts by its values."""
    if key not in table:
        return ()
    wanted = f"a collection of {kind.__name__}"
    found = point(table[key], where[key])
    if isinstance(found, Mapping):
        found = tuple(found.values())
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise wrong_type(table[key], where[key], found, wanted)
    items = tuple(found)
    for item in items:
        if not isinstance(item, kind):
            culprit = f"{table[key]} holds {item!r:.80}"
            raise ProjectError(f"{where[key]}: {culprit}, which is no {kind.__name__}; take it out or decorate it")
    return items


def once(names: Iterable[str], kind: str, where: str) -> None:
    """Refuse a name that stands twice."""
    for name, count in Counter(names).items():
        if count > 1:
            raise ProjectError(f"{where}: there are two of the name {kind} {name!r}; rename one")


__all__ = ["Project", "load_project"]
