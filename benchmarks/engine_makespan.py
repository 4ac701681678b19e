"""Makespan: 200 random graphs on the real engine, against the best that any order of steps could reach.

Every graph is run by `Engine` (SQLite, process durability) with its steps on a pool of 4 worker slots. Steps
sleep for a heavy-tailed time (median 30 ms): real time in which slots are taken, without a
fight for the cores of the machine, which are fewer. No graph can end before its critical path does, nor
before its work is spread over all slots; the ratio is the measured makespan (from start to result, with the
journal) to the larger of the two, both with the seconds that the steps really took in that run.

* makespan_ratio: median when each graph was run once before, so that the times of its steps are known.
* first_run_ratio: when a graph is seen for the first time, and only its edges are known.
* fifo_ratio: the same engine, pool and graphs, with steps in the order in which they were ready.
* dask_ratio: Dask with as many threads, given the whole graph at once; it keeps no journal.
* ideal_ratio: the critical-path rule with known times, simulated without any overhead: nothing left to gain.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from dask.delayed import delayed
from distributed import Client, LocalCluster

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, Step, step
from maestro.engine.workers.base import Started, Task
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.settings import EngineSettings

GRAPHS = 200
SLOTS = 4
SEED = 20_26
MEDIAN_S, SPREAD, SHORTEST_S, LONGEST_S = 0.03, 0.7, 0.008, 0.2


@dataclass(frozen=True)
class Drawn:
    """A random graph: for each step its parents (earlier steps) and its seconds."""

    shape: str
    parents: tuple[tuple[int, ...], ...]
    seconds: tuple[float, ...]

    def bound_s(self, took: Sequence[float]) -> float:
        """No order of steps that take so long ends sooner on the slots."""
        ends: list[float] = []
        for parents, seconds in zip(self.parents, took, strict=True):
            ends.append(seconds + max((ends[each] for each in parents), default=0.0))
        return max(*ends, sum(took) / SLOTS)


def layered(draw: np.random.Generator, size: int) -> list[tuple[int, ...]]:
    """Layers of random width; each step takes one to three results of the layer before."""
    parents: list[tuple[int, ...]] = []
    before: list[int] = []
    while len(parents) < size:
        layer = list(range(len(parents), min(size, len(parents) + int(draw.integers(1, 13)))))
        for _ in layer:
            many = min(len(before), int(draw.integers(1, 4)))
            parents.append(tuple(sorted(draw.choice(before, many, replace=False).tolist())) if many else ())
        before = layer
    return parents


def fork_join(draw: np.random.Generator, size: int) -> list[tuple[int, ...]]:
    """A step forks into chains of random length, which are joined by the next, and so on."""
    parents: list[tuple[int, ...]] = [()]
    while len(parents) < size:
        fork, ends = len(parents) - 1, []
        for _ in range(int(draw.integers(2, 13))):
            last = fork
            for _ in range(int(draw.integers(1, 4))):
                parents.append((last,))
                last = len(parents) - 1
            ends.append(last)
        parents.append(tuple(ends))
    return parents


def random_order(draw: np.random.Generator, size: int) -> list[tuple[int, ...]]:
    """Any earlier step may be a parent, near ones more likely."""
    return [
        tuple(each for each in range(number) if draw.random() < 0.6 / (1 + number - each))
        for number in range(size)
    ]


def out_tree(draw: np.random.Generator, size: int) -> list[tuple[int, ...]]:
    """Every step but the first takes one earlier result."""
    return [(int(draw.integers(max(0, number - 12), number)),) if number else () for number in range(size)]


def in_tree(draw: np.random.Generator, size: int) -> list[tuple[int, ...]]:
    """An out-tree turned round: many beginnings, one end."""
    turned = [tuple(size - 1 - each for each in parents) for parents in reversed(out_tree(draw, size))]
    parents: list[list[int]] = [[] for _ in range(size)]
    for number, children in enumerate(turned):
        for child in children:
            parents[child].append(number)
    return [tuple(each) for each in parents]


SHAPES = (layered, fork_join, random_order, out_tree, in_tree)


def draw_graphs() -> list[Drawn]:
    """The graphs, always the same."""
    draw = np.random.default_rng(SEED)
    found = []
    for number in range(GRAPHS):
        shape = SHAPES[number % len(SHAPES)]
        parents = shape(draw, int(draw.integers(16, 49)))
        seconds = np.clip(MEDIAN_S * draw.lognormal(0, SPREAD, len(parents)), SHORTEST_S, LONGEST_S)
        found.append(Drawn(shape.__name__, tuple(parents), tuple(seconds.round(4).tolist())))
    return found


TOOK: dict[int, float] = {}
"""Seconds that each step took in the run that is being measured: on a busy machine sleep lasts longer."""


def do_step(number: int, seconds: float) -> int:
    """Sleep, and note how long it was."""
    began = time.perf_counter()
    time.sleep(seconds)
    TOOK[number] = time.perf_counter() - began
    return number


def graph_of(name: str, drawn: Drawn) -> Graph:
    """The workflow that has these edges and sleeps these seconds, every step on a worker."""

    def sleeper(number: int) -> Step:
        def sleep(**_: int) -> int:
            return do_step(number, drawn.seconds[number])

        kinds = [
            inspect.Parameter(f"s{each}", inspect.Parameter.KEYWORD_ONLY) for each in drawn.parents[number]
        ]
        sleep.__signature__ = inspect.Signature(kinds)  # type: ignore[attr-defined]
        return step(sleep, name=f"s{number}", where="worker")

    return Graph(name, [sleeper(number) for number in range(len(drawn.seconds))])


class FirstComeFirstServed(ThreadPool):
    """The same pool without priorities."""

    async def run(self, task: Task, started: Started | None = None) -> Any:
        """Forget what is urgent."""
        return await super().run(replace(task, priority=0.0, next_priority=0.0), started)


async def measure(graphs: list[Drawn], work: Callable[[int], Awaitable[Any]], words: str) -> list[float]:
    """Ratio of the makespan to the bound, graph by graph, one after another."""
    ratios = []
    for number, drawn in enumerate(graphs):
        began = time.perf_counter()
        await work(number)
        makespan_s = time.perf_counter() - began
        ratios.append(makespan_s / drawn.bound_s([TOOK[step] for step in range(len(drawn.seconds))]))
        if number % 50 == 49:
            print(f"{words}: {number + 1} graphs, median {np.median(ratios):.3f}", file=sys.stderr)
    return ratios


async def with_engine(graphs: list[Drawn], pool: ThreadPool, names: list[str]) -> list[list[float]]:
    """Ratios on the engine, all graphs once for each of `names`."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(f"sqlite:///{Path(folder) / 'engine.db'}", EngineSettings(), RealClock(), pool=pool)
        for number, drawn in enumerate(graphs):
            engine.register(graph_of(f"g{number}", drawn))
        await pool.start()
        await engine.launch()
        try:

            async def work(number: int) -> None:
                await engine.wait(await engine.start(f"g{number}", {}))

            await work(0)  # the first run of all opens files and imports
            return [await measure(graphs, work, name) for name in names]
        finally:
            await engine.shutdown()
            await pool.stop()


