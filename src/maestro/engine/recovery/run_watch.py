"""Run watch: turns runs that could not be rolled back, or do not go on, into incidents for a person."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from maestro.clock import Clock
from maestro.engine.observation import RunOutcome, StepOutcome
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.health import Reading
from maestro.engine.recovery.incident import Severity
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.words import Words
from maestro.errors import ConflictError, MaestroError

LOOK_S = 30.0
"""Seconds between two looks at the runs that do not go on."""

ROLLBACK_FAILED = "rollback_failed"
STUCK = "run_stuck"


class RunWatch:
    """An observer of the engine. Its incidents name the run as their component; only a person mends them.

    A run that is stuck may go on by itself: its incident is then resolved.

    Args:
        incidents: keeps the record.
        diary: writes it, so that the engine never waits.
        clock: the wall clock.
        call_person: told at once.
    """

    def __init__(
        self,
        incidents: IncidentStore,
        diary: Diary,
        clock: Clock,
        call_person: Callable[[Escalation], None] = lambda _: None,
    ) -> None:
        self._incidents = incidents
        self._diary = diary
        self._clock = clock
        self._call_person = call_person
        self._stuck: set[str] = set()

    def step_ended(self, outcome: StepOutcome) -> None:
        """Nothing: what a step means for health shows in the checks."""

    def run_ended(self, outcome: RunOutcome) -> None:
        """A run that was stuck is not any more."""
        self._unstuck(outcome.run_id)

    def rollback_failed(self, run_id: str, step: str, error: str) -> None:
        """The effect of a step stays although its run failed: a person must look at it."""
        self._report(run_id, ROLLBACK_FAILED, incident_words.rollback_failed(run_id, step, error))

    def stuck(self, runs: Mapping[str, str]) -> None:
        """The runs that do not go on at present, each with the reason; those no longer named go on again."""
        for run_id in self._stuck - set(runs):
            self._unstuck(run_id)
        for run_id, reason in runs.items():
            if run_id not in self._stuck:
                self._stuck.add(run_id)
                self._report(run_id, STUCK, incident_words.run_stuck(run_id, reason))

    def _report(self, run_id: str, kind: str, words: Words) -> None:
        at = self._clock.now()

        def write() -> None:
            incident, new = self._incidents.open(run_id, kind, Severity.HIGH, (), words, at=at)
            if new:
                self._incidents.escalate(incident.id, at=at)
            elif kind == ROLLBACK_FAILED:
                self._incidents.tell(incident.id, "symptom", words, at=at)

        self._diary.write(write)
        self._call_person(Escalation(None, words, at, (), ()))

    def _unstuck(self, run_id: str) -> None:
        if run_id not in self._stuck:
            return
        self._stuck.discard(run_id)
        at = self._clock.now()

        def write() -> None:
            incident = self._incidents.open_one(run_id, STUCK)
            if incident is not None:
                with contextlib.suppress(ConflictError):
                    self._incidents.resolve(incident.id, at=at)

        self._diary.write(write)


class StuckRuns:
    """A look at the runs that do not go on, taken along with the health checks, but seldom.

    It says nothing of any component: each stuck run is an incident of its own.

    Args:
        watch: told of them.
        find: the runs that are stuck, each with the reason.
        clock: the wall clock.
    """

    component = "runs"

    def __init__(
        self, watch: RunWatch, find: Callable[[], Awaitable[Mapping[str, str]]], clock: Clock
    ) -> None:
        self._watch = watch
        self._find = find
        self._clock = clock
        self._next_at: datetime | None = None

    async def check(self) -> Reading:
        """Look, where it is time to."""
        now = self._clock.now()
        if self._next_at is None or now >= self._next_at:
            self._next_at = now + timedelta(seconds=LOOK_S)
            with contextlib.suppress(MaestroError, SQLAlchemyError):  # the journal has checks of its own
                self._watch.stuck(await self._find())
        return Reading()
