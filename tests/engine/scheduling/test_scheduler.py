"""Scheduler: admits the most important tasks into a real engine, once, across restarts and schedulers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, RunCancelledError, wait_for_event
from maestro.engine.observation import Observer
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.scheduling.scheduler import Scheduler
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus
from maestro.errors import ConflictError, InputError, NotFoundError, PermanentError, TemporaryError
from maestro.settings import EngineSettings, SchedulerSettings

SETTINGS = SchedulerSettings(slots=1, poll_s=0.05)


class Shop:
    """Workflows that note when they began, and wait until they are let go."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def work(self, name: str) -> str:
        self.began.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if name.startswith("bad"):
            raise InputError("the shelf is empty")
        return name

    def hold(self, name: str) -> asyncio.Event:
        self.gates[name] = asyncio.Event()
        return self.gates[name]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def engine(tmp_path: Path, shop: Shop) -> AsyncIterator[Engine]:
    clock = RealClock()
    observers: list[Observer] = [EtaBook(clock), BottleneckFinder(clock)]
    engine = Engine(f"sqlite:///{tmp_path}/engine.db", EngineSettings(), clock, observers=observers)
    engine.register(Graph("stock", [shop.work]))
    engine.register(Graph("approve", [wait_for_event("go")]))
    await engine.launch()
    yield engine
    await engine.shutdown(drain_s=0)


@pytest.fixture
async def scheduler(engine: Engine) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(engine, engine.records, SETTINGS, finder=BottleneckFinder(RealClock()))
    yield scheduler
    await scheduler.stop()


@pytest.fixture
def backlog(engine: Engine) -> Backlog:
    return Backlog(engine.records, RealClock())


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def ended(backlog: Backlog, *ids: str) -> Callable[[], bool]:
    return lambda: all(backlog.get(each).status.ended for each in ids)


def ask(scheduler: Scheduler, name: str, **more: Any) -> None:
    scheduler.desk.submit("stock", {"name": name}, task_id=name, **more)


async def test_tasks_begin_by_priority_as_slots_fall_free(
    scheduler: Scheduler, backlog: Backlog, shop: Shop
) -> None:
    gate = shop.hold("first")
    await scheduler.start()
    ask(scheduler, "first")
    await until(lambda: shop.began)
    ask(scheduler, "plain")
    ask(scheduler, "pushed", boost=1.0)
    ask(scheduler, "late")
    scheduler.desk.change("late", boost=0.5)
    gate.set()
    await until(ended(backlog, "first", "plain", "pushed", "late"))
    assert shop.began == ["first", "pushed", "late", "plain"]
    task = backlog.get("first")
    assert (task.status, task.admitted_by, task.error) == ("done", "local", "")
    assert (await scheduler.explain("first")).shape()["run_id"] == "task-first"


async def test_a_run_that_fails_fails_its_task_and_what_needs_it(
    scheduler: Scheduler, backlog: Backlog
) -> None:
    ask(scheduler, "bad")
    ask(scheduler, "next", needs=["bad"])
    await scheduler.start()
    await until(ended(backlog, "bad", "next"))
    assert backlog.get("bad").status is TaskStatus.FAILED
    assert "the shelf is empty" in backlog.get("bad").error
    assert backlog.get("next").status is TaskStatus.CANCELLED


async def test_what_could_not_begin_is_refused_when_asked_for(scheduler: Scheduler) -> None:
    with pytest.raises(NotFoundError, match="no workflow called unknown"):
        scheduler.desk.submit("unknown", {})
    with pytest.raises(InputError, match="lacks its input"):
        scheduler.desk.submit("stock", {})


async def test_a_task_whose_run_cannot_begin_fails(scheduler: Scheduler, backlog: Backlog) -> None:
    backlog.submit(NewTask("stock", {"nmae": "tea"}, id="old"))
    await scheduler.start()
    await until(ended(backlog, "old"))
    assert "lacks its input name" in backlog.get("old").error


async def test_a_task_of_a_workflow_that_only_others_know_is_left_to_them(
    scheduler: Scheduler, backlog: Backlog
) -> None:
    theirs = backlog.submit(NewTask("packing", {}, id="theirs"))
    await scheduler.start()
    ask(scheduler, "ours")
    await until(ended(backlog, "ours"))
    assert backlog.get(theirs.id).status is TaskStatus.WAITING


async def test_a_restart_follows_what_was_admitted(
    scheduler: Scheduler, engine: Engine, backlog: Backlog, shop: Shop
) -> None:
    gate = shop.hold("long")
    await scheduler.start()
    await scheduler.start()  # twice is once
    ask(scheduler, "long")
    await until(lambda: shop.began)
    await scheduler.stop()
    assert backlog.get("long").status is TaskStatus.ADMITTED
    second = Scheduler(engine, engine.records, SETTINGS)
    await second.start()
    gate.set()
    await until(ended(backlog, "long"))
    await second.stop()
    assert shop.began == ["long"]
    assert backlog.get("long").status is TaskStatus.DONE


async def test_a_claim_whose_process_died_before_the_run_began_is_one_run(
    scheduler: Scheduler, backlog: Backlog, shop: Shop
) -> None:
    backlog.submit(NewTask("stock", {"name": "cut"}, id="cut"))
    backlog.claim("cut", "local")
    await scheduler.start()
    await until(ended(backlog, "cut"))
    assert shop.began == ["cut"]


