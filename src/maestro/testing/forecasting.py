"""Forecaster conformance: the promises every forecaster keeps; run `check_forecaster` on your own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from maestro.errors import InputError
from maestro.learning.forecasting.base import Forecast, Forecaster, Panel

START = date(2026, 1, 5)
HORIZON = 9


def check_forecaster(make: Callable[[], Forecaster]) -> None:
    """Run every check on forecasters made by `make`; each call must give a fresh, equally configured one.

    Raises:
        AssertionError: a promise is broken; the message says which.
    """
    for check in (
        check_ordinary_demand,
        check_determinism,
        check_truncation,
        check_permutation,
        check_awkward_series,
        check_masked_stockouts,
        check_short_history,
        check_refusals,
    ):
        check(make)


def demand_panel(n_series: int = 6, n_periods: int = 126, seed: int = 7) -> Panel:
    """Weekly seasonal counts of several sizes, one of them intermittent, [n_series, n_periods]."""
    rng = np.random.default_rng(seed)
    size = np.linspace(0.2, 12.0, n_series)[:, None]
    week = 1.0 + 0.6 * np.sin(2.0 * np.pi * np.arange(n_periods) / 7.0)
    values = rng.poisson(size * week).astype(np.float64)
    return Panel(tuple(f"P{row}" for row in range(n_series)), values, START)


def check_shape(panel: Panel, forecast: Forecast, horizon: int) -> None:
    """Shapes, finite numbers, order of the interval, nothing negative where the history was not."""
    shape = (len(panel.ids), horizon)
    assert forecast.ids == panel.ids, "the forecast must keep the ids and their order"
    assert len(forecast.model) == len(panel.ids), "the forecast must name a model for each series"
    assert all(forecast.model), "a model's name must not be empty"
    assert forecast.version, "the forecast must carry a version"
    for name in ("mean", "lower", "upper"):
        values = getattr(forecast, name)
        assert values.shape == shape, f"{name} has shape {values.shape}, expected {shape}"
        assert np.isfinite(values).all(), f"{name} must be finite"
        if panel.non_negative:
            assert (values >= 0).all(), f"{name} must not be negative"
    assert (forecast.lower <= forecast.mean).all(), "lower must not exceed mean"
    assert (forecast.mean <= forecast.upper).all(), "mean must not exceed upper"


def check_ordinary_demand(make: Callable[[], Forecaster]) -> None:
    """An ordinary panel, several horizons and levels; a higher level is never narrower."""
    panel = demand_panel()
    for horizon in (1, HORIZON):
        check_shape(panel, make().forecast(panel, horizon), horizon)
    narrow, broad = (make().forecast(panel, HORIZON, level=level) for level in (0.5, 0.95))
    assert narrow.level == 0.5, "the forecast must say its level"
    assert (broad.upper >= narrow.upper).all(), "a higher level must not be narrower"
    assert narrow.version != broad.version, "another level must give another version"


def check_determinism(make: Callable[[], Forecaster]) -> None:
    """The same question twice, to the same and to a fresh forecaster, gives the same answer and version."""
    panel = demand_panel()
    forecaster = make()
    first, again, fresh = (f.forecast(panel, HORIZON) for f in (forecaster, forecaster, make()))
    for other in (again, fresh):
        assert np.array_equal(first.mean, other.mean), "the mean must be reproducible"
        assert np.array_equal(first.upper, other.upper), "the interval must be reproducible"
        assert first.version == other.version, "the version must be reproducible"
    changed = Panel(panel.ids, panel.values + 1.0, START)
    assert make().forecast(changed, HORIZON).version != first.version, "other data must give another version"


def check_truncation(make: Callable[[], Forecaster]) -> None:
    """A forecast from the first t periods does not depend on what came later."""
    panel, t = demand_panel(), 98
    later = panel.values.copy()
    later[:, t:] = 1e6
    forecaster = make()
    forecaster.forecast(panel, HORIZON)
    honest = forecaster.forecast(panel.until(t), HORIZON)
    tempted = make().forecast(Panel(panel.ids, later, START).until(t), HORIZON)
    assert np.array_equal(honest.mean, tempted.mean), "the mean must not see the future"
    assert np.array_equal(honest.upper, tempted.upper), "the interval must not see the future"


def check_permutation(make: Callable[[], Forecaster]) -> None:
    """Series in another order get the same forecasts, in that order."""
    panel = demand_panel()
    order = np.random.default_rng(1).permutation(len(panel.ids))
    straight = make().forecast(panel, HORIZON)
    shuffled = make().forecast(panel.select(order), HORIZON)
    for name in ("mean", "lower", "upper"):
        close = np.allclose(getattr(straight, name)[order], getattr(shuffled, name), rtol=1e-7, atol=1e-9)
        assert close, f"{name} must not depend on the order of the series"


def check_awkward_series(make: Callable[[], Forecaster]) -> None:
    """Never sold, always the same, begun late, one observation, one giant sale, a gap: all in one panel."""
    values = np.repeat(demand_panel().values[3:4], 6, axis=0)
    values[0] = 0.0
    values[1] = 4.0
    values[2, :60] = np.nan
    values[3, :-1] = np.nan
    values[4, 50] = 1e6
    values[5, 30:45] = np.nan
    panel = Panel(("silent", "constant", "late", "new", "giant", "gap"), values, START)
    forecast = make().forecast(panel, HORIZON)
    check_shape(panel, forecast, HORIZON)
    alone = make().forecast(panel.select([0]), HORIZON)
    assert np.allclose(alone.mean, 0.0), "what never sold is forecast at zero"
    steady = make().forecast(panel.select([1]), HORIZON)
    assert np.allclose(steady.mean, 4.0, rtol=0.05), "what never changed stays as it is"


def check_masked_stockouts(make: Callable[[], Forecaster]) -> None:
    """Zeros recorded while out of stock are not read as zero demand."""
    panel = demand_panel()
    sold, available = panel.values.copy(), np.ones(panel.values.shape, dtype=bool)
    sold[-1, -35:], available[-1, -35:] = 0.0, False
    masked = make().forecast(Panel(panel.ids, sold, START, available=available), 7)
    usual = float(panel.values[-1].mean())
    assert masked.mean[-1].mean() > 0.5 * usual, "a stock-out must not pull the forecast down"
    sold[-1, -35:] = 1e5
    other = make().forecast(Panel(panel.ids, sold, START, available=available), 7)
    assert np.array_equal(masked.mean, other.mean), "what is masked must not matter at all"


def check_short_history(make: Callable[[], Forecaster]) -> None:
    """One and three periods of history still give a finite forecast, with an interval that is not a point."""
    for n_periods in (1, 3):
        panel = Panel(("A", "B"), np.array([[2.0, 5.0, 3.0], [1.0, 0.0, 4.0]])[:, :n_periods], START)
        forecast = make().forecast(panel, HORIZON)
        check_shape(panel, forecast, HORIZON)
        assert (forecast.upper > forecast.mean).all(), "a short history must leave room for doubt"


def check_refusals(make: Callable[[], Forecaster]) -> None:
    """An empty history, a horizon of zero and an impossible level are refused with a remedy."""
    empty = Panel(("A",), np.full((1, 5), np.nan), START)
    for panel, horizon, level in ((empty, 7, 0.8), (demand_panel(), 0, 0.8), (demand_panel(), 7, 1.0)):
        refused = refusal(make(), panel, horizon, level)
        assert refused is not None, f"horizon {horizon}, level {level} on {panel.ids} must be refused"
        assert refused.remedy, "a refusal must say what to do"


def refusal(forecaster: Forecaster, panel: Panel, horizon: int, level: float) -> InputError | None:
    """The error with which the forecaster turns the question down; None where it answers."""
    try:
        forecaster.forecast(panel, horizon, level=level)
    except InputError as refused:
        return refused
    return None
