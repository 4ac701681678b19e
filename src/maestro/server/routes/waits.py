"""Wait routes: what runs wait for, such as a person's approval."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from maestro.engine.run import WaitInfo
from maestro.server.engine_views import WaitView
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, cut
from maestro.server.permissions import viewer
from maestro.server.system import system_of

router = APIRouter(prefix="/waits", tags=["workflows"])


@router.get("", response_model=Page[WaitView], dependencies=[viewer])
async def list_waits(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Approvals and events that runs wait for, the oldest first."""
    waits = sorted(await system_of(request).engine.waits(), key=lambda wait: (wait.since, wait.run_id))
    page = cut(waits, limit, cursor)
    return Json({**page, "items": [picture(wait) for wait in page["items"]]})


def picture(wait: WaitInfo) -> dict[str, Any]:
    """A wait as the API sends it."""
    return {
        "run_id": wait.run_id,
        "workflow": wait.workflow,
        "step": wait.step,
        "kind": wait.kind,
        "topic": wait.topic,
        "since": wait.since,
        "until": wait.until,
        "words": {"en": wait.words, "ko": wait.words},
    }
