"""Attempt: what is tried again, how long it waits, and when it is given up."""

import asyncio
import threading
import time
from typing import Any

import pytest

from maestro.engine import current_step, portable, step
from maestro.engine.attempt import Patience, attempt
from maestro.engine.calling import call_here
from maestro.engine.step import CurrentStep
from maestro.errors import InputError, PermanentError, PolicyError, TemporaryError


class Shaky:
    """Fails with the given errors, one a call, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.keys: list[str] = []
        self.numbers: list[int] = []

    def __call__(self) -> str:
        self.keys.append(current_step().key)
        self.numbers.append(current_step().attempt)
        if self.errors:
            raise self.errors.pop(0)
        return "done"


async def work(fn: Any, patience: Patience, **options: Any) -> dict[str, Any]:
    """Work a step on its own; its record, with what was told of failed attempts as `repeated`."""
    one, repeated = step(fn, name="s", **options), []

    async def call(current: CurrentStep) -> Any:
        return await call_here(one.fn, {}, current, one.timeout_s or patience.timeout_s)

    async def failed(number: int, _record: dict[str, Any]) -> None:
        repeated.append(number)

    record = await attempt(
        call, CurrentStep("run", "s", 0), retries=one.retries, patience=patience, attempts=[], failed=failed
    )
    return {"status": record.status, "value": record.value, "repeated": repeated, **record.details}


async def test_a_temporary_error_waits_for_what_it_asks_for(patience: Patience, waits: list[float]) -> None:
    shaky = Shaky(TemporaryError("supplier is down", delay_s=30), TemporaryError("still down", delay_s=90))

    record = await work(shaky, patience)

    assert record["status"] == "succeeded"
    assert portable.loads(record["value"]) == "done"
    assert waits == [30, 90]
    assert [each["error"] for each in record["attempts"]] == ["supplier is down", "still down", None]
    assert shaky.numbers == [1, 2, 3]
    assert record["repeated"] == [1, 2]
    assert set(shaky.keys) == {"run/s"}


async def test_an_unexpected_error_waits_longer_each_time_and_the_jitter_is_seeded(
    patience: Patience, waits: list[float]
) -> None:
    errors = [ValueError("a"), KeyError("b"), OSError("c"), ValueError("d")]

    record = await work(Shaky(*errors), patience, retries=3)

    assert record["status"] == "failed"
    assert record["error"]["message"] == "ValueError: d"
    assert len(record["attempts"]) == 4
    assert all(0 <= wait <= 0.5 * 2**number for number, wait in enumerate(waits))
    first = list(waits)
    waits.clear()
    await work(Shaky(*errors), patience, retries=3)
    assert waits == first


@pytest.mark.parametrize(
    "error", [PermanentError("no"), PolicyError("not allowed"), InputError("bad", remedy="Mend it.")]
)
async def test_a_permanent_error_is_never_tried_again(
    error: PermanentError, patience: Patience, waits: list[float]
) -> None:
    record = await work(Shaky(error), patience)

    assert record["status"] == "failed"
    assert record["error"]["kind"] == type(error).__name__
    assert record["error"]["remedy"] == error.remedy
    assert len(record["attempts"]) == 1
    assert waits == []


async def test_no_retries_means_one_attempt(patience: Patience, waits: list[float]) -> None:
    record = await work(Shaky(TemporaryError("down")), patience, retries=0)

    assert (record["status"], len(record["attempts"]), waits) == ("failed", 1, [])


async def test_an_async_step_that_takes_too_long_is_interrupted(patience: Patience) -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("interrupted")

    record = await work(slow, patience, retries=1, timeout_s=0.02)

    assert record["status"] == "failed"
    assert record["error"]["message"] == "Step s took longer than 0.02 s."
    assert [each["error"] for each in record["attempts"]] == ["Step s took longer than 0.02 s."] * 2
    assert ended == ["interrupted"] * 2


async def test_a_step_in_a_thread_that_takes_too_long_is_left_alone(patience: Patience) -> None:
    release = threading.Event()
    begun = time.monotonic()

    record = await work(lambda: release.wait(10), patience, retries=0, timeout_s=0.05)

    release.set()
    assert record["status"] == "failed"
    assert time.monotonic() - begun < 5


async def test_a_timeout_of_the_steps_own_is_an_error_like_any_other(patience: Patience) -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0):
            await asyncio.sleep(1)

    record = await work(impatient, patience, retries=0)

    assert record["error"]["message"] == "TimeoutError"


async def test_the_settings_timeout_holds_where_the_step_has_none(patience: Patience) -> None:
    patience.timeout_s = 0.02

    record = await work(lambda: time.sleep(0.2), patience, retries=0)

    assert record["error"]["message"] == "Step s took longer than 0.02 s."


async def test_a_result_that_cannot_be_kept_fails_the_step_at_once(patience: Patience) -> None:
    record = await work(object, patience)

    assert record["status"] == "failed"
    assert "which a workflow cannot keep" in record["error"]["message"]
    assert len(record["attempts"]) == 1


async def test_attempts_tell_when_they_were_and_how_long_they_took(patience: Patience) -> None:
    record = await work(lambda: time.sleep(0.02), patience)

    only = record["attempts"][0]
    assert 0.02 <= only["seconds"] < 5
    assert only["started_at"] < only["ended_at"]
