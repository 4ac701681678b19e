"""Default forecaster: what a shop gets without choosing, quick enough for thousands of products."""

from __future__ import annotations

from maestro.learning.forecasting.conformal import ConformalForecaster
from maestro.learning.forecasting.ets import ExponentialSmoothing
from maestro.learning.forecasting.gradient_boosting import GradientBoosting
from maestro.learning.forecasting.selection import RollingSelection
from maestro.learning.forecasting.window_mean import WindowMean


def default_forecaster(seed: int = 0) -> ConformalForecaster:
    """A weekday-shaped 28-day mean, simple exponential smoothing, boosted trees, or their median, per series.

    The three err in unlike ways: the mean knows the last month, smoothing the last days, the trees all
    products. Their median is robust; a series leaves it only for a clearly better record of its own.
    Intervals are conformal.

    Args:
        seed: of the sampling inside the boosted trees.
    """
    candidates = (WindowMean(28, profile=56), GradientBoosting(seed), ExponentialSmoothing("ANN"))
    return ConformalForecaster(RollingSelection(candidates))
