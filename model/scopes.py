"""Of what there may be several: embeds on one page, and pages (tabs) that share the servers.

Of a page's embeds each has its own component, iframe, authorization and requests. They share the page:
its window, at which every component listens, and whatever happens to the page as a whole. The tabs
share the servers, and all that remembers URLs.
"""

from __future__ import annotations

from typing import Final

from launchproof import Scope
from model.channels import (
    ELSEWHERE_TO_HOST,
    FOREIGN_TO_HOST,
    FORMER_TO_HOST,
    HEIGHTS,
    SECOND_TAB,
    SIBLING_TO_HOST,
    TO_HOST,
)
from model.names import Window

EMBED: Final = ("host", "frame", "element", "setup", "backend")
"""What an embed has itself; the backend handles each request apart from the others."""

EMBEDS: Final = Scope(
    "embeds",
    "embeds side by side on one page",
    EMBED,
    first=(SECOND_TAB.name,),
    heard_by_all=tuple(c.name for c in (TO_HOST, HEIGHTS, FOREIGN_TO_HOST, SIBLING_TO_HOST, FORMER_TO_HOST, ELSEWHERE_TO_HOST)),
    reads={Window.FRAME: Window.SIBLING},
    together={
        "open_page": "open_page",
        "reload_page": "reload_page",
        "close_page": "close_page",
        "go_back": "go_back",
        "leave_for_authorization": "close_page",
        "return_from_authorization": "open_page",
    },
)
TABS: Final = Scope("tabs", "pages, each in a tab of its own", EMBED, suffix="_tab_", first=(SECOND_TAB.name,))
