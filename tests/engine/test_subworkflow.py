"""Sub-workflow: a run of another workflow is a step, needs no second place and is cancelled with its run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maestro.engine import (
    Engine,
    Graph,
    RunCancelledError,
    RunStatus,
    StepStatus,
    current_step,
    step,
    subworkflow,
    wait_for_approval,
)
from maestro.errors import ConfigurationError, PermanentError
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


def pack(parcel: str) -> str:
    return f"packed {parcel}"


async def label(pack: str, country: str = "KR") -> str:
    return f"{pack} for {country}"


SHIPPING = Graph("shipping", [pack, label])


def parcel(order: str) -> str:
    return f"box of {order}"


def bill(ship: dict[str, Any]) -> str:
    return f"bill: {ship['label']}"


ORDER = Graph("order", [parcel, subworkflow("ship", SHIPPING), bill])


async def test_a_workflow_may_be_listed_and_be_a_sub_workflow_too(launch: Launcher) -> None:
    engine = await launch(ORDER, SHIPPING)
    assert sorted(engine.definitions()) == ["order", "shipping"]


async def test_another_workflow_is_a_step(journal_url: str, launch: Launcher) -> None:
    engine = await launch(ORDER, url=journal_url)

    run_id = await engine.start("order", {"order": "tea"}, run_id="r")

    assert await engine.wait(run_id) == {"bill": "bill: packed box of tea for KR"}
    found = (await engine.inspect("r")).steps[1]
    assert (found.kind, found.child_run_id, found.output) == (
        "workflow",
        "r/ship",
        {"label": "packed box of tea for KR"},
    )
    child = await engine.inspect("r/ship")
    assert (child.parent_id, child.workflow) == ("r", "shipping")
    assert [each.id for each in await engine.list_runs(name="shipping")] == ["r/ship"]


async def test_many_runs_with_sub_workflows_share_one_place(launch: Launcher) -> None:
    settings = EngineSettings(concurrency=1, queue_polling_s=0.05, watch_s=0.05)
    engine = await launch(ORDER, settings=settings)

    ids = [await engine.start("order", {"order": str(number)}) for number in range(5)]

    for number, run_id in enumerate(ids):
        result = await engine.wait(run_id, timeout_s=30)
        assert result == {"bill": f"bill: packed box of {number} for KR"}


async def test_what_fails_inside_fails_outside_and_each_takes_back_its_own(launch: Launcher) -> None:
    undone: list[str] = []

    def undo() -> None:
        undone.append(current_step().key)

    def broken(pack: str) -> None:
        raise PermanentError("no paper")

    inner = Graph("inner", [step(pack, undo=undo), broken])
    outer = Graph("outer", [step(parcel, undo=undo), subworkflow("ship", inner), bill])
    engine = await launch(outer)

    with pytest.raises(PermanentError, match="no paper"):
        await engine.wait(await engine.start("outer", {"order": "tea"}, run_id="r"))

    assert undone == ["r/ship/pack/undo", "r/parcel/undo"]


async def test_a_sub_workflow_that_succeeded_can_be_undone_as_a_step(launch: Launcher) -> None:
    undone: list[Any] = []

    def broken(ship: dict[str, Any]) -> None:
        raise PermanentError("no")

    def undo(parcel: str, result: dict[str, str]) -> None:
        undone.append((parcel, result["label"]))

    engine = await launch(Graph("outer", [parcel, subworkflow("ship", SHIPPING, undo=undo), broken]))

    with pytest.raises(PermanentError, match="no"):
        await engine.wait(await engine.start("outer", {"order": "tea"}))

    assert undone == [("box of tea", "packed box of tea for KR")]


async def test_cancelling_goes_down_and_so_does_going_on(launch: Launcher) -> None:
    inner = Graph("inner", [wait_for_approval("approve")])

    def end(ask: dict[str, Any]) -> bool:
        return bool(ask["approve"]["approved"])

    engine = await launch(Graph("outer", [subworkflow("ask", inner), end]))
    run_id = await engine.start("outer", {}, run_id="r")
    async with asyncio.timeout(20):
        while not await engine.waits():
            await asyncio.sleep(0.01)
    assert (await engine.inspect("r")).steps[0].status is StepStatus.WAITING

    await engine.cancel(run_id)

    assert (await engine.inspect("r/ask")).status is RunStatus.CANCELLED
    assert await engine.waits() == []
    with pytest.raises(RunCancelledError):
        await engine.wait("r/ask")
    await engine.resume(run_id)
    async with asyncio.timeout(20):
        while not await engine.waits():
            await asyncio.sleep(0.01)
    await engine.signal("r/ask", "approve", True)
    assert await engine.wait(run_id, timeout_s=20) == {"end": True}


async def test_cancelling_can_take_back_what_was_done_inside(launch: Launcher) -> None:
    undone: list[str] = []

    def undo() -> None:
        undone.append(current_step().key)

    inner = Graph("inner", [step(pack, undo=undo), wait_for_approval("approve", after=["pack"])])
    engine = await launch(Graph("outer", [step(parcel, undo=undo), subworkflow("ship", inner)]))
    run_id = await engine.start("outer", {"order": "tea"}, run_id="r")
    async with asyncio.timeout(20):
        while not await engine.waits():
            await asyncio.sleep(0.01)

    await engine.cancel(run_id, roll_back=True)

    for each in ("r", "r/ship"):
        with pytest.raises(PermanentError, match="was taken back"):
            await engine.wait(each, timeout_s=20)
    assert sorted(undone) == ["r/parcel/undo", "r/ship/pack/undo"]


async def test_a_sub_workflow_may_have_a_condition(launch: Launcher) -> None:
    def after(ship: dict[str, Any] | None = None) -> Any:
        return ship

    graph = Graph("g", [subworkflow("ship", SHIPPING, when=lambda parcel: parcel != "none"), after])
    engine = await launch(graph)

    assert await engine.wait(await engine.start("g", {"parcel": "none"})) == {"after": None}
    assert (await engine.wait(await engine.start("g", {"parcel": "x"})))["after"] is not None


def test_a_condition_takes_only_what_the_workflow_does() -> None:
    with pytest.raises(ConfigurationError, match="`when` of step ship takes weight"):
        subworkflow("ship", SHIPPING, when=lambda weight: weight > 3)
