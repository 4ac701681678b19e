"""Better order: found where there is one, with what it saves, and left alone where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from maestro.engine.scheduling.better_order import propose
from maestro.engine.scheduling.priority import Queue


def queue(expected: list[float], deadline: list[float] | None = None, value: float = 1.0) -> Queue:
    count = len(expected)
    ones, none = np.ones(count), np.zeros(count)
    due = np.array(deadline) if deadline else np.full(count, np.inf)
    return Queue(none, np.array(expected), due, ones * value, none, ones, ones, none)


def test_short_tasks_ahead_of_a_long_one_save_their_wait() -> None:
    found = propose(queue([100.0, 1.0, 1.0]), 0.0, 1, np.random.default_rng(1))
    assert found.places == (1, 2, 0)
    assert found.gain_s == pytest.approx((100 + 101 + 102) - (1 + 2 + 102))


def test_a_deadline_that_would_be_missed_is_met() -> None:
    found = propose(queue([10.0, 12.0], [np.inf, 12.0], value=9.0), 0.0, 1, np.random.default_rng(1))
    assert found.places == (1, 0)
    assert found.gain_s == pytest.approx(9 * 10 - 2)


@pytest.mark.parametrize("expected", [[], [5.0], [1.0, 2.0, 3.0]])
def test_an_order_that_cannot_be_bettered_stays(expected: list[float]) -> None:
    found = propose(queue(expected), 0.0, 1, np.random.default_rng(1))
    assert (found.places, found.gain_s) == ((), 0.0)


def test_only_the_front_of_a_long_queue_is_looked_at() -> None:
    found = propose(queue(list(range(400, 0, -1))), 0.0, 4, np.random.default_rng(1))
    assert sorted(found.places) == list(range(200))
