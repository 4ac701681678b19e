"""Retry: how long to wait before trying again, and a call that is tried again while that may help."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from maestro.clock import Clock
from maestro.errors import PermanentError, TemporaryError

T = TypeVar("T")

FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 60.0


def may_help(error: Exception) -> bool:
    """Whether trying again may help: never after a PermanentError, nor after an answer of class 4xx.

    An outside service that answers 4xx says that the request is wrong; repeating it gets callers throttled.
    408 and 429 ask for patience instead, and count as temporary.
    """
    if isinstance(error, PermanentError):
        return False
    status = getattr(error, "status_code", None)
    return not (isinstance(status, int) and 400 <= status < 500 and status not in {408, 429})


def delay_s(
    error: Exception,
    number: int,
    generator: np.random.Generator,
    *,
    first_s: float = FIRST_BACKOFF_S,
    longest_s: float = LONGEST_BACKOFF_S,
) -> float:
    """Seconds to wait after failed attempt `number` (from 1).

    A TemporaryError waits for what it asks for; anything else waits with exponential backoff and full
    jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

    Args:
        error: what the attempt raised.
        number: which attempt it was, from 1.
        generator: seeded source of the jitter.
        first_s: longest wait after the first attempt, in seconds; doubles with each attempt.
        longest_s: no wait is longer, in seconds.
    """
    if isinstance(error, TemporaryError):
        return error.delay_s
    return float(generator.uniform(0.0, min(longest_s, first_s * 2.0 ** (number - 1))))


def jitter_of(seed: int, key: str, number: int) -> np.random.Generator:
    """The generator for one attempt: the same seed, key and number give the same wait in any process."""
    return np.random.default_rng([seed, zlib.crc32(key.encode()), number])


@dataclass(frozen=True)
class Retry:
    """Tries a call again while that may help.

    Args:
        clock: the clock on which it waits; the machine's, for what is waited for is real.
        generator: seeded source of the jitter.
        retries: further attempts after the first.
        first_s: longest wait after the first attempt, in seconds.
        longest_s: no wait is longer, in seconds.

    Example:
        quote = await Retry(clock, generator).call(lambda: supplier.quote(sku))
    """

    clock: Clock
    generator: np.random.Generator
    retries: int = 3
    first_s: float = FIRST_BACKOFF_S
    longest_s: float = LONGEST_BACKOFF_S

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns.

        Raises:
            Exception: what the last attempt raised.
        """
        number = 1
        while True:
            try:
                return await work()
            except Exception as error:
                if number > self.retries or not may_help(error):
                    raise
                wait_s = delay_s(
                    error, number, self.generator, first_s=self.first_s, longest_s=self.longest_s
                )
            await self.clock.sleep(wait_s)
            number += 1
