"""Peer: DBOS by itself, its SQLite tuned as ours is (WAL, NORMAL); one durable step an item, and diamonds."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig
from sqlalchemy import create_engine, event

TASKS, GRAPHS, IN_FLIGHT = int(sys.argv[1]), int(sys.argv[2]), 50


def tuned(path: Path) -> Any:
    """SQLite as DBOS should have it: unset, it waits for a full flush of a rollback journal a step."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30.0, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


async def add_one(x: int) -> int:
    return x + 1


@DBOS.workflow()
async def mapped(count: int) -> int:
    values = await asyncio.gather(*(DBOS.run_step_async(None, add_one, x) for x in range(count)))
    return sum(values)


@DBOS.workflow()
async def diamond(x: int) -> int:
    """a -> b, c, d, e -> f: children await their parents, so that steps begin in a fixed order."""
    loop = asyncio.get_running_loop()
    first: asyncio.Future[int] = loop.create_future()
    middle: list[asyncio.Future[int]] = [loop.create_future() for _ in range(4)]

    async def one(parents: list[asyncio.Future[int]], mine: asyncio.Future[int] | None) -> int:
        value = sum([await each for each in parents], start=x) + 1
        if mine is not None:
            mine.set_result(value)
        return value

    steps = [DBOS.run_step_async({"name": "a"}, one, [], first)]
    steps += [DBOS.run_step_async({"name": f"m{n}"}, one, [first], each) for n, each in enumerate(middle)]
    steps += [DBOS.run_step_async({"name": "f"}, one, middle, None)]
    return (await asyncio.gather(*steps))[-1]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config: DBOSConfig = {
            "name": "peer",
            "system_database_engine": tuned(Path(folder) / "dbos.db"),
            "log_level": "ERROR",
        }
        DBOS(config=config)
        DBOS.launch()
        await mapped(20)
        origin = time.perf_counter()
        assert await mapped(TASKS) == TASKS * (TASKS + 1) // 2
        map_s = time.perf_counter() - origin
        places = asyncio.Semaphore(IN_FLIGHT)

        async def graph(x: int) -> None:
            async with places:
                handle = await DBOS.start_workflow_async(diamond, x)
                assert await handle.get_result() == 9 * x + 9

        origin = time.perf_counter()
        await asyncio.gather(*(graph(x) for x in range(GRAPHS)))
        graph_s = time.perf_counter() - origin
        print(json.dumps({"map_tasks_per_s": TASKS / map_s, "graph_steps_per_s": 6 * GRAPHS / graph_s}))
        DBOS.destroy()


asyncio.run(main())
