"""Assembly: puts all parts of recovery together for one running system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.chronicle import Chronicle
from maestro.engine.recovery.circuit_breaker import Breakers
from maestro.engine.recovery.dependencies import Component, Dependencies
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.health import Health, HealthCheck
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.playbook import Playbooks
from maestro.engine.recovery.prevention import Limit, Prediction, Prevention
from maestro.engine.recovery.recovery import Recovery
from maestro.engine.recovery.root_cause import Change, RootCause
from maestro.engine.recovery.run_watch import RunWatch, StuckRuns
from maestro.engine.recovery.troubleshooting import Troubleshooting
from maestro.engine.run import RunInfo
from maestro.settings import RecoverySettings


@dataclass(frozen=True)
class System:
    """What recovery looks after.

    Args:
        components: its parts and what each needs.
        checks: find out how they are.
        actions: what may be done to them.
        limits: figures that must not reach a limit.
        changes: what was changed since a moment.
        predictions: failures that somebody predicts.
        stuck_runs: finds the runs that do not go on.
    """

    components: Sequence[Component]
    checks: Sequence[HealthCheck]
    actions: Sequence[Action]
    limits: Sequence[Limit] = ()
    changes: Callable[[datetime], Sequence[Change]] = lambda _: ()
    predictions: Callable[[], Sequence[Prediction]] = lambda: ()
    stuck_runs: Callable[[], Awaitable[Sequence[RunInfo]]] | None = None


@dataclass(frozen=True)
class SelfHealing:
    """Recovery, put together: `recovery.run()` is the loop; the rest is what pages and tools ask."""

    recovery: Recovery
    incidents: IncidentStore
    playbooks: Playbooks
    prevention: Prevention
    breakers: Breakers
    watch: RunWatch


def assemble(
    system: System,
    records: Database,
    clock: Clock,
    settings: RecoverySettings,
    *,
    seed: int,
    owner: str = "local",
    call_person: Callable[[Escalation], None] = lambda _: None,
    on_event: Callable[[str, Mapping[str, Any]], None] = lambda *_: None,
) -> SelfHealing:
    """Put recovery together; nothing runs before `recovery.run()`.

    Args:
        system: what it looks after.
        records: the engine's records, their tables created.
        clock: the wall clock.
        settings: rhythm, layers and patience.
        seed: of every random draw.
        owner: name of this process; one process works on an incident.
        call_person: told of an incident that recovery gives up on.
        on_event: told of every change of an incident, for a live page: a topic and plain data.
    """
    diary = Diary()
    dependencies = Dependencies(system.components)
    health = Health(clock, settings.check_timeout_s)
    health.add(*system.checks)
    playbooks = Playbooks(records, np.random.default_rng(seed), diary)
    playbooks.refresh()
    incidents = IncidentStore(records, clock)
    prevention = Prevention(
        limits=system.limits,
        signals=health.signals,
        actions=system.actions,
        dependencies=dependencies,
        playbooks=playbooks,
        records=records,
        diary=diary,
        clock=clock,
        settings=settings,
        predictions=system.predictions,
    )
    recovery = Recovery(
        health=health,
        causes=RootCause(dependencies),
        chooser=Troubleshooting(system.actions, dependencies, playbooks, settings),
        playbooks=playbooks,
        chronicle=Chronicle(incidents, diary, clock, owner, on_event),
        clock=clock,
        settings=settings,
        changes=system.changes,
        call_person=call_person,
        prevention=prevention,
    )
    watch = RunWatch(incidents, diary, clock, call_person)
    if system.stuck_runs is not None:
        health.add(StuckRuns(watch, system.stuck_runs, clock))
    return SelfHealing(recovery, incidents, playbooks, prevention, Breakers(records, clock, settings), watch)
