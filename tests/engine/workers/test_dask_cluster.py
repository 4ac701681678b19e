"""Dask cluster: workers join by address; they and the scheduler are killed, and no task is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import RealClock, VirtualClock
from maestro.engine.workers import Task, WorkerLostError
from maestro.engine.workers.dask_cluster import LOST_AFTER_S, DaskCluster
from maestro.errors import ConflictError, InputError, TemporaryError

from .chores import double, fail, process_id
from .conftest import chore, said, until

ROOT = Path(__file__).parents[3]
SOON_S = 90.0


class Cluster:
    """A scheduler and workers, each the real `maestro worker` in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_scheduler(self) -> None:
        self._start("scheduler", "--scheduler", self.address, "--slots", "0")

    def kill_scheduler(self) -> None:
        self.processes["scheduler"].kill()
        self.processes["scheduler"].wait()

    def start_worker(self, name: str, slots: int, resources: str = "") -> None:
        options = ["--slots", str(slots), "--resources", resources, "--name", name]
        self._start(name, "--join", self.address, *options)

    def _start(self, name: str, *options: str) -> None:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "maestro.cli.main", "worker", *options],
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A scheduler, worker `two` with two slots, and worker `gpu` with one slot and a GPU."""
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("two", 2)
    cluster.start_worker("gpu", 1, "gpu=1")
    yield cluster
    cluster.stop()


@pytest.fixture
async def pool(cluster: Cluster) -> AsyncIterator[DaskCluster]:
    """A pool that sees both workers."""
    pool = DaskCluster(cluster.address, RealClock())
    await pool.start()
    await until(lambda: states(pool) == {"two": "idle", "gpu": "idle"}, SOON_S)
    yield pool
    await pool.stop(drain_s=0)


def states(pool: DaskCluster) -> dict[str, str]:
    return {worker.name: worker.state for worker in pool.workers()}


async def test_workers_join_by_address_and_do_tasks(pool: DaskCluster) -> None:
    by_name = {worker.name: worker for worker in pool.workers()}
    assert (by_name["two"].slots, by_name["gpu"].slots) == (2, 1)
    assert by_name["gpu"].resources == {"gpu": 1}
    assert by_name["two"].memory_bytes > 1e7
    assert await pool.run(Task("a", double, {"number": 21})) == 42
    numbers = await asyncio.gather(*(pool.run(Task(f"n{n}", pow, {"base": n, "exp": 2})) for n in range(30)))
    assert numbers == [n * n for n in range(30)]
    assert sum(worker.done for worker in pool.workers()) == 31


async def test_errors_come_back_and_late_tasks_are_given_up(pool: DaskCluster, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such shop"):
        await pool.run(Task("a", fail, {"words": "no such shop"}))
    with pytest.raises(InputError, match="and again"):
        await pool.run(Task("a", fail, {"words": "and again"}))
    with pytest.raises(TemporaryError, match="longer than"):
        await pool.run(chore(tmp_path / "log", "x", 2, timeout_s=0.3))


async def test_workers_of_a_cluster_are_not_added_from_here(pool: DaskCluster, cluster: Cluster) -> None:
    with pytest.raises(ConflictError) as caught:
        await pool.add(1)
    assert f"maestro worker --join {cluster.address}" in caught.value.remedy


async def test_a_cluster_says_where_it_is_and_what_is_wrong_with_it(
    pool: DaskCluster, cluster: Cluster
) -> None:
    assert (pool.standing().address, pool.standing().trouble) == (cluster.address, None)


async def test_a_cluster_is_given_time_to_come_before_that_is_trouble() -> None:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    pool = DaskCluster("tcp://127.0.0.1:1", clock)
    assert pool.standing().trouble is None
    await clock.advance(seconds=LOST_AFTER_S)
    trouble = pool.standing().trouble
    assert trouble is not None
    assert trouble.kind == "unreachable"
    assert "The scheduler at tcp://127.0.0.1:1 does not answer" in trouble.words.en


async def test_one_key_is_done_once_even_for_two_programs(
    pool: DaskCluster, cluster: Cluster, tmp_path: Path
) -> None:
    other = DaskCluster(cluster.address, RealClock())
    await other.start()
    await until(lambda: len(other.workers()) == 2, SOON_S)
    log = tmp_path / "log"
    askers = [asyncio.create_task(each.run(chore(log, "x", 1.5))) for each in (pool, pool, other)]
    assert await asyncio.gather(*askers) == ["x", "x", "x"]
    assert said(log) == "x"
    await other.stop()


async def test_resources_are_respected(pool: DaskCluster) -> None:
    needy = [Task(f"g{n}", process_id, {}, resources={"gpu": 1}) for n in range(4)]
    assert len(set(await asyncio.gather(*map(pool.run, needy)))) == 1
    assert {worker.name: worker.done for worker in pool.workers()} == {"two": 0, "gpu": 4}


async def test_a_task_that_nobody_in_the_cluster_can_do_is_given_up(cluster: Cluster) -> None:
    pool = DaskCluster(cluster.address, RealClock(), patience_s=0.5)
    await pool.start()
    with pytest.raises(WorkerLostError, match="gpu=2"):
        await pool.run(Task("many", process_id, {}, resources={"gpu": 2}))
    await pool.stop()


@pytest.mark.parametrize("resources", [{}, {"gpu": 1}])
async def test_a_killed_workers_task_is_done_all_the_same(
    pool: DaskCluster, tmp_path: Path, resources: dict[str, float]
) -> None:
    victim = await pool.run(Task("who", process_id, {}, resources={"gpu": 1}))
    log = tmp_path / "log"
    tasks = [chore(log, f"{n},", 0.5, resources=resources) for n in range(6)]
    work = asyncio.gather(*map(pool.run, tasks))
    await until(lambda: said(log).count(",") >= 2)
    os.kill(victim, signal.SIGKILL)
    assert await work == [f"{n}," for n in range(6)]
    assert set(said(log).split(",")) == {*map(str, range(6)), ""}


async def test_the_scheduler_dies_and_comes_back_and_no_task_is_lost(
    pool: DaskCluster, cluster: Cluster, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    work = asyncio.gather(*(pool.run(chore(log, f"{n},", 0.2)) for n in range(20)))
    await until(lambda: said(log).count(",") >= 4)
    cluster.kill_scheduler()
    await until(lambda: set(states(pool).values()) == {"lost"}, SOON_S)
    late = asyncio.create_task(pool.run(Task("late", pow, {"base": 3, "exp": 2})))
    cluster.start_scheduler()
    assert await work == [f"{n}," for n in range(20)]
    assert await late == 9
    assert set(said(log).split(",")) == {*map(str, range(20)), ""}
    await until(lambda: states(pool) == {"two": "idle", "gpu": "idle"}, SOON_S)


async def test_a_worker_told_to_stop_ends_its_task_and_leaves(
    pool: DaskCluster, cluster: Cluster, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    work = asyncio.create_task(pool.run(chore(log, "x", 1.5, resources={"gpu": 1})))
    await until(lambda: said(log) == "x")
    cluster.processes["gpu"].terminate()
    assert await work == "x"
    assert said(log) == "x"
    await until(lambda: states(pool) == {"two": "idle"}, SOON_S)
    assert await asyncio.to_thread(cluster.processes["gpu"].wait, 30) == 0


async def test_a_worker_removed_from_here_ends_its_program(
    pool_of_one: DaskCluster, cluster: Cluster
) -> None:
    await pool_of_one.remove("two")
    assert pool_of_one.workers() == []
    assert await asyncio.to_thread(cluster.processes["two"].wait, 30) == 0


@pytest.fixture
async def pool_of_one(cluster: Cluster) -> AsyncIterator[DaskCluster]:
    """A pool that sees the worker `two`, the last one."""
    pool = DaskCluster(cluster.address, RealClock())
    await pool.start()
    await until(lambda: states(pool) == {"two": "idle"}, SOON_S)
    yield pool
    await pool.stop(drain_s=0)
