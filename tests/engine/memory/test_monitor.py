"""Memory monitor: samples on demand and at an interval, a bounded history, traced allocations."""

import os
import tracemalloc
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.engine.memory import MemoryMonitor, Sample
from maestro.engine.memory.monitor import collections, top_allocations
from maestro.settings import MemorySettings

from .conftest import Machine


@pytest.fixture
def monitor(machine: Machine, clock: VirtualClock) -> MemoryMonitor:
    settings = MemorySettings(history=3, interval_s=5)
    return MemoryMonitor(settings, clock, free=machine.free, held=machine.held)


def test_a_sample_tells_what_is_held_of_what_could_be(monitor: MemoryMonitor, machine: Machine) -> None:
    machine.used = 850
    sample = monitor.sample()
    assert (sample.rss_bytes, sample.limit_bytes, sample.share) == (850, 1000, 0.85)
    assert sample.pressure == "medium"


def test_a_cap_is_the_limit_where_it_is_less(machine: Machine, clock: VirtualClock) -> None:
    capped = MemoryMonitor(MemorySettings(limit_mb=0.0004), clock, free=machine.free, held=machine.held)
    assert capped.sample().share == 0.75


def test_without_any_room_the_share_is_whole(clock: VirtualClock) -> None:
    assert Sample(clock.now(), 0, 0).share == 1.0


async def test_it_samples_at_the_interval_until_it_is_stopped(
    monitor: MemoryMonitor, machine: Machine, clock: VirtualClock
) -> None:
    told: list[int] = []
    monitor.start(lambda sample: told.append(sample.rss_bytes))
    monitor.start(lambda _: told.append(-1))
    was_running = monitor.running
    for used in (310, 320, 330):
        machine.used = used
        await clock.advance(seconds=5)
    assert told[-3:] == [310, 320, 330]
    await monitor.stop()
    await monitor.stop()
    machine.used = 999
    await clock.advance(seconds=50)
    assert told[-1] == 330
    assert (was_running, monitor.running) == (True, False)
    assert [sample.rss_bytes for sample in monitor.history] == [310, 320, 330]


async def test_what_a_listener_raises_does_not_end_the_watch(
    monitor: MemoryMonitor, clock: VirtualClock
) -> None:
    calls = []

    def listen(sample: Sample) -> None:
        calls.append(sample)
        raise ValueError("listener")

    monitor.start(listen)
    await clock.advance()
    await clock.advance(seconds=12)
    await monitor.stop()
    assert len(calls) == 3


def test_traced_allocations_name_the_place_that_holds_most(monitor: MemoryMonitor) -> None:
    assert monitor.snapshot().top == ()
    monitor.trace(True)
    monitor.trace(True)
    was_tracing = monitor.tracing
    hoard = [bytes(1000) for _ in range(2000)]
    top = monitor.snapshot().top
    monitor.trace(False)
    assert (was_tracing, monitor.tracing, tracemalloc.is_tracing()) == (True, False, False)
    assert "test_monitor.py" in top[0].where
    assert top[0].bytes >= 2_000_000
    assert top[0].count >= len(hoard)
    assert monitor.places() == (), "what is no longer traced is no longer told"


async def test_a_moment_after_tracing_began_places_are_told_without_being_asked_for(
    monitor: MemoryMonitor, clock: VirtualClock
) -> None:
    assert (monitor.places(), monitor.looked_at) == ((), None)
    monitor.trace(True)
    hoard = [bytes(1000) for _ in range(2000)]
    at_once = monitor.places()
    await clock.advance(seconds=3)
    first, looked_at = monitor.places(), monitor.looked_at
    hoard += [bytes(1000) for _ in range(2000)]
    await clock.advance(seconds=60)
    later = monitor.places()
    asked = monitor.snapshot().top
    monitor.trace(False)
    assert at_once == ()
    assert first[0].bytes >= 1000 * 2000
    assert looked_at is not None
    assert later == first, "a look costs time, so further ones are asked for"
    assert sum(each.bytes for each in asked) >= 1000 * len(hoard)
    assert monitor.looked_at is None


@pytest.mark.parametrize(
    ("filename", "where"),
    [
        ("/opt/x/site-packages/some/module.py", "some/module.py:1"),
        (f"{Path(os.__file__).parent}/json/made_up.py", "json/made_up.py:1"),
    ],
)
def test_places_are_told_without_what_differs_between_machines(filename: str, where: str) -> None:
    code = compile("kept = [bytes(9000) for _ in range(500)]", filename, "exec")
    tracemalloc.start()
    kept: dict[str, object] = {}
    exec(code, kept)
    top = top_allocations()
    tracemalloc.stop()
    assert top[0].where == where


def test_the_collector_is_told_by_generation() -> None:
    found = collections()
    assert len(found.counts) == len(found.collections) == 3
