"""Past runs: a process begins with what the journal knows of the last runs of its workflows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from maestro.clock import AcceleratedClock, RealClock
from maestro.engine import Graph, step, wait_for
from maestro.engine.journal_tables import StepRow
from maestro.engine.observation import PastRun, PastStep, RunOutcome, StepOutcome
from maestro.engine.past_runs import LAST
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.engine.workflow import Engine
from maestro.errors import PermanentError

from .conftest import Launcher


class Pupil:
    """An observer that keeps what it is told of former runs."""

    def __init__(self) -> None:
        self.runs: list[PastRun] = []

    def recall(self, run: PastRun) -> None:
        self.runs.append(run)

    def step_ended(self, outcome: StepOutcome) -> None: ...

    def run_ended(self, outcome: RunOutcome) -> None: ...

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None: ...

    async def told(self, runs: int) -> Sequence[PastRun]:
        """The runs, once there are so many."""
        async with asyncio.timeout(10):
            while len(self.runs) < runs:
                await asyncio.sleep(0.01)
        return self.runs


def by_name(run: PastRun) -> dict[str, PastStep]:
    return {each.step: each for each in run.steps}


async def run(engine: Engine, name: str, times: int = 1) -> None:
    for _ in range(times):
        await engine.wait(await engine.start(name, {}))


def nothing() -> int:
    return 0


@pytest.fixture
def day() -> Graph:
    """A step on a worker, a wait, a map, and a step that fails at first."""
    tries = []

    @step(where="worker")
    async def load() -> list[int]:
        await asyncio.sleep(0.05)
        return [1, 2, 3]

    @step(retries=1)
    def shaky(load: list[int]) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("at first")
        return 1

    @step(each="one", of="load")
    def double(one: int) -> int:
        return 2 * one

    return Graph("day", [load, wait_for("rest", 0.2, after=["load"]), double, shaky])


async def test_each_step_is_told_with_its_times(launch: Launcher, journal_url: str, day: Graph) -> None:
    pool = ThreadPool(RealClock(), 1)
    await pool.start()
    engine = await launch(day, url=journal_url, pool=pool)
    await run(engine, "day")
    await engine.shutdown()
    await pool.stop()
    pupil = Pupil()
    await launch(day, url=journal_url, observers=[pupil])
    (told,) = await pupil.told(1)
    steps = by_name(told)
    assert told.workflow == "day"
    assert set(steps) == {"load", "rest", "double", "shaky"}
    load, rest = steps["load"], steps["rest"]
    assert (load.worker, load.on_worker, load.ok, load.items) == ("thread-1", True, True, 0)
    assert load.worked_s is not None
    assert 0.05 <= load.worked_s <= load.seconds < 5
    assert (rest.worker, rest.worked_s) == ("", None)
    assert rest.seconds >= 0.2
    assert (rest.kind, load.kind) == ("timer", "step")
    assert (steps["double"].items, steps["double"].on_worker) == (3, False)
    assert steps["shaky"].ok
    assert load.ended_s <= steps["double"].ended_s <= rest.ended_s


async def test_only_the_last_runs_are_told_of_each_workflow_the_oldest_first(
    launch: Launcher, journal_url: str
) -> None:
    graphs = [Graph("often", [nothing]), Graph("seldom", [nothing]), Graph("never", [nothing])]
    engine = await launch(*graphs, url=journal_url)
    await run(engine, "seldom", 2)
    await run(engine, "often", LAST + 5)
    await engine.shutdown()
    pupil = Pupil()
    await launch(*graphs, url=journal_url, observers=[pupil])
    told = await pupil.told(LAST + 2)
    assert [each.workflow for each in told] == ["often"] * LAST + ["seldom"] * 2
    ends = [each.steps[0].ended_s for each in told[:LAST]]
    assert ends == sorted(ends)


async def test_what_a_process_saw_itself_is_not_told_again(launch: Launcher) -> None:
    pupil = Pupil()
    graph = Graph("day", [nothing])
    engine = await launch(graph, observers=[pupil])
    await run(engine, "day", 3)
    await engine.shutdown()
    await engine.launch()
    await run(engine, "day")
    await asyncio.sleep(0.1)
    assert pupil.runs == []


async def test_a_run_that_failed_tells_what_succeeded_and_what_did_not(launch: Launcher) -> None:
    def broken(nothing: int) -> int:
        raise PermanentError("broken")

    graph = Graph("day", [nothing, broken])
    engine = await launch(graph)
    with pytest.raises(PermanentError):
        await run(engine, "day")
    await engine.shutdown()
    pupil = Pupil()
    await launch(graph, observers=[pupil])
    (told,) = await pupil.told(1)
    assert {name: each.ok for name, each in by_name(told).items()} == {"nothing": True, "broken": False}


async def test_times_are_told_in_seconds_of_life_however_fast_the_clock(launch: Launcher) -> None:
    async def short() -> int:
        await asyncio.sleep(0.05)
        return 1

    def after(short: int) -> int:
        return short

    clock = AcceleratedClock(datetime(2026, 3, 2, tzinfo=UTC), speed=3_600)
    graph = Graph("day", [short, after, wait_for("hour", 3_600)])
    engine = await launch(graph, clock=clock)
    await run(engine, "day")
    await engine.shutdown()
    pupil = Pupil()
    await launch(graph, clock=clock, observers=[pupil])
    (told,) = await pupil.told(1)
    steps = by_name(told)
    assert 0.05 <= steps["short"].seconds < 1
    assert 0 <= steps["after"].ended_s - steps["short"].ended_s < 1
    assert 1 <= steps["hour"].seconds < 3


async def test_a_journal_that_cannot_be_read_stops_nobody(launch: Launcher) -> None:
    graph = Graph("day", [nothing])
    engine = await launch(graph)
    await run(engine, "day")
    with engine.records.session() as session:
        session.query(StepRow).update({StepRow.details: "no record"})
    await engine.shutdown()
    pupil = Pupil()
    engine = await launch(graph, observers=[pupil])
    await run(engine, "day")
    assert pupil.runs == []


async def test_the_longest_way_goes_first_from_the_first_run_after_a_restart_on(
    launch: Launcher, sqlite_url: str
) -> None:
    began: list[str] = []

    def sleeper(name: str, seconds: float) -> Callable[[int], int]:
        def work(nothing: int) -> int:
            began.append(name)
            time.sleep(seconds)
            return 1

        return work

    names = {"a": 0.01, "b": 0.02, "slow": 0.1, "c": 0.01}
    steps = [step(sleeper(name, seconds), name=name, where="worker") for name, seconds in names.items()]
    graph = Graph("day", [nothing, *steps])

    async def process(runs: int) -> None:
        pool = ThreadPool(RealClock(), 1)
        await pool.start()
        pupil = Pupil()
        engine = await launch(graph, url=sqlite_url, pool=pool, observers=[pupil])
        if runs == 1:
            await pupil.told(2)
        await run(engine, "day", runs)
        await engine.shutdown()
        await pool.stop()

    await process(2)
    began.clear()
    await process(1)
    assert began[0] == "slow"
