"""Tests of the environment: a decision becomes one order, once, which can be cancelled until it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from maestro.agents.decision import Action, Decision, Effect, Subject
from maestro.database import Database
from maestro.errors import ConflictError
from maestro.packs.retail import purchase_orders
from maestro.packs.retail.entities import PurchaseOrder, StockLevel
from maestro.packs.retail.environment import OrderRequest, cancel_order, place_order, plain_rule
from maestro.packs.retail.order_policy import LineTerms, Situation, uniform_lead_time
from maestro.packs.retail.settings import RetailSettings

NOW = datetime(2026, 1, 5, 6, tzinfo=UTC)
WORDS = {"en": "Order", "ko": "주문"}


def decision(quantity: int = 12) -> Decision:
    params = {"product_id": 1, "location_id": 2, "supplier_id": 1, "quantity": quantity, "unit_cost": 3.0}
    return Decision(
        id="d_1",
        agent="replenishment",
        pack="retail",
        cycle="one",
        created_at=NOW,
        subject=Subject("product", "CUP@WH", WORDS),
        action=Action("order", params, WORDS),
        baseline=Action("wait", {**params, "quantity": 0}, WORDS),
        reason=WORDS,
        evidence={},
        forecast_version="one",
        predicted=Effect(1.0, 0.0, 2.0),
    )


def on_order(database: Database) -> int:
    with database.reader() as session:
        return session.scalar(select(func.sum(StockLevel.on_order))) or 0


def test_a_request_reads_the_decision_s_action() -> None:
    assert OrderRequest.of(decision()) == OrderRequest(1, 2, 1, 12, 3.0)


def test_a_decision_becomes_one_sent_order_however_often_it_is_carried_out(shop: Database) -> None:
    first = place_order(shop, decision(), NOW)
    again = place_order(shop, decision(), NOW + timedelta(hours=1))
    assert first == again
    assert first["expected_at"] == (NOW + timedelta(days=8.5)).isoformat()
    with shop.reader() as session:
        (order,) = purchase_orders.for_decision(session, "d_1")
    assert (order.status, order.number, order.total) == ("sent", first["order"], 36.0)
    assert on_order(shop) == 12


def test_undoing_cancels_the_order_once(shop: Database) -> None:
    placed = place_order(shop, decision(), NOW)
    assert cancel_order(shop, decision(), NOW) == {"cancelled": [placed["order"]]}
    assert cancel_order(shop, decision(), NOW) == {"cancelled": [placed["order"]]}
    assert on_order(shop) == 0
    with shop.reader() as session:
        assert session.scalars(select(PurchaseOrder.status)).all() == ["cancelled"]


def test_what_has_arrived_cannot_be_undone(shop: Database) -> None:
    placed = place_order(shop, decision(), NOW)
    with shop.session() as session:
        purchase_orders.receive(session, int(str(placed["order_id"])), at=NOW)
    with pytest.raises(ConflictError):
        cancel_order(shop, decision(), NOW)


def situation(days: int) -> Situation:
    one, zero = np.ones(1), np.zeros(1, dtype=np.int64)
    terms = LineTerms(one, one, one, one, one, zero, zero + 1, uniform_lead_time(2, 4, 1), zero, zero, zero)
    sales = np.concatenate([np.full((1, days // 2), 9.0), np.full((1, days - days // 2), 2.0)], axis=1)
    return Situation(0, terms, sales, np.ones_like(sales, dtype=np.bool_), zero)


def test_the_reorder_point_is_set_up_on_the_last_twelve_weeks() -> None:
    now = situation(200)
    assert plain_rule(RetailSettings(), now).quantities(now).tolist() == [2 * 28]


def test_the_other_rule_covers_three_weeks_of_recent_deliveries() -> None:
    now = situation(200)
    rule = plain_rule(RetailSettings(baseline="deliveries_times_factor"), now)
    assert rule.quantities(now).tolist() == [2 * 21]


def test_without_history_the_rule_orders_nothing() -> None:
    now = situation(0)
    assert plain_rule(RetailSettings(), now).quantities(now).tolist() == [0]
