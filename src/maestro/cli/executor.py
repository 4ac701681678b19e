"""`maestro executor`: works on the runs of your workflows, and takes over from peers that died."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from maestro.clock import RealClock
from maestro.engine.executor import Executor
from maestro.engine.graph import Graph
from maestro.engine.handover import executor_of
from maestro.errors import InputError
from maestro.settings import Settings
from maestro.telemetry import configure_logging


def executor(
    workflows: Annotated[
        list[str],
        typer.Option(
            help="Module with a list GRAPHS, or module:name of a Graph, of a list of them or of a function "
            "that gives one; repeat it for more."
        ),
    ],
    drain_s: Annotated[
        float | None,
        typer.Option(help="Seconds that steps may take to end when this process is stopped.", min=0),
    ] = None,
) -> None:
    """Work on runs until stopped; start as many as you like, on any machine that reaches the database.

    When one dies, the others take over its runs within seconds. SIGTERM or Ctrl-C drains: steps may end, and
    the rest is handed over.

    Example: maestro executor --workflows shop.workflows

    Example: MAESTRO_DATABASE__URL=postgresql://maestro@db/shop maestro executor --workflows shop:GRAPHS
    """
    settings = Settings.load()
    if drain_s is not None:
        settings = Settings.load(executor={**settings.executor.model_dump(), "drain_s": drain_s})
    graphs = [graph for place in workflows for graph in load_graphs(place)]
    configure_logging(settings.telemetry, RealClock())
    asyncio.run(_work(executor_of(settings, graphs, RealClock()), settings, Console(highlight=False)))


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


async def _work(executor: Executor, settings: Settings, console: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await executor.join()
    console.print(f"Executor {executor.id} works on {', '.join(executor.workflows)}.", soft_wrap=True)
    working = asyncio.create_task(executor.work(until=stop))
    told = 0
    with console.status("") as status:
        while not working.done():
            status.update(_words(executor, draining=stop.is_set()))
            for each in executor.takeovers[told:]:
                console.print(f"Took over {len(each.runs)} runs of {each.executor}.", soft_wrap=True)
                told += 1
            await asyncio.wait([working], timeout=settings.executor.scan_s)
    await working
    console.print("Left; what was not at its end goes on elsewhere.")


def _words(executor: Executor, *, draining: bool) -> str:
    state = "draining" if draining else "live" if executor.may_work() else "joining"
    return f"{state} · {executor.running} runs · {len(executor.takeovers)} takeovers"
