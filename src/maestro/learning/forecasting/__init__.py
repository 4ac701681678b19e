"""Forecasting: what will probably be sold, with an interval, from history alone.

Names are loaded when they are first asked for: the statistical models bring libraries that take seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_ROOMS = {
    "ComplexSmoothing": "ces",
    "ConformalForecaster": "conformal",
    "Croston": "intermittent",
    "Ensemble": "ensemble",
    "ExponentialSmoothing": "ets",
    "Forecast": "base",
    "Forecaster": "base",
    "GradientBoosting": "gradient_boosting",
    "Panel": "base",
    "PointModel": "base",
    "Points": "base",
    "RollingSelection": "selection",
    "SeasonalNaive": "seasonal_naive",
    "TeunterSyntetosBabai": "intermittent",
    "Theta": "theta",
    "WindowMean": "window_mean",
    "coherent_forecasts": "hierarchy",
    "default_forecaster": "default",
}

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


def __getattr__(name: str) -> object:
    """The room that holds the name, entered at its first use (PEP 562)."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value
