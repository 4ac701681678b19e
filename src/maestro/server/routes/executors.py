"""Executor routes: the processes that work on runs, and a manager's request that one leaves in order."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from maestro.engine.executor_registry import ExecutorInfo
from maestro.errors import NotFoundError
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of

router = APIRouter(prefix="/executors", tags=["executors"], route_class=IdempotentRoute)

ExecutorId = Annotated[str, Path(max_length=200)]


class ExecutorView(BaseModel):
    """A process that works on runs; `workflows` are those that it knows, as `name@version`."""

    id: str
    host: str
    pid: int
    state: Literal["live", "draining", "lost", "gone"]
    started_at: datetime
    heartbeat_at: datetime
    runs: int
    workflows: list[str]
    taken_over_by: str | None


class ExecutorList(BaseModel):
    """Every executor, those that joined last first."""

    items: list[ExecutorView]


@router.get("", response_model=ExecutorList, dependencies=[viewer])
def list_executors(request: Request) -> Response:
    """Every process that works on runs, or did so lately."""
    return Json({"items": [_picture(each) for each in system_of(request).executors.list()]})


@router.post("/{executor_id}/drain", response_model=ExecutorView)
def drain_executor(request: Request, person: Manager, executor_id: ExecutorId) -> Response:
    """Ask an executor to end its steps, take no more work and leave; others go on with its runs."""
    registry = system_of(request).executors
    registry.ask_to_drain(executor_id)
    audited(request, person, "executor.draining", executor_id, {})
    for each in registry.list():
        if each.id == executor_id:
            return Json(_picture(each))
    raise NotFoundError(f"Executor {executor_id} has left.", remedy="List the executors.")


def _picture(executor: ExecutorInfo) -> dict[str, Any]:
    return {
        "id": executor.id,
        "host": executor.host,
        "pid": executor.pid,
        "state": executor.state,
        "started_at": executor.started_at,
        "heartbeat_at": executor.heartbeat_at,
        "runs": executor.runs,
        "workflows": executor.workflows,
        "taken_over_by": executor.taken_over_by,
    }
