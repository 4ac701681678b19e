"""`maestro executor`: works on the runs of your workflows, and takes over from peers that died."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import Annotated

import typer
from rich.console import Console

from maestro.cli.leaving import end_soon
from maestro.clock import RealClock
from maestro.engine.executor import Executor
from maestro.engine.loading import load_graphs
from maestro.engine.runtime import Runtime
from maestro.errors import InputError
from maestro.settings import Settings
from maestro.telemetry import configure_logging


def executor(
    workflows: Annotated[
        list[str] | None,
        typer.Option(
            help="Module with a list GRAPHS, or module:name of a Graph, of a list of them or of a function "
            "that gives one; repeat it for more. Default: the setting engine.workflows."
        ),
    ] = None,
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
    graphs = [graph for place in workflows or settings.engine.workflows for graph in load_graphs(place)]
    if not graphs:
        raise InputError(
            "This executor would have nothing to work on.",
            remedy="Name your workflows: maestro executor --workflows shop.workflows",
        )
    configure_logging(settings.telemetry, RealClock())
    asyncio.run(
        _work(
            Runtime(settings, graphs, RealClock(), at=f" at {socket.gethostname()}-{os.getpid()}"),
            Console(highlight=False),
        )
    )


async def _work(runtime: Runtime, console: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    executor = runtime.executor
    await runtime.launch()
    console.print(f"Executor {executor.id} works on {', '.join(executor.workflows)}.", soft_wrap=True)
    leaving = asyncio.create_task(_leave(runtime, stop))
    told = 0
    with console.status("") as status:
        while not leaving.done():
            status.update(_words(executor, draining=stop.is_set()))
            for each in executor.takeovers[told:]:
                console.print(f"Took over {len(each.runs)} runs of {each.executor}.", soft_wrap=True)
                told += 1
            await asyncio.wait([leaving], timeout=runtime.settings.executor.scan_s)
    await leaving
    runtime.close()
    console.print("Left; what was not at its end goes on elsewhere.")
    end_soon()


async def _leave(runtime: Runtime, stop: asyncio.Event) -> None:
    """Leave when this process is told to, or its executor was asked to drain."""
    stopping, left = asyncio.create_task(stop.wait()), asyncio.create_task(runtime.left())
    await asyncio.wait([stopping, left], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await runtime.shutdown()
    await asyncio.gather(stopping, left)


def _words(executor: Executor, *, draining: bool) -> str:
    state = "draining" if draining else "live" if executor.may_work() else "joining"
    return f"{state} · {executor.running} runs · {len(executor.takeovers)} takeovers"
