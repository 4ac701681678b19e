"""Schedule: ticks are run by the injected clock, once each, without storms, and across restarts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maestro.clock import AcceleratedClock, VirtualClock
from maestro.engine import Daily, Engine, Every, Graph, RunStatus
from maestro.engine.schedule import Schedule, follow
from maestro.errors import ConfigurationError, InputError, NotFoundError

Launcher = Callable[..., Awaitable[Engine]]
START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOURLY = Schedule("hourly", "g", Every(3600))


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


class Ticks:
    """Remembers which ticks were run; may take time over one."""

    def __init__(self, last: datetime | None = None) -> None:
        self.ran: list[datetime] = []
        self.begun = last
        self.hold: asyncio.Event | None = None

    async def last(self, schedule: Schedule) -> datetime | None:
        return self.begun

    async def run(self, schedule: Schedule, tick: datetime) -> None:
        self.ran.append(tick)
        if self.hold is not None:
            await self.hold.wait()


async def test_each_tick_is_run_at_its_moment() -> None:
    clock, ticks = VirtualClock(START), Ticks()
    following = asyncio.create_task(follow(HOURLY, clock, START, ticks.last, ticks.run))
    await asyncio.sleep(0)

    assert ticks.ran == []
    await clock.advance(minutes=29, seconds=59)
    assert ticks.ran == []
    await clock.advance(seconds=1)
    assert ticks.ran == [at(9)]
    await clock.advance(hours=3)
    assert ticks.ran == [at(9), at(10), at(11), at(12)]
    following.cancel()


async def test_of_missed_ticks_only_the_latest_is_run() -> None:
    clock, ticks = VirtualClock(START), Ticks(last=at(5))
    following = asyncio.create_task(follow(HOURLY, clock, START, ticks.last, ticks.run))
    await asyncio.sleep(0)

    assert ticks.ran == [at(5), at(8)], (
        "the last one is awaited in case it is unfinished, then one is made up"
    )
    following.cancel()


async def test_a_tick_that_takes_long_delays_the_next_and_makes_no_storm() -> None:
    clock, ticks = VirtualClock(START), Ticks()
    ticks.hold = asyncio.Event()
    following = asyncio.create_task(follow(HOURLY, clock, START, ticks.last, ticks.run))
    await asyncio.sleep(0)

    await clock.advance(hours=5)
    assert ticks.ran == [at(9)]
    ticks.hold.set()
    await clock.advance(seconds=0)
    assert ticks.ran == [at(9), at(13)]
    following.cancel()


async def test_a_tick_that_cannot_be_started_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock(START)
    tried: list[datetime] = []

    async def failing(schedule: Schedule, tick: datetime) -> None:
        tried.append(tick)
        raise InputError("no such input")

    following = asyncio.create_task(follow(HOURLY, clock, START, Ticks().last, failing))
    await asyncio.sleep(0)
    await clock.advance(hours=2)

    assert tried == [at(9), at(10)]
    written = capsys.readouterr()
    assert "tick left out" in written.out + written.err
    following.cancel()


def test_a_run_id_tells_its_tick() -> None:
    assert HOURLY.run_id(at(9)) == "hourly@20260302T090000Z"
    assert HOURLY.tick_of(HOURLY.run_id(at(9))) == at(9)


def graph(seen: list[Any]) -> Graph:
    def remember(scheduled_at: datetime, shop: str) -> str:
        seen.append((scheduled_at, shop))
        return shop

    return Graph("remember", [remember])


async def runs(engine: Engine, count: int) -> list[str]:
    """Wait until `count` runs have succeeded; real time passes, because steps work in threads."""
    async with asyncio.timeout(20):
        done: list[str] = []
        while len(done) < count:
            await asyncio.sleep(0.01)
            done = [each.id for each in await engine.list_runs(status=RunStatus.SUCCEEDED)]
    return sorted(done)


async def test_a_scheduled_run_gets_its_inputs_and_the_moment_of_its_tick(launch: Launcher) -> None:
    seen: list[Any] = []
    clock = VirtualClock(START)
    engine = await launch(graph(seen), clock=clock)
    engine.schedule("nightly", "remember", Daily("03:00"), {"shop": "north"})

    await clock.advance(hours=20)

    assert await runs(engine, 1) == ["nightly@20260303T030000Z"]
    assert seen == [(at(3, day=3), "north")]
    assert [(each.name, each.workflow, each.next_at) for each in engine.schedules()] == [
        ("nightly", "remember", at(3, day=4))
    ]


async def test_schedules_go_on_after_a_restart_and_make_up_one_tick(launch: Launcher) -> None:
    seen: list[Any] = []
    clock = VirtualClock(START)
    engine = await launch(graph(seen), clock=clock)
    engine.schedule("hourly", "remember", Every(3600), {"shop": "north"})
    await clock.advance(hours=1)
    await runs(engine, 1)
    await engine.shutdown()

    await clock.advance(hours=6)
    await engine.launch()

    assert await runs(engine, 2) == ["hourly@20260302T090000Z", "hourly@20260302T150000Z"]
    await engine.shutdown()
    await engine.launch()
    await asyncio.sleep(0.1)
    assert [moment for moment, _ in seen] == [at(9), at(15)]


async def test_an_accelerated_clock_drives_schedules_faster(launch: Launcher) -> None:
    seen: list[Any] = []
    engine = await launch(graph(seen), clock=AcceleratedClock(START, speed=86_400))

    engine.schedule("daily", "remember", Daily("06:00"), {"shop": "north"})

    await runs(engine, 2)
    assert seen[1][0] - seen[0][0] >= timedelta(days=1)
    assert {moment.hour for moment, _ in seen} == {6}


async def test_an_unscheduled_workflow_is_started_no_more(launch: Launcher) -> None:
    clock = VirtualClock(START)
    engine = await launch(graph([]), clock=clock)
    engine.schedule("hourly", "remember", Every(3600), {"shop": "north"})
    await asyncio.sleep(0.05)

    engine.unschedule("hourly")
    await clock.advance(hours=2)

    assert engine.schedules() == []
    assert await engine.list_runs() == []
    with pytest.raises(NotFoundError, match="no schedule called hourly"):
        engine.unschedule("hourly")


async def test_a_schedule_that_could_not_run_is_refused(launch: Launcher) -> None:
    engine = await launch(graph([]))

    with pytest.raises(NotFoundError, match="no workflow called nothing"):
        engine.schedule("s", "nothing", Every(60))
    with pytest.raises(InputError, match="lacks its input shop"):
        engine.schedule("s", "remember", Every(60))
    with pytest.raises(ConfigurationError, match="cannot be called 'a b'"):
        engine.schedule("a b", "remember", Every(60), {"shop": "north"})
    engine.schedule("s", "remember", Every(60), {"shop": "north"})
    with pytest.raises(ConfigurationError, match="each name once"):
        engine.schedule("s", "remember", Every(60), {"shop": "north"})
