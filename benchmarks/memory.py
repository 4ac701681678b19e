"""Benchmark of memory control: peak, garbage collections, time to get working memory, and throughput.

The workload is a forecasting service in one process. It holds an index of 50,000 products, as a running
system does. A round reads 400 product documents by popularity (Zipf; JSON files with two years of daily units
and revenue, so that popular ones come again and again), then forecasts a batch of 1,500 series: weekly
profile, exponential smoothing, 200 bootstrap paths over 28 days, quantiles of their totals; and makes a
record of each series whose explanation refers back to it, as parent links do. 20 rounds after 4 of
warming up.

Without: ordinary Python. Documents through `functools.lru_cache(maxsize=4096)`, NumPy expressions over the
entire batch, Python's own garbage collection.
With: the same arithmetic under `MemoryControl` (strategy balanced, settings below): documents in a memory
cache, the batch in the slices that a pool gives, written with `out=` into borrowed arrays, garbage collection
tuned, the monitor running.

Each variant runs in a process of its own, in turn, five times. Each pair of runs gives its reductions and its
ratio; told is the median of the five, and every process must come to the same digest of all results.

- peak: highest resident memory of the entire process, imports and index included (VmHWM).
- gc runs: collections of any generation during the rounds (`gc.callbacks`).
- allocation time: after the rounds, with the heap as they left it, the process gets the arrays that its own
  forecast of a batch holds, in its own order, and touches each page of each, which is when the system really
  hands memory out; then it makes the records. 20 batches; collections that this sets off are included.
- throughput: series forecast a second over the rounds, everything included.

Seconds are the process's own (user and system): it works in one thread, so these are the seconds that pass
on a machine with nothing else to do, and others on the machine do not blur them; `wall_throughput_ratio` is
told beside.

`each_alone` tells what one part does without the others: one process each, so roughly.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maestro.clock import RealClock
from maestro.engine.memory import MemoryControl, MemoryPool
from maestro.settings import MemorySettings

RUNS = 5
PRODUCTS, DOCUMENTS, READS = 50_000, 3_000, 400
SERIES, DAYS, PATHS, HORIZON = 1_500, 728, 200, 28
WARMING, ROUNDS = 4, 20
ALPHA, LEVELS = 0.2, (0.1, 0.5, 0.9)
SEED = 42
SETTINGS = MemorySettings(cache_mb=32, pool_mb=32, interval_s=1)
PAGE = 4096
PARTS = ("cache", "pool", "gc")

Floats = NDArray[np.float64]


def main() -> None:
    """Run both variants in turn, and print the figures."""
    measured: dict[str, list[dict[str, Any]]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory(prefix="maestro-memory-") as folder:
        write_documents(Path(folder))
        for run in range(RUNS):
            for variant, parts in (("without", ()), ("with", PARTS)):
                measured[variant].append(in_child(Path(folder), parts))
                print(f"run {run + 1} of {RUNS} {variant}: {measured[variant][-1]}", file=sys.stderr)
        alone = {part: in_child(Path(folder), (part,)) for part in PARTS}
    print(json.dumps(summary(measured, alone)))


def summary(measured: dict[str, list[dict[str, Any]]], alone: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures of the last line."""
    digests = {run["digest"] for runs in [*measured.values(), list(alone.values())] for run in runs}
    without = middle(measured["without"])
    pairs = zip(measured["without"], measured["with"], strict=True)
    return {
        **middle([reductions(one, other) for one, other in pairs]),
        "same_results": len(digests) == 1,
        "without": without,
        "with": middle(measured["with"]),
        "each_alone": {part: reductions(without, run) for part, run in alone.items()},
        "runs": RUNS,
    }


