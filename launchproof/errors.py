"""The errors that Launchproof raises for its users, each a single clear line."""

from __future__ import annotations

import sys


class LaunchproofError(Exception):
    """Something the user can mend; its text says what, where, and how."""


class DeclarationError(LaunchproofError):
    """A protocol, or a part of one, is badly written.

    Raised when the part is declared, so that the mistake shows at import. The text names the
    culprit, what is wrong with it, and the fix.
    """

    def __init__(self, culprit: str, wrong: str, fix: str) -> None:
        """Join the three parts into one line: ``culprit: wrong; fix``."""
        super().__init__(f"{culprit}: {wrong}; {fix}")
        self.culprit = culprit
        self.wrong = wrong
        self.fix = fix


class EffectError(LaunchproofError):
    """A transition did something that its annotation does not name, found when it fired."""


class ProjectError(LaunchproofError):
    """The project's ``[tool.launchproof]`` table, or what it points at, cannot be used."""


class TraceError(LaunchproofError):
    """A saved trace cannot be read, or is no run of the protocol.

    The text names the file, the place in it as a JSON path (unless it is the whole file), what is
    wrong there, and the fix.
    """

    def __init__(self, file: object, place: str, wrong: str, fix: str) -> None:
        """Join the parts into one line: ``file: place: wrong; fix``."""
        super().__init__(f"{file}: {f'{place}: ' if place else ''}{wrong}; {fix}")


class ChangeError(LaunchproofError):
    """A change under review cannot be read or applied.

    The text names the file, what is wrong with it, and the fix.
    """

    def __init__(self, file: object, wrong: str, fix: str) -> None:
        """Join the parts into one line: ``file: wrong; fix``."""
        super().__init__(f"{file}: {wrong}; {fix}")


class DrawError(LaunchproofError):
    """Something cannot be drawn, or not readably; the text says what would help."""


class ExportError(LaunchproofError):
    """A model cannot be written; the text says where, and what would help."""


class EngineError(LaunchproofError):
    """An engine cannot be used here; the text says what would help."""


def users_line(error: BaseException) -> str | None:
    """Give the innermost line of the project's own code in a traceback, unless Launchproof failed further in."""
    root = sys.path[0]
    where = None
    trace = error.__traceback__
    while trace is not None:
        file, function = trace.tb_frame.f_code.co_filename, trace.tb_frame.f_code.co_name
        if trace.tb_frame.f_globals.get("__name__", "").startswith("launchproof."):
            where = None
        elif root and file.startswith(root) and "site-packages" not in file:
            where = f"{file}, line {trace.tb_lineno}, in {function}"
        trace = trace.tb_next
    return where
