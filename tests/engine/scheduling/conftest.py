"""Fixtures of the scheduler's tests: a clock that stands still, records on each database, a backlog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.tables import create_tables


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Database]:
    """Empty records of the engine on SQLite."""
    database = Database.open(f"sqlite:///{tmp_path}/records.db")
    create_tables(database)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_records(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Empty records of the engine on each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("records")
        return
    database = Database.open(request.getfixturevalue("postgres_url"))
    create_tables(database)
    yield database
    database.close()


@pytest.fixture
def backlog(any_records: Database, clock: VirtualClock) -> Backlog:
    """An empty backlog on each kind of database."""
    return Backlog(any_records, clock)
