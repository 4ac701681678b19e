"""Stock table: on hand, on order, days of cover and health of every product at every location, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, Select, case, cast, func, null, or_, select, update
from sqlalchemy.orm import Session

from maestro.errors import InputError
from maestro.packs.retail.entities import DailySale, Location, Product, StockLevel, Supplier

OVERSTOCK_DAYS = 90
"""Days of cover above which stock counts as too much."""
SALES_DAYS = 28
"""Days of sales from which the rate of selling is taken."""
_ASSUMED_LEAD_DAYS = 8.5


class Health(StrEnum):
    """How a place stands; `sick` first when sorted: out, low, overstock, healthy."""

    OUT = "out"
    LOW = "low"
    OVERSTOCK = "overstock"
    HEALTHY = "healthy"


@dataclass(frozen=True)
class StockRow:
    """One product at one location.

    Args:
        days_of_cover: days that stock on hand lasts at the rate of the last 28 days; None where nothing sold.
        target: stock position the replenishment agent last aimed at; None before its first look.
        value: stock on hand at unit cost, in the shop's currency.
        supplier: id and name; None where none is set.
    """

    product_id: int
    sku: str
    name: dict[str, str]
    category: str
    location_id: int
    location_code: str
    location_name: str
    on_hand: int
    on_order: int
    days_of_cover: float | None
    health: Health
    target: int | None
    value: float
    sold_28d: int
    supplier: tuple[int, str] | None


@dataclass(frozen=True)
class StockPage:
    """One page of the table; `next_cursor` is None on the last page, `total` counts all pages."""

    items: list[StockRow]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class StockSummary:
    """The whole shop's stock: number of places by health, and money in stock and on order at unit cost."""

    places: int
    healthy: int
    low: int
    out: int
    overstock: int
    value: float
    on_order_value: float


_days_of_cover: ColumnElement[Any] = case(
    (StockLevel.sold_28d > 0, cast(StockLevel.on_hand, Float) * SALES_DAYS / StockLevel.sold_28d),
    else_=null(),
)
_lead_days = func.coalesce(Supplier.lead_time_mean_days, _ASSUMED_LEAD_DAYS)
_rank: ColumnElement[Any] = case(
    (StockLevel.on_hand <= 0, 0),
    ((StockLevel.on_hand + StockLevel.on_order) * SALES_DAYS < StockLevel.sold_28d * _lead_days, 1),
    (
        (StockLevel.on_hand * SALES_DAYS > StockLevel.sold_28d * OVERSTOCK_DAYS)
        & (StockLevel.target.is_(None) | (StockLevel.on_hand > StockLevel.target)),
        2,
    ),
    else_=3,
)
_BY_RANK = (Health.OUT, Health.LOW, Health.OVERSTOCK, Health.HEALTHY)
_value = StockLevel.on_hand * Product.unit_cost

SORTS: dict[str, ColumnElement[Any]] = {
    "sku": Product.sku.expression,
    "name": Product.name.expression,
    "category": Product.category.expression,
    "location": Location.name.expression,
    "on_hand": StockLevel.on_hand.expression,
    "available": StockLevel.on_hand.expression,
    "on_order": StockLevel.on_order.expression,
    "days_of_cover": _days_of_cover,
    "health": _rank,
    "target": StockLevel.target.expression,
    "value": _value,
    "sold_28d": StockLevel.sold_28d.expression,
    "supplier": Supplier.name.expression,
}
"""What the table can be sorted by."""


def stock_page(
    session: Session,
    *,
    q: str = "",
    health: str | None = None,
    location_id: int | None = None,
    product_id: int | None = None,
    sort: str = "sku",
    limit: int = 50,
    cursor: str | None = None,
) -> StockPage:
    """A page of the stock table, filtered, sorted and cut by the database.

    Args:
        q: part of a SKU, a name or a category, in any case.
        health: out, low, overstock or healthy.
        sort: a key of `SORTS`, with a leading minus for the largest first; rows without a value come last.
        cursor: `next_cursor` of the page before.

    Raises:
        InputError: the sort, the health or the cursor is not one.
    """
    conditions = [Product.active, *_conditions(q, health, location_id, product_id)]
    offset = _offset(cursor)
    total = session.scalar(_joined(select(func.count())).where(*conditions)) or 0
    statement = _joined(select(*_COLUMNS)).where(*conditions).order_by(*_order(sort))
    rows = [_row(row) for row in session.execute(statement.limit(limit).offset(offset))]
    following = offset + len(rows)
    return StockPage(rows, str(following) if rows and following < total else None, total)


