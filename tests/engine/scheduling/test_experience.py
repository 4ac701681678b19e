"""Experience: what was learned is rebuilt from the records, and better weights are kept there."""

from __future__ import annotations

import numpy as np
import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.experience import Experience
from maestro.engine.scheduling.priority import Weights
from maestro.engine.scheduling.task import NewTask, TaskStatus
from maestro.settings import SchedulerSettings

SETTINGS = SchedulerSettings(slots=2, learn_every=100, history=400)


@pytest.fixture
def kept(records: Database, clock: VirtualClock) -> Backlog:
    return Backlog(records, clock)


def made(kept: Backlog, records: Database, clock: VirtualClock, name: str = "one") -> Experience:
    return Experience(kept, records, clock, SETTINGS, executor_id=name, seed=1)


async def play(kept: Backlog, clock: VirtualClock, count: int, seed: int = 1) -> None:
    """Bursts of tasks whose length shows in their inputs, worked first come first served."""
    rng = np.random.default_rng(seed)
    for burst in range(count // 25):
        ids = []
        for each in range(25):
            seconds = float(rng.lognormal(2, 1.3))
            foreseen = {"length_s": seconds * float(rng.lognormal(0, 0.4))}
            told = {"mean": 60.0, "low": 1.0, "high": 600.0, "median": 30.0}
            foreseen |= {"completion": told, "situation": {"plain": 1.0, "own": 1.0}}  # type: ignore[dict-item]
            value = float(rng.lognormal(0, 1.5))
            new = NewTask("w", {"rows": int(seconds * 10)}, value=value, id=f"{seed}-{burst}-{each}")
            ids.append((kept.submit(new, foreseen).id, seconds))
        for task_id, seconds in ids:
            kept.claim(task_id, "one")
            await clock.advance(seconds=seconds)
            kept.end(task_id, TaskStatus.DONE)


async def test_each_ended_task_teaches_once(kept: Backlog, records: Database, clock: VirtualClock) -> None:
    experience = made(kept, records, clock)
    await play(kept, clock, 50)
    assert experience.catch_up() == 50
    assert experience.catch_up() == 0
    await play(kept, clock, 25, seed=2)
    assert experience.catch_up() == 25
    assert experience.estimator.count == 75


async def test_a_new_process_knows_what_the_last_one_knew(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    experience = made(kept, records, clock)
    await play(kept, clock, 100)
    experience.catch_up()
    later = made(kept, records, clock, "two")
    later.recall()
    features = {"size": 3.0, "input.rows": 4.0}
    assert later.estimator.length("w", features) == experience.estimator.length("w", features)
    assert not later.is_due


async def test_better_weights_are_kept_for_whoever_comes_next(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    experience = made(kept, records, clock)
    experience.weights = Weights(complexity=1.6, value=2.0)
    await play(kept, clock, 400)
    experience.catch_up()
    due = [experience.is_due]
    await experience.improve()
    due.append(experience.is_due)
    assert due == [True, False]
    assert experience.weights.complexity > 1.6
    later = made(kept, records, clock, "two")
    later.recall()
    assert later.weights == experience.weights


async def test_weights_that_serve_well_are_left_alone(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    experience = made(kept, records, clock)
    await play(kept, clock, 100)
    experience.catch_up()
    await experience.improve()
    assert experience.weights == Weights()


async def test_where_nobody_queues_no_order_is_looked_for(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    experience = made(kept, records, clock)
    experience.weights = poor = Weights(complexity=1.6, value=2.0)
    for each in range(200):
        kept.submit(NewTask("w", id=f"t{each}"))
        kept.claim(f"t{each}", "one")
        await clock.advance(seconds=5)
        kept.end(f"t{each}", TaskStatus.DONE)
    experience.catch_up()
    await experience.improve()
    assert experience.weights == poor
    assert not experience.is_due


async def test_failures_teach_that_a_kind_fails(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    experience = made(kept, records, clock)
    for each in range(30):
        kept.submit(NewTask("w", id=f"t{each}"))
        kept.claim(f"t{each}", "one")
        kept.end(f"t{each}", TaskStatus.FAILED, "no")
    experience.catch_up()
    assert experience.estimator.success("w") < 0.3
    assert experience.estimator.count == 0
