"""Pauses: runs of tasks that wait are noted, for what and how long, once however many look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.pauses import Pauses
from maestro.engine.scheduling.task import NewTask, TaskStatus
from maestro.engine.waiting import CLOSED, OPEN, WaitRow


@pytest.fixture
def pauses(any_records: Database, clock: VirtualClock) -> Pauses:
    return Pauses(any_records, clock)


def admit(backlog: Backlog, *ids: str) -> None:
    for each in ids:
        backlog.submit(NewTask("w", id=each))
        assert backlog.claim(each, "one")


def begin(records: Database, clock: VirtualClock, run_id: str, kind: str = "approval") -> None:
    row = WaitRow(run_id=run_id, step=kind, workflow="w", kind=kind, topic="go", words="", state=OPEN)
    row.since, row.until, row.outcome = clock.now(), None, None
    with records.session() as session:
        session.add(row)


def close(records: Database, kind: str = "approval") -> None:
    with records.session() as session:
        session.execute(update(WaitRow).where(WaitRow.kind == kind).values(state=CLOSED))


async def test_what_a_run_waited_does_not_count_as_its_work(
    backlog: Backlog, pauses: Pauses, any_records: Database, clock: VirtualClock
) -> None:
    admit(backlog, "asks")
    assert pauses.look() == {}
    for _ in range(2):
        await clock.advance(seconds=5)
        begin(any_records, clock, "task-asks")
        assert pauses.look() == {"asks": "approval"}
        await clock.advance(seconds=100)
        assert pauses.look() == {"asks": "approval"}
        task = backlog.get("asks")
        assert task.waits
        assert task.waits_since == clock.now() - timedelta(seconds=100)
        close(any_records)
        assert pauses.look() == {}
        with any_records.session() as session:
            session.execute(delete(WaitRow))
    task = backlog.get("asks")
    assert (task.waits, task.waits_for, task.waited_s) == (False, "", 200.0)
    assert (task.elapsed_s(clock.now()), task.paused_s(clock.now())) == (10.0, 200.0)


async def test_a_run_that_ends_while_it_waits_has_waited_until_its_end(
    backlog: Backlog, pauses: Pauses, any_records: Database, clock: VirtualClock
) -> None:
    admit(backlog, "asks")
    await clock.advance(seconds=7)
    begin(any_records, clock, "task-asks")
    pauses.look()
    await clock.advance(seconds=50)
    backlog.end("asks", TaskStatus.CANCELLED)
    await clock.advance(seconds=1_000)
    task = backlog.get("asks")
    assert (task.waits, task.seconds()) == (False, 7.0)
    assert pauses.look() == {}
    assert backlog.forget(clock.now()) == 1


async def test_what_a_person_can_answer_is_told_first(
    backlog: Backlog, pauses: Pauses, any_records: Database, clock: VirtualClock
) -> None:
    admit(backlog, "two", "child", "a/b", "left")
    begin(any_records, clock, "task-two", "timer")
    assert pauses.look() == {"two": "timer"}
    begin(any_records, clock, "task-two", "approval")
    begin(any_records, clock, "task-child/ship", "event")
    begin(any_records, clock, "task-a/b", "event")
    begin(any_records, clock, "task-unknown", "event")
    with any_records.session() as session:
        session.add(
            ClaimRow(run_id="task-left", executor_id="x", epoch=1, ended_at=None, reason="no version")
        )
    found = {"two": "approval", "child": "event", "a/b": "event", "left": "executor"}
    assert pauses.look() == found
    assert {each.id: each.waits_for for each in backlog.admitted()} == found


async def test_two_who_look_count_a_pause_once(
    backlog: Backlog, pauses: Pauses, any_records: Database, clock: VirtualClock
) -> None:
    admit(backlog, "asks")
    begin(any_records, clock, "task-asks")
    other = Pauses(any_records, clock)
    assert pauses.look() == other.look() == {"asks": "approval"}
    await clock.advance(seconds=30)
    close(any_records)
    assert pauses.look() == other.look() == {}
    assert backlog.get("asks").waited_s == 30.0
