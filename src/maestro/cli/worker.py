"""`maestro worker`: makes this machine a worker of a Dask cluster, and starts the cluster's scheduler."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import os
import signal
import socket
import warnings
from typing import Annotated, Any

import typer
from rich.console import Console

from maestro.engine.loading import search_here
from maestro.errors import InputError
from maestro.settings import cluster_address


def worker(
    join: Annotated[str, typer.Option(help="Address of a scheduler, such as tcp://10.0.0.5:8786.")] = "",
    scheduler: Annotated[
        str, typer.Option(help="Be the scheduler as well, at this address, such as tcp://0.0.0.0:8786.")
    ] = "",
    slots: Annotated[
        int | None, typer.Option(help="Tasks at once; 0 for only the scheduler. Default: one a core.", min=0)
    ] = None,
    resources: Annotated[str, typer.Option(help="What steps may ask for, such as gpu=1,licence=2.")] = "",
    memory_limit: Annotated[
        str, typer.Option(help="The worker is restarted at this size, such as 4GB; auto is its fair share.")
    ] = "auto",
    name: Annotated[str, typer.Option(help="Unique in the cluster. Default: host and process.")] = "",
    drain: Annotated[
        float, typer.Option(help="Seconds that tasks may take to end at the end.", min=0)
    ] = 60.0,
) -> None:
    """Work for a cluster until stopped. Told to stop, a worker takes no more tasks and ends those it has.

    Start it in the folder that holds the modules of your workflows, as `maestro run` and `maestro executor`,
    or name that folder in PYTHONPATH: steps come by the name of their module.

    The cluster needs one scheduler. Where none answers, that is said, and the worker goes on trying. When it
    dies and comes back, workers and programs join it again by themselves, and no task is lost. Everybody who
    reaches its port can run code on it: keep it in a network that you trust.

    Example: maestro worker --join tcp://10.0.0.5:8786 --slots 4 --resources gpu=1
    """
    if bool(join) == bool(scheduler):
        raise InputError(
            "A worker needs one address.",
            remedy="Use --join tcp://host:8786, or --scheduler tcp://0.0.0.0:8786 to start a cluster.",
        )
    _check(join or scheduler)
    search_here()  # the worker's process is to find the modules that the steps come from
    # half a second of imports that no other command should wait for; quiet unless somebody asked
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "warning")
    node = importlib.import_module("maestro.engine.workers.dask_node")
    offered = node.Node(
        address=join or scheduler,
        name=name or f"{socket.gethostname()}-{os.getpid()}",
        slots=(os.cpu_count() or 1) if slots is None else slots,
        resources=_resources(resources),
        memory_limit=memory_limit,
        drain_s=drain,
    )
    warnings.filterwarnings("ignore", module="distributed")  # of a host without an address: we say that
    asyncio.run(_serve(node, offered, bool(scheduler)))


def _check(address: str) -> None:
    try:
        cluster_address(address)
    except ValueError as error:
        raise InputError(
            f"{address!r} is no address: {error}.", remedy="Write it as in --join tcp://10.0.0.5:8786."
        ) from error


def _resources(text: str) -> dict[str, float]:
    found = {}
    for pair in filter(None, text.replace(" ", "").split(",")):
        name, _, much = pair.partition("=")
        try:
            found[name] = float(much)
        except ValueError:
            raise InputError(
                f"{pair!r} is no resource.", remedy="Write name=number, such as gpu=1,licence=2."
            ) from None
    return found


async def _serve(node: Any, offered: Any, with_scheduler: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    scheduler = await node.run_scheduler(offered.address) if with_scheduler else None
    if scheduler is not None:
        offered = dataclasses.replace(offered, address=scheduler.address)
        console.print(f"Scheduler at {scheduler.address}. Join it: maestro worker --join {scheduler.address}")
    try:
        if offered.slots == 0:
            await stop.wait()
            return
        with console.status("Starting ...") as status:
            tell = status.update if console.is_terminal else _changes(console)
            await node.run_worker(offered, stop, tell)
        console.print(f"Worker {offered.name} has left.")
    finally:
        if scheduler is not None:
            await scheduler.close()


def _changes(console: Console) -> Any:
    """Where nobody watches a line change, print what it begins with, once."""
    last = ""

    def tell(words: str) -> None:
        nonlocal last
        begin = words.partition(":")[0]
        if begin != last:
            console.print(words)
        last = begin

    return tell
