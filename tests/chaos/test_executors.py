"""Executors that die, freeze and lose their database: nothing is lost, and nothing is overwritten."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

from sqlalchemy import select

from maestro.engine.executor_registry import ExecutorState
from maestro.engine.journal_tables import StepRow
from maestro.engine.run import RunStatus
from maestro.settings import ExecutorSettings

Hall = Any
Postgres = Any
LEASE_S = ExecutorSettings().lease_s


async def give(hall: Hall, executor: str, numbers: range) -> dict[str, int]:
    runs = {f"errand-{number}": number for number in numbers}
    for run_id, number in runs.items():
        await hall.engine.start("errand", {"number": number}, run_id=run_id, executor_id=executor)
    return runs


def recorded(hall: Hall) -> set[tuple[str, str, str]]:
    with hall.records.reader() as session:
        found = session.execute(select(StepRow.run_id, StepRow.step, StepRow.details))
        return {(run, step, details) for run, step, details in found}


async def test_a_survivor_goes_on_when_another_is_killed_and_the_last_one_hands_over_to_a_newcomer(
    hall: Hall,
) -> None:
    pids = [hall.start(), hall.start()]
    one, two = [await hall.until_live(pid) for pid in pids]
    runs = await give(hall, one, range(6))
    await hall.until(lambda: len(hall.effects()) >= 8)

    os.kill(pids[0], signal.SIGKILL)
    await hall.until(lambda: hall.rows(pids[0])[0].state is ExecutorState.LOST)
    assert (await hall.until(lambda: hall.rows(pids[0])[0].taken_over_by)) == two
    runs |= await give(hall, two, range(6, 9))
    os.kill(pids[1], signal.SIGKILL)
    newcomer = await hall.until_live(hall.start())

    await hall.audit(runs)
    workers = {run: (await hall.engine.inspect(run)).executor for run in runs}
    assert newcomer in workers.values()


async def test_a_run_that_kills_whoever_works_it_is_set_aside_before_it_has_killed_them_all(
    hall: Hall,
) -> None:
    pids = [hall.start(losses=2) for _ in range(3)]
    names = [await hall.until_live(pid) for pid in pids]
    runs = await give(hall, names[0], range(2))
    await hall.engine.start("deadly", {"number": 1}, run_id="deadly", executor_id=names[1])

    await hall.until(lambda: sum(hall.processes[pid].poll() is not None for pid in pids) == 2)
    for run_id, number in runs.items():
        assert await hall.engine.wait(run_id, timeout_s=60) == {"hand_over": (number + 1) * 5}
    async with asyncio.timeout(30):
        while (run := await hall.engine.inspect("deadly")).status is not RunStatus.STUCK:
            await asyncio.sleep(0.1)
    assert "lost 2 times in succession" in run.reason
    assert sum(each["run"] == "deadly" for each in hall.effects()) == 2
    assert [hall.processes[pid].poll() is None for pid in pids].count(True) == 1


async def test_a_frozen_process_that_wakes_overwrites_nothing_and_joins_anew(hall: Hall) -> None:
    pids = [hall.start(), hall.start()]
    frozen, _ = [await hall.until_live(pid) for pid in pids]
    runs = await give(hall, frozen, range(4))
    await hall.until(lambda: len(hall.effects()) >= 4)
    os.kill(pids[0], signal.SIGSTOP)
    await hall.audit(runs)
    before = recorded(hall)

    os.kill(pids[0], signal.SIGCONT)
    anew = await hall.until_live(pids[0], besides=frozen)

    assert recorded(hall) == before
    old = next(each for each in hall.rows(pids[0]) if each.id == frozen)
    assert old.state is ExecutorState.LOST
    more = await give(hall, anew, range(4, 6))
    await hall.audit(runs | more)


async def test_work_goes_on_after_the_database_was_away(hall: Hall, postgres: Postgres) -> None:
    pids = [hall.start(), hall.start()]
    names = [await hall.until_live(pid) for pid in pids]
    runs = await give(hall, names[0], range(5)) | await give(hall, names[1], range(5, 10))
    await hall.until(lambda: len(hall.effects()) >= 10)

    for away_s in (0.5, 4.0):  # shorter than the lease, and longer
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(postgres.start)
        names = [await hall.until_live(pid) for pid in pids]
        start = len(runs)
        runs |= await give(hall, names[0], range(start, start + 2))

    await hall.audit(runs)
    assert all(hall.processes[pid].poll() is None for pid in pids)


async def test_one_that_is_asked_to_stop_hands_over_at_once(hall: Hall) -> None:
    pids = [hall.start(drain_s=0.1), hall.start()]
    leaving, staying = [await hall.until_live(pid) for pid in pids]
    runs = await give(hall, leaving, range(4))
    await hall.until(lambda: len(hall.effects()) >= 4)

    os.kill(pids[0], signal.SIGTERM)
    await hall.until(lambda: hall.processes[pids[0]].poll() is not None)
    left_at = time.monotonic()
    assert hall.processes[pids[0]].returncode == 0
    assert hall.rows(pids[0])[0].state is ExecutorState.GONE
    assert await hall.until(lambda: hall.rows(pids[0])[0].taken_over_by) == staying
    assert time.monotonic() - left_at < LEASE_S  # nobody waited for it to run out

    await hall.audit(runs)
