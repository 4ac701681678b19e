"""Loading: finds the workflows that a module of yours offers."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maestro.engine.graph import Graph
from maestro.errors import InputError


def load_graphs(place: str) -> Sequence[Graph]:
    """The workflows that a module offers.

    Args:
        place: `package.module` for its list GRAPHS, or `package.module:name` for a Graph, a list of them or
            a function that gives either. The present folder is searched first.

    Raises:
        InputError: there is no such module or attribute, or it is no workflow.
    """
    module, _, name = place.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = getattr(importlib.import_module(module), name or "GRAPHS")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise InputError(
            f"There is no module {module}.",
            remedy="Give the name under which Python imports it, and start in the folder that holds it.",
        ) from error
    except AttributeError as error:
        raise InputError(
            f"Module {module} has no {name or 'GRAPHS'}.",
            remedy="List its workflows: GRAPHS = [Graph(...)], or name another attribute after a colon.",
        ) from error
    if callable(found) and not isinstance(found, Graph):
        found = found()
    graphs = [found] if isinstance(found, Graph) else list(found)
    if not graphs or not all(isinstance(each, Graph) for each in graphs):
        raise InputError(f"{place} is no workflow.", remedy="Give a Graph, or a list of them.")
    return graphs
