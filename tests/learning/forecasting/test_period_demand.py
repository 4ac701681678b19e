"""Tests of the forecast of total demand over coming days: a sound distribution, from the past alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from maestro.errors import InputError
from maestro.learning.forecasting.period_demand import (
    PeriodDemand,
    PeriodDemandModel,
    PeriodDemandSettings,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FAST = PeriodDemandSettings(rounds=40, examples_a_leaf=20)
LEVELS = np.array([0.1, 0.5, 0.9])
PRODUCTS, DAYS = 60, 210


def history(seed: int = 0, days: int = DAYS) -> Floats:
    """Slow and fast sellers, lumpy, closed on the seventh day."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(1.0, 1.0, PRODUCTS))
    mean = level[:, None] * np.where(np.arange(days) % 7 == 6, 0.0, 7 / 6)
    return rng.poisson(mean * rng.gamma(1.0, 1.0, mean.shape)).astype(np.float64)


def always(sales: Floats) -> Bools:
    return np.ones(sales.shape, dtype=np.bool_)


@pytest.fixture(scope="module")
def sales() -> Floats:
    """One history for all."""
    return history()


@pytest.fixture(scope="module")
def model(sales: Floats) -> PeriodDemandModel:
    """A model that learned it once, up to the day before the last 28."""
    past = sales[:, :-28]
    return PeriodDemandModel(past, always(past), settings=FAST, seed=1)


@pytest.fixture(scope="module")
def forecast(model: PeriodDemandModel, sales: Floats) -> PeriodDemand:
    """Its forecast of the last 28 days."""
    past = sales[:, :-28]
    return model.forecast(past, always(past))


def test_quantiles_are_never_negative_and_rise_with_level_and_days(forecast: PeriodDemand) -> None:
    levels = np.linspace(0, 1, 41)
    for days in (1, 7, 16, 28, 84):
        totals = forecast.quantiles(days, levels)
        assert (totals >= 0).all()
        assert (np.diff(totals, axis=1) >= -1e-9).all()
    assert (forecast.quantiles(28, levels) >= forecast.quantiles(16, levels) - 1e-9).all()


def test_four_out_of_five_outcomes_lie_in_the_80_percent_interval(
    forecast: PeriodDemand, sales: Floats
) -> None:
    happened = sales[:, -28:-12].sum(axis=1)
    low, high = forecast.quantiles(16, np.array([0.1, 0.9])).T
    covered = float(((low <= happened) & (happened <= high)).mean())
    assert 0.65 <= covered <= 0.95


def test_the_mean_is_near_what_happens_over_all_products(forecast: PeriodDemand, sales: Floats) -> None:
    assert forecast.mean(28).sum() == pytest.approx(sales[:, -28:].sum(), rel=0.2)


def test_fast_sellers_are_told_from_slow_ones(forecast: PeriodDemand, sales: Floats) -> None:
    happened = sales[:, -28:].sum(axis=1)
    assert np.corrcoef(np.log1p(forecast.mean(28)), np.log1p(happened))[0, 1] > 0.9


def test_possible_futures_have_the_quantiles_of_the_forecast(forecast: PeriodDemand) -> None:
    paths = forecast.paths(50, 14)
    assert paths.shape == (PRODUCTS, 50, 14)
    assert (paths >= 0).all()
    totals = np.sort(paths.sum(axis=2), axis=1)
    assert np.allclose(totals[:, 24], forecast.quantiles(14, np.array([24.5 / 50]))[:, 0])


def test_nothing_is_expected_on_the_day_that_is_always_closed(forecast: PeriodDemand) -> None:
    closed = (6 - (DAYS - 28)) % 7
    assert forecast.weekday_share[closed] < 0.01
    assert forecast.weekday_share.sum() == pytest.approx(1.0)


def test_a_multiplied_forecast_expects_as_much_more(forecast: PeriodDemand) -> None:
    assert np.allclose(forecast.scaled(1.5).mean(20), 1.5 * forecast.mean(20))


def test_the_same_seed_and_history_give_the_same_forecast(forecast: PeriodDemand, sales: Floats) -> None:
    past = sales[:, :-28]
    again = PeriodDemandModel(past, always(past), settings=FAST, seed=1).forecast(past, always(past))
    assert np.array_equal(again.near, forecast.near)
    assert np.array_equal(again.far, forecast.far)


def test_a_model_learned_earlier_follows_later_sales(model: PeriodDemandModel, sales: Floats) -> None:
    louder = sales.copy()
    louder[0, -28:] *= 4
    quiet, loud = (model.forecast(known, always(known)).mean(16)[0] for known in (sales, louder))
    assert loud > 1.5 * quiet


def test_days_out_of_stock_are_not_read_as_no_demand(model: PeriodDemandModel, sales: Floats) -> None:
    in_stock = always(sales)
    in_stock[:, -14:] = False
    emptied = np.where(in_stock, sales, 0.0)
    masked = model.forecast(emptied, in_stock).mean(16).sum()
    believed = model.forecast(emptied, always(sales)).mean(16).sum()
    honest = model.forecast(sales, always(sales)).mean(16).sum()
    assert abs(masked - honest) < abs(believed - honest)
    assert masked > 0.8 * honest


def test_too_many_examples_are_thinned(sales: Floats) -> None:
    thin = replace(FAST, most_examples=500)
    few = PeriodDemandModel(sales, always(sales), settings=thin, seed=2).forecast(sales, always(sales))
    assert few.mean(16).sum() == pytest.approx(sales[:, -56:].sum() * 16 / 56, rel=0.3)


def test_two_seasons_teach_the_third() -> None:
    rng = np.random.default_rng(3)
    weeks = np.arange(2 * 364 + 280) // 7 % 52
    season = np.where((weeks >= 40) & (weeks < 48), 3.0, 1.0)
    sales = rng.poisson(np.exp(rng.normal(1.5, 0.5, (40, 1))) * season).astype(np.float64)
    learned = PeriodDemandModel(sales, always(sales), settings=FAST, seed=0)
    expected = learned.forecast(sales, always(sales)).mean(16).sum()
    assert expected > 1.5 * sales[:, -56:].sum() * 16 / 56


@pytest.mark.parametrize("days", [1, 3, 20])
def test_a_few_days_of_history_give_a_wide_guess_around_the_rate(days: int) -> None:
    sales = np.full((2, days), 5.0)
    sales[1] = 0.0
    view = PeriodDemandModel(sales, always(sales)).forecast(sales, always(sales))
    low, middle, high = view.quantiles(10, LEVELS)[0]
    assert low < middle < high
    assert view.mean(10)[0] == pytest.approx(50, rel=0.6)
    assert view.mean(10)[1] < view.mean(10)[0]


def test_a_product_that_was_never_in_stock_is_guessed_from_the_others() -> None:
    sales = np.full((2, 10), 4.0)
    in_stock = always(sales)
    in_stock[1] = False
    view = PeriodDemandModel(sales, in_stock).forecast(sales, in_stock)
    assert view.mean(10)[1] > 0


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="do not fit together"):
        PeriodDemandModel(np.zeros((2, 5)), np.ones((2, 4), dtype=np.bool_))


def test_no_history_is_refused() -> None:
    with pytest.raises(InputError, match="no history"):
        PeriodDemandModel(np.zeros((2, 0)), np.ones((2, 0), dtype=np.bool_))
