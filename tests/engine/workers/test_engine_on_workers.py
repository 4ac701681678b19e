"""The engine on workers: heavy steps run in other processes, know their key, and outlive a killed worker."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, step
from maestro.engine.workers.process_pool import ProcessPool
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.settings import EngineSettings

from .chores import append, double, my_key, my_slow_key, process_id
from .conftest import said, until


def total(double: int) -> int:
    return double


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/journal/engine.db"


async def run(url: str, graph: Graph, pool: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """The result of one run of a graph on a pool."""
    engine = Engine(url, EngineSettings(), RealClock(), pool=pool)
    engine.register(graph)
    await pool.start()
    await engine.launch()
    try:
        return await engine.wait(await engine.start(graph.name, inputs, run_id="run-1"))
    finally:
        await engine.shutdown(drain_s=0)
        await pool.stop(drain_s=0)


async def test_steps_run_in_other_processes_and_know_their_key(
    url: str, importable: None, tmp_path: Path
) -> None:
    graph = Graph(
        "heavy",
        [
            step(double, where="worker"),
            step(total),
            step(my_key, where="worker"),
            step(process_id, where="worker"),
        ],
    )
    result = await run(url, graph, ProcessPool(RealClock(), 2), {"number": 4, "log": str(tmp_path / "log")})
    assert result["total"] == 8
    assert result["my_key"] == "run-1/my_key"
    assert result["process_id"] != os.getpid()


async def test_a_step_that_no_worker_could_do_says_why_under_its_key(
    url: str, importable: None, tmp_path: Path
) -> None:
    pool = ThreadPool(RealClock(), 1)
    graph = Graph("heavy", [step(double, where="worker", resources={"gpu": 1})])
    work = asyncio.create_task(run(url, graph, pool, {"number": 4}))
    await until(lambda: "run-1/double" in pool.held_up(), 30)
    await pool.add(1, {"gpu": 1})
    assert await work == {"double": 8}


async def test_a_killed_worker_costs_no_attempt_and_the_key_stays(
    url: str, importable: None, tmp_path: Path
) -> None:
    log, pool = tmp_path / "log", ProcessPool(RealClock(), 1)
    graph = Graph("heavy", [step(my_slow_key, where="worker", retries=0)])
    work = asyncio.create_task(run(url, graph, pool, {"log": str(log)}))
    await until(lambda: said(log) == ".", 30)
    os.kill(int(pool.workers()[0].address), signal.SIGKILL)
    assert await work == {"my_slow_key": "run-1/my_slow_key"}
    assert said(log) == ".."


def first(log: str) -> str:
    return append(log, "f", 0.05)


def lone(log: str) -> str:
    return append(log, "l")


def chain(log: str) -> str:
    return append(log, "c")


def link(chain: str, log: str) -> str:
    return append(log, "k")


async def test_with_one_slot_the_step_with_the_longest_way_ahead_goes_first(url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    graph = Graph("order", [step(each, where="worker") for each in (first, lone, chain, link)])
    await run(url, graph, ThreadPool(RealClock(), 1), {"log": str(log)})
    assert said(log)[0] == "c"


async def test_the_end_of_a_run_is_seen_at_once(url: str) -> None:
    engine = Engine(url, EngineSettings(queue_polling_s=5.0), RealClock())
    engine.register(Graph("quick", [total]))
    await engine.launch()
    try:
        async with asyncio.timeout(3):
            assert await engine.wait(await engine.start("quick", {"double": 2})) == {"total": 2}
    finally:
        await engine.shutdown(drain_s=0)
