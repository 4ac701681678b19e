"""Ensemble forecast: the median, or the mean, of what several models say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from maestro.learning.forecasting.base import Floats, Panel, PointModel, Points


class Ensemble(PointModel):
    """Combines its members period by period.

    Source: Petropoulos and Svetunkov (2020), A simple combination of univariate models, International
    Journal of Forecasting 36(1): the median of a few unlike models beats choosing one.

    Args:
        members: the models combined.
        how: "median", robust against one member going astray, or "mean".
    """

    def __init__(self, members: Sequence[PointModel], how: Literal["median", "mean"] = "median") -> None:
        self.members = tuple(members)
        self.how = how
        self.name = f"{how}({', '.join(member.name for member in self.members)})"

    def points(self, panel: Panel, horizon: int) -> Points:
        """The combination of what every member says of this panel."""
        said = np.stack([member.points(panel, horizon).mean for member in self.members])
        return Points(self.combine(said), (self.name,) * len(panel.ids))

    def backtest(self, panel: Panel, horizon: int, origins: Sequence[int]) -> Floats:
        """The combination of the members' own backtests."""
        return self.combine(np.stack([member.backtest(panel, horizon, origins) for member in self.members]))

    def combine(self, said: Floats) -> Floats:
        """Forecasts [n_members, ...] made one."""
        mean = np.median(said, axis=0) if self.how == "median" else np.mean(said, axis=0)
        return np.asarray(mean, dtype=np.float64)
