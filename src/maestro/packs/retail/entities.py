"""Retail tables: shop, product, location, supplier, stock, movement, purchase order, daily sale, import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from maestro.database import Base
from maestro.errors import PolicyError

_BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself


class Shop(Base):
    """The one shop that this database holds: name, currency, and choices made on the settings page."""

    __tablename__ = "retail_shop"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    language: Mapped[str] = mapped_column(String(2), default="en")
    simulated: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Location(Base):
    """A place that keeps stock: a shop floor or a warehouse."""

    __tablename__ = "retail_locations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Supplier(Base):
    """Who delivers: lead time in days from sending an order to receiving it, and the smallest order taken."""

    __tablename__ = "retail_suppliers"
    __table_args__ = (
        CheckConstraint(
            "lead_time_min_days >= 0 AND lead_time_min_days <= lead_time_mean_days"
            " AND lead_time_mean_days <= lead_time_max_days",
            name="lead_time",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    lead_time_min_days: Mapped[int] = mapped_column(default=5)
    lead_time_mean_days: Mapped[float] = mapped_column(default=8.5)
    lead_time_max_days: Mapped[int] = mapped_column(default=12)
    lead_time_samples_days: Mapped[list[Any]] = mapped_column(default=list)
    """Lead times seen so far, in days, oldest first; empty means uniform between the least and the most."""
    minimum_order_value: Mapped[float] = mapped_column(default=0.0)
    minimum_order_quantity: Mapped[int] = mapped_column(default=0)
    """Smallest number of pieces a line may have; 0 means none."""
    assumed: Mapped[bool] = mapped_column(default=False)
    """True while these terms are a default that nobody has confirmed."""


class Product(Base):
    """Something sold: price and cost a piece in the shop's currency, pieces a pack, and who supplies it."""

    __tablename__ = "retail_products"
    __table_args__ = (CheckConstraint("pack_size >= 1", name="pack_size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    name_ko: Mapped[str] = mapped_column(String(400), default="")
    """Korean name; empty means that there is only one name."""
    category: Mapped[str] = mapped_column(String(120), default="", index=True)
    price: Mapped[float] = mapped_column(default=0.0)
    unit_cost: Mapped[float] = mapped_column(default=0.0)
    unit_cost_assumed: Mapped[bool] = mapped_column(default=False)
    pack_size: Mapped[int] = mapped_column(default=1)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("retail_suppliers.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)

    supplier: Mapped[Supplier | None] = relationship()

    @property
    def words(self) -> dict[str, str]:
        """The name in both languages."""
        return {"en": self.name, "ko": self.name_ko or self.name}


class StockLevel(Base):
    """Stock of one product at one location now; on_hand is moved by the ledger alone and never below zero."""

    __tablename__ = "retail_stock"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("on_order >= 0", name="on_order"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("retail_products.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("retail_locations.id"), primary_key=True, index=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    on_order: Mapped[int] = mapped_column(default=0)
    """Pieces on approved and sent purchase orders that have not arrived."""
    sold_28d: Mapped[int] = mapped_column(default=0)
    """Pieces sold in the 28 days before the last closed day; see `stock.refresh_sold`."""
    target: Mapped[int | None]
    """Stock position that the replenishment agent last aimed at; None before its first look."""


class StockMovement(Base):
    """One line of the stock ledger: a signed number of pieces, and the balance after it. Never changed."""

    __tablename__ = "retail_movements"
    __table_args__ = (
        UniqueConstraint("key", "line"),
        Index("ix_retail_movements_place", "product_id", "location_id", "id"),
        Index("ix_retail_movements_at", "at"),
    )

    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("retail_products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("retail_locations.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """opening, receipt, sale, return, adjustment or transfer."""
    quantity: Mapped[int]
    balance: Mapped[int]
    at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(String(120), default="")
    """What it belongs to, for people: an order number, a receipt, a reason."""
    key: Mapped[str] = mapped_column(String(120))
    """Idempotency key: the same key is the same movement."""
    line: Mapped[int] = mapped_column(default=0)
    """Place among the lines recorded together under the key."""


class PurchaseOrder(Base):
    """An order to a supplier for one location: draft, approved, sent, received or cancelled."""

    __tablename__ = "retail_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Idempotency key: the same key is the same order; an order made for a decision carries its id."""
    supplier_id: Mapped[int] = mapped_column(ForeignKey("retail_suppliers.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("retail_locations.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    supplier: Mapped[Supplier] = relationship()
    location: Mapped[Location] = relationship()
    lines: Mapped[list[PurchaseOrderLine]] = relationship(
        back_populates="order", order_by="PurchaseOrderLine.id", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """The number that people and suppliers use: PO-000042."""
        return f"PO-{self.id:06d}"

    @property
    def total(self) -> float:
        """Cost of all its lines, in the shop's currency."""
        return sum(line.quantity * line.unit_cost for line in self.lines)

    @property
    def decision_ids(self) -> list[str]:
        """The decisions that asked for its lines, each once, in line order."""
        return list(dict.fromkeys(line.decision_id for line in self.lines if line.decision_id))


class PurchaseOrderLine(Base):
    """A product on a purchase order: pieces ordered, pieces received so far, cost a piece."""

    __tablename__ = "retail_order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("received >= 0 AND received <= quantity", name="received"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("retail_orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("retail_products.id"), index=True)
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    unit_cost: Mapped[float] = mapped_column(Float)
    decision_id: Mapped[str | None] = mapped_column(String(60), index=True)

    order: Mapped[PurchaseOrder] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()


class DailySale(Base):
    """What one product sold at one location on one day; a day without a row sold nothing and was in stock."""

    __tablename__ = "retail_daily_sales"
    __table_args__ = ({"sqlite_with_rowid": False},)

    product_id: Mapped[int] = mapped_column(ForeignKey("retail_products.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("retail_locations.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    quantity: Mapped[int] = mapped_column(default=0)
    revenue: Mapped[float] = mapped_column(default=0.0)
    stock_out: Mapped[bool] = mapped_column(default=False)
    """True when the shelf was empty for part of the day, so that demand may have been larger than sales."""
    stock_end: Mapped[int | None]
    """Pieces on hand at the end of the day; None where history came without stock."""


class SalesImport(Base):
    """One imported sales file: what it held and what became of every row."""

    __tablename__ = "retail_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(400))
    imported_at: Mapped[datetime]
    rows: Mapped[int]
    imported: Mapped[int]
    merged: Mapped[int]
    quarantined: Mapped[int]
    details: Mapped[dict[str, Any]]
    """Reasons with counts, days, columns, encoding and assumptions, as shown to a person."""
    quarantine_file: Mapped[str] = mapped_column(Text, default="")


class ImportedDay(Base):
    """Keys of all sales lines imported for one day: 16 bytes a line, sorted, so that none counts twice."""

    __tablename__ = "retail_imported_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    keys: Mapped[bytes] = mapped_column(LargeBinary)


def _refuse_change(_mapper: Mapper[Any], _connection: Connection, _target: Any) -> None:
    raise PolicyError(
        "A stock movement cannot be changed or deleted.", remedy="Record a movement that corrects it."
    )


event.listen(StockMovement, "before_update", _refuse_change)
event.listen(StockMovement, "before_delete", _refuse_change)
