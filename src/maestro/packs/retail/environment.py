"""The shop as agents meet it: look at its records, order from a supplier, learn what an order was worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np

from maestro.agents.decision import Decision, Measured
from maestro.database import Database
from maestro.packs.retail import purchase_orders
from maestro.packs.retail.baselines import DeliveriesTimesFactor, FixedReorderPoint
from maestro.packs.retail.order_policy import BoolArray, OrderPolicy, Situation
from maestro.packs.retail.purchase_orders import OrderLine
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import Records, ShopLines

_RULE_WINDOW_DAYS = 84


@dataclass(frozen=True)
class OrderRequest:
    """What a decision asks for: pieces of one product for one location from one supplier."""

    product_id: int
    location_id: int
    supplier_id: int
    quantity: int
    unit_cost: float

    @classmethod
    def of(cls, decision: Decision) -> OrderRequest:
        """Read from a decision's action."""
        params = decision.action.params
        return cls(
            product_id=int(params["product_id"]),
            location_id=int(params["location_id"]),
            supplier_id=int(params["supplier_id"]),
            quantity=int(params["quantity"]),
            unit_cost=float(params["unit_cost"]),
        )


class ShopEnvironment(Protocol):
    """One interface for a simulated shop and for your own."""

    @property
    def simulated(self) -> bool:
        """Whether its future is drawn."""
        ...

    def records(self, today: date) -> Records:
        """Everything that a review on the morning of `today` may know."""
        ...

    def settings(self) -> RetailSettings:
        """The shop's choices as they are now."""
        ...

    def rule(self, situation: Situation) -> OrderPolicy:
        """The plain rule that would order instead."""
        ...

    def held_out(self, shop_lines: ShopLines) -> BoolArray:
        """Which lines the plain rule keeps ordering, so that the others can be compared with them."""
        ...

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """What the decision was worth against the rule's; None while it is too early to tell."""
        ...


def place_order(database: Database, decision: Decision, at: datetime) -> dict[str, object]:
    """Order what the decision asks for, once: its id is the order's key."""
    wanted = OrderRequest.of(decision)
    with database.session() as session:
        order = purchase_orders.create(
            session,
            supplier_id=wanted.supplier_id,
            location_id=wanted.location_id,
            lines=[OrderLine(wanted.product_id, wanted.quantity, wanted.unit_cost, decision.id)],
            key=decision.id,
            at=at,
        )
        if order.status == purchase_orders.Status.DRAFT:
            purchase_orders.approve(session, order.id, at=at)
            purchase_orders.send(session, order.id, at=at)
        expected = order.expected_at.isoformat() if order.expected_at else None
        return {"order_id": order.id, "order": order.number, "expected_at": expected}


def cancel_order(database: Database, decision: Decision, at: datetime) -> dict[str, object]:
    """Cancel what the decision ordered, as long as nothing has arrived.

    Raises:
        ConflictError: pieces have arrived already.
    """
    with database.session() as session:
        orders = purchase_orders.for_decision(session, decision.id)
        for order in orders:
            purchase_orders.cancel(session, order.id, at=at)
        return {"cancelled": [order.number for order in orders]}


def plain_rule(settings: RetailSettings, situation: Situation) -> OrderPolicy:
    """The baseline chosen in the settings, set up on the last 84 days of sales."""
    if settings.baseline == "deliveries_times_factor":
        return DeliveriesTimesFactor(window_days=30, cover_days=21.0, factor=1.0)
    window = situation.sales[:, -_RULE_WINDOW_DAYS:]
    rate = window.mean(axis=1) if window.shape[1] else np.zeros(len(situation.terms))
    return FixedReorderPoint(rate_per_day=rate, point_days=21.0, quantity_days=28.0)
