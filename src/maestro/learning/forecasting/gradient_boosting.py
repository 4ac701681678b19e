"""Gradient boosting forecast: one global LightGBM model that learns from all series at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm as lgb
import numpy as np

from maestro.learning.forecasting.base import Floats, Panel, PointModel, Points
from maestro.learning.forecasting.boosting_features import LEVEL_WINDOW, FeatureTable
from maestro.learning.forecasting.window_mean import WindowMean


class GradientBoosting(PointModel):
    """LightGBM with Tweedie loss over all series, each relative to its own level.

    It learns from what was asked and what then came at many earlier origins, a season apart. Rows are put in
    order of the series' ids first, so the order of a panel changes nothing. Negative or very short histories
    get a window mean.

    Source: Januschowski and others (2022), Forecasting with trees, International Journal of Forecasting
    38(4); Ke and others (2017), LightGBM.

    Args:
        seed: of the row and column sampling.
        rounds: number of trees.
        origins: most earlier origins learned from.
        max_rows: most training rows; beyond it every origin gives a seeded sample of its series.
        refit_every: origins of a backtest that share one fit, made on what was known at the first of them.
        threads: processor threads; the result does not depend on it.
    """

    name = "lightgbm_tweedie"

    PARAMETERS: tuple[tuple[str, Any], ...] = (
        ("objective", "tweedie"), ("tweedie_variance_power", 1.5), ("learning_rate", 0.05), ("num_leaves",
        31), ("min_data_in_leaf", 100), ("feature_fraction", 0.7), ("bagging_fraction", 0.7),
        ("bagging_freq", 1), ("lambda_l2", 1.0), ("deterministic", True), ("force_row_wise", True),
        ("verbose", -1),
    )  # fmt: skip

    def __init__(
        self,
        seed: int = 0,
        *,
        rounds: int = 200,
        origins: int = 30,
        max_rows: int = 300_000,
        refit_every: int = 2,
        threads: int = 1,
    ) -> None:
        self.seed = seed
        self.rounds = rounds
        self.origins = origins
        self.max_rows = max_rows
        self.refit_every = refit_every
        self.threads = threads

    def points(self, panel: Panel, horizon: int) -> Points:
        """Fit on the whole panel and say the periods after it."""
        panel.check(horizon)
        model = self._fit(panel, horizon, panel.n_periods)
        if model is None:
            simple = WindowMean().points(panel, horizon)
            return Points(simple.mean, tuple(f"{name} (too little to learn from)" for name in simple.model))
        return Points(
            self._say(model, FeatureTable(panel), panel.n_periods, horizon), (self.name,) * len(panel.ids)
        )

    def backtest(self, panel: Panel, horizon: int, origins: Sequence[int]) -> Floats:
        """A model fitted at one origin also speaks at the next: cheaper, and never too hopeful."""
        table = FeatureTable(panel)
        said = np.full((len(origins), len(panel.ids), horizon), np.nan)
        model: lgb.Booster | None = None
        for count, at in enumerate(np.argsort(origins, kind="stable")):
            origin = origins[at]
            if count % self.refit_every == 0 or model is None:
                model = self._fit(panel, horizon, origin)
            if model is None:
                said[at] = super().backtest(panel, horizon, [origin])[0]
                continue
            born = table.counts[:, origin] > 0
            said[at, born] = self._say(model, table, origin, horizon)[born]
        return said

    def _fit(self, panel: Panel, horizon: int, end: int) -> lgb.Booster | None:
        """Learn from the first `end` periods; None where they hold too little."""
        past = panel.until(end)
        starts = range(end - horizon, LEVEL_WINDOW - 1, -panel.season_length)[: self.origins]
        if not starts or not past.non_negative or not np.nansum(past.observed) > 0:
            return None
        order = np.argsort(np.array(past.ids))
        table = FeatureTable(past.select(order))
        rng = np.random.default_rng(self.seed)
        share = min(1.0, self.max_rows / (len(starts) * len(order) * horizon))
        parts: list[tuple[Floats, Floats, Floats]] = []
        for origin in starts:
            rows = np.flatnonzero(rng.random(len(order)) < share)
            asked, level = table.at(origin, horizon, rows)
            came = table.values[rows, origin : origin + horizon].ravel()
            born = np.repeat(table.counts[rows, origin] > 0, horizon)
            keep = born & ~np.isnan(came)
            parts.append((asked.reshape(len(came), -1)[keep], came[keep], np.repeat(level, horizon)[keep]))
        asked, came, level = (np.concatenate(column) for column in zip(*parts, strict=True))
        parameters: dict[str, Any] = dict(self.PARAMETERS)
        if len(came) < 2 * int(parameters["min_data_in_leaf"]) or not came.sum() > 0:
            return None
        data = lgb.Dataset(asked, came, init_score=np.log(level), free_raw_data=True)
        return lgb.train({**parameters, "seed": self.seed, "num_threads": self.threads}, data, self.rounds)

    def _say(self, model: lgb.Booster, table: FeatureTable, origin: int, horizon: int) -> Floats:
        asked, level = table.at(origin, horizon)
        raw = model.predict(asked.reshape(-1, asked.shape[2]), raw_score=True, num_threads=self.threads)
        said = np.exp(np.asarray(raw).reshape(-1, horizon) + np.log(level)[:, None])
        silent = table.sold[:, origin] == 0
        return np.where(silent[:, None], 0.0, said)
