"""Graphs for other programs: GraphML, and node-link JSON."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from launchproof.draw.picture import Graph

if TYPE_CHECKING:
    import networkx as nx


def graphml(graph: Graph | nx.MultiDiGraph[Hashable]) -> str:
    """Give a graph as GraphML."""
    import networkx as nx

    return "\n".join(nx.generate_graphml(exported(graph))) + "\n"


def node_link_json(graph: Graph | nx.MultiDiGraph[Hashable]) -> str:
    """Give a graph as JSON: its nodes, and its links with their source and target."""
    import networkx as nx

    data: dict[str, Any] = nx.node_link_data(exported(graph), edges="links")
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def exported(graph: Graph | nx.MultiDiGraph[Hashable]) -> nx.MultiDiGraph[str]:
    """Give a graph whose nodes and edges have names of their own, and plain values only."""
    return of_picture(graph) if isinstance(graph, Graph) else of_merged(graph)


def of_picture(graph: Graph) -> nx.MultiDiGraph[str]:
    """Give a picture's boxes, frames and arrows, with their text and what they stand for."""
    import networkx as nx

    made: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=graph.name, title=graph.title)
    for cluster in graph.clusters:
        made.add_node(cluster.id, **told(kind="cluster", text=cluster.label))
    for node in graph.nodes:
        kind = ", ".join(shape.name.lower() for shape in node.shapes)
        made.add_node(node.id, **told(kind=kind, text="\n".join(node.lines), cluster=node.cluster, tone=node.tone.value))
    for number, edge in enumerate(graph.edges):
        kind = "message" if edge.dashed else "step"
        values = told(kind=kind, text="\n".join(edge.lines), tone=edge.tone.value)
        made.add_edge(edge.tail, edge.head, key=f"e{number}", **values)
    return made


def of_merged(graph: nx.MultiDiGraph[Hashable]) -> nx.MultiDiGraph[str]:
    """Give merged states with a text for each key."""
    import networkx as nx

    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    ids = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    for node, data in graph.nodes(data=True):
        text = " · ".join(map(str, node)) if isinstance(node, tuple) else str(node)
        made.add_node(ids[node], **told(text=text), **data)
    for number, (tail, head, name, data) in enumerate(graph.edges(keys=True, data=True)):
        made.add_edge(ids[tail], ids[head], key=f"e{number}", **told(text=str(name)), **data)
    return made


def told(**values: str) -> dict[str, Any]:
    """Keep the values that say something."""
    return {name: value for name, value in values.items() if value}
