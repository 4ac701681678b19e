"""Learning: weights that serve badly are mended, good ones stay, and the same data give the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maestro.engine.scheduling.learning import Record, learn
from maestro.engine.scheduling.priority import Queue, Weights
from maestro.engine.scheduling.replay import by_priority, run, score

PATIENCE_S = 3_600.0


def record(seed: int, *, deadlines: bool = True, count: int = 600) -> Record:
    """Bursts of tasks of very different lengths, known roughly, half of them with a deadline."""
    rng = np.random.default_rng(seed)
    ready = np.sort(rng.uniform(0, 60, count) + 400.0 * rng.integers(0, count // 50, count))
    length = rng.lognormal(2.5, 1.3, count)
    due = np.where(rng.uniform(size=count) < 0.5, ready + 3 * length + 60.0, np.inf)
    ones, none = np.ones(count), np.zeros(count)
    expected = length * rng.lognormal(0, 0.5, count)
    value = rng.lognormal(0, 0.8, count)
    deadline = due if deadlines else np.full(count, np.inf)
    return Record(Queue(ready, expected, deadline, value, none, ones, ones, none), length)


def completion_s(of: Record, weights: Weights) -> float:
    rule = by_priority(of.queue, weights, 4, PATIENCE_S)
    return score(of.queue, of.length_s, run(of.queue.ready_s, of.length_s, 4, rule)).completion_s


@pytest.mark.parametrize("deadlines", [True, False])
def test_poor_weights_are_mended_on_tasks_never_seen(deadlines: bool) -> None:
    weights = poor = Weights(complexity=1.6, value=2.0, impact=2.3, lookahead=0.44)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        learned = learn(record(seed, deadlines=deadlines), weights, slots=4, patience_s=PATIENCE_S, rng=rng)
        weights = learned.weights
        assert learned.gain >= 0
    fresh = record(99, deadlines=deadlines)
    assert completion_s(fresh, weights) < 0.95 * completion_s(fresh, poor)


def test_the_same_record_gives_the_same_weights() -> None:
    found = [
        learn(
            record(1), Weights(complexity=2.0), slots=4, patience_s=PATIENCE_S, rng=np.random.default_rng(7)
        )
        for _ in range(2)
    ]
    assert found[0] == found[1]


def test_weights_stay_where_nothing_depends_on_them() -> None:
    tasks = record(1, count=80)
    calm = Record(replace(tasks.queue, ready_s=np.linspace(0, 1e6, 80)), tasks.length_s)
    learned = learn(calm, Weights(), slots=4, patience_s=PATIENCE_S, rng=np.random.default_rng(1))
    assert (learned.weights, learned.gain) == (Weights(), 0.0)
