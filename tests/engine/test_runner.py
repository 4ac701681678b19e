"""Runner: a run is worked under a claim; who lost it stops, and who advises or observes is heard."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import pytest
from dbos import DBOS
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from maestro.engine import Engine, Graph, RunStatus, StepFailedError, StepStatus, current_step, step
from maestro.engine.journal import outside
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.observation import Advice, RunOutcome, StepAhead, StepOutcome
from maestro.engine.runner import Runner
from maestro.engine.workers.base import Pool, Started, Task, call
from maestro.errors import PolicyError, TemporaryError
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


def score(amount: int) -> int:
    return amount


def big(score: int) -> str:
    return "big"


def after_big(big: str) -> str:
    return f"after {big}"


def report(score: int, big: str = "small") -> str:
    return f"{score} is {big}"


ROUTED = Graph("routed", [score, step(big, when=lambda score: score > 10), after_big, report])


async def test_a_condition_decides_the_way_and_defaults_stand_in_for_what_is_skipped(
    launch: Launcher,
) -> None:
    engine = await launch(ROUTED)
    small = await engine.start("routed", {"amount": 3})

    assert await engine.wait(small) == {"report": "3 is small"}
    assert await engine.wait(await engine.start("routed", {"amount": 30})) == {
        "after_big": "after big",
        "report": "30 is big",
    }
    steps = {each.name: each for each in (await engine.inspect(small)).steps}
    assert (steps["big"].status, steps["big"].reason) == (StepStatus.SKIPPED, "its condition did not hold")
    assert (steps["after_big"].status, steps["after_big"].reason) == (StepStatus.SKIPPED, "big was skipped")


async def test_a_condition_that_cannot_be_worked_out_fails_its_step(launch: Launcher) -> None:
    graph = Graph("g", [step(score, when=lambda amount: amount > "x")])
    engine = await launch(graph)

    with pytest.raises(Exception, match="not supported between"):
        await engine.wait(await engine.start("g", {"amount": 3}))


class Witness:
    def __init__(self) -> None:
        self.steps: list[StepOutcome] = []
        self.runs: list[RunOutcome] = []

    def step_ended(self, outcome: StepOutcome) -> None:
        self.steps.append(outcome)

    def run_ended(self, outcome: RunOutcome) -> None:
        self.runs.append(outcome)
        raise RuntimeError("an observer may not disturb")

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None: ...


async def test_observers_are_told_how_steps_and_runs_ended(launch: Launcher) -> None:
    def shaky(score: int) -> int:
        if current_step().attempt == 1:
            raise TemporaryError("busy", delay_s=0)
        return score

    witness = Witness()
    engine = await launch(Graph("g", [score, shaky], version="7"), observers=[witness])
    await engine.wait(await engine.start("g", {"amount": 3}, run_id="r"))

    assert [(each.step, each.attempts, each.ok, each.version, each.worker) for each in witness.steps] == [
        ("score", 1, True, "7", "local"),
        ("shaky", 2, True, "7", "local"),
    ]
    assert all(each.seconds >= 0 and each.waited_s >= 0 and each.size > 0 for each in witness.steps)
    assert [(each.run_id, each.status) for each in witness.runs] == [("r", "succeeded")]


class Advisor:
    def __init__(self, advice: Mapping[str, Advice]) -> None:
        self.advice = advice
        self.asked: list[StepAhead] = []

    def before_step(self, ahead: StepAhead) -> Advice:
        self.asked.append(ahead)
        return self.advice[ahead.step]


async def test_advice_is_followed(launch: Launcher, waits: list[float]) -> None:
    advisor = Advisor(
        {"score": Advice(delay_s=12.0, failure_probability=0.4), "big": Advice(refuse="too risky")}
    )
    engine = await launch(Graph("g", [score, big]), advisor=advisor)
    run_id = await engine.start("g", {"amount": 3})

    with pytest.raises(PolicyError, match="too risky"):
        await engine.wait(run_id)

    assert waits == [12.0]
    assert [each.arguments for each in advisor.asked] == [{"amount": 3}, {"score": 3}]
    assert (await engine.inspect(run_id)).steps[0].failure_probability == 0.4


async def test_without_advice_steps_begin_as_declared(launch: Launcher) -> None:
    engine = await launch(Graph("g", [score]), advisor=Advisor({}))

    assert await engine.wait(await engine.start("g", {"amount": 3})) == {"score": 3}


class OneWorker:
    """A pool that works in this thread and keeps what it was asked."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    async def run(self, task: Task, started: Started | None = None) -> Any:
        self.tasks.append(task)
        if started is not None:
            started("w1")
        return await asyncio.to_thread(call, task.function, task.arguments)


