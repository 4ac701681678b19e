"""Baseline reordering rules that others use: a fixed reorder point, deliveries per day, and the clairvoyant.

They are what Maestro's own policy is measured against, behind the same interface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maestro.packs.retail.order_policy import (
    FloatArray,
    IntArray,
    Situation,
    arrival_in_time,
    whole_packs,
)


@dataclass(frozen=True)
class FixedReorderPoint:
    """Order a fixed quantity when stock and orders under way fall to a fixed point (ERPNext's rule).

    ERPNext documentation, "Auto creation of material request": a re-order level and a re-order quantity per
    item and warehouse, compared with the projected quantity. Point and quantity are set once, as days of the
    demand seen before the first decision, and stay.

    Args:
        rate_per_day: pieces a day on which the two settings were once based, shape [n].
        point_days: the reorder point in days of that demand.
        quantity_days: the reorder quantity in days of that demand.
    """

    rate_per_day: FloatArray
    point_days: float
    quantity_days: float

    @property
    def name(self) -> str:
        return f"fixed reorder point {self.point_days:g} days, quantity {self.quantity_days:g} days"

    def quantities(self, situation: Situation) -> IntArray:
        point = self.rate_per_day * self.point_days
        due = (situation.position <= point) & arrival_in_time(situation)
        return whole_packs(np.where(due, self.rate_per_day * self.quantity_days, 0.0), situation.terms)


@dataclass(frozen=True)
class DeliveriesTimesFactor:
    """Order recent deliveries a day x days to cover x a factor, less what is there (Odoo's Suggest).

    Odoo documentation, "Purchase: suggest quantities": the suggestion is based on past deliveries over a
    period, multiplied by a number of days and a percentage factor, less what is on hand and incoming.

    Args:
        window_days: days of past deliveries that the rate is taken from.
        cover_days: days that stock shall last.
        factor: multiplier on the recent rate.
    """

    window_days: int = 30
    cover_days: float = 21.0
    factor: float = 1.0

    @property
    def name(self) -> str:
        return f"deliveries of {self.window_days} days x {self.factor:g} x {self.cover_days:g} days"

    def quantities(self, situation: Situation) -> IntArray:
        sold = situation.sales[:, -self.window_days :]
        rate = sold.sum(axis=1) / max(sold.shape[1], 1)
        wanted = rate * self.factor * self.cover_days - situation.position
        return whole_packs(
            np.where(arrival_in_time(situation), np.maximum(wanted, 0.0), 0.0), situation.terms
        )


@dataclass(frozen=True)
class Clairvoyant:
    """Knows all future demand, orders exactly what sells before the next order can arrive: the upper bound.

    It buys for the days up to the latest arrival of the next order, and for as many more as an order's cost
    is worth in holding cost, but never a piece that is not sold by the end.

    Args:
        demand: pieces wanted on each day of the whole run, past and future, shape [n, days]. Day numbers as
            in `Situation.day`.
    """

    demand: FloatArray

    @property
    def name(self) -> str:
        return "clairvoyant"

    def quantities(self, situation: Situation) -> IntArray:
        terms, day = situation.terms, situation.day
        future = self.demand[:, day:] if situation.days_left is None else self._until_end(situation)
        cumulative = np.cumsum(future, axis=1)
        days = cumulative.shape[1]
        if days == 0:
            return np.zeros(len(terms), dtype=np.int64)
        rows = np.arange(len(terms))
        cover = situation.review_days + terms.longest_lead_days
        needed = cumulative[rows, np.minimum(cover, days) - 1]
        economic = self._economic_days(situation, cumulative[:, -1] / days)
        wanted = cumulative[rows, np.minimum((cover + economic).astype(np.int64), days) - 1]
        short = needed > situation.position
        quantity = np.where(short & arrival_in_time(situation), wanted - situation.position, 0.0)
        return whole_packs(quantity, terms)

    def _until_end(self, situation: Situation) -> FloatArray:
        return self.demand[:, situation.day : situation.day + (situation.days_left or 0)]

    @staticmethod
    def _economic_days(situation: Situation, rate: FloatArray) -> FloatArray:
        terms = situation.terms
        holding_a_day = terms.unit_cost * terms.holding_rate_per_week / 7.0
        with np.errstate(divide="ignore", invalid="ignore"):
            days = np.sqrt(2.0 * terms.order_cost / (rate * holding_a_day))
        extra = np.nan_to_num(days, nan=0.0, posinf=365.0) - situation.review_days
        return np.asarray(np.clip(extra, 0.0, 365.0))
