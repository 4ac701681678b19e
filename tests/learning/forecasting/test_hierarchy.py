"""Coherent totals: product, location and total forecasts are the sums of what lies below."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from maestro.errors import InputError
from maestro.learning.forecasting import ConformalForecaster, Panel, WindowMean, coherent_forecasts

PRODUCTS = ["A", "B", "C", "A", "B", "C"]
LOCATIONS = ["north"] * 3 + ["south"] * 3


def shop(n_periods: int = 84, noise: int = 3) -> Panel:
    """Three products at two locations."""
    rng = np.random.default_rng(noise)
    values = rng.poisson(np.array([[1.0], [4.0], [9.0], [2.0], [3.0], [0.5]]), (6, n_periods)).astype(float)
    ids = tuple(f"{product}@{place}" for product, place in zip(PRODUCTS, LOCATIONS, strict=True))
    return Panel(ids, values, date(2026, 1, 5))


def forecaster() -> ConformalForecaster:
    return ConformalForecaster(WindowMean(28, profile=56))


def test_every_level_adds_up_to_the_same_total() -> None:
    levels = {"product": PRODUCTS, "location": LOCATIONS}
    found = coherent_forecasts(forecaster(), shop(), 14, levels)
    total = found["total"].mean[0]
    for name in ("bottom", "product", "location"):
        assert np.allclose(found[name].mean.sum(axis=0), total)
    assert found["product"].ids == ("A", "B", "C")
    assert np.allclose(found["product"].mean[0], found["bottom"].mean[[0, 3]].sum(axis=0))


def test_the_bottom_is_the_forecasters_own_forecast() -> None:
    found = coherent_forecasts(forecaster(), shop(), 14, {})
    alone = forecaster().forecast(shop(), 14)
    assert np.array_equal(found["bottom"].upper, alone.upper)
    assert found["bottom"].version == alone.version
    assert found["total"].version != alone.version


def test_errors_of_products_partly_cancel_so_the_total_is_surer_than_the_sum_of_intervals() -> None:
    found = coherent_forecasts(forecaster(), shop(), 14, {})
    bottom, total = found["bottom"], found["total"]
    assert (total.upper - total.mean).mean() < 0.8 * (bottom.upper - bottom.mean).sum(axis=0).mean()
    assert (total.lower <= total.mean).all()
    assert (total.lower >= 0).all()


def test_the_totals_interval_holds_about_the_promised_share() -> None:
    inside = []
    for noise in range(12):
        whole = shop(112, noise)
        total = coherent_forecasts(forecaster(), whole.until(84), 28, {})["total"]
        came = whole.values[:, 84:].sum(axis=0)
        inside.append(((came >= total.lower[0]) & (came <= total.upper[0])).mean())
    assert 0.7 < np.mean(inside) < 0.9


def test_a_series_not_yet_begun_counts_as_nothing_and_a_masked_one_leaves_the_sum_unknown() -> None:
    panel = shop()
    values, available = panel.values.copy(), np.ones(panel.values.shape, dtype=bool)
    values[5, :50] = np.nan
    available[4, 60:70] = False
    masked = Panel(panel.ids, values, panel.start, available=available)
    found = coherent_forecasts(forecaster(), masked, 14, {"location": LOCATIONS})
    assert np.isfinite(found["total"].upper).all()
    assert np.allclose(found["location"].mean.sum(axis=0), found["total"].mean[0])


@pytest.mark.parametrize("levels", [{"product": ["A"]}, {"total": PRODUCTS}, {"bottom": PRODUCTS}])
def test_a_level_that_does_not_fit_is_refused(levels: dict[str, list[str]]) -> None:
    with pytest.raises(InputError, match="level") as refused:
        coherent_forecasts(forecaster(), shop(), 14, levels)
    assert refused.value.remedy
