"""Handover: an engine goes on with what another left, knows what it cannot run, and gives work to others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, RunStatus
from maestro.engine.handover import EngineRuns
from maestro.engine.subworkflow import subworkflow
from maestro.settings import EngineSettings

worked: list[str] = []


def first(number: int) -> int:
    worked.append("first")
    return number + 1


async def second(first: int) -> int:
    worked.append("second")
    if worked.count("second") == 1:
        await asyncio.sleep(3600)
    return first * 2


def other(number: int) -> int:
    return number


LONG = Graph("long", [first, second])
OLD = Graph("shape", [first, second], version="1")
NEW = Graph("shape", [first, other], version="2")


@pytest.fixture(autouse=True)
def _nothing_worked() -> None:
    worked.clear()


@pytest.fixture
async def runs_of(journal_url: str) -> AsyncIterator[Callable[..., EngineRuns]]:
    """The runs of a process that knows these workflows; one can be open at a time."""
    made: list[EngineRuns] = []
    engines.clear()

    def make(*graphs: Graph) -> EngineRuns:
        engine = Engine(journal_url, EngineSettings(), RealClock())
        for graph in graphs:
            engine.register(graph)
        made.append(EngineRuns(engine, losses=1))
        engines[made[-1]] = engine
        return made[-1]

    yield make
    for each in made:
        await each.close(0.0)


Make = Callable[..., EngineRuns]


engines: dict[EngineRuns, Engine] = {}


def engine_of(runs: EngineRuns) -> Engine:
    return engines[runs]


async def until_worked(step: str) -> None:
    async with asyncio.timeout(20):
        while step not in worked:
            await asyncio.sleep(0.01)


async def test_another_executor_goes_on_with_what_one_left(runs_of: Make) -> None:
    one, two = runs_of(LONG), runs_of(LONG)
    await one.open("one", lambda: True)
    run_id = await engine_of(one).start("long", {"number": 1})
    await until_worked("second")
    assert one.running_ids() == {run_id}
    await one.close(0.0)
    assert one.running_ids() == set()

    await two.open("two", lambda: True)
    left = await two.left_by(["one"])
    assert [(each.id, each.known) for each in left] == [(run_id, True)]
    await two.take_up([run_id])

    assert await engine_of(two).wait(run_id, timeout_s=20) == {"second": 4}
    assert worked == ["first", "second", "second"]
    assert await two.left_by(["one"]) == []
    assert (await engine_of(two).inspect(run_id)).executor == "two"


async def test_a_sub_workflow_that_was_taken_over_is_found_again_and_nobody_is_warned(
    runs_of: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    outer = Graph("outer", [subworkflow("inner", LONG)])
    one, two = runs_of(outer), runs_of(outer)
    await one.open("one", lambda: True)
    run_id = await engine_of(one).start("outer", {"number": 1})
    await until_worked("second")
    await one.close(0.0)

    await two.open("two", lambda: True)
    await two.take_up([f"{run_id}/inner"])
    await two.take_up([run_id])
    assert await engine_of(two).wait(run_id, timeout_s=20) == {"inner": {"second": 4}}
    assert worked == ["first", "second", "second"]
    assert "already exists" not in "".join(capfd.readouterr())


async def test_a_run_can_be_given_to_another_executor_that_is_not_there_yet(runs_of: Make) -> None:
    one, two = runs_of(LONG), runs_of(LONG)
    await one.open("one", lambda: True)
    run_id = await engine_of(one).start("long", {"number": 1}, executor_id="two")
    assert (await engine_of(one).inspect(run_id)).status is RunStatus.QUEUED
    assert [each.id for each in await one.left_by(["two"])] == [run_id]
    await one.close(0.0)

    worked.append("second")  # as if it had been interrupted once
    await two.open("two", lambda: True)
    assert await engine_of(two).wait(run_id, timeout_s=20) == {"second": 4}


@pytest.mark.parametrize("knows", [[NEW], [LONG], [Graph("shape", [first, other], version="1")]])
async def test_a_run_of_another_name_version_or_shape_is_not_known(
    runs_of: Make, knows: Collection[Graph]
) -> None:
    one, two = runs_of(OLD), runs_of(*knows)
    await one.open("one", lambda: True)
    run_id = await engine_of(one).start("shape", {"number": 1})
    await until_worked("second")
    await one.close(0.0)

    await two.open("two", lambda: True)
    assert [(each.id, each.known) for each in await two.left_by(["one"])] == [(run_id, False)]


async def test_without_a_lease_nothing_is_worked(runs_of: Make) -> None:
    one, two = runs_of(LONG), runs_of(LONG)
    await one.open("one", lambda: False)
    run_id = await engine_of(one).start("long", {"number": 1})
    await asyncio.sleep(0.3)
    assert worked == []
    await one.close(0.0)

    worked.append("second")
    await two.open("two", lambda: True)
    await two.take_up([run_id])
    assert await engine_of(two).wait(run_id, timeout_s=20) == {"second": 4}


async def test_a_run_that_is_set_aside_is_stuck_until_a_person_resumes_it(runs_of: Make) -> None:
    one, two, three = runs_of(LONG), runs_of(LONG), runs_of(LONG)
    await one.open("one", lambda: True)
    run_id = await engine_of(one).start("long", {"number": 1})
    other_id = await engine_of(one).start("long", {"number": 2}, executor_id="nobody")
    await engine_of(one).cancel(other_id)
    await until_worked("second")
    await one.close(0.0)

    await two.open("two", lambda: True)
    engine = engine_of(two)
    assert await two.set_aside("somebody else", [run_id]) == []
    assert await two.set_aside("one", [run_id]) == [run_id]
    assert await two.left_by(["one"]) == []
    run = await engine.inspect(run_id)
    assert (run.status, run.ended_at is None) == (RunStatus.STUCK, False)
    assert "lost 1 times in succession" in run.reason
    assert [each.id for each in await engine.list_runs(status="stuck")] == [run_id]
    assert [each.id for each in await engine.list_runs(status="cancelled")] == [other_id]
    counts = await engine.count_runs()
    assert (counts[RunStatus.STUCK], counts[RunStatus.CANCELLED]) == (1, 1)
    await two.close(0.0)

    await three.open("three", lambda: True)  # nobody takes it up by himself
    await asyncio.sleep(0.3)
    assert worked.count("second") == 1
    await engine_of(three).resume(run_id)
    assert await engine_of(three).wait(run_id, timeout_s=20) == {"second": 4}
    done = await engine_of(three).inspect(run_id)
    assert (done.status, done.reason) == (RunStatus.SUCCEEDED, "")
