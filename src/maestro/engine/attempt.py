"""Attempt: works a step until it succeeds or may not be tried again; retries, backoff and timeouts."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maestro.clock import Clock
from maestro.engine import portable
from maestro.engine.failure import describe
from maestro.engine.recovery.retry import delay_s, jitter_of, may_help
from maestro.engine.step import CurrentStep, Step, working_on
from maestro.errors import TemporaryError


@dataclass
class Patience:
    """How attempts wait and give up.

    Args:
        clock: stamps the attempts.
        wait_clock: the clock on which retries wait: the machine's, because what they wait for is real.
        timeout_s: seconds of life an attempt may take unless its step says otherwise.
        seed: seed of the jitter.
    """

    clock: Clock
    wait_clock: Clock
    timeout_s: float
    seed: int


async def attempt(
    step: Step, arguments: Mapping[str, Any], run_id: str, patience: Patience, attempts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Run a step until it succeeds or may not be tried again, and say how it went as a journal record.

    A TemporaryError waits for what it asks for; a PermanentError ends it; anything else waits with
    exponential backoff and full jitter.

    Args:
        step: what to run.
        arguments: its arguments by name.
        run_id: the run it belongs to.
        patience: clocks, default timeout and seed.
        attempts: filled with one record an attempt, so that an onlooker sees them while they happen.
    """
    for number in range(1, step.retries + 2):
        started_at, origin = patience.clock.now(), time.perf_counter()
        error: Exception | None = None
        record: dict[str, Any] = {"started_at": started_at, "seconds": None, "error": None}
        attempts.append(record)
        try:
            value = await _call(step, arguments, CurrentStep(run_id, step.name, number), patience.timeout_s)
            text = portable.dumps(value)
        except Exception as raised:
            error = raised
            record["error"] = describe(raised)["message"]
        record["seconds"] = round(time.perf_counter() - origin, 6)
        record["ended_at"] = patience.clock.now()
        if error is None:
            return {"status": "succeeded", "value": text, "attempts": attempts}
        if number > step.retries or not may_help(error):
            return {"status": "failed", "error": describe(error), "attempts": attempts}
        jitter = jitter_of(patience.seed, f"{run_id}/{step.name}", number)
        await patience.wait_clock.sleep(delay_s(error, number, jitter))
    raise AssertionError("unreachable: the last attempt returns")


async def _call(step: Step, arguments: Mapping[str, Any], current: CurrentStep, timeout_s: float) -> Any:
    limit_s = step.timeout_s or timeout_s
    context = contextvars.copy_context()
    context.run(working_on, current)
    if inspect.iscoroutinefunction(step.fn):
        work = asyncio.create_task(step.fn(**arguments), context=context)
    else:
        # the default thread pool of the loop; a thread cannot be stopped, so a late one is left to end alone
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(None, lambda: context.run(step.fn, **arguments))  # type: ignore[assignment]
    guard = asyncio.timeout(limit_s)
    try:
        async with guard:
            return await work
    except TimeoutError:
        if not guard.expired():
            raise
        raise TemporaryError(
            f"Step {step.name} took longer than {limit_s:g} s.",
            remedy="Give it a longer timeout_s or less to do.",
        ) from None
