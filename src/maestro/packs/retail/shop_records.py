"""Shop records as arrays: the terms of every line and the situation this morning, read from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from maestro.packs.retail.entities import (
    Location,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    Shop,
    StockLevel,
    Supplier,
)
from maestro.packs.retail.order_policy import FloatArray, IntArray, LineTerms, OpenOrders, Situation
from maestro.packs.retail.purchase_orders import Status
from maestro.packs.retail.sales import first_and_last_day, read_panel
from maestro.packs.retail.settings import RetailSettings

OPENING = time(6)
"""When a shop's day opens: reviews happen then, before the first customer."""
_HISTORY_DAYS = 1_092
_WHOLE_MONTH = 28


@dataclass(frozen=True)
class Line:
    """One product at one location, with the names that people read."""

    product_id: int
    location_id: int
    supplier_id: int
    sku: str
    location_code: str
    supplier: str
    name: Mapping[str, str]
    location: str

    @property
    def key(self) -> str:
        """Subject id of decisions about it."""
        return f"{self.sku}@{self.location_code}"


@dataclass(frozen=True)
class ShopLines:
    """All active lines of the shop in one fixed order (product, then location), with their terms."""

    lines: tuple[Line, ...]
    terms: LineTerms

    def index(self) -> dict[tuple[int, int], int]:
        """Place of each (product id, location id)."""
        return {(line.product_id, line.location_id): place for place, line in enumerate(self.lines)}


@dataclass(frozen=True)
class Records:
    """Everything a review needs: the lines, and the situation on the morning of `today`."""

    shop_lines: ShopLines
    situation: Situation
    today: date
    first_day: date


def opening(day: date) -> datetime:
    """The moment at which `day` opens."""
    return datetime.combine(day, OPENING, UTC)


def end_of_day(day: date) -> datetime:
    """The moment up to which a simulated day may take; the night after it is free of work."""
    return opening(day) + timedelta(hours=17)


def shop_settings(session: Session) -> RetailSettings:
    """The shop's choices; the defaults where nothing was chosen."""
    options = session.scalar(select(Shop.options))
    return RetailSettings.of(dict(options or {}))


