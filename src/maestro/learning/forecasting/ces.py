"""Complex exponential smoothing forecast (CES): smoothing that chooses between level and trend by itself."""

from __future__ import annotations

from typing import Any

from statsforecast.models import AutoCES

from maestro.learning.forecasting.single_series import SingleSeriesModel


class ComplexSmoothing(SingleSeriesModel):
    """Complex exponential smoothing per series, its seasonal form chosen by AICc.

    Source: Svetunkov, Kourentzes and Ord (2022), Complex exponential smoothing, Naval Research Logistics
        69(8).
    """

    name = "ces"

    def build(self, season_length: int) -> Any:
        """statsforecast's AutoCES."""
        return AutoCES(season_length=season_length)
