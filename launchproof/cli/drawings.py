"""All of a project's drawings, and the page that shows them: written, or compared with what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.page import check_shown, page_text
from launchproof.draw.picture import Picture
from launchproof.draw.project import load_drawn
from launchproof.draw.render import SUFFIXES, rendered
from launchproof.errors import DrawError, ProjectError
from launchproof.project import Project


def draw_all(loaded: Project, *, check: bool) -> int:
    """Write every drawing in every format that it is kept in, and the page; or compare them with what is there."""
    drawn = load_drawn(loaded)
    if drawn.page is not None:
        check_shown(drawn.page, drawn.drawings)
    if not drawn.drawings:
        raise ProjectError(
            'the project draws nothing; name its drawings in [tool.launchproof], as drawings = "diagrams:DRAWINGS"'
        )
    stale = 0
    for file, data, form in files(loaded):
        if check:
            stale += differs(file, data, form)
        else:
            write(file, data)
    return 1 if stale else 0


def files(loaded: Project) -> Iterator[tuple[Path, bytes, str]]:
    """Yield every file that is drawn, with its content and format."""
    drawn = load_drawn(loaded)
    gallery = Gallery(loaded.protocol, loaded.properties, loaded.statements)

    @cache
    def made(drawing: Drawing) -> Picture:
        return drawing.picture(gallery)

    for drawing in drawn.drawings:
        for form in drawing.formats:
            yield drawn.folder / f"{drawing.name}.{SUFFIXES[form]}", rendered(made(drawing), form), form
    if drawn.page is not None:
        text = page_text(drawn.page, drawn.drawings, made, drawn.folder, loaded.root)
        yield loaded.root / drawn.page.file, text.encode(), "markdown"


def write(file: Path, data: bytes) -> None:
    """Write one file, and say so."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise DrawError(f"{file}: it cannot be written ({error.strerror}); make room for it") from None
    click.echo(f"wrote {file}", err=True)


def differs(file: Path, data: bytes, form: str) -> int:
    """Say, and count, that a file is not as it would be drawn; an SVG may be laid out otherwise, but says the same."""
    old = file.read_bytes() if file.is_file() else b""
    same = looks_alike(old, data, form)
    if not same:
        click.echo(f"{file} is not as it would be drawn now; run `launchproof draw`", err=True)
    return 0 if same else 1


def looks_alike(old: bytes, data: bytes, form: str) -> bool:
    """Compare texts byte by byte, an SVG by what it says; of a PNG or PDF, which may be dated, only that it is there."""
    if form == "svg":
        return texts(old) == texts(data)
    return bool(old) if form in ("png", "pdf") else old == data


def texts(svg: bytes) -> list[bytes]:
    """Give all that an SVG says."""
    return sorted(re.findall(rb"<text[^>]*>([^<]*)</text>", svg))