def stock_summary(session: Session) -> StockSummary:
    """Add up the whole shop."""
    on_order_value = StockLevel.on_order * Product.unit_cost
    counts = [func.coalesce(func.sum(case((_rank == rank, 1), else_=0)), 0) for rank in range(len(_BY_RANK))]
    statement = _joined(
        select(
            func.count(),
            *counts,
            func.coalesce(func.sum(_value), 0.0),
            func.coalesce(func.sum(on_order_value), 0.0),
        )
    ).where(Product.active)
    places, out, low, overstock, healthy, value, ordered = session.execute(statement).one()
    return StockSummary(places, healthy, low, out, overstock, float(value), float(ordered))


def set_targets(session: Session, targets: dict[tuple[int, int], int]) -> None:
    """Note the stock position that replenishment aims at, by (product id, location id)."""
    rows = [
        {"product_id": product, "location_id": location, "target": target}
        for (product, location), target in targets.items()
    ]
    if rows:
        session.execute(update(StockLevel), rows)


def refresh_sold(session: Session, last_day: date) -> None:
    """Bring `sold_28d` of every place up to `last_day`, the last closed day."""
    sold = (
        select(func.sum(DailySale.quantity))
        .where(
            DailySale.product_id == StockLevel.product_id,
            DailySale.location_id == StockLevel.location_id,
            DailySale.day > last_day - timedelta(days=SALES_DAYS),
            DailySale.day <= last_day,
        )
        .scalar_subquery()
    )
    session.execute(
        update(StockLevel)
        .values(sold_28d=func.coalesce(sold, 0))
        .execution_options(synchronize_session=False)
    )


_COLUMNS: tuple[Any, ...] = (
    Product.id.label("product_id"),
    Product.sku,
    Product.name,
    Product.name_ko,
    Product.category,
    Location.id.label("location_id"),
    Location.code.label("location_code"),
    Location.name.label("location_name"),
    StockLevel.on_hand,
    StockLevel.on_order,
    StockLevel.target,
    StockLevel.sold_28d,
    Supplier.id.label("supplier_id"),
    Supplier.name.label("supplier_name"),
    _days_of_cover.label("days_of_cover"),
    _rank.label("rank"),
    _value.label("value"),
)


def _row(row: Row[Any]) -> StockRow:
    days_of_cover = row.days_of_cover
    return StockRow(
        product_id=row.product_id,
        sku=row.sku,
        name={"en": row.name, "ko": row.name_ko or row.name},
        category=row.category,
        location_id=row.location_id,
        location_code=row.location_code,
        location_name=row.location_name,
        on_hand=row.on_hand,
        on_order=row.on_order,
        days_of_cover=None if days_of_cover is None else round(days_of_cover, 1),
        health=_BY_RANK[row.rank],
        target=row.target,
        value=round(row.value, 2),
        sold_28d=row.sold_28d,
        supplier=None if row.supplier_id is None else (row.supplier_id, row.supplier_name),
    )


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(StockLevel)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Location, Location.id == StockLevel.location_id)
        .outerjoin(Supplier, Supplier.id == Product.supplier_id)
    )


def _conditions(
    q: str, health: str | None, location_id: int | None, product_id: int | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if q.strip():
        fields = (Product.sku, Product.name, Product.name_ko, Product.category)
        conditions.append(or_(*(field.icontains(q.strip(), autoescape=True) for field in fields)))
    if health is not None:
        if health not in set(Health):
            raise InputError(f"{health} is not a stock health.", remedy=f"Use one of {', '.join(Health)}.")
        conditions.append(_rank == _BY_RANK.index(Health(health)))
    if location_id is not None:
        conditions.append(StockLevel.location_id == location_id)
    if product_id is not None:
        conditions.append(StockLevel.product_id == product_id)
    return conditions


def _order(sort: str) -> tuple[ColumnElement[Any], ...]:
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        raise InputError(f"Stock cannot be sorted by {sort}.", remedy=f"Use one of {', '.join(SORTS)}.")
    direction = column.desc() if sort.startswith("-") else column.asc()
    return direction.nulls_last(), StockLevel.product_id.asc(), StockLevel.location_id.asc()


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 15:
        raise InputError("The cursor is not valid.", remedy="Start again without a cursor.")
    return int(cursor)