async def with_dask(graphs: list[Drawn]) -> list[float]:
    """Ratios on Dask: a local cluster of one process with as many threads, the whole graph given at once."""

    def sleep(number: int, seconds: float, *_: int) -> int:
        return do_step(number, seconds)

    async with (
        LocalCluster(
            n_workers=1, threads_per_worker=SLOTS, processes=False, dashboard_address=None, asynchronous=True
        ) as cluster,
        Client(cluster, asynchronous=True) as client,
    ):

        async def work(graph: int) -> None:
            drawn, made = graphs[graph], []
            for number, (parents, seconds) in enumerate(zip(drawn.parents, drawn.seconds, strict=True)):
                made.append(delayed(sleep, pure=False)(number, seconds, *(made[each] for each in parents)))
            used = {each for parents in drawn.parents for each in parents}
            last = [one for each, one in enumerate(made) if each not in used]
            await client.gather(client.compute(last))

        await work(0)
        return await measure(graphs, work, "dask")


def ideal(drawn: Drawn) -> float:
    """Ratio of the critical-path rule with known times and no overhead, simulated."""
    size = len(drawn.seconds)
    children: list[list[int]] = [[] for _ in range(size)]
    for number, parents in enumerate(drawn.parents):
        for parent in parents:
            children[parent].append(number)
    ways = [0.0] * size
    for number in reversed(range(size)):
        ways[number] = drawn.seconds[number] + max((ways[each] for each in children[number]), default=0.0)
    missing = [len(parents) for parents in drawn.parents]
    ready = [(-ways[number], number) for number in range(size) if not missing[number]]
    heapq.heapify(ready)
    ends: list[tuple[float, int]] = []
    now = 0.0
    while ready or ends:
        while ready and len(ends) < SLOTS:
            _, number = heapq.heappop(ready)
            heapq.heappush(ends, (now + drawn.seconds[number], number))
        now, number = heapq.heappop(ends)
        for child in children[number]:
            missing[child] -= 1
            if not missing[child]:
                heapq.heappush(ready, (-ways[child], child))
    return now / drawn.bound_s(drawn.seconds)


def figures(name: str, ratios: list[float]) -> dict[str, float]:
    """Median and 90th percentile."""
    return {
        name: round(float(np.median(ratios)), 4),
        f"{name}_p90": round(float(np.quantile(ratios, 0.9)), 4),
    }


async def main() -> dict[str, Any]:
    """Run all, and give the figures."""
    graphs = draw_graphs()
    clock = RealClock()
    first, again = await with_engine(graphs, ThreadPool(clock, SLOTS), ["first run", "second run"])
    (fifo,) = await with_engine(graphs, FirstComeFirstServed(clock, SLOTS), ["first come, first served"])
    dask = await with_dask(graphs)
    steps = sum(len(drawn.seconds) for drawn in graphs)
    work_bound = sum(sum(drawn.seconds) / SLOTS >= drawn.bound_s(drawn.seconds) - 1e-9 for drawn in graphs)
    by_shape: dict[str, list[float]] = {shape.__name__: [] for shape in SHAPES}
    for ratio, drawn in zip(again, graphs, strict=True):
        by_shape[drawn.shape].append(ratio)
    return {
        "graphs": len(graphs),
        "steps": steps,
        "slots": SLOTS,
        "mean_step_ms": round(1000 * sum(sum(drawn.seconds) for drawn in graphs) / steps, 1),
        "bound_by_work": round(work_bound / len(graphs), 3),
        **figures("makespan_ratio", again),
        **figures("first_run_ratio", first),
        **figures("fifo_ratio", fifo),
        **figures("dask_ratio", dask),
        **figures("ideal_ratio", [ideal(drawn) for drawn in graphs]),
        "makespan_ratio_by_shape": {
            shape: round(float(np.median(ratios)), 4) for shape, ratios in by_shape.items()
        },
        "load_average": round(os.getloadavg()[1], 1),
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
