"""Agent routes: how far each agent may act, what it has proved, and a person's hold on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from maestro.agents import autonomy
from maestro.agents.autonomy_store import EVERYONE, Change
from maestro.agents.decision_tables import CycleRow, DecisionRow
from maestro.agents.moment import moment_text
from maestro.agents.progress import progress
from maestro.agents.track_record import Level as AutonomyLevel
from maestro.agents.track_record import LevelChange, TrackRecord
from maestro.errors import ConflictError, NotFoundError
from maestro.server.accounts import Person
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import Agent, System, audited, system_of
from maestro.server.views import AgentSummaryView, Level, Words

router = APIRouter(prefix="/agents", tags=["agents"], route_class=IdempotentRoute)

Name = Annotated[str, Path(max_length=100)]


class AgentList(BaseModel):
    """Every agent; `stopped` while a person has stopped all of them at once."""

    items: list[AgentSummaryView]
    stopped: bool


class LevelChangeView(BaseModel):
    """A change of an agent's level, or of what a person allows it."""

    model_config = ConfigDict(populate_by_name=True)
    at: datetime
    kind: str
    from_: Level = Field(alias="from")
    to: Level
    cause: Words
    actor: str


class CycleGainView(BaseModel):
    """What one measured cycle gained over the baseline, on average over its decisions."""

    cycle: str
    at: datetime
    gain: float
    normalised: float
    covered_share: float


class GuardrailView(BaseModel):
    """A limit on an agent's actions; null where there is nothing to set."""

    guard: str
    limit: float | None
    unit: str
    words: Words


class AgentView(AgentSummaryView):
    """An agent with its history and limits.

    `all_stopped` while a person has stopped all agents at once; `last_error` is what broke its last failed
    cycle, empty where none failed.
    """

    purpose: Words
    history: list[LevelChangeView]
    gains: list[CycleGainView]
    guardrails: list[GuardrailView]
    max_loss_per_cycle: float
    all_stopped: bool
    last_error: str


class AgentChanges(BaseModel):
    """What a person changes; what is left out stays.

    `cap` null takes the cap away, `pin` null unpins. Order: stopped, cap, level, pin, guardrails.
    """

    model_config = ConfigDict(extra="forbid")
    stopped: bool | None = None
    cap: Level | None = None
    level: Level | None = None
    pin: Level | None = None
    guardrails: dict[str, Annotated[float, Field(ge=0, le=1e12)]] = Field({}, max_length=50)


@router.get("", response_model=AgentList, dependencies=[viewer])
def list_agents(request: Request) -> Response:
    """Every agent with its level and its proof so far."""
    return Json(_everyone(system_of(request)))


@router.post("/stop", response_model=AgentList)
def stop_agents(request: Request, person: Manager) -> Response:
    """Stop every agent at once: no action of any is carried out until all are resumed."""
    system = system_of(request)
    _tell(system, system.autonomy.stop_everyone(person.email, system.clock.now()))
    return Json(_everyone(system))


@router.post("/resume", response_model=AgentList)
def resume_agents(request: Request, person: Manager) -> Response:
    """Let agents go on that were all stopped at once; one that was stopped itself stays stopped."""
    system = system_of(request)
    _tell(system, system.autonomy.resume_everyone(person.email, system.clock.now()))
    return Json(_everyone(system))


@router.get("/{name}", response_model=AgentView, dependencies=[viewer])
def read_agent(request: Request, name: Name) -> Response:
    """One agent with its history, gains and limits."""
    system = system_of(request)
    return Json(_whole(system, name, _agent(system, name)))


@router.patch("/{name}", response_model=AgentView)
def change_agent(request: Request, person: Manager, name: Name, body: AgentChanges) -> Response:
    """Stop, resume, cap, set or pin an agent, or change its limits; every change is in the audit log."""
    system = system_of(request)
    agent = _agent(system, name)
    if body.stopped is False and system.autonomy.stopped(EVERYONE):
        raise ConflictError("All agents are stopped.", remedy="Let all agents go on first.")
    for change in _changes(agent, body, person, system.clock.now()):
        agent.loop.change(change)
    for guard, limit in body.guardrails.items():
        agent.loop.set_limit(guard, limit, person.email)
    return Json(_whole(system, name, agent))


@router.post("/{name}/release", response_model=AgentView)
async def release_agent(request: Request, person: Manager, name: Name) -> Response:
    """Put an agent that is in quarantine back to work; 409 while it is at work."""
    system = system_of(request)
    agent = _agent(system, name)
    system.release(name)  # starts a task, so it has to happen on the event loop
    why = {"error": agent.last_error}
    await run_in_threadpool(audited, request, person, "agent.released", name, why)
    return Json(await run_in_threadpool(_whole, system, name, agent))


def agent_summaries(system: System) -> list[dict[str, Any]]:
    """Every agent as a line of a list."""
    with system.database.reader() as session:
        return [_summary(system, session, name, agent) for name, agent in system.agents.items()]


