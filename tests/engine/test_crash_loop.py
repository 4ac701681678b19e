"""Crash loop: losses in succession count against a run, and whatever it records clears it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from maestro.database import Database
from maestro.engine.crash_loop import CrashLoop
from maestro.engine.journal_tables import AttemptRow, ClaimRow, LossRow, StepRow
from maestro.engine.tables import create_tables
from maestro.engine.waiting import OPEN, WaitRow


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path}/engine.db")
    create_tables(opened)
    yield opened
    opened.close()


Lose = Callable[..., list[str]]


@pytest.fixture
def lose(records: Database) -> Lose:
    """One executor after another claims runs and is lost; gives the suspects of the last loss."""
    loop, lost = CrashLoop(records, 3), iter(range(1000))

    def lose(*run_ids: str, times: int = 1) -> list[str]:
        suspects: list[str] = []
        for name in (f"executor{next(lost)}" for _ in range(times)):
            with records.session() as session:
                for run_id in run_ids:
                    session.merge(
                        ClaimRow(run_id=run_id, executor_id=name, epoch=1, ended_at=None, reason="")
                    )
            suspects = loop.count(name, run_ids)
        return suspects

    return lose


def record(records: Database, run_id: str, step: str) -> None:
    with records.session() as session:
        session.add(StepRow(run_id=run_id, step=step, number=0, status="succeeded", value=None, details="{}"))


def test_a_run_is_suspected_after_the_last_loss_that_is_allowed(lose: Lose) -> None:
    assert lose("run", times=2) == []
    assert lose("run") == ["run"]


def test_whatever_is_recorded_in_between_clears_a_run(records: Database, lose: Lose) -> None:
    lose("run", times=2)
    record(records, "run", "first")
    assert lose("run", times=2) == []
    with records.session() as session:
        session.add(AttemptRow(run_id="run", step="second", number=1, details="{}"))
    assert lose("run", times=2) == []
    assert lose("run") == ["run"]


def test_a_run_lives_in_the_records_of_its_sub_workflows_but_not_in_those_of_its_namesakes(
    records: Database, lose: Lose
) -> None:
    lose("run_1", times=2)
    record(records, "run_1/child", "first")
    assert lose("run_1", times=2) == []
    record(records, "run_12/child", "first")
    record(records, "runx1/child", "first")
    assert lose("run_1") == ["run_1"]


def test_a_run_that_only_waited_is_not_blamed(records: Database, lose: Lose) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with records.session() as session:
        session.add(
            WaitRow(
                run_id="run", step="ask", workflow="w", kind="approval", topic="ask", words="", since=at,
                until=None, state=OPEN, outcome=None,
            )
        )  # fmt: skip
    assert lose("run", "busy", times=3) == ["busy"]


def test_a_run_that_the_lost_one_never_claimed_is_not_blamed(records: Database, lose: Lose) -> None:
    loop = CrashLoop(records, 1)
    assert loop.count("never there", ["run"]) == []
    lose("run")
    assert loop.count("another", ["run"]) == []


def test_one_loss_counts_once_however_many_take_it_over(records: Database) -> None:
    loop = CrashLoop(records, 2)
    with records.session() as session:
        session.add(ClaimRow(run_id="run", executor_id="dead", epoch=1, ended_at=None, reason=""))
    assert [loop.count("dead", ["run"]) for _ in range(5)] == [[]] * 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.sampled_from(["lost", "recorded"]), max_size=25))
def test_a_run_is_suspected_exactly_when_its_last_losses_had_no_record_between(
    records: Database, lose: Lose, history: list[str]
) -> None:
    with records.session() as session:
        for table in (StepRow, LossRow, ClaimRow):
            session.execute(delete(table))
    barren = 0
    for number, event in enumerate(history):
        if event == "recorded":
            record(records, "run", f"step{number}")
            barren = 0
        else:
            barren += 1
            assert bool(lose("run")) == (barren >= 3)
