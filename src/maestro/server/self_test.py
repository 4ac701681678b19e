"""Self-test: tries every part that runs depend on, once, and says whether it worked and how long it took."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from maestro.engine.memory import Pressure
from maestro.engine.self_test import SELF_TEST, double
from maestro.engine.words import Words
from maestro.engine.workers import Task
from maestro.errors import TemporaryError
from maestro.server.system import System

LEAST_FREE_BYTES = 1_000_000_000
LONGEST_STALL_S = 0.25
LONGEST_CHECK_S = 20.0

Check = Callable[[System], Awaitable[Words]]


async def run_checks(system: System) -> list[dict[str, Any]]:
    """Every check, one after another; none raises.

    Returns:
        name, ok, seconds and words of each.
    """
    return [await _tried(name, check, system) for name, check in CHECKS]


async def _tried(name: str, check: Check, system: System) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST_CHECK_S):
            words, ok = await check(system), True
    except TimeoutError:
        words, ok = Words("It did not answer in time.", "제때 응답하지 않았습니다."), False
    except Exception as error:
        # whatever it was, the person who asks wants to read it
        said = str(error) or type(error).__name__
        words, ok = Words(said, said), False
    seconds = round(time.perf_counter() - started, 4)
    return {"name": name, "ok": ok, "seconds": seconds, "words": words.shape()}


async def _database(system: System) -> Words:
    def write_and_read() -> None:
        probe = Table("self_test", MetaData(), Column("number", Integer), prefixes=["TEMPORARY"])
        with system.database.session() as session:
            connection = session.connection()
            probe.create(connection)
            connection.execute(insert(probe).values(number=42))
            found = connection.execute(select(probe.c.number)).scalar_one()
            probe.drop(connection)
        if found != 42:
            raise TemporaryError("The database gave back something else than was written.")

    await asyncio.to_thread(write_and_read)
    return Words("A row was written, read and removed.", "행을 쓰고 읽고 지웠습니다.")


async def _journal(system: System) -> Words:
    run_id = await system.engine.start(SELF_TEST, {"number": 21})
    result = await system.engine.wait(run_id, timeout_s=LONGEST_CHECK_S)
    if result != {"double": 42}:
        raise TemporaryError(f"A run of two lines gave {result}.")
    return Words("A small workflow ran to its end.", "작은 워크플로를 끝까지 실행했습니다.")


async def _workers(system: System) -> Words:
    pool = system.pool
    if pool is None:
        return Words("This process has no workers; steps run here.", "작업자가 없어 단계를 직접 실행합니다.")
    key = f"self-test/{time.monotonic_ns()}"
    if await pool.run(Task(key, double, {"number": 21}, kind=SELF_TEST)) != 42:
        raise TemporaryError("A worker gave a wrong answer.")
    count = len(pool.workers())
    return Words(f"One of {count} workers answered.", f"작업자 {count}개 중 하나가 응답했습니다.")


async def _clock(system: System) -> Words:
    before, origin = system.wall.now(), time.monotonic()
    await asyncio.sleep(0.05)
    passed, real = (system.wall.now() - before).total_seconds(), time.monotonic() - origin
    if not 0.0 <= passed <= real + 1.0:
        raise TemporaryError(f"The clock moved {passed:.2f} s while {real:.2f} s passed.")
    return Words("Time passes evenly.", "시간이 고르게 흐릅니다.")


async def _disk(system: System) -> Words:
    free = (await asyncio.to_thread(shutil.disk_usage, system.settings.data_dir)).free
    if free < LEAST_FREE_BYTES:
        raise TemporaryError(f"Only {free / 1e9:.1f} GB are free.", remedy="Free some space.")
    return Words(f"{free / 1e9:.0f} GB are free.", f"{free / 1e9:.0f} GB 비어 있습니다.")


async def _memory(system: System) -> Words:
    sample = system.memory.monitor.sample()
    if sample.pressure is Pressure.CRITICAL:
        raise TemporaryError(
            f"{sample.share:.0%} of the memory is used.", remedy="Give Maestro more, or less to do."
        )
    return Words(f"{sample.share:.0%} of the memory is used.", f"메모리 {sample.share:.0%} 사용 중입니다.")


async def _event_loop(_: System) -> Words:
    worst = 0.0
    for _turn in range(5):
        origin = time.perf_counter()
        await asyncio.sleep(0.01)
        worst = max(worst, time.perf_counter() - origin - 0.01)
    if worst > LONGEST_STALL_S:
        raise TemporaryError(f"Something held the event loop up for {worst:.2f} s.")
    return Words(
        f"Nothing waits longer than {1000 * worst:.0f} ms.", f"대기는 {1000 * worst:.0f}ms 이하입니다."
    )


CHECKS: Sequence[tuple[str, Check]] = (
    ("database", _database),
    ("journal", _journal),
    ("workers", _workers),
    ("clock", _clock),
    ("disk", _disk),
    ("memory", _memory),
    ("event_loop", _event_loop),
)
"""What is tried, in this order."""
