"""Memory control: monitor, optimizer, pools and caches of one process work together."""

from __future__ import annotations

import gc

import pytest

from maestro.clock import VirtualClock
from maestro.engine.memory import MemoryControl
from maestro.settings import MemorySettings

from .conftest import Machine


async def test_what_it_measures_it_answers(machine: Machine, clock: VirtualClock) -> None:
    refusals: list[bool] = []
    memory = MemoryControl(
        MemorySettings(interval_s=5),
        clock,
        on_refusal=refusals.append,
        free=machine.free,
        held=machine.held,
    )
    cache, pool = memory.cache("products"), memory.pool("forecast")
    cache.put("a", "x" * 1000)
    with pool.buffer(5000):
        pass
    memory.start()
    await clock.advance(seconds=6)
    assert len(cache) == 1
    machine.used = 970
    await clock.advance(seconds=5)
    assert len(cache) == 0
    assert [each.bytes for each in memory.pools()] == [0]
    assert refusals == [True]
    await memory.stop()
    assert gc.get_freeze_count() == 0


async def test_it_does_not_watch_where_it_is_told_not_to(machine: Machine, clock: VirtualClock) -> None:
    memory = MemoryControl(MemorySettings(monitoring=False), clock, free=machine.free, held=machine.held)
    memory.start()
    running = [memory.monitor.running]
    memory.watch()
    running.append(memory.monitor.running)
    await memory.stop()
    assert [*running, memory.monitor.running] == [False, True, False]


def test_pools_and_caches_are_made_once_a_name(clock: VirtualClock) -> None:
    memory = MemoryControl(MemorySettings(cache_mb=1, pool_mb=2), clock)
    assert memory.cache("b") is memory.cache("b", ttl_s=1)
    assert memory.pool("p") is memory.pool("p")
    memory.cache("a")
    assert [(each.name, each.limit_bytes) for each in memory.caches()] == [("a", 1_000_000), ("b", 1_000_000)]
    assert [(each.name, each.limit_bytes) for each in memory.pools()] == [("p", 2_000_000)]


async def test_caches_that_are_shared_meet_in_redis(clock: VirtualClock, redis_url: str) -> None:
    settings = MemorySettings(shared_cache_url=redis_url, shared_cache_timeout_s=1, monitoring=False)
    one, other = MemoryControl(settings, clock), MemoryControl(settings, clock)
    one.cache("prices", shared=True).put("tea", 4.5)
    one.cache("own").put("tea", 1)
    assert other.cache("prices", shared=True).get("tea") == 4.5
    assert other.cache("own").get("tea") is None
    await one.stop()
    await other.stop()


def test_this_machine_can_be_measured(clock: VirtualClock) -> None:
    sample = MemoryControl(MemorySettings(), clock).monitor.sample()
    assert sample.rss_bytes > 1_000_000
    assert 0 < sample.share < 1
    assert sample.limit_bytes == pytest.approx(sample.rss_bytes / sample.share)
