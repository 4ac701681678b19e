"""Loading: finds the workflows that a module of yours offers."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from maestro.engine.graph import Graph
from maestro.errors import InputError, MaestroError


def search_here() -> None:
    """Let Python find the modules of the present folder, here and in processes that this one starts."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)


def load_graphs(place: str) -> Sequence[Graph]:
    """The workflows that a module offers.

    Args:
        place: `package.module` for its list GRAPHS, or `package.module:name` for a Graph, a list of them or
            a function without arguments that gives either. The present folder is searched first.

    Raises:
        InputError: there is no such module or attribute, it fails when it is read, or it is no workflow.
    """
    module, _, name = place.partition(":")
    name = name or "GRAPHS"
    search_here()
    found: Any = getattr(_imported(module), name, None)
    if found is None:
        raise InputError(
            f"Module {module} has no {name}.",
            remedy="List its workflows: GRAPHS = [Graph(...)], or name another attribute after a colon.",
        )
    if callable(found) and not isinstance(found, Graph):
        found = _called(place, found)
    graphs = [found] if isinstance(found, Graph) else list(found) if isinstance(found, Iterable) else []
    if not graphs or not all(isinstance(each, Graph) for each in graphs):
        raise InputError(f"{place} is no workflow.", remedy="Give a Graph, or a list of them.")
    return graphs


def _imported(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except MaestroError:
        raise  # a Graph in it says what is wrong with it
    except Exception as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing is not None and f"{module}.".startswith(f"{missing}."):
            raise InputError(
                f"There is no module {module}.",
                remedy="Give the name under which Python imports it, and start in the folder that holds it.",
            ) from error
        raise InputError(
            f"Module {module} cannot be imported: {_what_and_where(error)}.",
            remedy=f'Mend it until `python -c "import {module}"` works in this folder.',
        ) from error


def _called(place: str, function: Callable[..., Any]) -> Any:
    needed = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is each.empty and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    ]
    if needed:
        raise InputError(
            f"{place} is a function that needs {', '.join(needed)}; nobody could give it that.",
            remedy="Name a function without arguments, a Graph, or a list of them.",
        )
    try:
        return function()
    except MaestroError:
        raise
    except Exception as error:
        raise InputError(
            f"{place} gives no workflow: {_what_and_where(error)}.", remedy="Mend the function."
        ) from error


def _what_and_where(error: Exception) -> str:
    """An error in a few words, with the line of the file that it comes from."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    frames = [
        each for each in traceback.extract_tb(error.__traceback__) if not each.filename.startswith("<frozen")
    ]
    return f"{type(error).__name__}: {error} ({frames[-1].filename}, line {frames[-1].lineno})"
