"""Boosting features: what a global model may know of a series, for each period it is asked about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maestro.learning.forecasting.base import Floats, Panel

WINDOWS = (7, 14, 28, 56, 112, 364)
"""Window lengths in periods over which means are taken."""

LEVEL_WINDOW = 56
"""Periods over which a series' own level is taken; all other sizes are read relative to it."""

SOLD_WINDOWS = (14, 56)
"""Periods over which the share of periods with a sale is taken."""

YEAR = 364
"""Periods after which the same weeks return: 52 weeks of daily history."""

PHASE_SEASONS = (4, 8, 26)
"""Numbers of seasons over which one phase of the season (a weekday) is averaged."""


class FeatureTable:
    """Sums over the known past of a panel, prepared once so that any origin is read off quickly.

    Args:
        panel: regular history; only what lies before an origin enters its features.
    """

    def __init__(self, panel: Panel) -> None:
        self.values = panel.observed
        self.season = panel.season_length
        known = ~np.isnan(self.values)
        filled = np.where(known, self.values, 0.0)
        self.sums = _running(filled)
        self.counts = _running(known.astype(np.float64))
        self.sold = _running((known & (self.values > 0)).astype(np.float64))

    def at(self, origin: int, horizon: int, rows: NDArray[np.intp] | None = None) -> tuple[Floats, Floats]:
        """Features [n_rows, horizon, n_features] and levels [n_rows] known after `origin` periods.

        Nothing that is the same for all series at an origin is a feature (the date, the total of the shop):
        origins are few, and a tree would tell them apart by it and learn by heart what came then.
        """
        rows = np.arange(len(self.values)) if rows is None else rows
        level = self._level(origin, rows)
        fixed = np.stack(self._fixed(origin, rows, level), axis=1)
        moving = np.stack([self._moving(origin, step, rows, level) for step in range(horizon)], axis=1)
        return np.concatenate([np.repeat(fixed[:, None], horizon, axis=1), moving], axis=2), level

    def _level(self, origin: int, rows: NDArray[np.intp]) -> Floats:
        """Own level of each series at the origin, never zero, [n_rows]."""
        ever = np.nan_to_num(_mean(self.sums, self.counts, rows, 0, origin))
        start = max(origin - LEVEL_WINDOW, 0)
        recent = np.nan_to_num(_mean(self.sums, self.counts, rows, start, origin))
        weight = self.counts[rows, origin] - self.counts[rows, start]
        level: Floats = np.maximum((recent * weight + ever * 4.0) / (weight + 4.0), 1e-3 + 0.02 * ever)
        return level

    def _fixed(self, origin: int, rows: NDArray[np.intp], level: Floats) -> list[Floats]:
        """What is the same for every period: size, trend, how often and how lately it sold."""
        columns = [np.log(level)]
        columns += [_mean(self.sums, self.counts, rows, origin - w, origin) / level for w in WINDOWS]
        columns += [_mean(self.sold, self.counts, rows, origin - w, origin) for w in SOLD_WINDOWS]
        columns.append(self._gap(origin, rows))
        return columns

    def _moving(self, origin: int, step: int, rows: NDArray[np.intp], level: Floats) -> Floats:
        """What changes with the period: its phase of the season, the same weeks a year ago."""
        n, target = len(rows), origin + step
        columns = [np.full(n, float(step)), np.full(n, float(target % self.season))]
        for seasons in PHASE_SEASONS:
            periods = np.arange(target % self.season, origin, self.season)[-seasons:]
            past = self.values[np.ix_(rows, periods)]
            known = ~np.isnan(past)
            count = known.sum(axis=1).astype(np.float64)
            columns.append(_ratio(np.where(known, past, 0.0).sum(axis=1), count) / level)
            columns.append(_ratio((known & (past > 0)).sum(axis=1).astype(np.float64), count))
        before, around = origin - YEAR, target - YEAR + 4
        if around >= 7:
            then = np.maximum(_mean(self.sums, self.counts, rows, before - LEVEL_WINDOW, before), 1e-3)
            columns.append(_mean(self.sums, self.counts, rows, around - 7, around) / then)
        else:
            columns.append(np.full(n, np.nan))
        return np.stack(columns, axis=1)

    def _gap(self, origin: int, rows: NDArray[np.intp]) -> Floats:
        """Periods since the last sale, at most LEVEL_WINDOW."""
        sold = np.nan_to_num(self.values[rows, max(origin - LEVEL_WINDOW, 0) : origin]) > 0
        gap = np.argmax(sold[:, ::-1], axis=1).astype(np.float64)
        return np.where(sold.any(axis=1), gap, float(LEVEL_WINDOW))


def _running(values: Floats) -> Floats:
    """Sums of the first 0, 1, 2, ... periods of each row."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _mean(sums: Floats, counts: Floats, rows: NDArray[np.intp], start: int, end: int) -> Floats:
    """Mean of the known values from `start` to before `end`; NaN where none is known."""
    start, end = max(start, 0), max(end, 0)
    return _ratio(sums[rows, end] - sums[rows, start], counts[rows, end] - counts[rows, start])


def _ratio(top: Floats, bottom: Floats) -> Floats:
    ratio: Floats = np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0)
    return ratio
