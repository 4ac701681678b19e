"""Features of a daily sales history to forecast coming days from: rates, lumpiness, growth, season."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]

_RATE_WINDOWS = (7, 14, 28, 56, 91, 182)
_VISIT_WINDOWS = (14, 28, 91)
_PEAK_WINDOWS = (28, 91)
_SHOP_WINDOWS = (7, 14, 28)
_YEAR = 364
_SEASON_DAYS = 28
_SMALLEST_SCALE = 0.01


def first_origin() -> int:
    """Days of history before a morning that are needed to say anything from it."""
    return 63


@dataclass(frozen=True)
class FeatureTable:
    """Examples: one row for each product on each morning looked from.

    Args:
        values: features, shape [rows, features]; NaN where a year of history is missing.
        scale: pieces a day that the row's figures were divided by, shape [rows].
        product: row of the product in the history, shape [rows].
        origin: the morning: days of history before it, shape [rows].
    """

    values: Floats
    scale: Floats
    product: Integers
    origin: Integers

    def target(self, sales: Floats, available: Bools, days: int) -> tuple[Floats, Bools]:
        """Demand a day in the `days` after each row's morning as a multiple of its scale, and where known.

        Days out of stock are left out; where they are more than half, the row teaches nothing.
        """
        sold, known = _running(np.where(available, sales, 0.0)), _running(available.astype(np.float64))
        after = self.origin + days
        pieces = sold[self.product, after] - sold[self.product, self.origin]
        counted = known[self.product, after] - known[self.product, self.origin]
        return pieces / np.maximum(counted, 1.0) / self.scale, counted >= days / 2


def period_features(sales: Floats, available: Bools, origins: list[int], piece_value: Floats) -> FeatureTable:
    """Features of every product on each morning, from the days before it alone.

    Args:
        sales, available: history, shape [n, days].
        origins: mornings, each as the number of days before it.
        piece_value: what a piece is worth, shape [n].
    """
    demand = np.where(available, sales, 0.0)
    sums = _Sums(demand, available, piece_value)
    tables = [sums.on_morning(origin) for origin in origins]
    n = len(sales)
    return FeatureTable(
        values=np.concatenate([values for values, _ in tables]),
        scale=np.concatenate([scale for _, scale in tables]),
        product=np.tile(np.arange(n), len(origins)),
        origin=np.repeat(np.array(origins, dtype=np.int64), n),
    )


class _Sums:
    """Running sums of the history, so that any window costs one subtraction."""

    def __init__(self, demand: Floats, available: Bools, piece_value: Floats) -> None:
        self.demand = demand
        self.sold = _running(demand)
        self.known = _running(available.astype(np.float64))
        self.visited = _running((demand > 0).astype(np.float64))
        self.money = _running((demand * piece_value[:, None]).sum(axis=0, keepdims=True))[0]
        self.log_value = np.log(np.maximum(piece_value, 1e-6))

    def on_morning(self, day: int) -> tuple[Floats, Floats]:
        """Features [n, f] and scale [n] on the morning after `day` days."""
        scale = np.maximum((self._rate(day, 56) + self._rate(day, day)) / 2, _SMALLEST_SCALE)
        peak = {window: self.demand[:, max(0, day - window) : day].max(axis=1) for window in _PEAK_WINDOWS}
        quarter = self._window(self.sold, day, 91)
        shop = self._shop_rate(day, 91)
        n = len(scale)
        columns = [self._rate(day, window) / scale for window in _RATE_WINDOWS]
        columns += [self._window(self.visited, day, w) / min(w, day) for w in _VISIT_WINDOWS]
        columns += [peak[window] / scale for window in _PEAK_WINDOWS]
        columns += [peak[91] / np.maximum(quarter, 1.0)]
        columns += [np.full(n, self._shop_rate(day, window) / shop) for window in _SHOP_WINDOWS]
        columns += [np.log(scale), self.log_value, *self._last_year(day)]
        return np.stack(columns, axis=1), scale

    def _last_year(self, day: int) -> list[Floats]:
        """How demand went on at this time of the last year, for the product and for the shop."""
        n = len(self.sold)
        before = day - _YEAR
        if before < _SEASON_DAYS:
            return [np.full(n, np.nan), np.full(n, np.nan)]
        own = self._rate(before + _SEASON_DAYS, _SEASON_DAYS) / np.maximum(
            self._rate(before, _SEASON_DAYS), _SMALLEST_SCALE
        )
        after, earlier = (
            self._shop_rate(before + _SEASON_DAYS, _SEASON_DAYS),
            self._shop_rate(before, _SEASON_DAYS),
        )
        return [np.minimum(own, 10.0), np.full(n, after / earlier)]

    def _rate(self, day: int, window: int) -> Floats:
        return self._window(self.sold, day, window) / np.maximum(self._window(self.known, day, window), 1.0)

    def _shop_rate(self, day: int, window: int) -> float:
        window = min(window, day)
        return float(max((self.money[day] - self.money[day - window]) / window, 1e-9))

    @staticmethod
    def _window(running: Floats, day: int, window: int) -> Floats:
        return np.asarray(running[:, day] - running[:, max(0, day - window)])


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
