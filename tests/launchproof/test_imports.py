"""Who may import whom."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TOPS = ("changes", "mutation", "cuts", "export", "traces", "walk", "cli", "testing")
"""What commands are made of: none of these imports another without need."""

HIGHER = ("report", "verify", "draw", *TOPS)


def but(*allowed: str) -> tuple[str, ...]:
    """Give the tops, but for some."""
    return tuple(top for top in TOPS if top not in allowed)


ABOVE = {
    "declare": ("semantics", "concrete", "search", "liveness", *HIGHER),
    "semantics": ("concrete", "search", "liveness", *HIGHER),
    "concrete": ("search", *HIGHER),
    "search": ("concrete", *HIGHER),
    "traces": ("concrete", "report", "verify", "draw", *but("traces")),
    "verify": ("draw", *TOPS),
    "report": ("draw", *but("traces", "walk")),
    "draw": TOPS,
    "walk": ("report", "draw", *but("walk", "traces")),
    "changes": ("concrete", *but("changes")),
    "mutation": ("concrete", "draw", *but("mutation")),
    "cuts": ("concrete", *but("cuts")),
    "export": ("concrete", "verify", "draw", *but("export")),
    "testing": ("draw", *but("testing", "walk", "traces")),
}
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "incidents": ("properties", "diagrams", "tests", *(f"launchproof.{part}" for part in ("search", "verify", "report", "cli"))),
    "launchproof": ("model", "properties", "diagrams", "incidents", "tests"),
    **{f"launchproof/{folder}": tuple(f"launchproof.{part}" for part in parts) for folder, parts in ABOVE.items()},
}


ENGINES = ("liveness", "symbolic", "vector", "cuts")
"""The folders that work on arrays."""


def module_name(path: Path) -> str:
    """Name the module of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources(folder: str) -> list[Path]:
    """List the Python files of a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


def at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is imported: no function bodies, no TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from at_run_time(node)


def imported(path: Path, nodes: Iterator[ast.AST]) -> set[str]:
    """Collect the full names that a file's import statements import, and their modules."""
    found: set[str] = set()
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def all_imports(path: Path) -> set[str]:
    """Collect all that a file imports, wherever the import stands."""
    return imported(path, ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def is_within(name: str, package: str) -> bool:
    """Tell whether a name is a package's or its own."""
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_part_imports_nothing_of_what_stands_above_it(folder: str) -> None:
    """The verifier knows no protocol; declaring no semantics; concrete runs no search; search, traces and walks no report."""
    files = sources(folder)
    assert files
    wrong = {(module_name(f), name) for f in files for name in all_imports(f) for p in FORBIDDEN[folder] if is_within(name, p)}
    assert not wrong


def test_the_reader_of_leaks_stands_alone() -> None:
    """What finds secrets in URLs knows nothing of protocols, and can be used without them."""
    assert not {name for name in all_imports(ROOT / "launchproof" / "leaks.py") if is_within(name, "launchproof")}


def test_the_engine_of_liveness_knows_no_protocol() -> None:
    """What finds fair loops works on graphs of integers: it imports nothing else of Launchproof."""
    own = {n for f in sources("launchproof/liveness") for n in all_imports(f) if is_within(n, "launchproof")}
    assert {n for n in own if not is_within(n, "launchproof.liveness")} == set()


def test_numbers_are_crunched_only_where_something_is_to_come_about() -> None:
    """NumPy is imported by the engines alone, and those only when they are needed."""
    for path in sources("launchproof"):
        heavy = any(is_within(n, "numpy") for n in all_imports(path))
        assert not heavy or path.parent.name in ENGINES or path.name in {"futures.py", "recorded.py"}, path
        if path.parent.name not in ENGINES:
            nodes = at_run_time(ast.parse(path.read_text(encoding="utf-8")))
            lazily = ("numpy", *(f"launchproof.{part}" for part in ("liveness", "search.vector")))
            assert not any(is_within(n, p) for n in imported(path, nodes) for p in lazily), path


def test_only_replaying_walks_know_saved_traces() -> None:
    """Of the walks, one module reads saved traces; taking runs needs no files."""
    using = {p.name for p in sources("launchproof/walk") if any(is_within(n, "launchproof.traces") for n in all_imports(p))}
    assert using == {"real.py"}


def test_the_model_imports_only_what_declares() -> None:
    """The model needs Launchproof's declaring part, attrs and the standard library."""
    wrong = set()
    for path in sources("model"):
        for name in all_imports(path):
            own = is_within(name, "model") or is_within(name, "attrs") or is_within(name, "launchproof.declare")
            face = name == "launchproof" or (name.count(".") == 1 and is_within(name, "launchproof") and not is_module(name))
            if not (own or face or name.partition(".")[0] in sys.stdlib_module_names):
                wrong.add((module_name(path), name))
    assert not wrong


def is_module(name: str) -> bool:
    """Tell whether a dotted name is a module of this repository."""
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def test_launchproofs_modules_import_each_other_in_no_circle() -> None:
    """Modules can be put in an order in which each imports only earlier ones."""
    graph = {}
    for path in sources("launchproof"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        graph[module_name(path)] = {n for n in imported(path, at_run_time(tree)) if is_module(n)} - {module_name(path)}
    for name, needed in graph.items():
        parents = {".".join(name.split(".")[:i]) for i in range(1, name.count(".") + 1)}
        graph[name] = {n for n in needed if n in graph and n not in parents}
    while free := {name for name, needed in graph.items() if not needed}:
        graph = {name: needed - free for name, needed in graph.items() if name not in free}
    assert not graph, f"a circle among {', '.join(sorted(graph))}"
