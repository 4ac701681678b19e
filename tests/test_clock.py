"""Clocks: real time passes, virtual time waits for the test, accelerated time runs ahead."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from maestro.clock import AcceleratedClock, RealClock, VirtualClock

START = datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_real_clock_tells_utc_and_waits() -> None:
    clock = RealClock()
    before = clock.now()
    await clock.sleep(0.01)
    assert clock.now() - before >= timedelta(milliseconds=9)
    assert before.tzinfo is UTC
    assert clock.speed == 1


async def test_virtual_time_stands_still_until_it_is_advanced() -> None:
    clock = VirtualClock(START)
    assert clock.now() == START
    await clock.advance(hours=6)
    assert clock.now() == START + timedelta(hours=6)
    assert clock.speed == 0


async def test_sleepers_wake_in_order_and_at_their_own_moment() -> None:
    clock = VirtualClock(START)
    woken: list[tuple[str, datetime]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper(n, s)) for n, s in (("late", 20), ("early", 5), ("never", 3600))]
    await asyncio.sleep(0)
    await clock.advance(minutes=1)
    assert woken == [("early", START + timedelta(seconds=5)), ("late", START + timedelta(seconds=20))]
    tasks[-1].cancel()
    await clock.advance(days=1)
    assert len(woken) == 2


async def test_a_sleep_of_nothing_does_not_wait() -> None:
    clock = VirtualClock(START)
    await clock.sleep(0)
    assert clock.now() == START


def test_a_virtual_clock_jumps_forward_but_never_back() -> None:
    clock = VirtualClock(START)
    clock.set(START + timedelta(days=2))
    assert clock.now().day == 3
    with pytest.raises(ValueError, match="never runs backwards"):
        clock.set(START)


def test_a_virtual_clock_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive moment is the point


async def test_an_accelerated_clock_runs_ahead_of_life() -> None:
    clock = AcceleratedClock(START.astimezone(timezone(timedelta(hours=9))), speed=86_400)
    await clock.sleep(43_200 / 10)
    assert clock.now() >= START + timedelta(hours=1)
    assert clock.speed == 86_400


async def test_an_accelerated_clock_pauses_and_goes_on_from_there() -> None:
    clock = AcceleratedClock(START, speed=86_400)
    clock.pause()
    paused = clock.now()
    await asyncio.sleep(0.02)
    assert clock.paused
    assert clock.now() == paused
    clock.resume()
    await clock.sleep_until(paused + timedelta(minutes=5))
    assert clock.now() < paused + timedelta(days=1)


async def test_an_accelerated_clock_never_passes_the_moment_it_is_held_at() -> None:
    clock = AcceleratedClock(START, speed=864_000)
    clock.hold_at(START + timedelta(hours=1))
    await asyncio.sleep(0.02)
    assert clock.now() == START + timedelta(hours=1)
    clock.hold_at(START + timedelta(days=2))
    await clock.sleep(60)
    assert START + timedelta(hours=1) < clock.now() < START + timedelta(days=2)
    clock.hold_at(START)
    stopped = clock.now()
    await asyncio.sleep(0.02)
    assert clock.now() == stopped


async def test_an_accelerated_clock_changes_speed_without_a_jump() -> None:
    clock = AcceleratedClock(START, speed=1)
    clock.set_speed(3600)
    assert clock.now() - START < timedelta(minutes=10)
    assert clock.speed == 3600


def test_an_accelerated_clock_cannot_stand_still() -> None:
    with pytest.raises(ValueError, match="positive"):
        AcceleratedClock(START, speed=0)
