"""Bottleneck: the step, or the wait for it, that runs spend most of their time on is named."""

from __future__ import annotations

from maestro.clock import VirtualClock
from maestro.engine.observation import PastRun, PastStep, RunOutcome, StepOutcome
from maestro.engine.scheduling.bottleneck import BottleneckFinder


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


def test_former_runs_count_and_their_waits_for_people_do_not(clock: VirtualClock) -> None:
    def past(
        step: str, ended_s: float, waited_s: float, seconds: float, worker: str = "worker-1"
    ) -> PastStep:
        return PastStep(
            step,
            worker=worker,
            on_worker=True,
            ok=True,
            ended_s=ended_s,
            waited_s=waited_s,
            seconds=seconds,
            worked_s=seconds,
            items=0,
        )

    finder = BottleneckFinder(clock)
    finder.recall(PastRun("nightly", [past("ask", 900, 0, 900, worker="")]))
    assert finder.find() is None
    finder.recall(
        PastRun("nightly", [past("load", 2, 0, 2), past("beside", 9, 0, 9), past("clean", 20, 11, 7)])
    )
    found = finder.find()
    assert found is not None
    assert (found.step, found.kind, found.worker, found.share) == ("clean", "wait", "worker-1", 11 / 20)


def test_nothing_measured_is_no_bottleneck(clock: VirtualClock) -> None:
    finder = BottleneckFinder(clock)
    finder.run_ended(RunOutcome("r", "w", "1", "succeeded", clock.now(), 1.0))
    finder.rollback_failed("r", "work", "load", "no")
    assert finder.find() is None
