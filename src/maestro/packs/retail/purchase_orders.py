"""Purchase orders: draft, approved, sent, received or cancelled; receiving writes the stock ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.packs.retail import ledger
from maestro.packs.retail.entities import (
    Location,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    StockLevel,
    StockMovement,
    Supplier,
)
from maestro.packs.retail.ledger import Kind, Line, ensure_level

_LEAD_TIMES_KEPT = 200


class Status(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    CANCELLED = "cancelled"


_UNDER_WAY = (Status.APPROVED, Status.SENT)


@dataclass(frozen=True)
class OrderLine:
    """Pieces of one product to order, their cost a piece, and the decision that asks for them."""

    product_id: int
    quantity: int
    unit_cost: float
    decision_id: str | None = None


def create(
    session: Session,
    *,
    supplier_id: int,
    location_id: int,
    lines: Sequence[OrderLine],
    key: str,
    at: datetime,
) -> PurchaseOrder:
    """Write a draft order; the same key again returns the order of the first time.

    Args:
        lines: at least one, one a product.
        key: idempotency key, at most 120 characters; the decision's id where a decision asks for the order.
        at: the moment of writing, aware.

    Raises:
        InputError: no line, a quantity below one, a product twice, an unknown supplier, location or product.
        ConflictError: the key was used for another order.
    """
    _check_lines(lines)
    before = _by_key(session, key)
    if before is None:
        _check_names(session, supplier_id, location_id, lines)
        order = PurchaseOrder(
            key=key,
            supplier_id=supplier_id,
            location_id=location_id,
            status=Status.DRAFT.value,
            created_at=at,
        )
        order.lines = [
            PurchaseOrderLine(
                product_id=line.product_id,
                quantity=line.quantity,
                unit_cost=line.unit_cost,
                decision_id=line.decision_id,
            )
            for line in lines
        ]
        try:
            with session.begin_nested():
                session.add(order)
            return order
        except IntegrityError:
            # On PostgreSQL another connection can use the key between our look and our insert.
            before = _by_key(session, key)
            if before is None:
                raise
    was = [(line.product_id, line.quantity) for line in before.lines]
    if (before.supplier_id, before.location_id, was) != (
        supplier_id,
        location_id,
        [(line.product_id, line.quantity) for line in lines],
    ):
        raise ConflictError(
            f"The key {key} was already used for order {before.number}; nothing was ordered.",
            remedy="Use a new key for a new order.",
        )
    return before


def approve(session: Session, order_id: int, *, at: datetime) -> PurchaseOrder:
    """Draft -> approved: from now on its pieces count as on order."""
    order = get_locked(session, order_id)
    _require(order, "approved", Status.DRAFT)
    order.status, order.approved_at = Status.APPROVED.value, at
    for line in order.lines:
        _change_on_order(session, order, line.product_id, line.quantity)
    session.flush()
    return order


def send(
    session: Session, order_id: int, *, at: datetime, expected_at: datetime | None = None
) -> PurchaseOrder:
    """Approved -> sent; expected after the supplier's mean lead time unless told otherwise.

    Raises:
        ConflictError: the order is not approved.
        NotFoundError: there is no such order.
    """
    order = get_locked(session, order_id)
    _require(order, "sent", Status.APPROVED)
    order.status, order.sent_at = Status.SENT.value, at
    order.expected_at = expected_at or at + timedelta(days=order.supplier.lead_time_mean_days)
    session.flush()
    return order


def receive(
    session: Session,
    order_id: int,
    *,
    at: datetime,
    quantities: Mapping[int, int] | None = None,
    key: str = "",
) -> PurchaseOrder:
    """Put a delivery into stock; the order is received once every piece has arrived.

    Args:
        quantities: pieces delivered by product id; None means all that is still missing.
        key: idempotency key of the delivery; repeated, it changes nothing; empty: each call is a new one.

    Raises:
        ConflictError: the order was not sent, or more arrives than is missing.
        InputError: the delivery is empty.
        NotFoundError: there is no such order.
    """
    order = get_locked(session, order_id)
    movement_key = f"order:{order.id}:{key or sum(line.received for line in order.lines)}"
    if key and session.scalar(select(StockMovement.id).where(StockMovement.key == movement_key).limit(1)):
        return order
    _require(order, "received", Status.SENT)
    missing = {line.product_id: line.quantity - line.received for line in order.lines}
    arriving = {
        product: pieces
        for product, pieces in (missing if quantities is None else quantities).items()
        if pieces
    }
    for product, pieces in arriving.items():
        if not 0 < pieces <= missing.get(product, 0):
            raise ConflictError(
                f"{pieces} pieces of product {product} arrive on order {order.number}, "
                f"{missing.get(product, 0)} are missing; nothing was received.",
                remedy="Receive at most what is missing, and book the rest as an adjustment.",
            )
    movements = [Line(product, order.location_id, pieces) for product, pieces in arriving.items()]
    ledger.record(session, Kind.RECEIPT, movements, key=movement_key, at=at, reference=order.number)
    for line in order.lines:
        pieces = arriving.get(line.product_id, 0)
        if pieces:
            line.received += pieces
            _change_on_order(session, order, line.product_id, -pieces)
    if all(line.received == line.quantity for line in order.lines):
        order.status, order.received_at = Status.RECEIVED.value, at
        _learn_lead_time(order, at)
    session.flush()
    return order


def cancel(session: Session, order_id: int, *, at: datetime) -> PurchaseOrder:
    """Draft, approved or sent -> cancelled, as long as nothing has arrived. Cancelling twice changes nothing.

    Raises:
        ConflictError: pieces have arrived already.
        NotFoundError: there is no such order.
    """
    order = get_locked(session, order_id)
    if order.status == Status.CANCELLED:
        return order
    _require(order, "cancelled", Status.DRAFT, *_UNDER_WAY)
    if any(line.received for line in order.lines):
        raise ConflictError(
            f"Order {order.number} has partly arrived and cannot be cancelled.",
            remedy="Receive what arrives, or send pieces back with an adjustment.",
        )
    if order.status in _UNDER_WAY:
        for line in order.lines:
            _change_on_order(session, order, line.product_id, -line.quantity)
    order.status, order.cancelled_at = Status.CANCELLED.value, at
    session.flush()
    return order


def for_decision(session: Session, decision_id: str) -> list[PurchaseOrder]:
    """The orders that a decision asked for, oldest first."""
    statement = (
        select(PurchaseOrder)
        .where(PurchaseOrder.lines.any(PurchaseOrderLine.decision_id == decision_id))
        .order_by(PurchaseOrder.id)
    )
    return list(session.scalars(_with_parts(statement)))


def under_way(session: Session) -> list[PurchaseOrder]:
    """Approved and sent orders that have not fully arrived, oldest first."""
    statement = select(PurchaseOrder).where(PurchaseOrder.status.in_([status.value for status in _UNDER_WAY]))
    return list(session.scalars(_with_parts(statement.order_by(PurchaseOrder.id))))


@dataclass(frozen=True)
class OrderPage:
    """One page of orders, newest first; `next_cursor` is None on the last page."""

    items: list[PurchaseOrder]
    next_cursor: str | None
    total: int


def list_orders(
    session: Session,
    *,
    status: str | None = None,
    supplier_id: int | None = None,
    product_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> OrderPage:
    """Orders, newest first.

    Raises:
        InputError: the status or the cursor is not one.
    """
    conditions = []
    if status is not None:
        if status not in set(Status):
            raise InputError(
                f"{status} is not a status of an order.", remedy=f"Use one of {', '.join(Status)}."
            )
        conditions.append(PurchaseOrder.status == status)
    if supplier_id is not None:
        conditions.append(PurchaseOrder.supplier_id == supplier_id)
    if product_id is not None:
        conditions.append(PurchaseOrder.lines.any(PurchaseOrderLine.product_id == product_id))
    total = session.scalar(select(func.count()).select_from(PurchaseOrder).where(*conditions)) or 0
    if cursor is not None:
        if not cursor.isdecimal() or len(cursor) > 15:
            raise InputError("The cursor is not valid.", remedy="Start again without a cursor.")
        conditions.append(PurchaseOrder.id < int(cursor))
    statement = select(PurchaseOrder).where(*conditions).order_by(PurchaseOrder.id.desc()).limit(limit + 1)
    found = list(session.scalars(_with_parts(statement)))
    more = len(found) > limit
    return OrderPage(found[:limit], str(found[limit - 1].id) if more else None, total)


def get_locked(session: Session, order_id: int) -> PurchaseOrder:
    """The order, held so that no other transaction can move it meanwhile.

    Raises:
        NotFoundError: there is no such order.
    """
    order = session.get(PurchaseOrder, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise NotFoundError(
            f"There is no purchase order {order_id}.", remedy="Look it up in the list of orders."
        )
    return order


def _with_parts(statement: Select[PurchaseOrder]) -> Select[PurchaseOrder]:
    return statement.options(
        selectinload(PurchaseOrder.lines).joinedload(PurchaseOrderLine.product),
        joinedload(PurchaseOrder.supplier),
        joinedload(PurchaseOrder.location),
    )


def _by_key(session: Session, key: str) -> PurchaseOrder | None:
    return session.scalar(select(PurchaseOrder).where(PurchaseOrder.key == key))


def _check_lines(lines: Sequence[OrderLine]) -> None:
    if not lines:
        raise InputError("An order needs at least one line.", remedy="Say what to order.")
    if len({line.product_id for line in lines}) != len(lines):
        raise InputError("An order names a product twice.", remedy="Add the two quantities into one line.")
    for line in lines:
        if line.quantity < 1 or line.unit_cost < 0:
            raise InputError(
                f"{line.quantity} pieces at {line.unit_cost} cannot be ordered.",
                remedy="Order at least one piece at a cost that is not negative.",
            )


def _check_names(session: Session, supplier_id: int, location_id: int, lines: Sequence[OrderLine]) -> None:
    if session.get(Supplier, supplier_id) is None:
        raise InputError(f"There is no supplier {supplier_id}.", remedy="Create the supplier first.")
    if session.get(Location, location_id) is None:
        raise InputError(f"There is no location {location_id}.", remedy="Create the location first.")
    for line in lines:
        if session.get(Product, line.product_id) is None:
            raise InputError(f"There is no product {line.product_id}.", remedy="Create the product first.")


def _require(order: PurchaseOrder, wanted: str, *allowed: Status) -> None:
    if order.status not in allowed:
        raise ConflictError(
            f"Order {order.number} is {order.status} and cannot be {wanted}.",
            remedy=f"Only an order that is {' or '.join(allowed)} can be {wanted}.",
        )


def _change_on_order(session: Session, order: PurchaseOrder, product_id: int, pieces: int) -> None:
    if pieces > 0:
        ensure_level(session, product_id, order.location_id)
    session.execute(
        update(StockLevel)
        .where(StockLevel.product_id == product_id, StockLevel.location_id == order.location_id)
        .values(on_order=StockLevel.on_order + pieces)
        .execution_options(synchronize_session=False)
    )


def _learn_lead_time(order: PurchaseOrder, at: datetime) -> None:
    if order.sent_at is None:
        return
    days = max(0, (at.date() - order.sent_at.date()).days)
    kept = [*order.supplier.lead_time_samples_days, days]
    order.supplier.lead_time_samples_days = kept[-_LEAD_TIMES_KEPT:]
