"""Priority: what is short, urgent, valuable or old goes first, its parts add up, and nobody starves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.scheduling.priority import (
    FACTORS,
    LEARNED,
    Queue,
    Weights,
    contributions,
    order,
    values,
    weight_row,
)
from maestro.engine.scheduling.replay import by_priority, run

NOW = 100_000.0


def queue(count: int, **columns: list[float]) -> Queue:
    usual = {
        "ready_s": [NOW] * count,
        "expected_s": [60.0] * count,
        "deadline_s": [np.inf] * count,
        "value": [1.0] * count,
        "tail_s": [0.0] * count,
        "available": [1.0] * count,
        "success": [0.95] * count,
        "boost": [0.0] * count,
    }
    return Queue(**{name: np.array(columns.get(name, column)) for name, column in usual.items()})


def first(tasks: Queue, weights: Weights | None = None) -> int:
    return int(order(tasks, NOW, weights or Weights(), slots=2, patience_s=3_600.0)[0])


@pytest.mark.parametrize(
    "columns",
    [
        {"expected_s": [600.0, 5.0]},
        {"deadline_s": [np.inf, NOW + 90]},
        {"deadline_s": [NOW + 9_000, NOW + 90]},
        {"value": [1.0, 5.0]},
        {"value": [1.0, 9.0], "deadline_s": [NOW, NOW]},
        {"tail_s": [0.0, 900.0]},
        {"available": [0.0, 1.0]},
        {"success": [0.2, 0.9]},
        {"boost": [0.0, 1.0]},
        {"ready_s": [NOW, NOW - 600]},
    ],
    ids="-".join,
)
def test_every_factor_can_put_a_task_first(columns: dict[str, list[float]]) -> None:
    assert first(queue(2, **columns)) == 1


def test_among_equals_the_longest_ready_goes_first() -> None:
    tasks = queue(3, ready_s=[NOW - 1, NOW - 3, NOW - 2])
    assert list(order(tasks, NOW, Weights(), slots=1, patience_s=1e9)) == [1, 2, 0]


def test_a_deadline_counts_more_the_longer_the_queue() -> None:
    far = NOW + 1_800
    short = values(queue(2, deadline_s=[far, np.inf]), NOW, Weights(), slots=2, patience_s=3_600.0)
    long = values(queue(400, deadline_s=[far] * 400), NOW, Weights(), slots=2, patience_s=3_600.0)
    assert long[0, 0] > short[0, 0]


def test_an_empty_queue_has_no_order() -> None:
    assert len(order(queue(0), NOW, Weights(), slots=1, patience_s=1.0)) == 0


def test_weights_are_scaled_by_name_and_kept_by_name() -> None:
    doubled = Weights().scaled(np.full(len(LEARNED), 2.0))
    assert doubled.complexity == 2 * Weights().complexity
    assert doubled.boost == Weights().boost
    assert Weights(**doubled.record()) == doubled


SECONDS = st.floats(0.01, 1e6)
TASK = st.tuples(
    st.floats(0, NOW),
    SECONDS,
    st.one_of(st.just(np.inf), st.floats(0, 2 * NOW)),
    st.floats(0, 1e6),
    st.floats(0, 1e7),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(-1, 1),
)
FACTOR = st.floats(0.05, 20)
WEIGHTS = st.lists(FACTOR, min_size=len(LEARNED), max_size=len(LEARNED)).map(
    lambda factors: Weights().scaled(np.array(factors))
)


@settings(deadline=None, max_examples=80)
@given(st.lists(TASK, min_size=1, max_size=12), WEIGHTS, st.floats(1, 1e6))
def test_contributions_are_value_times_weight_and_add_up(
    tasks: list[tuple[float, ...]], weights: Weights, patience_s: float
) -> None:
    waiting = Queue(*np.array(tasks).T)
    parts = contributions(waiting, NOW, weights, slots=3, patience_s=patience_s)
    found = values(waiting, NOW, weights, slots=3, patience_s=patience_s)
    assert parts.shape == (len(tasks), len(FACTORS))
    assert parts[:, :-1] == pytest.approx(found[:, :-1] * weight_row(weights))
    ranked = order(waiting, NOW, weights, slots=3, patience_s=patience_s)
    totals = parts.sum(axis=1)[ranked]
    assert (np.diff(totals) <= 1e-9 * np.abs(totals).max()).all()


@settings(deadline=None, max_examples=200)
@given(st.lists(TASK, min_size=2, max_size=12), WEIGHTS, st.floats(1, NOW))
def test_nobody_is_overtaken_by_who_came_more_than_patience_later(
    tasks: list[tuple[float, ...]], weights: Weights, patience_s: float
) -> None:
    waiting = Queue(*np.array(tasks).T)
    ranked = order(waiting, NOW, weights, slots=3, patience_s=patience_s)
    ready = waiting.ready_s[ranked]
    for place, moment in enumerate(ready):
        assert (ready[:place] <= moment + patience_s * (1 + 1e-6)).all()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0.1, 300), st.floats(0.1, 50)), min_size=2, max_size=40),
    st.integers(1, 3),
    st.floats(1, 200),
)
def test_a_task_waits_at_most_patience_and_the_work_that_is_there_then(
    tasks: list[tuple[float, float, float]], slots: int, patience_s: float
) -> None:
    ready, length, value = np.array(tasks).T
    waiting = queue(len(tasks), ready_s=list(ready), expected_s=list(length[::-1]), value=list(value))
    began = run(ready, length, slots, by_priority(waiting, Weights(), slots, patience_s))
    for mine, start in zip(ready, began, strict=True):
        moment = mine + patience_s
        here = ready <= moment
        unfinished = (length - np.clip(moment - began, 0, length))[here].sum()
        assert start <= moment + unfinished / slots + 1e-6
