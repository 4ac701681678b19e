"""Product page: everything about one product on one screen: stock, sales, forecast, orders, decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from maestro.agents.decision_list import DecisionFilter
from maestro.agents.decision_store import DecisionStore
from maestro.database import Database
from maestro.errors import NotFoundError
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.entities import DailySale, Product
from maestro.packs.retail.sales import first_and_last_day
from maestro.packs.retail.serving import movement_json, order_json, stock_row_json
from maestro.packs.retail.stock import stock_page

HISTORY_DAYS = 182
_LATEST = 20


def product_page(database: Database, decisions: DecisionStore, product_id: int) -> dict[str, Any]:
    """The page of one product, as plain JSON.

    Args:
        database: where the shop is kept.
        decisions: where decisions about it are kept.
        product_id: which product.

    Raises:
        NotFoundError: there is no such product.
    """
    with database.reader() as session:
        product = session.get(Product, product_id)
        if product is None:
            raise NotFoundError(f"There is no product {product_id}.", remedy="Look it up in the stock table.")
        rows = stock_page(session, product_id=product_id, limit=200).items
        orders = purchase_orders.list_orders(session, product_id=product_id, limit=_LATEST).items
        page: dict[str, Any] = {
            "product": _product_json(product),
            "locations": [stock_row_json(row) for row in rows],
            "history": _history(session, product_id),
            "orders": [order_json(order) for order in orders],
            "movements": [movement_json(row) for row in ledger.movements(session, product_id, limit=50)],
        }
    subjects = [f"{row.sku}@{row.location_code}" for row in rows]
    latest = _latest_decisions(decisions, subjects)
    page["forecast"] = _forecast(decisions, latest)
    page["decisions"] = [summary.to_dict() for summary in latest]
    return page


def _product_json(product: Product) -> dict[str, Any]:
    supplier = product.supplier
    return {
        "id": product.id,
        "sku": product.sku,
        "name": product.words,
        "category": product.category,
        "price": product.price,
        "unit_cost": product.unit_cost,
        "active": product.active,
        "supplier": {"id": supplier.id, "name": supplier.name} if supplier else None,
    }


def _history(session: Session, product_id: int) -> list[dict[str, Any]]:
    """Every day of the last half year, all locations together; a day without a row sold nothing."""
    span = first_and_last_day(session)
    if span is None:
        return []
    first = max(span[0], span[1] - timedelta(days=HISTORY_DAYS - 1))
    statement = (
        select(
            DailySale.day,
            func.sum(DailySale.quantity),
            func.sum(DailySale.revenue),
            func.max(case((DailySale.stock_out, 1), else_=0)),
            func.sum(DailySale.stock_end),
        )
        .where(DailySale.product_id == product_id, DailySale.day >= first)
        .group_by(DailySale.day)
    )
    known = {row[0]: row for row in session.execute(statement)}
    days = (first + timedelta(days=place) for place in range((span[1] - first).days + 1))
    return [_day(day, known.get(day)) for day in days]


def _day(day: date, row: Any) -> dict[str, Any]:
    if row is None:
        return {"date": day, "sold": 0, "stock_end": None, "in_stock": True, "price": None}
    _, sold, revenue, stock_out, stock_end = row
    return {
        "date": day,
        "sold": int(sold),
        "stock_end": None if stock_end is None else int(stock_end),
        "in_stock": not stock_out,
        "price": round(revenue / sold, 4) if sold else None,
    }


def _latest_decisions(decisions: DecisionStore, subjects: list[str]) -> list[Any]:
    found = [
        summary
        for subject in subjects
        for summary in decisions.list(DecisionFilter(subject_id=subject), limit=_LATEST).items
    ]
    return sorted(found, key=lambda summary: str(summary.id), reverse=True)[:_LATEST]


def _forecast(decisions: DecisionStore, latest: list[Any]) -> dict[str, Any] | None:
    """The forecast behind the latest decision about this product, for the place that it was made for."""
    if not latest:
        return None
    decision = decisions.get(latest[0].id)
    items = decision.evidence.get("forecast") or []
    return {
        "version": decision.forecast_version,
        "level": decision.predicted.level,
        "subject": decision.subject.id,
        "items": items,
    }
