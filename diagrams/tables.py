"""The tables."""

from __future__ import annotations

from typing import Final

from launchproof.draw import tables
from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.picture import Table

WRITTEN: Final[tuple[str, ...]] = ()
"""Tables stand on the page, and in no files of their own."""

PARTIES: Final = ("host", "frame", "api", "backend")


def legality(machine: str) -> Drawing:
    """Tabulate which message is legal when, for one machine."""

    def make(gallery: Gallery) -> Table:
        return tables.phase_by_message(gallery.protocol, gallery.protocol.machine(machine))

    return Drawing(f"{machine}-messages", f"what {machine} does about each message, phase by phase", make, WRITTEN)


TABLES: Final = (
    *(legality(machine) for machine in PARTIES),
    Drawing("guards", "what each guard checks, and who asks for it", lambda g: tables.guards_table(g.protocol), WRITTEN),
    Drawing("capabilities", "what the environment may do", lambda g: tables.capabilities_table(g.protocol), WRITTEN),
    Drawing("progress", "what comes about in every fair run", lambda g: tables.progress_table(g.properties), WRITTEN),
    Drawing("assumptions", "what the pages leave open", lambda g: tables.assumptions_table(g.protocol), WRITTEN),
    Drawing(
        "statements",
        "every statement of the protocol, and where it is cited",
        lambda g: tables.statements_by_citation(g.statements, g.protocol, g.properties),
        WRITTEN,
    ),
)
