"""Autonomy store: every change of an agent's autonomy is applied, kept and audited as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from maestro.agents import autonomy
from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import EVERYONE, AutonomyStore
from maestro.agents.track_record import Level, LevelChange, TrackRecord
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.errors import ConflictError, NotFoundError

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
ANN = "ann@shop.example"


@pytest.fixture
def store(any_database: Database, clock: VirtualClock) -> AutonomyStore:
    return AutonomyStore(any_database, AuditLog(any_database, clock))


def test_an_agent_keeps_its_record_when_it_registers_again(store: AutonomyStore) -> None:
    assert store.register("keeper", Level.ADVISE).level is Level.ADVISE
    store.change("keeper", lambda record: autonomy.pin(record, Level.BOUNDED, ANN, MONDAY))
    kept = store.register("keeper", Level.SHADOW)
    assert (kept.level, kept.pinned) == (Level.BOUNDED, True)


def test_a_change_is_told_in_the_history_and_in_the_audit_log(
    store: AutonomyStore, any_database: Database, clock: VirtualClock
) -> None:
    store.register("keeper", Level.SHADOW)
    store.change("keeper", lambda record: autonomy.set_level(record, Level.FULL, ANN, MONDAY))
    store.change("keeper", lambda record: autonomy.demote(record, "drift", MONDAY))
    demoted, placed = store.history("keeper")
    assert (demoted.kind, demoted.before, demoted.after, demoted.actor) == (
        "demoted",
        Level.FULL,
        Level.BOUNDED,
        "rule",
    )
    assert (placed.kind, placed.after, placed.at) == ("set", Level.FULL, MONDAY)
    audit = AuditLog(any_database, clock)
    assert [(entry.actor, entry.action) for entry in audit.list(subject="keeper").items] == [
        ("system", "agent.demoted"),
        (f"person:{ANN}", "agent.set"),
    ]
    assert audit.verify().ok


def test_a_change_that_is_refused_leaves_no_trace(store: AutonomyStore) -> None:
    before = store.register("keeper", Level.SHADOW)
    with pytest.raises(ConflictError):
        store.change("keeper", lambda record: autonomy.resume(record, ANN, MONDAY))
    assert store.record("keeper") == before
    assert store.history("keeper") == ()


def test_changes_at_the_same_time_do_not_undo_each_other(store: AutonomyStore) -> None:
    store.register("keeper", Level.SHADOW)

    def one_more(record: TrackRecord) -> tuple[TrackRecord, LevelChange | None]:
        return replace(record, cycles=record.cycles + 1), None

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: store.change("keeper", one_more), range(24)))
    assert store.record("keeper").cycles == 24


def test_one_switch_stops_everyone(store: AutonomyStore) -> None:
    store.register("keeper", Level.FULL)
    assert not store.stopped("keeper")
    store.stop_everyone(ANN, MONDAY)
    assert store.stopped("keeper")
    assert store.stopped("whoever comes later")
    assert store.stop_everyone(ANN, MONDAY) is None, "it is on already"
    store.resume_everyone(ANN, MONDAY)
    assert not store.stopped("keeper")
    assert store.resume_everyone(ANN, MONDAY) is None, "it is off already"
    assert [(change.kind, change.cause["en"]) for change in store.history(EVERYONE)] == [
        ("resumed", f"{ANN} let all agents go on."),
        ("stopped", f"{ANN} stopped all agents."),
    ]
    store.change("keeper", lambda record: autonomy.stop(record, ANN, MONDAY))
    assert store.stopped("keeper")


def test_limits_that_people_set_are_kept(store: AutonomyStore) -> None:
    store.register("keeper", Level.FULL)
    store.set_limit("keeper", "budget", 500, ANN)
    store.set_limit("keeper", "rate_limit", 3, ANN)
    store.set_limit("keeper", "budget", 700, ANN)
    assert store.limits("keeper") == {"budget": 700.0, "rate_limit": 3.0}
    assert store.limits("nobody") == {}


def test_knows_nobody_who_never_registered(store: AutonomyStore) -> None:
    for attempt in (
        lambda: store.record("nobody"),
        lambda: store.change("nobody", lambda record: (record, None)),
        lambda: store.set_limit("nobody", "budget", 1, ANN),
    ):
        with pytest.raises(NotFoundError):
            attempt()
