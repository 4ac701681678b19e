"""`maestro workflow start`: a live executor begins the run; what could never begin is refused at once."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import RealClock
from maestro.engine import Graph, wait_for_event
from maestro.engine.runtime import Runtime
from maestro.settings import Settings

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


def pack(order: str, weights: list[float]) -> list[Any]:
    """What came, to be compared."""
    return [order, weights]


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """A process that works on runs, as `maestro executor` is."""
    settings = Settings(data_dir=tmp_path / "data", workers={"kind": "thread"})
    graphs = [Graph("packing", [pack]), Graph("delivery", [wait_for_event("truck")])]
    runtime = Runtime(settings, graphs, RealClock())
    await runtime.launch()
    yield runtime
    await runtime.shutdown()
    runtime.close()


@pytest.fixture
def ask(maestro: Maestro) -> Callable[..., Any]:
    """Asks without holding up the event loop of the executor."""

    async def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(lambda: maestro("workflow", *arguments, **options))

    return run


async def test_a_run_is_handed_to_a_live_executor(runtime: Runtime, ask: Callable[..., Any]) -> None:
    options = ["--input", "order=A-17", "-i", "weights=[3, 1.5]", "--id", "monday"]
    started = await ask("start", "packing", *options)
    assert started.returncode == 0, started.stderr
    assert "Run task-monday" in started.stdout
    assert "maestro workflow show task-monday" in started.stdout
    assert await runtime.scheduler.result("monday") == {"pack": ["A-17", [3, 1.5]]}
    again = await ask("start", "packing", *options, "--json")
    assert json.loads(again.stdout)["run_id"] == "task-monday"
    assert len(await runtime.engine.list_runs(name="packing")) == 1, "asking twice is asking once"


async def test_what_could_never_begin_is_refused(runtime: Runtime, ask: Callable[..., Any]) -> None:
    unknown = await ask("start", "pakcing")
    assert unknown.returncode == 1
    assert "No live executor knows a workflow called pakcing" in unknown.stderr
    assert "Known are: delivery, packing" in unknown.stderr
    wrong = await ask("start", "packing", "-i", "order=A-17")
    assert wrong.returncode == 1
    assert "lacks its input weights" in wrong.stderr


async def test_a_waiting_run_is_told_what_it_waits_for(runtime: Runtime, ask: Callable[..., Any]) -> None:
    assert (await ask("start", "delivery", "--id", "d")).returncode == 0
    async with asyncio.timeout(60):
        while not await runtime.engine.waits():
            await asyncio.sleep(0.05)
    mistyped = await ask("signal", "task-d", "trukc")
    assert mistyped.returncode == 1
    assert "does not wait for trukc now" in mistyped.stderr
    assert "It waits for: truck." in mistyped.stderr
    assert (await ask("signal", "task-d", "truck", "--payload", "{")).returncode == 2
    told = await ask("signal", "task-d", "truck", "--payload", '{"weight": 3}')
    assert told.returncode == 0, told.stderr
    assert (await runtime.scheduler.result("d"))["truck"]["payload"] == {"weight": 3}


async def test_without_an_executor_nobody_would_begin_it(ask: Callable[..., Any]) -> None:
    alone = await ask("start", "packing")
    assert alone.returncode == 1
    assert "No executor is at work" in alone.stderr
    assert "maestro executor --workflows" in alone.stderr


@pytest.mark.parametrize("pair", ["order", "=3", "weights=[3, 1.5"])
async def test_an_input_is_a_name_and_a_value(ask: Callable[..., Any], pair: str) -> None:
    refused = await ask("start", "packing", "--input", pair)
    assert refused.returncode == 2
    assert "--input" in refused.stderr
