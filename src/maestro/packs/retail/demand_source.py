"""Demand source: where a simulated shop's customers come from (generated, replayed, or bootstrapped).

Every source answers the same question (how many pieces would be bought on a day at these prices, stock
permitting) from the day number and its seed alone: two shops that order differently meet the same customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numba
import numpy as np
from numpy.random import default_rng

from maestro.errors import InputError
from maestro.packs.retail.order_policy import DAYS_A_WEEK, BoolArray, FloatArray, IntArray

_WEEKS_A_YEAR = 52
_ROUNDING_STREAM = 11
_WEEK_STREAM = 12
_CUSTOMER_STREAM = 13


class DemandSource(Protocol):
    """Customers of n lines, day by day."""

    def wanted(self, day: int, price: FloatArray) -> IntArray:
        """Pieces that customers would buy of each line on this day at this price, shape [n]."""
        ...


def price_response(price: FloatArray, reference: FloatArray, elasticity: FloatArray) -> FloatArray:
    """How demand changes with price: (price / reference) ** -elasticity, shape [n] (constant elasticity)."""
    return np.asarray(np.power(np.maximum(price, 1e-9) / reference, -elasticity))


@dataclass(frozen=True)
class ReplayedDemand:
    """Customers exactly as they once came: a recorded matrix, answered day by day.

    Args:
        demand: recorded pieces, shape [n, days].
        reference_price: the price at which they were recorded, shape [n].
        elasticity: how strongly demand answers to another price, shape [n]; 0 for not at all.
        seed: decides the rounding of fractions where a price differs.
    """

    demand: FloatArray
    reference_price: FloatArray
    elasticity: FloatArray
    seed: int = 0

    def wanted(self, day: int, price: FloatArray) -> IntArray:
        if not 0 <= day < self.demand.shape[1]:
            raise InputError(
                f"The record holds days 0 to {self.demand.shape[1] - 1}, not day {day}.",
                remedy="Replay a longer record or stop earlier.",
            )
        mean = self.demand[:, day] * price_response(price, self.reference_price, self.elasticity)
        return _rounded(mean, self.seed, day)


@dataclass(frozen=True)
class BootstrappedDemand:
    """Customers drawn from an imported history a whole week at a time: weekdays and lines stay together.

    The block bootstrap (Künsch, 1989) with blocks of one week. Where the history is longer than a year a
    week is drawn from the same season a year before, otherwise from the most recent weeks.

    Args:
        history: recorded pieces, shape [n, days]; the simulated future starts where it ends.
        reference_price, elasticity: as in `ReplayedDemand`.
        seed: decides which weeks are drawn.
        window_weeks: from how many neighbouring weeks one is drawn.
    """

    history: FloatArray
    reference_price: FloatArray
    elasticity: FloatArray
    seed: int = 0
    window_weeks: int = 9

    def __post_init__(self) -> None:
        if self.history.shape[1] < 2 * DAYS_A_WEEK:
            raise InputError(
                f"A history of {self.history.shape[1]} days is too short to simulate a future from.",
                remedy="Give at least 14 days of sales.",
            )

    def wanted(self, day: int, price: FloatArray) -> IntArray:
        known = self.history.shape[1]
        mean = self.history[:, day if day < known else self._source_day(day)]
        mean = mean * price_response(price, self.reference_price, self.elasticity)
        return _rounded(mean, self.seed, day)

    def _source_day(self, day: int) -> int:
        known = self.history.shape[1]
        week, weekday = divmod(day - known, DAYS_A_WEEK)
        weeks_known = known // DAYS_A_WEEK
        window = min(self.window_weeks, weeks_known)
        newest = weeks_known - 1
        if weeks_known >= _WEEKS_A_YEAR + window:
            newest = min(newest, weeks_known - _WEEKS_A_YEAR + week % _WEEKS_A_YEAR + window // 2)
        drawn = newest - int(default_rng([self.seed, _WEEK_STREAM, week]).integers(window))
        return int(known - (weeks_known - drawn) * DAYS_A_WEEK + weekday)


@dataclass(frozen=True)
class GeneratedDemand:
    """Customers of an invented shop: level, trend, week, year, promotions and chance (negative binomial).

    Args:
        level: mean pieces a day at the start, shape [n].
        growth_per_year: relative change of the level a year, shape [n].
        weekday_factor: multiplier by weekday, Monday first, shape [n, 7].
        season_factor: multiplier by week of the year, shape [n, 52].
        dispersion: size parameter of the negative binomial; small means lumpy, shape [n].
        visit_chance: chance that anyone asks for the line on a day (intermittent sellers), shape [n].
        promoted: whether the line is promoted, by day of a repeating plan, shape [n, plan days].
        promotion_lift: multiplier on promoted days, shape [n].
        reference_price, elasticity: as in `ReplayedDemand`.
        first_weekday: weekday of day 0, Monday is 0.
        first_week: week of the year of day 0.
        seed: decides every customer.
    """

    level: FloatArray
    growth_per_year: FloatArray
    weekday_factor: FloatArray
    season_factor: FloatArray
    dispersion: FloatArray
    visit_chance: FloatArray
    promoted: BoolArray
    promotion_lift: FloatArray
    reference_price: FloatArray
    elasticity: FloatArray
    first_weekday: int = 0
    first_week: int = 0
    seed: int = 0

    def promotion_on(self, day: int) -> BoolArray:
        """Which lines are promoted on a day, shape [n]."""
        return np.asarray(self.promoted[:, day % self.promoted.shape[1]])

    def mean(self, day: int, price: FloatArray) -> FloatArray:
        """Expected pieces wanted of each line on a day at a price, shape [n]."""
        weekday = (day + self.first_weekday) % DAYS_A_WEEK
        week = (self.first_week + day // DAYS_A_WEEK) % 52
        mean = self.level * np.power(1.0 + self.growth_per_year, day / 365.0)
        mean = mean * self.weekday_factor[:, weekday] * self.season_factor[:, week]
        mean = mean * np.where(self.promotion_on(day), self.promotion_lift, 1.0)
        return np.asarray(mean * price_response(price, self.reference_price, self.elasticity))

    def wanted(self, day: int, price: FloatArray) -> IntArray:
        chance = default_rng([self.seed, _CUSTOMER_STREAM, day]).random((2, len(self.level)))
        visited = chance[0] < self.visit_chance
        mean = self.mean(day, price) / self.visit_chance
        return np.where(visited, _negative_binomial(chance[1], mean, self.dispersion), 0)


def _rounded(mean: FloatArray, seed: int, day: int) -> IntArray:
    whole = np.floor(mean)
    part = mean - whole
    if part.any():
        whole = whole + (default_rng([seed, _ROUNDING_STREAM, day]).random(len(mean)) < part)
    return whole.astype(np.int64)


@numba.njit(cache=True)
def _negative_binomial(
    chance: FloatArray, mean: FloatArray, size: FloatArray
) -> IntArray:  # pragma: no cover
    """Inverse of the negative binomial distribution function, so that one draw serves every mean."""
    result = np.zeros(len(chance), dtype=np.int64)
    for i in range(len(chance)):
        ratio = mean[i] / (size[i] + mean[i])
        mass = (size[i] / (size[i] + mean[i])) ** size[i]
        below = mass
        k = 0
        while below < chance[i] and k < 100_000 and mass > 1e-15:
            mass *= (k + size[i]) / (k + 1.0) * ratio
            below += mass
            k += 1
        result[i] = k
    return result
