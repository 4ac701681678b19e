"""Our engine: six-step diamonds with 50 in flight, a map journaled in chunks, and how soon a run starts."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time

from sqlalchemy import func, select

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, step
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.adaptation.machine import MachineSense
from maestro.engine.journal_tables import ChunkRow, StepRow
from maestro.settings import AdaptationSettings, EngineSettings, TelemetrySettings
from maestro.telemetry import configure_logging

URL, TASKS, GRAPHS, STARTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
IN_FLIGHT, SINGLES = 50, 5_000

begun: list[float] = []


async def a(x: int) -> int:
    return x + 1


async def b(a: int, x: int) -> int:
    return a + x + 1


async def c(a: int, x: int) -> int:
    return a + x + 1


async def d(a: int, x: int) -> int:
    return a + x + 1


async def e(a: int, x: int) -> int:
    return a + x + 1


async def f(b: int, c: int, d: int, e: int, x: int) -> int:
    return b + c + d + e + x + 1


async def noticed(x: int) -> int:
    begun.append(time.perf_counter())
    return x


def add_one(x: int) -> int:
    return x + 1


async def graphs(engine: Engine, count: int) -> float:
    """Steps a second, every step recorded."""
    places = asyncio.Semaphore(IN_FLIGHT)

    async def one(x: int) -> None:
        async with places:
            run_id = await engine.start("diamond", {"x": x})
            assert await engine.wait(run_id) == {"f": 9 * x + 9}

    origin = time.perf_counter()
    await asyncio.gather(*(one(x) for x in range(count)))
    return 6 * count / (time.perf_counter() - origin)


async def mapped(engine: Engine, workflow: str, count: int) -> float:
    """Items a second, every item in a recorded chunk."""
    origin = time.perf_counter()
    run_id = await engine.start(workflow, {"items": list(range(count))})
    result = await engine.wait(run_id)
    seconds = time.perf_counter() - origin
    assert result["plus"] == list(range(1, count + 1))
    return count / seconds


async def start_latency_ms(engine: Engine, count: int) -> float:
    """From asking for a run to its first step, one run at a time."""
    found = []
    for x in range(count):
        begun.clear()
        origin = time.perf_counter()
        run_id = await engine.start("short", {"x": x})
        await engine.wait(run_id)
        found.append(1000 * (begun[0] - origin))
    return statistics.median(found)


async def main() -> None:
    configure_logging(TelemetrySettings(log_level="error"), RealClock())
    engine = Engine(URL, EngineSettings(concurrency=IN_FLIGHT), RealClock())
    engine.register(Graph("diamond", [a, b, c, d, e, f]))
    engine.register(Graph("mapped", [step(add_one, name="plus", each="x", of="items")]))
    engine.register(
        Graph("single", [step(add_one, name="plus", each="x", of="items", chunk_size=1, width=64)])
    )
    engine.register(Graph("short", [noticed]))
    await engine.launch()
    await graphs(engine, 20)
    await mapped(engine, "mapped", 1000)
    figures = {
        "graph_steps_per_s": await graphs(engine, GRAPHS),
        "map_tasks_per_s": await mapped(engine, "mapped", TASKS),
        "start_latency_p50_ms": await start_latency_ms(engine, STARTS),
    }
    figures["map_tasks_per_s_recorded_singly"] = await mapped(engine, "single", SINGLES)
    with engine.records.reader() as session:
        chunks, items = session.execute(select(func.count(), func.sum(ChunkRow.size))).one()
        steps = session.scalar(select(func.count()).select_from(StepRow))
    assert items == TASKS + 1000 + SINGLES
    assert steps == 6 * (GRAPHS + 20) + 3 + STARTS
    await engine.shutdown()
    figures["graph_steps_per_s_advised"] = await advised()
    print(json.dumps({**figures, "chunks": chunks - SINGLES}))


async def advised() -> float:
    """The same graphs while the engine learns from every step and predicts each failure."""
    engine = Engine(URL, EngineSettings(concurrency=IN_FLIGHT), RealClock())
    advisor = LearningAdvisor(engine.records, AdaptationSettings(), RealClock(), senses=[MachineSense()])
    engine.observers, engine.advisor = [advisor], advisor
    engine.register(Graph("diamond", [a, b, c, d, e, f]))
    await engine.launch()
    advisor.open()
    found = await graphs(engine, GRAPHS)
    await engine.shutdown()
    advisor.close()
    return found


asyncio.run(main())
