"""A program that is killed in the middle of a map, and one that goes on with it."""

import asyncio
import os
import sys

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, step
from maestro.settings import EngineSettings

URL, TRACE, MODE = sys.argv[1:4]


async def work(item: int) -> int:
    file = os.open(TRACE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{item}\n".encode())
    os.close(file)
    if MODE == "begin" and item == 10:
        await asyncio.sleep(3600)
    return item


def total(work: list[int]) -> int:
    return sum(work)


async def main() -> None:
    engine = Engine(URL, EngineSettings(queue_polling_s=0.05), RealClock())
    engine.register(Graph("map", [step(work, each="item", of="items", chunk_size=2, width=1), total]))
    await engine.launch()
    if MODE == "begin":
        await engine.start("map", {"items": list(range(20))}, run_id="r")
        while (await engine.inspect("r")).steps[0].progress != (10, 20):
            await asyncio.sleep(0.02)
        sys.stdout.write("half way\n")
        sys.stdout.flush()
        await asyncio.sleep(3600)
    result = await engine.wait("r", timeout_s=60)
    await engine.shutdown()
    sys.stdout.write(f"{result['total']}\n")


asyncio.run(main())
