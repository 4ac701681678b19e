"""Run watch: runs that could not be rolled back, or are stuck, become incidents that call a person."""

from __future__ import annotations

from datetime import datetime

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.observation import RunOutcome
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.run_watch import RunWatch, StuckRuns
from maestro.engine.run import RunInfo, RunStatus
from maestro.errors import TemporaryError


class Watched:
    """A run watch with what it writes and whom it calls."""

    def __init__(self, records: Database, clock: VirtualClock) -> None:
        self.clock, self.diary, self.called = clock, Diary(), list[Escalation]()
        self.incidents = IncidentStore(records, clock)
        self.watch = RunWatch(self.incidents, self.diary, clock, self.called.append)

    def open(self) -> list[tuple[str, str]]:
        self.diary.flush_now()
        return [(each.component, each.kind) for each in self.incidents.unresolved()]


def stuck(run_id: str, reason: str = "") -> RunInfo:
    return RunInfo(run_id, "replenish", RunStatus.STUCK, None, None, "", reason=reason)


@pytest.fixture
def watched(records: Database, clock: VirtualClock) -> Watched:
    return Watched(records, clock)


def test_a_failed_rollback_calls_a_person_and_keeps_the_words(watched: Watched) -> None:
    watched.watch.rollback_failed("run-7", "booking", "charge", "card gone")
    watched.watch.rollback_failed("run-7", "booking", "reserve", "shelf gone")
    assert watched.open() == [("run-7", "rollback_failed")]
    detail = watched.incidents.get(watched.incidents.unresolved()[0].id)
    incident = detail.incident
    assert incident.title.en == "booking: a failed run could not be undone completely"
    assert (incident.status, incident.run_id, incident.layer) == ("escalated", "run-7", None)
    assert incident.cause is not None
    assert incident.cause.en == "The step charge could not be undone: card gone"
    assert [each["component"] for each in detail.causes] == ["charge", "reserve"]
    assert [entry.words.en for entry in detail.timeline] == [
        "The step charge could not be undone: card gone",
        "A person is called: only a person can end this, so nothing is tried.",
        "The step reserve could not be undone: shelf gone",
    ]
    assert len(watched.called) == 2


async def test_the_look_at_stuck_runs_is_seldom_and_survives_a_lost_journal(
    watched: Watched, clock: VirtualClock
) -> None:
    looks: list[datetime] = []

    async def find() -> list[RunInfo]:
        looks.append(clock.now())
        if len(looks) == 2:
            raise TemporaryError("the journal is away")
        return [stuck("run-1", "too many attempts")]

    check = StuckRuns(watched.watch, find, clock)
    for _ in range(80):
        assert (await check.check()).healthy
        await clock.advance(seconds=1)
    assert len(looks) == 3
    assert watched.open() == [("run-1", "run_stuck")]


def test_a_stuck_run_is_told_once_and_resolved_when_it_goes_on(watched: Watched) -> None:
    watched.watch.stuck([stuck("run-1", "it was set aside"), stuck("run-2")])
    watched.watch.stuck([stuck("run-1", "it was set aside"), stuck("run-2")])
    assert watched.open() == [("run-1", "run_stuck"), ("run-2", "run_stuck")]
    words = {each.component: each.cause.en for each in watched.incidents.unresolved() if each.cause}
    assert words == {
        "run-1": "The run does not go on: it was set aside",
        "run-2": "The run does not go on: It was taken up again too often without an end.",
    }
    watched.watch.stuck([stuck("run-2")])
    assert watched.open() == [("run-2", "run_stuck")]
    ended = RunOutcome("run-2", "replenish", "1", "succeeded", watched.clock.now(), 3.0)
    watched.watch.run_ended(ended)
    watched.watch.run_ended(ended)
    assert watched.open() == []
    assert len(watched.called) == 2


def test_what_an_earlier_process_left_open_is_resolved_where_the_run_goes_on_meanwhile(
    watched: Watched, records: Database, clock: VirtualClock
) -> None:
    watched.watch.stuck([stuck("run-1"), stuck("run-2")])
    watched.watch.rollback_failed("run-3", "booking", "charge", "card gone")
    watched.diary.flush_now()
    later = Watched(records, clock)
    later.watch.stuck([stuck("run-2")])
    assert later.open() == [("run-2", "run_stuck"), ("run-3", "rollback_failed")]
