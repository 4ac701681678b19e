"""Thread pool: workers that are threads of this process; light, for steps that wait or release the GIL."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping

import psutil

from maestro.engine.workers.base import Task, WorkerKind
from maestro.engine.workers.far_end import call
from maestro.engine.workers.local_pool import LocalPool
from maestro.engine.workers.worker import DiedError, Done, Usage, Worker

Errands = queue.SimpleQueue[Callable[[], None] | None]


class ThreadWorker(Worker):
    """One thread. A late or unwanted task cannot be stopped: it ends alone, in its old thread.

    The thread is a daemon, so that such a task does not hold up the end of the program either.
    """

    kind = "thread"

    def __init__(self, name: str, resources: Mapping[str, float] | None = None) -> None:
        super().__init__(name, 1, resources)
        self._process = psutil.Process()
        self._errands: Errands = queue.SimpleQueue()
        self._answer: asyncio.Future[Done] | None = None

    @property
    def address(self) -> str:
        """The process whose thread it is."""
        return str(os.getpid())

    async def start(self, died: Callable[[], None]) -> None:
        """Begin; threads do not die."""
        self._process.cpu_percent(None)
        self._new_thread()

    async def stop(self) -> None:
        """Leave the thread behind; whoever waits for its task is told that the worker is gone."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(DiedError(blame=False))
        self._errands.put(None)

    async def work(self, task: Task, context: contextvars.Context) -> Done:
        """Do a task in the thread, with the context variables of whoever asked."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Done] = loop.create_future()
        self._answer = answer

        def errand() -> None:
            outcome = context.copy().run(_done_or_error, task)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_tell, answer, outcome)

        self._errands.put(errand)
        try:
            return await answer
        except asyncio.CancelledError:
            self._errands.put(None)
            self._new_thread()
            raise

    def usage(self) -> Usage:
        """Of the whole process: threads share it."""
        with self._process.oneshot():
            return Usage(self._process.cpu_percent(None), self._process.memory_info().rss)

    def _new_thread(self) -> None:
        self._errands = queue.SimpleQueue()
        threading.Thread(target=_follow, args=(self._errands,), name=self.name, daemon=True).start()


def _follow(errands: Errands) -> None:
    while (errand := errands.get()) is not None:
        errand()


def _done_or_error(task: Task) -> Done | Exception:
    began = time.perf_counter()
    try:
        value = call(task.function, task.arguments)
    except Exception as error:
        return error
    return Done(value, time.perf_counter() - began)


def _tell(answer: asyncio.Future[Done], outcome: Done | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


class ThreadPool(LocalPool):
    """A pool of threads."""

    @property
    def _kind(self) -> WorkerKind:
        return "thread"

    def _make(self, name: str, resources: Mapping[str, float] | None) -> Worker:
        return ThreadWorker(name, resources)
