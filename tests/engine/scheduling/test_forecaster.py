"""Forecaster: lengths are learned by kind and features, and its intervals hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.scheduling.forecaster import Forecaster, Interval


def taught(count: int = 400, seed: int = 1) -> Forecaster:
    """One kind whose length is ten times its size, give or take a third."""
    rng, forecaster = np.random.default_rng(seed), Forecaster()
    for _ in range(count):
        size = rng.uniform(1, 5)
        forecaster.observe("import", {"size": size}, 10 * math.exp(size + 0.3 * rng.normal()))
    return forecaster


def test_nothing_known_means_a_wide_interval_around_the_prior() -> None:
    told = Forecaster(prior_s=60.0).predict("import", {})
    assert told.low < 10
    assert told.median == pytest.approx(60.0)
    assert told.high > 300


def test_the_length_follows_the_feature() -> None:
    forecaster = taught()
    for size in (1.5, 3.0, 4.5):
        told = forecaster.predict("import", {"size": size})
        assert told.median == pytest.approx(10 * math.exp(size), rel=0.15)
        assert told.low < told.median < told.high
        assert math.log(told.high / told.low) == pytest.approx(2 * 1.28 * 0.3, rel=0.3)


def test_what_is_not_told_takes_its_mean() -> None:
    forecaster = taught()
    assert forecaster.predict("import", {}).median == pytest.approx(10 * math.exp(3), rel=0.2)


def test_kinds_differ_and_a_new_kind_borrows_from_all() -> None:
    forecaster = taught()
    for _ in range(60):
        forecaster.observe("tiny", {"size": 3.0}, 0.5)
    assert forecaster.predict("tiny", {"size": 3.0}).median == pytest.approx(0.5, rel=0.3)
    assert 1 < forecaster.predict("never seen", {"size": 3.0}).median < 400


def test_a_feature_that_appears_later_changes_nothing_before_it_varies() -> None:
    forecaster = taught()
    before = forecaster.predict("import", {"size": 3.0}).median
    forecaster.observe("import", {"size": 3.0, "rows": 7.0}, before)
    assert forecaster.predict("import", {"size": 3.0, "rows": 7.0}).median == pytest.approx(before, rel=0.05)


@pytest.mark.parametrize("tail", ["normal", "pareto", "drift"])
def test_four_of_five_intervals_hold(tail: str) -> None:
    rng, forecaster = np.random.default_rng(5), Forecaster()
    held = []
    for number in range(2_500):
        size = rng.uniform(0, 4)
        noise = {
            "normal": rng.normal(),
            "pareto": rng.exponential() / 1.5,
            "drift": rng.normal() + number / 500,
        }
        seconds = math.exp(size + noise[tail])
        told = forecaster.predict(f"kind-{number % 3}", {"size": size})
        held.append(told.low <= seconds <= told.high)
        forecaster.observe(f"kind-{number % 3}", {"size": size}, seconds, told)
    assert 0.77 <= np.mean(held[100:]) <= 0.83


def test_the_longer_it_goes_on_the_longer_it_still_needs_where_tails_are_heavy() -> None:
    rng, forecaster = np.random.default_rng(2), Forecaster()
    for _ in range(600):
        forecaster.observe("crawl", {}, float(rng.pareto(1.5) + 1))
    left = [forecaster.remaining("crawl", {}, elapsed).median for elapsed in (0.0, 4.0, 40.0, 4_000.0)]
    assert left == sorted(left)
    assert forecaster.remaining("crawl", {}, 4_000.0).low > 0


def test_what_goes_on_has_less_to_go_where_lengths_are_even() -> None:
    forecaster = taught()
    whole = forecaster.remaining("import", {"size": 3.0}, 0.0)
    assert whole == forecaster.predict("import", {"size": 3.0})
    assert forecaster.remaining("import", {"size": 3.0}, 100.0).median < whole.median - 50


def test_a_person_is_told_the_median_which_lies_within_the_bounds() -> None:
    assert Interval(9.0, 1.0, 4.0, 1.5).shape() == {"median": 1.5, "low": 1.0, "high": 4.0}


def test_what_is_out_of_the_question_is_not_told() -> None:
    assert Interval(3.0, 1.0, 4.0, 2.0).at_least(2.5) == Interval(3.0, 2.5, 4.0, 2.5)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(-20, 20), st.floats(0, 1e7)), max_size=40),
    st.floats(0, 1e7),
)
def test_intervals_are_in_order_whatever_was_seen(
    seen: list[tuple[str, float, float]], elapsed: float
) -> None:
    forecaster = Forecaster()
    for kind, size, seconds in seen:
        forecaster.observe(kind, {"size": size}, seconds)
    assert forecaster.count == len(seen)
    for told in (forecaster.predict("a", {"size": 3.0}), forecaster.remaining("a", {"size": 3.0}, elapsed)):
        assert 0 <= told.low <= told.median <= told.high
        assert told.mean >= told.low
        assert math.isfinite(told.mean)
