"""Forecasting: what will probably be sold, with an interval, from history alone."""

from maestro.learning.forecasting.base import Forecast, Forecaster, Panel, PointModel, Points
from maestro.learning.forecasting.ces import ComplexSmoothing
from maestro.learning.forecasting.conformal import ConformalForecaster
from maestro.learning.forecasting.default import default_forecaster
from maestro.learning.forecasting.ensemble import Ensemble
from maestro.learning.forecasting.ets import ExponentialSmoothing
from maestro.learning.forecasting.gradient_boosting import GradientBoosting
from maestro.learning.forecasting.hierarchy import coherent_forecasts
from maestro.learning.forecasting.intermittent import Croston, TeunterSyntetosBabai
from maestro.learning.forecasting.seasonal_naive import SeasonalNaive
from maestro.learning.forecasting.selection import RollingSelection
from maestro.learning.forecasting.theta import Theta
from maestro.learning.forecasting.window_mean import WindowMean

__all__ = [
    "ComplexSmoothing",
    "ConformalForecaster",
    "Croston",
    "Ensemble",
    "ExponentialSmoothing",
    "Forecast",
    "Forecaster",
    "GradientBoosting",
    "Panel",
    "PointModel",
    "Points",
    "RollingSelection",
    "SeasonalNaive",
    "TeunterSyntetosBabai",
    "Theta",
    "WindowMean",
    "coherent_forecasts",
    "default_forecaster",
]
