"""Bottleneck: the step, or the wait for it, that runs spend most of their time on is named."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maestro.clock import RealClock, VirtualClock
from maestro.engine import Engine, Graph, wait_for
from maestro.engine.observation import PastRun, PastStep, RunOutcome, StepOutcome, WaitOutcome
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.settings import EngineSettings


async def play(
    finder: BottleneckFinder, clock: VirtualClock, workflow: str, *steps: tuple[str, float, float]
) -> None:
    """A run whose steps, one after another, waited and worked for these seconds."""
    begun = clock.now()
    run_id = f"{workflow}-{begun.timestamp()}"
    for step, waited, seconds in steps:
        await clock.advance(seconds=waited + seconds)
        finder.step_ended(
            StepOutcome(run_id, workflow, "1", step, "worker-1", begun, waited, seconds, 1, ok=True)
        )
    finder.run_ended(RunOutcome(run_id, workflow, "1", "succeeded", begun, 1.0))


async def test_the_longest_work_is_named(clock: VirtualClock) -> None:
    finder = BottleneckFinder(clock)
    for _ in range(3):
        await play(finder, clock, "nightly", ("load", 0, 2), ("clean", 1, 7))
    found = finder.find()
    assert found is not None
    assert (found.workflow, found.step, found.kind, found.worker) == ("nightly", "clean", "work", "worker-1")
    assert (found.share, found.seconds) == (0.7, 7.0)
    assert found.words.en == "Step clean takes 7 s of a run of nightly, 70 % of its time."
    assert found.shape()["step"] == "clean"


async def test_a_wait_for_workers_is_named(clock: VirtualClock) -> None:
    finder = BottleneckFinder(clock)
    await play(finder, clock, "nightly", ("load", 0, 2), ("clean", 30, 7))
    found = finder.find(["nightly"])
    assert found is not None
    assert (found.step, found.kind) == ("clean", "wait")
    assert "wait 30 s" in found.words.en
    assert "30초" in found.words.ko


async def test_what_runs_beside_the_longest_way_does_not_count(clock: VirtualClock) -> None:
    finder, begun = BottleneckFinder(clock), clock.now()

    def ended(step: str, waited: float, seconds: float) -> None:
        finder.step_ended(StepOutcome("r", "w", "1", step, "here", begun, waited, seconds, 1, ok=True))

    await clock.advance(seconds=5)
    ended("load", 0, 5)
    await clock.advance(seconds=9)
    ended("beside", 0, 9)
    await clock.advance(seconds=1)
    ended("clean", 0, 10)
    finder.run_ended(RunOutcome("r", "w", "1", "succeeded", begun, 15.0))
    found = finder.find()
    assert found is not None
    assert (found.step, found.share) == ("clean", 10 / 15)


async def test_the_worst_workflow_is_told_of_those_asked_for(clock: VirtualClock) -> None:
    finder = BottleneckFinder(clock)
    await play(finder, clock, "slow", ("crawl", 0, 100))
    await play(finder, clock, "fast", ("load", 0, 1))
    found = [finder.find(), finder.find(["fast"]), finder.find(["unknown"])]
    assert [None if each is None else each.workflow for each in found] == ["slow", "fast", None]


async def test_a_wait_for_a_person_is_named_as_that(clock: VirtualClock) -> None:
    finder, begun = BottleneckFinder(clock), clock.now()

    def ended(step: str, seconds: float) -> None:
        finder.step_ended(StepOutcome("r", "buy", "1", step, "here", begun, 0.0, seconds, 1, ok=True))

    await clock.advance(seconds=10)
    ended("quote", 10)
    await clock.advance(seconds=7_200)
    finder.wait_ended(WaitOutcome("r", "buy", "approve", "approval", 7_200))
    await clock.advance(seconds=90)
    finder.wait_ended(WaitOutcome("r", "buy", "ship", "workflow", 90))
    finder.run_ended(RunOutcome("r", "buy", "1", "succeeded", begun, 7_300.0))
    found = finder.find()
    assert found is not None
    assert (found.step, found.kind, found.worker, found.seconds) == ("approve", "approval", "", 7_200.0)
    assert found.share == pytest.approx(7_200 / 7_300)
    assert found.words.en == "Runs of buy wait 2 h for a person's answer at approve, 99 % of their time."
    assert found.words.ko == "buy 실행은 approve 단계에서 사람의 답을 2시간 기다립니다(전체 시간의 99%)."


def test_former_runs_count_and_their_waits_too(clock: VirtualClock) -> None:
    def past(step: str, ended_s: float, waited_s: float, seconds: float, kind: str = "step") -> PastStep:
        return PastStep(
            step,
            worker="worker-1" if kind == "step" else "",
            on_worker=True,
            ok=True,
            ended_s=ended_s,
            waited_s=waited_s,
            seconds=seconds,
            worked_s=seconds,
            items=0,
            kind=kind,
        )

    finder = BottleneckFinder(clock)
    finder.recall(PastRun("nightly", []))
    assert finder.find() is None
    finder.recall(PastRun("buy", [past("parcel", 900, 0, 900, kind="event"), past("book", 903, 0, 3)]))
    found = finder.find()
    assert found is not None
    assert (found.step, found.kind) == ("parcel", "event")
    finder.recall(
        PastRun("nightly", [past("load", 2, 0, 2), past("beside", 9, 0, 9), past("clean", 20, 11, 7)])
    )
    found = finder.find(["nightly"])
    assert found is not None
    assert (found.step, found.kind, found.worker, found.share) == ("clean", "wait", "worker-1", 11 / 20)


async def test_the_waits_of_a_run_at_work_are_measured(tmp_path: Path) -> None:
    finder = BottleneckFinder(RealClock())
    engine = Engine(f"sqlite:///{tmp_path}/e.db", EngineSettings(), RealClock(), observers=[finder])
    engine.register(Graph("rest", [wait_for("sleep", 0.3)]))
    await engine.launch()
    await engine.wait(await engine.start("rest", {}))
    found = None
    async with asyncio.timeout(10):
        while (found := finder.find()) is None:
            await asyncio.sleep(0.01)
    await engine.shutdown(drain_s=0)
    assert (found.step, found.kind) == ("sleep", "timer")
    assert found.seconds == pytest.approx(0.3, rel=0.5)


def test_nothing_measured_is_no_bottleneck(clock: VirtualClock) -> None:
    finder = BottleneckFinder(clock)
    finder.run_ended(RunOutcome("r", "w", "1", "succeeded", clock.now(), 1.0))
    finder.rollback_failed("r", "work", "load", "no")
    assert finder.find() is None
