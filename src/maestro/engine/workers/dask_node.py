"""Dask node: makes this machine a worker of a cluster, or its scheduler, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dask
from dask.utils import parse_bytes
from distributed import Nanny, Scheduler
from distributed.comm.addressing import get_address_host_port
from distributed.comm.core import connect

from maestro.engine.workers.dask_far_end import MODULES
from maestro.errors import InputError

TRY_AGAIN_S = 1.0
LOOK_S = 2.0
CONNECT_S = "5s"
"""Dask asks more and more rarely within this time; a short one finds a scheduler that came back sooner."""
ANSWER_S = 10.0
"""Seconds for which an answer is waited for; what speaks another language may never give one."""
LOST = "connection-broken"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Node:
    """What this machine offers a cluster.

    Args:
        address: of the scheduler.
        name: of the worker, unique in the cluster.
        slots: tasks that it does at once; 0 for none, where only the scheduler is wanted here.
        resources: what it offers beside slots, by name.
        memory_limit: size at which the worker process is restarted, such as `4GB`; `auto` is its fair share.
        drain_s: seconds of life that its tasks may take to end when it is told to stop.

    Raises:
        InputError: the memory limit is no size.
    """

    address: str
    name: str
    slots: int
    resources: Mapping[str, float] = field(default_factory=dict)
    memory_limit: str = "auto"
    drain_s: float = 60.0

    def __post_init__(self) -> None:
        if self.memory_limit == "auto":
            return
        try:
            size = parse_bytes(self.memory_limit)
        except ValueError:
            size = 0
        if size <= 0:
            raise InputError(
                f"{self.memory_limit!r} is no size of memory.",
                remedy="Write a number and a unit, such as 4GB or 512MiB, or auto.",
            )


class _Guard(Nanny):
    """Watches over the worker process and restarts it; remembers why it was told not to."""

    reason = ""

    def close_gracefully(self, reason: str = "") -> None:
        """Do not restart the worker when it ends."""
        self.reason = reason
        super().close_gracefully(reason=reason)


async def run_scheduler(address: str) -> Any:
    """Start a scheduler that listens there; closed with `await scheduler.close()`.

    Raises:
        InputError: nothing can listen there.
    """
    try:
        host, port = get_address_host_port(address, strict=True)
        return await Scheduler(host=host, port=port, protocol=address.partition("://")[0], dashboard=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"No scheduler can listen at {address}: {error}.",
            remedy="Give an address of this machine with a free port, such as tcp://0.0.0.0:8786.",
        ) from error


async def run_worker(node: Node, stop: asyncio.Event, tell: Tell) -> None:
    """Work for a cluster until `stop` is set or the cluster retires this worker.

    A scheduler that is not there is waited for, and one that dies is joined again when it is back.
    """
    dask.config.set({"distributed.comm.timeouts.connect": CONNECT_S})
    stopping = asyncio.create_task(stop.wait())
    try:
        tell(f"Joining {node.address} ...")
        while not stop.is_set():
            if not await _answers(node.address, stopping):
                if not stop.is_set():
                    tell(f"{await _nobody_there(node.address)} Trying again until one does; Ctrl+C stops.")
                await asyncio.wait([stopping], timeout=TRY_AGAIN_S)
                continue
            guard: Any = _Guard(
                node.address,
                nthreads=node.slots,
                name=node.name,
                resources=dict(node.resources),
                memory_limit=node.memory_limit,
                dashboard=False,
                preload=list(MODULES),
            )
            if not await _joined(guard, stopping):
                await asyncio.wait([stopping], timeout=TRY_AGAIN_S)
            elif not await _worked(node, guard, stopping, tell):
                return
            else:
                tell(f"Joining {node.address} again ...")
    finally:
        stopping.cancel()


async def _answers(address: str, stopping: asyncio.Task[bool]) -> bool:
    """Whether something that speaks Dask's language is there."""
    dial: Any = connect  # Dask does not tell its types
    connecting = asyncio.ensure_future(dial(address))
    await asyncio.wait({connecting, stopping}, timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        connecting.cancel()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        (await connecting).abort()
        return True
    return False


async def _joined(guard: Any, stopping: asyncio.Task[bool]) -> bool:
    starting = asyncio.ensure_future(guard.start())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
    with contextlib.suppress(OSError, TimeoutError, RuntimeError, asyncio.CancelledError):
        await starting
        return True
    await guard.close()
    return False


async def _nobody_there(address: str) -> str:
    """Why nobody could be joined there, as far as it can be told."""
    host, port = get_address_host_port(address, strict=True)
    try:
        await asyncio.get_running_loop().getaddrinfo(host, port)
    except socket.gaierror:
        return f"No machine called {host} is known here, so no scheduler answers at {address}."
    return f"No scheduler answers at {address}. Is `maestro worker --scheduler` at work there?"


async def _worked(node: Node, guard: Any, stopping: asyncio.Task[bool], tell: Tell) -> bool:
    """Work until told to stop, retired or left alone; whether to join again."""
    ending = asyncio.ensure_future(guard.finished())
    while not stopping.done() and not ending.done():
        tell(await _status(node, guard))
        await asyncio.wait({stopping, ending}, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
    if stopping.done():
        tell("Ending the tasks in hand ...")
        await _drain(node, guard)
        await guard.close()
    await ending
    return LOST in guard.reason and not stopping.done()


async def _status(node: Node, guard: Any) -> str:
    slots = f"{node.slots} slot{'s' if node.slots != 1 else ''}"
    with contextlib.suppress(
        OSError, TimeoutError, KeyError
    ):  # KeyError: a new scheduler does not know us yet
        async with asyncio.timeout(LOOK_S):
            told = await guard.scheduler.identity(n_workers=-1)
            metrics = told["workers"][guard.worker_address]["metrics"]
            doing = (await guard.scheduler.processing(workers=[guard.worker_address]))[guard.worker_address]
        return (
            f"Worker {node.name} at {node.address}: {slots}, {len(doing)} tasks in hand, "
            f"CPU {metrics.get('cpu', 0):.0f} %, memory {metrics.get('memory', 0) / 2**20:.0f} MiB"
        )
    return f"Worker {node.name} at {node.address}: {slots}"


async def _drain(node: Node, guard: Any) -> None:
    """Take no new tasks, and wait until those in hand have ended."""
    with contextlib.suppress(OSError, TimeoutError, KeyError):
        async with asyncio.timeout(node.drain_s):
            here = guard.worker_address
            await guard.scheduler.retire_workers(workers=[here], close_workers=False, remove=False)
            while (await guard.scheduler.processing(workers=[here])).get(here):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.1)
