"""Process pool: a killed process takes only its own task with it; another does it; late tasks are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from maestro.clock import RealClock
from maestro.engine.workers import Task, WorkerLostError
from maestro.engine.workers.process_pool import ProcessPool
from maestro.errors import PermanentError, TemporaryError

from .chores import be_stubborn, die, knows, process_id
from .conftest import Opener, chore, said, until


async def test_tasks_are_done_in_other_processes(open_pool: Opener) -> None:
    pool = await open_pool("process", 2)
    pids = await asyncio.gather(*(pool.run(Task(str(n), process_id, {})) for n in range(6)))
    assert {str(pid) for pid in pids} <= {worker.address for worker in pool.workers()}
    assert os.getpid() not in pids


async def test_a_killed_worker_is_back_and_its_task_done_again(open_pool: Opener, tmp_path: Path) -> None:
    pool = await open_pool("process", 1)
    log = tmp_path / "log"
    work = asyncio.create_task(pool.run(chore(log, "x", 0.5)))
    await until(lambda: said(log) == "x")
    (before,) = pool.workers()
    os.kill(int(before.address), signal.SIGKILL)
    assert await work == "x"
    assert said(log) == "xx"
    (after,) = pool.workers()
    assert after.name == before.name
    assert after.address != before.address


async def test_twenty_kills_among_a_hundred_tasks_lose_none(open_pool: Opener, tmp_path: Path) -> None:
    pool = await open_pool("process", 3)
    keys = [f"{number:02}," for number in range(100)]
    logs = tmp_path / "log"
    work = asyncio.gather(*(pool.run(chore(logs, key, 0.02)) for key in keys))
    for round_number in range(20):
        await asyncio.sleep(0.02)
        alive = [worker for worker in pool.workers() if worker.state != "lost"]
        if alive and not work.done():
            victim = alive[round_number % len(alive)]
            os.kill(int(victim.address), signal.SIGKILL)
    assert await work == keys
    assert set(said(logs).rstrip(",").split(",")) == {key.rstrip(",") for key in keys}
    await until(lambda: all(worker.state == "idle" for worker in pool.workers()))


async def test_an_idle_worker_that_is_killed_comes_back(open_pool: Opener) -> None:
    pool = await open_pool("process", 1)
    before = await pool.run(Task("a", process_id, {}))
    os.kill(before, signal.SIGKILL)
    await until(lambda: pool.workers()[0].address != str(before))
    assert await pool.run(Task("b", process_id, {})) == int(pool.workers()[0].address)


async def test_a_task_that_takes_every_worker_down_is_given_up(open_pool: Opener) -> None:
    pool = await open_pool("process", 2)
    with pytest.raises(WorkerLostError, match="3 workers died"):
        await pool.run(Task("poison", die, {}))
    assert await pool.run(Task("sound", pow, {"base": 2, "exp": 3})) == 8


async def test_a_late_task_is_killed_and_leaves_no_process(open_pool: Opener, tmp_path: Path) -> None:
    pool = await open_pool("process", 1)
    pid = await pool.run(Task("a", process_id, {}))
    with pytest.raises(TemporaryError, match="longer"):
        await pool.run(chore(tmp_path / "log", "x", 9, timeout_s=0.2))
    await until(lambda: not psutil.pid_exists(pid))


async def test_stopping_ends_every_process(open_pool: Opener) -> None:
    pool = await open_pool("process", 2)
    pids = [int(worker.address) for worker in pool.workers()]
    await pool.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_what_cannot_travel_says_so(open_pool: Opener) -> None:
    pool = await open_pool("process", 1)
    with pytest.raises(PermanentError, match="cannot be sent"):
        await pool.run(Task("a", print, {"end": threading.Lock()}))
    with pytest.raises(RuntimeError, match="StubbornError: salt and pepper"):
        await pool.run(Task("b", be_stubborn, {}))


async def test_an_error_tells_where_in_the_other_process_it_was_raised(open_pool: Opener) -> None:
    pool = await open_pool("process", 1)
    with pytest.raises(TypeError) as caught:
        await pool.run(Task("a", pow, {"base": "x", "exp": 2}))
    assert "far_end.py" in "".join(caught.value.__notes__)


def test_workers_end_with_their_program_even_in_the_midst_of_a_task(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(program), str(log)])
    deadline = time.monotonic() + 20
    while not said(log) and time.monotonic() < deadline:
        time.sleep(0.02)
    worker = int(said(log))
    parent.kill()
    parent.wait()
    while psutil.pid_exists(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(worker)


_PROGRAM = """
import asyncio, os, sys, time
from maestro.clock import RealClock
from maestro.engine.workers.base import Task
from maestro.engine.workers.process_pool import ProcessPool

def work(path):
    with open(path, "w") as log:
        log.write(str(os.getpid()))
    time.sleep(60)

async def main():
    pool = ProcessPool(RealClock(), 1, modules=())
    await pool.start()
    await pool.run(Task("x", work, {"path": sys.argv[1]}))

asyncio.run(main())
"""


async def test_the_engine_is_imported_before_the_first_step_comes(importable: None) -> None:
    pool = ProcessPool(RealClock(), 1)
    await pool.start()
    assert await pool.run(Task("a", knows, {"module": "maestro.engine.calling"}))
    await pool.stop()
