"""A change under review: a small Python file that makes another protocol of the project's.

::

    \"\"\"Answer ready without looking whose window it came from.

    The origin check is enough, and the source check breaks in a sandbox.
    \"\"\"

    from launchproof import Protocol


    def apply(protocol: Protocol) -> Protocol:
        return protocol.without_guard("from_our_frame")

The docstring's first line is the title, the rest the reason. The file is run afresh each time it is
read; it may import what the project may.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from attrs import field, frozen

from launchproof.declare.protocol import Protocol
from launchproof.errors import ChangeError, LaunchproofError
from launchproof.verify.explanation import same

NUMBERS: Final = count(1)
APPLY: Final = "def apply(protocol: Protocol) -> Protocol"


@frozen
class Change:
    """What a file changes: its title and reason, and the function that does it."""

    file: Path
    title: str
    reason: str
    function: Callable[[Protocol], object] = field(repr=False)
    line: int = 1
    module: ModuleType | None = field(default=None, repr=False, eq=False)

    def apply(self, protocol: Protocol) -> Protocol:
        """Give the changed protocol; whatever goes wrong is a `ChangeError`."""
        try:
            changed = self.function(protocol)
        except LaunchproofError as error:
            raise ChangeError(self.file, f"{self.place(error)}apply cannot be done: {error}", "correct the change") from error
        except Exception as error:
            wrong = f"{self.place(error)}apply raises {told(error)}"
            raise ChangeError(self.file, wrong, "correct the change") from error
        if not isinstance(changed, Protocol):
            what = "nothing" if changed is None else f"{type(changed).__name__}"
            raise ChangeError(self.file, f"apply returns {what}, not a Protocol", "return the changed protocol")
        if same(protocol, changed):
            raise ChangeError(self.file, "apply changes nothing", "return what replacing, adding and the like give")
        return changed

    def place(self, error: BaseException) -> str:
        """Give the innermost line of the change's file in a traceback."""
        line = line_in(self.file, error)
        return f"line {line}: " if line is not None else ""


def line_in(file: Path, error: BaseException) -> int | None:
    """Give the innermost line of a file that an error passed through."""
    found, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def told(error: BaseException) -> str:
    """Name an error, and what it says."""
    return f"{type(error).__name__}{f': {error}' if str(error) else ''}"


def load_change(file: Path) -> Change:
    """Read a change from its file; the project's root is on the import path already."""
    text = source(file)
    try:
        tree = ast.parse(text, str(file))
    except SyntaxError as error:
        raise ChangeError(file, f"line {error.lineno}: it is no valid Python ({error.msg})", "correct that line") from None
    documented = ast.get_docstring(tree)
    if not documented or not documented.strip():
        raise ChangeError(file, "it has no docstring", "begin it with a title, and the reason below it")
    module = run(file, text)
    function = getattr(module, "apply", None)
    if function is None:
        raise ChangeError(file, "it has no apply", f"write {APPLY}")
    if not callable(function) or not takes_one(function):
        raise ChangeError(file, "its apply does not take a protocol and nothing else", f"write {APPLY}")
    title, _, reason = documented.strip().partition("\n")
    line = next((n.lineno for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "apply"), 1)
    return Change(file, title.strip(), reason.strip(), function, line, module)


def source(file: Path) -> str:
    """Read the file's text."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ChangeError(file, "there is no such file", "check the path") from None
    except UnicodeDecodeError:
        raise ChangeError(file, "it is no UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise ChangeError(file, f"it cannot be read ({error.strerror})", "name a file that can") from None


def run(file: Path, text: str) -> ModuleType:
    """Run the file as a module of its own, whatever was run before."""
    linecache.checkcache(str(file))
    module = ModuleType(f"launchproof_change_{next(NUMBERS)}_{file.stem}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, str(file), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the user's own change
    except LaunchproofError as error:
        raise ChangeError(file, f"{at(file, error)}{error}", "correct the change") from error
    except (Exception, SystemExit) as error:
        raise ChangeError(file, f"{at(file, error)}running it raises {told(error)}", "correct the change") from error
    return module


def at(file: Path, error: BaseException) -> str:
    """Say in which line of a file something went wrong."""
    line = line_in(file, error)
    return "" if line is None else f"line {line}: "


def takes_one(function: Callable[..., Any]) -> bool:
    """Whether a function can be called with one argument."""
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):
        return False
    return True


def together(changes: Sequence[Change]) -> Change:
    """Make one change of several, each applied to what the one before it gives."""
    first, *others = changes
    if not others:
        return first

    def apply(protocol: Protocol) -> Protocol:
        for change in changes:
            protocol = change.apply(protocol)
        return protocol

    reasons = [f"{c.title} {' '.join(c.reason.split())}".strip() for c in changes]
    return Change(first.file, " + ".join(c.title.rstrip(".") for c in changes), "\n".join(reasons), apply, first.line)


__all__ = ["Change", "load_change", "together"]
