"""Checks: each ready-made check tells health from trouble on the real thing."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.checks import (
    BreakerCheck,
    DatabaseCheck,
    DiskCheck,
    EventLoopCheck,
    HeartbeatCheck,
    JournalCheck,
    MemoryCheck,
    PoolCheck,
)
from maestro.engine.recovery.circuit_breaker import Breakers
from maestro.engine.recovery.health import HealthState
from maestro.engine.words import Words
from maestro.engine.workers.base import Standing, Trouble, WorkerInfo, WorkerState
from maestro.errors import InputError
from maestro.settings import RecoverySettings


def worker(name: str, state: WorkerState) -> WorkerInfo:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return WorkerInfo(
        name, "1", "thread", state, 1, 0, 3, 1, 0.0, 0, None, 1.0, {}, joined_at=moment, seen_at=moment
    )


async def test_a_database_that_answers_late_is_slow(records: Database) -> None:
    assert (await DatabaseCheck("database", records).check()).healthy
    late = await DatabaseCheck("database", records, slow_s=1e-9).check()
    assert (late.state, late.kind) == (HealthState.DEGRADED, "slow")


async def test_a_database_that_is_gone_raises(tmp_path: Path) -> None:
    database = Database.open("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(InputError):
        await DatabaseCheck("database", database).check()
    database.close()


async def test_a_journal_that_cannot_grow_is_not_writable(records: Database, clock: VirtualClock) -> None:
    check = JournalCheck("journal", records, clock)
    assert (await check.check()).healthy
    assert (await check.check()).healthy
    with records.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE engine_pulses")
        connection.commit()
    with pytest.raises(Exception, match="engine_pulses"):
        await check.check()


@pytest.mark.parametrize(
    ("share", "state"),
    [(0.5, HealthState.HEALTHY), (0.92, HealthState.DEGRADED), (0.99, HealthState.FAILING)],
)
async def test_shares_of_disk_and_memory_are_graded(share: float, state: HealthState, tmp_path: Path) -> None:
    disk = await DiskCheck("disk", tmp_path, used=lambda _: share).check()
    memory = await MemoryCheck("memory", lambda: share).check()
    assert (disk.state, memory.state) == (state, state)
    assert disk.metrics == {"used_share": share}


async def test_a_real_disk_tells_its_share(tmp_path: Path) -> None:
    reading = await DiskCheck("disk", tmp_path).check()
    assert 0 < reading.metrics["used_share"] < 1


async def test_a_blocked_event_loop_is_noticed() -> None:
    loop = asyncio.get_running_loop()
    loop.call_soon(time.sleep, 0.1)
    blocked = await EventLoopCheck("loop", slow_s=0.03).check()
    assert (blocked.state, blocked.kind) == (HealthState.DEGRADED, "stuck")


async def test_silence_is_noticed(clock: VirtualClock) -> None:
    seen = clock.now()
    check = HeartbeatCheck("executor", lambda: seen, clock, limit_s=6)
    assert (await check.check()).healthy
    await clock.advance(seconds=4)
    assert (await check.check()).state is HealthState.DEGRADED
    await clock.advance(seconds=4)
    assert (await check.check()).kind == "silent"
    assert (await HeartbeatCheck("executor", lambda: None, clock).check()).state is HealthState.FAILING


async def test_lost_workers_are_counted() -> None:
    lost = [worker("a", "idle"), worker("b", "busy"), worker("c", "lost"), worker("d", "retired")]
    reading = await PoolCheck("workers", lambda: lost).check()
    assert (reading.state, reading.kind) == (HealthState.DEGRADED, "lost_workers")
    assert reading.metrics == pytest.approx({"lost_workers": 1, "error_rate": 0.25, "busy_share": 1 / 3})
    assert (await PoolCheck("workers", lambda: lost[:2]).check()).healthy


async def test_that_there_is_no_worker_may_be_a_choice_and_else_is_trouble_whose_cause_is_known() -> None:
    chosen = await PoolCheck("workers", list, lambda: Standing(emptied=True)).check()
    assert chosen.healthy
    words = Words("The scheduler does not answer.", "스케줄러가 응답하지 않습니다.")
    gone = Standing("tcp://far:8786", trouble=Trouble("unreachable", words))
    reading = await PoolCheck("workers", list, lambda: gone).check()
    assert (reading.state, reading.kind, reading.cause) == (HealthState.FAILING, "unreachable", words)


async def test_an_open_breaker_means_failing(records: Database, clock: VirtualClock) -> None:
    breaker = Breakers(records, clock, RecoverySettings(breaker_minimum_calls=1))["supplier"]
    assert (await BreakerCheck("supplier", breaker).check()).healthy
    breaker.failed(OSError("lost"))
    assert (await BreakerCheck("supplier", breaker).check()).kind == "errors"
