"""Local pools, threads and processes alike: values, errors, keys, priorities, resources, coming and going."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maestro.engine.observation import PastRun, PastStep
from maestro.engine.workers import Task, WorkerLostError
from maestro.errors import ConfigurationError, InputError, NotFoundError, TemporaryError

from .chores import double, fail
from .conftest import Opener, chore, said, until


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.touch()
    return path


async def test_a_task_gives_its_value_and_plain_and_async_functions_are_alike(
    kind: str, open_pool: Opener
) -> None:
    pool = await open_pool(kind)
    assert await pool.run(Task("a", pow, {"base": 2, "exp": 5})) == 32
    assert await pool.run(Task("b", double, {"number": 21})) == 42


async def test_a_pool_knows_whether_it_is_empty_by_choice(kind: str, open_pool: Opener) -> None:
    pool = await open_pool(kind, 1)
    assert (pool.standing().address, pool.standing().emptied, pool.standing().trouble) == ("", False, None)
    await pool.remove(pool.workers()[0].name)
    assert (pool.standing().emptied, pool.standing().trouble) == (True, None)
    await pool.add(1)
    assert not pool.standing().emptied


async def test_what_a_task_raises_is_raised_with_its_words_and_its_remedy(
    kind: str, open_pool: Opener
) -> None:
    pool = await open_pool(kind, 1)
    with pytest.raises(InputError, match="no such shop") as caught:
        await pool.run(Task("a", fail, {"words": "no such shop"}))
    assert caught.value.remedy == "mend it"
    (worker,) = pool.workers()
    assert (worker.state, worker.done, worker.failed) == ("idle", 0, 1)


async def test_a_task_that_leaves_the_processfails_and_the_worker_stays(kind: str, open_pool: Opener) -> None:
    pool = await open_pool(kind, 1)
    with pytest.raises(RuntimeError, match="SystemExit"):
        await pool.run(Task("a", exit, {"code": 3}))
    assert await pool.run(Task("b", pow, {"base": 2, "exp": 2})) == 4


async def test_the_same_key_at_the_same_time_is_done_once_and_both_get_the_value(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind)
    heard: list[str] = []
    one = asyncio.create_task(pool.run(chore(log, "x", 0.2), heard.append))
    await until(lambda: bool(heard))
    other = pool.run(chore(log, "x", 0.2), heard.append)
    assert list(await asyncio.gather(one, other)) == ["x", "x"]
    assert said(log) == "x"
    assert heard[0] == heard[1] in {worker.name for worker in pool.workers()}


async def test_the_task_goes_on_while_anybody_waits_for_it(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1)
    impatient = asyncio.create_task(pool.run(chore(log, "x", 0.2)))
    patient = asyncio.create_task(pool.run(chore(log, "x", 0.2)))
    await until(lambda: said(log) == "x")
    impatient.cancel()
    assert await patient == "x"


async def test_a_task_that_nobody_waits_for_frees_its_worker(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1)
    running = asyncio.create_task(pool.run(chore(log, "x", 30)))
    waiting = asyncio.create_task(pool.run(chore(log, "y")))
    await until(lambda: said(log) == "x")
    waiting.cancel()
    running.cancel()
    assert await pool.run(chore(log, "z")) == "z"
    assert said(log) == "xz"


async def test_a_late_task_is_given_up_and_its_slot_works_again(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1)
    with pytest.raises(TemporaryError, match=r"longer than 0\.5 s"):
        await pool.run(chore(log, "x", 30, timeout_s=0.5))
    assert await pool.run(chore(log, "y", timeout_s=5.0)) == "y"


async def test_waiting_for_a_slot_does_not_count_as_time_of_the_task(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1)
    await pool.run(chore(log, "w"))
    tasks = [chore(log, text, 0.3, timeout_s=0.6) for text in "abc"]
    assert await asyncio.gather(*map(pool.run, tasks)) == ["a", "b", "c"]


async def test_the_highest_priority_goes_first_and_among_equals_the_oldest(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1)
    first = asyncio.create_task(pool.run(chore(log, "0", 0.1)))
    await until(lambda: said(log) == "0")
    waiting = [("a", 1.0), ("b", 2.0), ("c", 1.0), ("d", 3.0)]
    await asyncio.gather(first, *(pool.run(chore(log, text, priority=much)) for text, much in waiting))
    assert said(log) == "0dbac"


async def test_a_slot_is_held_for_a_moment_for_what_follows_and_is_more_urgent(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1)
    ended = asyncio.create_task(pool.run(chore(log, "a", 0.2, priority=9, next_priority=8)))
    await until(lambda: said(log) == "a")
    waiting = asyncio.create_task(pool.run(chore(log, "z", priority=1)))
    await ended
    await asyncio.sleep(0)
    assert await pool.run(chore(log, "b", priority=8)) == "b"
    assert await waiting == "z"
    assert said(log) == "abz"


async def test_who_waits_for_a_resource_holds_up_nobody_else(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1, resources={"gpu": 1})
    await pool.add(1)
    gpu = [asyncio.create_task(pool.run(chore(log, t, 0.2, resources={"gpu": 1}, priority=9))) for t in "gh"]
    await until(lambda: said(log) == "g")
    assert await pool.run(chore(log, "x")) == "x"
    await asyncio.gather(*gpu)
    assert said(log) == "gxh"
    assert {worker.name: worker.done for worker in pool.workers()} == {f"{kind}-1": 2, f"{kind}-2": 1}


async def test_a_task_that_nobody_can_do_waits_for_a_worker_and_is_then_given_up(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1, patience_s=0.4)
    waiting = asyncio.create_task(pool.run(chore(log, "x", resources={"gpu": 2})))
    await asyncio.sleep(0.05)
    await pool.add(1, {"gpu": 2})
    assert await waiting == "x"
    with pytest.raises(WorkerLostError, match="gpu=4"):
        await pool.run(chore(log, "y", resources={"gpu": 4}))


async def test_a_task_that_nobody_can_do_says_why_it_waits(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1, resources={"gpu": 1})
    busy = [asyncio.create_task(pool.run(chore(log, key, 0.3, resources={"gpu": 1}))) for key in "ab"]
    needy = asyncio.create_task(pool.run(chore(log, "x", resources={"gpu": 2, "licence": 1})))
    await until(lambda: said(log) == "a")
    (held,) = pool.held_up().items()
    assert held[0] == "x", "a task that waits for its turn is not held up"
    assert held[1].en.startswith("No worker offers gpu=2,licence=1. Start a cluster")
    assert "gpu=2,licence=1 자원을 제공하는 작업자가 없습니다" in held[1].ko
    await pool.add(1, {"gpu": 2, "licence": 1})
    await asyncio.gather(*busy, needy)
    assert pool.held_up() == {}


async def test_where_no_worker_is_left_a_task_says_so(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1)
    await pool.remove(f"{kind}-1")
    waiting = asyncio.create_task(pool.run(chore(log, "x")))
    await until(lambda: bool(pool.held_up()))
    assert pool.held_up()["x"].en.startswith("No worker is there. Add one")
    await pool.add(1)
    assert await waiting == "x"


async def test_workers_are_added_and_removed_while_tasks_run(kind: str, open_pool: Opener, log: Path) -> None:
    pool = await open_pool(kind, 1)
    one = asyncio.create_task(pool.run(chore(log, "a", 0.3)))
    await until(lambda: said(log) == "a")
    assert await pool.add(2) == [f"{kind}-2", f"{kind}-3"]
    leaving = asyncio.create_task(pool.remove(f"{kind}-1"))
    await asyncio.sleep(0)
    assert {worker.name: worker.state for worker in pool.workers()} == {
        f"{kind}-1": "retired",
        f"{kind}-2": "idle",
        f"{kind}-3": "idle",
    }
    assert await one == "a"
    await leaving
    assert [worker.name for worker in pool.workers()] == [f"{kind}-2", f"{kind}-3"]
    with pytest.raises(NotFoundError):
        await pool.remove(f"{kind}-1")


async def test_a_worker_that_does_not_end_in_time_hands_its_task_on(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 1)
    one = asyncio.create_task(pool.run(chore(log, "a", 0.5)))
    await until(lambda: said(log) == "a")
    await pool.add(1)
    await pool.remove(f"{kind}-1", drain_s=0)
    assert await one == "a"
    assert said(log) == "aa"


async def test_stopping_lets_tasks_end_and_then_gives_up_on_the_rest(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 2)
    short = asyncio.create_task(pool.run(chore(log, "a", 0.2)))
    long = asyncio.create_task(pool.run(chore(log, "b", 3)))
    await until(lambda: len(said(log)) == 2)
    await pool.stop(drain_s=1.0)
    assert await short == "a"
    with pytest.raises(WorkerLostError):
        await long
    with pytest.raises(TemporaryError, match="not running"):
        await pool.run(chore(log, "c"))
    assert pool.workers() == []


async def test_the_balancing_changes_at_run_time(kind: str, open_pool: Opener) -> None:
    pool = await open_pool(kind, 2)
    assert pool.balancing == "learned"
    pool.balancing = "round_robin"
    for number in range(4):
        await pool.run(Task(str(number), pow, {"base": 2, "exp": 2}))
    assert [worker.done for worker in pool.workers()] == [2, 2]
    with pytest.raises(ConfigurationError, match="learned, least_connections"):
        pool.balancing = "dice"


async def test_workers_tell_what_they_use_and_how_busy_they_were(
    kind: str, open_pool: Opener, log: Path
) -> None:
    pool = await open_pool(kind, 2)
    await pool.run(chore(log, "a", 0.3))
    workers = pool.workers()
    assert all(worker.memory_bytes > 1e6 and worker.kind == kind and worker.slots == 1 for worker in workers)
    heat = pool.heat()
    assert len(heat.minutes) == 60
    assert sorted(heat.rows) == [f"{kind}-1", f"{kind}-2"]
    assert max(row[-1] or row[-2] or 0.0 for row in heat.rows.values()) > 0
    assert all(row[0] is None for row in heat.rows.values()), "they were not there an hour ago"


async def test_former_runs_tell_which_workers_are_fast(open_pool: Opener) -> None:
    def past(worker: str, worked_s: float, *, on_worker: bool = True, items: int = 0) -> PastStep:
        return PastStep("load", worker, on_worker, True, 0.0, 0.0, worked_s, worked_s, items)

    pool = await open_pool("thread")
    for _ in range(10):
        steps = [past("thread-1", 1.0), past("thread-2", 4.0), past("here", 9.0, on_worker=False)]
        pool.recall(PastRun("nightly", [*steps, past("thread-1", 90.0, items=1_000)]))
    speeds = {each.name: each.speed for each in pool.workers()}
    assert speeds["thread-1"] > 2 * speeds["thread-2"]
