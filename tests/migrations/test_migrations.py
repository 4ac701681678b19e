"""Migrations: lead to exactly the declared tables and back to nothing, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

import maestro.server.app  # noqa: F401 - declares every table
from maestro import migrations
from maestro.database import Base, Database
from maestro.errors import InputError
from maestro.packs.retail.simulation_record import SimulationRow


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/test.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database.open(url)
    yield database
    database.close()


def test_upgrading_makes_exactly_the_declared_tables(database: Database) -> None:
    assert migrations.current(database) is None
    migrations.upgrade(database)
    assert migrations.current(database) == migrations.newest(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_downgrading_leaves_nothing_and_can_be_upgraded_again(database: Database) -> None:
    migrations.upgrade(database)
    migrations.downgrade(database, "0001")
    assert not [name for name in inspect(database.engine).get_table_names() if name.startswith("retail_")]
    migrations.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(database)
    migrations.upgrade(database)
    assert migrations.current(database) == migrations.newest(database)


def test_a_simulated_shop_of_before_goes_on_at_the_end_of_its_last_day(database: Database) -> None:
    migrations.upgrade(database, "0002")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO retail_simulation (id, seed, first_day, live_from, closed_day, start) "
                "VALUES (1, 42, '2024-01-01', '2026-01-01', '2026-02-03', '{}')"
            )
        )
    migrations.upgrade(database)
    with database.reader() as session:
        (row,) = session.scalars(select(SimulationRow))
    assert row.clock_until == datetime(2026, 2, 3, 23, tzinfo=UTC)


def test_an_unknown_revision_is_refused_in_words(database: Database) -> None:
    with pytest.raises(InputError, match="9999"):
        migrations.upgrade(database, "9999")
