"""Faults of the store: a commit that fails, or that succeeds and cannot say so, changes nothing."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, RunStatus, current_step, step, wait_for_approval
from maestro.errors import ConflictError, TemporaryError
from maestro.settings import EngineSettings

HERE = Path(__file__).parent
# the run, its claim, four steps, one failed attempt, the outcome
COMMITS = 8
# the run, its claim, a step, the wait, its record, its end, a step, the outcome; and the signal among them
COMMITS_OF_ASKING = 9

effects: Counter[str] = Counter()


def fetch(number: int) -> int:
    effects[current_step().key] += 1
    return number + 1


async def wrap(fetch: int) -> int:
    effects[current_step().key] += 1
    return fetch * 2


@step(retries=2)
def carry(fetch: int) -> int:
    effects[f"{current_step().key}#{current_step().attempt}"] += 1
    if current_step().attempt == 1:
        raise TemporaryError("The lift is on its way.", delay_s=0.0)
    return fetch * 3


def hand_over(wrap: int, carry: int) -> int:
    effects[current_step().key] += 1
    return wrap + carry


def pay(fetch: int, agreed: dict[str, Any]) -> int:
    effects[current_step().key] += 1
    return fetch if agreed["approved"] else 0


class Fault:
    """Fails one commit."""

    def __init__(self) -> None:
        self.at = (0, "")
        self.happened = 0

    def __call__(self, number: int, moment: str, _: Any) -> None:
        if (number, moment) == self.at:
            self.happened += 1
            raise sqlite3.OperationalError("database is locked: the connection was lost")


@pytest.fixture
def fault() -> Fault:
    return Fault()


@pytest.fixture
def commits(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The commits of this process, which the fault can reach."""
    monkeypatch.syspath_prepend(str(HERE))
    watched = importlib.import_module("boundaries").Boundaries(fault)
    yield watched
    watched.close()


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    monkeypatch.setattr("maestro.engine.step_journal.LARGEST_BATCH", 1)  # one record a commit
    engine = Engine(f"sqlite:///{tmp_path}/engine.db", EngineSettings(), RealClock())
    engine.register(Graph("errand", [fetch, wrap, carry, hand_over]))
    engine.register(Graph("asking", [fetch, wait_for_approval("agreed", after=["fetch"]), pay]))
    await engine.launch()
    yield engine
    await engine.shutdown(drain_s=0)


async def test_a_fault_before_or_after_any_commit_changes_nothing(
    engine: Engine, commits: Any, fault: Fault
) -> None:
    for number in range(1, COMMITS + 1):
        for moment in ("before", "after"):
            run_id = f"{number}-{moment}"
            effects.clear()
            commits.count = 0
            fault.at, fault.happened = (number, moment), 0
            await engine.start("errand", {"number": 1}, run_id=run_id)
            assert await engine.wait(run_id, timeout_s=30) == {"hand_over": 10}, run_id
            assert fault.happened == 1, run_id
            assert (await engine.inspect(run_id)).status is RunStatus.SUCCEEDED
            assert effects == {
                f"{run_id}/fetch": 1,
                f"{run_id}/wrap": 1,
                f"{run_id}/carry#1": 1,
                f"{run_id}/carry#2": 1,
                f"{run_id}/hand_over": 1,
            }


async def test_a_fault_changes_nothing_of_a_wait_either(engine: Engine, commits: Any, fault: Fault) -> None:
    for number in range(1, COMMITS_OF_ASKING + 1):
        for moment in ("before", "after"):
            run_id = f"asking-{number}-{moment}"
            effects.clear()
            commits.count = 0
            fault.at, fault.happened = (number, moment), 0
            await engine.start("asking", {"number": 1}, run_id=run_id)
            await agree(engine, run_id)
            assert await engine.wait(run_id, timeout_s=30) == {"pay": 2}, run_id
            assert fault.happened == 1, run_id
            assert effects == {f"{run_id}/fetch": 1, f"{run_id}/pay": 1}


async def agree(engine: Engine, run_id: str) -> None:
    """Say yes, as often as it takes until that is acknowledged."""
    while not any(each.run_id == run_id for each in await engine.waits()):
        await asyncio.sleep(0.01)
    try:
        await engine.signal(run_id, "agreed", {"approved": True})
    except OperationalError:
        with suppress(ConflictError):  # it was committed, and only the answer was lost
            await engine.signal(run_id, "agreed", {"approved": True})
