"""Every forecaster keeps the promises of the shipped conformance suite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maestro.learning.forecasting import (
    ComplexSmoothing,
    ConformalForecaster,
    Croston,
    Ensemble,
    ExponentialSmoothing,
    Forecaster,
    GradientBoosting,
    RollingSelection,
    SeasonalNaive,
    TeunterSyntetosBabai,
    Theta,
    WindowMean,
    default_forecaster,
)
from maestro.testing.forecasting import check_forecaster

FORECASTERS: dict[str, Callable[[], Forecaster]] = {
    "seasonal naive": lambda: ConformalForecaster(SeasonalNaive()),
    "window mean": lambda: ConformalForecaster(WindowMean()),
    "shaped window mean": lambda: ConformalForecaster(WindowMean(28, profile=56)),
    "theta": lambda: ConformalForecaster(Theta()),
    "complex smoothing": lambda: ConformalForecaster(ComplexSmoothing()),
    "exponential smoothing": lambda: ConformalForecaster(ExponentialSmoothing("ANN")),
    "teunter syntetos babai": lambda: ConformalForecaster(TeunterSyntetosBabai()),
    "croston": lambda: ConformalForecaster(Croston()),
    "median": lambda: ConformalForecaster(Ensemble([WindowMean(), SeasonalNaive(), TeunterSyntetosBabai()])),
    "gradient boosting": lambda: ConformalForecaster(GradientBoosting(rounds=20)),
    "selection": lambda: ConformalForecaster(RollingSelection([WindowMean(), SeasonalNaive(), Croston()])),
    "default": default_forecaster,
}


@pytest.mark.parametrize("make", FORECASTERS.values(), ids=FORECASTERS.keys())
def test_keeps_the_promises(make: Callable[[], Forecaster]) -> None:
    check_forecaster(make)
    assert isinstance(make(), Forecaster)
