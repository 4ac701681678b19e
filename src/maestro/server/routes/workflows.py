"""Workflow routes: durable runs with their steps; cancel and resume."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from maestro.engine.run import RunDetail, StepInfo
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, read_cursor, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of

router = APIRouter(prefix="/workflows", tags=["workflows"])

RunWord = Literal["queued", "running", "succeeded", "failed", "cancelled", "stuck"]
RunId = Annotated[str, Path(max_length=200)]


class AttemptView(BaseModel):
    """One attempt at a step."""

    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    error: str


class StepView(BaseModel):
    """One step of a run; `parents` are the steps whose results it takes."""

    name: str
    parents: list[str]
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    attempts: list[AttemptView]
    error: str


class RunView(BaseModel):
    """A run as one line of a list."""

    id: str
    workflow: str
    status: RunWord
    started_at: datetime | None
    ended_at: datetime | None
    error: str


class RunDetailView(RunView):
    """A run with its inputs and steps."""

    inputs: dict[str, Any]
    steps: list[StepView]


class RunPage(BaseModel):
    """One page of runs; they are not counted."""

    items: list[RunView]
    next_cursor: str | None


@router.get("", response_model=RunPage, dependencies=[viewer])
async def list_workflows(
    request: Request,
    *,
    status: RunWord | None = None,
    name: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Runs, the youngest first."""
    offset = max(0, min(read_cursor(cursor, [int])[0], 1_000_000)) if cursor else 0
    engine = system_of(request).engine
    runs = await engine.list_runs(status=status, name=name, limit=limit + 1, offset=offset)
    more = len(runs) > limit
    return Json({"items": runs[:limit], "next_cursor": write_cursor(offset + limit) if more else None})


@router.get("/{run_id}", response_model=RunDetailView, dependencies=[viewer])
async def read_workflow(request: Request, run_id: RunId) -> Response:
    """A run with its steps."""
    return Json(_whole(await system_of(request).engine.inspect(run_id)))


@router.post("/{run_id}/cancel", response_model=RunDetailView)
async def cancel_workflow(request: Request, person: Manager, run_id: RunId) -> Response:
    """Stop a run; what is recorded stays."""
    engine = system_of(request).engine
    await engine.cancel(run_id)
    await run_in_threadpool(audited, request, person, "workflow.cancelled", run_id, {})
    return Json(_whole(await engine.inspect(run_id)))


@router.post("/{run_id}/resume", response_model=RunDetailView)
async def resume_workflow(request: Request, person: Manager, run_id: RunId) -> Response:
    """Go on with a cancelled or stuck run."""
    engine = system_of(request).engine
    await engine.resume(run_id)
    await run_in_threadpool(audited, request, person, "workflow.resumed", run_id, {})
    return Json(_whole(await engine.inspect(run_id)))


def _whole(run: RunDetail) -> dict[str, Any]:
    return {
        "id": run.id,
        "workflow": run.workflow,
        "status": run.status,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "error": run.error,
        "inputs": run.inputs,
        "steps": [_step(step) for step in run.steps],
    }


def _step(step: StepInfo) -> dict[str, Any]:
    return {
        "name": step.name,
        "parents": step.parents,
        "status": step.status,
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "attempts": step.attempts,
        "error": step.error,
    }
