"""Addresses as a browser and a server treat them: origins, and launch URLs built and read.

Built by hand, such things break on the first path with a query, the first token with a ``+``, the
first host in upper case. What counts is what the WHATWG URL standard makes of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

LAUNCH: Final = "launch"
ACCESS: Final = "access_token"
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
PATH_CHARACTERS: Final = "/%:@!$&'()*+,;=~"
FRAGMENT_CHARACTERS: Final = f"{PATH_CHARACTERS}?"


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """Give a URL's origin as ``event.origin`` reads: lower case, IDNA, no default port (RFC 6454, 6.2; IDNA of 2003)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def launch_url(base: str, path: str, tokens: dict[str, str]) -> str:
    """Build the address of a page of the embed, with tokens in its query.

    The page's own query and fragment stay; a parameter of a token's name gives way to the token.
    """
    server, page = urlsplit(base), urlsplit(path)
    kept = [(k, v) for k, v in parse_qsl(page.query, keep_blank_values=True) if k not in (LAUNCH, ACCESS)]
    query = urlencode([*kept, *tokens.items()])
    return urlunsplit(
        (
            server.scheme,
            server.netloc,
            quote(page.path, safe=PATH_CHARACTERS),
            query,
            quote(page.fragment, safe=FRAGMENT_CHARACTERS),
        )
    )


def tokens_in(url: str) -> dict[str, str]:
    """Give the tokens in an address, by parameter."""
    return {k: v for k, v in parse_qsl(urlsplit(url).query, keep_blank_values=True) if k in (LAUNCH, ACCESS)}


def resolved(path: str) -> str:
    """Give a path as it is requested: without dot segments, plain or ``%2e``, and with a slash for each backslash."""
    found: list[str] = []
    segments = re.split(r"[?#]", path, maxsplit=1)[0].replace("\\", "/").split("/")
    for number, segment in enumerate(segments):
        plain = unquote(segment)
        if plain == "..":
            found = found[:-1] if len(found) > 1 else found
        elif plain != ".":
            found.append(segment)
        if plain in {".", ".."} and number == len(segments) - 1:
            found.append("")
    return "/".join(found)
