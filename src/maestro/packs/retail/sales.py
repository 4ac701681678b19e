"""Sales history: what each product sold each day at each location, as arrays; closes a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, case, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from maestro.packs.retail.entities import DailySale, Product, StockLevel, StockMovement
from maestro.packs.retail.ledger import Kind

_BATCH_ROWS = 2_000


@dataclass(frozen=True)
class SalesPanel:
    """Daily sales of n series (a product at a location) over d consecutive days.

    Args:
        product_id: shape [n].
        location_id: shape [n].
        days: consecutive days, datetime64[D], shape [d].
        quantity: pieces sold, shape [n, d].
        revenue: money taken in the shop's currency, shape [n, d].
        in_stock: False where the shelf was empty for part of the day, shape [n, d].
    """

    product_id: NDArray[np.int64]
    location_id: NDArray[np.int64]
    days: NDArray[np.datetime64]
    quantity: NDArray[np.float64]
    revenue: NDArray[np.float64]
    in_stock: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.product_id)

    @property
    def first_sale(self) -> NDArray[np.int64]:
        """Index of the first day with a sale, shape [n]; d where a series never sold."""
        sold = self.quantity > 0
        return np.where(sold.any(axis=1), sold.argmax(axis=1), len(self.days))


@dataclass(frozen=True)
class DaySale:
    """What one product did at one location on one day."""

    product_id: int
    location_id: int
    quantity: int
    revenue: float
    stock_out: bool = False
    stock_end: int | None = None


def first_and_last_day(session: Session) -> tuple[date, date] | None:
    """The days that history spans; None where there is none."""
    # Two questions: SQLite answers one end from the index, but both at once only by reading all of it.
    first = session.scalar(select(func.min(DailySale.day)))
    last = session.scalar(select(func.max(DailySale.day)))
    return None if first is None or last is None else (first, last)


def read_panel(
    session: Session,
    *,
    since: date | None = None,
    until: date | None = None,
    product_ids: Sequence[int] | None = None,
    location_id: int | None = None,
) -> SalesPanel:
    """Read history as arrays; days without a row count as zero sold and in stock.

    Args:
        since: first day, included; None means the first day of all history.
        until: last day, included; None means the last day of all history.
        product_ids: only these products; None means all that have a row in the days asked for.
        location_id: only this location; None means all.
    """
    span = first_and_last_day(session)
    since = since or (span[0] if span else None)
    until = until or (span[1] if span else None)
    if since is None or until is None or since > until:
        return _empty_panel()
    statement = select(
        DailySale.product_id,
        DailySale.location_id,
        cast(DailySale.day, String),  # ISO text, which numpy reads quicker than date objects
        DailySale.quantity,
        DailySale.revenue,
        DailySale.stock_out,
    ).where(DailySale.day.between(since, until))
    if product_ids is not None:
        statement = statement.where(DailySale.product_id.in_(product_ids))
    if location_id is not None:
        statement = statement.where(DailySale.location_id == location_id)
    rows = session.execute(statement).all()
    days = np.arange(np.datetime64(since, "D"), np.datetime64(until, "D") + 1)
    if not rows:
        return _empty_panel(days)
    product, location, day, quantity, revenue, stock_out = zip(*rows, strict=True)
    places = np.asarray(product, dtype=np.int64) << 32 | np.asarray(location, dtype=np.int64)
    series, index = np.unique(places, return_inverse=True)
    column = (np.asarray(day, dtype="datetime64[D]") - days[0]).astype(np.int64)
    shape = (len(series), len(days))
    panel = SalesPanel(
        product_id=series >> 32,
        location_id=series & 0xFFFFFFFF,
        days=days,
        quantity=np.zeros(shape),
        revenue=np.zeros(shape),
        in_stock=np.ones(shape, dtype=np.bool_),
    )
    panel.quantity[index, column] = quantity
    panel.revenue[index, column] = revenue
    panel.in_stock[index, column] = ~np.asarray(stock_out, dtype=np.bool_)
    return panel


def record_day(session: Session, day: date, sales: Iterable[DaySale]) -> None:
    """Write what was sold on `day`; a place that has a row for the day gets the new figures instead."""
    rows = [{"day": day, **sale.__dict__} for sale in sales]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(DailySale)
    statement = statement.on_conflict_do_update(
        index_elements=["product_id", "location_id", "day"],
        set_={
            name: getattr(statement.excluded, name)
            for name in ("quantity", "revenue", "stock_out", "stock_end")
        },
    )
    for start in range(0, len(rows), _BATCH_ROWS):
        session.execute(statement, rows[start : start + _BATCH_ROWS])


def close_day(session: Session, day: date) -> int:
    """Sum up the ledger's sales of `day` into daily sales, at list price, and mark shelves that ran empty.

    Call it after the day's last movement and before the next day's first. Returns the number of rows written.
    """
    start = datetime.combine(day, time(), UTC)
    sale = StockMovement.kind == Kind.SALE.value
    moved = (
        select(
            StockMovement.product_id,
            StockMovement.location_id,
            func.sum(case((sale, -StockMovement.quantity), else_=0)).label("sold"),
            func.min(StockMovement.balance).label("least"),
        )
        .where(StockMovement.at >= start, StockMovement.at < start + timedelta(days=1))
        .group_by(StockMovement.product_id, StockMovement.location_id)
        .subquery()
    )
    sold = func.coalesce(moved.c.sold, 0)
    least = func.coalesce(moved.c.least, StockLevel.on_hand)
    statement = (
        select(StockLevel.product_id, StockLevel.location_id, sold, Product.price, least, StockLevel.on_hand)
        .join(Product, Product.id == StockLevel.product_id)
        .outerjoin(
            moved,
            (moved.c.product_id == StockLevel.product_id) & (moved.c.location_id == StockLevel.location_id),
        )
        .where((sold > 0) | (least == 0))
    )
    rows = [
        DaySale(product, location, int(pieces), int(pieces) * price, stock_out=lowest == 0, stock_end=there)
        for product, location, pieces, price, lowest, there in session.execute(statement)
    ]
    record_day(session, day, rows)
    return len(rows)


def _empty_panel(days: NDArray[np.datetime64] | None = None) -> SalesPanel:
    days = np.empty(0, dtype="datetime64[D]") if days is None else days
    none = np.empty(0, dtype=np.int64)
    shape = (0, len(days))
    return SalesPanel(none, none, days, np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=np.bool_))