def read_lines(session: Session, settings: RetailSettings) -> ShopLines:
    """Every active product at every location that keeps it and somebody supplies."""
    statement = (
        select(Product, StockLevel.location_id, Location, Supplier)
        .join(StockLevel, StockLevel.product_id == Product.id)
        .join(Location, Location.id == StockLevel.location_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .where(Product.active)
        .order_by(Product.id, StockLevel.location_id)
    )
    rows = session.execute(statement).all()
    lines = tuple(
        Line(
            product.id,
            location.id,
            supplier.id,
            product.sku,
            location.code,
            supplier.name,
            product.words,
            location.name,
        )
        for product, _, location, supplier in rows
    )
    n = len(rows)
    products, suppliers = [row[0] for row in rows], [row[3] for row in rows]
    terms = LineTerms(
        price=np.array([product.price for product in products], dtype=np.float64),
        unit_cost=np.array([product.unit_cost for product in products], dtype=np.float64),
        order_cost=np.full(n, settings.order_cost),
        holding_rate_per_week=np.full(n, settings.holding_cost_pct_week / 100),
        salvage_share=np.full(n, settings.salvage_share),
        min_order=np.array([supplier.minimum_order_quantity for supplier in suppliers], dtype=np.int64),
        pack_size=np.array([product.pack_size for product in products], dtype=np.int64),
        lead_time_chance=_lead_times(suppliers),
        product=np.array([line.product_id for line in lines], dtype=np.int64),
        location=np.array([line.location_id for line in lines], dtype=np.int64),
        supplier=np.array([line.supplier_id for line in lines], dtype=np.int64),
    )
    return ShopLines(lines, terms)


def lead_time_chance(least_days: int, mean_days: float, most_days: int) -> FloatArray:
    """Chances [most + 1] of each whole lead time: the flattest distribution with that mean (maximum entropy).

    An exponential tilt of the uniform distribution, found by bisection; E. T. Jaynes, "Information Theory and
    Statistical Mechanics", 1957.
    """
    least, most = max(1, least_days), max(1, least_days, most_days)
    days = np.arange(least, most + 1)
    low, high = -200.0, 200.0
    weights = np.ones(len(days))
    for _ in range(80):
        tilt = (low + high) / 2
        weights = np.exp(tilt * (days - days.mean()) / max(len(days), 1))
        if (weights @ days) / weights.sum() < mean_days:
            low = tilt
        else:
            high = tilt
    chance = np.zeros(most + 1)
    chance[least:] = weights / weights.sum()
    return chance


def _lead_times(suppliers: list[Supplier]) -> FloatArray:
    known: dict[int, FloatArray] = {}
    for supplier in suppliers:
        if supplier.id not in known:
            known[supplier.id] = lead_time_chance(
                supplier.lead_time_min_days, supplier.lead_time_mean_days, supplier.lead_time_max_days
            )
    width = max((len(chance) for chance in known.values()), default=2)
    rows = [np.pad(known[supplier.id], (0, width - len(known[supplier.id]))) for supplier in suppliers]
    return np.array(rows) if rows else np.zeros((0, width))


def read_records(session: Session, settings: RetailSettings, today: date) -> Records:
    """The situation on the morning of `today`, from at most the last three years of history.

    What is too old is left out by whole blocks of 28 days, so that a model refitted every 28 days of the
    count is refitted on the same days whether or not the process was restarted meanwhile.
    """
    shop_lines = read_lines(session, settings)
    span = first_and_last_day(session)
    first_day = span[0] if span else today
    beyond = max(0, (today - first_day).days - _HISTORY_DAYS)
    first_day += timedelta(days=-(-beyond // _WHOLE_MONTH) * _WHOLE_MONTH)
    days = max(0, (today - first_day).days)
    n = len(shop_lines.lines)
    sales, in_stock = np.zeros((n, days)), np.ones((n, days), dtype=np.bool_)
    place = shop_lines.index()
    panel = read_panel(session, since=first_day, until=today - timedelta(days=1))
    for row, key in enumerate(zip(panel.product_id.tolist(), panel.location_id.tolist(), strict=True)):
        if key in place:
            sales[place[key]], in_stock[place[key]] = panel.quantity[row], panel.in_stock[row]
    situation = Situation(
        day=days,
        terms=shop_lines.terms,
        sales=sales,
        in_stock=in_stock,
        on_hand=read_on_hand(session, place),
        open_orders=read_open_orders(session, place, today),
        review_days=settings.review_days,
        budget=settings.budget_per_review,
    )
    return Records(shop_lines, situation, today, first_day)


def read_on_hand(session: Session, place: Mapping[tuple[int, int], int]) -> IntArray:
    """Pieces in stock of each line, shape [n]."""
    on_hand = np.zeros(len(place), dtype=np.int64)
    for product, location, pieces in session.execute(
        select(StockLevel.product_id, StockLevel.location_id, StockLevel.on_hand)
    ):
        if (product, location) in place:
            on_hand[place[product, location]] = pieces
    return on_hand


def read_open_orders(session: Session, place: Mapping[tuple[int, int], int], today: date) -> OpenOrders:
    """What is still to arrive on approved and sent orders, with the age of each order in whole days."""
    statement = (
        select(PurchaseOrder, PurchaseOrderLine)
        .join(PurchaseOrderLine, PurchaseOrderLine.order_id == PurchaseOrder.id)
        .where(PurchaseOrder.status.in_((Status.APPROVED.value, Status.SENT.value)))
        .order_by(PurchaseOrderLine.id)
    )
    line, quantity, age = [], [], []
    for order, item in session.execute(statement):
        key = (item.product_id, order.location_id)
        if key in place and item.quantity > item.received:
            line.append(place[key])
            quantity.append(item.quantity - item.received)
            age.append(max(0, (today - (order.sent_at or order.approved_at or order.created_at).date()).days))
    return OpenOrders(
        np.array(line, dtype=np.int64), np.array(quantity, dtype=np.int64), np.array(age, dtype=np.int64)
    )
