"""Forecast of total demand over the next days, as a distribution for each product: what to buy for.

One global LightGBM quantile model a level learns from all products at once: each weekly look back gives one
example a product (what the history looked like then, what was bought in the days after). Everything is
divided by the product's own scale, so slow and fast sellers teach each other. Quantile loss is used rather
than a mean because
demand of many shops is lumpy: one wholesale order can be larger than a month of ordinary sales.
Sources: Koenker and Bassett (1978) for the loss; Makridakis et al., "The M5 uncertainty competition" (2022),
for global gradient-boosted quantiles on demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from maestro.errors import InputError
from maestro.learning.forecasting.period_features import FeatureTable, first_origin, period_features

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_WEEK = 7


@dataclass(frozen=True)
class PeriodDemandSettings:
    """How the distribution is learned; units in the names."""

    levels: tuple[float, ...] = (0.1, 0.3, 0.5, 0.7, 0.85, 0.94, 0.98, 0.995)
    """Quantile levels that are learned; the ones between are interpolated."""
    near_days: int = 16
    """The coming days, spoken of by the near model: about one review and one lead time."""
    far_days: int = 28
    """The days that the far model learns from; it speaks of everything beyond the near days."""
    rounds: int = 80
    """Trees of each level."""
    learning_rate: float = 0.06
    """Weight of each tree."""
    leaves: int = 15
    """Leaves of a tree."""
    examples_a_leaf: int = 100
    """Fewest examples in a leaf."""
    examples_beyond: int = 12
    """Fewest examples of a leaf that must be expected beyond its level: rare demand is learned from many."""
    most_examples: int = 40_000
    """More examples than this are thinned at random."""
    fewest_examples: int = 400
    """With fewer examples the forecast falls back on each product's own rate."""
    tail_stretch: float = 1.3
    """Largest demand thought possible, as a multiple of the highest level learned."""


@dataclass(frozen=True)
class PeriodDemand:
    """Possible demand of n products over coming days, as quantiles of the mean demand a day.

    Args:
        levels: k probabilities, rising from 0 to 1.
        near: pieces a day over the next `near_days` at each level, shape [n, k], never falling along a row.
        far: pieces a day after that, in the same form. Near and far are taken to be high or low together.
        near_days: how many days `near` speaks of.
        weekday_share: share of a week's demand on each of the next seven days, shape [7], sums to 1.
    """

    levels: Floats
    near: Floats
    far: Floats
    near_days: int
    weekday_share: Floats

    def quantiles(self, days: int, levels: Floats) -> Floats:
        """Total demand over the next `days` at these probabilities, shape [n, len(levels)]."""
        return self._interpolated(self.near, levels) * min(days, self.near_days) + self._interpolated(
            self.far, levels
        ) * max(days - self.near_days, 0)

    def mean(self, days: int) -> Floats:
        """Expected total demand over the next `days`, shape [n]."""
        return np.asarray(self.quantiles(days, (np.arange(200) + 0.5) / 200).mean(axis=1))

    def paths(self, samples: int, days: int) -> Floats:
        """Possible demand on each of the next `days`, shape [n, samples, days]; futures from low to high."""
        chance = (np.arange(samples) + 0.5) / samples
        near, far = self._interpolated(self.near, chance), self._interpolated(self.far, chance)
        share = self.weekday_share[np.arange(days) % _WEEK] * _WEEK
        is_near = (np.arange(days) < self.near_days)[None, None, :]
        return np.asarray(np.where(is_near, near[:, :, None], far[:, :, None]) * share)

    def scaled(self, factor: float) -> PeriodDemand:
        """The same forecast with all demand multiplied."""
        return PeriodDemand(
            self.levels, self.near * factor, self.far * factor, self.near_days, self.weekday_share
        )

    def _interpolated(self, rates: Floats, levels: Floats) -> Floats:
        place = np.clip(np.searchsorted(self.levels, levels, side="right") - 1, 0, len(self.levels) - 2)
        step = (levels - self.levels[place]) / (self.levels[place + 1] - self.levels[place])
        return np.asarray(rates[:, place] + (rates[:, place + 1] - rates[:, place]) * step)


