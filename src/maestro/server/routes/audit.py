"""Audit routes: reads the log of everything done, and proves that nobody changed it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page
from maestro.server.permissions import viewer
from maestro.server.system import system_of

router = APIRouter(prefix="/audit", tags=["audit"])


class AuditEntryView(BaseModel):
    """One entry; its hash covers it and the hash of the entry before."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    hash: str


class AuditVerification(BaseModel):
    """Whether the chain holds, and if not, the first entry that does not fit."""

    ok: bool
    rows: int
    first_broken: int | None


@router.get("", response_model=Page[AuditEntryView], dependencies=[viewer])
def list_audit(
    request: Request,
    subject: Annotated[str, Query(max_length=320)] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Entries, newest first."""
    page = system_of(request).audit.list(subject=subject, limit=limit, cursor=cursor)
    items = [entry.to_dict() for entry in page.items]
    return Json({"items": items, "next_cursor": page.next_cursor, "total": page.total})


@router.get("/verify", response_model=AuditVerification, dependencies=[viewer])
def verify_audit(request: Request) -> Response:
    """Walk the chain from its beginning."""
    return Json(system_of(request).audit.verify())
