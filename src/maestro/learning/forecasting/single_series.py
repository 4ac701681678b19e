"""Single-series models: a statsforecast model for each series, and a simple mean where it cannot speak."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from maestro.learning.forecasting.base import Floats, Panel, PointModel, Points, keep_sign
from maestro.learning.forecasting.window_mean import WindowMean


class SingleSeriesModel(PointModel):
    """A model fitted to each series on its own, in this process, by statsforecast's compiled routines.

    Unknown and masked values between known ones are filled with the mean of the nearest known values of the
    same phase of the season, since these models need an unbroken history. A series shorter than
    `minimum(season_length)` gets the mean of what is known, and says so in its model name.
    """

    @abstractmethod
    def build(self, season_length: int) -> Any:
        """The statsforecast model for this season length."""

    def minimum(self, season_length: int) -> int:
        """Fewest known periods from which this model is fitted."""
        return max(5, season_length + 2)

    def points(self, panel: Panel, horizon: int) -> Points:
        """The statsforecast mean of each series, kept finite and non-negative."""
        panel.check(horizon)
        simple = WindowMean()
        means = simple.points(panel, horizon).mean.copy()
        names = [self.name] * len(panel.ids)
        model = self.build(panel.season_length)
        for row, history in enumerate(panel.observed):
            known = np.flatnonzero(~np.isnan(history))
            if len(known) < self.minimum(panel.season_length):
                names[row] = f"{simple.name} (short history: {len(known)} periods)"
                continue
            if (history[known] == history[known[0]]).all():
                means[row] = history[known[0]]
                continue
            filled = fill_gaps(history[known[0] :], panel.season_length)
            try:
                mean = np.asarray(model.forecast(y=filled, h=horizon)["mean"], dtype=np.float64)
            except (ValueError, ArithmeticError, RuntimeError) as refused:
                names[row] = f"{simple.name} ({self.name} failed: {type(refused).__name__})"
                continue
            if np.isfinite(mean).all():
                means[row] = mean
            else:
                names[row] = f"{simple.name} ({self.name} diverged)"
        return Points(keep_sign(means, panel), tuple(names))


def fill_gaps(history: Floats, season_length: int) -> Floats:
    """The history with every NaN replaced by interpolation along its own phase, else along time."""
    filled = history.copy()
    if not np.isnan(filled).any():
        return filled
    for phase in range(season_length):
        lane = filled[phase::season_length]
        known = np.flatnonzero(~np.isnan(lane))
        if len(known):
            filled[phase::season_length] = np.interp(np.arange(len(lane)), known, lane[known])
    known = np.flatnonzero(~np.isnan(filled))
    return np.interp(np.arange(len(filled)), known, filled[known])
