"""Engine: runs of workflows are started once, watched, cancelled, resumed and survive the engine."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from maestro.clock import RealClock, VirtualClock
from maestro.engine import (
    Engine,
    Graph,
    RunCancelledError,
    RunDetail,
    RunStatus,
    StepFailedError,
    StepStatus,
    current_step,
    step,
)
from maestro.errors import (
    ConfigurationError,
    ConflictError,
    InputError,
    NotFoundError,
    PermanentError,
    TemporaryError,
)
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


def forecast(sales: list[float]) -> float:
    return sum(sales) / len(sales)


async def target(forecast: float, days: int = 7) -> float:
    return forecast * days


def order(target: float, stock: float) -> dict[str, Any]:
    return {"quantity": max(0.0, target - stock)}


def note(forecast: float) -> tuple[str, float]:
    return ("forecast", forecast)


async def until(engine: Engine, run_id: str, status: RunStatus) -> RunDetail:
    """The run, once it has this status."""
    async with asyncio.timeout(20):
        while (run := await engine.inspect(run_id)).status is not status:
            await asyncio.sleep(0.02)
    return run


REPLENISH = Graph("replenish", [forecast, target, order, note])
INPUTS = {"sales": [1.0, 2.0, 3.0], "stock": 4.0}


async def test_a_run_gives_the_results_of_its_last_steps(journal_url: str, launch: Launcher) -> None:
    engine = await launch(REPLENISH, url=journal_url)

    run_id = await engine.start("replenish", INPUTS)

    assert await engine.wait(run_id) == {"order": {"quantity": 10.0}, "note": ("forecast", 2.0)}
    assert run_id.startswith("replenish-")


async def test_an_input_with_a_default_may_be_given(launch: Launcher) -> None:
    engine = await launch(REPLENISH)

    run_id = await engine.start("replenish", {**INPUTS, "days": 1})

    assert (await engine.wait(run_id))["order"] == {"quantity": 0.0}


async def test_a_step_begins_as_soon_as_its_own_inputs_are_there(launch: Launcher) -> None:
    fast_is_through = asyncio.Event()

    async def slow() -> str:
        await asyncio.wait_for(fast_is_through.wait(), 10)
        return "slow"

    async def quick() -> str:
        return "quick"

    async def after_quick(quick: str) -> str:
        fast_is_through.set()
        return quick

    def both(slow: str, after_quick: str) -> list[str]:
        return [slow, after_quick]

    engine = await launch(Graph("g", [slow, quick, after_quick, both]))

    assert await engine.wait(await engine.start("g", {}), timeout_s=20) == {"both": ["slow", "quick"]}


async def test_plain_steps_work_side_by_side_in_threads(launch: Launcher) -> None:
    barrier = threading.Barrier(2, timeout=10)
    engine = await launch(
        Graph("g", [step(lambda: barrier.wait() >= 0, name="a"), step(lambda: barrier.wait() >= 0, name="b")])
    )

    assert await engine.wait(await engine.start("g", {})) == {"a": True, "b": True}


async def test_steps_cannot_change_each_others_values(launch: Launcher) -> None:
    def make() -> list[int]:
        return [1]

    def spoil(make: list[int]) -> list[int]:
        make.append(2)
        return make

    def read(make: list[int], spoil: list[int]) -> list[int]:
        return make

    engine = await launch(Graph("g", [make, spoil, read]))

    assert await engine.wait(await engine.start("g", {})) == {"read": [1]}


async def test_asking_twice_for_one_run_id_starts_one_run(launch: Launcher) -> None:
    calls: list[str] = []

    def count() -> int:
        calls.append(current_step().key)
        return len(calls)

    engine = await launch(Graph("g", [count]), REPLENISH)

    ids = await asyncio.gather(*(engine.start("g", {}, run_id="once") for _ in range(5)))
    await engine.wait("once")
    await engine.start("g", {}, run_id="once")

    assert set(ids) == {"once"}
    assert await engine.wait("once") == {"count": 1}
    assert calls == ["once/count"]
    with pytest.raises(ConflictError, match="belongs to another workflow"):
        await engine.start("replenish", INPUTS, run_id="once")


async def test_what_cannot_begin_is_refused(launch: Launcher) -> None:
    engine = await launch(REPLENISH)

    with pytest.raises(NotFoundError, match=r"no workflow called reprice.*Known are: replenish"):
        await engine.start("reprice", {})
    with pytest.raises(InputError, match="lacks its input sales"):
        await engine.start("replenish", {"stock": 1})
    with pytest.raises(InputError, match="id of a run is empty"):
        await engine.start("replenish", INPUTS, run_id=" ")
    with pytest.raises(PermanentError, match="which a workflow cannot keep"):
        await engine.start("replenish", {"sales": object(), "stock": 1})
    assert await engine.list_runs() == []


async def test_a_failed_step_fails_the_run_but_not_the_other_branches(launch: Launcher) -> None:
    def fine() -> Decimal:
        return Decimal("1.5")

    def broken() -> None:
        raise InputError("The file is empty.", remedy="Give another file.")

    def after(broken: None, fine: Decimal) -> None: ...

    def independent(fine: Decimal) -> Decimal:
        return fine * 2

    engine = await launch(Graph("g", [fine, broken, after, independent]))
    run_id = await engine.start("g", {})

    with pytest.raises(InputError, match=r"The file is empty\. Give another file\.") as caught:
        await engine.wait(run_id)

    assert caught.value.__notes__ == [f"in step broken of run {run_id}"]
    run = await engine.inspect(run_id)
    assert run.status is RunStatus.FAILED
    assert run.error == "The file is empty."
    assert {each.name: each.status for each in run.steps} == {
        "fine": StepStatus.SUCCEEDED,
        "broken": StepStatus.FAILED,
        "independent": StepStatus.SUCCEEDED,
        "after": StepStatus.SKIPPED,
    }
    skipped = next(each for each in run.steps if each.name == "after")
    assert (skipped.parents, skipped.attempts, skipped.started_at) == (("broken", "fine"), (), None)


async def test_attempts_are_seen_while_they_happen_and_afterwards(launch: Launcher) -> None:
    third, go_on = asyncio.Event(), asyncio.Event()

    async def shaky() -> str:
        if current_step().attempt < 3:
            raise TemporaryError("supplier is down", delay_s=60)
        third.set()
        await go_on.wait()
        return "done"

    def later(shaky: str) -> str:
        return shaky

    engine = await launch(Graph("g", [shaky, later]))
    run_id = await engine.start("g", {})
    await asyncio.wait_for(third.wait(), 10)

    seen = await engine.inspect(run_id)
    assert (seen.status, seen.ended_at) == (RunStatus.RUNNING, None)
    assert [each.status for each in seen.steps] == [StepStatus.RUNNING, StepStatus.PENDING]
    assert [each.error for each in seen.steps[0].attempts] == ["supplier is down", "supplier is down", ""]
    assert (seen.steps[0].attempts[2].seconds, seen.steps[0].ended_at) == (None, None)

    go_on.set()
    await engine.wait(run_id)
    run = await engine.inspect(run_id)
    assert [each.error for each in run.steps[0].attempts] == ["supplier is down", "supplier is down", ""]
    assert run.steps[0].ended_at is not None


async def test_an_unexpected_error_is_told_in_its_words(launch: Launcher) -> None:
    def broken() -> None:
        raise ValueError("no such product")

    engine = await launch(Graph("g", [step(broken, retries=1)]))

    with pytest.raises(StepFailedError, match="ValueError: no such product"):
        await engine.wait(await engine.start("g", {}))


async def test_runs_are_stamped_with_the_engines_clock(launch: Launcher) -> None:
    moment = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    engine = await launch(REPLENISH, clock=VirtualClock(moment))

    run_id = await engine.start("replenish", INPUTS)
    await engine.wait(run_id)

    run = await engine.inspect(run_id)
    assert (run.started_at, run.ended_at) == (moment, moment)
    assert {each.started_at for each in run.steps} == {moment}
    assert run.inputs == INPUTS


async def test_runs_are_listed_the_youngest_first(journal_url: str, launch: Launcher) -> None:
    def broken() -> None:
        raise PermanentError("no")

    engine = await launch(REPLENISH, Graph("bad", [broken]), url=journal_url)
    for number in range(3):
        await engine.wait(await engine.start("replenish", INPUTS, run_id=f"r{number}"))
    with pytest.raises(PermanentError):
        await engine.wait(await engine.start("bad", {}, run_id="b"))

    assert [each.id for each in await engine.list_runs()] == ["b", "r2", "r1", "r0"]
    assert [each.id for each in await engine.list_runs(name="replenish", limit=1, offset=1)] == ["r1"]
    (failed,) = await engine.list_runs(status="failed")
    assert (failed.id, failed.workflow, failed.error) == ("b", "bad", "no")
    assert await engine.list_runs(status=RunStatus.QUEUED) == []
    with pytest.raises(InputError, match="no run status lost"):
        await engine.list_runs(status="lost")


async def test_an_unknown_run_is_not_found(launch: Launcher) -> None:
    engine = await launch(REPLENISH)

    for ask in (engine.inspect, engine.cancel, engine.resume, engine.wait):
        with pytest.raises(NotFoundError, match="no run nowhere"):
            await ask("nowhere")


async def test_waiting_can_be_given_up_without_harm(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def slow() -> str:
        await go_on.wait()
        return "done"

    engine = await launch(Graph("g", [slow]))
    run_id = await engine.start("g", {})

    with pytest.raises(TimeoutError):
        await engine.wait(run_id, timeout_s=0.05)
    go_on.set()
    assert await engine.wait(run_id) == {"slow": "done"}


async def test_a_cancelled_run_stops_at_once_and_resumes_where_it_stopped(
    journal_url: str, launch: Launcher
) -> None:
    worked: list[str] = []
    begun = asyncio.Event()

    def before() -> int:
        worked.append("before")
        return 1

    async def long(before: int) -> int:
        worked.append("long")
        begun.set()
        if worked.count("long") == 1:
            await asyncio.sleep(3600)
        return before + 1

    def after(long: int) -> int:
        worked.append("after")
        return long + 1

    engine = await launch(Graph("g", [before, long, after]), url=journal_url)
    run_id = await engine.start("g", {})
    await asyncio.wait_for(begun.wait(), 10)
    with pytest.raises(ConflictError, match="it is running"):
        await engine.resume(run_id)
    waiting = asyncio.create_task(engine.wait(run_id))

    await engine.cancel(run_id)

    with pytest.raises(RunCancelledError, match="is cancelled"):
        await waiting
    run = await engine.inspect(run_id)
    assert run.status is RunStatus.CANCELLED
    assert [each.status for each in run.steps] == [
        StepStatus.SUCCEEDED,
        StepStatus.PENDING,
        StepStatus.PENDING,
    ]

    await engine.resume(run_id)

    assert await engine.wait(run_id, timeout_s=20) == {"after": 3}
    assert worked == ["before", "long", "long", "after"]
    with pytest.raises(ConflictError, match="has succeeded already"):
        await engine.cancel(run_id)
    with pytest.raises(ConflictError, match=r"cannot be resumed: it is succeeded\. Start a new run"):
        await engine.resume(run_id)


async def test_no_more_runs_work_at_once_than_the_settings_allow(launch: Launcher) -> None:
    at_once: list[int] = []
    working = 0

    async def work() -> None:
        nonlocal working
        working += 1
        at_once.append(working)
        await asyncio.sleep(0.01)
        working -= 1

    engine = await launch(Graph("g", [work]), settings=EngineSettings(concurrency=2))

    for run_id in [await engine.start("g", {}) for _ in range(8)]:
        await engine.wait(run_id)

    assert max(at_once) == 2


async def test_a_step_may_start_and_await_another_run(launch: Launcher) -> None:
    engines: list[Engine] = []

    async def outer() -> Any:
        run_id = await engines[0].start("replenish", INPUTS, run_id=f"{current_step().key}/inner")
        return (await engines[0].wait(run_id))["order"]

    engines.append(await launch(Graph("g", [outer]), REPLENISH))

    assert await engines[0].wait(await engines[0].start("g", {})) == {"outer": {"quantity": 10.0}}


async def test_shutdown_lets_running_steps_end(launch: Launcher) -> None:
    begun = asyncio.Event()

    async def slow() -> str:
        begun.set()
        await asyncio.sleep(0.1)
        return "done"

    engine = await launch(Graph("g", [slow]))
    run_id = await engine.start("g", {})
    await begun.wait()

    await engine.shutdown()

    await engine.launch()
    assert (await engine.inspect(run_id)).status is RunStatus.SUCCEEDED


async def test_what_shutdown_cuts_off_is_taken_up_at_the_next_launch(
    journal_url: str, launch: Launcher
) -> None:
    worked: list[str] = []
    begun = asyncio.Event()

    def before() -> int:
        worked.append("before")
        return 1

    async def long(before: int) -> int:
        worked.append("long")
        begun.set()
        if worked.count("long") == 1:
            await asyncio.sleep(3600)
        return before + 1

    graph = Graph("g", [before, long])
    engine = await launch(graph, url=journal_url)
    run_id = await engine.start("g", {})
    await asyncio.wait_for(begun.wait(), 10)

    await engine.shutdown(drain_s=0.05)

    other = await launch(graph, url=journal_url)
    assert await other.wait(run_id, timeout_s=20) == {"long": 2}
    assert worked == ["before", "long", "long"]


async def test_runs_that_wait_for_a_free_place_are_kept_for_the_next_launch(launch: Launcher) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await go_on.wait()
        return "done"

    engine = await launch(Graph("g", [work]), settings=EngineSettings(concurrency=1))
    ids = [await engine.start("g", {}) for _ in range(3)]
    await begun.wait()
    leaving = asyncio.create_task(engine.shutdown())
    await asyncio.sleep(0.05)
    with pytest.raises(TemporaryError, match="takes no work now"):
        await engine.start("g", {})
    go_on.set()
    await leaving

    await engine.launch()

    for run_id in ids:
        assert await engine.wait(run_id, timeout_s=20) == {"work": "done"}


async def test_a_run_of_a_changed_workflow_waits_for_who_knows_its_steps(launch: Launcher) -> None:
    begun = asyncio.Event()

    async def long() -> str:
        if begun.is_set():
            return "done"
        begun.set()
        await asyncio.sleep(3600)
        return ""

    def added(long: str) -> None: ...

    engine = await launch(Graph("g", [long]))
    run_id = await engine.start("g", {})
    await begun.wait()
    await engine.shutdown(drain_s=0)

    changed = await launch(Graph("g", [long, added]))
    run = await until(changed, run_id, RunStatus.WAITING)

    assert run.reason == "Version 1 of workflow g, with which this run began, is not known to executor local."
    await changed.shutdown()
    both = await launch(Graph("g", [long]), Graph("g", [long, added], version="2"))
    assert await both.wait(run_id, timeout_s=20) == {"long": "done"}
    assert await both.wait(await both.start("g", {})) == {"added": None}


async def test_one_engine_is_live_at_a_time(sqlite_url: str, launch: Launcher) -> None:
    first = await launch(REPLENISH)
    second = Engine(sqlite_url, EngineSettings(), RealClock())
    second.register(REPLENISH)

    with pytest.raises(ConflictError, match="An engine is live in this process already"):
        await second.launch()
    await second.shutdown()
    with pytest.raises(TemporaryError, match="not running"):
        await second.list_runs()

    await first.shutdown()
    await second.launch()
    assert await second.wait(await second.start("replenish", INPUTS))
    await second.shutdown()
    await second.shutdown()


async def test_the_loop_has_working_threads_after_shutdown(launch: Launcher) -> None:
    engine = await launch(REPLENISH)
    await engine.wait(await engine.start("replenish", INPUTS))
    await engine.shutdown()

    assert await asyncio.to_thread(lambda: 7) == 7


async def test_workflows_are_registered_once_and_before_the_launch(launch: Launcher) -> None:
    engine = await launch(REPLENISH)

    with pytest.raises(ConfigurationError, match="came after the launch"):
        engine.register(Graph("late", [forecast]))
    await engine.shutdown()
    engine.register(REPLENISH)  # the same again is no other
    with pytest.raises(ConfigurationError, match="two workflows called replenish of version 1"):
        engine.register(Graph("replenish", [forecast]))
