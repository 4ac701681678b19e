"""Product route: everything about one product on one page."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from maestro.packs.retail.product_page import product_page
from maestro.server.json_response import Json
from maestro.server.pages import RowId
from maestro.server.permissions import viewer
from maestro.server.system import system_of
from maestro.server.views import (
    DecisionSummaryView,
    ForecastDayView,
    MovementView,
    OrderView,
    StockRowView,
    SupplierView,
    Words,
)

router = APIRouter(prefix="/products", tags=["stock"])


class ProductView(BaseModel):
    """What is sold."""

    id: int
    sku: str
    name: Words
    category: str
    price: float
    unit_cost: float
    active: bool
    supplier: SupplierView | None


class SoldDayView(BaseModel):
    """A day of sales, all locations together; `price` is what a piece brought on average."""

    date: date
    sold: int
    stock_end: int | None
    in_stock: bool
    price: float | None


class ForecastView(BaseModel):
    """The forecast behind the latest decision about the product; `subject` is the place it was made for."""

    version: str
    level: float
    subject: str
    items: list[ForecastDayView]


class ProductPageView(BaseModel):
    """One product with its stock, sales, forecast, orders, decisions and ledger."""

    product: ProductView
    locations: list[StockRowView]
    history: list[SoldDayView]
    forecast: ForecastView | None
    orders: list[OrderView]
    decisions: list[DecisionSummaryView]
    movements: list[MovementView]


@router.get("/{product_id}", response_model=ProductPageView, dependencies=[viewer])
def read_product(request: Request, product_id: RowId) -> Response:
    """The page of one product."""
    system = system_of(request)
    return Json(product_page(system.database, system.decisions, product_id))
