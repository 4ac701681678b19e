"""Estimator: what is known of a task beforehand, when a slot falls free, and what its kind is like."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.scheduling.estimator import TaskEstimator, features_of, situation, until_free
from maestro.errors import PermanentError


def test_features_are_sizes_on_a_logarithmic_scale() -> None:
    found = features_of(
        {"rows": 99, "loss": -99.0, "names": ["a"] * 9, "note": "abc", "deep": True, "at": None}
    )
    assert found["input.rows"] == pytest.approx(math.log(100))
    assert found["input.loss"] == pytest.approx(-math.log(100))
    assert found["input.names"] == pytest.approx(math.log(10))
    assert found["input.note"] == pytest.approx(math.log(4))
    assert found["input.deep"] == 1.0
    assert "input.at" not in found
    assert found["size"] > 3


def test_at_most_eight_inputs_count_and_none_is_infinite() -> None:
    found = features_of({f"n{each}": each for each in range(20)})
    assert len(found) == 9
    assert "input.x" not in features_of({"x": float("inf")})


def test_inputs_that_cannot_be_kept_have_no_features() -> None:
    with pytest.raises(PermanentError):
        features_of({"x": object()})


@pytest.mark.parametrize(
    ("ahead", "left", "slots", "wait"),
    [
        (0.0, [], 2, 0.0),
        (0.0, [30.0, 50.0], 2, 30.0),
        (10.0, [30.0, 50.0], 2, 40.0),
        (40.0, [30.0, 50.0], 2, 60.0),
        (8.0, [30.0], 2, 8.0),
        (100.0, [], 4, 25.0),
    ],
)
def test_a_slot_falls_free_once_what_goes_ahead_is_poured(
    ahead: float, left: list[float], slots: int, wait: float
) -> None:
    assert until_free(ahead, left, slots) == pytest.approx(wait)


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e5), max_size=6), st.floats(0, 1e5))
def test_more_work_ahead_never_shortens_the_wait(ahead: float, left: list[float], more: float) -> None:
    assert until_free(ahead + more, left, 6) >= until_free(ahead, left, 6) - 1e-6


def test_success_begins_high_and_follows_the_kind() -> None:
    estimator = TaskEstimator()
    assert estimator.success("import") == pytest.approx(0.95)
    for _ in range(90):
        estimator.ended("import", {}, 5.0, ok=False)
    assert estimator.success("import") < 0.15
    assert estimator.success("report") == pytest.approx(0.95)
    assert estimator.count == 0


def test_lengths_and_completions_are_learned_apart() -> None:
    estimator = TaskEstimator()
    for number in range(200):
        found = situation(10.0, float(number), 5.0)
        estimator.ended("import", {"size": 2.0}, 10.0 + number % 3, ok=True)
        estimator.completed("import", found, 11.0 + number)
    assert estimator.count == 200
    assert estimator.length("import", {"size": 2.0}).median == pytest.approx(11.0, rel=0.1)
    assert estimator.left("import", {"size": 2.0}, 8.0).median == pytest.approx(3.0, rel=0.4)
    assert estimator.completion("import", situation(10.0, 150.0, 5.0)).median == pytest.approx(160, rel=0.2)
