"""Overview route: what agents did, what it was worth and how stock stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from maestro.packs.retail.overview import overview
from maestro.server.json_response import Json
from maestro.server.permissions import viewer
from maestro.server.routes.agents import agent_summaries
from maestro.server.routes.clock import ClockView, picture_of_time
from maestro.server.system import System, system_of
from maestro.server.views import AgentSummaryView, DecisionSummaryView, Words

router = APIRouter(tags=["overview"])

RECENT_SHOWN = 8


class ShopView(BaseModel):
    """The shop."""

    name: str
    currency: str
    simulated: bool
    started_at: datetime


class GainView(BaseModel):
    """A gain with its 80 % interval; the interval is null before there are three whole weeks."""

    mean: float
    low: float | None
    high: float | None
    unit: str


class WorthDayView(BaseModel):
    """Profit so far with the agents and without them."""

    date: date
    with_agents: float
    without_agents: float


class WorthView(BaseModel):
    """What the agents were worth."""

    gain: GainView
    method: Literal["common_random_numbers", "holdout"]
    since: date | None
    decisions_measured: int
    weeks: int
    confidence: Words
    series: list[WorthDayView]


class DayCount(BaseModel):
    """Decisions executed on a day."""

    date: date
    count: int


class DidView(BaseModel):
    """What became of decisions."""

    executed: int
    shadowed: int
    blocked: int
    approved_by_person: int
    by_day: list[DayCount]


class StockHealthView(BaseModel):
    """Stock lines by health, and the money in them; `fill_rate` is known only in a simulated shop."""

    products: int
    places: int
    healthy: int
    low: int
    out: int
    overstock: int
    value: float
    on_order_value: float
    fill_rate: float | None


class OverviewView(BaseModel):
    """The first page."""

    shop: ShopView
    clock: ClockView
    worth: WorthView
    did: DidView
    stock: StockHealthView
    agents: list[AgentSummaryView]
    recent: list[DecisionSummaryView]


@router.get("/overview", response_model=OverviewView, dependencies=[viewer])
def read_overview(request: Request) -> Response:
    """Everything the first page shows."""
    system = system_of(request)
    return Json(request.app.state.snapshots.get("overview", lambda: to_json(_overview(system))))


def _overview(system: System) -> dict[str, Any]:
    with system.database.reader() as session:
        page = overview(session)
    recent = system.decisions.list(limit=RECENT_SHOWN)
    return page | {
        "clock": picture_of_time(system),
        "agents": agent_summaries(system),
        "recent": [summary.to_dict() for summary in recent.items],
    }
