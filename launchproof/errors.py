"""The errors that Launchproof raises for its users, each a single clear line."""

from __future__ import annotations


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
