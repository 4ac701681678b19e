"""Run watch: turns runs that could not be rolled back, or do not go on, into incidents for a person."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from maestro.clock import Clock
from maestro.engine.observation import RunOutcome, StepOutcome
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.health import Reading
from maestro.engine.recovery.incident import ROLLBACK_FAILED, RUN_STUCK, Incident, Severity
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.root_cause import Cause
from maestro.engine.run import RunInfo
from maestro.errors import ConflictError, MaestroError

LOOK_S = 30.0
"""Seconds between two looks at the runs that do not go on."""

WORN_OUT = "It was taken up again too often without an end."
"""Why a run is stuck of which nothing else is known."""


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
        self._stuck: set[str] | None = None

    def step_ended(self, outcome: StepOutcome) -> None:
        """Nothing: what a step means for health shows in the checks."""

    def run_ended(self, outcome: RunOutcome) -> None:
        """A run that was stuck is not any more."""
        self._unstuck(outcome.run_id)

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """The effect of a step stays although its run failed: a person must look at it."""
        words = incident_words.undo_failed(step, error)
        self._report(run_id, workflow, ROLLBACK_FAILED, Cause(step, 1.0, (words,)))

    def stuck(self, runs: Sequence[RunInfo]) -> None:
        """The runs that do not go on at present; those no longer named go on again."""
        now = {run.id for run in runs}
        if self._stuck is None:
            self._stuck = set()
            self._diary.write(lambda: self._resolve_all_but(now))
        for run_id in self._stuck - now:
            self._unstuck(run_id)
        for run in runs:
            if run.id not in self._stuck:
                self._stuck.add(run.id)
                words = incident_words.run_stuck(run.reason or WORN_OUT)
                self._report(run.id, run.workflow, RUN_STUCK, Cause(run.workflow, 1.0, (words,)))

    def _report(self, run_id: str, workflow: str, kind: str, cause: Cause) -> None:
        at, words = self._clock.now(), cause.evidence[0]
        title = incident_words.run_title(workflow, kind)

        def write() -> None:
            incident, new = self._incidents.open(run_id, kind, Severity.HIGH, (), words, title=title, at=at)
            if new:
                self._incidents.explain(incident.id, cause)
                self._incidents.escalate(incident.id, incident_words.ONLY_A_PERSON, at=at)
            elif kind == ROLLBACK_FAILED:
                self._incidents.explain(incident.id, cause)
                self._incidents.tell(incident.id, "symptom", words, at=at)

        self._diary.write(write)
        self._call_person(Escalation(None, title, at, (cause,), ()))

    def _unstuck(self, run_id: str) -> None:
        if self._stuck is None or run_id not in self._stuck:
            return
        self._stuck.discard(run_id)
        at = self._clock.now()
        self._diary.write(lambda: self._resolve(self._incidents.open_one(run_id, RUN_STUCK), at))

    def _resolve_all_but(self, stuck: Collection[str]) -> None:
        """What an earlier process has left open of runs that go on meanwhile."""
        for incident in self._incidents.unresolved():
            if incident.kind == RUN_STUCK and incident.component not in stuck:
                self._resolve(incident, self._clock.now())

    def _resolve(self, incident: Incident | None, at: datetime) -> None:
        if incident is not None:
            with contextlib.suppress(ConflictError):
                self._incidents.resolve(incident.id, at=at)


class StuckRuns:
    """A look at the runs that do not go on, taken along with the health checks, but seldom.

    It says nothing of any component: each stuck run is an incident of its own.

    Args:
        watch: told of them.
        find: the runs that are stuck.
        clock: the wall clock.
    """

    component = "runs"

    def __init__(
        self, watch: RunWatch, find: Callable[[], Awaitable[Sequence[RunInfo]]], clock: Clock
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
