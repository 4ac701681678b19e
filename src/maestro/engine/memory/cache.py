"""Memory cache: keeps what is dear to work out, up to a number of bytes, and for a time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache

from maestro.clock import Clock
from maestro.engine.memory.shared_cache import SharedCache
from maestro.engine.memory.size import size_of


@dataclass(frozen=True)
class CacheStats:
    """What a cache holds and how it served: `shared_hits` are those of the hits that Redis answered."""

    name: str
    items: int
    bytes: int
    limit_bytes: int
    hits: int
    misses: int
    evictions: int
    shared_hits: int


class _Bounded(TTLCache[str, Any]):
    """cachetools' LRU with a time to live, counting what it throws out for lack of room."""

    evictions = 0

    def popitem(self) -> tuple[str, Any]:
        self.evictions += 1
        return super().popitem()


class MemoryCache:
    """Least recently used values go first when the bytes are used up; every value goes when its time is over.

    Sizes are measured when a value comes in, keys included. A value that alone is larger than the bound is
    not kept. May be used from several threads; two that miss the same key may both work it out.

    Args:
        name: in statistics, and before the keys in Redis.
        limit_bytes: most bytes held.
        ttl_s: seconds on the clock after which a value is forgotten.
        clock: the wall clock.
        shared: a second level that other processes see; only plain data goes there.

    Example:
        cache = MemoryCache("products", limit_bytes=32_000_000, ttl_s=600, clock=clock)
        product = cache.get_or_load(sku, lambda: read(sku))
    """

    def __init__(
        self, name: str, *, limit_bytes: int, ttl_s: float, clock: Clock, shared: SharedCache | None = None
    ) -> None:
        self.name = name
        self._ttl_s = ttl_s
        self._shared = shared
        self._lock = threading.RLock()
        self._kept: _Bounded = _Bounded(
            limit_bytes, ttl_s, timer=lambda: clock.now().timestamp(), getsizeof=_sized
        )
        self._hits = self._misses = self._shared_hits = 0

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key; the default where it is not known (any more)."""
        found, value = self._find(key)
        return value if found else default

    def get_or_load(self, key: str, load: Callable[[], Any]) -> Any:
        """The value of a key, worked out by `load` and kept where it is not known."""
        found, value = self._find(key)
        if not found:
            value = load()
            self.put(key, value)
        return value

    def put(self, key: str, value: Any) -> bool:
        """Keep a value; whether it was small enough to be kept here."""
        kept = self._keep(key, value)
        if self._shared is not None:
            self._shared.put(self._shared_key(key), value, self._ttl_s)
        return kept

    def drop(self, key: str) -> None:
        """Forget a key, here and in Redis."""
        with self._lock:
            self._kept.pop(key, None)
        if self._shared is not None:
            self._shared.drop(self._shared_key(key))

    def trim(self, keep: float) -> int:
        """Forget what is expired, then the least recently used until `keep` of the bytes are left.

        Args:
            keep: share of the bytes held now and not expired, 0 to 1.

        Returns:
            bytes given up.
        """
        with self._lock:
            freed = sum(entry[1] for _, entry in self._kept.expire())
            most = keep * self._kept.currsize
            while self._kept.currsize > most:
                freed += self._kept.popitem()[1][1]
            return int(freed)

    def clear(self) -> None:
        """Forget everything here; Redis keeps what it has."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def stats(self) -> CacheStats:
        """What it holds and how it served so far."""
        with self._lock:
            return CacheStats(
                self.name,
                len(self._kept),
                int(self._kept.currsize),
                int(self._kept.maxsize),
                self._hits,
                self._misses,
                self._kept.evictions,
                self._shared_hits,
            )

    def _find(self, key: str) -> tuple[bool, Any]:
        with self._lock:
            entry = self._kept.get(key)
            if entry is not None:
                self._hits += 1
                return True, entry[0]
        found, value = (
            (False, None) if self._shared is None else self._shared.get(self._shared_key(key))
        )  # outside the lock: nobody waits for another's question to Redis
        with self._lock:
            self._hits += found
            self._shared_hits += found
            self._misses += not found
        if found:
            self._keep(key, value)
        return found, value

    def _keep(self, key: str, value: Any) -> bool:
        entry = (value, size_of(value) + sys.getsizeof(key))
        with self._lock:
            try:
                self._kept[key] = entry
            except ValueError:  # larger than the whole cache
                self._kept.pop(key, None)
                return False
        return True

    def _shared_key(self, key: str) -> str:
        return f"{self.name}:{key}"


def _sized(entry: tuple[Any, int]) -> int:
    return entry[1]