def where_am_i(score: int) -> str:
    return current_step().key


async def test_steps_for_workers_go_to_the_pool(launch: Launcher) -> None:
    pool = OneWorker()
    graph = Graph(
        "g",
        [
            score,
            step(where_am_i, where="worker", resources={"gpu": 1}),
            step(lambda item: item + 1, name="each", each="item", of="items", where="worker", chunk_size=2),
        ],
    )
    engine = await launch(graph, pool=cast("Pool", pool))
    run_id = await engine.start("g", {"amount": 1, "items": [1, 2, 3]}, run_id="r")

    assert await engine.wait(run_id) == {"where_am_i": "r/where_am_i", "each": [2, 3, 4]}
    asked = {task.key: task for task in pool.tasks}
    assert set(asked) == {"r/where_am_i", "r/each/0", "r/each/2"}
    assert asked["r/where_am_i"].resources == {"gpu": 1}
    assert asked["r/each/0"].size == 2
    steps = {each.name: each for each in (await engine.inspect(run_id)).steps}
    assert (steps["where_am_i"].worker, steps["where_am_i"].where) == ("w1", "worker")
    assert steps["score"].worker == "local"


async def test_who_lost_its_claim_stops_and_the_run_is_left_to_others(launch: Launcher) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def long() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    engine = await launch(Graph("g", [long]))
    run_id = await engine.start("g", {})
    await begun.wait()
    assert engine.running_ids() == {run_id}

    with engine.records.session() as session:
        session.execute(update(ClaimRow).values(executor_id="another", epoch=ClaimRow.epoch + 1))
    await asyncio.wait_for(ended.wait(), 10)

    async with asyncio.timeout(10):
        while engine.running_ids():
            await asyncio.sleep(0.01)
    assert (await engine.inspect(run_id)).status is RunStatus.RUNNING


