"""Conformal intervals hold the promised share, grow with demand, and are wide where nothing is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.learning.forecasting import ConformalForecaster, Panel, WindowMean, default_forecaster
from maestro.learning.forecasting.conformal import earlier_origins

START = date(2026, 1, 5)


def lumpy(seed: int, n_series: int = 60, n_periods: int = 140) -> Panel:
    """Negative binomial demand of very different sizes, with many zeros."""
    rng = np.random.default_rng(seed)
    size = rng.gamma(1.0, 4.0, (n_series, 1)) + 0.2
    values = rng.negative_binomial(0.7, 0.7 / (0.7 + size), (n_series, n_periods)).astype(float)
    values[:, 0] = 1.0
    return Panel(tuple(map(str, range(n_series))), values, START)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_the_promised_share_of_lumpy_demand_falls_inside(level: float) -> None:
    inside = []
    for seed in range(4):
        whole = lumpy(seed)
        said = ConformalForecaster(WindowMean(56)).forecast(whole.until(112), 28, level=level)
        came = whole.values[:, 112:]
        inside.append(((came >= said.lower) & (came <= said.upper)).mean())
    assert np.mean(inside) == pytest.approx(level, abs=0.04)


def test_the_default_holds_the_promised_share() -> None:
    whole = lumpy(9)
    said = default_forecaster(0).forecast(whole.until(112), 28)
    came = whole.values[:, 112:]
    assert ((came >= said.lower) & (came <= said.upper)).mean() == pytest.approx(0.8, abs=0.05)


def test_a_product_that_sells_more_has_the_wider_interval() -> None:
    panel = lumpy(1)
    said = ConformalForecaster(WindowMean(56)).forecast(panel, 28)
    order = np.argsort(said.mean[:, 0])
    width = (said.upper - said.mean)[:, 0]
    assert width[order[-10:]].mean() > 2.0 * width[order[:10]].mean()


def test_series_below_zero_keep_a_symmetric_interval() -> None:
    rng = np.random.default_rng(2)
    panel = Panel(("margin", "flow"), rng.normal(0.0, [[1.0], [10.0]], (2, 140)), START)
    said = ConformalForecaster(WindowMean(56)).forecast(panel, 28)
    assert np.allclose(said.upper - said.mean, said.mean - said.lower)
    assert (said.upper - said.mean)[1, 0] > 5.0 * (said.upper - said.mean)[0, 0]


def test_a_series_too_new_to_be_judged_gets_at_least_the_guessed_width() -> None:
    values = lumpy(3).values.copy()
    values[0, :-2], values[0, -2:] = np.nan, (3.0, 5.0)
    said = ConformalForecaster(WindowMean(56)).forecast(Panel(lumpy(3).ids, values, START), 28)
    assert said.upper[0, 0] > said.mean[0, 0] + 5.0


@settings(deadline=None, max_examples=50)
@given(n_periods=st.integers(0, 400), horizon=st.integers(1, 60), windows=st.integers(1, 6))
def test_earlier_origins_leave_a_whole_horizon_on_both_sides(
    n_periods: int, horizon: int, windows: int
) -> None:
    origins = earlier_origins(n_periods, horizon, windows)
    assert origins == sorted(set(origins))
    assert len(origins) <= windows
    assert all(horizon <= origin <= n_periods - horizon for origin in origins)
