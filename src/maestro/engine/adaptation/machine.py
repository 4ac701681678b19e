"""Machine: a sense of the advisor that tells how busy the processor is, and how full the memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import psutil

FRESH_S = 0.5


class MachineSense:
    """Shares of the processor and of the memory in use, looked at twice a second at most.

    Args:
        tick: seconds of life, ever growing.
    """

    def __init__(self, tick: Callable[[], float] = time.perf_counter) -> None:
        self._tick = tick
        self._told: Mapping[str, float] = {}
        self._told_at = 0.0

    def __call__(self) -> Mapping[str, float]:
        now = self._tick()
        if not self._told or now - self._told_at >= FRESH_S:
            load = psutil.cpu_percent(interval=None) / 100.0
            self._told = {"load": load, "memory": psutil.virtual_memory().percent / 100.0}
            self._told_at = now
        return self._told
