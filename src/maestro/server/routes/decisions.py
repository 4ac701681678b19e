"""Decision routes: list, export, read, and approve, reject or undo, one or many."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from maestro.agents.decision import Decision, DecisionSummary
from maestro.agents.decision_list import DecisionFilter
from maestro.errors import MaestroError, NotFoundError
from maestro.server.accounts import Person
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, Search, Sort
from maestro.server.permissions import Manager, analyst, viewer
from maestro.server.system import System, system_of
from maestro.server.views import DecisionSummaryView, DecisionView, StatusWord

router = APIRouter(prefix="/decisions", tags=["decisions"], route_class=IdempotentRoute)

DecisionId = Annotated[str, Path(max_length=40)]
Deed = Literal["approve", "reject", "undo"]


class Note(BaseModel):
    """Why, in the person's own words."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=1_000)


class Many(Note):
    """One deed for many decisions."""

    ids: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=200)
    action: Deed


class NotDone(BaseModel):
    """A decision that could not be moved, and why."""

    id: str
    detail: str


class ManyDone(BaseModel):
    """What became of each."""

    done: list[str]
    failed: list[NotDone]


def which(
    status: Annotated[list[StatusWord] | None, Query(description="Any of these.")] = None,
    agent: Annotated[str, Query(max_length=100)] = "",
    subject: Annotated[str, Query(max_length=200)] = "",
    since: AwareDatetime | None = None,
    q: Search = "",
) -> DecisionFilter:
    """The filter that a list or an export asks for."""
    return DecisionFilter(
        agent=agent, status=tuple(status or ()), subject_id=subject, since=since, text=q.strip()
    )


Which = Annotated[DecisionFilter, Depends(which)]


@router.get("", response_model=Page[DecisionSummaryView], dependencies=[viewer])
def list_decisions(
    request: Request, which: Which, sort: Sort = "-created_at", limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Decisions, newest first unless sorted otherwise: created_at, predicted, gain, subject or status."""
    page = system_of(request).decisions.list(which, sort=sort, limit=limit, cursor=cursor)
    items = [summary.to_dict() for summary in page.items]
    return Json({"items": items, "next_cursor": page.next_cursor, "total": page.total})


@router.get("/export.csv", dependencies=[analyst], response_class=StreamingResponse)
def export_decisions(request: Request, which: Which) -> Response:
    """All decisions of a filter as a table for a spreadsheet."""
    rows = system_of(request).decisions.iterate(which)
    return StreamingResponse(
        _csv(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="decisions.csv"'},
    )


@router.post("/bulk", response_model=ManyDone)
def decide_many(request: Request, person: Manager, body: Many) -> Response:
    """Approve, reject or undo many decisions; each stands for itself."""
    system = system_of(request)
    done: list[str] = []
    failed: list[dict[str, str]] = []
    for decision_id in dict.fromkeys(body.ids):
        try:
            _decide(system, person, decision_id, body.action, body.note)
            done.append(decision_id)
        except MaestroError as error:
            failed.append({"id": decision_id, "detail": error.message})
    return Json({"done": done, "failed": failed})


@router.get("/{decision_id}", response_model=DecisionView, dependencies=[viewer])
def read_decision(request: Request, decision_id: DecisionId) -> Response:
    """One decision with everything known about it."""
    system = system_of(request)
    return Json(_whole(system, system.decisions.get(decision_id)))


@router.post("/{decision_id}/approve", response_model=DecisionView)
def approve(request: Request, person: Manager, decision_id: DecisionId, body: Note | None = None) -> Response:
    """Allow a waiting decision; it is carried out at once."""
    return _answer(request, person, decision_id, "approve", body)


@router.post("/{decision_id}/reject", response_model=DecisionView)
def reject(request: Request, person: Manager, decision_id: DecisionId, body: Note | None = None) -> Response:
    """Turn a waiting decision down."""
    return _answer(request, person, decision_id, "reject", body)


@router.post("/{decision_id}/undo", response_model=DecisionView)
def undo(request: Request, person: Manager, decision_id: DecisionId, body: Note | None = None) -> Response:
    """Take an executed decision back, while that is still possible."""
    return _answer(request, person, decision_id, "undo", body)


def _answer(request: Request, person: Person, decision_id: str, deed: Deed, body: Note | None) -> Response:
    system = system_of(request)
    decision = _decide(system, person, decision_id, deed, body.note if body else "")
    return Json(_whole(system, decision))


def _decide(system: System, person: Person, decision_id: str, deed: Deed, note: str) -> Decision:
    agent = system.decisions.get(decision_id).agent
    handle = system.agents.get(agent)
    if handle is None:
        raise NotFoundError(
            f"The agent {agent} of this decision is not running here.", remedy="Start its pack again."
        )
    act = {"approve": handle.loop.approve, "reject": handle.loop.reject, "undo": handle.loop.undo}[deed]
    return act(decision_id, person.email, note)


def _whole(system: System, decision: Decision) -> dict[str, Any]:
    timeline = [event.to_dict() for event in system.decisions.timeline(decision.id)]
    more = {"summary": dict(decision.action.summary), "timeline": timeline, "can": decision.can}
    return decision.to_dict() | more


_COLUMNS = (
    "id",
    "created_at",
    "agent",
    "subject",
    "summary_en",
    "summary_ko",
    "status",
    "level",
    "allowed_by",
    "predicted_mean",
    "predicted_low",
    "predicted_high",
    "unit",
    "gain",
    "covered",
)


def _csv(rows: Iterator[DecisionSummary]) -> Iterator[str]:
    yield "\ufeff" + ",".join(_COLUMNS) + "\r\n"  # the mark lets spreadsheets see that it is UTF-8
    for row in rows:
        measured, predicted = row.measured, row.predicted
        line = io.StringIO()
        csv.writer(line).writerow(
            [
                row.id,
                row.to_dict()["created_at"],
                _harmless(row.agent),
                _harmless(row.subject.id),
                _harmless(row.summary.get("en", "")),
                _harmless(row.summary.get("ko", "")),
                row.status,
                row.level,
                _harmless(row.allowed_by),
                predicted.mean,
                predicted.low,
                predicted.high,
                predicted.unit,
                measured.gain if measured else "",
                measured.covered if measured else "",
            ]
        )
        yield line.getvalue()


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
