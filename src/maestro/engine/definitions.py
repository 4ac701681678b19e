"""Definitions: the workflows that this process knows, in all their versions."""

from __future__ import annotations

from collections.abc import Mapping

from maestro.engine.graph import Graph
from maestro.errors import ConfigurationError, NotFoundError


class Definitions:
    """Workflows by name and version; the version that came last is the one that new runs take."""

    def __init__(self) -> None:
        self._graphs: dict[str, dict[str, Graph]] = {}

    def add(self, graph: Graph) -> None:
        """Know one more; one that is known already, as a sub-workflow of another is, changes nothing.

        Raises:
            ConfigurationError: another workflow has this name and version.
        """
        versions = self._graphs.setdefault(graph.name, {})
        known = versions.get(graph.version)
        if known is not None and known.same_as(graph):
            return
        if known is not None:
            raise ConfigurationError(
                f"There are two workflows called {graph.name} of version {graph.version}.",
                remedy="Give one another name or another version.",
            )
        versions[graph.version] = graph

    def latest(self, name: str) -> Graph:
        """The version that new runs take.

        Raises:
            NotFoundError: no such workflow.
        """
        if name not in self._graphs:
            raise NotFoundError(
                f"There is no workflow called {name}.",
                remedy=f"Known are: {', '.join(sorted(self._graphs)) or 'none'}.",
            )
        return list(self._graphs[name].values())[-1]

    def find(self, name: str, version: str, fingerprint: str) -> Graph | None:
        """The definition that a run began with; None where it is not known here."""
        graph = self._graphs.get(name, {}).get(version)
        return graph if graph is not None and graph.fingerprint == fingerprint else None

    def all(self) -> Mapping[str, Mapping[str, Graph]]:
        """By name, by version, in the order in which they came."""
        return self._graphs
