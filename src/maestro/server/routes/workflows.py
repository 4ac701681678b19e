"""Workflow routes: durable runs with their steps; cancel, resume, restart, and signals to those that wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from maestro.clock import RealClock
from maestro.engine.run import RunInfo, RunStatus
from maestro.engine.run_progress import Done, steps_done
from maestro.engine.waiting import kept_words
from maestro.engine.workflow import Engine
from maestro.server.accounts import Person
from maestro.server.engine_views import DefinitionList, RunDetailView, RunView, RunWord, SignalledRunView
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, Search, read_offset, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.run_pictures import definition_picture, detail_picture, progress_of, run_picture
from maestro.server.system import System, audited, system_of

router = APIRouter(prefix="/workflows", tags=["workflows"], route_class=IdempotentRoute)

RunId = Annotated[str, Path(max_length=200)]
Topic = Annotated[str, Path(max_length=200)]


MOST_ESTIMATED = 20
"""Runs of one page whose end is estimated."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Cancel(BaseModel):
    """How a run is stopped: as it stands, or with what it did taken back; it then ends as failed."""

    model_config = ConfigDict(extra="forbid")
    undo: bool = False


class Restart(BaseModel):
    """The step from which a run is worked again."""

    model_config = ConfigDict(extra="forbid")
    from_step: str = Field(max_length=200)


class Signal(BaseModel):
    """What a waiting step is told; an approval is {"approved": true or false, "note": "..."}."""

    model_config = ConfigDict(extra="forbid")
    payload: Any = None


