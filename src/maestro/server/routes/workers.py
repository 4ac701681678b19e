"""Worker routes: who does the heavy steps, how busy each is, how tasks are dealt out; join and leave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from maestro.engine.workers import Pool, Standing
from maestro.errors import ConflictError
from maestro.server.engine_views import ShortageView
from maestro.server.foresight import foreseen
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(prefix="/workers", tags=["workers"], route_class=IdempotentRoute)

BalancingWord = Literal["round_robin", "least_connections", "load", "learned"]
WorkerName = Annotated[str, Path(max_length=200)]

MOST_SLOTS = 64
"""Workers that one request may add."""


class WorkerView(BaseModel):
    """A worker; `speed` compares it with the others, 1 being their average."""

    name: str
    address: str
    kind: Literal["thread", "process", "dask"]
    state: Literal["idle", "busy", "lost", "retired"]
    slots: int
    running: int
    done: int
    failed: int
    cpu_percent: float | None
    memory_bytes: int | None
    memory_limit_bytes: int | None
    speed: float | None
    resources: dict[str, float]
    joined_at: datetime
    seen_at: datetime


class HeatRowView(BaseModel):
    """The share of a worker's slots that was busy, minute by minute, 0 to 1; null before it joined."""

    worker: str
    busy: list[float | None]


class HeatView(BaseModel):
    """How busy each worker was in the last hour; `minutes` are their beginnings."""

    minutes: list[datetime]
    rows: list[HeatRowView]


class WorkersView(BaseModel):
    """All workers, how tasks are dealt out, and whether there will be enough of them.

    `address` is that of the scheduler that workers join by themselves; empty where they are of this machine.
    `emptied` says that the last worker was retired on purpose, `trouble` what keeps the pool from working.
    A task that no worker could do waits `patience_s` seconds before its attempt fails.
    """

    items: list[WorkerView]
    address: str
    emptied: bool
    trouble: Words | None
    patience_s: float
    balancing: BalancingWord
    heat: HeatView
    shortage: ShortageView | None


class MoreWorkers(BaseModel):
    """How many workers to add on this machine."""

    model_config = ConfigDict(extra="forbid")
    slots: int = Field(1, ge=1, le=MOST_SLOTS)


class PoolChange(BaseModel):
    """How tasks are dealt out from now on."""

    model_config = ConfigDict(extra="forbid")
    balancing: BalancingWord


@router.get("", response_model=WorkersView, dependencies=[viewer])
async def list_workers(request: Request) -> Response:
    """Every worker with its load."""
    return Json(await _picture(request))


@router.post("", response_model=WorkersView)
async def add_workers(request: Request, person: Manager, body: MoreWorkers) -> Response:
    """Add workers on this machine."""
    names = await _pool(request).add(body.slots)
    await run_in_threadpool(audited, request, person, "workers.added", "workers", {"names": names})
    return Json(await _picture(request))


@router.patch("", response_model=WorkersView)
async def change_workers(request: Request, person: Manager, body: PoolChange) -> Response:
    """Deal tasks out by another rule."""
    _pool(request).balancing = body.balancing
    await run_in_threadpool(audited, request, person, "workers.changed", "workers", body.model_dump())
    return Json(await _picture(request))


@router.delete("/{name}", response_model=WorkersView)
async def remove_worker(request: Request, person: Manager, name: WorkerName) -> Response:
    """Retire a worker: it ends its tasks and leaves; what takes longer than a minute goes to another."""
    await _pool(request).remove(name)
    await run_in_threadpool(audited, request, person, "worker.removed", name, {})
    return Json(await _picture(request))


def _pool(request: Request) -> Pool:
    pool = system_of(request).pool
    if pool is None:
        raise ConflictError(
            "This process has no worker pool.", remedy="Set workers in the settings and start it again."
        )
    return pool


async def _picture(request: Request) -> dict[str, Any]:
    system = system_of(request)
    forecast = await run_in_threadpool(foreseen, system)
    shortage = forecast.shortage.shape() if forecast.shortage else None
    pool = system.pool
    standing = Standing(patience_s=0.0) if pool is None else pool.standing()
    whole = {
        "address": standing.address,
        "emptied": standing.emptied,
        "trouble": standing.trouble.words.shape() if standing.trouble else None,
        "patience_s": standing.patience_s,
    }
    if pool is None:
        nobody: dict[str, list[Any]] = {"minutes": [], "rows": []}
        return {"items": [], **whole, "balancing": "learned", "heat": nobody, "shortage": shortage}
    heat = pool.heat()
    return {
        "items": pool.workers(),
        **whole,
        "balancing": pool.balancing,
        "heat": {
            "minutes": heat.minutes,
            "rows": [{"worker": name, "busy": busy} for name, busy in heat.rows.items()],
        },
        "shortage": shortage,
    }
