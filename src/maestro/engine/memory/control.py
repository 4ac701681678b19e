"""Memory control: one process's monitor, optimizer, pools and caches, wired to each other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from maestro.clock import Clock
from maestro.engine.memory import room
from maestro.engine.memory.cache import CacheStats, MemoryCache
from maestro.engine.memory.monitor import MemoryMonitor
from maestro.engine.memory.optimizer import MemoryOptimizer, Strategy
from maestro.engine.memory.pool import MemoryPool, PoolStats
from maestro.engine.memory.shared_cache import SharedCache
from maestro.settings import MemorySettings


class MemoryControl:
    """Keeps the memory of this process under control.

    Args:
        settings: cap, strategy, sizes, and whether to watch.
        clock: the wall clock.
        on_refusal: told True when new work must be refused, and False when it may be taken again.
        free: gives the bytes that this process could still take; the machine's answer unless a test brings
            another.
        held: gives the bytes that this process holds.

    Example:
        memory = MemoryControl(settings.memory, RealClock())
        memory.start()                       # on the event loop; tunes the collector and watches
        cache = memory.cache("products")
        with memory.pool("forecast").array((500, 28)) as paths: ...
        await memory.stop()
    """

    def __init__(
        self,
        settings: MemorySettings,
        clock: Clock,
        *,
        on_refusal: Callable[[bool], None] = lambda _: None,
        free: Callable[[], int] = room.free_bytes,
        held: Callable[[], int] = room.held_bytes,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pools: dict[str, MemoryPool] = {}
        self._caches: dict[str, MemoryCache] = {}
        self._lock = threading.Lock()
        self.monitor = MemoryMonitor(settings, clock, free=free, held=held)
        self.optimizer = MemoryOptimizer(
            Strategy(settings.strategy),
            clock,
            held=held,
            caches=lambda: list(self._caches.values()),
            pools=lambda: list(self._pools.values()),
            on_refusal=on_refusal,
        )
        url = settings.shared_cache_url
        self._shared = SharedCache(url, clock, timeout_s=settings.shared_cache_timeout_s) if url else None

    def start(self) -> None:
        """Tune the collector, and watch where the settings say so; must be called on the event loop."""
        self.optimizer.begin()
        if self._settings.monitoring:
            self.watch()

    async def stop(self) -> None:
        """Stop watching and tracing, leave the collector as it was and close the connection to Redis."""
        await self.monitor.stop()
        self.monitor.trace(False)
        self.optimizer.end()
        if self._shared is not None:
            self._shared.close()

    def watch(self) -> None:
        """Measure at the interval from now on, and react to every measurement."""
        self.monitor.start(self.optimizer.react)

    def pool(self, name: str) -> MemoryPool:
        """The pool of that name, made on first use."""
        with self._lock:
            if name not in self._pools:
                self._pools[name] = MemoryPool(name, limit_bytes=int(self._settings.pool_mb * 1e6))
            return self._pools[name]

    def cache(self, name: str, *, ttl_s: float = 600.0, shared: bool = False) -> MemoryCache:
        """The cache of that name, made on first use.

        Args:
            name: of the cache.
            ttl_s: seconds after which a value is forgotten; the first use decides.
            shared: whether other processes see its values, where Redis is set; the first use decides.
        """
        with self._lock:
            if name not in self._caches:
                self._caches[name] = MemoryCache(
                    name,
                    limit_bytes=int(self._settings.cache_mb * 1e6),
                    ttl_s=ttl_s,
                    clock=self._clock,
                    shared=self._shared if shared else None,
                )
            return self._caches[name]

    def pools(self) -> list[PoolStats]:
        """Every pool, by name."""
        with self._lock:
            return [pool.stats() for _, pool in sorted(self._pools.items())]

    def caches(self) -> list[CacheStats]:
        """Every cache, by name."""
        with self._lock:
            return [cache.stats() for _, cache in sorted(self._caches.items())]
