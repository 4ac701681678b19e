"""Chronicle: writes into the records what recovery sees and does, without ever making it wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from maestro.clock import Clock
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.case import Case, Trial
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.incident import IncidentStatus, Outcome, Severity, Symptom
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.root_cause import Cause
from maestro.engine.words import Words
from maestro.errors import ConflictError

CLAIM_S = 30.0
"""Seconds for which a process keeps an incident to itself; renewed with each thing that it does."""


class Chronicle:
    """Every sentence goes through the diary, with the moment at which it was true.

    Args:
        incidents: the records.
        diary: writes in order, now or later.
        clock: the wall clock.
        owner: name of this process.
        on_event: told of every change of an incident: a topic and plain data.
    """

    def __init__(
        self,
        incidents: IncidentStore,
        diary: Diary,
        clock: Clock,
        owner: str,
        on_event: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._incidents = incidents
        self._diary = diary
        self._clock = clock
        self._owner = owner
        self._on_event = on_event
        self._news: list[Mapping[str, Any]] = []

    async def adopt(self, components: Collection[str]) -> list[Case]:
        """The incidents that an earlier process, or another one, has left open for these components."""
        found = await asyncio.to_thread(self._incidents.unresolved)
        return [
            Case(
                incident.component,
                incident.kind,
                incident.started_at,
                {incident.component},
                incident_id=incident.id,
                escalated=incident.status is IncidentStatus.ESCALATED,
            )
            for incident in found
            if incident.component in components
        ]

    async def flush(self) -> None:
        """Write what waits, then tell of it."""
        await self._diary.flush()
        while self._news:
            self._on_event("incident", self._news.pop(0))

    def opened(self, case: Case, severity: Severity, symptoms: Sequence[Symptom]) -> None:
        """Trouble is confirmed."""
        words = incident_words.opened(case.component, case.kind)

        def write() -> None:
            incident, _ = self._incidents.open(
                case.component, case.kind, severity, symptoms, words, at=case.noticed_at
            )
            case.incident_id = incident.id
            case.mine = self._incidents.claim(incident.id, self._owner, CLAIM_S)

        self._diary.write(write)
        self._announce(case)

    def joined(self, case: Case, component: str, kind: str) -> None:
        """Another component suffers too."""
        words, at = incident_words.joined(component, kind), self._clock.now()
        self._write(case, lambda key: self._incidents.tell(key, "symptom", words, at=at))

    def claimed(self, case: Case) -> None:
        """Keep the incident, or take it over from a process that no longer does."""

        def write(key: str) -> None:
            case.mine = self._incidents.claim(key, self._owner, CLAIM_S)
            if not case.mine:
                status = self._incidents.get(key).incident.status
                case.resolved_elsewhere = status is IncidentStatus.RESOLVED

        self._write(case, write)

    def suspected(self, case: Case, causes: Sequence[Cause], symptoms: Sequence[Symptom]) -> None:
        """The causes have been ranked."""
        at = self._clock.now()
        self._write(case, lambda key: self._incidents.suspect(key, causes, symptoms, at=at))

    def tried(self, case: Case, trial: Trial) -> None:
        """An action begins."""
        choice = trial.choice

        def write(key: str) -> None:
            trial.number = self._incidents.action_started(
                key, choice.action.name, choice.target, choice.action.layer.value, at=trial.started_at
            )

        self._write(case, write)
        self._announce(case)

    def judged(self, case: Case, trial: Trial, outcome: Outcome) -> None:
        """The health checks have judged an action."""
        at = self._clock.now()

        def write(_: str) -> None:
            if trial.number is not None:
                self._incidents.action_ended(trial.number, outcome, at=at)

        self._write(case, write)

    def relapsed(self, case: Case) -> None:
        """It is the same trouble as a moment ago."""
        at = self._clock.now()
        self._write(case, lambda key: self._incidents.tell(key, "relapsed", incident_words.RELAPSED, at=at))

    def escalated(self, case: Case, words: Words) -> None:
        """A person is called."""
        at = self._clock.now()
        self._write(case, lambda key: self._incidents.escalate(key, words, at=at))
        self._announce(case)

    def resolved(self, case: Case) -> None:
        """Everything is healthy again."""
        at = self._clock.now()

        def write(key: str) -> None:
            with contextlib.suppress(ConflictError):  # a person or another process was faster
                self._incidents.resolve(key, at=at)

        self._write(case, write)
        self._announce(case)

    def _announce(self, case: Case) -> None:
        self._write(case, lambda key: self._news.append(self._incidents.get(key).incident.to_dict()))

    def _write(self, case: Case, entry: Callable[[str], None]) -> None:
        def write() -> None:
            if case.incident_id is not None:
                entry(case.incident_id)

        self._diary.write(write)
