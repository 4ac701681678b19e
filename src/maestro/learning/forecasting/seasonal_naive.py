"""Seasonal naive forecast: what happened in the same period of the last season happens again."""

from __future__ import annotations

import numpy as np

from maestro.learning.forecasting.base import Panel, PointModel, Points, keep_sign


class SeasonalNaive(PointModel):
    """Repeats the last season; a period masked or unknown in it takes the latest known one of the same phase.

    Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 5.2.
    """

    name = "seasonal_naive"

    def points(self, panel: Panel, horizon: int) -> Points:
        """The last known value of each phase of the season; the last known value for a phase never seen."""
        panel.check(horizon)
        season = np.full((len(panel.ids), panel.season_length), np.nan)
        last = np.full(len(panel.ids), np.nan)
        for period in range(panel.n_periods):
            value = panel.observed[:, period]
            known = ~np.isnan(value)
            last[known] = value[known]
            season[known, period % panel.season_length] = value[known]
        season = np.where(np.isnan(season), last[:, None], season)
        phases = (panel.n_periods + np.arange(horizon)) % panel.season_length
        return Points(keep_sign(season[:, phases], panel), (self.name,) * len(panel.ids))
