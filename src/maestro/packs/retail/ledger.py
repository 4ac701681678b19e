"""Stock ledger: append-only movements that change stock with one conditional update, never below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.packs.retail.entities import Location, Product, StockLevel, StockMovement


class Kind(StrEnum):
    """Why stock moved."""

    OPENING = "opening"
    RECEIPT = "receipt"
    SALE = "sale"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"


_OUTGOING = {Kind.SALE}
_INCOMING = {Kind.OPENING, Kind.RECEIPT, Kind.RETURN}


@dataclass(frozen=True)
class Line:
    """A signed number of pieces of one product at one location: positive arrives, negative leaves."""

    product_id: int
    location_id: int
    quantity: int


def record(
    session: Session, kind: Kind, lines: Sequence[Line], *, key: str, at: datetime, reference: str = ""
) -> list[StockMovement]:
    """Move stock: all lines or none; the same key again returns the movements of the first time.

    Lines are worked on in one fixed order, so that two calls over the same products never deadlock.

    Args:
        kind: why stock moves; a sale may only take away, a receipt or a return only add.
        lines: what moves; a product and location may appear in several lines.
        key: idempotency key, at most 120 characters.
        at: the moment of the movement, aware.
        reference: what it belongs to, in words a person reads.

    Raises:
        ConflictError: a line would bring stock below zero, or the key was used for other lines.
        InputError: no line, a quantity of zero, or a sign that the kind does not allow.
        NotFoundError: the product or the location does not exist.
    """
    _check(kind, lines)
    before = _recorded(session, key)
    if before:
        return _same(before, kind, lines, key)
    try:
        with session.begin_nested():
            balances = _move(session, lines)
            rows = _rows(kind, lines, balances, key=key, at=at, reference=reference)
            session.execute(insert(StockMovement), rows)
    except IntegrityError:
        # On PostgreSQL another connection can record the key between our look and our insert.
        before = _recorded(session, key)
        if not before:
            raise
        return _same(before, kind, lines, key)
    return _recorded(session, key)


def transfer(
    session: Session,
    product_id: int,
    *,
    source_id: int,
    destination_id: int,
    quantity: int,
    key: str,
    at: datetime,
    reference: str = "",
) -> list[StockMovement]:
    """Move `quantity` > 0 pieces from one location to another, in one step; raises as `record` does."""
    if quantity <= 0 or source_id == destination_id:
        raise InputError(
            "A transfer needs a positive quantity and two different locations.",
            remedy="Name both locations and how many pieces move.",
        )
    lines = (Line(product_id, source_id, -quantity), Line(product_id, destination_id, quantity))
    return record(session, Kind.TRANSFER, lines, key=key, at=at, reference=reference)


def open_places(
    session: Session, lines: Sequence[Line], *, key: str, at: datetime, reference: str = ""
) -> None:
    """Begin to keep many products at once, each with an opening stock that may be zero.

    Args:
        lines: places that are not kept yet, each once, with a quantity of zero or more.
        key: idempotency key of the movements; must be new.
    """
    if not lines:
        return
    levels = [
        {
            "product_id": line.product_id,
            "location_id": line.location_id,
            "on_hand": line.quantity,
            "on_order": 0,
            "sold_28d": 0,
        }
        for line in lines
    ]
    session.execute(insert(StockLevel), levels)
    opened = [line for line in lines if line.quantity]
    if opened:
        balances = [line.quantity for line in opened]
        rows = _rows(Kind.OPENING, opened, balances, key=key, at=at, reference=reference)
        session.execute(insert(StockMovement), rows)


def on_hand(session: Session, product_id: int, location_id: int) -> int:
    """Pieces there now; 0 where the product was never kept."""
    statement = select(StockLevel.on_hand).where(
        StockLevel.product_id == product_id, StockLevel.location_id == location_id
    )
    return session.scalar(statement) or 0


def movements(
    session: Session, product_id: int, *, location_id: int | None = None, limit: int = 100
) -> list[StockMovement]:
    """The latest movements of a product, newest first."""
    statement = select(StockMovement).where(StockMovement.product_id == product_id)
    if location_id is not None:
        statement = statement.where(StockMovement.location_id == location_id)
    return list(session.scalars(statement.order_by(StockMovement.id.desc()).limit(limit)))


def discrepancies(session: Session) -> list[tuple[int, int, int, int]]:
    """Places where stock is not the sum of its movements: (product, location, on hand, sum)."""
    total = func.coalesce(func.sum(StockMovement.quantity), 0)
    statement = (
        select(StockLevel.product_id, StockLevel.location_id, StockLevel.on_hand, total)
        .outerjoin(
            StockMovement,
            (StockMovement.product_id == StockLevel.product_id)
            & (StockMovement.location_id == StockLevel.location_id),
        )
        .group_by(StockLevel.product_id, StockLevel.location_id, StockLevel.on_hand)
        .having(StockLevel.on_hand != total)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in session.execute(statement)]


def ensure_level(session: Session, product_id: int, location_id: int) -> None:
    """Begin to keep a product at a location, at zero; nothing happens where it is kept already.

    Raises:
        NotFoundError: the product or the location does not exist.
    """
    if session.get(Product, product_id) is None or session.get(Location, location_id) is None:
        raise NotFoundError(
            f"There is no product {product_id} or no location {location_id}.",
            remedy="Create both before stock moves.",
        )
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(StockLevel).values(
        product_id=product_id, location_id=location_id, on_hand=0, on_order=0, sold_28d=0
    )
    session.execute(statement.on_conflict_do_nothing())


def _check(kind: Kind, lines: Sequence[Line]) -> None:
    if not lines:
        raise InputError("A stock movement needs at least one line.", remedy="Say what moves.")
    for line in lines:
        wrong = (kind in _OUTGOING and line.quantity > 0) or (kind in _INCOMING and line.quantity < 0)
        if line.quantity == 0 or wrong:
            raise InputError(
                f"A {kind.value} of {line.quantity} pieces is not possible.",
                remedy="A sale takes away, a receipt or a return adds; zero moves nothing.",
            )


def _rows(
    kind: Kind, lines: Sequence[Line], balances: Sequence[int], *, key: str, at: datetime, reference: str
) -> list[dict[str, object]]:
    return [
        {
            "product_id": line.product_id,
            "location_id": line.location_id,
            "kind": kind.value,
            "quantity": line.quantity,
            "balance": balance,
            "at": at,
            "reference": reference,
            "key": key,
            "line": index,
        }
        for index, (line, balance) in enumerate(zip(lines, balances, strict=True))
    ]


def _recorded(session: Session, key: str) -> list[StockMovement]:
    statement = select(StockMovement).where(StockMovement.key == key).order_by(StockMovement.line)
    return list(session.scalars(statement))


def _same(before: list[StockMovement], kind: Kind, lines: Sequence[Line], key: str) -> list[StockMovement]:
    was = [(row.kind, row.product_id, row.location_id, row.quantity) for row in before]
    wanted = [(kind.value, line.product_id, line.location_id, line.quantity) for line in lines]
    if was != wanted:
        raise ConflictError(
            f"The key {key} was already used for another stock movement; nothing was changed.",
            remedy="Use a new key for a new movement.",
        )
    return before


def _move(session: Session, lines: Sequence[Line]) -> list[int]:
    balances = [0] * len(lines)
    order = sorted(range(len(lines)), key=lambda i: (lines[i].product_id, lines[i].location_id, i))
    for index in order:
        balances[index] = _move_one(session, lines[index])
    return balances


def _move_one(session: Session, line: Line) -> int:
    changed = _conditional_update(session, line)
    if changed is None and line.quantity > 0:
        ensure_level(session, line.product_id, line.location_id)
        changed = _conditional_update(session, line)
    if changed is None:
        there = on_hand(session, line.product_id, line.location_id)
        raise ConflictError(
            f"Not enough stock: {-line.quantity} pieces of product {line.product_id} are wanted at location "
            f"{line.location_id}, {there} are there; nothing was changed.",
            remedy="Take at most what is there, or receive stock first.",
        )
    return changed


def _conditional_update(session: Session, line: Line) -> int | None:
    statement = (
        update(StockLevel)
        .where(
            StockLevel.product_id == line.product_id,
            StockLevel.location_id == line.location_id,
            StockLevel.on_hand + line.quantity >= 0,
        )
        .values(on_hand=StockLevel.on_hand + line.quantity)
        .returning(StockLevel.on_hand)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(statement).one_or_none()
