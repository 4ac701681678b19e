"""Memory routes: what this process holds, what was done about it, and a manager's hold on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from maestro.engine.memory import Action, MemoryControl, Sample, Strategy
from maestro.engine.memory.monitor import collections
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(prefix="/memory", tags=["memory"])

StrategyWord = Literal["conservative", "balanced", "aggressive"]


class SampleView(BaseModel):
    """One measurement."""

    at: datetime
    rss_bytes: int
    percent: float


class AllocationView(BaseModel):
    """A place in the code whose allocations are still held."""

    where: str
    bytes: int
    count: int


class CollectorView(BaseModel):
    """Garbage collection by generation: objects that wait, collections so far."""

    counts: list[int]
    collections: list[int]


class PoolView(BaseModel):
    """A pool of arrays and buffers: what it keeps ready, and how often it could serve from that."""

    name: str
    items: int
    bytes: int
    lent_bytes: int
    limit_bytes: int
    hits: int
    misses: int


class CacheView(BaseModel):
    """A cache; `shared_hits` are those of the hits that Redis answered."""

    name: str
    items: int
    bytes: int
    limit_bytes: int
    hits: int
    misses: int
    evictions: int
    shared_hits: int


class MemoryActionView(BaseModel):
    """Something that was done, and the bytes by which the process shrank meanwhile."""

    at: datetime
    words: Words
    freed_bytes: int


class MemoryView(BaseModel):
    """The memory of this process; `limit_bytes` is what it holds and what it could still take.

    `top` are the places that held most at `looked_at`, which is null before the first look.
    """

    at: datetime
    rss_bytes: int
    limit_bytes: int
    percent: float
    pressure: Literal["low", "medium", "high", "critical"]
    refusing: bool
    strategy: StrategyWord
    monitoring: bool
    tracing: bool
    history: list[SampleView]
    top: list[AllocationView]
    looked_at: datetime | None
    gc: CollectorView
    pools: list[PoolView]
    caches: list[CacheView]
    actions: list[MemoryActionView]


class Monitoring(BaseModel):
    """Whether to measure at the interval, and whether to trace where memory is allocated."""

    model_config = ConfigDict(extra="forbid")
    on: bool
    tracing: bool | None = None


class StrategyChange(BaseModel):
    """How much speed to trade for memory."""

    model_config = ConfigDict(extra="forbid")
    strategy: StrategyWord


@router.get("", response_model=MemoryView, dependencies=[viewer])
def read_memory(request: Request) -> Response:
    """What this process holds now, lately and where; places are those of the latest look."""
    return Json(_picture(system_of(request).memory))


@router.post("/monitoring", response_model=MemoryView)
async def change_monitoring(request: Request, person: Manager, body: Monitoring) -> Response:
    """Start or stop measuring at the interval, and tracing, which slows the process down."""
    memory = system_of(request).memory
    if body.on:
        memory.watch()
    else:
        await memory.monitor.stop()
    if body.tracing is not None:
        memory.monitor.trace(body.tracing)
    details = body.model_dump(exclude_none=True)
    await run_in_threadpool(audited, request, person, "memory.monitoring_changed", "memory", details)
    return Json(await run_in_threadpool(_picture, memory))


@router.post("/strategy", response_model=MemoryView)
def change_strategy(request: Request, person: Manager, body: StrategyChange) -> Response:
    """Trade speed for memory by another strategy from now on."""
    memory = system_of(request).memory
    memory.optimizer.use(Strategy(body.strategy))
    audited(request, person, "memory.strategy_changed", "memory", body.model_dump())
    return Json(_picture(memory))


@router.post("/relieve", response_model=MemoryView)
def relieve_memory(request: Request, person: Manager) -> Response:
    """Give up now what the strategy gives up at high pressure."""
    memory = system_of(request).memory
    memory.optimizer.relieve()
    audited(request, person, "memory.relieved", "memory", {})
    return Json(_picture(memory))


@router.post("/snapshot", response_model=MemoryView)
def take_snapshot(request: Request, person: Manager) -> Response:
    """Measure now, and find the places that hold the most; while tracing this may take a second."""
    memory = system_of(request).memory
    memory.monitor.snapshot()
    audited(request, person, "memory.snapshot_taken", "memory", {})
    return Json(_picture(memory))


def _picture(memory: MemoryControl) -> dict[str, Any]:
    monitor, optimizer = memory.monitor, memory.optimizer
    sample = monitor.sample()
    return {
        **_sample(sample),
        "limit_bytes": sample.limit_bytes,
        "pressure": sample.pressure,
        "refusing": optimizer.refusing,
        "strategy": optimizer.strategy,
        "monitoring": monitor.running,
        "tracing": monitor.tracing,
        "history": [_sample(each) for each in monitor.history],
        "top": monitor.places(),
        "looked_at": monitor.looked_at,
        "gc": collections(),
        "pools": memory.pools(),
        "caches": memory.caches(),
        "actions": [_action(each) for each in optimizer.actions],
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "at": sample.at,
        "rss_bytes": sample.rss_bytes,
        "percent": round(100 * sample.share, 2),
    }


def _action(action: Action) -> dict[str, Any]:
    return {"at": action.at, "words": action.words.shape(), "freed_bytes": action.freed_bytes}
