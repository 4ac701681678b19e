"""A program that is killed: runs graphs whose every step leaves a line in a file, and says how far it is."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, StepStatus, current_step
from maestro.settings import EngineSettings

URL, FOLDER, MODE = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
RUNS = 10


def leave_trace() -> None:
    """Append a line as one write, as an outside system would count an effect."""
    current = current_step()
    line = json.dumps({"run": current.run_id, "step": current.step, "key": current.key, "mode": MODE}) + "\n"
    trace = os.open(FOLDER / "effects.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(trace, line.encode())
    os.close(trace)


def first(number: int) -> int:
    leave_trace()
    return number + 1


async def left(first: int) -> int:
    leave_trace()
    return first * 2


def right(first: int) -> int:
    leave_trace()
    if MODE == "begin":
        time.sleep(3600)
    return first * 3


def join(left: int, right: int) -> int:
    leave_trace()
    return left + right


async def main() -> None:
    engine = Engine(URL, EngineSettings(concurrency=RUNS), RealClock())
    engine.register(Graph("diamond", [first, left, right, join]))
    await engine.launch()
    ids = [f"run{number}" for number in range(RUNS)]
    if MODE == "begin":
        for number, run_id in enumerate(ids):
            await engine.start("diamond", {"number": number}, run_id=run_id)
        for run_id in ids:
            await until_half_way(engine, run_id)
        say("half way")
        await asyncio.sleep(3600)
    results = {run_id: await engine.wait(run_id, timeout_s=60) for run_id in ids}
    await engine.shutdown()
    say(json.dumps(results))


async def until_half_way(engine: Engine, run_id: str) -> None:
    status: dict[str, StepStatus] = {}
    while (status.get("left"), status.get("right")) != (StepStatus.SUCCEEDED, StepStatus.RUNNING):
        await asyncio.sleep(0.02)
        status = {each.name: each.status for each in (await engine.inspect(run_id)).steps}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


asyncio.run(main())
