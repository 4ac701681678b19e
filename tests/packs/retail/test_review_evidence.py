"""Tests of a decision's evidence: the chart and every figure behind it, as plain JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from maestro.agents.decision import Decision, Status
from maestro.agents.decision_store import DecisionStore
from maestro.database import Database
from maestro.learning.forecasting.period_demand import PeriodDemand
from maestro.packs.retail.order_policy import LineTerms, Situation, uniform_lead_time
from maestro.packs.retail.review_evidence import daily_forecast, forecast_version

KEYS = {
    "history",
    "forecast",
    "stock_on_hand",
    "on_order",
    "target",
    "expected_demand",
    "under_way",
    "later",
    "stockout_chance",
    "days_of_cover",
    "review_days",
    "lead_time_days",
    "unit_cost",
    "price",
    "order_cost",
    "holding_cost_pct_week",
    "pack_size",
    "minimum_order",
}
SHARE = np.array([1, 1, 1, 1, 2, 3, 1]) / 10


@pytest.fixture
def decisions(lived: Database) -> tuple[Decision, ...]:
    return DecisionStore(lived).select(agent="replenishment", status=(Status.EXECUTED, Status.MEASURED))


def test_evidence_is_plain_json_with_the_agreed_keys(decisions: tuple[Decision, ...]) -> None:
    for decision in decisions:
        evidence: dict[str, Any] = json.loads(json.dumps(decision.evidence, allow_nan=False))
        assert evidence == decision.evidence
        assert set(evidence) >= KEYS
        assert set(evidence["lead_time_days"]) == {"mean", "low", "high"}


def test_history_is_the_last_twelve_weeks_up_to_yesterday(decisions: tuple[Decision, ...]) -> None:
    for decision in decisions[::7]:
        today, history = decision.created_at.date(), decision.evidence["history"]
        dates = [(today - timedelta(days=84 - day)).isoformat() for day in range(84)]
        assert [point["date"] for point in history] == dates
        assert all(set(point) == {"date", "value", "in_stock"} for point in history)


def test_history_shows_what_was_sold(lived: Database, decisions: tuple[Decision, ...]) -> None:
    decision = decisions[-1]
    with lived.reader() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT day, quantity, stock_out FROM retail_daily_sales "
            "WHERE product_id = ? AND location_id = ?",
            (decision.action.params["product_id"], decision.action.params["location_id"]),
        )
        sold = {day: (quantity, not empty) for day, quantity, empty in rows}
    for point in decision.evidence["history"]:
        assert (point["value"], point["in_stock"]) == sold[point["date"]]


def test_the_forecast_covers_the_coming_four_weeks(decisions: tuple[Decision, ...]) -> None:
    for decision in decisions[::7]:
        first = decision.created_at.date()
        forecast = decision.evidence["forecast"]
        assert [point["date"] for point in forecast] == [
            (first + timedelta(days=day)).isoformat() for day in range(28)
        ]
        assert all(point["mean"] <= point["high"] for point in forecast)
        assert all(point["low"] >= 0 for point in forecast)


def test_the_target_is_what_there_is_and_what_is_ordered(decisions: tuple[Decision, ...]) -> None:
    for decision in decisions:
        evidence = decision.evidence
        there = evidence["stock_on_hand"] + evidence["on_order"]
        assert evidence["target"] == there + decision.action.params["quantity"]
        assert evidence["on_order"] == sum(pieces for pieces, _ in evidence["under_way"])
        assert 0 <= evidence["stockout_chance"] <= 1
        lead = evidence["lead_time_days"]
        assert lead["low"] <= lead["mean"] <= lead["high"]


def forecast(rate: float = 2.0) -> PeriodDemand:
    levels = np.array([0.0, 1.0])
    flat = np.full((1, 2), rate)
    return PeriodDemand(levels, flat, flat, 16, SHARE)


def situation(sales: list[float]) -> Situation:
    one, zero = np.ones(1), np.zeros(1, dtype=np.int64)
    terms = LineTerms(one, one, one, one, one, zero, zero + 1, uniform_lead_time(2, 4, 1), zero, zero, zero)
    history = np.array([sales])
    return Situation(0, terms, history, np.ones_like(history, dtype=np.bool_), zero)


def test_each_day_gets_its_weekday_s_share_of_the_week() -> None:
    daily = daily_forecast(forecast(), situation([2.0] * 84))
    assert daily.shape == (1, 28, 3)
    assert daily[0, :7, 0] == pytest.approx(14 * SHARE)
    assert daily[0, :, 0].sum() == pytest.approx(4 * 14)


def test_days_that_vary_more_get_a_wider_band() -> None:
    steady = daily_forecast(forecast(), situation([2.0] * 84))
    lumpy = daily_forecast(forecast(), situation([0.0, 4.0] * 42))
    width = [float((daily[0, :, 2] - daily[0, :, 1]).mean()) for daily in (steady, lumpy)]
    assert width[0] < width[1]


@pytest.mark.parametrize("days", [0, 3, 7])
def test_a_short_history_still_gives_a_band(days: int) -> None:
    daily = daily_forecast(forecast(), situation([0.0] * days))
    assert np.isfinite(daily).all()
    assert (daily[..., 1] <= daily[..., 0]).all()
    assert (daily[..., 0] <= daily[..., 2]).all()


def test_the_same_figures_have_the_same_name() -> None:
    assert forecast_version(forecast()) == forecast_version(forecast())
    assert forecast_version(forecast()) != forecast_version(forecast(2.1))
    assert forecast_version(forecast()).startswith("period-demand-")
