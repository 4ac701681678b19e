"""Incident: something broke: its symptoms, its likely causes, what recovery did and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from maestro.engine.recovery.root_cause import Cause
from maestro.engine.words import Words

ROLLBACK_FAILED, RUN_STUCK = "rollback_failed", "run_stuck"
RUN_KINDS = frozenset({ROLLBACK_FAILED, RUN_STUCK})
"""Kinds of incidents that are about one run, which is their component; only a person ends them."""


class IncidentStatus(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    RECOVERING = "recovering"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """How much of the system it touches."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Outcome(StrEnum):
    """How an action of recovery went, in the judgement of the health checks."""

    RUNNING = "running"
    RECOVERED = "recovered"
    NO_EFFECT = "no_effect"
    FAILED = "failed"
    RELAPSED = "relapsed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Symptom:
    """A figure that was not as it should be, or the words of a check that failed."""

    name: str
    value: float
    normal: float
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """For the journal and the server."""
        return {"name": self.name, "value": self.value, "normal": self.normal, "at": self.at.isoformat()}


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened during an incident."""

    at: datetime
    kind: str
    words: Words

    def to_dict(self) -> dict[str, Any]:
        """For the server."""
        return {"at": self.at.isoformat(), "kind": self.kind, "words": self.words.shape()}


@dataclass(frozen=True)
class Tried:
    """An action that recovery tried, on what, in which layer, and what came of it."""

    id: int
    action: str
    target: str
    layer: str
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """For the server."""
        return {
            "action": self.action,
            "target": self.target,
            "layer": self.layer,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "outcome": self.outcome.value,
        }


@dataclass(frozen=True)
class Incident:
    """An incident as a list shows it; `layer` is that of the last try, None where nothing was tried."""

    id: str
    kind: str
    component: str
    title: Words
    status: IncidentStatus
    severity: Severity
    started_at: datetime
    resolved_at: datetime | None
    layer: str | None
    cause: Words | None
    recovery_s: float | None
    acknowledged_by: str | None
    note: str

    @property
    def run_id(self) -> str | None:
        """The run that it is about; None where it is about a part of the machine."""
        return self.component if self.kind in RUN_KINDS else None

    @property
    def calls_person(self) -> bool:
        """Whether nothing helped and nobody looks after it yet."""
        return self.status is IncidentStatus.ESCALATED and self.acknowledged_by is None

    def to_dict(self) -> dict[str, Any]:
        """For the server."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title.shape(),
            "status": self.status.value,
            "severity": self.severity.value,
            "component": self.component,
            "run_id": self.run_id,
            "started_at": self.started_at.isoformat(),
            "resolved_at": self.resolved_at.isoformat() if self.resolved_at else None,
            "layer": self.layer,
            "cause": self.cause.shape() if self.cause else None,
            "recovery_s": self.recovery_s,
        }


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with everything that is known of it."""

    incident: Incident
    symptoms: tuple[Mapping[str, Any], ...]
    causes: tuple[Mapping[str, Any], ...]
    timeline: tuple[TimelineEntry, ...]
    actions: tuple[Tried, ...]

    def to_dict(self) -> dict[str, Any]:
        """For the server."""
        return {
            **self.incident.to_dict(),
            "symptoms": [dict(each) for each in self.symptoms],
            "causes": [dict(each) for each in self.causes],
            "timeline": [each.to_dict() for each in self.timeline],
            "actions": [each.to_dict() for each in self.actions],
            "acknowledged_by": self.incident.acknowledged_by,
            "note": self.incident.note,
        }


def cause_to_dict(cause: Cause) -> dict[str, Any]:
    """A suspect, for the journal and the server."""
    return {
        "component": cause.component,
        "probability": round(cause.probability, 4),
        "evidence": [each.shape() for each in cause.evidence],
        "signature": cause.signature,
    }
