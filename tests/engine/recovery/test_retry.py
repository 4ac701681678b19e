"""Retry: what is tried again, how long it waits, and that the wait is the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.clock import RealClock
from maestro.engine.recovery.retry import Retry, delay_s, jitter_of, may_help
from maestro.errors import InputError, PermanentError, TemporaryError


class NotedClock(RealClock):
    """Nobody has to wait; remembers how long they would have."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class HttpError(Exception):
    """What a client of an outside service raises."""

    def __init__(self, status_code: int) -> None:
        super().__init__(f"answered {status_code}")
        self.status_code = status_code


class Shaky:
    """Raises the given errors, one a call, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def retry(clock: NotedClock, retries: int = 3) -> Retry:
    return Retry(clock, np.random.default_rng(7), retries=retries)


async def test_a_call_is_tried_again_until_it_answers() -> None:
    clock, shaky = NotedClock(), Shaky(OSError("lost"), TemporaryError("busy", delay_s=9))
    assert await retry(clock).call(shaky) == "answer"
    assert shaky.calls == 3
    assert 0 <= clock.waits[0] <= 0.5
    assert clock.waits[1] == 9


@pytest.mark.parametrize("error", [PermanentError("no"), InputError("bad"), HttpError(400), HttpError(404)])
async def test_what_can_never_work_is_not_repeated(error: Exception) -> None:
    clock, shaky = NotedClock(), Shaky(error)
    with pytest.raises(type(error)):
        await retry(clock).call(shaky)
    assert (shaky.calls, clock.waits) == (1, [])


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_answer_that_asks_for_patience_may_be_repeated(status: int) -> None:
    assert may_help(HttpError(status))


async def test_the_last_error_is_raised_when_patience_ends() -> None:
    shaky = Shaky(OSError("one"), OSError("two"), OSError("three"))
    with pytest.raises(OSError, match="two"):
        await retry(NotedClock(), retries=1).call(shaky)


@settings(deadline=None, max_examples=50)
@given(number=st.integers(1, 40), seed=st.integers(0, 1000))
def test_the_wait_is_bounded_and_the_same_for_the_same_seed(number: int, seed: int) -> None:
    first, again = (delay_s(OSError(), number, jitter_of(seed, "run/step", number)) for _ in range(2))
    assert first == again
    assert 0 <= first <= min(60.0, 0.5 * 2 ** (number - 1))
