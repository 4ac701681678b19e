"""Process pool: workers that are processes of this machine; one that dies takes only its own task with it.

concurrent.futures.ProcessPoolExecutor gives up altogether when one of its processes is killed, and cannot
stop one task; here every worker has a name, a socket and a life of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cloudpickle
import psutil

from maestro.clock import Clock
from maestro.engine.workers import far_end
from maestro.engine.workers.base import Task, WorkerKind
from maestro.engine.workers.local_pool import LocalPool
from maestro.engine.workers.worker import DiedError, Done, Usage, Worker
from maestro.errors import PermanentError


def packed(task: Task) -> bytes:
    """A task as it travels to another process.

    Raises:
        PermanentError: its function or an argument cannot be pickled.
    """
    try:
        return bytes(cloudpickle.dumps((task.function, dict(task.arguments))))
    except Exception as error:
        raise PermanentError(
            f"Task {task.key} cannot be sent to another process: {type(error).__name__}: {error}.",
            remedy="Give it a function of a module and plain data: no open files, connections or locks.",
        ) from error


def unpacked(answer: bytes, worker: str | None = None) -> Done:
    """What a task gave, or raise what it raised."""
    succeeded, value, seconds = pickle.loads(answer)  # noqa: S301 - from our own worker
    if not succeeded:
        raise value
    return Done(value, seconds, worker)


class ProcessWorker(Worker):
    """One process, running `far_end.py`. A task that is late or no longer wanted is stopped by killing it.

    Args:
        name: unique in its pool.
        resources: what it offers, by name.
        modules: what it imports before its first task.
    """

    kind = "process"

    def __init__(
        self, name: str, resources: Mapping[str, float] | None = None, modules: Sequence[str] = ()
    ) -> None:
        super().__init__(name, 1, resources)
        self._modules = tuple(modules)
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: psutil.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._died: Callable[[], None] | None = None

    @property
    def address(self) -> str:
        """Its process id."""
        return str(self._process.pid) if self._process else ""

    async def start(self, died: Callable[[], None]) -> None:
        """Start the process; it takes tasks at once, and works as soon as it is up."""
        ours, theirs = socket.socketpair()
        with theirs:
            end = theirs.fileno()
            # a session of its own: Ctrl+C in the terminal must not kill workers that are to end their tasks
            self._process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program; returns at once
                [sys.executable, "-P", far_end.__file__, str(end)],
                pass_fds=(end,),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._died = died
        self._watched = psutil.Process(self._process.pid)
        self._send(pickle.dumps((sys.path, self._modules)))
        self._listening = asyncio.create_task(self._listen(reader))

    async def stop(self) -> None:
        """Kill the process and wait until it is gone."""
        self._died = None
        self._fall(blame=False)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
            self._listening = None
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()
            self._writer = None
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)

    async def work(self, task: Task, context: contextvars.Context) -> Done:
        """Do a task in the process; context variables stay here."""
        payload = packed(task)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._send(payload)
        try:
            return unpacked(await answer)
        except asyncio.CancelledError:
            self._fall(blame=False)
            raise
        finally:
            self._answer = None

    def usage(self) -> Usage:
        """CPU and memory of the process."""
        if self._watched is None:
            return Usage()
        try:
            with self._watched.oneshot():
                return Usage(self._watched.cpu_percent(None), self._watched.memory_info().rss)
        except psutil.Error:
            return Usage()

    def _send(self, payload: bytes) -> None:
        assert self._writer is not None
        self._writer.write(far_end.LENGTH.pack(len(payload)))
        self._writer.write(payload)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (size,) = far_end.LENGTH.unpack(await reader.readexactly(far_end.LENGTH.size))
                answer = await reader.readexactly(size)
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(answer)
        self._fall(blame=True)

    def _fall(self, blame: bool) -> None:
        """The process is dead, or dies here; whoever waits for its task is told."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(DiedError(blame))
        died, self._died = self._died, None
        if died is not None:
            died()


class ProcessPool(LocalPool):
    """A pool of processes; options as those of `LocalPool`.

    Args:
        clock: stamps what others see.
        slots: processes to begin with.
        modules: what each imports while it waits for its first task; the engine's steps need the default.
    """

    def __init__(
        self,
        clock: Clock,
        slots: int,
        *,
        modules: Sequence[str] = ("maestro.engine.calling",),
        **options: Any,
    ) -> None:
        super().__init__(clock, slots, **options)
        self._modules = modules

    @property
    def _kind(self) -> WorkerKind:
        return "process"

    def _make(self, name: str, resources: Mapping[str, float] | None) -> Worker:
        return ProcessWorker(name, resources, self._modules)
