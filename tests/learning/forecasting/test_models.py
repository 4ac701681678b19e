"""Single forecasting models do what their papers say, and fall back with a word of it where they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from statsforecast.models import DynamicOptimizedTheta

from maestro.learning.forecasting import (
    ComplexSmoothing,
    Croston,
    Ensemble,
    ExponentialSmoothing,
    GradientBoosting,
    Panel,
    PointModel,
    SeasonalNaive,
    TeunterSyntetosBabai,
    Theta,
    WindowMean,
)
from maestro.learning.forecasting.single_series import SingleSeriesModel, fill_gaps

START = date(2026, 1, 5)


def panel_of(*rows: Sequence[float], season_length: int = 7) -> Panel:
    return Panel(tuple(map(str, range(len(rows)))), np.array(rows, dtype=float), START, season_length)


def weekly(n_weeks: int, noise: float = 0.0, seed: int = 0) -> Panel:
    """Four series with the same strong week at different sizes."""
    week = np.array([2.0, 3.0, 5.0, 8.0, 13.0, 1.0, 1.0])
    base = np.outer([1.0, 2.0, 3.0, 4.0], np.tile(week, n_weeks))
    scatter = np.random.default_rng(seed).normal(0, noise, base.shape)
    return Panel(("a", "b", "c", "d"), np.maximum(base + scatter, 0.0), START)


def test_seasonal_naive_repeats_the_last_season_and_reaches_past_a_gap() -> None:
    said = (
        SeasonalNaive().points(panel_of([1, 2, 3, 4, 5, 6], [1, 2, 3, np.nan, 5, 6], season_length=3), 4).mean
    )
    assert said.tolist() == [[4, 5, 6, 4], [1, 5, 6, 1]]


def test_window_mean_looks_at_the_window_alone_and_at_everything_where_that_is_unknown() -> None:
    said = WindowMean(2).points(panel_of([9, 9, 1, 3], [4, 6, np.nan, np.nan]), 2).mean
    assert said.tolist() == [[2, 2], [5, 5]]


def test_a_shaped_window_mean_keeps_the_level_and_finds_the_week() -> None:
    panel = weekly(12)
    said = WindowMean(28, profile=56).points(panel, 7).mean
    assert np.allclose(said.mean(axis=1), panel.values[:, -28:].mean(axis=1))
    assert np.allclose(said, panel.values[:, -7:], rtol=0.02)


@pytest.mark.parametrize("model", [Theta(), Theta(dynamic=False), ComplexSmoothing(), ExponentialSmoothing()])
def test_seasonal_models_find_the_week(model: PointModel) -> None:
    panel = weekly(12, noise=0.2)
    said, came = model.points(panel, 7).mean, weekly(1).values
    assert np.abs(said - came).sum() < 0.1 * came.sum()


def test_dot_is_statsforecasts_own() -> None:
    history = np.random.default_rng(3).gamma(5.0, 2.0, 60)
    expected = DynamicOptimizedTheta(season_length=7).forecast(y=history, h=5)["mean"]
    assert np.allclose(Theta().points(panel_of(history.tolist()), 5).mean[0], expected)


def test_intermittent_models_forecast_the_rate_and_tsb_forgets_what_stopped() -> None:
    rng = np.random.default_rng(4)
    steady = np.where(rng.random(200) < 0.2, 5.0, 0.0)
    stopped = np.concatenate([steady[:120], np.zeros(80)])
    panel = panel_of(steady.tolist(), stopped.tolist())
    croston, tsb = Croston().points(panel, 1).mean[:, 0], TeunterSyntetosBabai().points(panel, 1).mean[:, 0]
    assert croston[0] == pytest.approx(1.0, abs=0.4)
    assert tsb[0] == pytest.approx(1.0, abs=0.5)
    assert tsb[1] < 0.1 < croston[1]


def test_the_median_ignores_one_member_gone_astray() -> None:
    panel = weekly(4)
    members = [WindowMean(7), WindowMean(14), Astray()]
    assert Ensemble(members).points(panel, 3).mean.max() < 100
    assert Ensemble(members, "mean").points(panel, 3).mean.min() > 100
    assert Ensemble(members).backtest(panel, 3, [14, 21]).shape == (2, 4, 3)


def test_boosting_finds_a_week_it_was_never_told_of_in_a_new_product() -> None:
    rng = np.random.default_rng(6)
    week = np.array([1.0, 1.0, 2.0, 4.0, 6.0, 0.0, 0.0])
    values = rng.poisson(rng.gamma(2, 3, (40, 1)) * np.tile(week, 24)[None, :]).astype(float)
    values[0, :-9] = np.nan
    panel = Panel(tuple(map(str, range(40))), values, START)
    said = GradientBoosting(0, rounds=60).points(panel, 7)
    assert set(said.model) == {"lightgbm_tweedie"}
    assert said.mean[1:, 5:].sum() < 0.03 * said.mean[1:].sum()
    assert np.isfinite(said.mean).all()


def test_boosting_with_another_seed_differs_and_more_rows_than_allowed_are_sampled() -> None:
    panel = Panel(
        tuple(map(str, range(30))), np.random.default_rng(0).poisson(4.0, (30, 140)).astype(float), START
    )
    first, second = (
        GradientBoosting(seed, rounds=20, max_rows=2000).points(panel, 7).mean for seed in (0, 1)
    )
    assert not np.array_equal(first, second)
    assert np.allclose(first.mean(), 4.0, rtol=0.1)


def test_boosting_says_where_it_has_too_little_to_learn_from() -> None:
    for panel in (panel_of([1, 2, 3]), panel_of(np.random.default_rng(0).normal(0, 1, 140).tolist())):
        said = GradientBoosting(0, rounds=5).points(panel, 7)
        assert said.model == ("window_mean_28 (too little to learn from)",)


def test_a_years_old_pattern_is_a_feature_once_there_is_a_year() -> None:
    rng = np.random.default_rng(8)
    values = rng.poisson(5.0, (6, 420)).astype(float)
    said = GradientBoosting(0, rounds=10, origins=4).points(Panel(tuple("abcdef"), values, START), 28)
    assert np.allclose(said.mean.mean(), 5.0, rtol=0.15)


@pytest.mark.parametrize(("outcome", "word"), [("raise", "failed"), ("nan", "diverged")])
def test_a_model_that_fails_gives_way_to_the_mean_and_the_name_says_so(outcome: str, word: str) -> None:
    said = Broken(outcome).points(panel_of([1, 2, 3, 4, 5, 6, 7, 8, 9, 11]), 2)
    assert word in said.model[0]
    assert said.mean[0, 0] == pytest.approx(5.6)


def test_gaps_are_filled_along_the_same_phase_of_the_week() -> None:
    filled = fill_gaps(np.array([1.0, 10.0, np.nan, 20.0, 3.0, np.nan]), 2)
    assert filled.tolist() == [1, 10, 2, 20, 3, 20]
    assert fill_gaps(np.array([1.0, np.nan, 3.0]), 3).tolist() == [1, 2, 3]


class Astray(PointModel):
    """Says a thousand, always."""

    name = "astray"

    def points(self, panel: Panel, horizon: int) -> Any:
        said = WindowMean().points(panel, horizon)
        return type(said)(np.full_like(said.mean, 1000.0), said.model)


class Broken(SingleSeriesModel):
    """A single-series model whose library call goes wrong."""

    name = "broken"

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome

    def build(self, season_length: int) -> Any:
        return self

    def forecast(self, y: Any, h: int) -> dict[str, Any]:
        if self.outcome == "raise":
            raise ValueError("no")
        return {"mean": np.full(h, np.nan)}
