"""Memory pool: lends arrays and byte buffers that are used again instead of being allocated again."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from maestro.errors import InputError

SMALLEST = 4096
"""Bytes of the smallest block; one page."""

_STEPS = 4
"""Size classes between two powers of two, so that at most a fifth of a block lies unused."""


@dataclass(frozen=True)
class PoolStats:
    """What a pool keeps ready, and how often it could serve from that."""

    name: str
    items: int
    bytes: int
    lent_bytes: int
    limit_bytes: int
    hits: int
    misses: int


class MemoryPool:
    """Blocks of memory in size classes; a block that comes back is kept ready up to a number of bytes.

    What is saved is the system's work to find, clear and map fresh pages at every use. A lent array is not
    cleared: it holds what its last user left. It must not be used after its `with` block. May be used from
    several threads.

    Args:
        name: in statistics.
        limit_bytes: most bytes kept ready; blocks beyond it are left to the system.

    Example:
        with pool.array((500, 28)) as paths:
            np.multiply(levels, profile, out=paths)
    """

    def __init__(self, name: str, *, limit_bytes: int) -> None:
        self.name = name
        self.limit_bytes = limit_bytes
        self._ready: defaultdict[int, list[NDArray[np.uint8]]] = defaultdict(list)
        self._lock = threading.Lock()
        self._ready_bytes = self._lent_bytes = self._hits = self._misses = 0

    @contextmanager
    def array(self, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> Iterator[NDArray[Any]]:
        """Lend a contiguous array of this shape and kind of number, holding anything.

        Raises:
            InputError: objects cannot live in borrowed memory.
        """
        kind = np.dtype(dtype)
        if kind.hasobject:
            raise InputError("A pool lends no arrays of objects.", remedy="Use a kind of number.")
        size = math.prod(shape) * kind.itemsize
        block = self._take(size)
        try:
            yield block[:size].view(kind).reshape(shape)
        finally:
            self._give_back(block)

    @contextmanager
    def buffer(self, size: int) -> Iterator[memoryview]:
        """Lend a writable buffer of `size` bytes, holding anything."""
        block = self._take(size)
        try:
            yield block[:size].data
        finally:
            self._give_back(block)

    def slices(self, rows: int, bytes_a_row: int) -> Iterator[slice]:
        """Cut the rows of a batch so that the scratch space of each slice stays within half of the pool.

        Args:
            rows: of the batch.
            bytes_a_row: scratch space that working on one row needs.
        """
        width = max(1, self.limit_bytes // 2 // max(1, bytes_a_row))
        for start in range(0, rows, width):
            yield slice(start, min(rows, start + width))

    def trim(self, keep: float) -> int:
        """Leave blocks to the system, largest first, until `keep` (0 to 1) of the ready bytes are left.

        Returns:
            bytes given up.
        """
        with self._lock:
            before = self._ready_bytes
            for size in sorted(self._ready, reverse=True):
                blocks = self._ready[size]
                while blocks and self._ready_bytes > before * keep:
                    blocks.pop()
                    self._ready_bytes -= size
            return before - self._ready_bytes

    def stats(self) -> PoolStats:
        """What it keeps ready and how it served so far."""
        with self._lock:
            items = sum(len(blocks) for blocks in self._ready.values())
            return PoolStats(
                self.name,
                items,
                self._ready_bytes,
                self._lent_bytes,
                self.limit_bytes,
                self._hits,
                self._misses,
            )

    def _take(self, size: int) -> NDArray[np.uint8]:
        wanted = size_class(size)
        with self._lock:
            self._lent_bytes += wanted
            blocks = self._ready[wanted]
            if blocks:
                self._hits += 1
                self._ready_bytes -= wanted
                return blocks.pop()
            self._misses += 1
        return np.empty(wanted, dtype=np.uint8)

    def _give_back(self, block: NDArray[np.uint8]) -> None:
        with self._lock:
            self._lent_bytes -= block.nbytes
            if self._ready_bytes + block.nbytes <= self.limit_bytes:
                self._ready[block.nbytes].append(block)
                self._ready_bytes += block.nbytes


def size_class(size: int) -> int:
    """Bytes of the block that serves a wish for `size` bytes: the next quarter step of a power of two."""
    if size <= SMALLEST:
        return SMALLEST
    step = (1 << (size - 1).bit_length()) // 2 // _STEPS
    return -(-size // step) * step
