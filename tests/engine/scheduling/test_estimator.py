"""Estimator: what is known of a task beforehand, when a slot falls free, and what its kind is like."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.scheduling.estimator import TaskEstimator, features_of, situation, starts
from maestro.engine.scheduling.forecaster import Interval
from maestro.errors import PermanentError

WIDE = Interval(20.0, 1.0, 90.0, 10.0)


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
    ("ahead", "left", "slots", "begin"),
    [
        ([], [], 2, [0.0]),
        ([], [30.0, 50.0], 2, [30.0]),
        ([10.0], [30.0, 50.0], 2, [30.0, 40.0]),
        ([20.0, 20.0], [30.0, 50.0], 2, [30.0, 50.0, 50.0]),
        ([8.0], [30.0], 2, [0.0, 8.0]),
        ([60.0] * 4, [32.0] * 8, 8, [32.0] * 5),
        ([5.0], [10.0, 20.0, 30.0], 2, [20.0, 25.0]),
    ],
)
def test_a_slot_falls_free_to_each_in_turn(
    ahead: list[float], left: list[float], slots: int, begin: list[float]
) -> None:
    assert starts(ahead, left, slots) == pytest.approx(begin)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1e6), max_size=20), st.lists(st.floats(0, 1e5), max_size=6), st.floats(0, 1e5))
def test_who_comes_later_never_begins_earlier(ahead: list[float], left: list[float], more: float) -> None:
    begin = starts([*ahead, more], left, 6)
    assert begin == sorted(begin)
    assert begin[:-1] == starts(ahead, left, 6)


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
    assert estimator.completion("import", situation(10.0, 150.0, 5.0), WIDE).median == pytest.approx(
        160, rel=0.2
    )


def taught(*before: tuple[str, float]) -> TaskEstimator:
    """Ten tasks that took 60 s each and one that failed after 2 s, in a shop that had seen others before."""
    estimator = TaskEstimator()
    for kind, seconds in (*before, *(("slow", 60 + each / 10) for each in range(10))):
        found = situation(estimator.length(kind, {"size": 2.0}).median, 0.0, 0.0)
        known = estimator.knows(kind)
        estimator.ended(kind, {"size": 2.0}, seconds, ok=True)
        if known:
            estimator.completed(kind, found, seconds + 0.3)
    estimator.ended("slow", {"size": 2.0}, 2.0, ok=False)
    return estimator


@pytest.mark.parametrize(
    "before", [(), (("quick", 0.05),) * 3, (("a", 0.05), ("b", 2.0), ("a", 0.04), ("c", 900.0)) * 2]
)
def test_a_kind_is_known_by_its_own_lengths_however_different_others_are(
    before: tuple[tuple[str, float], ...],
) -> None:
    estimator = taught(*before)
    told = estimator.length("slow", {"size": 2.0})
    assert told.median == pytest.approx(60, rel=0.05)
    assert 30 < told.low <= told.median <= told.high < 120
    assert told.low <= told.mean <= told.high
    begin = starts([told.mean] * 3, [32.0] * 8, 8)[-1]
    done = estimator.completion("slow", situation(told.median, begin, 0.0), told)
    assert done.median == pytest.approx(92, rel=0.1)
    assert 60 < done.low < done.high < 180


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.01, 4_000)), min_size=1, max_size=30))
def test_nothing_is_foreseen_that_is_ten_times_beyond_what_was_seen(seen: list[tuple[str, float]]) -> None:
    estimator = TaskEstimator()
    for kind, seconds in seen:
        estimator.ended(kind, {"size": 2.0}, seconds, ok=True)
    for kind in {kind for kind, _ in seen}:
        own = [seconds for each, seconds in seen if each == kind]
        told = estimator.length(kind, {"size": 9.0})
        assert 0.99 * min(own) / 10 <= told.low <= told.high <= 1.01 * 10 * max(own)
        assert told.mean <= 1.01 * 10 * max(own)


def test_a_kind_is_known_from_three_on() -> None:
    estimator = TaskEstimator()
    for count in range(3):
        assert not estimator.knows("new"), count
        estimator.ended("new", {}, 30.0, ok=False)
        estimator.ended("new", {}, 30.0, ok=True)
    assert estimator.knows("new")


def test_until_a_kind_was_seen_to_wait_its_end_rests_on_its_length() -> None:
    estimator = TaskEstimator()
    for _ in range(30):
        estimator.completed("quick", situation(0.005, 0.0, 0.0), 0.3)
    told = estimator.completion("slow", situation(10.0, 40.0, 5.0), WIDE)
    assert vars(told) == pytest.approx({"mean": 60.0, "low": 41.0, "high": 130.0, "median": 50.0})
