"""The command ``launchproof``: its commands, and how errors and interruptions end it.

Start-up matters: a command imports what it needs when it runs, and nothing here imports more than
Click.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import click

from launchproof.errors import LaunchproofError, users_line

COMMANDS: Final = {
    "verify": "launchproof.cli.verify:verify",
    "show": "launchproof.cli.show:show",
    "walk": "launchproof.cli.walk:walk",
    "draw": "launchproof.cli.draw:draw",
    "why": "launchproof.cli.why:why",
    "cuts": "launchproof.cli.cuts:cuts",
    "replay": "launchproof.cli.replay:replay",
    "review": "launchproof.cli.review:review",
    "export": "launchproof.cli.export:export",
    "incidents": "launchproof.cli.incidents:incidents",
    "mutate": "launchproof.cli.mutate:mutate",
}

BAD_INPUT: Final = 2
UNDECIDED: Final = 3

FEW: Final = 100_000
"""So many more objects are made before garbage is looked for; Python's own 700 costs a tenth of a short command."""


class Commands(click.Group):
    """A group that imports a command when it is named, and ends every failure in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """List the commands in the order in which users meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - Click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a mistake of the user's is one line and status 2, Ctrl-C is status 3."""
        try:
            with seldom_collecting():
                return super().invoke(ctx)
        except LaunchproofError as error:
            ctx.exit(complain(str(error)))
        except KeyboardInterrupt:
            click.echo("undecided: interrupted", err=True)
            ctx.exit(UNDECIDED)
        except (BrokenPipeError, click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            where = users_line(error)
            if where is None:
                raise
            ctx.exit(complain(f"{where}: {type(error).__name__}: {error}; correct that code"))


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage seldom, and not at the end: nearly all that a command makes stays until then."""
    before = gc.get_threshold()
    gc.set_threshold(FEW, *before[1:])
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def complain(text: str) -> int:
    """Write one line to standard error; give the exit status of bad input."""
    click.echo(f"launchproof: {' '.join(text.split())}", err=True)
    return BAD_INPUT


@click.group(cls=Commands)
@click.version_option(message="%(version)s", package_name="launchproof")
def main() -> None:
    """Proves a protocol that is declared as typed machines, and explains its parts.

    The protocol is the project's: the nearest pyproject.toml names it in [tool.launchproof].
    """
