"""Adaptation routes: what workflows have learned to do differently, with its measured gain; reverting it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, cut
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(prefix="/adaptations", tags=["adaptations"])

AdaptationId = Annotated[str, Path(max_length=100)]


class AdaptationView(BaseModel):
    """Something done differently: what it cost before and after, in seconds, and the share gained."""

    id: str
    workflow: str
    step: str
    what: Words
    at: datetime
    before: float | None
    after: float | None
    gain: float | None
    state: Literal["trial", "kept", "reverted"]


@router.get("", response_model=Page[AdaptationView], dependencies=[viewer])
def list_adaptations(
    request: Request,
    *,
    workflow: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Adaptations, newest first."""
    found = [each for each in system_of(request).adaptation.list() if workflow in {"", each.workflow}]
    page = cut(found, limit, cursor)
    return Json({**page, "items": [each.shape() for each in page["items"]]})


@router.post("/{adaptation_id}/revert", response_model=AdaptationView)
def revert_adaptation(request: Request, person: Manager, adaptation_id: AdaptationId) -> Response:
    """Do it as before from the next run on."""
    adaptation = system_of(request).adaptation.revert(adaptation_id)
    audited(request, person, "adaptation.reverted", adaptation_id, {})
    return Json(adaptation.shape())
