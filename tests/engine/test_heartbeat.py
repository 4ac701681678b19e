"""Heartbeat: goes on while the event loop is busy, and ends when the others no longer believe in it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.executor_registry import ExecutorRegistry, ExecutorState
from maestro.engine.heartbeat import STALLED_LEASES, Heartbeat
from maestro.engine.tables import create_tables
from maestro.settings import ExecutorSettings

FAST = ExecutorSettings(heartbeat_s=0.01, lease_s=3.0)


class Hand:
    """A clock that is moved by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[ExecutorRegistry]:
    records = Database.open(f"sqlite:///{tmp_path}/engine.db")
    create_tables(records)
    registry = ExecutorRegistry(records, VirtualClock(datetime(2026, 3, 1, tzinfo=UTC)))
    registry.join("me", "shop", 7, 3.0, {"w@1"})
    yield registry
    records.close()


def until(registry: ExecutorRegistry, beats: int) -> None:
    deadline = time.monotonic() + 10
    while registry.list()[0].beats < beats:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_beats_by_itself_and_holds_the_lease_until_it_ends(registry: ExecutorRegistry) -> None:
    heartbeat = Heartbeat("me", registry, FAST, Hand(), lambda: 3)
    assert not heartbeat.holds()
    heartbeat.begin()
    until(registry, 4)
    assert heartbeat.holds()
    assert registry.list()[0].runs == 3

    heartbeat.end()
    beats = registry.list()[0].beats
    time.sleep(0.05)
    assert registry.list()[0].beats == beats
    assert not heartbeat.holds()


def test_it_stops_when_the_others_declared_it_lost(registry: ExecutorRegistry) -> None:
    heartbeat = Heartbeat("me", registry, FAST, Hand(), lambda: 0)
    heartbeat.begin()
    while not registry.declare_lost(registry.list()[0], by="other"):
        pass
    heartbeat.beat()
    assert not heartbeat.holds()
    heartbeat.end()


def test_it_hears_that_it_is_asked_to_drain(registry: ExecutorRegistry) -> None:
    heartbeat = Heartbeat("me", registry, FAST, Hand(), lambda: 0)
    heard = []
    for _ in range(2):
        heartbeat.beat()
        heard.append((heartbeat.asked_to_drain, heartbeat.holds()))
        registry.ask_to_drain("me")
    assert heard == [(False, True), (True, True)]


def test_without_a_database_the_lease_runs_out_by_itself(
    registry: ExecutorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Hand()
    heartbeat = Heartbeat("me", registry, FAST, clock, lambda: 0)
    heartbeat.beat()

    def unreachable(*_: object) -> ExecutorState:
        raise OperationalError("UPDATE", {}, ConnectionError("gone"))

    monkeypatch.setattr(registry, "beat", unreachable)
    heartbeat.beat()
    clock.seconds += 2.9
    heartbeat.beat()
    assert heartbeat.holds()
    clock.seconds += 0.1
    assert not heartbeat.holds()


def test_a_process_whose_event_loop_is_stuck_counts_as_dead(registry: ExecutorRegistry) -> None:
    clock = Hand()
    heartbeat = Heartbeat("me", registry, FAST, clock, lambda: 0)
    heartbeat.begin()
    until(registry, 3)
    clock.seconds += STALLED_LEASES * FAST.lease_s
    time.sleep(0.05)
    beats = registry.list()[0].beats
    time.sleep(0.05)
    assert registry.list()[0].beats == beats

    heartbeat.alive()
    until(registry, beats + 1)
    heartbeat.end()
