"""Tests of the demand sources: the same customers for everyone, chance as described, price response."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.packs.retail.demand_source import (
    BootstrappedDemand,
    GeneratedDemand,
    ReplayedDemand,
    price_response,
)

PRICE = np.array([10.0])
RIGID = np.zeros(1)


def generated(**changes: object) -> GeneratedDemand:
    base = GeneratedDemand(
        level=np.array([5.0]),
        growth_per_year=np.zeros(1),
        weekday_factor=np.ones((1, 7)),
        season_factor=np.ones((1, 52)),
        dispersion=np.array([2.0]),
        visit_chance=np.ones(1),
        promoted=np.zeros((1, 364), dtype=np.bool_),
        promotion_lift=np.array([3.0]),
        reference_price=PRICE,
        elasticity=np.array([2.0]),
        seed=4,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def drawn(
    source: GeneratedDemand, days: int, price: float = 10.0
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([source.wanted(day, np.array([price]))[0] for day in range(days)])


def test_a_replay_answers_the_record_exactly() -> None:
    source = ReplayedDemand(np.array([[3.0, 0.0, 7.0]]), PRICE, np.array([1.5]))
    assert [int(source.wanted(day, PRICE)[0]) for day in range(3)] == [3, 0, 7]


def test_a_replay_ends_with_its_record() -> None:
    source = ReplayedDemand(np.ones((1, 3)), PRICE, RIGID)
    with pytest.raises(InputError, match="days 0 to 2, not day 3"):
        source.wanted(3, PRICE)


def test_fractions_from_another_price_are_rounded_by_chance_without_bias() -> None:
    source = ReplayedDemand(np.full((1, 2000), 3.0), PRICE, np.array([1.0]), seed=1)
    sold = np.array([source.wanted(day, np.array([12.0]))[0] for day in range(2000)])
    assert set(sold.tolist()) == {2, 3}
    assert sold.mean() == pytest.approx(2.5, abs=0.05)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.5, 2.0), st.floats(0.0, 3.0))
def test_demand_never_rises_with_the_price(ratio: float, elasticity: float) -> None:
    answer = price_response(np.array([10.0 * ratio]), PRICE, np.array([elasticity]))[0]
    assert (answer <= 1.0) if ratio >= 1 else (answer >= 1.0)


def test_a_bootstrapped_future_is_made_of_whole_weeks_of_the_past() -> None:
    history = np.arange(70.0)[None, :]
    source = BootstrappedDemand(history, PRICE, RIGID, seed=2)
    for week in range(5):
        days = [int(source.wanted(70 + 7 * week + day, PRICE)[0]) for day in range(7)]
        assert days[0] % 7 == 0
        assert np.diff(days).tolist() == [1] * 6


def test_a_bootstrapped_past_is_the_past() -> None:
    source = BootstrappedDemand(np.arange(28.0)[None, :], PRICE, RIGID)
    assert int(source.wanted(9, PRICE)[0]) == 9


def test_weeks_are_drawn_from_the_same_season_where_a_year_is_known() -> None:
    weeks = np.repeat(np.arange(70.0), 7)[None, :]
    source = BootstrappedDemand(weeks, PRICE, RIGID, seed=5)
    drawn_weeks = [int(source.wanted(490 + 7 * week, PRICE)[0]) for week in range(20)]
    assert all(abs(week_drawn - (18 + week)) <= 4 for week, week_drawn in enumerate(drawn_weeks))


def test_two_weeks_of_history_are_the_least_to_bootstrap_from() -> None:
    with pytest.raises(InputError, match="too short"):
        BootstrappedDemand(np.ones((1, 13)), PRICE, RIGID)


def test_generated_customers_depend_on_seed_and_day_alone() -> None:
    first, again, other = generated(), generated(), generated(seed=5)
    assert drawn(first, 50).tolist() == drawn(again, 50).tolist()
    assert drawn(first, 50).tolist() != drawn(other, 50).tolist()
    assert first.wanted(30, PRICE).tolist() == again.wanted(30, PRICE).tolist()


def test_generated_demand_has_the_mean_and_spread_of_a_negative_binomial() -> None:
    sold = drawn(generated(), 4000)
    assert sold.mean() == pytest.approx(5.0, rel=0.05)
    assert sold.var() == pytest.approx(5.0 + 5.0**2 / 2.0, rel=0.15)


def test_intermittent_sellers_keep_their_mean() -> None:
    sold = drawn(generated(visit_chance=np.array([0.2])), 4000)
    assert (sold > 0).mean() < 0.21
    assert sold.mean() == pytest.approx(5.0, rel=0.12)


def test_the_same_customers_want_less_at_a_higher_price() -> None:
    source = generated()
    cheap, dear = drawn(source, 300), drawn(source, 300, price=14.0)
    assert (dear <= cheap).all()
    assert dear.sum() < 0.7 * cheap.sum()


def test_promotions_seasons_weekdays_and_growth_move_the_mean() -> None:
    promoted = np.zeros((1, 364), dtype=np.bool_)
    promoted[0, 3] = True
    weekday = np.ones((1, 7))
    weekday[0, 6] = 0.5
    season = np.ones((1, 52))
    season[0, 10] = 2.0
    source = generated(
        promoted=promoted, weekday_factor=weekday, season_factor=season, growth_per_year=np.array([0.1])
    )
    assert source.promotion_on(3).tolist() == [True]
    assert source.mean(3, PRICE)[0] == pytest.approx(15.0, rel=0.01)
    assert source.mean(6, PRICE)[0] == pytest.approx(2.5, rel=0.01)
    assert source.mean(70, PRICE)[0] == pytest.approx(10.0, rel=0.03)
    assert source.mean(365, PRICE)[0] == pytest.approx(5.5, rel=0.001)
