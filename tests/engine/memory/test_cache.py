"""Memory cache: bounded by bytes and by time, least recently used first; a shared level that may be away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis

from maestro.clock import VirtualClock
from maestro.engine.memory import MemoryCache, SharedCache
from maestro.engine.memory.shared_cache import RETRY_S

from .conftest import NOON

KB = "x" * 1000


def cache_of(clock: VirtualClock, limit_bytes: int = 5000, shared: SharedCache | None = None) -> MemoryCache:
    return MemoryCache("products", limit_bytes=limit_bytes, ttl_s=60, clock=clock, shared=shared)


def test_a_value_is_worked_out_once(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    asked: list[str] = []

    def load() -> str:
        asked.append("x")
        return "tea"

    assert [cache.get_or_load("a", load) for _ in range(3)] == ["tea"] * 3
    assert asked == ["x"]
    stats = cache.stats()
    assert (stats.name, stats.items, stats.hits, stats.misses) == ("products", 1, 2, 1)


def test_nothing_is_a_value_too(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    assert cache.get("a", "unknown") == "unknown"
    cache.put("a", None)
    assert cache.get("a", "unknown") is None


def test_a_value_is_forgotten_when_its_time_is_over(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    cache.put("a", KB)
    clock.set(NOON.replace(minute=1))
    assert cache.get("a") is None
    assert cache.trim(1.0) > 1000
    assert cache.stats().bytes == 0


def test_the_least_recently_used_go_first_when_bytes_are_used_up(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    for key in "abcd":
        cache.put(key, KB)
    cache.get("a")
    cache.put("e", KB)
    assert cache.get("b") is None
    assert cache.get("a") == KB
    stats = cache.stats()
    assert stats.evictions == 1
    assert stats.bytes <= stats.limit_bytes == 5000


def test_a_value_larger_than_the_cache_is_not_kept(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    cache.put("a", "old")
    assert not cache.put("a", KB * 10)
    assert cache.get("a") is None, "an old value must not outlive a new one"
    assert cache.get_or_load("a", lambda: KB * 10) == KB * 10


def test_it_is_trimmed_to_a_share_and_cleared(clock: VirtualClock) -> None:
    cache = cache_of(clock)
    for key in "abcd":
        cache.put(key, KB)
    assert cache.trim(0.5) >= 2000
    assert [key for key in "abcd" if cache.get(key)] == ["c", "d"]
    cache.drop("c")
    assert len(cache) == 1
    cache.clear()
    assert cache.stats().bytes == 0
    assert cache.trim(0.0) == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3000)), max_size=60))
def test_it_never_holds_more_than_its_bound(puts: list[tuple[str, int]]) -> None:
    cache = cache_of(VirtualClock(NOON))
    for key, size in puts:
        kept = cache.put(key, "y" * size)
        assert cache.stats().bytes <= 5000
        assert (cache.get(key) == "y" * size) is kept


def test_threads_may_use_it_at_once(clock: VirtualClock) -> None:
    cache = cache_of(clock, 20_000)
    wrong: list[Any] = []

    def work(offset: int) -> None:
        for number in range(300):
            key = str((number + offset) % 30)
            if cache.get_or_load(key, lambda key=key: key * 500) != key * 500:  # type: ignore[misc]
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = cache.stats()
    assert not wrong
    assert stats.hits + stats.misses == 1200
    assert stats.bytes <= 20_000


@pytest.fixture
def shared(redis_url: str, clock: VirtualClock) -> Iterator[SharedCache]:
    level = SharedCache(redis_url, clock, timeout_s=1.0)
    yield level
    level.close()


def test_what_one_process_worked_out_another_finds(clock: VirtualClock, shared: SharedCache) -> None:
    one, other = cache_of(clock, shared=shared), cache_of(clock, shared=shared)
    one.put("a", {"at": NOON, "prices": [1.5, 2]})
    assert other.get("a") == {"at": NOON, "prices": [1.5, 2]}
    assert other.get("a") is not None
    stats = other.stats()
    assert (stats.hits, stats.shared_hits, stats.misses) == (2, 1, 0)
    one.drop("a")
    assert cache_of(clock, shared=shared).get("a") is None


def test_redis_forgets_with_time(clock: VirtualClock, shared: SharedCache, redis_url: str) -> None:
    cache_of(clock, shared=shared).put("a", 1)
    with Redis.from_url(redis_url) as redis:
        assert 0 < int(str(redis.pttl("maestro:products:a"))) <= 60_000


def test_what_is_no_plain_data_stays_here(clock: VirtualClock, shared: SharedCache) -> None:
    cache = cache_of(clock, shared=shared)
    thing = object()
    cache.put("a", thing)
    assert cache.get("a") is thing
    assert shared.get("products:a") == (False, None)


def test_foreign_bytes_in_redis_are_not_trusted(
    clock: VirtualClock, shared: SharedCache, redis_url: str
) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.set("maestro:products:a", b"\x80\x05not json")
    assert cache_of(clock, shared=shared).get("a") is None


def test_without_redis_everything_goes_on_here_and_it_is_asked_again_later(clock: VirtualClock) -> None:
    absent = SharedCache("redis://127.0.0.1:1/0", clock, timeout_s=0.2)
    cache = cache_of(clock, shared=absent)
    assert cache.get_or_load("a", lambda: "tea") == "tea"
    away = [absent.away]
    assert cache.get("a") == "tea"
    cache.drop("a")
    clock.set(NOON.replace(second=int(RETRY_S)))
    away.append(absent.away)
    assert cache.get("a") is None
    assert [*away, absent.away] == [True, False, True]
    absent.close()