@router.get("", response_model=Page[RunView], dependencies=[viewer])
async def list_workflows(
    request: Request,
    *,
    status: Annotated[list[RunWord] | None, Query(description="Any of these.")] = None,
    name: Annotated[str | None, Query(max_length=100)] = None,
    q: Search = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Runs, the youngest first; `q` stands somewhere in their ids."""
    offset = read_offset(cursor)
    system, text = system_of(request), q.strip() or None
    wanted = [RunStatus(each) for each in status or ()]
    counts = await system.engine.count_runs(name=name, text=text)
    total = sum(counts[each] for each in set(wanted) or RunStatus)
    runs = await _runs(system.engine, wanted, name, text, slice(offset, offset + limit))
    following = write_cursor(offset + limit) if offset + limit < total else None
    items = await run_in_threadpool(_lines, system, runs, await _estimates(system, runs))
    return Json({"items": items, "next_cursor": following, "total": total})


@router.get("/definitions", response_model=DefinitionList, dependencies=[viewer])
async def list_definitions(request: Request) -> Response:
    """Every workflow that this process knows, with its steps and its runs by status."""
    engine = system_of(request).engine
    items = [
        definition_picture(name, versions, await engine.count_runs(name=name))
        for name, versions in sorted(engine.definitions().items())
    ]
    return Json({"items": items})


@router.get("/{run_id}", response_model=RunDetailView, dependencies=[viewer])
async def read_workflow(
    request: Request,
    run_id: RunId,
    full: Annotated[bool, Query(description="Give long inputs and outputs whole.")] = False,
) -> Response:
    """A run with its steps: attempts, inputs, outputs, estimates, critical path."""
    return await _whole(request, run_id, full=full)


@router.post("/{run_id}/cancel", response_model=RunDetailView)
async def cancel_workflow(
    request: Request, person: Manager, run_id: RunId, body: Cancel | None = None
) -> Response:
    """Stop a run; what is recorded stays, unless what it did is to be taken back."""
    undo = body is not None and body.undo
    await system_of(request).engine.cancel(run_id, roll_back=undo)
    return await _done(request, person, "workflow.cancelled", run_id, {"undo": True} if undo else {})


@router.post("/{run_id}/resume", response_model=RunDetailView)
async def resume_workflow(request: Request, person: Manager, run_id: RunId) -> Response:
    """Go on with a cancelled, stuck or failed run; steps that succeeded are not worked again."""
    await system_of(request).engine.resume(run_id)
    return await _done(request, person, "workflow.resumed", run_id, {})


@router.post("/{run_id}/restart", response_model=RunDetailView)
async def restart_workflow(request: Request, person: Manager, run_id: RunId, body: Restart) -> Response:
    """Run an ended run again from a step, under a new id; the answer is the new run."""
    new_id = await system_of(request).engine.restart(run_id, body.from_step)
    details = {"from": run_id, "step": body.from_step}
    return await _done(request, person, "workflow.restarted", new_id, details)


@router.post("/{run_id}/signals/{topic}", response_model=SignalledRunView)
async def signal_workflow(
    request: Request, person: Manager, run_id: RunId, topic: Topic, body: Signal
) -> Response:
    """Tell a waiting step what it waits for, such as an approval; an event that comes early is kept."""
    engine = system_of(request).engine
    waited = await engine.signal(run_id, topic, body.payload, by=person.email)
    asked = [wait.topic for wait in await engine.waits() if wait.run_id == run_id and wait.kind != "timer"]
    note = None if waited else kept_words(topic, asked).shape()
    return await _done(request, person, "workflow.signalled", run_id, {"topic": topic}, note=note)


async def _runs(
    engine: Engine, wanted: list[RunStatus], name: str | None, text: str | None, span: slice
) -> list[RunInfo]:
    """A part of the runs of several statuses; each is asked for by itself, because the engine takes one."""
    if len(wanted) <= 1:
        status = wanted[0] if wanted else None
        return await engine.list_runs(
            status=status, name=name, text=text, limit=span.stop - span.start, offset=span.start
        )
    found = [
        run
        for status in dict.fromkeys(wanted)
        for run in await engine.list_runs(status=status, name=name, text=text, limit=span.stop)
    ]
    found.sort(key=lambda run: run.started_at or _LONG_AGO, reverse=True)
    return found[span]


async def _done(
    request: Request, person: Person, action: str, run_id: str, details: dict[str, Any], **more: Any
) -> Response:
    await run_in_threadpool(audited, request, person, action, run_id, details)
    system_of(request).events.announce("workflow", {"id": run_id, "action": action})
    return await _whole(request, run_id, **more)


async def _whole(request: Request, run_id: str, *, full: bool = False, **more: Any) -> Response:
    system = system_of(request)
    run = await system.engine.inspect(run_id)
    held_up = system.pool.held_up() if system.pool else {}

    def picture() -> dict[str, Any]:
        adaptations = system.adaptation.store.list(workflow=run.workflow)
        picture = detail_picture(
            run,
            estimates=system.estimates,
            adaptations=adaptations,
            now=RealClock().now(),
            held_up=held_up,
            full=full,
        )
        return {**picture, **more}

    return Json(await run_in_threadpool(picture))


async def _estimates(system: System, runs: list[RunInfo]) -> dict[str, dict[str, str]]:
    """When the runs at work will end; of a long list only the first, for each has to be read in full."""
    at_work = [run for run in runs if run.status is RunStatus.RUNNING][:MOST_ESTIMATED]
    details = await asyncio.gather(*(system.engine.inspect(run.id) for run in at_work))
    found = {detail.id: system.estimates.run(detail) for detail in details}
    return {run_id: estimate.shape() for run_id, estimate in found.items() if estimate is not None}


def _lines(system: System, runs: list[RunInfo], estimates: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    through = steps_done(system.engine.records, [run.id for run in runs])
    known = {
        (name, graph.version): len(graph.steps)
        for name, graphs in system.engine.definitions().items()
        for graph in graphs
    }
    return [
        run_picture(
            run,
            progress_of(run.status, through.get(run.id, Done()), known.get((run.workflow, run.version), 0)),
            estimates.get(run.id),
        )
        for run in runs
    ]
