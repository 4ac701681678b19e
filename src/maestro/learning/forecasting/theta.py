"""Theta forecast: a drift line bent towards recent levels, classic or dynamic and optimised (DOT)."""

from __future__ import annotations

from typing import Any

from statsforecast.models import DynamicOptimizedTheta
from statsforecast.models import Theta as StandardTheta

from maestro.learning.forecasting.single_series import SingleSeriesModel


class Theta(SingleSeriesModel):
    """Theta model per series.

    Source: Assimakopoulos and Nikolopoulos (2000), The theta model, International Journal of Forecasting
    16(4), for the classic form; Fiorucci and others (2016), Models for optimising the theta method and their
    relationship to state space models, International Journal of Forecasting 32(4), for the dynamic optimised
    one.

    Args:
        dynamic: whether the bend is optimised and the drift follows the data (DOT), or both stay as in the
            classic.
    """

    def __init__(self, *, dynamic: bool = True) -> None:
        self.dynamic = dynamic
        self.name = "dot" if dynamic else "theta"

    def build(self, season_length: int) -> Any:
        """statsforecast's DynamicOptimizedTheta or Theta."""
        form = DynamicOptimizedTheta if self.dynamic else StandardTheta
        return form(season_length=season_length)