async def test_the_outcome_of_a_dead_scheduler_is_recorded_by_a_live_one(
    scheduler: Scheduler, engine: Engine, backlog: Backlog
) -> None:
    task = backlog.submit(NewTask("stock", {"name": "orphan"}, id="orphan"))
    backlog.claim("orphan", "dead")
    await engine.wait(await engine.start("stock", {"name": "orphan"}, run_id=task.run_id))
    await scheduler.start()
    await until(ended(backlog, "orphan"))
    assert backlog.get("orphan").status is TaskStatus.DONE


async def test_two_schedulers_work_each_task_once(
    scheduler: Scheduler, engine: Engine, backlog: Backlog, shop: Shop
) -> None:
    names = [f"t{each}" for each in range(12)]
    for each in names:
        ask(scheduler, each)
    other = Scheduler(engine, engine.records, SETTINGS)
    await asyncio.gather(scheduler.start(), other.start())
    await until(ended(backlog, *names))
    await other.stop()
    assert sorted(shop.began) == sorted(names)


async def test_cancelling_takes_a_task_out_or_stops_its_run(
    scheduler: Scheduler, backlog: Backlog, shop: Shop, engine: Engine
) -> None:
    shop.hold("running")
    await scheduler.start()
    ask(scheduler, "running")
    await until(lambda: shop.began)
    ask(scheduler, "waiting")
    for each in ("waiting", "running"):
        assert (await scheduler.cancel(each)).task.status is TaskStatus.CANCELLED
        with pytest.raises(ConflictError, match="cancelled already"):
            await scheduler.cancel(each)
    assert (await engine.inspect("task-running")).status == "cancelled"
    ask(scheduler, "after")
    await until(ended(backlog, "after"))
    assert shop.began == ["running", "after"]


async def test_an_engine_that_pauses_loses_nothing(
    scheduler: Scheduler, engine: Engine, backlog: Backlog, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, tries = engine.start, []

    async def refuse_once(*args: Any, **more: Any) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise TemporaryError("The engine takes no work now.")
        return await begin(*args, **more)

    monkeypatch.setattr(engine, "start", refuse_once)
    await scheduler.start()
    ask(scheduler, "patient")
    await until(ended(backlog, "patient"))
    assert (len(tries), shop.began) == (2, ["patient"])


async def test_a_round_that_fails_is_not_the_last(
    scheduler: Scheduler, backlog: Backlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = scheduler.desk.ranking
    failures: list[int] = []

    def fail_once(*args: Any, **more: Any) -> Any:
        if not failures:
            failures.append(1)
            raise RuntimeError("broken")
        return ranking(*args, **more)

    monkeypatch.setattr(scheduler.desk, "ranking", fail_once)
    backlog.submit(NewTask("stock", {"name": "t"}, id="t"))
    await scheduler.start()
    await until(ended(backlog, "t"))
    assert failures == [1]


async def test_the_result_of_a_task_is_waited_for(scheduler: Scheduler, shop: Shop) -> None:
    gate = shop.hold("held")
    ask(scheduler, "held")
    waiting = asyncio.create_task(scheduler.result("held"))
    await asyncio.sleep(0.1)  # not even admitted yet
    await scheduler.start()
    gate.set()
    assert await waiting == {"work": "held"}
    ask(scheduler, "bad")
    with pytest.raises(InputError, match="the shelf is empty"):
        await scheduler.result("bad")
    with pytest.raises(NotFoundError):
        await scheduler.result("unknown")


async def test_there_is_no_result_of_what_never_ran(scheduler: Scheduler, backlog: Backlog) -> None:
    ask(scheduler, "given-up")
    await scheduler.cancel("given-up")
    with pytest.raises(RunCancelledError, match="is cancelled"):
        await scheduler.result("given-up")
    backlog.submit(NewTask("stock", {}, id="old"))
    await scheduler.start()
    with pytest.raises(PermanentError, match="lacks its input name"):
        await scheduler.result("old")


async def test_nothing_is_admitted_while_told_so(scheduler: Scheduler, backlog: Backlog) -> None:
    scheduler.hold("memory")
    scheduler.hold("recovery")
    scheduler.go_on("recovery")
    await scheduler.start()
    ask(scheduler, "t")
    await asyncio.sleep(0.3)
    assert backlog.get("t").status is TaskStatus.WAITING
    scheduler.go_on("memory")
    await until(ended(backlog, "t"))


async def test_a_run_that_waits_for_a_person_takes_no_slot(
    scheduler: Scheduler, engine: Engine, backlog: Backlog
) -> None:
    await scheduler.start()
    scheduler.desk.submit("approve", {}, task_id="asks")
    await until(lambda: backlog.get("asks").status is TaskStatus.ADMITTED)
    ask(scheduler, "meanwhile")
    await until(ended(backlog, "meanwhile"))
    assert backlog.get("asks").waits
    assert (await scheduler.explain("asks")).shape()["waits_for"] == "event"
    await engine.signal("task-asks", "go", True)
    await until(ended(backlog, "asks"))


async def test_what_ended_is_learned_from(scheduler: Scheduler, backlog: Backlog) -> None:
    await scheduler.start()
    for each in range(5):
        ask(scheduler, f"t{each}")
    await until(ended(backlog, *(f"t{each}" for each in range(5))))
    view = await scheduler.explain("t0")
    assert view.length is not None
    assert view.task.seconds() < 20
    tasks: list[Task] = list(backlog.ended(10))
    assert len(tasks) == 5
