"""Executor routes: the processes that work on runs, and a manager's request that one leaves in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict

from maestro.engine.executor_registry import ExecutorInfo, ExecutorState
from maestro.errors import ConflictError, NotFoundError
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of

router = APIRouter(prefix="/executors", tags=["executors"], route_class=IdempotentRoute)

ExecutorId = Annotated[str, Path(max_length=200)]

Loss = Literal["none", "work", "page", "product"]

REFUSALS: dict[Loss, str] = {
    "work": "There is no other live executor: runs wait until one is started.",
    "page": "This is the process that serves this page and runs the agents: both stop. The other executors "
    "go on with the runs that they know.",
    "product": "This is the process that serves this page, and there is no other: the product stops.",
}
"""What is lost with an executor, in words."""


class ExecutorView(BaseModel):
    """A process that works on runs; `workflows` are those that it knows, as `name@version`.

    `lost_with_it` says what stops when it leaves: nothing, for others go on; the work, because no other works
    on runs; the page and the agents, because it serves this very answer; or the whole product.
    """

    id: str
    host: str
    pid: int
    state: Literal["live", "draining", "lost", "gone"]
    started_at: datetime
    heartbeat_at: datetime
    runs: int
    workflows: list[str]
    taken_over_by: str | None
    lost_with_it: Loss


class Drain(BaseModel):
    """Whether to go on although something stops with the executor; see `lost_with_it`."""

    model_config = ConfigDict(extra="forbid")
    force: bool = False


class ExecutorList(BaseModel):
    """Every executor, those that joined last first."""

    items: list[ExecutorView]


@router.get("", response_model=ExecutorList, dependencies=[viewer])
def list_executors(request: Request) -> Response:
    """Every process that works on runs, or did so lately."""
    found = system_of(request).executors.list()
    return Json({"items": [_picture(request, each, found) for each in found]})


@router.post("/{executor_id}/drain", response_model=ExecutorView)
def drain_executor(
    request: Request, person: Manager, executor_id: ExecutorId, body: Drain | None = None
) -> Response:
    """Ask an executor to end its steps, take no more work and leave; others go on with its runs.

    Where it is the last one, or serves the dashboard, that is refused unless forced.
    """
    registry = system_of(request).executors
    found = registry.list()
    losses = [_loss(request, each, found) for each in found if each.id == executor_id]
    loss: Loss = losses[0] if losses else "none"
    if loss != "none" and not (body and body.force):
        raise ConflictError(
            REFUSALS[loss], remedy='Start another one first, or ask again with {"force": true}.'
        )
    registry.ask_to_drain(executor_id)
    audited(request, person, "executor.draining", executor_id, {"lost_with_it": loss})
    found = registry.list()
    for each in found:
        if each.id == executor_id:
            return Json(_picture(request, each, found))
    raise NotFoundError(f"Executor {executor_id} has left.", remedy="List the executors.")


def _loss(request: Request, one: ExecutorInfo, among: Sequence[ExecutorInfo]) -> Loss:
    """What stops when an executor leaves that is there."""
    if not one.state.present:
        return "none"
    serves = one.id == system_of(request).engine.executor_id
    others = any(each.state is ExecutorState.LIVE and each.id != one.id for each in among)
    if serves:
        return "page" if others else "product"
    return "none" if others else "work"


def _picture(request: Request, executor: ExecutorInfo, among: Sequence[ExecutorInfo]) -> dict[str, Any]:
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
        "lost_with_it": _loss(request, executor, among),
    }
