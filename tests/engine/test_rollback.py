"""Rollback: what a failed run did is taken back, the last first, once, and a failure to do so is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maestro.engine import (
    Engine,
    Graph,
    RunStatus,
    StepFailedError,
    StepStatus,
    current_step,
    step,
)
from maestro.engine.observation import RunOutcome, StepOutcome
from maestro.errors import ConfigurationError, ConflictError, PermanentError, TemporaryError

Launcher = Callable[..., Awaitable[Engine]]


class Witness:
    """Remembers what observers are told."""

    def __init__(self) -> None:
        self.steps: list[StepOutcome] = []
        self.runs: list[RunOutcome] = []
        self.unmended: list[tuple[str, str, str]] = []

    def step_ended(self, outcome: StepOutcome) -> None:
        self.steps.append(outcome)

    def run_ended(self, outcome: RunOutcome) -> None:
        self.runs.append(outcome)

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        self.unmended.append((run_id, step, error))


def booking(undone: list[Any], *, fail_hotel: bool = False) -> Graph:
    """Books a flight, then a hotel, then a car, which there is none of."""

    def flight(day: str) -> str:
        return f"flight {day}"

    def cancel_flight(result: str, day: str) -> None:
        undone.append((current_step().key, result, day))

    def hotel(flight: str) -> str:
        return "hotel"

    async def cancel_hotel(result: str) -> None:
        undone.append((current_step().key, result))
        if fail_hotel:
            raise PermanentError("the hotel does not answer")

    def walk() -> str:
        return "nothing to undo"

    def car(hotel: str, walk: str) -> str:
        raise ValueError("no car left")

    return Graph(
        "trip", [step(flight, undo=cancel_flight), step(hotel, undo=cancel_hotel), walk, step(car, retries=0)]
    )


async def test_a_failed_run_is_taken_back_in_reverse_order(journal_url: str, launch: Launcher) -> None:
    undone: list[Any] = []
    witness = Witness()
    engine = await launch(booking(undone), url=journal_url, observers=[witness])
    run_id = await engine.start("trip", {"day": "monday"}, run_id="r")

    with pytest.raises(StepFailedError, match="no car left"):
        await engine.wait(run_id)

    assert undone == [("r/hotel/undo", "hotel"), ("r/flight/undo", "flight monday", "monday")]
    run = await engine.inspect(run_id)
    assert run.status is RunStatus.FAILED
    assert {each.name: each.status for each in run.steps} == {
        "flight": StepStatus.UNDONE,
        "hotel": StepStatus.UNDONE,
        "walk": StepStatus.SUCCEEDED,
        "car": StepStatus.FAILED,
    }
    assert witness.unmended == []
    assert [each.status for each in witness.runs] == ["failed"]
    with pytest.raises(ConflictError, match=r"was rolled back.*Restart it from a step"):
        await engine.resume(run_id)


async def test_a_failed_rollback_is_told_and_the_rest_is_still_taken_back(launch: Launcher) -> None:
    undone: list[Any] = []
    witness = Witness()
    engine = await launch(booking(undone, fail_hotel=True), observers=[witness])
    run_id = await engine.start("trip", {"day": "monday"})

    with pytest.raises(StepFailedError, match="no car left"):
        await engine.wait(run_id)

    assert [each[0].split("/", 1)[1] for each in undone] == ["hotel/undo", "flight/undo"]
    assert witness.unmended == [(run_id, "hotel", "the hotel does not answer")]
    hotel = next(each for each in (await engine.inspect(run_id)).steps if each.name == "hotel")
    assert (hotel.status, hotel.error) == (StepStatus.UNDO_FAILED, "the hotel does not answer")


async def test_an_undo_is_tried_again_and_after_a_break_only_what_is_left_is_undone(
    launch: Launcher, waits: list[float]
) -> None:
    undone: list[str] = []
    hanging = asyncio.Event()

    def one() -> int:
        return 1

    def two(one: int) -> int:
        return 2

    def three(two: int) -> None:
        raise PermanentError("no")

    def undo_two() -> None:
        undone.append("two")
        if undone.count("two") == 1:
            raise TemporaryError("busy", delay_s=9)

    async def undo_one() -> None:
        undone.append("one")
        if undone.count("one") == 1:
            hanging.set()
            await asyncio.sleep(3600)

    graph = Graph("g", [step(one, undo=undo_one), step(two, undo=undo_two), three])
    engine = await launch(graph)
    run_id = await engine.start("g", {})
    await asyncio.wait_for(hanging.wait(), 20)
    await engine.shutdown(drain_s=0)

    again = await launch(graph)

    with pytest.raises(PermanentError, match="no"):
        await again.wait(run_id, timeout_s=20)
    assert undone == ["two", "two", "one", "one"]
    assert waits == [9]


async def test_a_cancelled_run_can_be_taken_back(launch: Launcher) -> None:
    undone: list[str] = []
    begun = asyncio.Event()

    def first() -> int:
        return 1

    async def long(first: int) -> None:
        begun.set()
        await asyncio.sleep(3600)

    engine = await launch(Graph("g", [step(first, undo=lambda: undone.append("first")), long]))
    run_id = await engine.start("g", {})
    await asyncio.wait_for(begun.wait(), 20)

    await engine.cancel(run_id, roll_back=True)

    with pytest.raises(PermanentError, match="what it did was taken back"):
        await engine.wait(run_id, timeout_s=20)
    assert undone == ["first"]
    assert (await engine.inspect(run_id)).status is RunStatus.FAILED


def test_an_undo_takes_only_what_its_step_has() -> None:
    def first(day: str) -> None: ...

    def undo(day: str, night: str) -> None: ...

    with pytest.raises(ConfigurationError, match=r"`undo` of step first takes night.*may take: day, result"):
        step(first, undo=undo)
