"""Window mean forecast: the average of the last weeks, with the shape of the week laid over it."""

from __future__ import annotations

import warnings

import numpy as np

from maestro.learning.forecasting.base import Floats, Panel, PointModel, Points, keep_sign


class WindowMean(PointModel):
    """The mean of the last `window` periods, flat or shaped by the season.

    Args:
        window: number of periods averaged.
        profile: number of periods from which the shape of the season is read; 0 keeps the forecast flat. The
            shape is shrunk towards the shape of the whole panel, as a single product's weekday is mostly
            noise.
    """

    SHRINKAGE_SEASONS = 4.0

    def __init__(self, window: int = 28, profile: int = 0) -> None:
        self.window = window
        self.profile = profile
        self.name = f"window_mean_{window}" + (f"_shaped_{profile}" if profile else "")

    def points(self, panel: Panel, horizon: int) -> Points:
        """The mean of what is known in the window; of the whole history where nothing is known in it."""
        panel.check(horizon)
        level = known_mean(panel.observed[:, -self.window :])
        level = np.where(np.isnan(level), known_mean(panel.observed), level)
        mean = np.repeat(level[:, None], horizon, axis=1)
        if self.profile and panel.season_length > 1 and panel.non_negative:
            phases = (panel.n_periods + np.arange(horizon)) % panel.season_length
            mean = mean * self._shape(panel)[:, phases]
        return Points(keep_sign(mean, panel), (self.name,) * len(panel.ids))

    def _shape(self, panel: Panel) -> Floats:
        """Each phase of the season relative to the mean, [n_series, season_length]; its own mean is 1."""
        recent = panel.observed[:, -self.profile :]
        phases = (panel.n_periods - recent.shape[1] + np.arange(recent.shape[1])) % panel.season_length
        sums = np.zeros((len(panel.ids), panel.season_length))
        counts = np.zeros_like(sums)
        for phase in range(panel.season_length):
            sums[:, phase] = np.nansum(recent[:, phases == phase], axis=1)
            counts[:, phase] = (~np.isnan(recent[:, phases == phase])).sum(axis=1)
        together = np.divide(
            sums.sum(0), counts.sum(0), out=np.zeros(panel.season_length), where=counts.sum(0) > 0
        )
        if together.mean() <= 0:
            return np.ones_like(sums)
        together = together / together.mean()
        level = known_mean(recent)
        level = np.where(level > 0, level, 1.0)
        shape = (sums / level[:, None] + self.SHRINKAGE_SEASONS * together) / (
            counts + self.SHRINKAGE_SEASONS
        )
        relative: Floats = shape / np.maximum(shape.mean(axis=1, keepdims=True), 1e-9)
        return relative


def known_mean(values: Floats) -> Floats:
    """Mean of the known values of each row; NaN where a row has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=1), dtype=np.float64)
