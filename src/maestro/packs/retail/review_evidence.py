"""Evidence of a decision about an order: the figures and the chart behind it, as plain JSON."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import numpy as np

from maestro.learning.forecasting.period_demand import PeriodDemand
from maestro.packs.retail.order_plan import OrderProposal
from maestro.packs.retail.shop_records import Records

HISTORY_DAYS = 84
FORECAST_DAYS = 28
_LEVELS = np.array([0.1, 0.9])


def forecast_by_week(forecast: PeriodDemand) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Mean [n, weeks] and 80 % interval [n, weeks, 2] of demand in each of the next four weeks, in pieces.

    A single week is surer than its level in all weeks together: its interval is the one of that week's total.
    """
    weeks = range(FORECAST_DAYS // 7)
    means = [forecast.mean(7 * (week + 1)) - (forecast.mean(7 * week) if week else 0.0) for week in weeks]
    band = forecast.quantiles(7, _LEVELS)
    later = [
        forecast.quantiles(7 * (week + 1), _LEVELS) - forecast.quantiles(7 * week, _LEVELS)
        for week in list(weeks)[1:]
    ]
    return np.stack(means, axis=1), np.stack([band, *later], axis=1)


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
        self._share = forecast.weekday_share
        self._mean, self._band = forecast_by_week(forecast)

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
        """By day: each week's total, spread over its days as weekdays usually share it."""
        days = []
        for ahead in range(FORECAST_DAYS):
            week, share = ahead // 7, float(self._share[ahead % 7])
            low, high = self._band[line, week]
            days.append(
                {
                    "date": (self._records.today + timedelta(days=ahead)).isoformat(),
                    "mean": round(float(self._mean[line, week]) * share, 3),
                    "low": round(float(low) * share, 3),
                    "high": round(float(high) * share, 3),
                }
            )
        return days
