"""Lifecycle: failed runs go on, ended ones begin again from a step, and each keeps its version."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from maestro.clock import VirtualClock
from maestro.engine import Engine, Graph, RunDetail, RunStatus, StepStatus, step
from maestro.engine.run_progress import steps_done
from maestro.errors import ConflictError, NotFoundError, PermanentError
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


class Shop:
    """A workflow of four steps that counts how often each is worked, and fails where it is told to."""

    def __init__(self) -> None:
        self.worked: Counter[str] = Counter()
        self.broken = True

    def graph(self, *, undo: bool = False) -> Graph:
        def first() -> int:
            self.worked["first"] += 1
            return 1

        def side() -> int:
            self.worked["side"] += 1
            return 10

        def middle(first: int) -> int:
            self.worked["middle"] += 1
            if self.broken:
                raise PermanentError("closed")
            return first + 1

        def last(middle: int, side: int) -> int:
            self.worked["last"] += 1
            return middle + side

        takes_back = (lambda: self.worked.update(["undo first"])) if undo else None
        return Graph("shop", [step(first, undo=takes_back), side, middle, last])


async def until(engine: Engine, run_id: str, status: RunStatus) -> RunDetail:
    async with asyncio.timeout(20):
        while (run := await engine.inspect(run_id)).status is not status:
            await asyncio.sleep(0.02)
    return run


async def test_a_failed_run_goes_on_where_it_failed(journal_url: str, launch: Launcher) -> None:
    shop = Shop()
    engine = await launch(shop.graph(), url=journal_url)
    run_id = await engine.start("shop", {})
    with pytest.raises(PermanentError, match="closed"):
        await engine.wait(run_id)

    shop.broken = False
    await engine.resume(run_id)

    assert await engine.wait(run_id, timeout_s=20) == {"last": 12}
    assert shop.worked == {"first": 1, "side": 1, "middle": 2, "last": 1}


async def test_an_ended_run_begins_again_from_a_step(journal_url: str, launch: Launcher) -> None:
    shop = Shop()
    shop.broken = False
    engine = await launch(shop.graph(), url=journal_url)
    run_id = await engine.start("shop", {})
    await engine.wait(run_id)

    new_id = await engine.restart(run_id, "middle")

    assert new_id != run_id
    assert await engine.wait(new_id, timeout_s=20) == {"last": 12}
    assert shop.worked == {"first": 1, "side": 1, "middle": 2, "last": 2}
    seen = await engine.inspect(new_id)
    assert (seen.restarted_from, seen.result, seen.rolled_back) == (run_id, {"last": 12}, False)
    assert (await engine.inspect(run_id)).restarted_from == ""
    with pytest.raises(NotFoundError, match=r"no step cellar.*first, side, middle, last"):
        await engine.restart(run_id, "cellar")


async def test_what_was_taken_back_is_worked_anew(launch: Launcher) -> None:
    shop = Shop()
    engine = await launch(shop.graph(undo=True))
    run_id = await engine.start("shop", {})
    with pytest.raises(PermanentError, match="closed"):
        await engine.wait(run_id)
    assert shop.worked["undo first"] == 1
    undone = await engine.inspect(run_id)
    assert (undone.rolled_back, undone.result) == (True, None)
    assert [each.error for each in undone.steps[0].undo] == [""]
    assert undone.steps[0].undoable
    assert not undone.steps[1].undoable

    shop.broken = False
    assert await engine.wait(await engine.restart(run_id, "last"), timeout_s=20) == {"last": 12}

    assert shop.worked["first"] == 2, "its effect was taken back"
    assert shop.worked["side"] == 1, "its effect was never taken back"


async def test_only_what_has_ended_begins_again(launch: Launcher) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        begun.set()
        await asyncio.sleep(3600)

    engine = await launch(Graph("g", [long]))
    run_id = await engine.start("g", {})
    await begun.wait()

    with pytest.raises(ConflictError, match=r"is running\. Cancel it first"):
        await engine.restart(run_id, "long")


async def test_a_run_ends_on_the_version_it_began_with(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def old() -> str:
        await go_on.wait()
        return "old"

    def new() -> str:
        return "new"

    engine = await launch(Graph("g", [old], version="1"))
    run_id = await engine.start("g", {})
    await until(engine, run_id, RunStatus.RUNNING)
    await engine.shutdown(drain_s=0)
    both = await launch(Graph("g", [old], version="1"), Graph("g", [new], version="2"))
    go_on.set()

    assert await both.wait(run_id, timeout_s=20) == {"old": "old"}
    assert await both.wait(await both.start("g", {})) == {"new": "new"}
    assert [each.version for each in await both.list_runs()] == ["2", "1"]
    assert [each.version for each in both.definitions()["g"]] == ["1", "2"]


async def test_an_executor_that_knows_the_version_takes_the_run(journal_url: str, launch: Launcher) -> None:
    def old() -> str:
        return "old"

    begun = asyncio.Event()

    async def hang() -> str:
        if begun.is_set():
            return old()
        begun.set()
        await asyncio.sleep(3600)
        return ""

    graph = Graph("g", [hang], version="1")
    first = EngineSettings(executor_id="first", queue_polling_s=0.05, watch_s=0.05)
    engine = await launch(graph, url=journal_url, settings=first)
    run_id = await engine.start("g", {})
    await begun.wait()
    await engine.shutdown(drain_s=0)
    ignorant = await launch(Graph("g", [old], version="2"), url=journal_url, settings=first)
    run = await until(ignorant, run_id, RunStatus.WAITING)
    assert "Version 1 of workflow g" in run.reason
    assert run.steps == ()
    await ignorant.shutdown()

    second = first.model_copy(update={"executor_id": "second"})
    knowing = await launch(graph, url=journal_url, settings=second)

    assert await knowing.wait(run_id, timeout_s=20) == {"hang": "old"}
    found = await knowing.inspect(run_id)
    assert (found.executor, found.reason) == ("second", "")


async def test_a_cancelled_run_tells_when(launch: Launcher) -> None:
    moment = datetime(2030, 1, 2, 3, tzinfo=UTC)
    begun = asyncio.Event()

    async def long() -> None:
        begun.set()
        await asyncio.sleep(3600)

    engine = await launch(Graph("g", [long]), clock=VirtualClock(moment))
    run_id = await engine.start("g", {})
    await begun.wait()
    await engine.cancel(run_id)

    (run,) = await engine.list_runs()
    assert (run.status, run.ended_at, run.executor) == (RunStatus.CANCELLED, moment, "local")


async def test_runs_are_counted_by_status(launch: Launcher) -> None:
    shop = Shop()
    engine = await launch(shop.graph(), Graph("fine", [step(lambda: 1, name="one")]))
    for number in range(3):
        await engine.wait(await engine.start("fine", {}, run_id=f"fine-{number}"))
    with pytest.raises(PermanentError):
        await engine.wait(await engine.start("shop", {}))

    counts = await engine.count_runs()

    assert {status: count for status, count in counts.items() if count} == {
        RunStatus.SUCCEEDED: 3,
        RunStatus.FAILED: 1,
    }
    assert (await engine.count_runs(name="shop"))[RunStatus.SUCCEEDED] == 0
    assert (await engine.count_runs(text="fine-1"))[RunStatus.SUCCEEDED] == 1
    assert [each.id for each in await engine.list_runs(text="fine-2")] == ["fine-2"]
    assert [each.id for each in await engine.list_runs(text="INE-", limit=1, offset=1)] == ["fine-1"]
    assert await engine.list_runs(text="ine-", status="failed") == []
    assert await engine.list_runs(text="%") == []
    done = steps_done(engine.records, [each.id for each in await engine.list_runs()])
    assert Counter((each.succeeded, each.skipped) for each in done.values()) == {(1, 0): 3, (2, 1): 1}


async def test_inputs_and_outputs_are_seen(launch: Launcher) -> None:
    shop = Shop()
    engine = await launch(shop.graph())
    run_id = await engine.start("shop", {})
    with pytest.raises(PermanentError):
        await engine.wait(run_id)

    steps = {each.name: each for each in (await engine.inspect(run_id)).steps}

    assert (steps["first"].inputs, steps["first"].output, steps["first"].worker) == ({}, 1, "local")
    assert (steps["middle"].inputs, steps["middle"].output) == ({"first": 1}, None)
    assert (steps["last"].status, steps["last"].reason) == (StepStatus.SKIPPED, "middle failed")
