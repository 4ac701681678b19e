"""Case: what one process knows of an incident that it works on: who suffers, what is being tried."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from maestro.engine.recovery.root_cause import Cause
from maestro.engine.recovery.troubleshooting import Choice, Tries
from maestro.engine.words import Words


@dataclass
class Trial:
    """An action under way, or done and waiting for the judgement of the health checks.

    Args:
        choice: what is tried.
        task: the action itself.
        started_at: when it began.
        ended_at: when it was done; None while it is under way.
        number: of the action in the records, once it is written there.
    """

    choice: Choice
    task: asyncio.Future[None]
    started_at: datetime
    ended_at: datetime | None = None
    number: int | None = None


@dataclass
class Case:
    """An open incident.

    Args:
        component, kind: where and how it was noticed.
        noticed_at: when the first component left health.
        members: all components that suffer.
        incident_id: in the records, once it is written there.
        mine: whether this process works on it; None while the records are out of reach, and then it does.
        resolved_elsewhere: whether a person or another process has closed it.
        causes: suspects as ranked last.
        tries: what was tried, and what that disproves.
        trial: what is being tried.
        to_end: what was done and has to be ended once everything is healthy.
        escalated: whether a person was called.
    """

    component: str
    kind: str
    noticed_at: datetime
    members: set[str]
    incident_id: str | None = None
    mine: bool | None = None
    resolved_elsewhere: bool = False
    causes: list[Cause] = field(default_factory=list)
    tries: Tries = field(default_factory=Tries)
    trial: Trial | None = None
    to_end: list[Choice] = field(default_factory=list)
    escalated: bool = False


@dataclass(frozen=True)
class Closed:
    """A case that an action has ended a moment ago; remembered in case that it comes back."""

    case: Case
    trial: Trial
    at: datetime
    seconds: float


@dataclass(frozen=True)
class Escalation:
    """What a person is told when called.

    Args:
        incident_id: in the records; None while they are out of reach.
        title: what is wrong.
        since: since when.
        causes: suspects, most likely first.
        tried: each action that did not help, with its target.
    """

    incident_id: str | None
    title: Words
    since: datetime
    causes: tuple[Cause, ...]
    tried: tuple[tuple[str, str], ...]
