"""Memory: watched, kept under control, pooled, cached and wiped; see docs/concepts/memory.md."""

from maestro.engine.memory.cache import CacheStats, MemoryCache
from maestro.engine.memory.control import MemoryControl
from maestro.engine.memory.monitor import Allocation, Collections, MemoryMonitor, Sample, Snapshot
from maestro.engine.memory.optimizer import Action, MemoryOptimizer, Relief, Strategy
from maestro.engine.memory.pool import MemoryPool, PoolStats
from maestro.engine.memory.pressure import Pressure
from maestro.engine.memory.secret import Secret
from maestro.engine.memory.shared_cache import SharedCache

__all__ = [
    "Action",
    "Allocation",
    "CacheStats",
    "Collections",
    "MemoryCache",
    "MemoryControl",
    "MemoryMonitor",
    "MemoryOptimizer",
    "MemoryPool",
    "PoolStats",
    "Pressure",
    "Relief",
    "Sample",
    "Secret",
    "SharedCache",
    "Snapshot",
    "Strategy",
]
