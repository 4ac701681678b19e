"""Wait: a run waits for people, events and times without a place, durably, and each wait ends once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maestro.clock import Clock, VirtualClock
from maestro.engine import (
    Engine,
    Graph,
    RunDetail,
    RunStatus,
    StepStatus,
    step,
    wait_for,
    wait_for_approval,
    wait_for_event,
    wait_until,
)
from maestro.engine.waiting import Waiting
from maestro.errors import ConfigurationError, ConflictError, InputError, NotFoundError, PermanentError
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def quote(amount: int) -> int:
    return amount * 2


def order(approve: dict[str, Any], quote: int) -> str:
    return f"ordered {quote}" if approve["approved"] else f"rejected: {approve['note']}"


PURCHASE = Graph(
    "purchase",
    [quote, wait_for_approval("approve", words=lambda quote: f"Order for {quote}?"), order],
)


async def waiting(engine: Engine, run_id: str) -> RunDetail:
    async with asyncio.timeout(20):
        while (run := await engine.inspect(run_id)).status is not RunStatus.WAITING:
            await asyncio.sleep(0.01)
    return run


async def pass_time(clock: VirtualClock, done: Callable[[], bool], **step_of: float) -> None:
    """Let time pass until something is so; others need moments of life in between."""
    async with asyncio.timeout(20):
        while not done():
            await clock.advance(**step_of)
            await asyncio.sleep(0.01)


async def test_a_run_waits_for_a_person(journal_url: str, launch: Launcher) -> None:
    engine = await launch(PURCHASE, url=journal_url)
    run_id = await engine.start("purchase", {"amount": 5})

    run = await waiting(engine, run_id)
    (asked,) = await engine.waits()
    assert (asked.run_id, asked.step, asked.kind, asked.words) == (
        run_id,
        "approve",
        "approval",
        "Order for 10?",
    )
    assert [each.id for each in await engine.list_runs(status="waiting")] == [run_id]
    assert await engine.list_runs(status="running") == []
    assert run.steps[1].status is StepStatus.WAITING
    assert run.steps[1].wait == asked

    await engine.signal(run_id, "approve", {"approved": False, "note": "too dear"}, by="person:a@b.c")

    assert await engine.wait(run_id, timeout_s=20) == {"order": "rejected: too dear"}
    assert await engine.waits() == []
    found = (await engine.inspect(run_id)).steps[1]
    assert found.output == {"approved": False, "note": "too dear", "by": "person:a@b.c", "timed_out": False}
    assert 0 < (found.attempts[0].seconds or 0) < 60
    with pytest.raises(ConflictError, match="has succeeded already"):
        await engine.signal(run_id, "approve", {"approved": True})


async def test_waiting_outlives_the_process_and_needs_no_place(launch: Launcher) -> None:
    settings = EngineSettings(concurrency=1, queue_polling_s=0.05, watch_s=0.05)
    engine = await launch(PURCHASE, Graph("short", [quote]), settings=settings)
    ids = [await engine.start("purchase", {"amount": number}) for number in range(3)]
    for run_id in ids:
        await waiting(engine, run_id)
    assert await engine.wait(await engine.start("short", {"amount": 1}), timeout_s=20) == {"quote": 2}
    begun = asyncio.get_running_loop().time()
    await engine.shutdown()
    assert asyncio.get_running_loop().time() - begun < 8, "who only waits is not waited for"

    again = await launch(PURCHASE, settings=settings)
    for run_id in ids:
        await again.signal(run_id, "approve", {"approved": True})

    results = [await again.wait(run_id, timeout_s=20) for run_id in ids]
    assert results == [{"order": f"ordered {number * 2}"} for number in range(3)]


async def test_what_is_not_asked_is_not_answered(launch: Launcher) -> None:
    engine = await launch(PURCHASE)
    run_id = await engine.start("purchase", {"amount": 5})
    await waiting(engine, run_id)

    with pytest.raises(InputError, match="needs a yes or a no"):
        await engine.signal(run_id, "approve", {"note": "hm"})
    with pytest.raises(NotFoundError):
        await engine.signal("nowhere", "approve", True)
    with pytest.raises(ConflictError, match="does not wait for aprove now") as caught:
        await engine.signal(run_id, "aprove", True, keep=False)
    assert caught.value.remedy == "It waits for: approve."
    assert not await engine.signal(run_id, "aprove", True), "it is kept, and nobody waits for it"
    answers = [engine.signal(run_id, "approve", True) for _ in range(5)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)
    assert outcomes.count(True) == 1, "a wait ends once"
    assert await engine.wait(run_id, timeout_s=20) == {"order": "ordered 10"}


async def test_an_approval_counts_only_once_it_is_asked_for(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def quote(amount: int) -> int:
        await go_on.wait()
        return amount

    engine = await launch(
        Graph("g", [quote, wait_for_approval("approve", words=lambda quote: f"{quote}?"), order])
    )
    run_id = await engine.start("g", {"amount": 5})

    with pytest.raises(ConflictError, match="does not wait for approve"):
        await engine.signal(run_id, "approve", True)
    go_on.set()
    await waiting(engine, run_id)
    await engine.cancel(run_id)
    assert await engine.waits() == []
    await engine.resume(run_id)
    await waiting(engine, run_id)
    await engine.signal(run_id, "approve", True)
    assert await engine.wait(run_id, timeout_s=20) == {"order": "ordered 5"}


async def test_an_event_that_comes_early_is_kept(journal_url: str, launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def ship() -> str:
        await go_on.wait()
        return "A7"

    def book(delivered: dict[str, Any]) -> Any:
        return delivered["payload"]

    graph = Graph("g", [ship, wait_for_event("delivered", topic=lambda ship: f"parcel {ship}"), book])
    engine = await launch(graph, url=journal_url)
    run_id = await engine.start("g", {})

    await engine.signal(run_id, "parcel A7", {"weight": 3})
    go_on.set()

    assert await engine.wait(run_id, timeout_s=20) == {"book": {"weight": 3}}


async def test_a_signal_from_another_process_is_seen(launch: Launcher) -> None:
    engine = await launch(PURCHASE)
    run_id = await engine.start("purchase", {"amount": 5})
    await waiting(engine, run_id)

    # what another process does to the same database, without a word to this one
    await Waiting(engine.records, VirtualClock(NOON)).signal(run_id, "approve", True, "p", keep=False)

    assert await engine.wait(run_id, timeout_s=20) == {"order": "ordered 10"}


async def test_waits_are_over_by_the_engines_clock(launch: Launcher) -> None:
    clock = VirtualClock(NOON)

    def result(pause: datetime, night: datetime, approve: dict[str, Any], event: dict[str, Any]) -> list[Any]:
        return [pause, night, approve["approved"], approve["timed_out"], event["timed_out"]]

    graph = Graph(
        "g",
        [
            wait_for("pause", 3600),
            wait_until("night", lambda pause: pause + timedelta(hours=9)),
            wait_for_approval("approve", within_s=86_400, after=["night"]),
            wait_for_event("event", within_s=60),
            result,
        ],
    )
    engine = await launch(graph, clock=clock)
    task = asyncio.create_task(engine.wait(await engine.start("g", {})))
    async with asyncio.timeout(20):
        while len(await engine.waits()) < 2:
            await asyncio.sleep(0.01)

    await pass_time(clock, task.done, hours=1)

    pause, night = NOON + timedelta(hours=1), NOON + timedelta(hours=10)
    assert await task == {"result": [pause, night, False, True, True]}


async def test_a_failed_step_ends_the_waits_of_its_run(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def broken() -> None:
        await go_on.wait()
        raise PermanentError("no")

    engine = await launch(Graph("g", [broken, wait_for_approval("approve")]))
    run_id = await engine.start("g", {})
    await waiting(engine, run_id)
    go_on.set()

    with pytest.raises(PermanentError, match="no"):
        await engine.wait(run_id, timeout_s=20)
    assert await engine.waits() == []


async def test_a_wait_may_have_a_condition(launch: Launcher, wait_clock: Clock) -> None:
    def order(quote: int, approve: dict[str, Any] | None = None) -> Any:
        return approve

    graph = Graph(
        "g", [quote, wait_for_approval("approve", after=["quote"], when=lambda quote: quote > 50), order]
    )
    engine = await launch(graph)

    assert await engine.wait(await engine.start("g", {"amount": 5})) == {"order": None}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: wait_for("no name", 3), "cannot be the name"),
        (lambda: wait_for("pause", 0), "0 seconds"),
        (lambda: wait_until("night", NOON.replace(tzinfo=None)), "no time zone"),
        (lambda: wait_for("pause", 3, when=lambda x: x), "takes x"),
    ],
)
def test_waits_that_make_no_sense_are_refused(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


async def test_a_wait_for_no_time_fails_its_step(launch: Launcher) -> None:
    def words() -> str:
        return "soon"

    engine = await launch(Graph("g", [words, wait_until("night", lambda words: words)]))

    with pytest.raises(InputError, match="cannot wait for 'soon'"):
        await engine.wait(await engine.start("g", {}))


def test_an_approval_is_a_step_like_any_other() -> None:
    graph = Graph("g", [step(quote), wait_for_approval("approve", after=["quote"])])

    assert graph.parents["approve"] == ("quote",)
