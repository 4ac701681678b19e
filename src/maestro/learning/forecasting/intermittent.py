"""Intermittent demand forecast: how often something sells times how much is then taken (TSB, Croston)."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsforecast.models import TSB, CrostonOptimized

from maestro.learning.forecasting.base import Panel, Points
from maestro.learning.forecasting.single_series import SingleSeriesModel


class TeunterSyntetosBabai(SingleSeriesModel):
    """Smooths the chance of a sale and its size apart; the chance also falls while nothing sells.

    Source: Teunter, Syntetos and Babai (2011), Intermittent demand: linking forecasting to inventory
    obsolescence, European Journal of Operational Research 214(3).

    Args:
        alpha_size: smoothing of the size of a sale.
        alpha_chance: smoothing of the chance of a sale in a period.
    """

    name = "tsb"

    def __init__(self, alpha_size: float = 0.1, alpha_chance: float = 0.05) -> None:
        self.alpha_size = alpha_size
        self.alpha_chance = alpha_chance

    def build(self, season_length: int) -> Any:
        """statsforecast's TSB."""
        return TSB(alpha_d=self.alpha_size, alpha_p=self.alpha_chance)

    def minimum(self, season_length: int) -> int:
        """Two known periods."""
        return 2


class Croston(SingleSeriesModel):
    """Smooths sizes and gaps between sales apart, with the smoothing optimised.

    Source: Croston (1972), Forecasting and stock control for intermittent demands, Operational Research
        Quarterly 23(3).
    """

    name = "croston"

    def build(self, season_length: int) -> Any:
        """statsforecast's CrostonOptimized."""
        return CrostonOptimized()

    def minimum(self, season_length: int) -> int:
        """Two known periods."""
        return 2

    def points(self, panel: Panel, horizon: int) -> Points:
        """As for any single series; one that never sold stays at zero."""
        said = super().points(panel, horizon)
        silent = (np.nan_to_num(panel.observed) == 0).all(axis=1)
        return Points(np.where(silent[:, None], 0.0, said.mean), said.model)
