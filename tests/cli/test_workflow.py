"""`maestro workflow`: sees and steers the runs of another, living process through the journal."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, RunStatus, step
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.settings import Settings

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]

MODULE = """
from maestro.engine import Graph, step

def count(number):
    return number + 1

async def price(count):
    return count * 2

def uncount(result):
    pass

GRAPHS = [Graph("sum", [step(count, undo=uncount), step(price)])]
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """The engine of a living process; a run of 100 or more takes longer than the test."""

    def count(number: int) -> int:
        return number + 1

    def uncount(result: int) -> None:
        pass

    async def price(count: int) -> int:
        await asyncio.sleep(300 if count > 100 else 0)
        return count * 2

    (tmp_path / "orders.py").write_text(MODULE, encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    found = Engine(settings.journal_url, settings.engine, RealClock())
    found.register(Graph("sum", [step(count, undo=uncount), step(price, retries=0)]))
    await found.launch()
    registry = ExecutorRegistry(found.records, RealClock())
    await asyncio.to_thread(registry.join, "local", "here", 1, 60.0, ["sum@1"])
    yield found
    await found.shutdown(drain_s=0.1)


@pytest.fixture
def ask(maestro: Maestro) -> Callable[..., Any]:
    """Asks without holding up the event loop of the engine."""

    async def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(lambda: maestro("workflow", *arguments, **options))

    return run


async def test_runs_are_listed_and_explained(engine: Engine, ask: Callable[..., Any]) -> None:
    await engine.wait(await engine.start("sum", {"number": 1}, run_id="first"))
    await engine.start("sum", {"number": 500}, run_id="long")
    listed = await ask("list")
    assert listed.returncode == 0, listed.stderr
    lines = [line.split() for line in listed.stdout.splitlines()]
    assert [line[:3] for line in lines[1:3]] == [
        ["long", "sum@1", "running"],
        ["first", "sum@1", "succeeded"],
    ]
    assert lines[-1] == ["2", "of", "2"]
    one = await ask("list", "--status", "running", "--json")
    assert [json.loads(line)["id"] for line in one.stdout.splitlines()] == ["long"]
    (ended,) = [json.loads(line) for line in (await ask("list", "-q", "first", "--json")).stdout.splitlines()]
    assert 0.0 < ended["took_s"] < 60.0
    assert ", so far " in (await ask("show", "long")).stdout
    shown = await ask("show", "first")
    assert f", took {ended['took_s']:.1f} s" in shown.stdout
    assert "number = 1" in shown.stdout
    assert [line.split()[:2] for line in shown.stdout.splitlines() if "succeeded" in line][1:] == [
        ["count", "succeeded"],
        ["price", "succeeded"],
    ]


async def test_what_is_not_there_is_said(engine: Engine, ask: Callable[..., Any]) -> None:
    missing = await ask("show", "nope", "--json")
    assert missing.returncode == 1
    assert "There is no run nope" in missing.stderr


async def test_an_empty_journal_says_what_to_do(ask: Callable[..., Any]) -> None:
    listed = await ask("list")
    assert listed.returncode == 0
    assert "No such runs" in listed.stdout


async def test_a_run_is_cancelled_and_resumed_where_it_lives(engine: Engine, ask: Callable[..., Any]) -> None:
    await engine.start("sum", {"number": 500}, run_id="long")
    refused = await ask("cancel", "long", stdin="n\n")
    assert refused.returncode == 1
    cancelled = await ask("cancel", "long", "--yes")
    assert "cancelled" in cancelled.stdout
    while engine.running_ids():  # the living process sees it at its next look
        await asyncio.sleep(0.05)
    resumed = await ask("resume", "long")
    assert resumed.returncode == 0, resumed.stderr
    assert "goes on with executor local" in resumed.stdout
    async with asyncio.timeout(60):
        while "long" not in engine.running_ids():
            await asyncio.sleep(0.05)
    assert (await engine.inspect("long")).status is RunStatus.RUNNING


async def test_ids_are_whole_in_a_pipe_however_narrow_the_screen(
    engine: Engine, ask: Callable[..., Any]
) -> None:
    run_id = f"nightly-{'7' * 60}"
    await engine.wait(await engine.start("sum", {"number": 1}, run_id=run_id))
    listed = await ask("list", COLUMNS="40")
    assert listed.stdout.splitlines()[1].split()[:2] == [run_id, "sum@1"]
    assert run_id in (await ask("show", run_id, COLUMNS="40")).stdout.splitlines()[0]


async def test_a_run_that_is_not_there_or_has_ended_is_said_before_anything_is_asked(
    engine: Engine, ask: Callable[..., Any]
) -> None:
    missing = await ask("cancel", "nope")
    assert missing.returncode == 1
    assert "There is no run nope" in missing.stderr
    assert "Go on?" not in missing.stdout
    await engine.wait(await engine.start("sum", {"number": 1}, run_id="first"))
    ended = await ask("cancel", "first")
    assert "has succeeded already" in ended.stderr
    assert "Go on?" not in ended.stdout


async def test_a_run_is_cancelled_and_what_it_did_is_taken_back(
    engine: Engine, ask: Callable[..., Any]
) -> None:
    await engine.start("sum", {"number": 500}, run_id="long")
    async with asyncio.timeout(60):
        while (await engine.inspect("long")).steps[0].status != "succeeded":
            await asyncio.sleep(0.05)
    refused = await ask("cancel", "long", "--undo", stdin="n\n")
    assert "what it did is taken back. Go on?" in refused.stdout
    cancelled = await ask("cancel", "long", "--undo", "--yes")
    assert "Run long is taken back with executor local." in cancelled.stdout
    async with asyncio.timeout(60):
        while (run := await engine.inspect("long")).status is not RunStatus.FAILED:
            await asyncio.sleep(0.05)
    assert run.steps[0].status == "undone"


async def test_an_ended_run_is_worked_again_from_a_step(engine: Engine, ask: Callable[..., Any]) -> None:
    await engine.wait(await engine.start("sum", {"number": 1}, run_id="first"))
    again = await ask("restart", "first", "--from-step", "price", "--workflows", "orders")
    assert again.returncode == 0, again.stderr
    new_id = again.stdout.split()[1]
    assert new_id != "first"
    assert await engine.wait(new_id, timeout_s=30) == {"price": 4}
