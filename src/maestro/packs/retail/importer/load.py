"""Import loading: writes products, locations, daily sales and opening stock in one transaction."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Select, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from maestro.errors import ConflictError, InputError
from maestro.packs.retail import ledger, stock
from maestro.packs.retail.entities import (
    DailySale,
    ImportedDay,
    Location,
    Product,
    SalesImport,
    Shop,
    Supplier,
)
from maestro.packs.retail.entities import StockLevel as Level
from maestro.packs.retail.importer.options import ImportOptions
from maestro.packs.retail.ledger import Line

ASSUMED_COST_SHARE = 0.6
"""Unit cost as a share of the median price, until somebody says better."""
ASSUMED_SUPPLIER = "DEFAULT"

_BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Loaded:
    """What loading created."""

    products_created: int
    locations_created: int


def check_shop(session: Session, options: ImportOptions) -> None:
    """Refuse a database that real sales must not go into, before any work is done.

    Raises:
        InputError: it holds a simulated shop, or the supplier named in the options is unknown.
    """
    if session.scalar(select(Shop.id).where(Shop.simulated).limit(1)) is not None:
        raise InputError(
            "This database holds a simulated shop; real sales would mix with invented ones.",
            remedy="Choose another data folder with MAESTRO_DATA_DIR for your own shop.",
        )
    if options.supplier and _supplier_id(session, options.supplier) is None:
        raise InputError(
            f"There is no supplier {options.supplier}.", remedy="Create the supplier first, or leave it out."
        )


def last_import_id(session: Session) -> int:
    """Number of the latest import; 0 before the first."""
    return session.scalar(select(func.max(SalesImport.id))) or 0


def claim(session: Session, last_seen: int) -> None:
    """Keep other imports out until this transaction ends.

    Raises:
        ConflictError: another import finished since `last_seen`, so what was read no longer holds.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE retail_imports IN EXCLUSIVE MODE"))
    if last_import_id(session) != last_seen:
        raise ConflictError(
            "Another import finished meanwhile; nothing was imported.", remedy="Run the import again."
        )


def load(
    session: Session,
    *,
    products: pl.DataFrame,
    daily: pl.DataFrame,
    keys: Iterable[tuple[int, bytes]],
    options: ImportOptions,
    reference: str,
    now: datetime,
) -> Loaded:
    """Write what a file brought.

    Args:
        products: sku, name and price of every product in the file.
        daily: sku, location, day, quantity and revenue to add to daily sales.
        keys: day (days since 1970) and all its line keys.
        reference: what opening stock refers to.
        now: the moment of the import.
    """
    if session.scalar(select(Shop.id).limit(1)) is None:
        session.add(Shop(name=options.shop_name, currency=options.currency, simulated=False, started_at=now))
    products_created = _add_products(session, products, options)
    locations_created = _add_locations(session, daily["location"].unique().sort())
    rows = (
        daily.join(_ids(session, select(Product.sku, Product.id), "sku", "product_id"), on="sku")
        .join(_ids(session, select(Location.code, Location.id), "location", "location_id"), on="location")
        .select("product_id", "location_id", "day", "quantity", pl.col("revenue").round(4))
        .sort("product_id", "location_id", "day")
    )
    _add_daily(session, rows)
    _store_keys(session, keys)
    _open_places(session, rows, options, reference, now)
    return Loaded(products_created, locations_created)


def _ids(session: Session, statement: Select[str, int], code: str, number: str) -> pl.DataFrame:
    rows = [tuple(row) for row in session.execute(statement)]
    return pl.DataFrame(rows, schema={code: pl.String, number: pl.Int64}, orient="row")


def _supplier_id(session: Session, code: str) -> int | None:
    return session.scalar(select(Supplier.id).where(Supplier.code == code))


def _assumed_supplier(session: Session) -> int:
    found = _supplier_id(session, ASSUMED_SUPPLIER)
    if found is not None:
        return found
    supplier = Supplier(code=ASSUMED_SUPPLIER, name="Default supplier", assumed=True)
    session.add(supplier)
    session.flush()
    return supplier.id


