"""Fixtures of the agents' tests: a clock that stands still, a SQLite database, and the same on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.agents import audit_log, autonomy_store, decision_tables
from maestro.clock import VirtualClock
from maestro.database import Base, Database

TABLES = (decision_tables, audit_log, autonomy_store)


@pytest.fixture
def clock() -> VirtualClock:
    """Monday, 5 January 2026, 06:00 UTC."""
    return VirtualClock(datetime(2026, 1, 5, 6, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database with all tables."""
    opened = Database.open(f"sqlite:///{tmp_path / 'agents.db'}")
    assert TABLES
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind with all tables."""
    on_server = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if on_server else f"sqlite:///{tmp_path / 'any.db'}"
    opened = Database.open(url)
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()
