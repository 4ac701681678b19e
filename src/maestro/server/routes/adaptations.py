"""Adaptation routes: what workflows have learned to do differently, with its measured gain; reverting it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, read_offset, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(prefix="/adaptations", tags=["adaptations"], route_class=IdempotentRoute)

AdaptationId = Annotated[str, Path(max_length=100)]


class AdaptationView(BaseModel):
    """Something done differently, such as 40 items in one chunk instead of 10.

    `gain` is a share of the pace, or of the starts where failures were avoided; null until it is measured.
    """

    id: str
    workflow: str
    step: str
    what: Words
    at: datetime
    before: float | str
    after: float | str
    gain: float | None
    state: Literal["trial", "kept", "reverted"]
    runs: int
    by: str


@router.get("", response_model=Page[AdaptationView], dependencies=[viewer])
def list_adaptations(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Adaptations, newest first."""
    store = system_of(request).adaptation.store
    offset, total = read_offset(cursor), store.count()
    items = [each.shape() for each in store.list(limit=limit, offset=offset)]
    following = write_cursor(offset + limit) if offset + limit < total else None
    return Json({"items": items, "next_cursor": following, "total": total})


@router.post("/{adaptation_id}/revert", response_model=AdaptationView)
def revert_adaptation(request: Request, person: Manager, adaptation_id: AdaptationId) -> Response:
    """Do it as before from the next step on; it is not tried again."""
    adaptation = system_of(request).adaptation.revert(adaptation_id, person.email)
    audited(request, person, "adaptation.reverted", adaptation_id, {})
    return Json(adaptation.shape())
