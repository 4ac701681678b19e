"""Theta forecast: the dynamic optimised theta model (DOT), a drift line bent towards recent levels."""

from __future__ import annotations

from typing import Any, Literal

from statsforecast.models import DynamicOptimizedTheta

from maestro.learning.forecasting.single_series import SingleSeriesModel


class Theta(SingleSeriesModel):
    """Dynamic optimised theta model per series.

    Source: Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler (2016), Models for optimising the theta
    method and their relationship to state space models, International Journal of Forecasting 32(4).

    Args:
        seasonality: how the season is taken out first where it is significant.
    """

    def __init__(self, seasonality: Literal["multiplicative", "additive"] = "multiplicative") -> None:
        self.seasonality = seasonality
        self.name = "dot" if seasonality == "multiplicative" else "dot_additive"

    def build(self, season_length: int) -> Any:
        """statsforecast's DynamicOptimizedTheta."""
        return DynamicOptimizedTheta(season_length=season_length, decomposition_type=self.seasonality)
