"""System: what the server needs of the running Maestro, and how a route gets hold of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from fastapi import Request

from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision_store import DecisionStore
from maestro.agents.events import EventHub
from maestro.agents.loop import DecisionLoop
from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.memory import MemoryControl
from maestro.engine.recovery.circuit_breaker import Breakers
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.playbook import Playbooks
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.scheduling.scheduler import Scheduler
from maestro.engine.workers import Pool
from maestro.engine.workflow import Engine
from maestro.packs.base import AgentSpec, World
from maestro.server.accounts import Person
from maestro.settings import Settings
from maestro.telemetry import Metrics


class Agent(Protocol):
    """An agent at work: what its pack declares, its loop and its state."""

    @property
    def spec(self) -> AgentSpec: ...
    @property
    def loop(self) -> DecisionLoop: ...
    @property
    def state(self) -> str: ...
    @property
    def last_error(self) -> str: ...


class RecoveryRecords(Protocol):
    """What recovery keeps: incidents, breakers, and what it has learned."""

    @property
    def incidents(self) -> IncidentStore: ...
    @property
    def breakers(self) -> Breakers: ...
    @property
    def playbooks(self) -> Playbooks: ...


class System(Protocol):
    """The running system, as `maestro.app.App` is one."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock:
        """The shop's time."""
        ...

    @property
    def wall(self) -> Clock:
        """The time of people and machines."""
        ...

    @property
    def database(self) -> Database: ...
    @property
    def world(self) -> World: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def decisions(self) -> DecisionStore: ...
    @property
    def agents(self) -> Mapping[str, Agent]: ...
    @property
    def autonomy(self) -> AutonomyStore: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def events(self) -> EventHub: ...
    @property
    def pool(self) -> Pool | None: ...
    @property
    def executors(self) -> ExecutorRegistry: ...
    @property
    def scheduler(self) -> Scheduler: ...
    @property
    def estimates(self) -> EtaBook: ...
    @property
    def adaptation(self) -> LearningAdvisor: ...
    @property
    def recovery(self) -> RecoveryRecords: ...
    @property
    def memory(self) -> MemoryControl: ...
    def release(self, name: str) -> None:
        """Put an agent that is out of service back to work; on the event loop."""
        ...


def system_of(request: Request) -> System:
    """The system that this request's server belongs to."""
    return cast(System, request.app.state.system)


def audited(request: Request, person: Person, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """Write into the audit log that a person did something."""
    system_of(request).audit.append(f"person:{person.email}", action, subject, details)
