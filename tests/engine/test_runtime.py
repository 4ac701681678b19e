"""Runtime: one process works runs, is seen among executors, looks after itself, and forgets what is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from maestro.clock import RealClock
from maestro.engine import Graph, RunStatus
from maestro.engine.executor_registry import ExecutorState
from maestro.engine.recovery.health import HealthState
from maestro.engine.retention import forget_runs
from maestro.engine.runtime import Runtime
from maestro.errors import NotFoundError, TemporaryError
from maestro.settings import Settings

OWN = {"disk", "memory", "event loop", "journal", "executor", "workers", "runs"}


def doubled(number: int) -> int:
    return number * 2


def settings(folder: Path) -> Settings:
    return Settings.load(data_dir=folder, workers={"kind": "thread", "slots": 2}, executor={"drain_s": 1.0})


class Told:
    """What the live page was told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, topic: str, data: Mapping[str, Any]) -> None:
        self.events.append((topic, data))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest_asyncio.fixture
async def runtime(tmp_path: Path, told: Told) -> AsyncIterator[Runtime]:
    clock = RealClock()
    made = Runtime(settings(tmp_path), [Graph("double", [doubled])], clock, on_event=told)
    await made.launch()
    yield made
    await made.shutdown()
    made.close()


async def test_a_run_is_worked_and_told_of(runtime: Runtime, told: Told) -> None:
    run_id = await runtime.engine.start("double", {"number": 21})
    assert await runtime.engine.wait(run_id, timeout_s=20) == {"doubled": 42}
    assert ("workflow", {"id": run_id, "workflow": "double", "status": "succeeded"}) in told.events


async def test_the_process_is_one_of_the_executors(runtime: Runtime) -> None:
    (seen,) = runtime.executors.list()
    assert seen.id == runtime.executor.id == runtime.engine.executor_id
    assert "double@1" in seen.workflows


async def test_it_looks_after_its_own_parts(runtime: Runtime) -> None:
    async with asyncio.timeout(20):
        while set(conditions := await runtime.recovery.recovery.health.round()) != OWN:
            await asyncio.sleep(0.1)
    unwell = {name for name, each in conditions.items() if each.reading.state is not HealthState.HEALTHY}
    assert unwell <= {"event loop"}  # a busy machine may hold the loop up for a moment


async def test_a_worker_that_runs_steps_is_there(runtime: Runtime) -> None:
    assert [worker.kind for worker in runtime.pool.workers()] == ["thread", "thread"]


async def test_runs_that_ended_long_ago_are_forgotten(runtime: Runtime) -> None:
    run_id = await runtime.engine.start("double", {"number": 1})
    await runtime.engine.wait(run_id, timeout_s=20)
    assert await runtime.forget_old_runs() == 0
    assert await forget_runs(runtime.records, RealClock().now() + timedelta(days=1)) == 1
    with pytest.raises(NotFoundError):
        await runtime.engine.inspect(run_id)


async def test_a_run_that_goes_on_is_kept_however_old(runtime: Runtime) -> None:
    assert await forget_runs(runtime.records, RealClock().now() + timedelta(days=400)) == 0
    assert await runtime.engine.list_runs(status=RunStatus.RUNNING) == []


async def test_asked_to_drain_it_leaves_in_order_and_nothing_fails_on_the_way(
    runtime: Runtime, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        runtime.scheduler.desk.submit("double", {"number": number})
    runtime.executors.ask_to_drain(runtime.executor.id)
    async with asyncio.timeout(20):
        await runtime.left()
    (seen,) = runtime.executors.list()
    assert seen.state is ExecutorState.DRAINING  # whoever gives it work can still end that
    await runtime.shutdown()
    (seen,) = runtime.executors.list()
    assert seen.state is ExecutorState.GONE
    written = "".join(capfd.readouterr())
    assert "Traceback" not in written
    assert "failed" not in written


async def test_before_the_launch_no_work_is_taken(tmp_path: Path) -> None:
    clock = RealClock()
    made = Runtime(settings(tmp_path), [], clock)
    with pytest.raises(TemporaryError):
        await made.engine.start("self-test", {"number": 1})
    await made.shutdown()
    made.close()
