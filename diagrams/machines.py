"""The state diagrams."""

from __future__ import annotations

from typing import Final

from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.graphs import lifecycle_graph, machine_graph
from launchproof.draw.picture import Graph
from model import PROTOCOL

OURS: Final = ("host", "frame", "api")


def drawn(machine: str) -> Drawing:
    """Draw one machine, with phases that no run reaches crossed out."""

    def make(gallery: Gallery) -> Graph:
        protocol = gallery.protocol
        return machine_graph(protocol, protocol.machine(machine), gallery.emphasis())

    return Drawing(machine, PROTOCOL.machine(machine).meaning, make)


MACHINES: Final = (
    Drawing(
        "lifecycle",
        "host, iframe and server, and what they say to each other",
        lambda gallery: lifecycle_graph(gallery.protocol, gallery.emphasis(), OURS),
    ),
    *(drawn(machine.name) for machine in PROTOCOL.machines if len(machine.phases) > 1),
)
