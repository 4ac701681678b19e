"""Incident routes: what broke, why, what was tried; breakers and playbooks; a person's verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.engine.recovery.breaker_state import BreakerState
from maestro.engine.recovery.circuit_breaker import Breakers
from maestro.engine.recovery.incident import IncidentDetail
from maestro.errors import NotFoundError
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, Search, read_cursor, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(tags=["incidents"], route_class=IdempotentRoute)

IncidentWord = Literal["open", "recovering", "escalated", "resolved"]
LayerWord = Literal["reroute", "alternative", "degrade", "restore"]
IncidentId = Annotated[str, Path(max_length=40)]
BreakerName = Annotated[str, Path(max_length=200)]


class IncidentView(BaseModel):
    """An incident as one line of a list: `run_id` if it is about a run, `layer` once something was tried."""

    id: str
    kind: str
    title: Words
    status: IncidentWord
    severity: Literal["low", "medium", "high", "critical"]
    component: str
    run_id: str | None
    started_at: datetime
    resolved_at: datetime | None
    layer: LayerWord | None
    cause: Words | None
    recovery_s: float | None


class SymptomView(BaseModel):
    """A figure that was not as it should be."""

    name: str
    value: float
    normal: float
    at: datetime


class CauseView(BaseModel):
    """A suspect, with its evidence."""

    component: str
    probability: float
    evidence: list[Words]


class IncidentEventView(BaseModel):
    """Something that happened during an incident."""

    at: datetime
    kind: str
    words: Words


class TriedView(BaseModel):
    """An action that recovery tried, and what came of it."""

    action: str
    target: str
    layer: LayerWord
    started_at: datetime
    ended_at: datetime | None
    outcome: Literal["running", "recovered", "no_effect", "failed", "relapsed", "superseded"]


class IncidentDetailView(IncidentView):
    """An incident with everything that is known of it."""

    symptoms: list[SymptomView]
    causes: list[CauseView]
    timeline: list[IncidentEventView]
    actions: list[TriedView]
    acknowledged_by: str | None
    note: str


class BreakerView(BaseModel):
    """A circuit breaker; `failures` are those in its window."""

    name: str
    state: Literal["closed", "open", "half_open"]
    failures: int
    opened_at: datetime | None
    retry_at: datetime | None


class BreakerList(BaseModel):
    """Every breaker."""

    items: list[BreakerView]


class PlaybookActionView(BaseModel):
    """What an action has done in a situation, and how likely it is the best one there."""

    action: str
    tries: int
    successes: int
    mean_recovery_s: float | None
    probability_best: float


class PlaybookView(BaseModel):
    """The actions of a situation, the most promising first."""

    incident_kind: str
    actions: list[PlaybookActionView]


class PlaybookList(BaseModel):
    """Every situation that recovery has met."""

    items: list[PlaybookView]


class Verdict(BaseModel):
    """Why, in the person's own words."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=1_000)


@router.get("/incidents", response_model=Page[IncidentView], dependencies=[viewer])
def list_incidents(
    request: Request,
    *,
    status: Annotated[list[IncidentWord] | None, Query(description="Any of these.")] = None,
    q: Search = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Incidents, newest first; `q` searches components and titles."""
    before = str(read_cursor(cursor, [str])[0]) if cursor else None
    store = system_of(request).recovery.incidents
    found, total = store.latest(status=status or (), text=q.strip(), before=before, limit=limit + 1)
    items = [each.to_dict() for each in found[:limit]]
    following = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Json({"items": items, "next_cursor": following, "total": total})


@router.get("/incidents/{incident_id}", response_model=IncidentDetailView, dependencies=[viewer])
def read_incident(request: Request, incident_id: IncidentId) -> Response:
    """One incident: symptoms, ranked causes with their evidence, timeline, what was tried."""
    return Json(system_of(request).recovery.incidents.get(incident_id).to_dict())


@router.post("/incidents/{incident_id}/acknowledge", response_model=IncidentDetailView)
def acknowledge_incident(
    request: Request, person: Manager, incident_id: IncidentId, body: Verdict | None = None
) -> Response:
    """Say that a person looks after it."""
    note = body.note if body else ""
    detail = system_of(request).recovery.incidents.acknowledge(incident_id, person.email, note)
    audited(request, person, "incident.acknowledged", incident_id, {"note": note})
    return _told(request, detail)


@router.post("/incidents/{incident_id}/resolve", response_model=IncidentDetailView)
def resolve_incident(
    request: Request, person: Manager, incident_id: IncidentId, body: Verdict | None = None
) -> Response:
    """Close it by hand."""
    note = body.note if body else ""
    detail = system_of(request).recovery.incidents.resolve(incident_id, by=person.email, note=note)
    audited(request, person, "incident.resolved", incident_id, {"note": note})
    return _told(request, detail)


@router.get("/breakers", response_model=BreakerList, dependencies=[viewer])
def list_breakers(request: Request) -> Response:
    """Every circuit breaker that any process has used."""
    breakers = system_of(request).recovery.breakers
    return Json({"items": [_breaker(breakers, each) for each in breakers.all()]})


@router.post("/breakers/{name}/reset", response_model=BreakerView)
def reset_breaker(request: Request, person: Manager, name: BreakerName) -> Response:
    """Close a breaker by hand; other processes follow within a second."""
    breakers = system_of(request).recovery.breakers
    if name not in {each.name for each in breakers.all()}:
        raise NotFoundError(f"There is no breaker {name}.", remedy="List the breakers.")
    state = breakers.reset(name)
    audited(request, person, "breaker.reset", name, {})
    return Json(_breaker(breakers, state))


@router.get("/playbooks", response_model=PlaybookList, dependencies=[viewer])
def list_playbooks(request: Request) -> Response:
    """What recovery has learned: which action works in which situation."""
    return Json({"items": system_of(request).recovery.playbooks.listing()})


def _told(request: Request, detail: IncidentDetail) -> Response:
    """The answer, told to everybody who watches too."""
    system_of(request).events.announce("incident", detail.incident.to_dict())
    return Json(detail.to_dict())


def _breaker(breakers: Breakers, state: BreakerState) -> dict[str, object]:
    return {
        "name": state.name,
        "state": state.state,
        "failures": breakers.recent_failures(state),
        "opened_at": state.opened_at,
        "retry_at": state.retry_at,
    }
