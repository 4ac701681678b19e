"""Task routes: the backlog with its explained priorities, and what the scheduler foresees."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from maestro.engine.scheduling.view import TaskView as ExplainedTask
from maestro.server.engine_views import TaskForecastView, TaskView, TaskWord
from maestro.server.foresight import foreseen
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, Search, read_offset, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of

router = APIRouter(prefix="/tasks", tags=["tasks"], route_class=IdempotentRoute)

TaskId = Annotated[str, Path(max_length=200)]
Value = Annotated[float, Field(gt=0, lt=1e9, description="What it is worth; 1 as a rule.")]
Boost = Annotated[float, Field(ge=-1, le=1, description="Set by hand: 1 pushes ahead, -1 holds back.")]


class NewTask(BaseModel):
    """A workflow to run when its turn comes."""

    model_config = ConfigDict(extra="forbid")
    workflow: str = Field(max_length=100)
    inputs: dict[str, Any] = Field({}, max_length=100)
    kind: str | None = Field(None, min_length=1, max_length=100)
    deadline: AwareDatetime | None = None
    value: Value = 1.0
    boost: Boost = 0.0
    needs: list[Annotated[str, Field(max_length=200)]] = Field([], max_length=200)
    resources: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = Field({}, max_length=20)


class TaskChange(BaseModel):
    """What is left out stays; `deadline` null takes the deadline away."""

    model_config = ConfigDict(extra="forbid")
    deadline: AwareDatetime | None = None
    value: Value | None = None
    boost: Boost | None = None


@router.get("", response_model=Page[TaskView], dependencies=[viewer])
def list_tasks(
    request: Request,
    *,
    status: Annotated[list[TaskWord] | None, Query(description="Any of these.")] = None,
    kind: Annotated[str, Query(max_length=100)] = "",
    q: Search = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Tasks: those that wait by priority, the rest by age, youngest first."""
    offset = read_offset(cursor)
    desk = system_of(request).scheduler.desk
    tasks, total = desk.list(status=status or (), kind=kind, text=q.strip(), limit=limit, offset=offset)
    following = write_cursor(offset + limit) if offset + limit < total else None
    return Json({"items": [task.shape() for task in tasks], "next_cursor": following, "total": total})


@router.post("", response_model=TaskView)
def submit_task(request: Request, person: Manager, body: NewTask) -> Response:
    """Put a task into the backlog."""
    desk = system_of(request).scheduler.desk
    task_id = desk.submit(
        body.workflow,
        body.inputs,
        kind=body.kind,
        deadline=body.deadline,
        value=body.value,
        boost=body.boost,
        needs=body.needs,
        resources=body.resources,
    ).task.id
    # the order that the desk remembers for a moment does not hold the new task
    desk.ranking(0.0)
    details = body.model_dump(mode="json", exclude={"inputs"}, exclude_defaults=True)
    audited(request, person, "task.submitted", task_id, details)
    return _told(request, desk.get(task_id))


@router.get("/forecast", response_model=TaskForecastView, dependencies=[viewer])
def forecast_tasks(request: Request) -> Response:
    """What the backlog comes to in the next hours, and a better order where there is one."""
    return Json(foreseen(system_of(request)).shape())


@router.get("/{task_id}", response_model=TaskView, dependencies=[viewer])
def read_task(request: Request, task_id: TaskId) -> Response:
    """One task with its explained priority."""
    return Json(system_of(request).scheduler.desk.get(task_id).shape())


@router.patch("/{task_id}", response_model=TaskView)
def change_task(request: Request, person: Manager, task_id: TaskId, body: TaskChange) -> Response:
    """Change deadline, value or boost of a task that has not ended; its priority follows at once."""
    task = system_of(request).scheduler.desk.change(task_id, **body.model_dump(exclude_unset=True))
    audited(request, person, "task.changed", task_id, body.model_dump(mode="json", exclude_unset=True))
    return _told(request, task)


@router.post("/{task_id}/cancel", response_model=TaskView)
async def cancel_task(request: Request, person: Manager, task_id: TaskId) -> Response:
    """Take a task out of the backlog, or stop its run."""
    task = await system_of(request).scheduler.cancel(task_id)
    await run_in_threadpool(audited, request, person, "task.cancelled", task_id, {})
    return _told(request, task)


def _told(request: Request, task: ExplainedTask) -> Response:
    """The answer, told to everybody who watches too."""
    system_of(request).events.announce("task", {"id": task.task.id, "status": task.task.status})
    return Json(task.shape())
