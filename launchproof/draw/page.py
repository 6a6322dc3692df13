"""A page of text and drawings, in Markdown: what somebody reads who has never seen the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from launchproof.draw.gallery import Drawing
from launchproof.draw.picture import Picture, Table
from launchproof.draw.table_markdown import markdown
from launchproof.errors import DrawError


@frozen
class Show:
    """A drawing's place on a page: its picture, or its table."""

    drawing: str


@frozen
class Page:
    """A file beside ``pyproject.toml``, with its parts from top to bottom: Markdown text, and drawings."""

    file: str
    parts: tuple[str | Show, ...]


def check_shown(page: Page, drawings: Sequence[Drawing]) -> None:
    """Refuse a page that shows what is not drawn."""
    known = {drawing.name: drawing for drawing in drawings}
    for part in page.parts:
        if isinstance(part, Show) and part.drawing not in known:
            raise DrawError(f"page {page.file}: there is no drawing {part.drawing!r}; name one of {', '.join(known)}")


def page_text(page: Page, drawings: Sequence[Drawing], made: Callable[[Drawing], Picture], drawn: Path, root: Path) -> str:
    """Give a page as Markdown; `drawn` is the folder with the drawings, `made` makes their pictures."""
    check_shown(page, drawings)
    known = {drawing.name: drawing for drawing in drawings}
    lines: list[str] = []
    for part in page.parts:
        if isinstance(part, str):
            lines += [part.strip(), ""]
            continue
        lines += [*shown(known[part.drawing], made(known[part.drawing]), relpath(drawn, root)), ""]
    return "\n".join(lines).rstrip() + "\n"


def shown(drawing: Drawing, picture: Picture, folder: str) -> Iterator[str]:
    """Yield a table as it is, and of anything else a link to its picture."""
    if isinstance(picture, Table):
        yield markdown(picture).rstrip()
        return
    kept = next((form for form in ("svg", "png") if form in drawing.formats), None)
    if kept is None:
        raise DrawError(f"drawing {drawing.name}: the page shows it, and it is kept neither as svg nor as png; add one")
    shows = drawing.shows.replace("[", "(").replace("]", ")")
    yield f"![{shows}]({quote(f'{folder}/{drawing.name}.{kept}')})"