class PeriodDemandModel:
    """Learns the distribution from the past of all products, then forecasts from any later morning.

    Args:
        sales: pieces sold a day, shape [n, days].
        available: False where a product was out of stock, so that sales say less than demand, shape [n,
            days].
        piece_value: what a piece is worth, shape [n]; products that move more money teach with more weight.
        settings: how to learn.
        seed: decides thinning and sampling of examples; the same seed and history give the same model.

    Raises:
        InputError: the shapes disagree, or there is no product or no day.
    """

    def __init__(
        self,
        sales: Floats,
        available: Bools,
        *,
        piece_value: Floats | None = None,
        settings: PeriodDemandSettings | None = None,
        seed: int = 0,
    ) -> None:
        _check(sales, available)
        self.settings = settings or PeriodDemandSettings()
        self.trained_on_days = sales.shape[1]
        self._value = np.ones(len(sales)) if piece_value is None else piece_value
        self._seed = seed
        self._near = self._learn(sales, available, self.settings.near_days)
        self._far = self._learn(sales, available, self.settings.far_days) if self._near else []

    def forecast(self, sales: Floats, available: Bools) -> PeriodDemand:
        """The distribution from the morning after the last day of this history of the same products.

        Raises:
            InputError: the shapes disagree, or there is no product or no day.
        """
        _check(sales, available)
        levels = np.concatenate([[0.0], self.settings.levels, [1.0]])
        if not self._near or sales.shape[1] < first_origin():
            near = far = _own_rate(sales, available, levels, self.settings.near_days)
        else:
            table = period_features(sales, available, [sales.shape[1]], self._value)
            near, far = (self._predict(models, table) for models in (self._near, self._far))
        return PeriodDemand(levels, near, far, self.settings.near_days, _weekday_share(sales, available))

    def _learn(self, sales: Floats, available: Bools, days: int) -> list[lightgbm.Booster]:
        origins = range(sales.shape[1] - days, first_origin() - 1, -_WEEK)
        if not origins:
            return []
        table = period_features(sales, available, list(origins), self._value)
        target, known = table.target(sales, available, days)
        keep = np.flatnonzero(known)
        if len(keep) < self.settings.fewest_examples:
            return []
        if len(keep) > self.settings.most_examples:
            rng = np.random.default_rng(self._seed)
            keep = np.sort(rng.choice(keep, self.settings.most_examples, replace=False))
        weight = np.sqrt(table.scale[keep] * self._value[table.product[keep]])
        data = lightgbm.Dataset(table.values[keep], target[keep], weight=weight, free_raw_data=False)
        return [
            lightgbm.train(self._parameters(level), data, self.settings.rounds)
            for level in self.settings.levels
        ]

    def _parameters(self, level: float) -> dict[str, object]:
        beyond = self.settings.examples_beyond / min(level, 1.0 - level)
        return {
            "objective": "quantile",
            "alpha": level,
            "learning_rate": self.settings.learning_rate,
            "num_leaves": self.settings.leaves,
            "min_data_in_leaf": max(self.settings.examples_a_leaf, round(beyond)),
            "feature_fraction": 0.7,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "max_bin": 63,
            "seed": self._seed,
            "deterministic": True,
            "force_col_wise": True,
            "feature_pre_filter": False,
            "num_threads": 1,
            "verbose": -1,
        }

    def _predict(self, models: list[lightgbm.Booster], table: FeatureTable) -> Floats:
        learned = np.stack([np.asarray(model.predict(table.values)) for model in models], axis=1)
        learned = np.sort(np.maximum(learned, 0.0), axis=1) * table.scale[:, None]
        lowest, highest = np.zeros((len(learned), 1)), learned[:, -1:] * self.settings.tail_stretch
        return np.concatenate([lowest, learned, highest], axis=1)


def _check(sales: Floats, available: Bools) -> None:
    if sales.ndim != 2 or sales.shape != available.shape:
        raise InputError(
            f"Sales of shape {sales.shape} and availability of shape {available.shape} do not fit together.",
            remedy="Pass both as [products, days].",
        )
    if sales.size == 0:
        raise InputError("There is no history to forecast from.", remedy="Import sales first.")


def _weekday_share(sales: Floats, available: Bools) -> Floats:
    """Share of a week's sales on each of the next seven days, over all products, lightly smoothed."""
    days = sales.shape[1]
    recent = np.arange(max(0, days - 13 * _WEEK), days)
    sold = np.where(available, sales, 0.0)[:, recent].sum(axis=0)
    share = np.array([sold[(recent - days) % _WEEK == weekday].sum() for weekday in range(_WEEK)])
    share = share + max(share.sum(), 1.0) * 0.002
    return np.asarray(share / share.sum())


def _own_rate(sales: Floats, available: Bools, levels: Floats, days: int) -> Floats:
    """Quantiles from each product's own rate, pieces a day, shape [n, k], for want of examples.

    A negative binomial of size 1 around the rate: as wide as an honest guess on a few days must be.
    """
    known = available.sum(axis=1)
    sold = np.where(available, sales, 0.0).sum(axis=1)
    pool = sold.sum() / max(known.sum(), 1)
    rate = (sold + pool) / (known + 1.0)
    inner = np.clip(levels, 0.0, 0.999)
    total = nbinom.ppf(inner[None, :], 1.0, 1.0 / (1.0 + rate[:, None] * days))
    return np.asarray(np.maximum(total, 0.0) / days)
