"""How text is written so that Mermaid reads it as text."""

from __future__ import annotations

from typing import Final

ENTITIES: Final = {"#": "#35;", ";": "#59;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "%": "#37;", '"': "#quot;"}


def escaped(text: str) -> str:
    """Write what has a meaning in Mermaid as an entity."""
    return "".join(ENTITIES.get(character, character) for character in text)


def quoted(text: str) -> str:
    """Write text so that it is a text in the front matter, whatever is in it."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