def middle(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Medians of every figure."""
    return {
        name: round(statistics.median(run[name] for run in runs), 4) for name in runs[0] if name != "digest"
    }


def reductions(without: dict[str, Any], found: dict[str, Any]) -> dict[str, float]:
    """What was saved, as shares, and the ratio of throughputs."""

    def saved(name: str) -> float:
        return round(1 - float(found[name]) / float(without[name]), 3)

    def ratio(name: str) -> float:
        return round(float(found[name]) / float(without[name]), 3)

    return {
        "peak_reduction": saved("peak_mb"),
        "gc_runs_reduction": saved("gc_runs"),
        "allocation_time_reduction": saved("allocation_s"),
        "throughput_ratio": ratio("series_per_s"),
        "wall_throughput_ratio": ratio("series_per_wall_s"),
    }


def in_child(folder: Path, parts: Sequence[str]) -> dict[str, Any]:
    """One variant in a process of its own."""
    command = [sys.executable, __file__, "--child", str(folder), *parts]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# The workload


def write_documents(folder: Path) -> None:
    """One JSON document a product: two years of daily units and revenue."""
    generator = np.random.default_rng(SEED)
    for number in range(DOCUMENTS):
        units = generator.poisson(generator.gamma(2.0, 3.0), DAYS) + 1.0
        document = {
            "sku": f"SKU-{number}",
            "units": units.tolist(),
            "revenue": (units * generator.uniform(2, 90)).round(2).tolist(),
            "tags": [f"tag-{each}" for each in generator.integers(0, 500, 12)],
        }
        (folder / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")


def product_index() -> dict[str, dict[str, Any]]:
    """What a running system holds in memory all the time."""
    return {
        f"SKU-{number}": {"name": f"Product {number}", "tags": ["a", "b"], "price": float(number)}
        for number in range(PRODUCTS)
    }


def forecast_plainly(history: Floats, picks: NDArray[np.int64]) -> Floats:
    """Quantiles of 28-day totals, [n_levels, n_series], in expressions over the entire batch."""
    count = len(history)
    profile = history.reshape(count, -1, 7).mean(axis=1) / history.mean(axis=1, keepdims=True)
    flat = history / np.tile(profile, (1, DAYS // 7))
    level = np.empty_like(flat)
    level[:, 0] = flat[:, 0]
    for day in range(1, DAYS):
        level[:, day] = ALPHA * flat[:, day] + (1 - ALPHA) * level[:, day - 1]
    errors = flat[:, 1:] - level[:, :-1]
    season = np.tile(profile, (1, HORIZON // 7))
    paths = np.maximum(level[:, -1, None, None] + errors[:, picks], 0.0) * season[:, None, :]
    return np.asarray(np.quantile(paths.sum(axis=2), LEVELS, axis=1))


def plain_arrays() -> Iterator[tuple[tuple[int, ...], bool]]:
    """The large arrays that `forecast_plainly` gets, in order, each with whether it stays."""
    yield (SERIES, DAYS), False  # np.tile of the profile
    yield (SERIES, DAYS), True  # flat
    yield (SERIES, DAYS), True  # level
    yield (SERIES, DAYS - 1), True  # errors
    yield (SERIES, PATHS, HORIZON), False  # errors[:, picks]
    yield (SERIES, PATHS, HORIZON), False  # level + ...; NumPy may work the sum into the term before
    yield (SERIES, PATHS, HORIZON), True  # np.maximum, then worked into by the product


def forecast_in_slices(history: Floats, picks: NDArray[np.int64], pool: MemoryPool) -> Floats:
    """The same numbers, in slices that fit the pool, worked out in borrowed arrays."""
    found = np.empty((len(LEVELS), len(history)))
    for rows in pool.slices(len(history), bytes_a_row()):
        with borrowed(pool, rows.stop - rows.start) as scratch:
            found[:, rows] = forecast_slice(history[rows], picks, scratch)
    return found


def forecast_slice(history: Floats, picks: NDArray[np.int64], scratch: Sequence[Floats]) -> Floats:
    """Quantiles of one slice, worked out in borrowed arrays."""
    flat, level, errors, paths = scratch
    count = len(history)
    weeks = history.reshape(count, -1, 7)
    profile = weeks.mean(axis=1) / history.mean(axis=1, keepdims=True)
    np.divide(weeks, profile[:, None, :], out=flat.reshape(weeks.shape))
    level[:, 0] = flat[:, 0]
    for day in range(1, DAYS):
        level[:, day] = ALPHA * flat[:, day] + (1 - ALPHA) * level[:, day - 1]
    np.subtract(flat[:, 1:], level[:, :-1], out=errors)
    np.take(errors, picks, axis=1, out=paths, mode="clip")
    paths += level[:, -1, None, None]
    np.maximum(paths, 0.0, out=paths)
    paths *= np.tile(profile, (1, HORIZON // 7))[:, None, :]
    return np.asarray(np.quantile(paths.sum(axis=2), LEVELS, axis=1, overwrite_input=True))


@contextmanager
def borrowed(pool: MemoryPool, count: int) -> Iterator[list[Floats]]:
    """The scratch space of a slice."""
    with ExitStack() as stack:
        shapes = ((count, DAYS), (count, DAYS), (count, DAYS - 1), (count, PATHS, HORIZON))
        yield [stack.enter_context(pool.array(shape)) for shape in shapes]


def bytes_a_row() -> int:
    """Scratch space for one series."""
    return 8 * (3 * DAYS + PATHS * HORIZON)


def records_of(quantiles: Floats) -> list[dict[str, Any]]:
    """A record of each series; its explanation refers back to it."""
    records = []
    for number, (low, mid, high) in enumerate(quantiles.T.tolist()):
        record: dict[str, Any] = {"sku": f"SKU-{number}", "total": {"low": low, "mid": mid, "high": high}}
        record["explanation"] = {"of": record, "reasons": [{"kind": "level"}, {"kind": "season"}]}
        records.append(record)
    return records


# One process


class Service:
    """The forecasting service of one process, with those parts of memory control that it is told to use."""

    def __init__(self, folder: Path, parts: Sequence[str]) -> None:
        self._folder = folder
        self._generator = np.random.default_rng(SEED)
        popularity = 1.0 / np.arange(1, DOCUMENTS + 1)
        self._popularity = popularity / popularity.sum()
        self.memory = MemoryControl(SETTINGS, RealClock())
        self._pool = self.memory.pool("forecast") if "pool" in parts else None
        self._document = self._cached() if "cache" in parts else self._plainly_cached()
        self.digest = hashlib.sha256()

    def round(self) -> None:
        """Read, forecast, record."""
        numbers = self._generator.choice(DOCUMENTS, READS, p=self._popularity)
        base = np.array([self._document(f"{number}")["units"] for number in numbers])
        scale = self._generator.uniform(0.5, 2.0, (SERIES, 1))
        history = base[np.arange(SERIES) % READS] * scale
        picks = self._generator.integers(0, DAYS - 1, (PATHS, HORIZON))
        if self._pool is None:
            quantiles = forecast_plainly(history, picks)
        else:
            quantiles = forecast_in_slices(history, picks, self._pool)
        for record in records_of(quantiles):
            self.digest.update(repr(record["total"]).encode())

    def get_memory(self) -> float:
        """Seconds to get the working arrays of a batch and to make its records."""
        started = time.process_time()
        if self._pool is None:
            kept = []
            for shape, stays in plain_arrays():
                array = np.empty(shape)
                touch(array)
                if stays:
                    kept.append(array)
        else:
            for rows in self._pool.slices(SERIES, bytes_a_row()):
                with borrowed(self._pool, rows.stop - rows.start) as arrays:
                    for array in arrays:
                        touch(array)
        records_of(np.zeros((len(LEVELS), SERIES)))
        return time.process_time() - started

    def _read(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._folder / f"{number}.json").read_text(encoding="utf-8"))
        return found

    def _plainly_cached(self) -> Callable[[str], dict[str, Any]]:
        return functools.lru_cache(maxsize=4096)(self._read)

    def _cached(self) -> Callable[[str], dict[str, Any]]:
        cache = self.memory.cache("documents")
        return lambda number: cache.get_or_load(number, lambda: self._read(number))


def touch(array: Floats) -> None:
    """Write one byte into every page."""
    array.reshape(-1).view(np.uint8)[::PAGE] = 0


async def child(folder: Path, parts: Sequence[str]) -> dict[str, Any]:
    """Run one variant in this process and measure it."""
    index = product_index()
    service = Service(folder, parts)
    if "gc" in parts:
        service.memory.start()
    runs = [0]

    def count(phase: str, _info: dict[str, int]) -> None:
        runs[0] += phase == "start"

    for _ in range(WARMING):
        await asyncio.to_thread(service.round)
    gc.callbacks.append(count)
    began, started = time.perf_counter(), time.process_time()
    for _ in range(ROUNDS):
        await asyncio.to_thread(service.round)
    seconds, wall = time.process_time() - started, time.perf_counter() - began
    gc.callbacks.remove(count)
    peak = peak_mb()
    allocation = sum([await asyncio.to_thread(service.get_memory) for _ in range(ROUNDS)])
    await service.memory.stop()
    return {
        "peak_mb": round(peak, 1),
        "gc_runs": runs[0],
        "allocation_s": round(allocation, 4),
        "series_per_s": round(SERIES * ROUNDS / seconds, 1),
        "series_per_wall_s": round(SERIES * ROUNDS / wall, 1),
        "digest": f"{service.digest.hexdigest()}-{len(index)}",
    }


def peak_mb() -> float:
    """Highest resident memory of this process so far."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(asyncio.run(child(Path(sys.argv[2]), sys.argv[3:]))))
    else:
        main()
