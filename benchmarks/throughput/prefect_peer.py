"""Peer: Prefect with its own local server on SQLite; task states are recorded there, results persisted."""

from __future__ import annotations

import json
import sys
import time

from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner

TASKS = int(sys.argv[1])


@task(persist_result=True)
def add_one(x: int) -> int:
    return x + 1


@flow(task_runner=ThreadPoolTaskRunner(max_workers=8), log_prints=False)
def mapped(count: int) -> float:
    """Seconds of the tasks alone: what a flow costs besides is not counted against it."""
    origin = time.perf_counter()
    values = add_one.map(range(count)).result()
    assert sum(values) == count * (count + 1) // 2
    return time.perf_counter() - origin


if __name__ == "__main__":
    mapped(10)
    print(json.dumps({"map_tasks_per_s": TASKS / mapped(TASKS)}))
