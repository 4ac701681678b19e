"""Calling: runs a step's function on the event loop, in a thread or on a worker, and stops what is late."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from maestro.engine.step import CurrentStep, working_on
from maestro.engine.workers.base import Pool, Task, call
from maestro.errors import TemporaryError


@dataclass(frozen=True)
class Errand:
    """What a worker is told about a call beyond the function and its arguments; see `workers.base.Task`."""

    resources: Mapping[str, float]
    kind: str
    size: float = 1.0
    priority: float = 0.0
    next_priority: float = 0.0


async def call_here(
    function: Callable[..., Any], arguments: Mapping[str, Any], current: CurrentStep, limit_s: float
) -> Any:
    """The value of a function: async on this loop, plain in a thread; both know which step they work.

    Raises:
        TemporaryError: it took longer than `limit_s` seconds of life.
    """
    context = contextvars.copy_context()
    context.run(working_on, current)
    if inspect.iscoroutinefunction(function):
        work = asyncio.create_task(function(**arguments), context=context)
    else:
        # the default thread pool of the loop; a thread cannot be stopped, so a late one is left to end alone
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(None, lambda: context.run(function, **arguments))  # type: ignore[assignment]
    guard = asyncio.timeout(limit_s)
    try:
        async with guard:
            try:
                return await work
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # what the step itself cancelled must not look as if the run had been stopped
                raise RuntimeError("the step was cancelled from within") from None
    except TimeoutError:
        if not guard.expired():
            raise
        raise TemporaryError(
            f"Step {current.step} took longer than {limit_s:g} s.",
            remedy="Give it a longer timeout_s or less to do.",
        ) from None


async def call_worker(
    pool: Pool,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    current: CurrentStep,
    *,
    limit_s: float,
    errand: Errand,
    started: Callable[[str], None],
) -> Any:
    """The value of a function on a worker of the pool, which stops it after `limit_s` seconds of life."""
    task = Task(
        key=current.key,
        function=_work,
        arguments={"function": function, "arguments": dict(arguments), "current": current},
        resources=errand.resources,
        timeout_s=limit_s,
        kind=errand.kind,
        size=errand.size,
        priority=errand.priority,
        next_priority=errand.next_priority,
    )
    return await pool.run(task, started)


def _work(function: Callable[..., Any], arguments: Mapping[str, Any], current: CurrentStep) -> Any:
    context = contextvars.copy_context()
    context.run(working_on, current)
    return context.run(call, function, arguments)
