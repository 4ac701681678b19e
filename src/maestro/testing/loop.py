"""Loop bench: opens a decision loop on a database of its own, so that a role can be tried out and tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision_store import DecisionStore
from maestro.agents.guardrails.base import Guardrail
from maestro.agents.loop import DecisionLoop
from maestro.agents.role import Role
from maestro.agents.track_record import Level
from maestro.clock import Clock
from maestro.database import Base, Database
from maestro.telemetry import Metrics


@dataclass
class LoopBench:
    """A loop with everything that it writes to, and every event that it told."""

    loop: DecisionLoop
    store: DecisionStore
    autonomy: AutonomyStore
    audit: AuditLog
    metrics: Metrics
    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        role: Role,
        database: Database,
        clock: Clock,
        *,
        guardrails: Iterable[Guardrail] = (),
        level: Level = Level.SHADOW,
    ) -> LoopBench:
        """Create the tables where they are missing, and a loop for the role that starts at `level`."""
        Base.metadata.create_all(database.engine)
        store, audit, metrics = DecisionStore(database), AuditLog(database, clock), Metrics()
        autonomy = AutonomyStore(database, audit)
        events: list[tuple[str, Mapping[str, Any]]] = []
        loop = DecisionLoop(
            role,
            store=store,
            guardrails=guardrails,
            autonomy_store=autonomy,
            audit=audit,
            clock=clock,
            metrics=metrics,
            on_event=lambda kind, payload: events.append((kind, payload)),
            starting_level=level,
        )
        return cls(loop, store, autonomy, audit, metrics, events)