def _add_products(session: Session, products: pl.DataFrame, options: ImportOptions) -> int:
    there = set(session.scalars(select(Product.sku)))
    named = _supplier_id(session, options.supplier) if options.supplier else None
    supplier_id = named or _assumed_supplier(session)
    rows = [
        {
            "sku": sku,
            "name": name[:400],
            "price": round(price, 4),
            "unit_cost": round(price * ASSUMED_COST_SHARE, 4),
            "unit_cost_assumed": True,
            "supplier_id": supplier_id,
        }
        for sku, name, price in products.select("sku", "name", "price").iter_rows()
        if sku not in there
    ]
    if rows:
        session.execute(insert(Product), rows)
    return len(rows)


def _add_locations(session: Session, codes: pl.Series) -> int:
    there = set(session.scalars(select(Location.code)))
    rows = [
        {"code": code, "name": code.capitalize() if code.isupper() else code}
        for code in codes
        if code not in there
    ]
    if rows:
        session.execute(insert(Location), rows)
    return len(rows)


_ADD_DAILY = """
    INSERT INTO retail_daily_sales (product_id, location_id, day, quantity, revenue, stock_out)
    {source}
    ON CONFLICT (product_id, location_id, day) DO UPDATE SET
        quantity = retail_daily_sales.quantity + excluded.quantity,
        revenue = retail_daily_sales.revenue + excluded.revenue
"""


def _add_daily(session: Session, rows: pl.DataFrame) -> None:
    """The quickest way in that each driver offers: many rows to one prepared statement, or COPY."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE new_sales (product_id integer, location_id integer, day date,"
            " quantity integer, revenue double precision) ON COMMIT DROP"
        )
        cursor: Any = connection.connection.cursor()
        with cursor.copy("COPY new_sales FROM STDIN (FORMAT csv)") as copy:
            for part in rows.iter_slices(_BATCH_ROWS):
                copy.write(part.write_csv(include_header=False))
        source = "SELECT product_id, location_id, day, quantity, revenue, FALSE FROM new_sales"
        connection.exec_driver_sql(_ADD_DAILY.format(source=source))
        return
    statement = _ADD_DAILY.format(source="VALUES (?, ?, ?, ?, ?, 0)")
    for part in rows.with_columns(pl.col("day").cast(pl.String)).iter_slices(_BATCH_ROWS):
        connection.exec_driver_sql(statement, part.rows())


def _store_keys(session: Session, keys: Iterable[tuple[int, bytes]]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(ImportedDay)
    statement = statement.on_conflict_do_update(
        index_elements=["day"], set_={"keys": statement.excluded["keys"]}
    )
    for day, content in keys:
        session.execute(statement, {"day": date(1970, 1, 1) + timedelta(days=day), "keys": content})


def _open_places(
    session: Session, rows: pl.DataFrame, options: ImportOptions, reference: str, now: datetime
) -> None:
    last_day = session.scalar(select(func.max(DailySale.day)))
    if last_day is None:
        return
    since = last_day - timedelta(days=stock.SALES_DAYS)
    recent = {
        (product, location): int(pieces)
        for product, location, pieces in session.execute(
            select(DailySale.product_id, DailySale.location_id, func.sum(DailySale.quantity))
            .where(DailySale.day > since)
            .group_by(DailySale.product_id, DailySale.location_id)
        )
    }
    kept = {
        (product, location)
        for product, location in session.execute(select(Level.product_id, Level.location_id))
    }
    days_of_sales = options.opening_stock_days / stock.SALES_DAYS
    lines = [
        Line(product, location, math.ceil(recent.get((product, location), 0) * days_of_sales))
        for product, location in rows.select("product_id", "location_id")
        .unique(maintain_order=True)
        .iter_rows()
        if (product, location) not in kept
    ]
    ledger.open_places(session, lines, key=reference, at=now, reference=reference)
    stock.refresh_sold(session, last_day)
