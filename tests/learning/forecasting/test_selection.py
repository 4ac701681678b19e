"""Model selection finds the season where there is one, and no skill in pure noise."""

from __future__ import annotations

from datetime import date

import numpy as np

from maestro.learning.forecasting import (
    Panel,
    RollingSelection,
    SeasonalNaive,
    WindowMean,
    default_forecaster,
)

START = date(2026, 1, 5)


def seasonal(n_series: int = 8, n_periods: int = 140, noise: float = 0.3) -> Panel:
    """A strong week, the same for all, with little noise."""
    rng = np.random.default_rng(5)
    week = np.array([2.0, 3.0, 5.0, 8.0, 13.0, 0.0, 1.0])
    values = np.tile(week, n_periods // 7) + rng.normal(0, noise, (n_series, n_periods))
    return Panel(tuple(map(str, range(n_series))), np.maximum(values, 0.0), START)


def noise(n_series: int = 40, n_periods: int = 168, seed: int = 11) -> Panel:
    """Independent draws around levels that never move."""
    rng = np.random.default_rng(seed)
    values = rng.poisson(rng.uniform(2, 10, (n_series, 1)), (n_series, n_periods)).astype(float)
    return Panel(tuple(map(str, range(n_series))), values, START)


def test_the_seasonal_model_is_chosen_on_a_seasonal_series() -> None:
    selection = RollingSelection([WindowMean(), SeasonalNaive()])
    assert set(selection.points(seasonal(), 14).model) == {"seasonal_naive"}


def test_the_mean_is_chosen_on_pure_noise() -> None:
    selection = RollingSelection([WindowMean(84), SeasonalNaive(), WindowMean(7)])
    chosen = selection.points(noise(), 14).model
    assert chosen.count("window_mean_84") >= 0.7 * len(chosen)
    assert "seasonal_naive" not in chosen


def test_pure_noise_shows_no_skill_over_the_mean() -> None:
    whole = noise()
    panel, came = whole.until(140), whole.values[:, 140:]
    selected = RollingSelection([WindowMean(84), SeasonalNaive(), WindowMean(7)]).points(panel, 28).mean
    mean = WindowMean(84).points(panel, 28).mean
    skill = 1.0 - np.abs(came - selected).sum() / np.abs(came - mean).sum()
    assert -0.02 < skill < 0.02


def test_the_default_shows_no_skill_on_noise_and_finds_the_week() -> None:
    for whole, least, most in ((noise(), -0.03, 0.02), (seasonal(), 0.7, 1.0)):
        panel, came = whole.until(whole.n_periods - 28), whole.values[:, -28:]
        said = default_forecaster(0).forecast(panel, 28).mean
        mean = panel.values.mean(axis=1, keepdims=True)
        assert least < 1.0 - np.abs(came - said).sum() / np.abs(came - mean).sum() < most


def test_the_plainest_candidate_speaks_where_nothing_can_be_judged() -> None:
    short = seasonal().until(8)
    assert set(RollingSelection([WindowMean(), SeasonalNaive()]).points(short, 14).model) == {
        "window_mean_28"
    }


def test_an_earlier_choice_does_not_see_later_values() -> None:
    selection = RollingSelection([WindowMean(), SeasonalNaive(), WindowMean(7)])
    panel = seasonal()
    spoiled = panel.values.copy()
    spoiled[:, 112:] = np.random.default_rng(0).uniform(0, 1e4, spoiled[:, 112:].shape)
    honest, tempted = (
        selection.backtest(Panel(panel.ids, values, START), 14, [98, 112])
        for values in (panel.values, spoiled)
    )
    assert np.array_equal(honest, tempted)
    assert np.array_equal(honest[1], selection.points(panel.until(112), 14).mean)


def test_the_median_of_three_unlike_candidates_can_be_chosen_and_is_named() -> None:
    models = RollingSelection([WindowMean(28), WindowMean(56), WindowMean(112)]).points(noise(60), 14).model
    assert any(name.startswith("median(") for name in models)
