"""Stock routes: the stock table, adjustments and sales; no write can bring stock below zero."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.packs.retail import ledger
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.serving import movement_json, stock_row_json
from maestro.packs.retail.stock import stock_page
from maestro.server.idempotency import LONGEST_KEY, IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import LARGEST_ID, Cursor, Limit, Page, Search, Sort
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import HealthWord, MovementView, StockRowView

router = APIRouter(prefix="/stock", tags=["stock"], route_class=IdempotentRoute)

RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Pieces = Annotated[int, Field(ge=1, le=1_000_000)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)]


class Adjustment(BaseModel):
    """A correction of what is on hand: positive adds, negative takes away."""

    model_config = ConfigDict(extra="forbid")
    product_id: RowId
    location_id: RowId
    quantity: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    reason: str = Field(min_length=1, max_length=120)


class Sale(BaseModel):
    """Pieces that a customer takes."""

    model_config = ConfigDict(extra="forbid")
    product_id: RowId
    location_id: RowId
    quantity: Pieces
    reference: str = Field("", max_length=120)


@router.get("", response_model=Page[StockRowView], dependencies=[viewer])
def list_stock(
    request: Request,
    *,
    q: Search = "",
    health: HealthWord | None = None,
    location: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    sort: Sort = "sku",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Every product at every location, a page at a time."""
    with system_of(request).database.reader() as session:
        page = stock_page(
            session, q=q, health=health, location_id=location, sort=sort, limit=limit, cursor=cursor
        )
    items = [stock_row_json(row) for row in page.items]
    return Json({"items": items, "next_cursor": page.next_cursor, "total": page.total})


@router.post("/adjust", response_model=StockRowView)
def adjust_stock(request: Request, person: Manager, body: Adjustment, key: Key = None) -> Response:
    """Correct what is on hand; 409 when it would fall below zero."""
    system = system_of(request)
    line = Line(body.product_id, body.location_id, body.quantity)
    with system.database.session() as session:
        ledger.record(
            session,
            Kind.ADJUSTMENT,
            [line],
            key=f"adjust:{person.id}:{key or secrets.token_hex(16)}",
            at=system.clock.now(),
            reference=body.reason,
        )
        rows = stock_page(session, product_id=body.product_id, location_id=body.location_id, limit=1).items
    audited(request, person, "stock.adjusted", f"product:{body.product_id}", body.model_dump())
    _announce(request, body.product_id, body.location_id, rows[0].on_hand if rows else None)
    return Json(stock_row_json(rows[0])) if rows else Response(status_code=204)


@router.post("/sell", response_model=MovementView)
def sell(request: Request, person: Manager, body: Sale, key: Key = None) -> Response:
    """Sell from stock; 409 when not enough is there. The same Idempotency-Key sells once."""
    system = system_of(request)
    with system.database.session() as session:
        movements = ledger.record(
            session,
            Kind.SALE,
            [Line(body.product_id, body.location_id, -body.quantity)],
            key=f"sale:{person.id}:{key or secrets.token_hex(16)}",
            at=system.clock.now(),
            reference=body.reference,
        )
    _announce(request, body.product_id, body.location_id, movements[0].balance)
    return Json(movement_json(movements[0]))


def _announce(request: Request, product_id: int, location_id: int, on_hand: int | None) -> None:
    data = {"product_id": product_id, "location_id": location_id, "on_hand": on_hand}
    system_of(request).events.announce("stock", data)
