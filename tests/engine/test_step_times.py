"""Step times: seconds are learned by step, and the way ahead is the longest one through the graph."""

from __future__ import annotations

import pytest

from maestro.engine import Graph
from maestro.engine.observation import PastRun, PastStep
from maestro.engine.step_times import StepTimes


def start() -> int:
    return 0


def quick(start: int) -> int:
    return start


def slow(start: int) -> int:
    return start


def end(quick: int, slow: int) -> int:
    return quick + slow


@pytest.fixture
def graph() -> Graph:
    return Graph("fork", [start, quick, slow, end])


def ways(times: StepTimes, graph: Graph) -> dict[str, float]:
    return {one.name: times.way_ahead(graph, one.name) for one in graph.steps}


def test_in_a_workflow_that_was_never_seen_ways_are_counted_in_steps(graph: Graph) -> None:
    assert ways(StepTimes(), graph) == {"start": 3, "quick": 2, "slow": 2, "end": 1}


def test_ways_are_added_up_in_the_seconds_that_steps_took(graph: Graph) -> None:
    times = StepTimes()
    for name, seconds in {"start": 1.0, "quick": 2.0, "slow": 30.0, "end": 4.0}.items():
        times.learn("fork", name, seconds)
    assert ways(times, graph) == {"start": 35, "quick": 6, "slow": 34, "end": 4}
    assert [times.way_after(graph, name) for name in ("start", "slow", "end")] == [34, 4, 0]


def test_a_step_that_was_never_seen_counts_as_the_mean_of_its_workflow(graph: Graph) -> None:
    times = StepTimes()
    for _ in range(2):
        times.learn("fork", "start", 1.0)
        times.learn("fork", "slow", 5.0)
    times.learn("other", "end", 1000.0)
    assert times.way_ahead(graph, "end") == 3.0


def test_the_first_run_is_ordered_by_one_measure_from_its_beginning_to_its_end(graph: Graph) -> None:
    times = StepTimes()
    assert times.way_ahead(graph, "quick") == 2
    for name, seconds in {"start": 0.01, "slow": 0.05, "quick": 0.01}.items():
        times.learn("fork", name, seconds)
    assert ways(times, graph) == {"start": 3, "quick": 2, "slow": 2, "end": 1}
    times.learn("fork", "end", 0.01)
    assert times.way_ahead(graph, "slow") == pytest.approx(0.06)


def test_a_new_workflow_among_others_counts_its_steps_as_the_mean_of_theirs(graph: Graph) -> None:
    times = StepTimes()
    times.learn("other", "load", 0.02)
    times.learn("another", "load", 0.04)
    assert times.way_ahead(graph, "slow") == pytest.approx(0.06)


def test_a_step_that_becomes_slower_makes_its_way_longer(graph: Graph) -> None:
    times = StepTimes()
    for name in ("start", "quick", "slow", "end"):
        times.learn("fork", name, 1.0)
    assert times.way_ahead(graph, "quick") == 2.0
    for _ in range(100):
        times.learn("fork", "quick", 10.0)
    assert times.way_ahead(graph, "quick") == pytest.approx(11.0, rel=0.01)


def test_former_runs_count_where_work_succeeded_waits_for_workers_left_out(graph: Graph) -> None:
    def past(step: str, worked_s: float | None, *, ok: bool = True) -> PastStep:
        return PastStep(
            step,
            worker="thread-1",
            on_worker=True,
            ok=ok,
            ended_s=0.0,
            waited_s=0.0,
            seconds=100.0,
            worked_s=worked_s,
            items=0,
        )

    times = StepTimes()
    times.recall(
        PastRun("fork", [past("start", 1.0), past("quick", 2.0), past("slow", 30.0), past("end", 4.0)])
    )
    times.recall(PastRun("fork", [past("start", 50.0, ok=False), past("quick", None)]))
    assert ways(times, graph) == {"start": 35, "quick": 6, "slow": 34, "end": 4}