def _everyone(system: System) -> dict[str, Any]:
    return {"items": agent_summaries(system), "stopped": system.autonomy.stopped(EVERYONE)}


def _tell(system: System, happened: LevelChange | None) -> None:
    if happened is None:
        return
    for name in system.agents:
        told = {"name": name, "kind": happened.kind, "cause": dict(happened.cause), "actor": happened.actor}
        system.events.announce("agent", told)


def _agent(system: System, name: str) -> Agent:
    agent = system.agents.get(name)
    if agent is None:
        known = ", ".join(system.agents)
        raise NotFoundError(f"There is no agent {name[:100]}.", remedy=f"Use one of: {known}.")
    return agent


def _changes(agent: Agent, body: AgentChanges, person: Person, at: datetime) -> list[Change]:
    given = body.model_fields_set
    who = person.email
    record = agent.loop.autonomy.record(agent.loop.role.name)
    changes: list[Change] = []
    if body.stopped is not None and body.stopped != record.stopped:
        changes.append(partial(_stop if body.stopped else autonomy.resume, person=who, at=at))
    if "cap" in given:
        cap = AutonomyLevel.named(body.cap or "full")
        changes.append(lambda before: autonomy.set_cap(before, cap, who, at))
    if body.level is not None:
        level = AutonomyLevel.named(body.level)
        changes.append(lambda before: autonomy.set_level(before, level, who, at))
    if body.pin is not None:
        pin = AutonomyLevel.named(body.pin)
        changes.append(lambda before: autonomy.pin(before, pin, who, at))
    elif "pin" in given and record.pinned:
        changes.append(partial(autonomy.unpin, person=who, at=at))
    return changes


def _stop(record: TrackRecord, person: str, at: datetime) -> Any:
    return autonomy.stop(record, person, at)


def _summary(system: System, session: Session, name: str, agent: Agent) -> dict[str, Any]:
    record = agent.loop.autonomy.record(name, session=session)
    decided, measured, covered, acted, earned = session.execute(
        select(
            func.sum(CycleRow.proposed),
            func.sum(CycleRow.measured),
            func.sum(CycleRow.covered),
            func.sum(CycleRow.acted),
            func.sum(CycleRow.earned),
        ).where(CycleRow.agent == name)
    ).one()
    waiting = session.scalar(
        select(func.count()).where(DecisionRow.agent == name, DecisionRow.status == "waiting")
    )
    last = session.scalar(select(func.max(CycleRow.at)).where(CycleRow.agent == name))
    cycle_days = system.world.cycle_days(name)
    proved = progress(record, cycle_days)
    following = _following(last, cycle_days, system.clock.now()) if last else system.world.next_moment()
    return {
        "name": name,
        "title": dict(agent.spec.title),
        "pack": agent.loop.role.pack,
        "level": record.level.word,
        "cap": record.cap.word,
        "pinned": record.pinned,
        "stopped": agent.loop.autonomy.stopped(name, session=session),
        "state": agent.state,
        "decisions": int(decided or 0),
        "waiting": waiting or 0,
        "gain_mean": earned / acted if acted else None,
        "coverage": covered / measured if measured else None,
        "evidence": {
            "points": proved.points,
            "gain_points": proved.gain_points,
            "calibration_points": proved.calibration_points,
            "towards": proved.towards.word if proved.towards is not None else None,
            "words": dict(proved.words),
        },
        "last_cycle_at": moment_text(last) if last else None,
        "next_cycle_at": moment_text(following),
    }


def _following(last: datetime, cycle_days: float, now: datetime) -> datetime:
    """The next cycle; those that were missed, as in quarantine, are not made up for."""
    cycle = timedelta(days=cycle_days)
    return last + (max((now - last) // cycle, 0) + 1) * cycle


def _whole(system: System, name: str, agent: Agent) -> dict[str, Any]:
    loop = agent.loop
    with system.database.reader() as session:
        summary = _summary(system, session, name, agent)
    history = [
        {
            "at": moment_text(change.at),
            "kind": change.kind,
            "from": change.before.word,
            "to": change.after.word,
            "cause": dict(change.cause),
            "actor": change.actor,
        }
        for change in loop.autonomy.history(name)
    ]
    guardrails = [
        {"guard": guard.name, "limit": guard.limit, "unit": guard.unit, "words": dict(guard.words)}
        for guard in loop.guardrails
    ]
    return summary | {
        "purpose": dict(agent.spec.purpose),
        "history": history,
        "gains": [gain.to_dict() for gain in loop.cycles.gains(name)],
        "guardrails": guardrails,
        "all_stopped": loop.autonomy.stopped(EVERYONE),
        "last_error": agent.last_error,
        "max_loss_per_cycle": loop.role.max_loss_per_cycle(system.clock.now()),
    }
