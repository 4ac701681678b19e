"""Thread pool: workers that are threads of this process; light, for steps that wait or release the GIL."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psutil

from maestro.engine.workers.base import Task, WorkerKind
from maestro.engine.workers.far_end import call
from maestro.engine.workers.local_pool import LocalPool
from maestro.engine.workers.worker import DiedError, Done, Usage, Worker


class ThreadWorker(Worker):
    """One thread. A late or unwanted task cannot be stopped: it ends alone, in its old thread."""

    kind = "thread"

    def __init__(self, name: str, resources: Mapping[str, float] | None = None) -> None:
        super().__init__(name, 1, resources)
        self._process = psutil.Process()
        self._executor = self._new_executor()
        self._answer: asyncio.Future[Done] | None = None

    @property
    def address(self) -> str:
        """The process whose thread it is."""
        return str(os.getpid())

    async def start(self, died: Callable[[], None]) -> None:
        """Threads do not die."""
        self._process.cpu_percent(None)

    async def stop(self) -> None:
        """Leave the thread behind; whoever waits for its task is told that the worker is gone."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(DiedError(blame=False))
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def work(self, task: Task, context: contextvars.Context) -> Done:
        """Do a task in the thread, with the context variables of whoever asked."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Done] = loop.create_future()
        self._answer = answer

        def tell(future: Future[Done]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_take_over, future, answer)

        self._executor.submit(context.copy().run, _timed, task).add_done_callback(tell)
        try:
            return await answer
        except asyncio.CancelledError:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = self._new_executor()
            raise

    def usage(self) -> Usage:
        """Of the whole process: threads share it."""
        with self._process.oneshot():
            return Usage(self._process.cpu_percent(None), self._process.memory_info().rss)

    def _new_executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix=self.name)


def _timed(task: Task) -> Done:
    began = time.perf_counter()
    value = call(task.function, task.arguments)
    return Done(value, time.perf_counter() - began)


def _take_over(future: Future[Done], answer: asyncio.Future[Any]) -> None:
    if answer.done() or future.cancelled():
        return
    error = future.exception()
    if error is None:
        answer.set_result(future.result())
    else:
        answer.set_exception(error)


class ThreadPool(LocalPool):
    """A pool of threads."""

    @property
    def _kind(self) -> WorkerKind:
        return "thread"

    def _make(self, name: str, resources: Mapping[str, float] | None) -> Worker:
        return ThreadWorker(name, resources)
