"""Learned speed: finds the fast workers, in each kind of task; follows change; waits where waiting pays."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
import pytest

from maestro.engine.workers import Task
from maestro.engine.workers.balancing import BALANCINGS
from maestro.engine.workers.balancing.learned import LearnedSpeed

from .test_balancing import Place, a_task

Seconds = Callable[[str, Task], float]


def makespan(name: str, workers: list[str], tasks: list[Task], seconds: Seconds, seed: int = 5) -> float:
    """Time at which simulated workers of one slot have done all tasks, given out by a balancing."""
    balancing = BALANCINGS[name](np.random.default_rng(seed))
    now, given = 0.0, {each: Place(each) for each in workers}
    ends: list[tuple[float, str]] = []
    begun: dict[str, tuple[Task, float]] = {}
    waiting = list(tasks)
    while waiting or ends:
        free = [place for place in given.values() if place.name not in begun]
        busy = [place for place in given.values() if place.name in begun]
        for place in given.values():
            place.underway = (
                [(begun[place.name][0], now - begun[place.name][1])] if place.name in begun else []
            )
        chosen = balancing.choose(waiting[0], free, busy) if waiting and free else None
        if chosen is not None:
            task = waiting.pop(0)
            begun[chosen] = (task, now)
            heapq.heappush(ends, (now + seconds(chosen, task), chosen))
        else:
            now, ended = heapq.heappop(ends)
            task, began = begun.pop(ended)
            balancing.learn(ended, task, now - began)
    return now


def test_the_fast_worker_is_found_and_preferred() -> None:
    balancing = LearnedSpeed(np.random.default_rng(1))
    places = [Place("slow"), Place("fast"), Place("middling")]
    took = {"slow": 4.0, "fast": 1.0, "middling": 2.0}
    chosen = []
    for _ in range(100):
        name = balancing.choose(a_task(), places, [])
        assert name is not None
        chosen.append(name)
        balancing.learn(name, a_task(), took[name])
    assert chosen[20:].count("fast") > 75
    assert balancing.speed("fast") > balancing.speed("slow")


def test_size_counts_and_speeds_are_learned_by_kind() -> None:
    balancing = LearnedSpeed(np.random.default_rng(1))
    for _ in range(30):
        for size in (1.0, 10.0):
            balancing.learn("gpu", a_task("train", size), 1.0 * size)
            balancing.learn("cpu", a_task("train", size), 9.0 * size)
            balancing.learn("gpu", a_task("parse", size), 2.0 * size)
            balancing.learn("cpu", a_task("parse", size), 1.0 * size)
    assert balancing.expected_s("cpu", a_task("train", 5.0)) == pytest.approx(45, rel=0.15)
    assert balancing.choose(a_task("train"), [Place("cpu"), Place("gpu")], []) == "gpu"
    assert balancing.choose(a_task("parse"), [Place("cpu"), Place("gpu")], []) == "cpu"


def test_a_worker_that_becomes_slow_is_left() -> None:
    balancing = LearnedSpeed(np.random.default_rng(1))
    for _ in range(200):
        balancing.learn("a", a_task(), 1.0)
        balancing.learn("b", a_task(), 1.5)
    for _ in range(20):
        balancing.learn("a", a_task(), 6.0)
    assert balancing.choose(a_task(), [Place("a"), Place("b")], []) == "b"


def test_a_much_faster_worker_is_waited_for_but_a_late_one_is_not() -> None:
    balancing = LearnedSpeed(np.random.default_rng(1))
    for _ in range(30):
        balancing.learn("fast", a_task(), 1.0)
        balancing.learn("slow", a_task(), 10.0)
    slow = [Place("slow")]
    assert balancing.choose(a_task(), slow, [Place("fast", 1, [(a_task(), 0.9)])]) is None
    assert balancing.choose(a_task(), slow, [Place("fast", 1, [(a_task(), 60.0)])]) == "slow"
    queue = [(a_task(), 0.1)] * 30
    assert balancing.choose(a_task(), slow, [Place("fast", 2, queue)]) == "slow"
    assert balancing.choose(a_task("unheard of"), slow, [Place("fast", 1, [(a_task(), 0.9)])]) == "slow"


@pytest.mark.parametrize("other", ["round_robin", "least_connections", "load"])
def test_on_unequal_workers_it_ends_sooner_than_balancings_that_do_not_learn(other: str) -> None:
    workers = [f"w{number}" for number in range(8)]
    speed = {name: 1.0 if number < 6 else 0.1 for number, name in enumerate(workers)}

    def seconds(worker: str, task: Task) -> float:
        return task.size / speed[worker]

    def total(name: str) -> float:
        return sum(makespan(name, workers, _uneven(seed), seconds) for seed in (9, 10, 11))

    assert total("learned") < 0.9 * total(other)


def _uneven(seed: int) -> list[Task]:
    sizes = np.random.default_rng(seed).lognormal(0, 0.5, 120)
    return [Task(str(n), print, {}, kind="fit", size=float(size)) for n, size in enumerate(sizes)]


def test_on_equal_workers_it_costs_nothing() -> None:
    workers = [f"w{number}" for number in range(4)]
    tasks = [Task(str(n), print, {}, kind="fit") for n in range(100)]
    assert makespan("learned", workers, tasks, lambda *_: 1.0) == 25.0
