"""Purchase order routes: list, receive and cancel."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.packs.retail import purchase_orders
from maestro.packs.retail.entities import PurchaseOrder
from maestro.packs.retail.serving import order_json
from maestro.server.accounts import Person
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import LARGEST_ID, Cursor, Limit, Page, RowId
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import OrderView

router = APIRouter(prefix="/orders", tags=["orders"], route_class=IdempotentRoute)

OrderStatus = Literal["draft", "approved", "sent", "received", "cancelled"]


class Delivery(BaseModel):
    """Pieces that arrived, by product id; left out means all that is missing."""

    model_config = ConfigDict(extra="forbid")
    quantities: dict[int, Annotated[int, Field(ge=0, le=1_000_000)]] | None = Field(None, max_length=500)


@router.get("", response_model=Page[OrderView], dependencies=[viewer])
def list_orders(
    request: Request,
    *,
    status: OrderStatus | None = None,
    supplier: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    product: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Orders, newest first."""
    with system_of(request).database.reader() as session:
        page = purchase_orders.list_orders(
            session, status=status, supplier_id=supplier, product_id=product, limit=limit, cursor=cursor
        )
        items = [order_json(order) for order in page.items]
    return Json({"items": items, "next_cursor": page.next_cursor, "total": page.total})


@router.post("/{order_id}/cancel", response_model=OrderView)
def cancel_order(request: Request, person: Manager, order_id: RowId) -> Response:
    """Cancel an order of which nothing has arrived."""
    system = system_of(request)
    with system.database.session() as session:
        order = purchase_orders.cancel(session, order_id, at=system.clock.now())
        body = order_json(order)
    return _done(request, person, "order.cancelled", order, body)


@router.post("/{order_id}/receive", response_model=OrderView)
def receive_order(
    request: Request, person: Manager, order_id: RowId, delivery: Delivery | None = None
) -> Response:
    """Put what arrived into stock."""
    system = system_of(request)
    quantities = delivery.quantities if delivery is not None else None
    with system.database.session() as session:
        order = purchase_orders.receive(session, order_id, at=system.clock.now(), quantities=quantities)
        body = order_json(order)
    return _done(request, person, "order.received", order, body)


def _done(
    request: Request, person: Person, action: str, order: PurchaseOrder, body: dict[str, object]
) -> Response:
    audited(request, person, action, order.number, {})
    system_of(request).events.announce("stock", {"order_id": order.id, "status": order.status})
    return Json(body)
