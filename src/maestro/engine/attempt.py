"""Attempt: works a step until it succeeds or may not be tried again; retries, backoff and timeouts."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from maestro.clock import Clock
from maestro.engine import portable
from maestro.engine.failure import describe
from maestro.engine.recovery.retry import delay_s, jitter_of, may_help
from maestro.engine.step import CurrentStep
from maestro.engine.step_journal import FencedError, JournalError, StepRecord

Call = Callable[[CurrentStep], Awaitable[Any]]
"""Does the work once, knowing which attempt it is."""

Failed = Callable[[int, dict[str, Any]], Awaitable[None]]
"""Is told of a failed attempt that will be repeated: its number and its record."""


@dataclass
class Patience:
    """How attempts wait and give up.

    Args:
        clock: stamps the attempts.
        wait_clock: the clock on which retries wait: the machine's, because what they wait for is real.
        timeout_s: seconds of life an attempt may take unless its step says otherwise.
        seed: seed of the jitter.
        lease: whether this process may still work at all; asked before each attempt.
    """

    clock: Clock
    wait_clock: Clock
    timeout_s: float
    seed: int
    lease: Callable[[], bool] = lambda: True

    def check_lease(self, key: str) -> None:
        """Prove that this process may still work.

        Raises:
            FencedError: it may not: others have given it up for dead.
        """
        if not self.lease():
            raise FencedError(f"the lease of this process has run out before {key}")


async def attempt(
    call: Call,
    current: CurrentStep,
    *,
    retries: int,
    patience: Patience,
    attempts: list[dict[str, Any]],
    failed: Failed,
) -> StepRecord:
    """Work until it succeeds or may not be tried again, and say how it went as a journal record.

    A TemporaryError waits for what it asks for; a PermanentError ends it; anything else waits with
    exponential backoff and full jitter.

    Args:
        call: what to do.
        current: which step it is; the number of the attempt is filled in.
        retries: times that a failed attempt is repeated.
        patience: clocks and seed.
        attempts: holds a record of each attempt before a crash, and gets one for each from now on, so that
            an onlooker sees them while they happen.
        failed: told of each failed attempt that will be repeated.

    Raises:
        FencedError: this run or this process has been given up.
    """
    first = min(len(attempts), retries) + 1
    for number in range(first, retries + 2):
        patience.check_lease(current.key)
        started_at, origin = patience.clock.now(), time.perf_counter()
        error: Exception | None = None
        text = ""
        record: dict[str, Any] = {"started_at": started_at, "seconds": None, "error": None}
        attempts.append(record)
        try:
            value = await call(CurrentStep(current.run_id, current.step, number, current.item))
            text = portable.dumps(value)
        except (FencedError, JournalError):
            raise
        except Exception as raised:
            error = raised
            record["error"] = describe(raised)["message"]
        record["seconds"] = round(time.perf_counter() - origin, 6)
        record["ended_at"] = patience.clock.now()
        if error is None:
            return StepRecord("succeeded", text, {"attempts": attempts})
        if number > retries or not may_help(error):
            return StepRecord("failed", None, {"attempts": attempts, "error": describe(error)})
        await failed(number, record)
        jitter = jitter_of(patience.seed, current.key, number)
        await patience.wait_clock.sleep(delay_s(error, number, jitter))
    raise AssertionError("unreachable: the last attempt returns")