async def test_a_run_that_comes_back_under_a_new_claim_is_not_stopped_with_the_old_one(
    launch: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    looking, taken_up, go_on = threading.Event(), threading.Event(), asyncio.Event()
    read = Runner._epochs

    def slowly(runner: Runner, run_ids: list[str]) -> Mapping[str, int]:
        if begun:
            looking.set()
            taken_up.wait(20)
        return read(runner, run_ids)

    async def long() -> str:
        begun.append(1)
        await (asyncio.sleep(3600) if len(begun) == 1 else go_on.wait())
        return "done"

    monkeypatch.setattr(Runner, "_epochs", slowly)
    engine = await launch(Graph("g", [long]))
    run_id = await engine.start("g", {})
    assert await asyncio.to_thread(looking.wait, 20)
    # another process stops the run and hands it back to this one, which was just about to look
    await outside(DBOS.cancel_workflow_async(run_id))
    with engine.records.session() as session:
        session.execute(update(ClaimRow).values(executor_id="", epoch=ClaimRow.epoch + 1))
    await outside(DBOS.resume_workflow_async(run_id, queue_name=engine.queue))
    async with asyncio.timeout(20):
        while len(begun) < 2:
            await asyncio.sleep(0.01)
    taken_up.set()
    await asyncio.sleep(0.3)
    go_on.set()

    assert await engine.wait(run_id, timeout_s=20) == {"long": "done"}
    assert len(begun) == 2


async def test_a_claim_taken_by_who_had_no_right_is_taken_back(launch: Launcher) -> None:
    worked: list[str] = []
    go_on = asyncio.Event()

    def before() -> int:
        worked.append("before")
        return 1

    async def middle(before: int) -> int:
        worked.append("middle")
        await go_on.wait()
        return before + 1

    engine = await launch(Graph("g", [before, middle]), settings=EngineSettings(watch_s=60))
    run_id = await engine.start("g", {})
    async with asyncio.timeout(10):
        while "middle" not in worked:
            await asyncio.sleep(0.01)
    # a process that was given up long ago wakes and claims; DBOS still has the run as ours
    with engine.records.session() as session:
        session.execute(update(ClaimRow).values(executor_id="zombie", epoch=ClaimRow.epoch + 1))
    go_on.set()

    assert await engine.wait(run_id, timeout_s=20) == {"middle": 2}
    assert worked == ["before", "middle", "middle"]


async def test_nothing_is_begun_without_a_lease(launch: Launcher) -> None:
    worked: list[int] = []
    lease = [True]

    def first() -> int:
        worked.append(1)
        lease[0] = False
        return 1

    def second(first: int) -> None:
        worked.append(2)

    engine = await launch(Graph("g", [first, second]), lease=lambda: lease[0])
    run_id = await engine.start("g", {})
    async with asyncio.timeout(10):
        while engine.running_ids() or not worked:
            await asyncio.sleep(0.01)

    assert worked == [1]
    assert (await engine.inspect(run_id)).status is RunStatus.RUNNING


async def test_attempts_go_on_counting_after_a_break(launch: Launcher) -> None:
    numbers: list[int] = []
    hanging = asyncio.Event()

    async def shaky() -> str:
        numbers.append(current_step().attempt)
        if len(numbers) <= 2:
            raise TemporaryError("busy", delay_s=0)
        if len(numbers) == 3:
            hanging.set()
            await asyncio.sleep(3600)
        return "done"

    graph = Graph("g", [step(shaky, retries=5)])
    engine = await launch(graph)
    run_id = await engine.start("g", {})
    await asyncio.wait_for(hanging.wait(), 10)
    await engine.shutdown(drain_s=0)

    again = await launch(graph)

    assert await again.wait(run_id, timeout_s=20) == {"shaky": "done"}
    assert numbers == [1, 2, 3, 3], "an attempt that was cut off had no outcome, so it counts anew"
    assert [each.error for each in (await again.inspect(run_id)).steps[0].attempts] == ["busy", "busy", ""]


async def test_a_run_can_be_stopped_here_without_a_word_to_the_journal(launch: Launcher) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        begun.set()
        await asyncio.sleep(3600)

    engine = await launch(Graph("g", [long]))
    run_id = await engine.start("g", {})
    await begun.wait()

    await engine.stop_here([run_id])

    assert engine.running_ids() == set()
    assert (await engine.inspect(run_id)).status is RunStatus.RUNNING


async def test_a_journal_that_comes_back_sets_a_run_back_but_does_not_fail_it(
    launch: Launcher, waits: list[float]
) -> None:
    full = [True]

    def fill(*_: Any) -> None:
        if full and worked:
            full.clear()
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    worked: list[str] = []

    def first() -> int:
        worked.append("first")
        return 1

    engine = await launch(Graph("g", [first]), settings=EngineSettings(watch_s=60))
    event.listen(engine.records.engine, "before_cursor_execute", fill)

    assert await engine.wait(await engine.start("g", {}), timeout_s=20) == {"first": 1}
    assert worked == ["first", "first"]
    assert waits == [1.0]


async def test_what_the_journal_cannot_hold_fails_its_step(launch: Launcher) -> None:
    def odd() -> str:
        return "\ud800"

    engine = await launch(Graph("g", [step(odd, retries=0)]))

    with pytest.raises(StepFailedError, match="surrogates not allowed"):
        await engine.wait(await engine.start("g", {}), timeout_s=20)


async def test_a_step_that_cancels_itself_fails_like_any_other(launch: Launcher) -> None:
    async def odd() -> None:
        raise asyncio.CancelledError

    engine = await launch(Graph("g", [step(odd, retries=0)]))

    with pytest.raises(StepFailedError, match="cancelled from within"):
        await engine.wait(await engine.start("g", {}), timeout_s=20)
