"""A renderer per kind of picture and format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from launchproof.draw.engine import FORMATS as LAID_OUT
from launchproof.draw.engine import laid_out
from launchproof.draw.picture import Graph, Picture, Sequence
from launchproof.draw.readable import Size, refuse_unreadable
from launchproof.errors import DrawError

EXPORTS: Final = ("graphml", "json")
"""For other programs, which take graphs of any size."""

TEXTS: Final = ("dot", "mermaid", "text", "markdown", *EXPORTS)
FORMATS: Final = (*TEXTS, *LAID_OUT)
SUFFIXES: Final = {form: form for form in FORMATS} | {"mermaid": "mmd", "text": "txt", "markdown": "md"}


def rendered(picture: Picture, form: str) -> bytes:
    """Give a picture in a format; `DrawError` where it has none of that kind, or would be unreadable."""
    if isinstance(picture, Graph) and form not in EXPORTS:
        refuse_unreadable(picture.name, Size(len(picture.nodes), len(picture.edges)), picture.ways)
    if form in LAID_OUT:
        return laid_out(writer(picture, "dot")(picture), form, pinned=isinstance(picture, Sequence))
    return writer(picture, form)(picture).encode()


def writer(picture: Picture, form: str) -> Callable[[Any], str]:
    """Find the function that writes a kind of picture in a format that is text."""
    found = writers(picture).get(form)
    if found is None:
        known = ", ".join((*writers(picture), *LAID_OUT))
        raise DrawError(f"{picture.name}: a {type(picture).__name__.lower()} cannot be written as {form}; use {known}")
    return found


def writers(picture: Picture) -> dict[str, Callable[[Any], str]]:
    """Give the writers of a kind of picture, by format."""
    from launchproof.draw import (
        export,
        graph_dot,
        graph_mermaid,
        graph_text,
        sequence_dot,
        sequence_mermaid,
        sequence_text,
        table_dot,
        table_markdown,
        table_text,
    )

    if isinstance(picture, Graph):
        drawn = {"dot": graph_dot.dot, "mermaid": graph_mermaid.mermaid, "text": graph_text.text}
        return drawn | {"graphml": export.graphml, "json": export.node_link_json}
    if isinstance(picture, Sequence):
        return {"dot": sequence_dot.dot, "mermaid": sequence_mermaid.mermaid, "text": sequence_text.text}
    return {"dot": table_dot.dot, "markdown": table_markdown.markdown, "text": table_text.text}
