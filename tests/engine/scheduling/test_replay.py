"""Replay: work begins as soon as a slot is free, in the order of the rule, and is never interrupted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.scheduling.priority import Queue, Weights, order
from maestro.engine.scheduling.replay import by_least, by_priority, run, score


def queue_of(ready: list[float], expected: list[float], deadline: list[float]) -> Queue:
    ones, none = np.ones(len(ready)), np.zeros(len(ready))
    return Queue(np.array(ready), np.array(expected), np.array(deadline), ones, none, ones, ones, none)


def test_first_come_first_served_on_two_slots() -> None:
    ready, length = np.array([0.0, 0.0, 1.0, 9.0]), np.array([4.0, 2.0, 3.0, 1.0])
    assert list(run(ready, length, 2, by_least(ready))) == [0.0, 0.0, 2.0, 9.0]


def test_the_shortest_goes_first_once_a_slot_is_free() -> None:
    ready, length = np.array([0.0, 0.1, 0.2, 0.3]), np.array([5.0, 3.0, 1.0, 2.0])
    assert list(run(ready, length, 1, by_least(length))) == [0.0, 8.0, 5.0, 6.0]


def test_a_score_is_completion_and_weighed_lateness_a_task() -> None:
    tasks = queue_of([0.0, 0.0], [1.0, 1.0], [3.0, np.inf])
    found = score(tasks, np.array([4.0, 6.0]), np.array([0.0, 4.0]))
    assert (found.completion_s, found.tardiness_s) == (7.0, 0.5)


def test_replay_picks_as_the_live_rule_does() -> None:
    rng = np.random.default_rng(3)
    tasks = queue_of(
        list(rng.uniform(0, 50, 30)), list(rng.lognormal(3, 1, 30)), list(rng.uniform(0, 900, 30))
    )
    waiting = np.arange(30)
    chosen = by_priority(tasks, Weights(), 4, 3_600.0)(waiting, 60.0)
    assert chosen == order(tasks, 60.0, Weights(), slots=4, patience_s=3_600.0)[0]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 50)), min_size=1, max_size=30), st.integers(1, 4)
)
def test_no_slot_idles_while_somebody_waits(tasks: list[tuple[float, float]], slots: int) -> None:
    ready, length = np.array(tasks).T
    began = run(ready, length, slots, by_least(length))
    assert (began >= ready).all()
    for mine, start in zip(ready, began, strict=True):
        busy = ((began <= start) & (began + length > start)).sum()
        assert busy <= slots
        for moment in (mine, (mine + start) / 2):
            if moment < start:
                assert ((began <= moment) & (began + length > moment)).sum() == slots


def test_as_many_begin_at_once_as_there_are_slots() -> None:
    assert run(np.zeros(3), np.ones(3), 2, by_least(np.zeros(3))).max() == pytest.approx(1.0)
