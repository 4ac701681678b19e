"""Exponential smoothing forecast (ETS): level, trend and season, each updated with every new period."""

from __future__ import annotations

from typing import Any

from statsforecast.models import AutoETS

from maestro.learning.forecasting.single_series import SingleSeriesModel


class ExponentialSmoothing(SingleSeriesModel):
    """Error, trend, season state-space smoothing per series, its form chosen by AICc.

    Source: Hyndman, Koehler, Snyder and Grose (2002), A state space framework for automatic forecasting using
    exponential smoothing methods, International Journal of Forecasting 18(3).

    Args:
        form: statsforecast's three letters (error, trend, season; Z chooses); ZNZ without a trend is much
            faster.
        damped: whether a trend flattens out; None lets the criterion choose.
    """

    def __init__(self, form: str = "ZZZ", *, damped: bool | None = None) -> None:
        self.form = form
        self.damped = damped
        self.name = "ets" + ("" if form == "ZZZ" else f"_{form.lower()}") + ("_damped" if damped else "")

    def build(self, season_length: int) -> Any:
        """statsforecast's AutoETS."""
        return AutoETS(season_length=season_length, model=self.form, damped=self.damped)
