"""Attention route: all that waits for a person, counted and listed once for every place that tells it."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from maestro.agents.decision_list import DecisionFilter
from maestro.server.engine_views import WaitView
from maestro.server.json_response import Json
from maestro.server.permissions import viewer
from maestro.server.routes.incidents import IncidentView
from maestro.server.routes.waits import picture
from maestro.server.system import System, system_of
from maestro.server.views import DecisionSummaryView

router = APIRouter(prefix="/attention", tags=["overview"])

SHOWN = 5
"""Of each kind, the most that are listed; the count tells of all."""


class DecisionsWaitingView(BaseModel):
    """Decisions beyond an agent's limits, the youngest first."""

    count: int
    items: list[DecisionSummaryView]


class ApprovalsWaitingView(BaseModel):
    """Approvals that runs wait for, the oldest first."""

    count: int
    items: list[WaitView]


class IncidentsWaitingView(BaseModel):
    """Incidents that recovery could not mend and nobody looks after yet, the oldest first."""

    count: int
    items: list[IncidentView]


class AttentionView(BaseModel):
    """What waits for a person; `total` is the sum of the counts."""

    total: int
    decisions: DecisionsWaitingView
    approvals: ApprovalsWaitingView
    incidents: IncidentsWaitingView


@router.get("", response_model=AttentionView, dependencies=[viewer])
async def read_attention(request: Request) -> Response:
    """Decisions, approvals and incidents that wait for a person: how many, and the first of each."""
    system = system_of(request)
    decisions, approvals, incidents = await asyncio.gather(
        run_in_threadpool(_decisions, system), _approvals(system), run_in_threadpool(_incidents, system)
    )
    total = decisions["count"] + approvals["count"] + incidents["count"]
    return Json({"total": total, "decisions": decisions, "approvals": approvals, "incidents": incidents})


def _decisions(system: System) -> dict[str, Any]:
    waiting = system.decisions.list(DecisionFilter(status=("waiting",)), limit=SHOWN)
    return {"count": waiting.total, "items": [summary.to_dict() for summary in waiting.items]}


async def _approvals(system: System) -> dict[str, Any]:
    asked = [wait for wait in await system.engine.waits() if wait.kind == "approval"]
    return {"count": len(asked), "items": [picture(wait) for wait in asked[:SHOWN]]}


def _incidents(system: System) -> dict[str, Any]:
    calling = [each for each in system.recovery.incidents.unresolved() if each.calls_person]
    return {"count": len(calling), "items": [each.to_dict() for each in calling[:SHOWN]]}
