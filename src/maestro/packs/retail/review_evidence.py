"""Evidence of a decision about an order: the figures and the chart behind it, as plain JSON."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import numpy as np

from maestro.learning.forecasting.period_demand import PeriodDemand
from maestro.packs.retail.order_plan import OrderProposal
from maestro.packs.retail.order_policy import FloatArray as Floats
from maestro.packs.retail.order_policy import Situation
from maestro.packs.retail.shop_records import Records

HISTORY_DAYS = 84
FORECAST_DAYS = 28
_LEVELS = np.array([0.1, 0.9])


def daily_forecast(forecast: PeriodDemand, situation: Situation) -> Floats:
    """Mean and 80 % interval of each of the next 28 days for every line, in pieces, shape [n, 28, 3].

    The mean is the one that orders rest on, shaped by weekday, so that forecast and order never disagree.
    Single days vary far more than totals: the interval takes each line's own past days, as multiples of
    their expected pace.
    """
    means = np.stack([forecast.mean(days) for days in range(FORECAST_DAYS + 1)], axis=1)
    means[:, 0] = 0.0
    weekly = np.diff(means[:, :: len(forecast.weekday_share)], axis=1)
    share = forecast.weekday_share
    mean = np.repeat(weekly, len(share), axis=1) * np.tile(share, weekly.shape[1])
    ratio = _daily_ratios(situation, share)
    return np.stack([mean, mean * ratio[:, 0:1], np.maximum(mean, mean * ratio[:, 1:2])], axis=2)


def _daily_ratios(situation: Situation, share: Floats) -> Floats:
    """The 10 % and 90 % points of past days in stock over their expected pace, shape [n, 2]."""
    days = min(HISTORY_DAYS, situation.sales.shape[1] // len(share) * len(share))
    if days == 0:
        return np.tile([0.0, 2.0], (len(situation.terms), 1))
    sold, open_days = situation.sales[:, -days:], situation.in_stock[:, -days:]
    pace = (sold * open_days).sum(axis=1) / np.maximum(open_days.sum(axis=1), 1)
    expected = pace[:, None] * np.tile(share * len(share), days // len(share))
    ratio = np.where(open_days & (expected > 0), sold / np.maximum(expected, 1e-9), np.nan)
    ratio[np.isnan(ratio).all(axis=1)] = 1.0
    return np.asarray(np.nanquantile(ratio, _LEVELS, axis=1).T)


def forecast_version(forecast: PeriodDemand) -> str:
    """Name of a forecast: the same figures give the same name, on any machine."""
    digest = hashlib.sha256()
    for figures in (forecast.near, forecast.far, forecast.weekday_share):
        digest.update(np.round(figures, 9).tobytes())
    return f"period-demand-{digest.hexdigest()[:12]}"


class ReviewEvidence:
    """The evidence of every line of one review; what lines share is reckoned once."""

    def __init__(self, records: Records, forecast: PeriodDemand) -> None:
        self._records = records
        self._daily = daily_forecast(forecast, records.situation)

    def of(self, proposal: OrderProposal) -> dict[str, Any]:
        """History, forecast with its band, and every figure that the decision rests on."""
        situation, terms = self._records.situation, self._records.situation.terms
        line = proposal.line
        chances = np.cumsum(terms.lead_time_chance[line])
        return {
            "history": self._history(line),
            "forecast": self._forecast(line),
            "stock_on_hand": int(situation.on_hand[line]),
            "on_order": int(situation.on_order[line]),
            "target": proposal.order_up_to,
            "expected_demand": {
                "mean": round(proposal.expected_demand, 2),
                "low": round(proposal.demand_low, 2),
                "high": round(proposal.demand_high, 2),
                "days": round(proposal.cover_days, 1),
            },
            "under_way": self._under_way(line),
            "later": {"demand": proposal.rest_demand, "days": proposal.rest_days},
            "stockout_chance": round(proposal.stockout_chance, 4),
            "days_of_cover": round(proposal.days_of_cover, 1),
            "review_days": situation.review_days,
            "lead_time_days": {
                "mean": round(float(terms.mean_lead_days[line]), 1),
                "low": int(np.searchsorted(chances, 0.1 - 1e-12)),
                "high": int(np.searchsorted(chances, 0.9 - 1e-12)),
            },
            "unit_cost": float(terms.unit_cost[line]),
            "price": float(terms.price[line]),
            "order_cost": float(terms.order_cost[line]),
            "holding_cost_pct_week": float(terms.holding_rate_per_week[line] * 100),
            "pack_size": int(terms.pack_size[line]),
            "minimum_order": int(terms.min_order[line]),
        }

    def _history(self, line: int) -> list[dict[str, Any]]:
        situation = self._records.situation
        days = min(HISTORY_DAYS, situation.sales.shape[1])
        first = self._records.today - timedelta(days=days)
        sold = situation.sales[line, situation.sales.shape[1] - days :]
        in_stock = situation.in_stock[line, situation.sales.shape[1] - days :]
        return [
            {
                "date": (first + timedelta(days=day)).isoformat(),
                "value": float(sold[day]),
                "in_stock": bool(in_stock[day]),
            }
            for day in range(days)
        ]

    def _under_way(self, line: int) -> list[list[int]]:
        """Pieces and age in days of each order that has not arrived."""
        orders = self._records.situation.open_orders
        mine = orders.line == line
        pairs = zip(orders.quantity[mine].tolist(), orders.age_days[mine].tolist(), strict=True)
        return [[pieces, age] for pieces, age in pairs]

    def _forecast(self, line: int) -> list[dict[str, Any]]:
        return [
            {
                "date": (self._records.today + timedelta(days=ahead)).isoformat(),
                "mean": round(mean, 3),
                "low": round(low, 3),
                "high": round(high, 3),
            }
            for ahead, (mean, low, high) in enumerate(self._daily[line].tolist())
        ]
