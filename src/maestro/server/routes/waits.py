"""Wait routes: what runs wait for, such as a person's approval."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from maestro.engine.run import WaitInfo
from maestro.engine.words import Words
from maestro.server.engine_views import WaitView
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, cut
from maestro.server.permissions import viewer
from maestro.server.system import system_of

router = APIRouter(prefix="/waits", tags=["workflows"])


@router.get("", response_model=Page[WaitView], dependencies=[viewer])
async def list_waits(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Approvals and events that runs wait for, the oldest first."""
    waits = [wait for wait in await system_of(request).engine.waits() if wait.kind != "timer"]
    page = cut(waits, limit, cursor)
    return Json({**page, "items": [picture(wait) for wait in page["items"]]})


def picture(wait: WaitInfo) -> dict[str, Any]:
    """A wait as the API sends it; what is asked is in the language of whoever wrote the workflow."""
    words = Words(wait.words, wait.words) if wait.words else _plain(wait)
    return {
        "run_id": wait.run_id,
        "workflow": wait.workflow,
        "step": wait.step,
        "kind": wait.kind,
        "topic": wait.topic,
        "since": wait.since,
        "until": wait.until,
        "words": words.shape(),
    }


def _plain(wait: WaitInfo) -> Words:
    if wait.kind == "approval":
        return Words("A person is asked to approve.", "사람의 승인을 기다립니다.")
    return Words(f"It waits until “{wait.topic}” happens.", f"‘{wait.topic}’ 이벤트가 일어나기를 기다립니다.")
